"""Answers under way: each driven from first to last in one task of its own, one at a time in a thread.

The SDK's generator must live in a single task: it holds context variables across its yields, and it saves a partial
answer only when it is cancelled while waiting, not while a slow reader keeps it suspended. So a run takes every frame
as soon as it is made, whoever reads, and leaving cancels the task instead of closing the generator.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta

import structlog
from chatkit.types import ErrorEvent

from pageside import telemetry
from pageside.errors import NotFound, PagesideError, ThreadBusy, Unavailable

log = structlog.get_logger(__name__)

KEEPALIVE = b": keepalive\n\n"
KEEPALIVE_EVERY = timedelta(seconds=15)
GRACE = timedelta(seconds=1)
CLOSING_TIME = timedelta(seconds=10)
MAX_BYTES = 16_000_000

Frames = AsyncGenerator[bytes, None]


def error_frame(message: str, *, allow_retry: bool = True) -> bytes:
    """A ChatKit error event as it stands on the wire."""
    event = ErrorEvent(code="custom", message=message, allow_retry=allow_retry)
    return b"data: " + event.model_dump_json(exclude_none=True).encode() + b"\n\n"


def apology(request_id: str) -> str:
    """What a reader is told when something unforeseen happened; the details are in the log under `request_id`."""
    reference = f" If it keeps happening, mention {request_id}." if request_id else ""
    return f"Something went wrong while answering. Please try again.{reference}"


class Run:
    """One answer under way. Its frames are read once, by whoever asked; it goes on whether or not they are read."""

    def __init__(self, frames: Frames, *, limit_bytes: int, on_end: Callable[[], None]) -> None:
        self.ended = asyncio.Event()
        self._frames: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._opened = asyncio.Event()
        self._failure: Exception | None = None
        self._answering = False
        self._stopping = False
        self._cancelled = False
        self._farewell = ""
        self._room = limit_bytes
        self._on_end = on_end
        self._task = asyncio.create_task(self._drive(frames))

    async def opened(self) -> None:
        """Returns once the question is stored and its answer has begun.

        Raises:
            PagesideError: The run ended before that, for the reason given.
        """
        await self._opened.wait()
        if self._failure is not None:
            raise self._failure
        if not self._answering:
            raise NotFound("There is nothing to answer in this conversation.")

    def began(self) -> None:
        """Marks that the question is stored; from here on, stopping takes effect at once."""
        self._answering = True
        self._opened.set()
        if self._stopping:
            self._cancel()

    def stop(self, *, farewell: str = "") -> None:
        """Ends the answer and keeps what was said; a question not yet stored is stored first.

        Args:
            farewell: Told to whoever still reads, as an error with a way to retry.
        """
        self._stopping = True
        self._farewell = farewell
        if self._answering:
            self._cancel()

    async def frames(self, *, keepalive: timedelta = KEEPALIVE_EVERY) -> AsyncIterator[bytes]:
        """Every frame from the first, with a comment whenever nothing was said for `keepalive`."""
        while True:
            try:
                async with asyncio.timeout(keepalive.total_seconds()):
                    frame = await self._frames.get()
            except TimeoutError:
                yield KEEPALIVE
                continue
            if frame is None:
                return
            yield frame

    def _cancel(self) -> None:
        # Once only: a second cancellation would interrupt the saving of the partial answer.
        if not self._cancelled and not self.ended.is_set():
            self._cancelled = True
            self._task.cancel()

    async def _drive(self, frames: Frames) -> None:
        try:
            async with aclosing(frames):
                async for frame in frames:
                    self._keep(frame)
        except Exception as error:
            self._fail(error)
        finally:
            self._on_end()
            self.ended.set()
            self._opened.set()
            if self._cancelled and self._farewell:
                self._frames.put_nowait(error_frame(self._farewell))
            self._frames.put_nowait(None)

    def _keep(self, frame: bytes) -> None:
        if self._room <= 0:
            return
        self._room -= len(frame)
        if self._room > 0:
            self._frames.put_nowait(frame)
        else:
            log.warning("run_too_long")
            self.stop(farewell="The answer grew too long and was stopped.")

    def _fail(self, error: Exception) -> None:
        if not self._answering:
            self._failure = error
            return
        if isinstance(error, PagesideError):
            log.warning("run_failed", code=error.code)
            message = str(error)
        else:
            log.exception("run_failed")
            message = apology(telemetry.request_id())
        self._frames.put_nowait(error_frame(message))


class Runs:
    """Every run of this process, by thread."""

    def __init__(self, *, grace: timedelta = GRACE, limit_bytes: int = MAX_BYTES) -> None:
        """No runs yet.

        Args:
            grace: How long a question waits for the answer before it to end; a reader who stops one and asks the next
                at once must not be turned away.
            limit_bytes: Most that one answer may put on the wire.
        """
        self._active: dict[str, Run] = {}
        self.grace = grace
        self._limit_bytes = limit_bytes
        self._closing = False

    async def start(self, thread_id: str, frames: Frames) -> Run:
        """Begins to drive `frames` as the one run of the thread.

        Raises:
            ThreadBusy: The thread is still answering another question.
            Unavailable: The server is shutting down.
        """
        try:
            async with asyncio.timeout(self.grace.total_seconds()):
                while current := self._active.get(thread_id):
                    await current.ended.wait()
        except TimeoutError:
            await frames.aclose()
            raise ThreadBusy("This conversation is still answering; wait for the answer or stop it.") from None
        if self._closing:
            await frames.aclose()
            raise Unavailable("The server is restarting. Please try again in a moment.")
        run = Run(frames, limit_bytes=self._limit_bytes, on_end=lambda: self._forget(thread_id))
        self._active[thread_id] = run
        return run

    def began(self, thread_id: str) -> None:
        """Passes on to the thread's run that its question is stored."""
        if run := self._active.get(thread_id):
            run.began()

    async def stop(self, thread_id: str) -> None:
        """Ends the thread's run, if it has one, and returns when what was said is stored."""
        if run := self._active.get(thread_id):
            run.stop()
            await run.ended.wait()

    async def aclose(self) -> None:
        """Ends every run, keeping what was said, and begins no more; gives up after ten seconds."""
        self._closing = True
        for run in list(self._active.values()):
            run.stop(farewell="The server is restarting and the answer was cut short. Please try again in a moment.")
        try:
            async with asyncio.timeout(CLOSING_TIME.total_seconds()):
                for run in list(self._active.values()):
                    await run.ended.wait()
        except TimeoutError:
            log.exception("runs_abandoned", n=len(self._active))

    def _forget(self, thread_id: str) -> None:
        self._active.pop(thread_id, None)
