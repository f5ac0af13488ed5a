"""Databases of every earlier revision with rows in them, brought up to date and used through the front door."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text
from tests import sample_files, small_book
from tests.backup import rows
from tests.chatkit_client import ChatKit
from tests.chatkit_house import house
from tests.cli.test_commands import pageside
from tests.databases import OWNER, SERVING, as_owner
from tests.faults.machine import Machine
from tests.scripted_tutor import ScriptedTutor

from pageside.identity.reader import Reader
from pageside.storage import migrate, revisions
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details

KINDS = ["sqlite", "postgresql"]
REVISIONS = revisions.known()
GRANTS = (
    f"grant usage on schema chatkit to {SERVING}; "
    f"grant select, insert, update, delete on all tables in schema chatkit to {SERVING}"
)
ADA = Reader("ada")
ASKED = "What does a servo hold?"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The rows of a reader's conversation, opinion, file, request and task, and what they were shown."""
    return asyncio.run(_written(tmp_path_factory.mktemp("written")))


async def _written(folder):
    async with house(folder) as home, home.client("ada") as ada:
        told = await ada.ask(ASKED)
        await ada.call("items.feedback", thread_id=told.thread_id, item_ids=[told.answer["id"]], kind="negative")
        again = await ada.ask("And then?", thread=told.thread_id)
        await ada.http.post(
            "/chatkit/attachments", files={"file": ("a.py", sample_files.CODE, "application/octet-stream")}
        )
        async with SqlTaskBoard(home.database).work(ADA) as board:
            await board.add(Details(title="Read about servos"))
        shown = await ada.items(told.thread_id)
    return rows.raw(f"sqlite:///{folder / 'chat.db'}"), told.thread_id, shown, again


@pytest.fixture(params=KINDS)
def empty(request, tmp_path):
    """The URL of a database in which nothing is, for the role that owns it, and its server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'pageside.db'}", None
    postgres = request.getfixturevalue("postgres")
    return postgres.database(migrated=False, role=OWNER), postgres


def write(found, there, url, postgres):
    """Writes what of the rows `found` belongs to the tables and columns `there`."""
    tables = [table for table in found if table in there]
    pairs = [
        (table, {name: _fit(name, value) for name, value in row.items() if name in there[table]})
        for table in tables
        for row in found[table]
    ]
    rows.write(url, postgres, *pairs)
    return {table: len(found[table]) for table in tables}


def _fit(name, value):
    # SQLite says neither what is a truth value nor of which zone a moment is.
    if name == "hidden":
        return bool(value)
    return f"{value}+00" if name.endswith("_at") and value else value


async def used(url, postgres, tmp_path, thread):
    """Goes on with the conversation by the role that serves: what is listed, answered, found, judged and deleted."""
    if postgres:
        postgres.sql(GRANTS, on=url)
        url = url.replace(f"//{OWNER}:", f"//{SERVING}:")
    async with house(tmp_path, ScriptedTutor(), store_url=url) as home, home.client("ada") as ada:
        before = await ada.items(thread)
        told = await ada.ask("Go on.", thread=thread)
        await ada.call("items.feedback", thread_id=thread, item_ids=[told.answer["id"]], kind="positive")
        found = (await ada.http.get("/api/chatkit/threads", params={"query": "servo"})).json()["threads"]
        saved = await ada.http.get("/api/chatkit/me/export")
        gone = await ada.http.delete("/api/chatkit/me")
        left = await ada.threads()
    assert (saved.status_code, gone.status_code) == (200, 204), gone.text
    return before, told, [each["id"] for each in found], left


@pytest.mark.parametrize("revision", REVISIONS)
async def test_a_database_of_any_revision_is_brought_up_to_date_and_used(empty, written, revision, tmp_path):
    """What its readers wrote is there, is found, is gone on with and can be taken away."""
    url, postgres = empty
    kept, thread, shown, _ = written
    await migrate.upgrade(url, revision)
    write(kept, rows.columns(url, postgres), url, postgres)
    done = await asyncio.to_thread(pageside, "migrate", folder=tmp_path, DATABASE_URL=url)
    before, told, found, left = await used(url, postgres, tmp_path, thread)

    assert (done.returncode, await migrate.current(url)) == (0, REVISIONS[-1]), done.stderr
    assert before == shown
    assert told.text
    assert found == [thread]
    assert left == []


@pytest.mark.parametrize("revision", REVISIONS)
async def test_what_earlier_versions_write_is_taken_by_the_newest_schema(empty, written, revision):
    """A process of the version before goes on writing while new ones come up: nothing it does not know is needed."""
    url, postgres = empty
    await migrate.upgrade(url, revision)
    known = rows.columns(url, postgres)
    await migrate.upgrade(url)
    counts = write(written[0], known, url, postgres)
    there, found = rows.columns(url, postgres), rows.everything(url, postgres)

    assert [(table, names - there[table]) for table, names in known.items() if not names <= there[table]] == []
    assert {table: len(found[table]) for table in counts} == counts
    assert counts["items"] > 0


NEXT = (
    "alter table {at}threads add column later text",
    "alter table {at}items add column later bigint not null default 0",
    "create table {at}later (organisation text not null, subject text not null)",
    "create index items_by_later on {at}items (later)",
)


async def test_a_server_goes_on_over_the_next_schema(store_url, request, tmp_path):
    """One that was started before it, with the connections and the statements that it has prepared."""
    async with house(tmp_path, ScriptedTutor(), store_url=store_url) as home, home.client("ada") as ada:
        first = await ada.ask(ASKED)
        before = await ada.items(first.thread_id)
        if store_url.startswith("sqlite"):
            async with home.database.transaction(ADA) as connection:
                for statement in NEXT:
                    await connection.execute(text(statement.format(at="")))
        else:
            postgres = request.getfixturevalue("postgres")
            postgres.sql(";".join(NEXT).format(at="chatkit."), on=as_owner(store_url))
        after = await ada.items(first.thread_id)
        second = await ada.ask("And then?", thread=first.thread_id)
        await ada.call("items.feedback", thread_id=first.thread_id, item_ids=[second.answer["id"]], kind="positive")
        listed = await ada.threads()

    assert after == before
    assert second.text
    assert [thread["id"] for thread in listed] == [first.thread_id]


async def test_a_server_of_the_version_before_comes_up_over_the_next_schema(empty, tmp_path):
    """As one does that is started anew in the middle of a rollout; `pageside migrate` says that it is behind."""
    url, postgres = empty
    await migrate.upgrade(url)
    later = f"update {'chatkit.' if postgres else ''}alembic_version set version_num = '9999'"
    if postgres:
        postgres.sql(later + ";" + ";".join(NEXT).format(at="chatkit."), on=url)
    else:
        with closing(sqlite3.connect(rows.path(url))) as connection, connection:
            connection.executescript(later + ";" + ";".join(NEXT).format(at=""))
    refused = await asyncio.to_thread(pageside, "migrate", folder=tmp_path, DATABASE_URL=url)
    with Machine(tmp_path, DATABASE_URL=url) as machine:
        async with machine.reader() as http:
            health = await http.get("/health/ready")
            told = await ChatKit(http).ask("What does the queen excluder do?")

    assert (refused.returncode, "newer version" in refused.stderr) == (1, True)
    assert (health.status_code, "queen" in told.text) == (200, True)
    assert await migrate.current(url) == "9999"


def test_an_index_that_an_older_version_wrote_is_built_anew(tmp_path):
    """In a form that is read no more: a command says what to do, and a server that starts does it."""
    small_book.write(tmp_path / "book")
    assert pageside("index", "book", "--data-dir", "data", folder=tmp_path).returncode == 0
    (catalogue,) = (tmp_path / "data").rglob("passages.sqlite")
    with closing(sqlite3.connect(catalogue)) as connection, connection:
        connection.execute("update facts set value = '1' where name = 'format'")
    told = pageside("search", "queen", "--data-dir", "data", folder=tmp_path)
    with Machine(tmp_path) as machine:
        answer = asyncio.run(_asked(machine, "What does the queen excluder do?"))
    found = pageside("search", "queen", "--data-dir", "data", folder=tmp_path)

    assert (told.returncode, "pageside index" in told.stderr) == (1, True)
    assert "queen" in answer.text
    assert found.returncode == 0


def test_what_is_left_of_an_older_data_folder_does_no_harm(tmp_path):
    """A pointer to what is not there, half a generation, a file of vectors that is cut short."""
    small_book.write(tmp_path / "book")
    assert pageside("index", "book", "--data-dir", "data", folder=tmp_path).returncode == 0
    root = tmp_path / "data" / "index" / "book"
    damages = [
        lambda now: (now / "passages.sqlite").write_bytes((now / "passages.sqlite").read_bytes()[:1000]),
        lambda now: (now / "vectors.npy").write_bytes((now / "vectors.npy").read_bytes()[:200]),
        lambda now: (now / "vectors.npy").unlink(),
        shutil.rmtree,
        lambda now: (root / "current").write_text("gen_gone\n", "utf-8"),
        lambda now: (root / "current").write_text("", "utf-8"),
    ]
    codes = []
    for damage in damages:
        damage(root / "generations" / (root / "current").read_text("utf-8").strip())
        built = pageside("index", "book", "--data-dir", "data", folder=tmp_path)
        found = pageside("search", "queen", "--json", "--data-dir", "data", folder=tmp_path)
        codes.append((built.returncode, found.returncode, "queen" in found.stdout))

    assert codes == [(0, 0, True)] * len(damages)


async def _asked(machine, question):
    async with machine.reader() as http:
        return await ChatKit(http).ask(question)
