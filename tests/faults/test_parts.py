"""Where things are kept, taken away and given back under a running server: a walk through `docs/concepts/failure.md`.

Each test takes one part through all its moments: missing at the start, slow, gone, back. The server is started once and
never again; the part is a process that is killed, stopped and started, or files that are moved.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing

import pytest
from filelock import FileLock
from tests.chatkit_client import ChatKit
from tests.faults.failure_table import Walk, asked
from tests.faults.machine import Machine
from tests.object_store import BUCKET, KEY_ID, SECRET_KEY, running

TEXT = b"Honey is ripe at 18 percent."
QUICK = {"EMBEDDING_MODEL": "none"}
DATABASE = {"PAGESIDE_DATABASE_TIMEOUT_S": "1", "PAGESIDE_DATABASE_STATEMENT_TIMEOUT_S": "1"}


async def uploaded(http, *, files=None):
    """What became of a file that was announced and sent: the status of the first step that failed, or of the last.

    Its address is added to `files`, where they are given.
    """
    told = await ChatKit(http).send("attachments.create", name="a.txt", size=len(TEXT), mime_type="text/plain")
    if told.status_code != 200:
        return told.status_code
    if files is not None:
        files.append(f"/chatkit/attachments/{told.json()['id']}")
    return (await http.put(told.json()["upload_descriptor"]["url"], content=TEXT)).status_code


async def test_sqlite(tmp_path):
    """A file whose folder is none, that another program holds, that vanishes, and that is put back."""
    folder, away = tmp_path / "disk", tmp_path / "away"
    folder.write_text("not a folder")
    with Machine(tmp_path, DATABASE_URL=f"sqlite:///{folder}/chat.db", **QUICK, **DATABASE) as machine:
        async with machine.reader() as http:
            walk = Walk("SQLite", http)
            early = await asked(http)
            await walk.at("down at start")
            folder.unlink()
            folder.mkdir()
            first = await asked(http)
            with closing(sqlite3.connect(folder / "chat.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                slow = await asked(http)
                read = await ChatKit(http).send("threads.list")
                await walk.at("slow")
            folder.rename(away)
            gone = await asked(http)
            await walk.at("goes down")
            away.rename(folder)
            back = await asked(http)
            await walk.at("comes back")
            kept = await ChatKit(http).threads()

    assert early.refused
    assert slow.refused
    assert read.status_code == 200
    assert gone.refused
    assert first.text == back.text
    assert len(kept) == 2


async def test_postgresql(tmp_path, postgres):
    """Not there at the start, then every process of it halted, then stopped, then started."""
    url = f"{postgres.database()}?connect_timeout=1"
    postgres.stop()
    with Machine(tmp_path, DATABASE_URL=url, **QUICK, **DATABASE) as machine:
        async with machine.reader() as http:
            walk = Walk("PostgreSQL", http)
            early = await asked(http)
            await walk.at("down at start")
            await asyncio.to_thread(postgres.start)
            first = await asked(http)
            postgres.halt()
            try:
                slow, page = await asyncio.gather(asked(http), http.get("/"))
                await walk.at("slow")
            finally:
                postgres.go_on()
            between = await asked(http)
            await asyncio.to_thread(postgres.stop)
            gone = await asked(http)
            await walk.at("goes down")
            await asyncio.to_thread(postgres.start)
            back = await asked(http)
            await walk.at("comes back")

    assert early.refused
    assert slow.refused
    assert page.status_code == 200
    assert gone.refused
    assert first.text == between.text == back.text


async def test_embedded_index(tmp_path):
    """Another process has the index to itself and makes nothing of it; then the files are moved away, and put back."""
    index, away = tmp_path / "data" / "index", tmp_path / "away"
    (index / "book").mkdir(parents=True)
    writing = FileLock(index / "book" / "writer.lock")
    with writing, Machine(tmp_path, **QUICK) as machine:
        async with machine.reader() as http:
            walk = Walk("Embedded index", http)
            early = await asked(http)
            await walk.at("down at start")
            writing.release()
            await walk.at("comes back")
            first = await asked(http)
            with writing:
                slow = await asked(http)
                await walk.at("slow")
            index.rename(away)
            gone = await asked(http)
            await walk.at("goes down")
            away.rename(index)
            back = await asked(http)
            await walk.at("comes back")

    assert early.broken
    assert gone.broken
    assert first.text == slow.text == back.text


async def test_qdrant(tmp_path, qdrant_stand):
    """Not there at the start, then halted, then killed: the book is indexed when it first answers."""
    qdrant_stand.stop()
    given = {"QDRANT_URL": qdrant_stand.url, "QDRANT_API_KEY": qdrant_stand.key, "PAGESIDE_QDRANT_TIMEOUT_S": "1"}
    with Machine(tmp_path, **given, **QUICK) as machine:
        async with machine.reader() as http:
            walk = Walk("Qdrant", http)
            early = await asked(http)
            await walk.at("down at start")
            await asyncio.to_thread(qdrant_stand.start)
            await walk.at("comes back")
            first = await asked(http)
            qdrant_stand.halt()
            slow = await asked(http)
            await walk.at("slow")
            qdrant_stand.go_on()
            between = await asked(http)
            await asyncio.to_thread(qdrant_stand.stop)
            gone = await asked(http)
            await walk.at("goes down")

    assert early.broken
    assert slow.broken
    assert gone.broken
    assert first.text == between.text
    everything = f"{machine.lines}{slow}{gone}"
    assert qdrant_stand.key not in everything
    assert str(qdrant_stand.port) not in everything


async def test_redis(tmp_path, valkey):
    """Not there at the start, then halted, then killed, then started empty: answers come all the time."""
    valkey.stop()
    with Machine(tmp_path, REDIS_URL=valkey.url, **QUICK) as machine:
        async with machine.reader() as http:
            walk = Walk("Redis", http)
            early = await asked(http)
            await walk.at("down at start")
            valkey.start()
            await walk.at("comes back")
            valkey.halt()
            slow = await asked(http)
            await walk.at("slow")
            valkey.go_on()
            await walk.at("comes back")
            valkey.stop()
            gone = await asked(http)
            await walk.at("goes down")
            valkey.start()
            await walk.at("comes back")
            back = await asked(http)

    assert early.text == slow.text == gone.text == back.text
    assert "s3cret" not in str(machine.lines)


async def test_files_in_a_folder(tmp_path):
    """A file stands where the folder should be; then a file that does not give its bytes; then the folder is gone."""
    folder, away = tmp_path / "files", tmp_path / "away"
    folder.write_text("not a folder")
    with Machine(tmp_path, PAGESIDE_FILES_DIR=str(folder), **QUICK) as machine:
        async with machine.reader() as http:
            walk = Walk("Files in a folder", http)
            early = await uploaded(http)
            await walk.at("down at start")
            folder.unlink()
            files = []
            first = await uploaded(http, files=files)
            pipe = turned_into_a_pipe(folder)
            reading = asyncio.create_task(http.get(files[0]))
            given = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)  # opened when the server reads from it
            slow, other = await asyncio.gather(uploaded(http), asked(http))
            await walk.at("slow")
            os.write(given, TEXT)
            os.close(given)
            late = await reading
            folder.rename(away)
            folder.write_text("not a folder")
            gone, plain = await uploaded(http), await asked(http)
            await walk.at("goes down")
            folder.unlink()
            away.rename(folder)
            back = await uploaded(http)
            await walk.at("comes back")

    assert (early, first, slow, gone, back) == (503, 200, 200, 503, 200)
    assert late.content == TEXT
    assert other.text == plain.text


def turned_into_a_pipe(folder):
    """The one file in the folder gives its bytes when somebody writes them into it, and not before."""
    (kept,) = (path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    kept.unlink()
    os.mkfifo(kept)
    return kept


@pytest.fixture
def bucket(tmp_path):
    (tmp_path / "store").mkdir()
    with running(tmp_path / "store") as store:
        yield store


async def test_files_in_a_bucket(tmp_path, bucket):
    """Not there at the start, then halted, then killed, then started with what it kept."""
    bucket.kill()
    given = {
        "PAGESIDE_FILES_URL": f"s3://{BUCKET}/faults",
        "PAGESIDE_FILES_ENDPOINT": bucket.address,
        "PAGESIDE_FILES_TIMEOUT_S": "2",
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY.get_secret_value(),
    }
    with Machine(tmp_path, **given, **QUICK) as machine:
        async with machine.reader() as http:
            walk = Walk("Files in a bucket", http)
            early, plain = await uploaded(http), await asked(http)
            await walk.at("down at start")
            await asyncio.to_thread(bucket.start)
            first = await uploaded(http)
            bucket.freeze()
            slow, other = await asyncio.gather(uploaded(http), asked(http))
            await walk.at("slow")
            bucket.thaw()
            between = await uploaded(http)
            bucket.kill()
            gone = await uploaded(http)
            await walk.at("goes down")
            await asyncio.to_thread(bucket.start)
            back = await uploaded(http)
            await walk.at("comes back")

    assert (early, slow, gone) == (503, 503, 503)
    assert (first, between, back) == (200, 200, 200)
    assert plain.text == other.text
