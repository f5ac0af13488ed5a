"""A SQLite connection in its thread."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import threading
from functools import partial

import pytest

from pageside.storage.sqlite_thread import Connection


def opened(path):
    return Connection(partial(sqlite3.connect, path, isolation_level=None))


@pytest.fixture
async def connection(tmp_path):
    made = await opened(tmp_path / "a.db")
    await made.cursor().execute("create table words (word text unique)")
    yield made
    await made.close()


@pytest.fixture
async def other(tmp_path, connection):
    made = await opened(tmp_path / "a.db")
    yield made
    await made.close()


async def words(connection):
    cursor = connection.cursor()
    await cursor.execute("select word from words order by word")
    return [word for (word,) in await cursor.fetchall()]


def never():
    return False


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "pageside-sqlite"]


async def test_a_statement_brings_its_rows(connection):
    """With their names; and without rows, how many it changed."""
    cursor = connection.cursor()
    await cursor.executemany("insert into words values (?)", [("servo",), ("stepper",)])
    changed = cursor.rowcount
    await cursor.execute("select word, length(word) as size from words where word = ?", ("servo",))

    assert changed == 2
    assert [column[0] for column in cursor.description] == ["word", "size"]
    assert await cursor.fetchall() == [("servo", 5)]


async def test_what_is_not_committed_is_not_stored(connection, other):
    """And what is, is."""
    assert await connection.begin("BEGIN IMMEDIATE", unless=never)
    await connection.cursor().execute("insert into words values ('servo')")
    await connection.rollback()
    assert await connection.begin("BEGIN IMMEDIATE", unless=never)
    await connection.cursor().execute("insert into words values ('stepper')")
    await connection.commit()

    assert await words(other) == ["stepper"]


async def test_a_transaction_that_should_not_begin_does_not(connection, other):
    """Another may write at once."""
    assert not await connection.begin("BEGIN IMMEDIATE", unless=lambda: True)
    await other.cursor().execute("insert into words values ('servo')")

    assert await words(connection) == ["servo"]


async def test_a_commit_that_fails_ends_the_transaction(connection, other):
    """So that it holds up nobody."""
    await connection.cursor().execute("pragma foreign_keys = on")
    await connection.cursor().execute(
        "create table uses (word text references words (word) deferrable initially deferred)"
    )
    assert await connection.begin("BEGIN IMMEDIATE", unless=never)
    await connection.cursor().execute("insert into uses values ('gear')")
    with pytest.raises(sqlite3.IntegrityError):
        await connection.commit()
    await other.cursor().execute("insert into words values ('servo')")

    assert await words(connection) == ["servo"]


async def test_an_errand_that_nobody_waits_for_is_carried_out(connection):
    """And what is asked next comes after it."""
    told = threading.Event()

    def errand(opened):
        told.wait()
        opened.execute("insert into words values ('servo')")

    waiting = asyncio.create_task(connection.run(errand))
    await asyncio.sleep(0)
    waiting.cancel()
    told.set()

    assert await words(connection) == ["servo"]
    assert waiting.cancelled()


async def test_a_transaction_whose_beginning_was_left_is_ended_by_the_next(connection, other):
    """Though whoever began it never learnt that it had begun."""
    told = threading.Event()

    def late():
        told.wait()
        return False

    waiting = asyncio.create_task(connection.begin("BEGIN IMMEDIATE", unless=late))
    await asyncio.sleep(0)
    waiting.cancel()
    told.set()
    assert await connection.begin("BEGIN IMMEDIATE", unless=never)
    await connection.rollback()
    await words(connection)

    await other.cursor().execute("insert into words values ('servo')")
    assert await words(connection) == ["servo"]


async def test_a_closed_connection_says_so(tmp_path):
    """And has no thread any more, however it was closed."""
    before = threads()
    closed, stopped, forgotten = [await opened(tmp_path / "b.db") for _ in range(3)]
    ran = [thread for thread in threads() if thread not in before]
    await closed.close()
    await closed.close()
    stopped.stop()
    del forgotten
    gc.collect()
    for thread in ran:
        await asyncio.to_thread(thread.join, 10)

    assert len(ran) == 3
    assert not any(thread.is_alive() for thread in ran)
    with pytest.raises(sqlite3.OperationalError, match="closed"):
        await words(closed)


async def test_a_connection_that_cannot_be_opened_leaves_no_thread(tmp_path):
    """It says why."""
    before = threads()
    with pytest.raises(sqlite3.OperationalError):
        await opened(tmp_path / "no folder" / "c.db")
    for thread in [thread for thread in threads() if thread not in before]:
        await asyncio.to_thread(thread.join, 10)

    assert [thread for thread in threads() if thread not in before] == []
