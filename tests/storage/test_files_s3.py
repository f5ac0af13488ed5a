"""Bytes in a bucket, beside what every place promises: the store away, frozen or refusing, and killed uploads."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from anyio import to_thread
from pydantic import SecretStr
from structlog.testing import capture_logs
from tests import object_store as stores

from pageside.errors import Unavailable
from pageside.storage import files as storage
from pageside.storage.files_s3 import Bucket, S3Files

KEY = "gezdgnbv/atc_1~0f"
SHORT = timedelta(seconds=2)


async def arriving(*pieces):
    for piece in pieces:
        yield piece


async def kept(files, key, *pieces):
    async with files.received(arriving(*pieces), limit_bytes=10**8) as draft:
        await files.keep(draft, key)


async def everything(files):
    return [each.key async for batch in files.listed() for each in batch]


async def refusals(files):
    """What each use says where none works."""
    told = []
    for use in (
        lambda: kept(files, KEY, b"x"),
        lambda: files.reserve(KEY),
        lambda: storage.content(files, KEY),
        lambda: files.delete(KEY),
        lambda: everything(files),
    ):
        with pytest.raises(Unavailable) as refused:
            await use()
        told.append(str(refused.value))
    return told


@pytest.fixture
def own_store(tmp_path):
    """A store of this test's own, which it may break."""
    (tmp_path / "store").mkdir()
    with stores.running(tmp_path / "store") as store:
        yield store


def opened(store, tmp_path, prefix="own", *, timeout=SHORT, **other):
    return S3Files(store.bucket(prefix=prefix, **other), tmp_path / "drafts", timeout=timeout)


async def test_a_store_that_is_gone_and_comes_back_needs_no_restart_of_ours(own_store, tmp_path):
    """What was kept is there again, though it was killed without a warning."""
    files = opened(own_store, tmp_path)
    await kept(files, KEY, b"before")
    own_store.kill()
    told = await refusals(files)
    with pytest.raises(Unavailable, match=r"s3://files/own cannot be written: it cannot be reached\."):
        await files.check()
    own_store.start()
    await files.check()
    await kept(files, f"{KEY}0", b"after")

    assert set(told) == {"Files cannot be reached at the moment. Please try again later."}
    assert await storage.content(files, KEY) == b"before"
    assert sorted(await everything(files)) == [KEY, f"{KEY}0", "pageside_writes_here"]


@pytest.mark.timeout(60)  # left to itself, the library tries for three minutes
async def test_a_store_that_never_answers_is_given_up_in_time(own_store, tmp_path):
    """And used again as soon as it does."""
    files = opened(own_store, tmp_path, timeout=timedelta(seconds=1))
    await kept(files, KEY, b"before")
    own_store.freeze()
    with pytest.raises(Unavailable):
        await storage.content(files, KEY)
    own_store.thaw()

    assert await storage.content(files, KEY) == b"before"


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"name": "no-such"}, "there is no such bucket"),
        ({"key_id": "pageside:stranger"}, "do not fit"),
        ({"secret_key": SecretStr("guessed")}, "the access key and its secret do not fit"),
        ({"endpoint": "http://127.0.0.1:9"}, "it cannot be reached"),
    ],
)
async def test_wrong_settings_are_told_to_the_operator_and_not_to_readers(object_store, tmp_path, wrong, reason):
    """No secret is in either, nor in the log."""
    files = opened(object_store, tmp_path, **wrong)
    with capture_logs() as logged:
        told = await refusals(files)
    with pytest.raises(Unavailable) as checked:
        await files.check()

    assert reason in str(checked.value)
    assert set(told) == {"Files cannot be reached at the moment. Please try again later."}
    assert {reason in entry["reason"] for entry in logged} == {True}
    assert not any(secret in f"{told}{logged}{checked.value}" for secret in ("guessed", "testing", "Signature"))


async def test_an_upload_that_is_killed_is_not_there_and_leaves_nothing_to_pay_for(own_store, tmp_path):
    """Neither half a file nor the parts of one; the draft on this machine goes when it is old."""
    before = own_store.held()
    own_store.freeze()  # so that the request begins and cannot end
    begun = await to_thread.run_sync(killed_in_the_middle, own_store, tmp_path)
    own_store.thaw()
    files = opened(own_store, tmp_path, prefix="killed")
    after = await everything(files)
    left = [path.stat().st_size for path in (tmp_path / ".drafts").iterdir()]
    await S3Files(own_store.bucket(), tmp_path / ".drafts").tidy(before=datetime.now(UTC) + timedelta(hours=1))

    assert begun
    assert left == [30_000_000]
    assert list((tmp_path / ".drafts").iterdir()) == []
    assert after == []
    assert own_store.held() == before


async def test_a_large_file_is_sent_whole(own_store, tmp_path):
    """Not in parts, which a process that ends in the middle would leave behind."""
    files = opened(own_store, tmp_path, prefix="large", timeout=timedelta(seconds=30))
    await kept(files, KEY, bytes(12_000_000))

    assert len(await storage.content(files, KEY)) == 12_000_000
    assert len(own_store.held()) == 1


async def test_a_prefix_sees_nothing_of_another(object_store, tmp_path):
    """Even of one that begins like it."""
    await kept(opened(object_store, tmp_path, prefix="book"), KEY, b"x")

    assert await everything(opened(object_store, tmp_path, prefix="boo")) == []
    assert await everything(opened(object_store, tmp_path, prefix="book")) == [KEY]


async def test_a_check_that_worked_is_believed_for_a_while(own_store, tmp_path):
    """Until a request fails."""
    files = opened(own_store, tmp_path)
    await files.check()
    own_store.kill()
    await files.check()
    with pytest.raises(Unavailable):
        await files.reserve(KEY)
    with pytest.raises(Unavailable):
        await files.check()


def test_a_bucket_can_be_named_in_the_host():
    """For stores that want it there."""
    files = S3Files(Bucket("shelf", endpoint="https://store.test:9000", path_style=False), Path("unused"))

    assert "https://shelf.store.test:9000" in str(files._store.config.values())


def killed_in_the_middle(store, folder):
    """Whether a process had begun to send its file when it was killed, and never heard the end of it."""
    child = [sys.executable, str(Path(__file__).with_name("files_child.py")), store.address, str(folder)]
    with subprocess.Popen([*child, "killed", KEY], stdout=subprocess.PIPE, text=True) as uploading:
        assert uploading.stdout is not None
        said = uploading.stdout.readline()
        while not any(
            each.status == psutil.CONN_ESTABLISHED for each in psutil.Process(uploading.pid).net_connections()
        ):
            assert uploading.poll() is None
        uploading.kill()
        said += uploading.stdout.read()
    return said == "begins\n"
