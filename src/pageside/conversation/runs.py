"""Answers under way: each driven from first to last in one task of its own, one at a time in a thread.

The SDK's generator must live in a single task: it holds context variables across its yields, and it saves a partial
answer only when it is cancelled while waiting, not while a slow reader keeps it suspended. So a run takes every frame
as soon as it is made, whoever reads, and leaving cancels the task instead of closing the generator.

A run keeps its frames in one list, and whoever listens has but a number in it: any number of listeners, from any frame
on, as slow as they like, cost no more than the answer itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from datetime import timedelta

import structlog
from chatkit.types import ErrorEvent
from pydantic import BaseModel

from pageside import ids, telemetry
from pageside.conversation import wire
from pageside.conversation.alongside import Claim
from pageside.conversation.busy import Busy
from pageside.conversation.shelf import Shelf
from pageside.errors import NotFound, PagesideError, Unavailable
from pageside.identity.reader import Reader

log = structlog.get_logger(__name__)

KEEPALIVE = b": keepalive\n\n"
KEEPALIVE_EVERY = timedelta(seconds=15)
GRACE = timedelta(seconds=1)
CLOSING_TIME = timedelta(seconds=10)
MAX_BYTES = 16_000_000
KEPT_BYTES = 64_000_000
KEPT_FOR = timedelta(minutes=5)
_CHUNK_BYTES = 32_000
_BUSY_S = 2

Frames = AsyncGenerator[bytes, None]
Numbered = tuple[int, bytes]


def frame(event: BaseModel) -> bytes:
    """A ChatKit event as it stands on the wire."""
    return b"data: " + wire.dump(event) + b"\n\n"


def error_frame(message: str, *, allow_retry: bool = True) -> bytes:
    """A ChatKit error event as it stands on the wire."""
    return frame(ErrorEvent(code="custom", message=message, allow_retry=allow_retry))


def apology(request_id: str) -> str:
    """What a reader is told when something unforeseen happened; the details are in the log under `request_id`."""
    reference = f" If it keeps happening, mention {request_id}." if request_id else ""
    return f"Something went wrong while answering. Please try again.{reference}"


class Run:
    """One answer. It goes on whether or not it is listened to, until its last listener leaves it, if it may be left.

    Attributes:
        ended: Set when everything is stored that will be.
        cut: Whether it was ended before its end.
        outlives: Whether it goes on when its last listener leaves.
        size: Bytes of its frames.
    """

    def __init__(
        self,
        frames: Frames,
        *,
        thread_id: str,
        reader: Reader,
        claim: Claim | None,
        outlives: bool,
        limit_bytes: int,
        on_end: Callable[[Run], None],
    ) -> None:
        self.id = ids.new("run")
        self.thread_id = thread_id
        self.reader = reader
        self.claim = claim
        self.ended = asyncio.Event()
        self.cut = False
        self.outlives = outlives
        self.size = 0
        self._log: list[bytes] = []
        self._news = asyncio.Event()
        self._listeners = 0
        self._opened = asyncio.Event()
        self._failure: Exception | None = None
        self._answering = False
        self._stopping = False
        self._farewell = ""
        self._limit_bytes = limit_bytes
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

    @property
    def length(self) -> int:
        """Frames so far, and thus the number of the last."""
        return len(self._log)

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
            farewell: Told to whoever still listens, as an error with a way to retry.
        """
        self._stopping = True
        self._farewell = farewell
        if self._answering:
            self._cancel()

    def join(self) -> None:
        """Counts a listener, who has to `leave`."""
        self._listeners += 1

    def leave(self) -> None:
        """Ends the answer as `stop` does, if nobody else listens and it does not outlive its listeners."""
        self._listeners -= 1
        if not self._listeners and not self.outlives:
            self.stop()

    def outlive(self) -> None:
        """Lets the answer go on to its end, whoever leaves."""
        self.outlives = True

    async def frames(self, *, keepalive: timedelta = KEEPALIVE_EVERY) -> AsyncIterator[bytes]:
        """Every frame from the first, several at a time where they are there, and comments in long silences."""
        async for chunk in self._chunks(0, keepalive):
            yield b"".join(told for _, told in chunk) or KEEPALIVE

    async def numbered_frames(self, after: int = 0, *, keepalive: timedelta = KEEPALIVE_EVERY) -> AsyncIterator[bytes]:
        """As `frames`, each with its number as the event's id.

        Args:
            after: The number of the last frame to leave out; the first frame is number 1.
        """
        async for chunk in self._chunks(after, keepalive):
            yield b"".join(b"id: %d\n%b" % numbered for numbered in chunk) or KEEPALIVE

    def tell(self, told: bytes) -> None:
        """Adds a frame; one beyond the limit ends the answer instead."""
        if self.size > self._limit_bytes:
            return
        self.size += len(told)
        if self.size <= self._limit_bytes:
            self._add(told)
        else:
            log.warning("run_too_long")
            self.stop(farewell="The answer grew too long and was stopped.")

    async def _chunks(self, after: int, keepalive: timedelta) -> AsyncIterator[Sequence[Numbered]]:
        while True:
            while chunk := self._chunk(after):
                yield chunk
                after = chunk[-1][0]
            if self.ended.is_set():
                return
            try:
                async with asyncio.timeout(keepalive.total_seconds()):
                    await self._news.wait()
            except TimeoutError:
                yield ()

    def _chunk(self, after: int) -> Sequence[Numbered]:
        chunk: list[Numbered] = []
        size = 0
        for number in range(after, len(self._log)):
            size += len(self._log[number])
            if chunk and size > _CHUNK_BYTES:
                break
            chunk.append((number + 1, self._log[number]))
        return chunk

    def _add(self, told: bytes) -> None:
        self._log.append(told)
        self._wake()

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _cancel(self) -> None:
        # Once only: a second cancellation would interrupt the saving of the partial answer.
        if not self.cut and not self.ended.is_set():
            self.cut = True
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
                self._add(error_frame(self._farewell))
            self._on_end(self)
            self.ended.set()
            self._opened.set()
            self._wake()

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
        self._add(error_frame(message))


class Runs:
    """Every run of this process: those under way by thread, and by id those that may be listened to."""

    def __init__(
        self,
        *,
        grace: timedelta = GRACE,
        limit_bytes: int = MAX_BYTES,
        kept_bytes: int = KEPT_BYTES,
        kept_for: timedelta = KEPT_FOR,
    ) -> None:
        """No runs yet.

        Args:
            grace: How long a question waits for the answer before it to end; a reader who stops one and asks the next
                at once must not be turned away.
            limit_bytes: Most that one answer may put on the wire.
            kept_bytes: Most that the frames of all ended runs may take; the oldest run goes first.
            kept_for: How long the frames of an ended run are kept, for those who come back for them.
        """
        self._active: dict[str, Run] = {}
        self._shelf: Shelf[Run] = Shelf(limit_bytes=kept_bytes, lifetime=kept_for)
        self.grace = grace
        self._limit_bytes = limit_bytes
        self._closing = False

    async def start(
        self, thread_id: str, frames: Frames, *, reader: Reader, claim: Claim | None = None, outlives: bool = False
    ) -> Run:
        """Begins to drive `frames` as the one run of the thread.

        Args:
            claim: The key it came under.
            outlives: Whether it goes on when its last listener leaves.

        Raises:
            Busy: The thread is still answering another question.
            Unavailable: The server is shutting down.
        """
        try:
            async with asyncio.timeout(self.grace.total_seconds()):
                while current := self._active.get(thread_id):
                    await current.ended.wait()
        except TimeoutError:
            await frames.aclose()
            message = "This conversation is still answering; wait for the answer or stop it."
            raise Busy(message, retry_after_s=_BUSY_S) from None
        if self._closing:
            await frames.aclose()
            raise Unavailable("The server is restarting. Please try again in a moment.")
        return self._run(thread_id, frames, reader=reader, claim=claim, outlives=outlives, place=thread_id)

    def again(self, thread_id: str, told: Iterable[bytes], *, reader: Reader, claim: Claim) -> Run:
        """A run that tells an answer which was stored before."""
        run = self._run(thread_id, _told(told), reader=reader, claim=claim, outlives=True, place=claim.id)
        run.began()
        return run

    def began(self, thread_id: str) -> None:
        """Passes on to the thread's run that its question is stored."""
        if run := self._active.get(thread_id):
            run.began()

    def tell(self, thread_id: str, event: BaseModel) -> None:
        """Adds an event to the thread's run, if it has one."""
        if run := self._active.get(thread_id):
            run.tell(frame(event))

    def find(self, run_id: str, reader: Reader) -> Run:
        """The reader's run of this id, under way or ended a while ago.

        Raises:
            NotFound: There is none, or none any more, or it is another reader's.
        """
        run = self._shelf.by_id(run_id, reader)
        if run is None:
            raise NotFound(
                f"There is no answer {run_id[:80]!r} to listen to; if it has ended, reload the conversation to see it."
            )
        return run

    def find_again(self, claim: Claim, reader: Reader) -> Run | None:
        """The run that came under the reader's key, under way or ended a while ago."""
        return self._shelf.by_key(claim.key, reader)

    async def stop(self, thread_id: str) -> None:
        """Ends the thread's run, if it has one, and returns when what was said is stored."""
        if run := self._active.get(thread_id):
            run.stop()
            await run.ended.wait()

    def lose(self, thread_id: str) -> None:
        """Ends the thread's run because another process has taken the thread over."""
        if run := self._active.get(thread_id):
            run.stop(farewell="The answer was interrupted. Please try again.")

    async def drop(self, thread_id: str) -> None:
        """As `stop`, for a thread that is deleted: nothing of its answers is kept."""
        await self.stop(thread_id)
        for run in self._shelf.of_thread(thread_id):
            self._shelf.remove(run)

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
        self._shelf.clear()

    def _run(
        self, thread_id: str, frames: Frames, *, reader: Reader, claim: Claim | None, outlives: bool, place: str
    ) -> Run:
        def end(run: Run) -> None:
            self._active.pop(place, None)
            if run.kept:
                self._shelf.end(run)
            else:
                self._shelf.remove(run)

        run = Run(
            frames,
            thread_id=thread_id,
            reader=reader,
            claim=claim,
            outlives=outlives,
            limit_bytes=self._limit_bytes,
            on_end=end,
        )
        self._active[place] = run
        self._shelf.put(run)
        return run


async def _told(frames: Iterable[bytes]) -> Frames:
    for told in frames:
        yield told
