"""Units of work, on each kind of database."""

from __future__ import annotations

import asyncio
import random
import string
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError
from tests.storage.rows import ADA, EVE, NOON, count, thread, thread_ids

from pageside.errors import BadRequest, SettingsError, StoreUnavailable
from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.storage.tables import items, threads


@pytest.fixture
async def database(store_url):
    opened = await Database.open(store_url, prepare=migrate.upgrade)
    yield opened
    await opened.aclose()


async def test_what_a_transaction_wrote_is_read(database):
    """After its block, and by every connection."""
    async with database.transaction(ADA) as connection:
        await connection.execute(thread("a"))

    assert await asyncio.gather(*[thread_ids(database) for _ in range(8)]) == [["a"]] * 8
    assert await database.healthy()
    assert database.concerns() == []


async def test_a_transaction_is_whole_or_absent(database):
    """What raises in the block takes everything back."""

    async def half():
        async with database.transaction(ADA) as connection:
            await connection.execute(thread("a"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await half()
    assert await thread_ids(database) == []


async def test_a_transaction_cancelled_half_way_is_absent(database):
    """And the connection is usable again."""
    reached = asyncio.Event()

    async def half():
        async with database.transaction(ADA) as connection:
            await connection.execute(thread("a"))
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(half())
    await reached.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    async with database.transaction(ADA) as connection:
        assert await count(connection) == 0


async def test_writers_of_one_reader_wait_for_each_other(database):
    """Read, then write, thirty times at once: no update is lost and nobody deadlocks."""
    async with database.transaction(ADA) as connection:
        await connection.execute(thread("a"))

    async def add_one():
        async with database.transaction(ADA) as connection:
            activity = (await connection.execute(select(threads.c.activity))).scalar_one()
            await connection.execute(update(threads).values(activity=activity + 1))

    await asyncio.gather(*[add_one() for _ in range(30)])
    async with database.reading(ADA) as connection:
        assert (await connection.execute(select(threads.c.activity))).scalar_one() == 30


async def test_every_statement_of_a_reading_sees_the_same_state(database):
    """What is written meanwhile is seen by the next one."""
    async with database.reading(ADA) as reader:
        before = await count(reader)
        async with database.transaction(ADA) as writer:
            await writer.execute(thread("a"))
        assert (before, await count(reader)) == (0, 0)

    assert await thread_ids(database) == ["a"]


async def test_readers_and_other_writers_do_not_wait_for_pools_to_empty(store_url):
    """Forty units of work share two connections."""
    database = await Database.open(store_url, pool_size=1, pool_overflow=1)

    async def write(number):
        async with database.transaction((ADA, EVE)[number % 2]) as connection:
            await connection.execute(thread(f"t{number:02}", (ADA, EVE)[number % 2]))

    await asyncio.gather(*map(write, range(40)))
    seen = await thread_ids(database, ADA)
    await database.aclose()

    assert {f"t{number:02}" for number in range(0, 40, 2)} <= set(seen)


async def test_who_waits_too_long_for_a_connection_is_told_so(store_url):
    """The reader hears that trying again may help."""
    database = await Database.open(store_url, pool_size=1, pool_overflow=0, busy_timeout=timedelta(milliseconds=50))
    async with database.reading(ADA):
        with pytest.raises(StoreUnavailable, match="try again"):
            await thread_ids(database)
    assert await thread_ids(database) == []
    await database.aclose()


async def test_a_mistake_of_ours_is_not_taken_for_an_absence(database):
    """Constraints speak for themselves, and the connection goes on."""
    with pytest.raises(IntegrityError):  # noqa: PT012  # the transaction is part of what fails
        async with database.transaction(ADA) as connection:
            await connection.execute(thread("a"))
            await connection.execute(thread("a"))
    assert await thread_ids(database) == []


async def test_foreign_keys_are_kept(database):
    """An item needs its thread."""
    item = {"thread_id": "none", "id": "i", "seq": 1, "type": "task", "hidden": False, "data": {}}
    with pytest.raises(IntegrityError):  # noqa: PT012  # the transaction is part of what fails
        async with database.transaction(ADA) as connection:
            owner = {"organisation": ADA.organisation, "subject": ADA.subject}
            await connection.execute(items.insert().values(**owner, **item, created_at=NOON))


async def test_a_database_without_tables_is_not_healthy(postgres, tmp_path):
    """Where nothing prepares it; nor is a file that is no database."""
    (tmp_path / "empty.db").touch()
    (tmp_path / "other.db").write_bytes(b"no database at all" * 100)
    bare = postgres.database(migrated=False)
    for url in (f"sqlite:///{tmp_path / 'empty.db'}", f"sqlite:///{tmp_path / 'other.db'}", bare):
        database = await Database.open(url)

        assert not await database.healthy()
        with pytest.raises(StoreUnavailable, match="try again"):
            async with database.transaction(ADA) as connection:
                await connection.execute(thread("a"))
        await database.aclose()


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "nonsense", "", "postgresql://h:port/name"])
async def test_a_url_that_cannot_be_used_is_a_matter_of_settings(url):
    """The message shows how to write one."""
    with pytest.raises(SettingsError, match=r"sqlite:///pageside\.db|postgresql://role"):
        await Database.open(url)


async def test_text_of_every_kind_comes_back_as_it_was(database):
    """Quotation marks, backslashes, other scripts: in a row, and in whose it is."""
    strange = type(ADA)("o'neil\\ \"; drop table threads; -- ж 𝄞", "school %2F ' $1 :name")
    async with database.transaction(strange) as connection:
        await connection.execute(thread("a", strange, title="it's \\x00 :b $1 %s"))
        found = (await connection.execute(select(threads.c.subject, threads.c.title))).one()

    assert tuple(found) == (strange.subject, "it's \\x00 :b $1 %s")
    async with database.reading(ADA) as connection:
        assert (await connection.execute(text("select 1"))).scalar() == 1


@pytest.mark.parametrize("name", ["a\x00b", "\ud800", "x" * 1001, "\U0001d11e" * 251])
async def test_a_reader_whose_name_cannot_be_kept_is_refused(database, name):
    """Before anything is asked of the database, which goes on; a name without its NUL would be somebody else's."""
    for reader in (Reader(name, "school"), Reader("ada", name)):
        for unit in (database.reading, database.transaction):
            with pytest.raises(BadRequest, match="cannot be kept"):
                async with unit(reader):
                    raise AssertionError
    assert await thread_ids(database) == []


async def test_the_longest_names_can_be_kept(database):
    """Of the reader and of the organisation, in no order that a database could shorten."""
    generator = random.Random(7)
    longest = Reader(*["".join(generator.choices(string.ascii_letters, k=1000)) for _ in range(2)])
    async with database.transaction(longest) as connection:
        await connection.execute(thread(generator.randbytes(100).hex(), longest))

    assert len(await thread_ids(database, longest)) == 1


@pytest.mark.parametrize("name", ["a\x00b", "\x00ab", "ab\x00\x00"])
async def test_an_id_with_a_nul_in_it_is_the_id_without(database, name):
    """Written or looked for, on both databases: PostgreSQL takes none in any text."""
    async with database.transaction(ADA) as connection:
        await connection.execute(thread(name, title="t\x00"))
        found = await connection.execute(select(threads.c.id, threads.c.title).where(threads.c.id == name))

        assert [tuple(row) for row in found] == [("ab", "t")]
    async with database.reading(ADA) as connection:
        found = await connection.execute(select(threads.c.id).where(threads.c.id.in_([name, "c\x00"])))

        assert found.scalars().all() == ["ab"]
