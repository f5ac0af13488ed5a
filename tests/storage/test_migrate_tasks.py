"""The revision that brings tasks, over conversations that were there before it, there and back."""

from __future__ import annotations

import pytest
from tests.databases import OWNER
from tests.storage.test_migrate_keeping import Rows

from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details

BEFORE, AFTER = "0007", "0008"
ADA = Reader("ada", "school")
THREAD = (
    "insert into {threads} (organisation, subject, id, title, details, created_at, updated_at, activity, last_seq) "
    "values ('school', 'ada', 't', 'Servos', '{{}}', '2026-03-01 12:00:00', '2026-03-01 12:00:00', 1, 2)"
)
WALLS = "select relname from pg_class where relforcerowsecurity and relrowsecurity order by relname"


@pytest.fixture(params=["sqlite", "postgresql"])
async def rows(request, tmp_path):
    """A database at the revision before, for the role that owns it, with a conversation."""
    if request.param == "sqlite":
        found = Rows(f"sqlite:///{tmp_path / 'chat.db'}", None)
    else:
        server = request.getfixturevalue("postgres")
        found = Rows(server.database(migrated=False, role=OWNER), server)
    await migrate.upgrade(found.url, BEFORE)
    found.do(THREAD)
    return found


async def plan(url, *titles):
    """Adds tasks, the last of which is deleted; gives their numbers."""
    database = await Database.open(url)
    async with SqlTaskBoard(database).work(ADA) as mine:
        numbers = [(await mine.add(Details(title=title))).number for title in titles]
        await mine.delete(numbers[-1])
    await database.aclose()
    return numbers


async def test_tasks_come_and_go_and_conversations_stay(rows):
    """Going back takes all that is of tasks, with the walls around it, and nothing else; then it begins anew."""
    walled = "postgres" in rows.url
    before = rows.ask(WALLS) if walled else []
    await migrate.upgrade(rows.url, AFTER)
    first = await plan(rows.url, "Milk", "Lab")
    counted = [rows.ask(f"select count(*) from {table}") for table in ("tasks", "task_acts", "task_numbers")]
    held = rows.ask(WALLS) if walled else []
    await migrate.downgrade(rows.url, BEFORE)
    after = rows.ask(WALLS) if walled else []
    left = rows.ask("select id, title from threads")
    await migrate.upgrade(rows.url, AFTER)
    again = await plan(rows.url, "Bread")

    assert (first, again) == ([1, 2], [1])
    assert counted == [[("2",)], [("2",)], [("1",)]]
    assert held == sorted([*before, ("tasks",), ("task_acts",), ("task_numbers",)] if walled else [])
    assert after == before
    assert left == [("t", "Servos")]
