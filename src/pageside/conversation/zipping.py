"""A ZIP archive made while it is sent: no more of it is in memory than one piece and the list of its entries."""

from __future__ import annotations

import io
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from anyio.to_thread import run_sync

_WORTH_SENDING: Final = 64 * 1024
_WORTH_A_THREAD: Final = 16 * 1024
_OLDEST: Final = datetime(1980, 1, 1, tzinfo=UTC)  # that an archive can tell of
_READABLE: Final = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive.

    Attributes:
        name: Its path there, with `/` between folders.
        changed_at: What is said to be the time of its last change.
        packed: Whether its bytes are packed already, as pictures are.
    """

    name: str
    changed_at: datetime
    pieces: AsyncGenerator[bytes, None]
    packed: bool = False


class _Outbox(io.RawIOBase):
    """What was written and not sent yet."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, told: object) -> int:
        piece = bytes(memoryview(told))  # type: ignore[arg-type]  # the base class names its buffers in a stub alone
        self._waiting += piece
        return len(piece)

    def taken(self, at_least: int = 1) -> bytes:
        """Everything that waits, if that is `at_least` so many bytes; else nothing yet."""
        if len(self._waiting) < at_least:
            return b""
        told = bytes(self._waiting)
        self._waiting.clear()
        return told


async def zipped(entries: AsyncGenerator[Entry, None]) -> AsyncGenerator[bytes, None]:
    """The archive of `entries`, piece by piece. An error breaks it off, so that nobody takes a part for the whole."""
    outbox = _Outbox()
    # What leaving these blocks by an error still writes is never sent.
    with ZipFile(outbox, "w") as archive:
        async with aclosing(entries):
            async for entry in entries:
                async with aclosing(_packed(archive, entry)) as steps:
                    async for _ in steps:
                        if told := outbox.taken(_WORTH_SENDING):
                            yield told
        await run_sync(archive.close)
    yield outbox.taken()


async def _packed(archive: ZipFile, entry: Entry) -> AsyncGenerator[None, None]:
    """Writes the entry into the archive, a step for each of its pieces."""
    async with aclosing(entry.pieces) as pieces:
        with archive.open(_described(entry), "w") as file:
            async for piece in pieces:
                if len(piece) < _WORTH_A_THREAD:
                    file.write(piece)
                else:
                    await run_sync(file.write, piece)
                yield


def _described(entry: Entry) -> ZipInfo:
    stamp = max(entry.changed_at.astimezone(UTC), _OLDEST)
    told = ZipInfo(entry.name, (stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second))
    told.compress_type = ZIP_STORED if entry.packed else ZIP_DEFLATED
    told.external_attr = _READABLE
    return told
