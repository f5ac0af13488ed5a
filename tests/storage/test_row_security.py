"""Row-level security: a wall between readers that stands where a statement forgets whose rows it is about."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

import pytest
from chatkit.types import ThreadMetadata
from sqlalchemy import delete, func, select, text, true, update
from sqlalchemy.exc import ProgrammingError
from tests.conversation.test_store import answer, begun, order
from tests.databases import as_owner
from tests.storage.rows import ADA, EVE, NOON, thread, thread_ids

from pageside import ids
from pageside.conversation import ownership
from pageside.conversation import store as store_module
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.tables import leases, metadata, requests, threads

HERS, HIS = Turn(reader=ADA), Turn(reader=EVE)
ELSEWHERE = Turn(reader=Reader("ada", "another school"))
WALLS = """
    select relname from pg_class where relnamespace = 'chatkit'::regnamespace and relkind in ('r', 'p')
    and relrowsecurity and relforcerowsecurity and exists (
        select from pg_policy where polrelid = pg_class.oid and polcmd = '*' and polpermissive
        and polqual is not null and polwithcheck is not null and polroles = '{0}')
"""
EVERYTHING = "".join(f"select * from chatkit.{name} t order by t::text;" for name in metadata.tables)


@pytest.fixture
def url(postgres):
    return postgres.database()


@pytest.fixture
async def database(url):
    opened = await Database.open(url)
    yield opened
    await opened.aclose()


@pytest.fixture
def store(database):
    return SqlStore(database)


@pytest.fixture
def forgetful(monkeypatch):
    """Every statement about conversations about everybody's rows."""
    mine = ownership.mine
    for name, module in list(sys.modules.items()):
        if name.startswith("pageside.conversation.") and getattr(module, "mine", None) is mine:
            monkeypatch.setattr(module, "mine", lambda table, turn: true())
    assert store_module.mine is not mine


async def outcomes(attempts):
    """What came of each: an error's type, or what was given."""
    found = await asyncio.gather(*attempts, return_exceptions=True)
    return [type(each) if isinstance(each, Exception) else each for each in found]


def test_every_table_has_its_wall(postgres, url):
    """Also one that a later revision adds: the owner's columns, the policy, and the owner of the table held to it."""
    walled = set(postgres.sql(WALLS, on=url).split())

    assert walled == set(metadata.tables)
    assert all({"organisation", "subject"} <= set(table.columns.keys()) for table in metadata.tables.values())


async def test_the_tests_connect_as_a_server_should(postgres, database):
    """Neither superuser nor owner, and without BYPASSRLS."""
    async with database.reading(ADA) as connection:
        role = (await connection.execute(text("select current_user"))).scalar_one()
    rights = postgres.sql(f"select rolsuper, rolbypassrls from pg_roles where rolname = '{role}'")
    owner = postgres.sql("select distinct tableowner from pg_tables where schemaname = 'chatkit'", on="migrated")

    assert rights == "f|f"
    assert owner != role


async def test_a_store_that_forgets_whose_rows_they_are_sees_nothing_foreign(store, forgetful):
    """Nor does it find what belongs to the same name in another organisation."""
    hers = await begun(store, HERS, title="hers")
    for foreigner in (HIS, ELSEWHERE):
        page = await store.load_threads(10, None, "desc", foreigner)
        attempts = [
            store.load_thread(hers.id, foreigner),
            store.load_thread_items(hers.id, None, 10, "asc", foreigner),
            store.load_item(hers.id, "q0", foreigner),
            store.load_record(hers.id, "q0", foreigner),
            store.messages_before(hers.id, "q0", limit=5, context=foreigner),
            store.load_threads(10, hers.id, "desc", foreigner),
        ]

        assert page.data == []
        assert {each.__name__ for each in await outcomes(attempts)} == {"Missing"}
        assert await store.load_feedback(hers.id, foreigner) == {}


async def test_a_store_that_forgets_whose_rows_they_are_changes_nothing_foreign(postgres, url, store, forgetful):
    """Nor deletes or adds anything: every byte of every table is what it was."""
    hers = await begun(store, HERS, title="hers")
    await store.put_feedback(hers.id, ["q0"], "positive", HERS)
    before = postgres.sql(EVERYTHING, on=url)
    for foreigner in (HIS, ELSEWHERE):
        stolen = answer(hers.id, "q0", "taken over")
        await outcomes(
            [
                store.save_thread(ThreadMetadata(id=hers.id, title="his", created_at=hers.created_at), foreigner),
                store.add_thread_item(hers.id, stolen, foreigner),
                store.add_thread_item(hers.id, answer(hers.id, "new"), foreigner),
                store.save_item(hers.id, stolen, foreigner),
                store.put_feedback(hers.id, ["q0"], "negative", foreigner),
                store.delete_thread_item(hers.id, "q0", foreigner),
                store.delete_after(hers.id, "q0", foreigner),
                store.delete_thread(hers.id, foreigner),
            ]
        )

    assert postgres.sql(EVERYTHING, on=url) == before
    assert await order(store, hers.id, HERS) == ["q0"]


async def test_without_the_wall_the_same_store_sees_everything(postgres, url, store, forgetful):
    """So it is the wall that the tests above rest on: each policy dropped, the foreign rows are there."""
    hers = await begun(store, HERS, title="hers")
    for table in metadata.tables:
        postgres.sql(f"alter table chatkit.{table} no force row level security, disable row level security", on=url)
    page = await store.load_threads(10, None, "desc", HIS)
    await store.delete_thread(hers.id, HIS)

    assert [found.title for found in page.data] == ["hers"]
    assert await order_or_missing(store, hers.id) == "Missing"


async def order_or_missing(store, thread_id):
    (found,) = await outcomes([order(store, thread_id, HERS)])
    return getattr(found, "__name__", found)


@pytest.mark.parametrize("role", ["pageside_serving", "pageside_owner"])
async def test_statements_without_a_reader_touch_the_readers_rows_alone(url, role):
    """Select, update and delete of everything; also for the role that owns the tables."""
    database = await Database.open(url if role == "pageside_serving" else as_owner(url))
    for reader in (ADA, EVE):
        async with database.transaction(reader) as connection:
            await connection.execute(thread(f"of {reader.subject}", reader))
    async with database.transaction(EVE) as connection:
        seen = (await connection.execute(select(threads.c.id))).scalars().all()
        changed = (await connection.execute(update(threads).values(title="mine"))).rowcount
        deleted = (await connection.execute(delete(threads))).rowcount
    left = [await thread_ids(database, reader) for reader in (ADA, EVE)]
    async with database.reading(ADA) as connection:
        title = (await connection.execute(select(threads.c.title))).scalar_one()
    await database.aclose()

    assert (seen, changed, deleted) == (["of eve"], 1, 1)
    assert left == [["of ada"], []]
    assert title is None


@pytest.mark.parametrize("change", [{"subject": "ada"}, {"organisation": "another school"}, {"organisation": ""}])
async def test_a_row_cannot_be_written_in_anothers_name(database, change):
    """Neither put there nor moved there."""
    async with database.transaction(EVE) as connection:
        await connection.execute(thread("his", EVE))

    async def put():
        async with database.transaction(EVE) as connection:
            await connection.execute(thread("new", EVE, **change))

    async def moved():
        async with database.transaction(EVE) as connection:
            await connection.execute(update(threads).values(**change))

    for attempt in (put, moved):
        with pytest.raises(ProgrammingError, match="row-level security"):
            await attempt()
    assert await thread_ids(database, EVE) == ["his"]
    assert await thread_ids(database, ADA) == []


async def test_a_claim_or_key_of_another_reader_is_not_taken_over(database):
    """Where two rows may not stand side by side, the first reader's stays."""
    claim = {"thread_id": "t", "holder": "srv", "expires_at": NOON}
    async with database.transaction(ADA) as connection:
        await connection.execute(leases.insert().values(organisation="school", subject="ada", **claim))

    async def taken():
        async with database.transaction(EVE) as connection:
            await connection.execute(delete(leases))
            await connection.execute(leases.insert().values(organisation="school", subject="eve", **claim))

    with pytest.raises(Exception, match="leases_pkey"):
        await taken()
    async with database.reading(ADA) as connection:
        assert (await connection.execute(select(leases.c.subject))).scalar_one() == "ada"


async def test_nobody_sees_nothing(database, postgres, url):
    """A transaction for no reader, one for an empty name, and a session in which readers were before."""
    async with database.transaction(ADA) as connection:
        await connection.execute(thread("a"))
    await database.check()
    nameless = replace(ADA, subject="")

    assert await thread_ids(database, nameless) == []
    async with database._form.reading(None) as connection:
        assert (await connection.execute(select(func.count()).select_from(threads))).scalar_one() == 0
    assert await thread_ids(database, ADA) == ["a"]


async def test_connections_go_from_reader_to_reader(database):
    """A hundred units of work of five readers over few connections: each sees its own alone."""
    readers = [Reader(f"r{n}", "school" if n % 2 else "") for n in range(5)]

    async def visit(number):
        reader = readers[number % 5]
        async with database.transaction(reader) as connection:
            await connection.execute(thread(ids.new("thr"), reader, title=reader.subject))
            return reader.subject, {row.title for row in await connection.execute(select(threads.c.title))}

    seen = await asyncio.gather(*map(visit, range(100)))

    assert all(titles == {subject} for subject, titles in seen)


async def test_keys_of_requests_are_each_readers_own(database):
    """The same key for two readers is two keys."""
    row = {"key": "k", "claimant": "c", "digest": "d", "created_at": NOON}
    for reader in (ADA, EVE):
        owner = {"organisation": reader.organisation, "subject": reader.subject}
        async with database.transaction(reader) as connection:
            await connection.execute(requests.insert().values(**owner, **row))
            seen = (await connection.execute(select(requests.c.subject))).scalars().all()

            assert seen == [reader.subject]
