"""Every answer of this process: one at a time in a thread, and for a while after its end to be listened to again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta

import structlog
from pydantic import BaseModel

from pageside.conversation.alongside import Claim
from pageside.conversation.busy import Busy
from pageside.conversation.capacity import Capacity
from pageside.conversation.elsewhere import Elsewhere
from pageside.conversation.frames import Frames, frame
from pageside.conversation.run import Run
from pageside.conversation.shelf import Shelf
from pageside.conversation.tape import Tape
from pageside.errors import NotFound, PagesideError, Unavailable
from pageside.identity.reader import Reader
from pageside.phrases import failures, refusals
from pageside.phrases.phrase import ENGLISH
from pageside.telemetry import metrics

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=1)
CLOSING_TIME = timedelta(seconds=10)
MAX_BYTES = 16_000_000
KEPT_BYTES = 64_000_000
KEPT_FOR = timedelta(minutes=5)
_BUSY_S = 2


class Runs:
    """Every run of this process: those under way by thread, and by id those that may be listened to.

    Attributes:
        capacity: How many answers are under way, wait and were refused.
        ending: Whether the process has been told to end, though it may still begin answers.
    """

    def __init__(
        self,
        *,
        grace: timedelta = GRACE,
        limit_bytes: int = MAX_BYTES,
        kept_bytes: int = KEPT_BYTES,
        kept_for: timedelta = KEPT_FOR,
        elsewhere: Elsewhere | None = None,
        capacity: Capacity | None = None,
    ) -> None:
        """No runs yet.

        Args:
            grace: How long a question waits for the answer before it to end; a reader who stops one and asks the next
                at once must not be turned away.
            limit_bytes: Most that one answer may put on the wire.
            kept_bytes: Most that the frames of all ended runs may take; the oldest run goes first.
            kept_for: How long the frames of an ended run are kept, for those who come back for them.
            elsewhere: The other processes; without it, runs are known to this one alone.
            capacity: How many answers are made at once.
        """
        self._active: dict[str, Run] = {}
        self._shelf: Shelf[Run] = Shelf(limit_bytes=kept_bytes, lifetime=kept_for, removed=self._forget)
        self._elsewhere = elsewhere
        if elsewhere is not None:
            elsewhere.on_forget(self._shelf.remove)
        self.grace = grace
        self.capacity = capacity or Capacity()
        self.ending = False
        self._limit_bytes = limit_bytes
        self._closing = False

    async def start(
        self,
        thread_id: str,
        frames: Frames,
        *,
        reader: Reader,
        claim: Claim | None = None,
        outlives: bool = False,
        language: str = ENGLISH,
    ) -> Run:
        """Begins to drive `frames` as the one run of the thread.

        Args:
            claim: The key it came under.
            outlives: Whether it goes on when its last listener leaves.
            language: In which its listeners are told why it ended, ISO 639-1.

        Raises:
            Busy: The thread is still answering another question.
            Overloaded: As many are being answered as this process takes on.
            Unavailable: The server is shutting down.
        """
        placed = False
        try:
            await self._require_free(thread_id)
            await self.capacity.take()
            placed = True
            await self._require_free(thread_id)
        except BaseException as error:
            if isinstance(error, PagesideError):
                metrics.REFUSED.labels(error.code).inc()
            if placed:
                self.capacity.give_back()
            await frames.aclose()
            raise
        return self._run(
            thread_id,
            frames,
            reader=reader,
            claim=claim,
            outlives=outlives,
            language=language,
            place=thread_id,
            on_begin=self._share,
            free=self.capacity.give_back,
        )

    def again(self, thread_id: str, told: Iterable[bytes], *, reader: Reader, claim: Claim) -> Run:
        """A run that tells an answer which was stored before."""
        frames = _told(told)
        run = self._run(
            thread_id,
            frames,
            reader=reader,
            claim=claim,
            outlives=True,
            place=claim.id,
            on_begin=_keep_to_itself,
            free=_nothing_was_made,
        )
        run.began()
        return run

    def began(self, thread_id: str) -> None:
        """Passes on to the thread's run that its question is stored."""
        if run := self._active.get(thread_id):
            run.began()

    @contextmanager
    def stopping_gently(self, thread_id: str) -> Iterator[asyncio.Future[None]]:
        """As `Run.stopping_gently`, for the thread's run; never done where it has none."""
        asked = asyncio.get_running_loop().create_future()
        run = self._active.get(thread_id)
        with run.stopping_gently(asked) if run else nullcontext():
            yield asked

    def tell(self, thread_id: str, event: BaseModel) -> None:
        """Adds an event to the thread's run, if it has one."""
        if run := self._active.get(thread_id):
            run.tell(frame(event))

    async def find(self, run_id: str, reader: Reader) -> Tape:
        """The reader's run of this id, under way or ended a while ago, here or elsewhere.

        Raises:
            NotFound: There is none, or none any more, or it is another reader's.
            RedisUnavailable: There is none here, and what there is elsewhere cannot be known.
        """
        run: Tape | None = self._shelf.by_id(run_id, reader)
        if run is None and self._elsewhere is not None:
            run = await self._elsewhere.find(run_id, reader)
        if run is None:
            raise NotFound(refusals.NO_SUCH_RUN.of(id=run_id[:80]))
        return run

    def find_again(self, claim: Claim, reader: Reader) -> Run | None:
        """The run that came under the reader's key, under way or ended a while ago."""
        return self._shelf.by_key(claim.key, reader)

    async def find_elsewhere(self, claim: Claim, thread_id: str, reader: Reader) -> Tape | None:
        """As `find_again`, for one that another process answers or has answered in the thread."""
        return None if self._elsewhere is None else await self._elsewhere.find_again(claim, thread_id, reader)

    async def stop(self, thread_id: str) -> None:
        """Ends the thread's run, if it has one, and returns when what was said is stored."""
        if run := self._active.get(thread_id):
            run.stop()
            await run.ended.wait()

    def lose(self, thread_id: str) -> None:
        """Ends the thread's run because another process has taken the thread over."""
        if run := self._active.get(thread_id):
            run.stop(farewell=failures.INTERRUPTED)

    async def drop(self, thread_id: str) -> None:
        """As `stop`, for a thread that is deleted: nothing of its answers is kept."""
        await self.stop(thread_id)
        for run in self._shelf.of_thread(thread_id):
            self._shelf.remove(run)
        if self._elsewhere is not None:
            await self._elsewhere.drop(thread_id)

    async def finish(self, *, within: timedelta) -> None:
        """Returns when no answer is under way any more, or when the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                while self._active:
                    await next(iter(self._active.values())).ended.wait()
                    await asyncio.sleep(0)  # until it is no longer counted among them

    async def aclose(self) -> None:
        """Ends every run, keeping what was said, and begins no more; gives up after ten seconds."""
        self._closing = True
        for run in list(self._active.values()):
            run.stop(farewell=failures.RESTARTING_CUT)
        try:
            async with asyncio.timeout(CLOSING_TIME.total_seconds()):
                for run in list(self._active.values()):
                    await run.ended.wait()
        except TimeoutError:
            log.exception("runs_abandoned", n=len(self._active))
        self._shelf.clear()
        if self._elsewhere is not None:
            await self._elsewhere.retire()

    async def _require_free(self, thread_id: str) -> None:
        """Returns once the thread is answering nothing, and the process may."""
        try:
            async with asyncio.timeout(self.grace.total_seconds()):
                while current := self._active.get(thread_id):
                    await current.ended.wait()
        except TimeoutError:
            raise Busy(refusals.STILL_ANSWERING, retry_after_s=_BUSY_S) from None
        if self._closing:
            raise Unavailable(failures.RESTARTING)

    def _share(self, run: Run) -> None:
        if self._elsewhere is not None and run.kept:
            self._elsewhere.share(run)

    def _forget(self, run: Run) -> None:
        if self._elsewhere is not None:
            self._elsewhere.forget(run)

    def _run(
        self,
        thread_id: str,
        frames: Frames,
        *,
        reader: Reader,
        claim: Claim | None,
        outlives: bool,
        language: str = ENGLISH,
        place: str,
        on_begin: Callable[[Run], None],
        free: Callable[[], None],
    ) -> Run:
        def end(run: Run) -> None:
            self._active.pop(place, None)
            free()
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
            language=language,
            limit_bytes=self._limit_bytes,
            on_begin=on_begin,
            on_end=end,
        )
        self._active[place] = run
        self._shelf.put(run)
        return run


def _keep_to_itself(_: Run) -> None:
    """What is told from the store can be told by any process."""


def _nothing_was_made() -> None:
    """What is told from the store takes nobody's place."""


async def _told(frames: Iterable[bytes]) -> Frames:
    for told in frames:
        yield told
