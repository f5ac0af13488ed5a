"""Streams of numbered frames in Redis: written by the process that makes them, followed by any other.

A frame's number is its id in the stream, so that it is the same to everybody and writing it twice is noticed. All that
belongs to a stream runs out by itself; a process that writes streams says again and again that it is alive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pageside.storage.redis_server import Command, RedisServer

ALIVE_FOR = timedelta(seconds=8)
BEAT = ALIVE_FOR / 4
KEPT_FOR = timedelta(minutes=5)
LETTERS_KEPT_FOR = timedelta(minutes=1)
MOST_LETTERS = 1000
_LONGER_S = 60  # than a stream is kept, so that it does not go before whoever would take it away
_MOST_ENTRIES = 200
_END = b"end"

_Entry = tuple[bytes, dict[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Piece:
    """What is written of one stream at a time.

    Attributes:
        frames: Its next frames with their numbers.
        header: What is known beside its frames; where it is given, the stream begins anew.
        names: Under which it can be found, beside its id.
        end: How it ended; empty where it goes on. Nothing may follow.
        length: The number of its last frame so far.
    """

    stream: str
    frames: Sequence[tuple[int, bytes]]
    length: int
    header: Mapping[str, str] | None = None
    names: Sequence[str] = ()
    end: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one process has to say to another.

    Attributes:
        said: Names and values.
    """

    to: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """What has come of one stream.

    Attributes:
        end: How it ended; empty where it goes on.
    """

    frames: Sequence[tuple[int, bytes]] = ()
    end: str = ""


class Streams:
    """The streams of all processes that share one Redis.

    Args:
        holder: This process; nobody else's name.
    """

    def __init__(self, server: RedisServer, *, holder: str, kept_for: timedelta = KEPT_FOR) -> None:
        self.server = server
        self.holder = holder
        self._kept_s = int(kept_for.total_seconds()) + _LONGER_S
        self._letters_after = "0-0"
        self._beat_at = 0.0

    async def write(self, pieces: Sequence[Piece], letters: Sequence[Letter], gone: Iterable[str]) -> None:
        """Writes all of it or nothing, and says from time to time that this process is alive.

        Args:
            gone: Streams that are kept no longer.

        Raises:
            RedisUnavailable: It is not known whether it was written.
        """
        now = asyncio.get_running_loop().time()
        commands: list[Command] = []
        if now >= self._beat_at:
            commands.append(("SET", _alive(self.holder), "1", "PX", _milliseconds(ALIVE_FOR)))
        for piece in pieces:
            commands += self._written(piece)
        for letter in letters:
            commands += _posted(letter)
        commands += [("DEL", _header(stream), _frames(stream)) for stream in gone]
        if commands:
            await self.server.ask(commands)
        if now >= self._beat_at:
            self._beat_at = now + BEAT.total_seconds()

    def beat_anew(self) -> None:
        """Says with the next writing that this process is alive, for Redis may have forgotten."""
        self._beat_at = 0.0

    async def refresh(self, streams: Iterable[str]) -> None:
        """Keeps streams that go on from running out.

        Raises:
            RedisUnavailable: They may run out.
        """
        kept = [key for stream in streams for key in (_header(stream), _frames(stream))]
        if kept:
            await self.server.ask([("EXPIRE", key, self._kept_s) for key in kept])

    async def load(self, stream: str) -> tuple[Mapping[str, str], Heard] | None:
        """The header of a stream and what there is of it; None where there is none.

        Raises:
            RedisUnavailable: It cannot be read.
        """
        header, entries = await self.server.ask([("HGETALL", _header(stream)), ("XRANGE", _frames(stream), "-", "+")])
        if not header:
            return None
        return {name.decode(): value.decode() for name, value in header.items()}, _heard(entries)

    async def named(self, name: str) -> Sequence[str]:
        """The streams under a name, the newest first.

        Raises:
            RedisUnavailable: They cannot be read.
        """
        (members,) = await self.server.ask([("SMEMBERS", _name(name))])
        return sorted((member.decode() for member in members), reverse=True)

    async def alive(self, holders: Iterable[str]) -> Mapping[str, bool]:
        """Which of the processes have said so lately.

        Raises:
            RedisUnavailable: It cannot be read.
        """
        asked = list(holders)
        if not asked:
            return {}
        (found,) = await self.server.ask([("MGET", *map(_alive, asked))])
        return dict(zip(asked, map(bool, found), strict=True))

    async def wait(
        self, positions: Mapping[str, int], *, patience: timedelta
    ) -> tuple[Mapping[str, Heard], Sequence[Mapping[str, str]]]:
        """What comes next of each stream, and the letters to this process; nothing where nothing comes.

        Args:
            positions: The number of the last frame that is known, by stream.
            patience: How long to wait for it.

        Raises:
            RedisUnavailable: Nothing is known of what came.
        """
        places = {_frames(stream): stream for stream in positions}
        keys = [*places, _inbox(self.holder)]
        after = [*(f"0-{number}" for number in positions.values()), self._letters_after]

        count, block = ("COUNT", _MOST_ENTRIES), ("BLOCK", _milliseconds(patience))
        (found,) = await self.server.ask([("XREAD", *count, *block, "STREAMS", *keys, *after)], patience=patience)
        heard: dict[str, Heard] = {}
        letters: list[Mapping[str, str]] = []
        for key, entries in found or ():
            if (stream := places.get(key.decode())) is not None:
                heard[stream] = _heard(entries)
            elif entries:
                letters = [{name.decode(): value.decode() for name, value in said.items()} for _, said in entries]
                self._letters_after = entries[-1][0].decode()
        return heard, letters

    def _written(self, piece: Piece) -> Iterator[Command]:
        header, frames = _header(piece.stream), _frames(piece.stream)
        if piece.header is not None:
            yield "DEL", header, frames
            yield "HSET", header, "holder", self.holder, *(part for pair in piece.header.items() for part in pair)
            for name in piece.names:
                yield "SADD", _name(name), piece.stream
                yield "EXPIRE", _name(name), self._kept_s
        if piece.frames:
            fields = [part for number, told in piece.frames for part in (str(number), told)]
            yield "XADD", frames, f"0-{piece.frames[-1][0]}", *fields
        if piece.end:
            yield "XADD", frames, f"0-{piece.length + 1}", _END, piece.end
        if piece.header is not None or piece.end:
            yield "EXPIRE", header, self._kept_s
        if piece.end or (piece.frames and piece.frames[0][0] == 1):
            yield "EXPIRE", frames, self._kept_s


def _posted(letter: Letter) -> Iterator[Command]:
    inbox = _inbox(letter.to)
    yield "XADD", inbox, "MAXLEN", "~", MOST_LETTERS, "*", *(part for pair in letter.said.items() for part in pair)
    yield "PEXPIRE", inbox, _milliseconds(LETTERS_KEPT_FOR)


def _heard(entries: Sequence[_Entry]) -> Heard:
    frames: list[tuple[int, bytes]] = []
    for _, told in entries:
        if _END in told:
            return Heard(frames, end=told[_END].decode())
        frames += [(int(number), frame) for number, frame in told.items()]
    return Heard(frames)


def _header(stream: str) -> str:
    return f"pageside:run:{stream}"


def _frames(stream: str) -> str:
    return f"pageside:run:{stream}:frames"


def _name(name: str) -> str:
    return f"pageside:runs:{name}"


def _alive(holder: str) -> str:
    return f"pageside:server:{holder}"


def _inbox(holder: str) -> str:
    return f"pageside:server:{holder}:inbox"


def _milliseconds(length: timedelta) -> int:
    return int(length.total_seconds() * 1000)
