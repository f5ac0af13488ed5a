"""What becomes of a reader's tasks in the course of time: taken away, erased, handed to another reader, told whole."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.identity import roll
from pageside.identity.ownership import Turn, mine, upsert
from pageside.storage.engine import Database
from pageside.storage.tables import task_acts, task_numbers, tasks
from pageside.tasks import board_sql
from pageside.tasks.task import Task

_WHOSE: Final = frozenset({"organisation", "subject"})
_AT_ONCE: Final = 500  # rows of a statement


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of a reader's tasks.

    Attributes:
        deleted: Those that can still be brought back.
        earlier: How tasks were before what can be undone: `number`, `before` (None where it was not there) and `at`.
    """

    tasks: tuple[Task, ...] = ()
    deleted: tuple[Task, ...] = ()
    earlier: tuple[Mapping[str, Any], ...] = ()


async def everything(database: Database, turn: Turn) -> Kept:
    """All that is kept of the reader's tasks, by number.

    Raises:
        StoreUnavailable: The database cannot be read.
    """
    async with database.reading(turn.reader) as connection:
        listed = select(tasks).where(mine(tasks, turn)).order_by(tasks.c.number)
        found = [board_sql.read(dict(row)) for row in (await connection.execute(listed)).mappings()]
        noted = select(task_acts).where(mine(task_acts, turn)).order_by(task_acts.c.unit, task_acts.c.number)
        earlier = (await connection.execute(noted)).all()
    return Kept(
        tuple(each for each in found if each.deleted_at is None),
        tuple(each for each in found if each.deleted_at is not None),
        tuple({"number": row.number, "at": row.at, "before": row.before} for row in earlier),
    )


async def purge(connection: AsyncConnection, turn: Turn, *, before: datetime) -> int:
    """Takes away for good what the reader deleted `before`, and forgets what was done then; gives how many went."""
    await connection.execute(delete(task_acts).where(mine(task_acts, turn), task_acts.c.at <= before))
    gone = await connection.execute(delete(tasks).where(mine(tasks, turn), tasks.c.deleted_at <= before))
    return gone.rowcount


async def erase(connection: AsyncConnection, turn: Turn) -> int:
    """Takes away all of the reader's tasks, and what is counted of them; gives how many there were."""
    await connection.execute(delete(task_acts).where(mine(task_acts, turn)))
    await connection.execute(delete(task_numbers).where(mine(task_numbers, turn)))
    return (await connection.execute(delete(tasks).where(mine(tasks, turn)))).rowcount


async def hand_over(
    connection: AsyncConnection, giver: Turn, taker: Turn, become: Callable[[], Awaitable[None]]
) -> int:
    """Makes the giver's tasks the taker's, numbered on from theirs, and what can be undone with them; gives how many.

    More than `MAX_TASKS` come together so, if they must: nobody loses any.

    Args:
        become: Lets `connection`, which is about the giver's rows, go on with the taker's.
    """
    theirs = await _rows(connection, giver)
    last, revision = await _counted(connection, giver)
    await erase(connection, giver)
    await become()
    if not theirs[0]:
        return 0
    await roll.enrol(connection, taker)
    numbers, units = await _counted(connection, taker)
    dialect = connection.dialect.name
    counted = {"last": numbers + last, "revision": units + revision + 1}
    replaced = ["last", "revision"]
    await connection.execute(upsert(task_numbers, taker, rows=[counted], replacing=replaced, dialect=dialect))
    handed = [_moved(row, numbers) for row in theirs[0]]
    noted = [
        {**row, "unit": row["unit"] + units, "number": row["number"] + numbers, "before": _before(row, numbers)}
        for row in theirs[1]
    ]
    for at in range(0, len(handed), _AT_ONCE):
        rows = handed[at : at + _AT_ONCE]
        await connection.execute(upsert(tasks, taker, rows=rows, replacing=["title"], dialect=dialect))
    for at in range(0, len(noted), _AT_ONCE):
        rows = noted[at : at + _AT_ONCE]
        await connection.execute(upsert(task_acts, taker, rows=rows, replacing=["at"], dialect=dialect))
    return len(handed)


async def _rows(connection: AsyncConnection, turn: Turn) -> tuple[Sequence[Mapping[str, Any]], ...]:
    """The reader's tasks and what was noted of them, without whose they are."""
    found = await connection.execute(select(tasks).where(mine(tasks, turn)).order_by(tasks.c.number))
    noted = await connection.execute(select(task_acts).where(mine(task_acts, turn)).order_by(task_acts.c.unit))
    return tuple(
        [{name: value for name, value in row.items() if name not in _WHOSE} for row in each.mappings()]
        for each in (found, noted)
    )


async def _counted(connection: AsyncConnection, turn: Turn) -> tuple[int, int]:
    counted = select(task_numbers.c.last, task_numbers.c.revision).where(mine(task_numbers, turn))
    found = (await connection.execute(counted)).one_or_none()
    return (0, 0) if found is None else (found.last, found.revision)


def _moved(row: Mapping[str, Any], numbers: int) -> dict[str, Any]:
    return {**row, "number": row["number"] + numbers}


def _before(row: Mapping[str, Any], numbers: int) -> Mapping[str, Any] | None:
    return None if row["before"] is None else _moved(row["before"], numbers)
