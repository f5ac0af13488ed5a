"""Results that are not there yet, and coroutines that wait for them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Generator
from typing import Any


class Future:
    def __init__(self, *, executor: Any = None) -> None:
        self._done = False
        self._result: Any = None
        self._exception: BaseException | None = None
        self._callbacks: list[Callable[[Future], Any]] = []

    def done(self) -> bool:
        return self._done

    def result(self) -> Any:
        if self._exception is not None:
            raise self._exception
        return self._result

    def exception(self) -> BaseException | None:
        return self._exception

    def set_result(self, result: Any) -> None:
        self._result, self._done = result, True
        self._announce()

    def set_exception(self, exception: BaseException) -> None:
        self._exception, self._done = exception, True
        self._announce()

    def add_done_callback(self, callback: Callable[[Future], Any]) -> None:
        if self._done:
            callback(self)
        else:
            self._callbacks.append(callback)

    def _announce(self) -> None:
        waiting, self._callbacks = self._callbacks, []
        for callback in waiting:
            callback(self)

    def __await__(self) -> Generator[Future, None, Any]:
        while not self._done:
            yield self
        return self.result()


class Task(Future):
    """A callback on its way: a plain call is done at once, a coroutine when it returns."""

    def __init__(self, call: Callable[[], Any], finished: Callable[[], None]) -> None:
        super().__init__()
        self._call, self._finished = call, finished
        self._coroutine: Coroutine[Any, Any, Any] | None = None
        self._waits_for: Future | None = None
        self._running = False

    @property
    def ready(self) -> bool:
        return not self.done() and not self._running and (self._waits_for is None or self._waits_for.done())

    def step(self) -> None:
        self._running = True
        try:
            if self._coroutine is None:
                outcome = self._call()
                if not inspect.iscoroutine(outcome):
                    self._end(outcome)
                    return
                self._coroutine = outcome
            self._waits_for = self._coroutine.send(None)
        except StopIteration as stop:
            self._end(stop.value)
        except BaseException:
            self._finished()
            raise
        finally:
            self._running = False

    def _end(self, value: Any) -> None:
        self._finished()
        self.set_result(value)
