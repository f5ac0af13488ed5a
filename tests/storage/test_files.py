"""Bytes in a folder of this machine, beside what every place promises: rights, room, and nothing else there."""

from __future__ import annotations

import errno
import resource
import signal
import stat
from datetime import UTC, datetime

import pytest

from pageside.errors import NotFound, Unavailable
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


async def test_nobody_else_may_read_what_is_kept(files, tmp_path):
    """And nothing lies beside it."""
    await kept(files, KEY, b"x")

    assert below(tmp_path / "files") == [KEY]
    assert stat.S_IMODE((tmp_path / "files" / KEY).stat().st_mode) == 0o600


async def test_the_last_one_out_takes_its_folder_along(files, tmp_path):
    """So that readers who went leave none behind."""
    await kept(files, KEY, b"x")
    await files.delete(KEY)

    assert not (tmp_path / "files" / "gezdgnbv").exists()


async def test_strange_files_are_not_listed(files, tmp_path):
    """Only what can be a key is one."""
    await kept(files, KEY, b"x")
    (tmp_path / "files" / "README.TXT").write_bytes(b"y")

    assert [each.key for each in await everything(files)] == [KEY]


async def test_a_folder_that_cannot_be_written_fails_its_check(own_folder):
    """The operator is told which folder, and why."""
    own_folder.chmod(0o500)
    try:
        with pytest.raises(Unavailable, match=r"files cannot be written \(Permission denied\)"):
            await LocalFiles(own_folder / "files").check()
    finally:
        own_folder.chmod(0o700)


async def test_a_disk_that_is_nearly_full_fails_its_check(files, monkeypatch):
    """Before a reader meets it."""
    monkeypatch.setattr(storage, "LEAST_FREE_BYTES", 10**18)

    with pytest.raises(Unavailable, match="MB left"):
        await files.check()


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


async def test_deleting_twice_is_deleting_once(files, tmp_path):
    """And the last one out takes the folder along."""
    await kept(files, KEY, b"x")
    await files.delete(KEY)
    await files.delete(KEY)

    assert not (tmp_path / "files" / "gezdgnbv").exists()
    with pytest.raises(NotFound):
        await storage.content(files, KEY)


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
