"""Answers of other processes heard in this one, through what they write to Redis as they make them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

import structlog

from pageside import ids
from pageside.conversation.frames import error_frame
from pageside.conversation.sharing import CUT, Sharing
from pageside.conversation.tape import Tape
from pageside.phrases import failures
from pageside.storage.redis_server import RedisUnavailable
from pageside.storage.streams import ALIVE_FOR, Heard, Streams

log = structlog.get_logger(__name__)

LISTENING = timedelta(seconds=2)
IDLE = timedelta(seconds=30)
OUTAGE = timedelta(seconds=10)
_BEHIND_S = 1.0


class Followed(Tape):
    """An answer that another process makes, or has made.

    Attributes:
        holder: That process.
        thread_id: The thread that is answered in.
        digest: Of the request it answers; empty where that came under no key.
    """

    def __init__(self, run_id: str, header: Mapping[str, str], heard: Heard, *, following: Following) -> None:
        super().__init__(run_id)
        self.holder = header.get("holder", "")
        self.thread_id = header.get("thread", "")
        self.digest = header.get("digest", "")
        self._outlives = bool(header.get("outlives"))
        self._following = following
        self._name = ids.new("lis")
        self.hear(heard)

    def stop(self) -> None:
        """Asks the process that answers to end the answer and keep what was said."""
        if not self.ended.is_set():
            self._following.say(self, "stop")

    def outlive(self) -> None:
        """Asks it to go on to the end, whoever leaves."""
        if not self._outlives and not self.ended.is_set():
            self._outlives = True
            self._following.say(self, "outlive")

    def join(self) -> None:
        """Counts a listener here, and all who are here together as one there."""
        super().join()
        if self._listeners == 1 and not self.ended.is_set():
            self._following.begin(self)
            if not self._outlives:
                self._following.say(self, "join", listener=self._name)

    async def reach(self, number: int) -> None:
        """Waits a second at most for what its listener has heard already and Redis has not."""
        self.join()
        try:
            async with asyncio.timeout(_BEHIND_S):
                async for _ in self.frames():
                    if self.has(number):
                        return
        except TimeoutError:
            pass
        finally:
            self.leave()

    def hear(self, heard: Heard) -> None:
        """Adds what has come, where it is new."""
        for number, told in heard.frames:
            if number == self.length + 1 and not self.ended.is_set():
                self.size += len(told)
                self._add(told)
        if heard.end and not self.ended.is_set():
            self.cut = heard.end == CUT
            self._end()

    def interrupt(self) -> None:
        """Ends it because the process that answered has died.

        It may have told frames that nobody passed on, so the last word has the last number there can be: the same in
        every process, and behind whatever a listener has heard.
        """
        if not self.ended.is_set():
            self.cut = True
            self._last_word = error_frame(failures.INTERRUPTED)
            self._end()

    def lose(self) -> None:
        """Lets its listeners go without an end, so that they come back."""
        if not self.ended.is_set():
            self.lost = True
            self._end()

    def _deserted(self) -> None:
        self._following.end(self)
        if not self._outlives and not self.ended.is_set():
            self._following.say(self, "leave", listener=self._name)


class Following:
    """Everything that is followed in this process, through one connection."""

    def __init__(self, streams: Streams, sharing: Sharing, *, receive: Callable[[Mapping[str, str]], None]) -> None:
        """Nothing followed.

        Args:
            receive: Takes what other processes have to say about the runs of this one.
        """
        self._streams = streams
        self._sharing = sharing
        self._receive = receive
        self._followed: dict[str, list[Followed]] = {}
        self._looked_at = 0.0
        self._reading = False

    async def find(self, run_id: str) -> tuple[Followed, Mapping[str, str]] | None:
        """The run of another process and what is known of it, as far as it has come; None where there is none.

        Raises:
            RedisUnavailable: It cannot be known.
        """
        found = await self._streams.load(run_id)
        if found is None:
            return None
        header, heard = found
        followed = Followed(run_id, header, heard, following=self)
        if not followed.ended.is_set():
            await self._interrupt_dead([followed])
        return followed, header

    def begin(self, followed: Followed) -> None:
        """Follows from here on."""
        self._followed.setdefault(followed.id, []).append(followed)
        if self._reading:
            # A blocked read cannot be told of another stream, so it is given something to read.
            self._sharing.send(self._streams.holder, do="look")

    def end(self, followed: Followed) -> None:
        """Follows no longer."""
        listening = self._followed.get(followed.id, [])
        if followed in listening:
            listening.remove(followed)
        if not listening:
            self._followed.pop(followed.id, None)

    def say(self, followed: Followed, what: str, **more: str) -> None:
        """Says something about a run to the process that makes it."""
        self._sharing.send(followed.holder, run=followed.id, do=what, **more)

    async def work(self) -> None:
        """Reads what comes of every run that is followed, and letters to this process, for ever.

        It reads also where nothing is followed, so that it is known when Redis was away.
        """
        gone_since: float | None = None
        loop = asyncio.get_running_loop()
        while True:
            try:
                await self._read()
                gone_since = None
            except RedisUnavailable:
                gone_since = gone_since or loop.time()
                if loop.time() - gone_since > OUTAGE.total_seconds():
                    self.lose()
                await self._streams.server.pause()

    def lose(self) -> None:
        """Lets all who listen go."""
        for followed in self._all():
            followed.lose()

    async def _read(self) -> None:
        positions = {run_id: min(each.length for each in group) for run_id, group in self._followed.items()}
        self._reading = True
        try:
            heard, letters = await self._streams.wait(positions, patience=LISTENING if positions else IDLE)
        finally:
            self._reading = False
        for run_id, each in heard.items():
            self._hear(run_id, each)
        for letter in letters:
            self._receive(letter)
        now = asyncio.get_running_loop().time()
        if now - self._looked_at > LISTENING.total_seconds():
            self._looked_at = now
            await self._interrupt_dead(self._all())

    def _hear(self, run_id: str, heard: Heard) -> None:
        for followed in list(self._followed.get(run_id, ())):
            followed.hear(heard)
            if followed.ended.is_set():
                self.end(followed)

    async def _interrupt_dead(self, followed: Iterable[Followed]) -> None:
        # When Redis has been away, processes need some time to say that they are alive.
        if self._streams.server.up_for < ALIVE_FOR:
            return
        asked = list(followed)
        alive = await self._streams.alive({each.holder for each in asked})
        for each in asked:
            if alive[each.holder]:
                continue
            last = await self._streams.load(each.id)  # it may have ended before it went
            if last is not None:
                each.hear(last[1])
            if not each.ended.is_set():
                log.warning("run_interrupted", holder=each.holder)
            each.interrupt()
            self.end(each)

    def _all(self) -> list[Followed]:
        return [each for group in self._followed.values() for each in group]
