"""Bytes under keys: whole or absent, limited as they arrive, found again, and nothing left behind."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import resource
import signal
import stat
from datetime import UTC, datetime, timedelta

import pytest

from pageside.errors import NotFound, TooLarge, Unavailable
from pageside.storage import files as storage
from pageside.storage.files import LocalFiles

KEY = "gezdgnbv/atc_1~0f"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


async def arriving(*pieces):
    for piece in pieces:
        yield piece


async def kept(files, key, *pieces):
    async with files.received(arriving(*pieces), limit_bytes=10**7) as draft:
        await files.keep(draft, key)
    return draft


async def everything(files):
    return [each async for batch in files.listed() for each in batch]


def below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def files(tmp_path):
    return LocalFiles(tmp_path / "files")


@pytest.fixture
def quota():
    """Lets no file of this process grow beyond a number of bytes, until the test ends."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda largest: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


async def test_what_was_kept_is_read_back(files, tmp_path):
    """Size and digest are those of the bytes, and nobody else may read the file."""
    content = os.urandom(700_000)

    draft = await kept(files, KEY, content[:1], content[1:300_000], content[300_000:])

    assert (draft.size, draft.sha256) == (700_000, hashlib.sha256(content).hexdigest())
    assert await storage.content(files, KEY) == content
    assert below(tmp_path / "files") == [KEY]
    assert stat.S_IMODE((tmp_path / "files" / KEY).stat().st_mode) == 0o600


async def test_a_file_grows_on_disk_and_not_in_memory(files, tmp_path):
    """Each piece is written down before the next is asked for."""
    sizes = []

    async def pieces():
        for _ in range(8):
            yield bytes(300_000)
            sizes.append(sum(path.stat().st_size for path in (tmp_path / "files" / ".drafts").iterdir()))

    async with files.received(pieces(), limit_bytes=10**7):
        pass

    assert sizes[-1] >= 2_000_000


async def test_one_byte_too_many_ends_it_at_once(files, tmp_path):
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
    assert below(tmp_path / "files") == []


async def test_what_nobody_keeps_is_gone(files, tmp_path):
    """A draft lasts as long as its block, however the block ends."""
    with pytest.raises(RuntimeError, match="refused"):
        async with files.received(arriving(b"x"), limit_bytes=9):
            raise RuntimeError("refused")

    assert below(tmp_path / "files") == []


async def test_an_upload_that_is_cancelled_leaves_nothing(files, tmp_path):
    """Not its draft either."""
    begun = asyncio.Event()

    async def pieces():
        yield bytes(500_000)
        begun.set()
        await asyncio.Event().wait()

    async def receive():
        async with files.received(pieces(), limit_bytes=10**7):
            pass

    task = asyncio.create_task(receive())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert below(tmp_path / "files") == []


async def test_a_reserved_key_is_listed_and_empty(files):
    """So that a sweep comes past it."""
    await files.reserve(KEY)

    assert [each.key for each in await everything(files)] == [KEY]
    assert await storage.content(files, KEY) == b""


async def test_keys_are_listed_folder_by_folder(files):
    """Each with the time of its bytes; drafts and strange files are none."""
    before = datetime.now(UTC) - timedelta(seconds=2)
    for key in ("aa/atc_1~0", "aa/atc_2~0", "bb/cc/atc_3~0"):
        await kept(files, key, b"x")
    found = await everything(files)

    assert sorted(each.key for each in found) == ["aa/atc_1~0", "aa/atc_2~0", "bb/cc/atc_3~0"]
    assert all(before < each.changed_at < datetime.now(UTC) + timedelta(seconds=2) for each in found)


async def test_nothing_is_listed_where_nothing_was_ever_kept(files):
    """The folder need not exist."""
    await files.tidy(before=datetime.now(UTC))

    assert await everything(files) == []


async def test_deleting_twice_is_deleting_once(files, tmp_path):
    """And the last one out takes the folder along."""
    await kept(files, KEY, b"x")
    await files.delete(KEY)
    await files.delete(KEY)

    assert not (tmp_path / "files" / "gezdgnbv").exists()
    with pytest.raises(NotFound):
        await storage.content(files, KEY)


async def test_a_draft_left_by_a_killed_process_is_tidied_away(files, tmp_path):
    """One that may still grow is not."""
    await kept(files, KEY, b"x")
    old, fresh = (tmp_path / "files" / ".drafts" / name for name in ("old", "fresh"))
    old.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(old, (LONG_AGO.timestamp(),) * 2)

    await files.tidy(before=datetime.now(UTC) - timedelta(hours=1))

    assert (old.exists(), fresh.exists()) == (False, True)


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "A", "a/.drafts", "a\n", "a/"])
async def test_a_key_never_leads_out_of_the_folder(files, key):
    """Only what can be one is looked at."""
    with pytest.raises(ValueError, match="no key"):
        await storage.content(files, key)


async def test_a_folder_that_cannot_be_written_says_so(own_folder):
    """In words fit for a reader, and as something to be tried again."""
    own_folder.chmod(0o500)
    files = LocalFiles(own_folder / "files")
    try:
        with pytest.raises(Unavailable, match="cannot be stored"):
            await files.reserve(KEY)
        with pytest.raises(Unavailable, match="cannot be stored"):
            await kept(files, KEY, b"x")
    finally:
        own_folder.chmod(0o700)


async def test_a_file_that_cannot_be_read_says_so(own_folder):
    """It is there, so it is not called absent."""
    files = LocalFiles(own_folder / "files")
    await kept(files, KEY, b"x")
    (own_folder / "files" / KEY).chmod(0)

    with pytest.raises(Unavailable, match="cannot be read"):
        await storage.content(files, KEY)


async def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, quota):
    """A quota stands for it: the write fails in the middle of the file."""
    folder = tmp_path / "files"
    (folder / ".drafts").mkdir(parents=True)
    files = LocalFiles(folder)

    async def pieces():
        yield bytes(300_000)
        (draft,) = (folder / ".drafts").iterdir()
        quota(draft.stat().st_size + 100)
        yield bytes(600_000)

    with pytest.raises(Unavailable) as refused:
        async with files.received(pieces(), limit_bytes=10**7):
            pass

    assert isinstance(refused.value.__cause__, OSError)
    assert refused.value.__cause__.errno == errno.EFBIG
    assert below(folder) == []
