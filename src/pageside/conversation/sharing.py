"""Answers of this process told to others: what is made here is written to Redis as it comes, beside the answer itself.

A run keeps its own frames, so the writer has but a number in each, as a listener has. Whatever becomes of Redis, no
answer waits for it, and nothing is held for it: once it is back, what is under way is written anew from the beginning.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from pageside.conversation.run import Run
from pageside.identity.reader import Reader
from pageside.storage.redis_server import RedisUnavailable
from pageside.storage.streams import BEAT, MOST_LETTERS, Letter, Piece, Streams

log = structlog.get_logger(__name__)

MAX_SHARED_BYTES = 4_000_000
FINISHED, CUT = "finished", "cut"
_GATHERING_S = 0.05
_FLUSHING_S = 2.0
_REFRESHED_EVERY = timedelta(minutes=1)
_MOST_PIECES = 32


@dataclass(slots=True)
class _Shared:
    """A run and how far it is written; `known` says whether there is anything of it."""

    run: Run
    written: int = 0
    known: bool = False
    whole: bool = False


@dataclass(slots=True)
class _Draft:
    """One writing, and what it will have written."""

    pieces: list[tuple[_Shared, Piece]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.pieces or self.letters or self.gone)


class Sharing:
    """Writes the runs of this process, one writing at a time, however many there are."""

    def __init__(self, streams: Streams, *, limit_bytes: int = MAX_SHARED_BYTES) -> None:
        """Nothing to write.

        Args:
            limit_bytes: Most that one run may take; a longer one is known to its own process alone.
        """
        self._streams = streams
        self._limit_bytes = limit_bytes
        self._shared: dict[str, _Shared] = {}
        self._under_way: set[str] = set()
        self._unwritten: dict[str, None] = {}
        self._letters: deque[Letter] = deque(maxlen=MOST_LETTERS)
        self._gone: set[str] = set()
        self._news = asyncio.Event()
        self._refreshed_at = 0.0
        self._writing = asyncio.Lock()
        self._begun = 0
        streams.server.on_return(self._begin_anew)

    def share(self, run: Run) -> None:
        """Tells others of a run from here on, until it is forgotten."""
        self._shared[run.id] = _Shared(run)
        self._under_way.add(run.id)
        run.watch(partial(self._touch, run.id))
        self._touch(run.id)

    def of(self, run_id: str) -> Run | None:
        """The run of this process that others know under this id."""
        shared = self._shared.get(run_id)
        return shared.run if shared else None

    def forget(self, run_id: str) -> None:
        """Takes a run of this process away from others, if they know it."""
        if shared := self._shared.pop(run_id, None):
            shared.run.watch(_nothing)
            self._under_way.discard(run_id)
            self.erase(run_id)

    def erase(self, run_id: str) -> None:
        """Takes away what any process has written of a run."""
        self._unwritten.pop(run_id, None)
        self._gone.add(run_id)
        self._news.set()

    def send(self, to: str, **said: str) -> None:
        """Says something to another process, which may never hear it."""
        self._letters.append(Letter(to, said))
        self._news.set()

    async def work(self) -> None:
        """Writes what there is to write, for ever."""
        while True:
            await self._something()
            try:
                await self._write()
                await self._refresh()
            except RedisUnavailable:
                self._begin_anew()
                await self._streams.server.pause()
            await asyncio.sleep(_GATHERING_S)  # so that frames that come together are written together

    async def flush(self) -> None:
        """Writes what is left, if that can be done within two seconds."""
        try:
            async with asyncio.timeout(_FLUSHING_S):
                while await self._write():
                    pass
        except (RedisUnavailable, TimeoutError):
            log.warning("runs_not_shared", n=len(self._unwritten))

    async def _something(self) -> None:
        beat = BEAT.total_seconds() if self._under_way else None
        try:
            async with asyncio.timeout(beat):
                await self._news.wait()
        except TimeoutError:
            pass
        self._news.clear()

    async def _write(self) -> bool:
        async with self._writing:
            draft, begun = self._draft(), self._begun
            if not draft and not self._under_way:
                return False
            try:
                await self._streams.write([piece for _, piece in draft.pieces], draft.letters, draft.gone)
            except RedisUnavailable:
                self._letters.extendleft(reversed(draft.letters))
                raise
            if begun == self._begun:  # else it was written to a Redis that may have forgotten what stood before it
                self._written(draft)
        return bool(draft)

    def _written(self, draft: _Draft) -> None:
        for shared, piece in draft.pieces:
            shared.known = True
            shared.written = piece.length
            shared.whole = bool(piece.end)
            if shared.whole or (shared.written == shared.run.length and not shared.run.ended.is_set()):
                self._unwritten.pop(shared.run.id, None)
        self._gone -= draft.gone
        if self._unwritten or self._letters or self._gone:
            self._news.set()

    def _draft(self) -> _Draft:
        for run_id in list(self._unwritten):
            if self._shared[run_id].run.size > self._limit_bytes:
                log.warning("run_too_long_to_share")
                self.forget(run_id)
        draft = _Draft(gone=set(self._gone))
        while self._letters:
            draft.letters.append(self._letters.popleft())
        for run_id in list(self._unwritten)[:_MOST_PIECES]:
            shared = self._shared[run_id]
            draft.pieces.append((shared, _piece(shared)))
        return draft

    async def _refresh(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._refreshed_at > _REFRESHED_EVERY.total_seconds():
            self._refreshed_at = now
            await self._streams.refresh(self._under_way)

    def _begin_anew(self) -> None:
        """Nothing is known of what Redis has; what was written whole stays as it is there, or is lost."""
        self._begun += 1
        self._streams.beat_anew()
        self._gone.clear()  # runs out by itself
        for run_id, shared in self._shared.items():
            if not shared.whole:
                shared.written, shared.known = 0, False
                self._unwritten[run_id] = None
        if self._unwritten:
            self._news.set()

    def _touch(self, run_id: str) -> None:
        if self._shared[run_id].run.ended.is_set():
            self._under_way.discard(run_id)
        self._unwritten[run_id] = None
        self._news.set()


def owner(reader: Reader) -> dict[str, str]:
    """Whose a run is, as its header says."""
    return {"organisation": reader.organisation, "subject": reader.subject}


def by_thread(thread_id: str) -> str:
    """The name under which the runs of a thread are found."""
    return f"thread:{thread_id}"


def by_key(reader: Reader, key: str) -> str:
    """The name under which the runs are found that came under a reader's key."""
    place = "\0".join((reader.organisation, reader.subject, key))
    return f"key:{hashlib.sha256(place.encode()).hexdigest()}"


def _piece(shared: _Shared) -> Piece:
    run = shared.run
    frames = run.chunk(shared.written)
    length = frames[-1][0] if frames else shared.written
    last = run.ended.is_set() and length == run.length
    names = [by_thread(run.thread_id)] + ([by_key(run.reader, run.key)] if run.key else [])
    return Piece(
        run.id,
        frames,
        length,
        header=None if shared.known else _header(run),
        names=() if shared.known else names,
        end=(CUT if run.cut else FINISHED) if last else "",
    )


def _header(run: Run) -> Mapping[str, str]:
    digest = run.claim.digest if run.claim else ""
    return {**owner(run.reader), "thread": run.thread_id, "digest": digest, "outlives": "1" if run.outlives else ""}


def _nothing() -> None:
    """Nobody watches."""
