"""An answer under way in this process, driven from first to last in one task of its own.

The SDK's generator must live in a single task: it holds context variables across its yields, and it saves a partial
answer only when it is cancelled while waiting, not while a slow reader keeps it suspended. So a run takes every frame
as soon as it is made, whoever reads, and leaving cancels the task instead of closing the generator.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager

import structlog

from pageside import ids, telemetry
from pageside.conversation.alongside import Claim
from pageside.conversation.frames import Frames, apology, error_frame
from pageside.conversation.tape import Tape
from pageside.errors import NotFound, PagesideError
from pageside.identity.reader import Reader
from pageside.phrases import failures, refusals
from pageside.phrases.phrase import Phrase

log = structlog.get_logger(__name__)


class Run(Tape):
    """One answer. It goes on whether or not it is listened to, until its last listener leaves it, if it may be left.

    Attributes:
        outlives: Whether it goes on when its last listener leaves.
    """

    def __init__(
        self,
        frames: Frames,
        *,
        thread_id: str,
        reader: Reader,
        claim: Claim | None,
        outlives: bool,
        language: str,
        limit_bytes: int,
        on_begin: Callable[[Run], None],
        on_end: Callable[[Run], None],
    ) -> None:
        super().__init__(ids.new("run"))
        self.thread_id = thread_id
        self.reader = reader
        self.claim = claim
        self.outlives = outlives
        self._far: set[str] = set()
        self._opened = asyncio.Event()
        self._failure: Exception | None = None
        self._answering = False
        self._stopping = False
        self._farewell: Phrase | None = None
        self._language = language
        self._asked_to_stop: asyncio.Future[None] | None = None
        self._limit_bytes = limit_bytes
        self._on_begin = on_begin
        self._on_end = on_end
        self._task = asyncio.create_task(self._drive(frames))

    @property
    def key(self) -> str:
        """The key it came under; empty where it came under none."""
        return self.claim.key if self.claim else ""

    @property
    def kept(self) -> bool:
        """Whether anybody may come back for it when it has ended."""
        return self._answering and (self.outlives or self.claim is not None)

    async def opened(self) -> None:
        """Returns once the question is stored and its answer has begun.

        Raises:
            PagesideError: The run ended before that, for the reason given.
        """
        await self._opened.wait()
        if self._failure is not None:
            raise self._failure
        if not self._answering:
            raise NotFound(refusals.NOTHING_TO_ANSWER)

    def began(self) -> None:
        """Marks that the question is stored; from here on, stopping takes effect at once."""
        self._answering = True
        self._opened.set()
        self._on_begin(self)
        if self._stopping:
            self._cancel()

    def stop(self, *, farewell: Phrase | None = None) -> None:
        """Ends the answer and keeps what was said; a question not yet stored is stored first.

        Args:
            farewell: Told to whoever still listens, as an error with a way to retry.
        """
        self._stopping = True
        self._farewell = farewell
        if self._answering:
            self._cancel()

    @contextmanager
    def stopping_gently(self, asked: asyncio.Future[None]) -> Iterator[None]:
        """While it lasts, an end before the end is asked for by `asked` instead of cancelling the task.

        A cancellation strikes wherever the task is, such as in saving an item, and what had been said but was not yet
        passed on would be lost. Whoever sees `asked` done raises `asyncio.CancelledError` when all has been passed on.
        """
        self._asked_to_stop = asked
        try:
            yield
        finally:
            self._asked_to_stop = None

    def outlive(self) -> None:
        """Lets the answer go on to its end, whoever leaves."""
        self.outlives = True

    async def reach(self, number: int) -> None:
        """Returns at once: what is not known here was never told."""

    def join_from_afar(self, listener: str) -> None:
        """Counts those who listen in another process, under a name of theirs."""
        self._far.add(listener)

    def leave_from_afar(self, listener: str) -> None:
        """Counts them no more; one who was not counted leaves nothing."""
        if listener in self._far:
            self._far.remove(listener)
            self._deserted()

    def tell(self, told: bytes) -> None:
        """Adds a frame; one beyond the limit ends the answer instead."""
        if self.size > self._limit_bytes:
            return
        self.size += len(told)
        if self.size <= self._limit_bytes:
            self._add(told)
        else:
            log.warning("run_too_long")
            self.stop(farewell=failures.TOO_LONG)

    def _deserted(self) -> None:
        if not self._listeners and not self._far and not self.outlives:
            self.stop()

    def _cancel(self) -> None:
        # Once only: a second cancellation would interrupt the saving of the partial answer.
        if not self.cut and not self.ended.is_set():
            self.cut = True
            if self._asked_to_stop is not None:
                self._asked_to_stop.set_result(None)
            else:
                self._task.cancel()

    async def _drive(self, frames: Frames) -> None:
        try:
            async with aclosing(frames):
                async for told in frames:
                    self.tell(told)
        except Exception as error:
            self._fail(error)
        finally:
            if self.cut and self._farewell:
                self._add(error_frame(self._farewell, language=self._language))
            self._on_end(self)
            self._opened.set()
            self._end()

    def _fail(self, error: Exception) -> None:
        if not self._answering:
            self._failure = error
            return
        if isinstance(error, PagesideError):
            log.warning("run_failed", code=error.code)
            message = error.said(self._language)
        else:
            log.exception("run_failed")
            message = apology(telemetry.request_id()).said(self._language)
        self._add(error_frame(message))
