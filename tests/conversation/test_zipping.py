"""Archives made while they are sent."""

from __future__ import annotations

import io
import os
import tracemalloc
import zipfile
from datetime import UTC, datetime

import pytest

from pageside.conversation.zipping import Entry, zipped

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PIECE = os.urandom(256 * 1024)


async def pieces(*several):
    for piece in several:
        yield piece


async def broken():
    yield b"half"
    raise OSError("the disk is gone")


async def entries(*several):
    for entry in several:
        yield entry


async def test_an_archive_holds_what_was_put_in():
    """Names in any script, nothing and much, packed and not; times before archives began are the first there is."""
    put = {
        "größe/伺服.md": Entry("größe/伺服.md", NOON, pieces(b"a" * 100_000, b"b")),
        "empty": Entry("empty", datetime(1970, 1, 1, tzinfo=UTC), pieces()),
        "a.png": Entry("a.png", NOON, pieces(PIECE, PIECE), packed=True),
    }
    made = zipfile.ZipFile(io.BytesIO(b"".join([piece async for piece in zipped(entries(*put.values()))])))

    assert made.testzip() is None
    assert made.namelist() == list(put)
    assert made.read("größe/伺服.md") == b"a" * 100_000 + b"b"
    assert made.read("a.png") == PIECE * 2
    assert made.getinfo("größe/伺服.md").compress_size < 1_000
    assert made.getinfo("a.png").date_time == (2026, 3, 1, 12, 0, 0)


async def test_a_broken_archive_does_not_end_as_if_it_were_whole():
    """The error comes through, and no list of entries was sent."""
    sent = bytearray()

    async def take():
        async for piece in zipped(entries(Entry("a", NOON, pieces(PIECE)), Entry("b", NOON, broken()))):
            sent.extend(piece)

    with pytest.raises(OSError, match="the disk is gone"):
        await take()

    assert sent
    assert not zipfile.is_zipfile(io.BytesIO(sent))


async def test_whoever_leaves_in_the_middle_leaves_nothing_open():
    """The file that was being read is closed."""
    closed = []

    async def endless():
        try:
            while True:
                yield PIECE
        finally:
            closed.append(True)

    archive = zipped(entries(Entry("a", NOON, endless())))
    await anext(archive)
    await archive.aclose()

    assert closed == [True]


async def test_no_more_than_a_piece_is_in_memory():
    """However much there is: 64 MB and 2,000 entries."""
    many = [Entry(f"e{number}", NOON, pieces(b"x" * 1_000)) for number in range(2_000)]
    large = Entry("large", NOON, pieces(*[PIECE] * 256), packed=True)
    tracemalloc.start()
    size = 0
    async for piece in zipped(entries(large, *many)):
        size += len(piece)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 64 * 1024 * 1024
    assert most < 8_000_000
