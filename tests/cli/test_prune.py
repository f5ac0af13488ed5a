"""`pageside prune` as an operator uses it, and what a server does by itself."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from contextlib import closing
from datetime import timedelta

import httpx2
import pytest
from tests import small_book
from tests.cli.test_commands import pageside
from tests.served import server

from pageside import ids
from pageside.storage import migrate

MONTHS_AGO = (ids.now() - timedelta(days=100)).replace(tzinfo=None).isoformat(sep=" ")
JUST_NOW = ids.now().replace(tzinfo=None).isoformat(sep=" ")


@pytest.fixture
def data(tmp_path):
    """Conversations of two readers, one old and one young each, and a request of long ago."""
    folder = tmp_path / "data"
    folder.mkdir()
    asyncio.run(migrate.upgrade(f"sqlite:///{folder / 'pageside.db'}"))
    with closing(sqlite3.connect(folder / "pageside.db")) as connection:
        for reader in ("ada", "eve"):
            connection.execute("insert into readers values ('', ?)", (reader,))
            for name, moment in (("old", MONTHS_AGO), ("young", JUST_NOW)):
                connection.execute(
                    "insert into threads (organisation, subject, id, details, created_at, updated_at, activity, "
                    "last_seq) values ('', ?, ?, '{}', ?, ?, 1, 0)",
                    (reader, f"{name} of {reader}", MONTHS_AGO, moment),
                )
        connection.execute(
            "insert into requests (organisation, subject, key, claimant, digest, created_at) "
            "values ('', 'ada', 'k', 'c', 'd', ?)",
            (MONTHS_AGO,),
        )
        connection.commit()
    return folder


def threads(folder):
    with closing(sqlite3.connect(folder / "pageside.db")) as connection:
        return {name for (name,) in connection.execute("select id from threads")}


def pruned(folder, *words, **environment):
    done = pageside("prune", "--data-dir", str(folder), *words, folder=folder.parent, **environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_dry_run_says_what_would_go_and_takes_nothing(data):
    """In words and as JSON."""
    row = json.loads(pruned(data, "--older-than", "90d", "--dry-run", "--json"))
    words = pruned(data, "--older-than", "12w", "--dry-run")

    assert row == {"dry_run": True, "threads": 2, "attachments": 0, "requests": 1, "tasks": 0}
    assert words == "2 conversations, 0 files, 0 tasks and 1 remembered request would be taken away; nothing was.\n"
    assert len(threads(data)) == 4


def test_what_is_older_goes_and_the_rest_stays(data):
    """Once; the next run has nothing to do."""
    first = json.loads(pruned(data, "--older-than", "90d", "--json"))
    second = pruned(data, "--older-than", "90d")

    assert first == {"dry_run": False, "threads": 2, "attachments": 0, "requests": 1, "tasks": 0}
    assert second == "0 conversations, 0 files, 0 tasks and 0 remembered requests taken away.\n"
    assert threads(data) == {"young of ada", "young of eve"}


def test_without_an_age_the_setting_decides(data):
    """Which keeps conversations for ever unless it says otherwise."""
    kept = json.loads(pruned(data, "--json"))
    by_setting = json.loads(pruned(data, "--json", PAGESIDE_RETENTION_DAYS="99"))

    assert (kept["threads"], kept["requests"]) == (0, 1)
    assert by_setting["threads"] == 2


@pytest.mark.parametrize("age", ["0d", "90", "ninety", "-1d", "99999w", "1h", ""])
def test_an_age_that_cannot_be_meant_is_refused(tmp_path, age):
    """Before anything is opened."""
    done = pageside("prune", "--older-than", age, folder=tmp_path)

    assert done.returncode == 2
    assert "such as 90d or 12w" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_server_prunes_by_itself(data, tmp_path):
    """When it starts, and then once a day, without anybody asking."""
    with server(small_book.write(tmp_path / "book"), data, PAGESIDE_RETENTION_DAYS="90") as address:
        deadline = time.monotonic() + 30
        while len(threads(data)) > 2 and time.monotonic() < deadline:
            httpx2.get(f"{address}/health")
        left = threads(data)

    assert left == {"young of ada", "young of eve"}
    assert '"event": "pruned"' in (data.parent / "server.log").read_text(encoding="utf-8")
