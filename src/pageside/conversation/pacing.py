"""The events of an answer on their way to the reader: bursts of text go together, and silence ends at some time.

A model may say a word each millisecond. Every event passes the SDK, the run and the wire by itself, which costs more
than making it, and no screen shows more than some fifty changes a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from datetime import timedelta

from pageside.answer.events import Cited, TextDelta, TutorEvent
from pageside.conversation.patience import Patience
from pageside.errors import ModelUnavailable
from pageside.phrases import failures

PATIENCE = timedelta(seconds=180)
TOGETHER = timedelta(milliseconds=20)
_MOST_HELD = 256  # events, before the answerer has to wait
_MUCH_TEXT = 2_000  # characters that come at once are more than a burst of words, and wait for nothing


async def paced(
    events: AsyncGenerator[TutorEvent, None],
    *,
    patience: timedelta = PATIENCE,
    together: timedelta = TOGETHER,
    stopped: asyncio.Future[None] | None = None,
) -> AsyncGenerator[TutorEvent, None]:
    """`events` in their order, where text that comes sooner than `together` after other text waits for that long.

    Nothing but text and its citations waits, and they wait for nothing else. What is held when the answerer fails,
    when it is stopped, or when the task that listens is cancelled, is told before that goes on. Leaving stops the
    answerer.

    Args:
        patience: How long the answerer may be silent.
        stopped: Stops the answerer when it is done. Unlike a cancellation, which strikes wherever the listener is,
            it is heeded only here, so that the listener has taken all that was said.

    Raises:
        ModelUnavailable: It was silent for longer.
        asyncio.CancelledError: It was stopped.
    """
    burst = _Burst(together)
    taking = asyncio.create_task(_take(events, burst, patience))
    if stopped is not None:
        stopped.add_done_callback(lambda _: taking.cancel())
    try:
        while told := await burst.told():
            for event in _joined(told):
                yield event
    except asyncio.CancelledError:
        # The answer was stopped; what was said before that belongs to what is kept of it.
        for event in _joined(burst.take_held()):
            yield event
        raise
    finally:
        burst.close()
        taking.cancel()
        await asyncio.wait([taking])
    if stopped is not None and stopped.done():
        raise asyncio.CancelledError
    if burst.failure is not None:
        raise burst.failure


class _Burst:
    """What has come and was not told yet.

    Attributes:
        failure: Why no more comes, where that is no natural end.
    """

    def __init__(self, together: timedelta) -> None:
        self.failure: Exception | None = None
        self._loop = asyncio.get_running_loop()
        self._together_s = together.total_seconds()
        self._held: list[TutorEvent] = []
        self._due_at = 0.0  # on the loop's clock
        self._ended = False
        self._asking: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._room = asyncio.Event()

    async def hold(self, event: TutorEvent) -> None:
        """Takes `event`, at once or as soon as there is room for it."""
        while len(self._held) >= _MOST_HELD:
            self._room.clear()
            await self._room.wait()
        self._held.append(event)
        if not isinstance(event, TextDelta | Cited) or (isinstance(event, TextDelta) and len(event.text) > _MUCH_TEXT):
            self._due_at = 0.0
        self._tell()

    def end(self, failure: Exception | None = None) -> None:
        """Nothing more comes."""
        self._ended = True
        self.failure = self.failure or failure
        self._tell()

    async def told(self) -> list[TutorEvent]:
        """What has come, once it is due; nothing at the end."""
        self._asking = self._loop.create_future()
        self._tell()
        await self._asking
        self.close()
        told = self.take_held()
        if told and isinstance(told[-1], TextDelta | Cited):
            self._due_at = self._loop.time() + self._together_s
        return told

    def take_held(self) -> list[TutorEvent]:
        """What has come, due or not."""
        held, self._held = self._held, []
        self._room.set()
        return held

    def close(self) -> None:
        """Waits for nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tell(self) -> None:
        if self._asking is None or self._asking.done() or not (self._held or self._ended):
            return
        if self._ended or self._due_at <= self._loop.time():
            self._asking.set_result(None)
        elif self._timer is None:
            self._timer = self._loop.call_at(self._due_at, self._tell_now)

    def _tell_now(self) -> None:
        self._timer = None
        self._due_at = 0.0
        self._tell()


async def _take(events: AsyncGenerator[TutorEvent, None], burst: _Burst, patience: timedelta) -> None:
    """Holds every event as soon as it is made, whoever asks."""
    taking = asyncio.current_task()

    def lose_patience() -> None:
        burst.end(ModelUnavailable(failures.TOO_SLOW))
        if taking is not None:
            taking.cancel()

    watch = Patience(patience, lose_patience)
    try:
        async with aclosing(events):
            watch.begin()
            async for event in events:
                watch.end()
                await burst.hold(event)
                watch.begin()
        burst.end()
    except Exception as error:  # for whoever listens; raised there
        burst.end(error)
    finally:
        watch.close()
        burst.end()


def _joined(events: Iterable[TutorEvent]) -> Iterator[TutorEvent]:
    """`events`, with each run of texts as one text."""
    text = ""
    for event in events:
        if isinstance(event, TextDelta):
            text += event.text
            continue
        if text:
            yield TextDelta(text)
        text = ""
        yield event
    if text:
        yield TextDelta(text)
