"""The revision that enrols readers and folds words, over rows that were there before it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing

import pytest
from tests.databases import OWNER

from pageside.storage import migrate
from pageside.storage.migrations.versions import r0004_keeping

BEFORE, AFTER = "0003", "0004"
NOW = "2026-03-01 12:00:00"
MESSAGE = json.dumps(
    {"content": [{"type": "input_text", "text": "Wie GROẞ ist die\n\nÜbersetzung?"}], "attachments": []}
)
WORKFLOW = json.dumps({"workflow": {"type": "custom", "tasks": []}})


def thread(number, subject, title):
    shown = "null" if title is None else f"'{title}'"
    return (
        "insert into {threads} (organisation, subject, id, title, details, created_at, updated_at, activity, last_seq) "
        f"values ('school', '{subject}', 't{number}', {shown}, '{{{{}}}}', '{NOW}', '{NOW}', 1, 2)"
    )


def item(number, subject, name, kind, told):
    return (
        "insert into {items} (organisation, subject, thread_id, id, seq, type, hidden, created_at, data) values "
        f"('school', '{subject}', 't{number}', '{name}{number}', {ord(name)}, '{kind}', false, '{NOW}', '{told}')"
    )


ROWS = [
    *(thread(number, "ada", f"Crème {number}") for number in range(1_203)),
    *(
        item(number, "ada", "m", "user_message", MESSAGE.replace("{", "{{").replace("}", "}}"))
        for number in range(1_203)
    ),
    item(0, "ada", "w", "workflow", WORKFLOW.replace("{", "{{").replace("}", "}}")),
    thread(9_999, "eve", None),
    (
        "insert into {attachments} (organisation, subject, id, status, name, mime_type, size, file, created_at) values "
        f"('', 'with a file', 'a', 'created', 'a', 'text/plain', 1, 'f', '{NOW}')"
    ),
    (
        "insert into {requests} (organisation, subject, key, claimant, digest, created_at) values "
        f"('', 'with a key', 'k', 'c', 'd', '{NOW}')"
    ),
    (
        "insert into {leases} (organisation, subject, thread_id, holder, expires_at) values "
        f"('', 'with a claim', 't', 'h', '{NOW}')"
    ),
]
READERS = [("", "with a claim"), ("", "with a file"), ("", "with a key"), ("school", "ada"), ("school", "eve")]
TABLES = ("threads", "items", "attachments", "requests", "leases")


class Rows:
    """What is in a database of either kind, past every wall."""

    def __init__(self, url, server):
        self.url = url
        self._server = server

    def do(self, *statements):
        prefix = "" if self._server is None else "chatkit."
        named = [each.format(**{table: prefix + table for table in TABLES}) for each in statements]
        if self._server is not None:
            self._server.sql(";\n".join(named) + ";", on=self.url)
            return
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection:
            connection.executescript(";\n".join(named) + ";")

    def ask(self, query):
        if self._server is not None:
            told = self._server.sql("set search_path to chatkit;" + query, on=self.url)
            return [tuple(line.split("|")) for line in told.splitlines()]
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection:
            return [tuple(str(part) for part in row) for row in connection.execute(query).fetchall()]


@pytest.fixture(params=["sqlite", "postgresql"])
async def rows(request, tmp_path):
    """A database at the revision before, for the role that owns it, with rows of several readers."""
    if request.param == "sqlite":
        found = Rows(f"sqlite:///{tmp_path / 'chat.db'}", None)
    else:
        server = request.getfixturevalue("postgres")
        found = Rows(server.database(migrated=False, role=OWNER), server)
    await migrate.upgrade(found.url, BEFORE)
    found.do(*ROWS)
    return found


async def test_rows_from_before_are_enrolled_and_can_be_searched(rows):
    """All of them, over several pages; what says nothing has no words."""
    await migrate.upgrade(rows.url, AFTER)

    assert rows.ask("select organisation, subject from readers order by organisation, subject") == READERS
    assert rows.ask("select count(*), count(title_words) from threads") == [("1204", "1203")]
    assert rows.ask("select count(*), count(words) from items") == [("1204", "1203")]
    assert rows.ask("select distinct words from items where words is not null") == [("wie gross ist die ubersetzung?",)]
    assert rows.ask("select title_words from threads where id = 't7'") == [("creme 7",)]


async def test_going_back_loses_no_row(rows):
    """And the walls stand as before, on the way there and back."""
    walls = "select relname from pg_class where relforcerowsecurity and relrowsecurity order by relname"
    count = " union all ".join(f"select '{table}', count(*) from {table}" for table in TABLES)
    before = rows.ask(count)
    guarded = rows.ask(walls) if "postgres" in rows.url else []
    await migrate.upgrade(rows.url, AFTER)
    held = rows.ask(walls) if "postgres" in rows.url else []
    await migrate.downgrade(rows.url, BEFORE)
    after = rows.ask(count)
    guarded_again = rows.ask(walls) if "postgres" in rows.url else []
    await migrate.upgrade(rows.url, AFTER)

    assert after == before == rows.ask(count)
    assert guarded_again == guarded
    assert held == sorted([*guarded, ("readers",)] if guarded else [])


def test_the_page_of_the_revision_is_smaller_than_what_is_tried_here():
    """Or the tests above would see one page alone."""
    assert r0004_keeping.AT_ONCE * 2 < 1_203
