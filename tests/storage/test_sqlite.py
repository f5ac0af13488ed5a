"""A SQLite file as a part that comes and goes."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import text
from tests.storage.rows import ADA, thread

from pageside.errors import StoreUnavailable
from pageside.storage import migrate
from pageside.storage.engine import Database


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'a folder #1?' / 'chat.db'}".replace("#", "%23").replace("?", "%3F")


@pytest.fixture
async def database(tmp_path, url):
    opened = await Database.open(url, prepare=migrate.upgrade)
    yield opened
    await opened.aclose()


async def scalar(connection, statement):
    return (await connection.execute(text(statement))).scalar()


async def test_connections_keep_foreign_keys_and_do_not_block_readers(database):
    """The pragmas, on every connection."""
    async with database.transaction(ADA) as writer, database.reading(ADA) as reader:
        for connection in (writer, reader):
            assert await scalar(connection, "pragma foreign_keys") == 1
            assert await scalar(connection, "pragma journal_mode") == "wal"


async def test_a_writer_waits_its_turn_however_many_write(url):
    """A queue of forty, longer than the time that a writer of another process is waited for."""
    database = await Database.open(url, prepare=migrate.upgrade, busy_timeout=timedelta(milliseconds=50))
    written = []

    async def write(number):
        async with database.transaction(ADA) as connection:
            await scalar(
                connection,
                "with recursive c(n) as (select 1 union all select n + 1 from c) select n from c limit 1 offset 20000",
            )
            written.append(number)

    await asyncio.gather(*map(write, range(40)))
    await database.aclose()
    assert sorted(written) == list(range(40))


async def test_a_database_that_could_not_be_made_is_made_later(tmp_path, url):
    """Its folder is a file at first; once it is not, the first use creates and migrates it."""
    (tmp_path / "a folder #1?").write_text("", encoding="utf-8")
    database = await Database.open(url, prepare=migrate.upgrade)
    first = await database.healthy()
    (tmp_path / "a folder #1?").unlink()
    second = await database.healthy()
    await database.aclose()

    assert (first, second) == (False, True)


async def test_a_file_that_vanished_is_not_replaced_by_an_empty_one(database, tmp_path):
    """It is waited for."""
    assert await database.healthy()
    path = tmp_path / "a folder #1?" / "chat.db"
    path.rename(tmp_path / "kept")

    assert not await database.healthy()
    assert not path.exists()
    (tmp_path / "kept").rename(path)
    assert await database.healthy()


async def test_an_older_file_put_in_its_place_is_migrated(database, tmp_path, url):
    """As after restoring a backup."""
    assert await database.healthy()
    await database.aclose()
    path = tmp_path / "a folder #1?" / "chat.db"
    older = sqlite3.connect(tmp_path / "older")
    older.close()
    (tmp_path / "older").replace(path)

    assert await database.healthy()
    assert await migrate.current(url) is not None


async def test_a_read_only_file_can_be_read(own_folder):
    """Writing says that it cannot."""
    database = await Database.open(f"sqlite:///{own_folder / 'chat.db'}", prepare=migrate.upgrade)
    assert await database.healthy()
    await database.aclose()
    (own_folder / "chat.db").chmod(0o400)

    assert await database.healthy()
    with pytest.raises(StoreUnavailable):
        async with database.transaction(ADA) as connection:
            await connection.execute(thread())
    await database.aclose()
