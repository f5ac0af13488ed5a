"""The numbered frames of one answer, and those who listen to them.

Whoever listens has but a number in the one list of frames: any number of listeners, from any frame on, as slow as they
like, cost no more than the answer itself.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from datetime import timedelta

from pageside.conversation.frames import KEEPALIVE, Numbered
from pageside.conversation.patience import Patience

KEEPALIVE_EVERY = timedelta(seconds=15)
LAST = 999_999_999
_CHUNK_BYTES = 32_000


class Tape(ABC):
    """An answer as it can be heard, wherever it is made.

    Attributes:
        ended: Set when everything is stored that will be.
        cut: Whether it was ended before its end.
        lost: Whether nothing more can be learned of it here, though it may not have ended.
        size: Bytes of its frames.
    """

    def __init__(self, run_id: str) -> None:
        """Nothing heard yet."""
        self.id = run_id
        self.ended = asyncio.Event()
        self.cut = False
        self.lost = False
        self.size = 0
        self._log: list[bytes] = []
        self._waiting: set[asyncio.Future[bool]] = set()
        self._listeners = 0
        self._watch: Callable[[], None] | None = None
        self._last_word = b""

    @property
    def length(self) -> int:
        """Frames so far, and thus the number of the last."""
        return len(self._log)

    def has(self, number: int) -> bool:
        """Whether a frame of this number has been told, here or by a process that died before it could pass it on."""
        return number <= (LAST if self._last_word else self.length)

    def is_over_after(self, number: int) -> bool:
        """Whether nothing will follow the frame of this number."""
        return self.ended.is_set() and number >= (LAST if self._last_word else self.length)

    @abstractmethod
    async def reach(self, number: int) -> None:
        """Returns once the frame of this number is known, or is not to be expected."""

    @abstractmethod
    def stop(self) -> None:
        """Ends the answer and keeps what was said."""

    @abstractmethod
    def outlive(self) -> None:
        """Lets the answer go on to its end, whoever leaves."""

    @abstractmethod
    def _deserted(self) -> None:
        """The last listener has left."""

    def join(self) -> None:
        """Counts a listener, who has to `leave`."""
        self._listeners += 1

    def leave(self) -> None:
        """A listener leaves."""
        self._listeners -= 1
        if not self._listeners:
            self._deserted()

    def watch(self, news: Callable[[], None]) -> None:
        """Calls `news` whenever there is another frame, and at the end."""
        self._watch = news

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

    def chunk(self, after: int) -> Sequence[Numbered]:
        """Some of the frames after number `after`: 32 kB of them at most, or one larger one."""
        chunk: list[Numbered] = []
        size = 0
        for number in range(after, len(self._log)):
            size += len(self._log[number])
            if chunk and size > _CHUNK_BYTES:
                break
            chunk.append((number + 1, self._log[number]))
        return chunk

    async def _chunks(self, after: int, keepalive: timedelta) -> AsyncIterator[Sequence[Numbered]]:
        with closing(_Ear(self._waiting, keepalive)) as ear:
            while True:
                while chunk := self.chunk(after):
                    yield chunk
                    after = chunk[-1][0]
                if self.ended.is_set():
                    if self._last_word and after < LAST:
                        yield ((LAST, self._last_word),)
                    return
                if not await ear.news():
                    yield ()

    def _add(self, told: bytes) -> None:
        self._log.append(told)
        self._wake()

    def _end(self) -> None:
        self.ended.set()
        self._wake()

    def _wake(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(True)
        self._waiting.clear()
        if self._watch is not None:
            self._watch()


class _Ear:
    """One listener's waiting."""

    def __init__(self, waiting: set[asyncio.Future[bool]], silence: timedelta) -> None:
        self._waiting = waiting
        self._patience = Patience(silence, self._hear_nothing)
        self._future: asyncio.Future[bool] | None = None

    async def news(self) -> bool:
        """Whether there was something to hear before the silence grew too long."""
        self._future = asyncio.get_running_loop().create_future()
        self._waiting.add(self._future)
        self._patience.begin()
        try:
            return await self._future
        finally:
            self._patience.end()
            self._waiting.discard(self._future)

    def close(self) -> None:
        self._patience.close()

    def _hear_nothing(self) -> None:
        if self._future is not None and not self._future.done():
            self._future.set_result(False)
