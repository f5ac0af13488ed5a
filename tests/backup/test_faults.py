"""What can go wrong with a backup and a restore: nothing is lost or half there, and the words say what to do."""

from __future__ import annotations

import io
import json
import re
import resource
import secrets
import sqlite3
import subprocess
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from tests import sample_files, zygote
from tests.backup import rows
from tests.backup.test_whole_way import pageside
from tests.chatkit_house import house
from tests.databases import as_owner, in_thread
from tests.faults.machine import PAGESIDE
from tests.repository import ROOT

from pageside.backup import archive, restoring
from pageside.backup.backing_up import Place, back_up
from pageside.cli import main
from pageside.storage import migrate
from pageside.storage.files import LocalFiles, content
from pageside.storage.files_s3 import S3Files
from pageside.storage.owner import SERVERS

MANY = 100_000
WIDE = "x" * 400


@pytest.fixture
def place(tmp_path):
    """A folder with an empty database of SQLite."""
    (tmp_path / "data").mkdir()
    url = f"sqlite:///{tmp_path / 'data' / 'pageside.db'}"
    in_thread(migrate.upgrade(url))
    return tmp_path, url


def fill(url, count):
    """A conversation of `count` items."""
    with closing(sqlite3.connect(rows.path(url))) as connection, connection:
        now = "2026-03-01 12:00:00"
        connection.execute(
            "insert into threads (id, organisation, subject, details, created_at, updated_at, activity, last_seq) "
            "values ('t', '', 'ada', '{}', ?, ?, 1, ?)",
            (now, now, count),
        )
        connection.executemany(
            "insert into items (organisation, subject, thread_id, id, seq, type, created_at, data) "
            "values ('', 'ada', 't', ?, ?, 'hidden', ?, ?)",
            ((f"i{at}", at, now, f'["{WIDE}"]') for at in range(count)),
        )
        connection.execute("insert into readers values ('', 'ada')")


def count(url):
    with closing(sqlite3.connect(rows.path(url))) as connection:
        return connection.execute("select count(*) from items").fetchone()[0]


def peak(*words, folder):
    """The most memory that a command took, in bytes."""
    found = 0
    with (folder / "log").open("w") as log:
        process = zygote.start([*words, "--data-dir", "data"], cwd=folder, stdout=log, stderr=log)
        with process:
            while process.poll() is None:
                with suppress(FileNotFoundError, ProcessLookupError):
                    status = Path(f"/proc/{process.pid}/status").read_text("ascii")
                    found = max([found, *map(int, re.findall(r"VmHWM:\s+(\d+)", status))])
    assert process.returncode == 0, (folder / "log").read_text("utf-8")
    return found * 1024


def test_many_rows_take_no_more_memory_than_few(place, tmp_path_factory):
    """There and back: rows go by in pieces."""
    folder, url = place
    few, many = tmp_path_factory.mktemp("few"), tmp_path_factory.mktemp("many")
    fill(url, 100)
    small = peak("backup", "few.tar.gz", folder=folder), peak("restore", folder / "few.tar.gz", folder=few)
    with closing(sqlite3.connect(rows.path(url))) as connection, connection:
        connection.execute("delete from items")
        connection.execute("delete from threads")
        connection.execute("delete from readers")
    fill(url, MANY)
    large = peak("backup", "many.tar.gz", folder=folder), peak("restore", folder / "many.tar.gz", folder=many)

    assert count(f"sqlite:///{many / 'data' / 'pageside.db'}") == MANY
    assert all(more - less < MANY * len(WIDE) / 2 for less, more in zip(small, large, strict=True))


def test_a_restore_killed_at_any_moment_is_empty_or_whole(place, tmp_path_factory):
    """The same command goes on from there; a place that is whole refuses it."""
    folder, url = place
    fill(url, 30_000)
    files = LocalFiles(folder / "data" / "files")
    (folder / "data" / "secret").write_text("s" * 40, "ascii")
    in_thread(attached(url, files, 5))
    assert pageside(folder, "backup", "b.tar.gz", "--data-dir", "data").returncode == 0
    moments = {
        "a file is there": lambda data: any(data.glob("files/*/*")),
        "the secret is there": lambda data: (data / "secret").exists(),
        "the database is there": lambda data: (data / "pageside.db").exists(),
        "rows are written": lambda data: any(size(path) > 500_000 for path in data.glob("pageside.db-*")),
    }
    words = ["restore", folder / "b.tar.gz", "--data-dir", "data"]
    for name, reached in moments.items():
        killed = False
        while not killed:  # it may be over before anybody has looked
            target = tmp_path_factory.mktemp("target")
            with zygote.start(words, cwd=target, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
                while process.poll() is None and not reached(target / "data"):
                    pass
                killed = process.poll() is None
                process.kill()
        database = target / "data" / "pageside.db"
        assert not database.exists() or kept_rows(database) in (0, 30_000), name
        again = pageside(target, *words)
        assert again.returncode == 0 or "rows already" in again.stderr, again.stderr
        assert kept_rows(database) == 30_000


def size(path):
    try:
        return path.stat().st_size
    except FileNotFoundError:  # gone since it was found
        return 0


def kept_rows(database):
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("select count(*) from sqlite_master where name = 'items'").fetchone()
        return connection.execute("select count(*) from items").fetchone()[0] if found[0] else 0


async def attached(url, files, count):
    """Files of readers with their rows, as uploads leave them."""
    async with house(Path(files.where).parent, files=files, store_url=url) as home, home.client("ada") as ada:
        for _ in range(count):
            await uploaded(ada)


async def uploaded(client):
    sent = await client.http.post(
        "/chatkit/attachments", files={"file": ("notes.py", sample_files.CODE, "application/octet-stream")}
    )
    assert sent.status_code == 200, sent.text
    return sent.json()["id"]


@contextmanager
def no_file_over(limit_bytes):
    """No file of this process can be larger, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def ran(*words):
    """How a command ends that runs in this process."""
    with pytest.raises(SystemExit) as ended:
        main([*map(str, words)])
    return ended.value.code


def test_a_full_disk_leaves_nothing_behind(place, tmp_path_factory, capsys):
    """Neither of an archive, nor of what is restored; the words say what it was."""
    folder, url = place
    fill(url, 10_000)
    target, whole = tmp_path_factory.mktemp("target"), str(folder / "b.tar.gz")
    there, back = ("--data-dir", str(folder / "data")), ("--data-dir", str(target / "data"))
    assert ran("backup", whole, *there) == 0
    capsys.readouterr()
    with no_file_over(50_000):
        backing = ran("backup", folder / "c.tar.gz", *there)
    said = capsys.readouterr().err
    with no_file_over(2_000_000):
        restore = ran("restore", whole, *back)

    assert (backing, restore) == (1, 1)
    assert "File too large" in said
    assert "cannot be" in capsys.readouterr().err
    assert [path.name for path in folder.glob("*c.tar.gz*")] == []
    assert kept_rows(target / "data" / "pageside.db") == 0
    assert ran("restore", whole, *back) == 0
    assert kept_rows(target / "data" / "pageside.db") == 10_000


def test_nothing_is_overwritten_unasked(place, tmp_path_factory):
    """No archive, no row, no secret of the place."""
    folder, url = place
    fill(url, 1)
    (folder / "data" / "secret").write_text("s" * 40, "ascii")
    backup = ("backup", "b.tar.gz", "--data-dir", "data")
    assert pageside(folder, *backup).returncode == 0
    other = tmp_path_factory.mktemp("other")
    (other / "data").mkdir()
    (other / "data" / "secret").write_text("t" * 40, "ascii")
    restore = ("restore", str(folder / "b.tar.gz"), "--data-dir", "data")
    again, over, beside = pageside(folder, *backup), pageside(folder, *restore), pageside(other, *restore)
    without = pageside(other, *restore, "--without-secret")
    replaced = pageside(folder, *backup, "--replace")

    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    assert (over.returncode, "rows already" in over.stderr) == (1, True)
    assert (beside.returncode, "--without-secret" in beside.stderr) == (1, True)
    assert (without.returncode, replaced.returncode) == (0, 0)
    assert (other / "data" / "secret").read_text("ascii") == "t" * 40


def test_through_pipes(place, tmp_path_factory):
    """An archive need never be on a disk; one that is torn on its way is told."""
    folder, url = place
    fill(url, 2_000)
    target, torn = tmp_path_factory.mktemp("target"), tmp_path_factory.mktemp("torn")
    command = [PAGESIDE, "backup", "-", "--data-dir", "data"]
    told = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
    restore = [PAGESIDE, "restore", "-", "--data-dir", "data"]
    done = subprocess.run(restore, cwd=target, input=told, capture_output=True, check=False)
    (torn / "b").write_bytes(told[:-100])
    failed = pageside(torn, "restore", "b", "--data-dir", "data")

    assert done.returncode == 0, done.stderr
    assert kept_rows(target / "data" / "pageside.db") == 2_000
    assert (failed.returncode, "torn" in failed.stderr) == (1, True)
    assert [path.name for path in torn.iterdir()] == ["b"]


def test_a_check_writes_nothing(place, tmp_path_factory):
    """And needs no place at all."""
    folder, url = place
    fill(url, 10)
    pageside(folder, "backup", "b.tar.gz", "--data-dir", "data")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    whole = pageside(elsewhere, "restore", "--check", str(folder / "b.tar.gz"))
    damaged = bytearray((folder / "b.tar.gz").read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (folder / "damaged").write_bytes(damaged)
    refused = pageside(elsewhere, "restore", "--check", str(folder / "damaged"))

    assert (whole.returncode, refused.returncode) == (0, 1)
    assert "damaged" in refused.stderr
    assert list(elsewhere.iterdir()) == []


def test_a_place_without_a_database_is_told(tmp_path):
    """Rather than an empty backup that nobody looks at until it is needed."""
    done = pageside(tmp_path, "backup", "b.tar.gz", "--data-dir", "data")

    assert done.returncode == 1
    assert "cannot be read" in done.stderr
    assert list(tmp_path.glob("*b.tar.gz*")) == []


def test_a_role_that_only_serves_backs_up_and_restores_nothing(postgres, tmp_path):
    """It may read, as it is asked to for every reader; making tables is for who owns the schema."""
    url = postgres.database()
    rows.put(url, postgres, "readers", subject="ada")
    rows.put(url, postgres, "threads", subject="ada")
    backed = pageside(tmp_path, "backup", "b.tar.gz", "--data-dir", "data", "--json", url=url)
    empty = postgres.database(migrated=False)
    refused = pageside(tmp_path, "restore", "b.tar.gz", "--data-dir", "data", url=empty)
    owned = pageside(tmp_path, "restore", "b.tar.gz", "--data-dir", "data", url=as_owner(postgres.database()))

    assert (backed.returncode, refused.returncode, owned.returncode) == (0, 1, 0), owned.stderr
    assert '"threads": 1' in backed.stdout
    assert "role" in refused.stderr


class Deleting(LocalFiles):
    """Files of which the first that is read has just been deleted by its reader."""

    delete_first = None

    async def pieces(self, key):
        if self.delete_first is not None:
            delete, self.delete_first = self.delete_first, None
            await delete()
        async for piece in super().pieces(key):
            yield piece


async def test_what_a_reader_deletes_meanwhile_does_not_come_back(tmp_path, store_url):
    """A file whose row is gone is left out with its row; one that was lost is told."""
    files = Deleting(tmp_path / "files")
    place = Place(store_url, files, tmp_path)
    async with house(tmp_path, store_url=store_url, files=files) as home, home.client("ada") as ada:
        gone, lost, kept = [await uploaded(ada) for _ in range(3)]
        keys = {key.rpartition("/")[2].partition("~")[0]: key for key in await listed(files)}
        (tmp_path / "files" / keys[lost]).unlink()
        order = [row["id"] for row in (await told(place)).rows]
        files.delete_first = None
        deleted = next(each for each in order if each in {gone, kept})
        files.delete_first = partial(ada.call, "attachments.delete", attachment_id=deleted)
        found = await told(place)

    assert found.manifest.facts.missing == (keys[lost],)
    assert sorted(row["id"] for row in found.rows) == sorted({gone, lost, kept} - {deleted})
    assert [member.what for member in found.manifest.of("files")] == [keys[({gone, kept} - {deleted}).pop()]]


async def test_files_move_between_a_bucket_and_a_folder(tmp_path, object_store):
    """With the rows that speak of them."""
    bucket = S3Files(
        object_store.bucket(prefix=f"backup/{secrets.token_hex(8)}"), tmp_path / "drafts", timeout=timedelta(seconds=20)
    )
    url = f"sqlite:///{tmp_path / 'chat.db'}"
    async with house(tmp_path, files=bucket) as home, home.client("ada") as ada:
        await uploaded(ada)
    out = io.BytesIO()
    await back_up(Place(url, bucket, tmp_path), out, with_secret=False, tell=lambda _: None)
    there = Place(
        f"sqlite:///{tmp_path / 'there' / 'chat.db'}", LocalFiles(tmp_path / "there" / "f"), tmp_path / "there"
    )
    (tmp_path / "there").mkdir()
    await restoring.restore(there, out, with_secret=False, tell=lambda _: None)
    (key,) = await listed(bucket)

    assert await listed(there.files) == [key]
    assert await content(there.files, key) == await content(bucket, key) == sample_files.CODE


async def listed(files):
    return [kept.key async for page in files.listed() for kept in page]


@dataclass
class Told:
    manifest: object
    rows: list


async def told(place):
    """What a backup says of itself, and its rows of attachments."""
    out = io.BytesIO()
    manifest = await back_up(place, out, with_secret=False, tell=lambda _: None)
    kinds = {member.name: member.what for member in manifest.members}
    out.seek(0)
    read = {name: b"".join(content.pieces()) for name, content in archive.members(out)}
    of_files = b"".join(content for name, content in read.items() if kinds.get(name) == "attachments")
    return Told(manifest, [json.loads(line) for line in of_files.splitlines()])


def test_every_name_of_the_server_itself_is_known():
    """What stands under a name that is on no roll would be missing from a walk through readers."""
    named = set()
    for path in sorted((ROOT / "src").rglob("*.py")):
        named |= set(re.findall(r'subject="(pageside[^"]*)"', path.read_text("utf-8")))

    assert {name.encode().decode("unicode_escape") for name in named} == set(SERVERS)
