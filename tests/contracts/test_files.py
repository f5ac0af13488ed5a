"""What every place for bytes promises: whole or absent, limited as they arrive, found again, nothing left behind."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from datetime import UTC, datetime, timedelta

import pytest

from pageside.errors import NotFound, TooLarge
from pageside.storage import files as storage
from pageside.storage.files import LocalFiles
from pageside.storage.files_s3 import S3Files

KEY = "gezdgnbv/atc_1~0f"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SOON = timedelta(seconds=2)


async def arriving(*pieces):
    for piece in pieces:
        yield piece


async def kept(files, key, *pieces):
    async with files.received(arriving(*pieces), limit_bytes=10**7) as draft:
        await files.keep(draft, key)
    return draft


async def everything(files):
    return [each async for batch in files.listed() for each in batch]


@pytest.fixture
def drafts(tmp_path):
    """Where bytes on their way in are, in both forms."""
    return tmp_path / "files" / ".drafts"


@pytest.fixture(params=["local", "s3"])
def files(request, drafts):
    if request.param == "local":
        return LocalFiles(drafts.parent)
    store = request.getfixturevalue("object_store")
    return S3Files(store.bucket(prefix=f"contract/{secrets.token_hex(8)}"), drafts)


async def test_what_was_kept_is_read_back(files, drafts):
    """Size and digest are those of the bytes, and no draft stays."""
    content = os.urandom(700_000)

    draft = await kept(files, KEY, content[:1], content[1:300_000], content[300_000:])

    assert (draft.size, draft.sha256) == (700_000, hashlib.sha256(content).hexdigest())
    assert await storage.content(files, KEY) == content
    assert [each.key for each in await everything(files)] == [KEY]
    assert list(drafts.iterdir()) == []


async def test_a_large_file_comes_back_in_pieces(files):
    """None of them is the whole."""
    content = os.urandom(9_000_000)
    await kept(files, KEY, content)

    pieces = [piece async for piece in files.pieces(KEY)]

    assert b"".join(pieces) == content
    assert max(map(len, pieces)) < 3_000_000


async def test_a_file_grows_on_disk_and_not_in_memory(files, drafts):
    """Each piece is written down before the next is asked for."""
    sizes = []

    async def pieces():
        for _ in range(8):
            yield bytes(300_000)
            sizes.append(sum(path.stat().st_size for path in drafts.iterdir()))

    async with files.received(pieces(), limit_bytes=10**7):
        pass

    assert sizes[-1] >= 2_000_000


async def test_one_byte_too_many_ends_it_at_once(files, drafts):
    """The rest is not even asked for, and nothing stays."""
    asked = []

    async def pieces():
        for number in range(100):
            asked.append(number)
            yield bytes(10)

    with pytest.raises(TooLarge):
        async with files.received(pieces(), limit_bytes=25):
            pass

    assert asked == [0, 1, 2]
    assert list(drafts.iterdir()) == []


async def test_what_nobody_keeps_is_gone(files, drafts):
    """A draft lasts as long as its block, however the block ends."""
    with pytest.raises(RuntimeError, match="refused"):
        async with files.received(arriving(b"x"), limit_bytes=9):
            raise RuntimeError("refused")

    assert list(drafts.iterdir()) == []
    assert await everything(files) == []


async def test_an_upload_that_is_cancelled_leaves_nothing(files, drafts):
    """Not its draft either."""
    begun = asyncio.Event()

    async def pieces():
        yield bytes(500_000)
        begun.set()
        await asyncio.Event().wait()

    async def receive():
        async with files.received(pieces(), limit_bytes=10**7) as draft:
            await files.keep(draft, KEY)

    task = asyncio.create_task(receive())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert list(drafts.iterdir()) == []
    assert await everything(files) == []


async def test_of_two_under_one_key_one_is_there_whole(files):
    """Never some of both."""
    await asyncio.gather(kept(files, KEY, b"a" * 600_000), kept(files, KEY, b"b" * 500_000))

    assert await storage.content(files, KEY) in {b"a" * 600_000, b"b" * 500_000}


async def test_a_reserved_key_is_listed_and_empty(files):
    """So that a sweep comes past it."""
    await files.reserve(KEY)

    assert [each.key for each in await everything(files)] == [KEY]
    assert await storage.content(files, KEY) == b""


async def test_every_key_is_listed_once(files):
    """Each with the time of its bytes, to the second; drafts are none."""
    before = datetime.now(UTC) - SOON
    for key in ("aa/atc_1~0", "aa/atc_2~0", "bb/cc/atc_3~0"):
        await kept(files, key, b"x")
    async with files.received(arriving(b"draft"), limit_bytes=9):
        found = await everything(files)

    assert sorted(each.key for each in found) == ["aa/atc_1~0", "aa/atc_2~0", "bb/cc/atc_3~0"]
    assert all(before < each.changed_at < datetime.now(UTC) + SOON for each in found)


async def test_nothing_is_listed_where_nothing_was_ever_kept(files):
    """The folder need not exist."""
    await files.tidy(before=datetime.now(UTC))

    assert await everything(files) == []


async def test_what_was_never_kept_is_absent(files):
    """In words fit for a reader."""
    with pytest.raises(NotFound, match="not here any more"):
        await storage.content(files, KEY)


async def test_deleting_twice_is_deleting_once(files):
    """And what is beside it stays."""
    await kept(files, KEY, b"x")
    await kept(files, f"{KEY}0", b"y")
    await files.delete(KEY)
    await files.delete(KEY)

    assert [each.key for each in await everything(files)] == [f"{KEY}0"]
    with pytest.raises(NotFound):
        await storage.content(files, KEY)


async def test_a_draft_left_by_a_killed_process_is_tidied_away(files, drafts):
    """One that may still grow is not."""
    await kept(files, KEY, b"x")
    old, fresh = drafts / "old", drafts / "fresh"
    old.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(old, (LONG_AGO.timestamp(),) * 2)

    await files.tidy(before=datetime.now(UTC) - timedelta(hours=1))

    assert (old.exists(), fresh.exists()) == (False, True)


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "A", "a/.drafts", "a\n", "a/"])
async def test_a_key_never_leads_elsewhere(files, key):
    """Only what can be one is looked at."""
    with pytest.raises(ValueError, match="no key"):
        await storage.content(files, key)
    with pytest.raises(ValueError, match="no key"):
        await files.delete(key)


async def test_a_place_that_works_passes_its_check(files):
    """Before anything was kept, and after; what the check needs is swept for nobody's."""
    await files.check()
    await kept(files, KEY, b"x")
    await files.check()

    assert KEY in {each.key for each in await everything(files)}
    assert files.where
