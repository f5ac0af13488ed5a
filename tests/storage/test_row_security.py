"""Row-level security: a wall between readers that stands where a statement forgets whose rows it is about."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

import pytest
from alembic.script import ScriptDirectory
from chatkit.types import ThreadMetadata
from sqlalchemy import delete, func, select, text, true, update
from sqlalchemy.exc import ProgrammingError
from tests.conversation.test_store import answer, begun, order
from tests.databases import OWNER, PASSWORD, SERVING, SUPERUSER, as_owner
from tests.storage.rows import ADA, EVE, NOON, thread, thread_ids

from pageside import ids
from pageside.conversation import store as store_module
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.conversation.usages import COUNTED
from pageside.identity import ownership
from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.storage.tables import leases, metadata, requests, threads

# Columns of turns that are numbers.
NOTED = (
    "input_tokens", "output_tokens", "beside_tokens", "millionths", "cached", "dropped", "asked_again", "positive",
    "negative",
)  # fmt: skip
HERS, HIS = Turn(reader=ADA), Turn(reader=EVE)
ELSEWHERE = Turn(reader=Reader("ada", "another school"))
WALLS = """
    select relname from pg_class where relnamespace = 'chatkit'::regnamespace and relkind in ('r', 'p')
    and relrowsecurity and relforcerowsecurity and exists (
        select from pg_policy where polrelid = pg_class.oid and polcmd = '*' and polpermissive
        and polqual is not null and polwithcheck is not null and polroles = '{0}')
"""
EVERY_POLICY = "select * from pg_policies where schemaname = 'chatkit' order by tablename, policyname"
# How the wall can be broken down, for each table.
BROKEN = {
    "its policies dropped, and it is open to all": (
        "drop policy {table}_of_the_reader on chatkit.{table}; "
        "alter table chatkit.{table} no force row level security, disable row level security"
    ),
    "switched off": "alter table chatkit.{table} disable row level security",
    "another policy let all by": "create policy open on chatkit.{table} using (true) with check (true)",
    "not forced, and served by its owner": "alter table chatkit.{table} no force row level security",
    "served by a superuser": "",
    "served by one who bypasses it": "",
}
# By whom it is served then, where not by the role that should.
SERVED_BY = {
    "not forced, and served by its owner": OWNER,
    "served by a superuser": SUPERUSER,
    "served by one who bypasses it": "pageside_passing",
}
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


@pytest.fixture
def passing(postgres):
    """A role with the rights of the serving one, and past the wall."""
    quoted = PASSWORD.replace("'", "''")
    postgres.sql(f"create role pageside_passing login bypassrls password '{quoted}' in role {SERVING}")
    yield "pageside_passing"
    postgres.tidy()
    postgres.sql("drop role pageside_passing")


def rows(reader):
    """A row for each table, of the reader's, in an order in which they can be written."""
    place = {"thread_id": f"thread of {reader.subject}"}
    begun = {"details": {}, "created_at": NOON, "updated_at": NOON}
    kept = {"created_at": NOON, "data": {}, "type": "task", "hidden": False}
    file = {"status": "created", "name": "n", "mime_type": "text/plain", "size": 1, "file": "f", "created_at": NOON}
    task = {"number": 1, "title": "t", "description": "", "status": "pending", "priority": "normal", "tags": []}
    noted = {"id": f"turn of {reader.subject}", "at": NOON, "day": "2026-11-21", "home": "school", "book": ""}
    noted |= {"outcome": "answered", "confidence": 0.9, "model": "m", **dict.fromkeys(NOTED, 0)}
    looked = {
        "id": f"look of {reader.subject}",
        "at": NOON,
        "who": "w",
        "what": "thread",
        "reader_hash": "",
        "reason": "r",
    }
    updated = {"book": "", "by": "b", "holder": "h", "state": "reading", "done": 0, "total": 1, "told": ""}
    told = {
        "threads": {"id": place["thread_id"], **begun, "activity": 1, "last_seq": 1},
        "items": {**place, "id": "i", "seq": 1, **kept},
        "feedback": {**place, "item_id": "i", "kind": "positive", "created_at": NOON},
        "leases": {**place, "holder": "h", "expires_at": NOON},
        "attachments": {"id": f"file of {reader.subject}", **file},
        "requests": {"key": "k", "claimant": "c", "digest": "d", "created_at": NOON},
        "sessions": {"id": f"session of {reader.subject}", "profile": {}, "created_at": NOON, "expires_at": NOON},
        "spending": {"day": "2026-11-21", "whose": "all", "tokens": 1, "millionths": 1},
        "usage": {"day": "2026-11-21", "kind": "answer", "model": "m", **dict.fromkeys(COUNTED, 1)},
        "turns": {**noted, **dict.fromkeys(("page", "anchor", "title", "url"), "p")},
        "looks": {**looked, "thread_id": place["thread_id"]},
        "reindexes": {**updated, "started_at": NOON, "seen_at": NOON},
        "tasks": {**task, "words": "t", "created_at": NOON, "updated_at": NOON},
        "task_numbers": {"last": 1, "revision": 1},
        "task_acts": {"unit": 1, "number": 1, "at": NOON},
        "readers": {},
    }
    owner = {"organisation": reader.organisation, "subject": reader.subject}
    return {name: {**owner, **columns} for name, columns in told.items()}


async def outcomes(attempts):
    """What came of each: an error's type, or what was given."""
    found = await asyncio.gather(*attempts, return_exceptions=True)
    return [type(each) if isinstance(each, Exception) else each for each in found]


def test_every_table_has_its_wall(postgres, url):
    """Also one that a later revision adds: the owner's columns, the policy, and the owner of the table held to it."""
    walled = set(postgres.sql(WALLS, on=url).split())

    assert walled == set(metadata.tables)
    assert all({"organisation", "subject"} <= set(table.columns.keys()) for table in metadata.tables.values())


async def test_the_wall_stands_again_after_going_back_and_forth(postgres, url):
    """A revision that takes it down for its own statements, or away with its table, puts it up again."""
    before = postgres.sql(EVERY_POLICY, on=url)
    revisions = [found.revision for found in ScriptDirectory.from_config(migrate.config()).walk_revisions()]
    for revision in [*revisions[1:], "base"]:
        await migrate.downgrade(as_owner(url), revision)
    for revision in reversed(revisions):
        await migrate.upgrade(as_owner(url), revision)

    assert set(postgres.sql(WALLS, on=url).split()) == set(metadata.tables)
    assert postgres.sql(EVERY_POLICY, on=url) == before


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


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.usefixtures("forgetful", "passing")
async def test_without_the_wall_the_same_store_sees_everything(postgres, url, broken):
    """So it is the wall that the tests above rest on: however it is broken down, the foreign rows are there."""
    for table in metadata.tables:
        postgres.sql(BROKEN[broken].format(table=table), on=url)
    database = await Database.open(postgres.url(url.rpartition("/")[2], role=SERVED_BY.get(broken, SERVING)))
    store = SqlStore(database)
    hers = await begun(store, HERS, title="hers")
    page = await store.load_threads(10, None, "desc", HIS)
    await store.delete_thread(hers.id, HIS)
    left = await order_or_missing(store, hers.id)
    await database.aclose()

    assert [found.title for found in page.data] == ["hers"]
    assert left == "Missing"


@pytest.mark.parametrize("role", ["pageside_serving", "pageside_owner"])
async def test_a_table_that_lost_its_policy_is_closed_to_everybody(postgres, url, role):
    """Dropped by mistake, nothing is shown: neither a foreign row nor one's own."""
    database = await Database.open(url if role == "pageside_serving" else as_owner(url))
    async with database.transaction(ADA) as connection:
        await connection.execute(thread("a"))
    postgres.sql("drop policy threads_of_the_reader on chatkit.threads", on=url)
    seen = [await thread_ids(database, reader) for reader in (ADA, EVE)]
    with pytest.raises(ProgrammingError, match="row-level security"):
        async with database.transaction(ADA) as connection:
            await connection.execute(thread("b"))
    await database.aclose()

    assert seen == [[], []]


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


@pytest.mark.parametrize("name", metadata.tables)
@pytest.mark.parametrize(
    ("foreigner", "role"), [(EVE, SERVING), (Reader("ada", "another school"), OWNER), (Reader("ada", ""), SERVING)]
)
async def test_no_table_shows_or_gives_a_foreign_row(postgres, url, name, foreigner, role):
    """Read, changed, deleted, taken over or put there in another's name, by statements that name no reader."""
    database = await Database.open(postgres.url(url.rpartition("/")[2], role=role))
    table, hers = metadata.tables[name], rows(ADA)
    async with database.transaction(ADA) as connection:
        for each, row in hers.items():
            await connection.execute(metadata.tables[each].insert().values(row))
    owner = {"organisation": foreigner.organisation, "subject": foreigner.subject}
    async with database.transaction(foreigner) as connection:
        seen = (await connection.execute(select(table))).all()
        changed = (await connection.execute(update(table).values(owner))).rowcount
        deleted = (await connection.execute(delete(table))).rowcount

    async def put():
        async with database.transaction(foreigner) as connection:
            await connection.execute(
                table.insert().values(rows(EVE)[name] | {"organisation": "school", "subject": "ada"})
            )

    with pytest.raises(ProgrammingError, match="row-level security"):
        await put()
    async with database.reading(ADA) as connection:
        left = (await connection.execute(select(table))).all()
    await database.aclose()

    assert (seen, changed, deleted) == ([], 0, 0)
    assert [row._mapping["subject"] for row in left] == ["ada"]


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
