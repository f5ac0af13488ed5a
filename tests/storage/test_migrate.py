"""Revisions of the schema, on both kinds of database and from real processes."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from contextlib import closing

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from tests.databases import OWNER, as_owner
from tests.repository import ROOT
from tests.storage.rows import thread_ids

from pageside.errors import SettingsError, StoreUnavailable
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.storage.tables import metadata

UPGRADE = "import asyncio, sys; from pageside.storage import migrate; asyncio.run(migrate.upgrade(sys.argv[1]))"
# As a server does: makes the database where there is none, and is used at once.
START = """
import asyncio, sys
from tests.storage.rows import ADA, thread
from pageside.storage import migrate
from pageside.storage.engine import Database

async def main(url, name):
    database = await Database.open(url, prepare=migrate.upgrade)
    async with database.transaction(ADA) as connection:
        await connection.execute(thread(name))
    await database.aclose()

asyncio.run(main(*sys.argv[1:]))
"""
# Says that it has changed something, and then goes on for ever.
HALF = """
import asyncio, sys
from alembic import command
from pageside.storage import migrate

whole = command.upgrade

def upgrade(config, revision):
    whole(config, "0002")
    print("half", flush=True)
    sys.stdin.read()

command.upgrade = upgrade
asyncio.run(migrate.upgrade(sys.argv[1]))
"""
REVISIONS = [found.revision for found in ScriptDirectory.from_config(migrate.config()).walk_revisions()][::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """A database in which nothing is yet, for the role that may change it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'chat here.db'}"
    return request.getfixturevalue("postgres").database(migrated=False, role=OWNER)


@pytest.fixture
def tables(request, url):
    """What there is, by name."""

    def names():
        if url.startswith("sqlite"):
            connection = sqlite3.connect(url.removeprefix("sqlite:///"))
            rows = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
            connection.close()
            return {name for (name,) in rows}
        listed = "select tablename from pg_tables where schemaname = 'chatkit'"
        return set(request.getfixturevalue("postgres").sql(listed, on=url).split())

    return names


def differences(connection):
    return compare_metadata(MigrationContext.configure(connection), metadata)


def differences_in_schema(connection):
    placed = MetaData(schema="chatkit", naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(placed, referred_schema_fn=lambda *_: "chatkit")
    options = {"include_schemas": True, "include_name": lambda name, kind, _: kind != "schema" or name == "chatkit"}
    found = compare_metadata(MigrationContext.configure(connection, opts=options), placed)
    return [change for change in found if "alembic_version" not in str(change)]


async def test_the_newest_revision_is_the_schema(url):
    """What the revisions build is what `tables` says, to the last index."""
    await migrate.upgrade(url)
    if url.startswith("sqlite"):
        engine = create_engine(url)
        with engine.connect() as connection:
            found = differences(connection)
        engine.dispose()
    else:
        opened = create_async_engine(url.replace("postgresql:", "postgresql+asyncpg:"))
        async with opened.connect() as connection:
            found = await connection.run_sync(differences_in_schema)
        await opened.dispose()

    assert found == []


async def test_every_revision_goes_up_down_and_up(url, tables):
    """One by one, and repeating is harmless."""
    for revision in REVISIONS:
        await migrate.upgrade(url, revision)
        await migrate.upgrade(url, revision)
        assert await migrate.current(url) == revision
    for revision in REVISIONS[-2::-1]:
        await migrate.downgrade(url, revision)
        assert await migrate.current(url) == revision
    await migrate.downgrade(url, "base")
    gone = tables()
    await migrate.upgrade(url)

    assert gone == {"alembic_version"}
    assert tables() == {"alembic_version", *metadata.tables}
    assert await migrate.current(url) == REVISIONS[-1]


KEPT = """
insert into {at}threads (id, organisation, subject, title, details, created_at, updated_at, activity, last_seq)
values ('t', 'school', 'ada', 'Servos', '{{"b": 1.0, "a": []}}', '2026-03-01', '2026-03-01', 7, 1);
insert into {at}items (organisation, subject, thread_id, id, seq, type, created_at, data)
values ('school', 'ada', 't', 'i', 1, 'user_message', '2026-03-01', '{{"content": []}}');
insert into {at}feedback (organisation, subject, thread_id, item_id, kind, created_at)
values ('school', 'ada', 't', 'i', 'positive', '2026-03-01')
"""
LEFT = (
    "select t.title, t.details, t.activity, i.type, i.data, f.kind "
    "from {at}threads t join {at}items i on i.thread_id = t.id join {at}feedback f on f.item_id = i.id"
)


@pytest.fixture
def say(request, url):
    """Asks the database itself, past every wall."""

    def told(statement):
        if not url.startswith("sqlite"):
            return request.getfixturevalue("postgres").sql(statement.format(at="chatkit."), on=url)
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            return "\n".join("|".join(map(str, row)) for row in connection.execute(statement.format(at="")))

    return told


async def test_what_readers_wrote_survives_every_revision(url, say):
    """Whoever owns the tables, and whatever the wall hides from them: up and down the whole way, twice."""
    await migrate.upgrade(url, REVISIONS[0])
    for statement in KEPT.split(";"):
        say(statement)
    seen = []
    for revision in [*REVISIONS[1:], *REVISIONS[-2::-1]] * 2:
        move = migrate.upgrade if revision > str(await migrate.current(url)) else migrate.downgrade
        await move(url, revision)
        seen.append(say(LEFT))

    assert set(seen) == {'Servos|{"b": 1.0, "a": []}|7|user_message|{"content": []}|positive'}


async def test_no_database_has_no_revision(url, tables, tmp_path):
    """Asking does not make one."""
    assert await migrate.current(url) is None
    assert list(tmp_path.iterdir()) == []


async def test_an_older_database_is_brought_up_to_date_by_whoever_opens_it(url):
    """As the first start of a new version does."""
    await migrate.upgrade(url, REVISIONS[0])
    database = await Database.open(url, prepare=migrate.upgrade)
    healthy = await database.healthy()
    await database.aclose()

    assert healthy
    assert await migrate.current(url) == REVISIONS[-1]


async def test_several_processes_may_migrate_at_once(url):
    """All but one find the work done."""
    started = [await asyncio.create_subprocess_exec(sys.executable, "-c", UPGRADE, url) for _ in range(3)]
    codes = [await process.wait() for process in started]

    assert codes == [0, 0, 0]
    assert await migrate.current(url) == REVISIONS[-1]


async def test_several_servers_may_start_at_once(url):
    """On a database in which nothing is: one makes it, and all of them work."""
    names = ["a", "b", "c", "d"]
    started = [await asyncio.create_subprocess_exec(sys.executable, "-c", START, url, name, cwd=ROOT) for name in names]
    codes = [await process.wait() for process in started]
    database = await Database.open(url)
    found = await thread_ids(database)
    await database.aclose()

    assert codes == [0] * 4
    assert found == names


async def test_the_journal_is_chosen_before_anybody_works(tmp_path):
    """SQLite lets two processes that change it at once fail, without waiting."""
    await migrate.upgrade(f"sqlite:///{tmp_path / 'new.db'}")
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_kill_in_the_middle_leaves_the_former_revision(url):
    """One transaction around all steps; and the next attempt is not locked out."""
    await migrate.upgrade(url, REVISIONS[0])
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HALF, url, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    said = await killed.stdout.readline()
    killed.kill()
    await killed.wait()
    after = await migrate.current(url)
    await migrate.upgrade(url)

    assert (said, after) == (b"half\n", REVISIONS[0])
    assert await migrate.current(url) == REVISIONS[-1]


async def test_a_step_that_fails_leaves_the_revision_it_began_with(url, tables, monkeypatch):
    """The message names the cause."""

    def half(config, revision):
        config.attributes["connection"].exec_driver_sql("create table half (id integer)")
        config.attributes["connection"].exec_driver_sql("create table half (id integer)")

    monkeypatch.setattr(command, "upgrade", half)
    with pytest.raises(StoreUnavailable, match="already exists"):
        await migrate.upgrade(url)

    assert tables() == set()


async def test_a_revision_from_the_future_is_left_alone(url, monkeypatch):
    """An older version of Pageside over a newer database says so."""
    await migrate.upgrade(url)
    monkeypatch.setattr("pageside.storage.revisions.newest", lambda: "0000")
    with pytest.raises(StoreUnavailable, match="A newer version of Pageside"):
        await migrate.upgrade(url, "9999")

    assert await migrate.current(url) == REVISIONS[-1]


async def test_an_unwritable_place_is_said_so(tmp_path):
    """A folder that is a file."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match=r"chat\.db cannot be written"):
        await migrate.upgrade(f"sqlite:///{tmp_path / 'taken' / 'chat.db'}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "nonsense", ""])
async def test_only_a_file_of_sqlite_or_postgresql_will_do(url):
    """The message shows how to write one."""
    with pytest.raises(SettingsError, match=r"sqlite:///pageside\.db"):
        await migrate.upgrade(url)


async def test_other_tables_of_the_database_are_left_alone(postgres):
    """Whatever they are called, and wherever they are."""
    url = postgres.database(migrated=False, role=OWNER)
    postgres.sql(
        "create table public.threads (id int); insert into public.threads values (7);"
        f"create schema chatkit authorization {OWNER}; create table chatkit.mine (id int); "
        "insert into chatkit.mine values (8);",
        on=url,
    )
    await migrate.upgrade(url)
    await migrate.downgrade(url, "base")

    kept = postgres.sql("select id from public.threads union all select id from chatkit.mine", on=url)
    assert kept.split() == ["7", "8"]
    assert postgres.sql("select count(*) from pg_tables where schemaname = 'public'", on=url) == "1"


async def test_tables_of_another_application_are_not_taken_over(postgres):
    """A schema of the same name with a table of the same name: nothing is changed, and what is in the way is said."""
    url = postgres.database(migrated=False, role=OWNER)
    postgres.sql(
        f"create schema chatkit authorization {OWNER}; create table chatkit.items (id int); "
        f"insert into chatkit.items values (8); alter table chatkit.items owner to {OWNER}",
        on=url,
    )
    with pytest.raises(StoreUnavailable, match=r"schema chatkit .* is not Pageside's.*\"items\" already exists"):
        await migrate.upgrade(url)
    database = await Database.open(url, prepare=migrate.upgrade)
    healthy = await database.healthy()
    await database.aclose()

    assert not healthy
    assert postgres.sql("select tablename from pg_tables where schemaname = 'chatkit'", on=url) == "items"
    assert postgres.sql("select id from chatkit.items", on=url) == "8"


async def test_a_database_that_cannot_hold_every_text_is_refused(postgres):
    """Of another encoding than UTF-8: better no server than one that fails at the first letter it does not know."""
    url = postgres.database(migrated=False, role=OWNER)
    name = url.rpartition("/")[2]
    postgres.sql(f"drop database {name}")
    postgres.sql(f"create database {name} template template0 encoding 'LATIN1' locale 'C' owner {OWNER}")
    with pytest.raises(StoreUnavailable, match=r"LATIN1.* encoding 'UTF8'"):
        await migrate.upgrade(url)

    assert await migrate.current(url) is None


async def test_a_schema_that_the_role_may_not_use_is_said_so(postgres):
    """As one that a superuser made for nobody in particular."""
    url = postgres.database(migrated=False, role=OWNER)
    postgres.sql("create schema chatkit", on=url)
    with pytest.raises(StoreUnavailable, match="no schema chatkit that role 'pageside_owner' may use"):
        await migrate.upgrade(url)


async def test_a_role_that_may_not_change_the_schema_can_serve(postgres):
    """Once somebody else has migrated; before, the message says what to run, and chat comes on when it was."""
    url = postgres.database(migrated=False)
    serving = await Database.open(url, prepare=migrate.upgrade)
    with pytest.raises(StoreUnavailable, match="run `pageside migrate`"):
        await migrate.upgrade(url)
    before = await serving.healthy()
    await migrate.upgrade(as_owner(url))
    postgres.sql(
        "grant usage on schema chatkit to pageside_serving; "
        "grant select, insert, update, delete on all tables in schema chatkit to pageside_serving",
        on=url,
    )
    after = await serving.healthy()
    await serving.aclose()

    assert (before, after) == (False, True)
    await migrate.upgrade(url)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("s3cret", "other"), "does not accept the password of role 'pageside_serving'"),
        (("pageside_serving", "nobody_known"), "does not accept the password of role 'nobody_known'"),
        (("127.0.0.1", "no-such-host.invalid"), "no-such-host.invalid:{port} is not known"),
        (("/test_", "/none_"), "no database 'none_"),
        ((":{port}/", ":1/"), "nothing answers at 127.0.0.1:1"),
        (("127.0.0.1:{port}", ""), "host=/tmp/nowhere"),
    ],
)
async def test_what_is_wrong_with_the_way_there_is_said(postgres, wrong, told):
    """In words, without the password."""
    port = str(postgres.port)
    url = postgres.database()
    old, new = (part.replace("{port}", port) for part in wrong)
    broken = url.replace(old, new, 1)
    if told.startswith("host="):
        broken, told = f"{broken}?{told}", "no server has its socket at /tmp/nowhere"
    for ask in (migrate.upgrade, migrate.current):
        with pytest.raises(StoreUnavailable) as failure:
            await ask(broken)

        assert told.replace("{port}", port) in str(failure.value)
        assert "cret" not in str(failure.value)
    database = await Database.open(broken, prepare=migrate.upgrade)
    assert not await database.healthy()
    await database.aclose()
