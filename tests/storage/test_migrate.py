"""Revisions of the schema, on real files and from real processes."""

from __future__ import annotations

import asyncio
import sqlite3
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from pageside.errors import SettingsError, StoreUnavailable
from pageside.storage import migrate
from pageside.storage.tables import metadata

UPGRADE = "import asyncio, sys; from pageside.storage import migrate; asyncio.run(migrate.upgrade(sys.argv[1]))"


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'chat here.db'}"


def tables(tmp_path):
    with sqlite3.connect(tmp_path / "chat here.db") as connection:
        found = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
    connection.close()
    return {name for (name,) in found}


async def test_the_newest_revision_is_the_schema(url, tmp_path):
    """What the revisions build is what `tables` says, to the last index."""
    await migrate.upgrade(url)
    engine = create_engine(f"sqlite:///{tmp_path / 'chat here.db'}")
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()

    assert differences == []


async def test_every_revision_goes_up_down_and_up(url, tmp_path):
    """One by one, and repeating is harmless."""
    revisions = [r.revision for r in ScriptDirectory.from_config(migrate.config()).walk_revisions()][::-1]
    for revision in revisions:
        await migrate.upgrade(url, revision)
        await migrate.upgrade(url, revision)
        assert await migrate.current(url) == revision
    for revision in [*revisions[-2::-1], "base"]:
        await migrate.downgrade(url, revision)
    gone = tables(tmp_path)
    await migrate.upgrade(url)

    assert gone == {"alembic_version"}
    assert tables(tmp_path) == {"alembic_version", *metadata.tables}
    assert await migrate.current(url) == revisions[-1]


async def test_no_database_has_no_revision(url, tmp_path):
    """Asking does not make one."""
    assert await migrate.current(url) is None
    assert list(tmp_path.iterdir()) == []


async def test_two_processes_may_migrate_at_once(url):
    """The second finds the work done."""
    started = [await asyncio.create_subprocess_exec(sys.executable, "-c", UPGRADE, url) for _ in range(3)]
    codes = [await process.wait() for process in started]

    assert codes == [0, 0, 0]
    assert await migrate.current(url) is not None


async def test_a_step_that_fails_leaves_the_revision_it_began_with(url, tmp_path, monkeypatch):
    """One transaction around all steps."""

    def half(config, revision):
        config.attributes["connection"].exec_driver_sql("create table half (id integer)")
        config.attributes["connection"].exec_driver_sql("create table half (id integer)")

    monkeypatch.setattr(command, "upgrade", half)
    with pytest.raises(StoreUnavailable, match="cannot be migrated"):
        await migrate.upgrade(url)

    assert tables(tmp_path) == set()


async def test_an_unwritable_place_is_said_so(tmp_path):
    """A folder that is a file."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(StoreUnavailable, match=r"chat\.db cannot be written"):
        await migrate.upgrade(f"sqlite:///{tmp_path / 'taken' / 'chat.db'}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://h/d", "nonsense", ""])
async def test_only_a_file_of_sqlite_will_do(url):
    """The message shows how to write one."""
    with pytest.raises(SettingsError, match=r"sqlite:///pageside\.db"):
        await migrate.upgrade(url)
