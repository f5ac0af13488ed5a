"""How a reader's tasks were before each unit of work, so that the last can be undone; what is counted of them.

A task is noted once in a unit, as it was before the unit first changed it. Every change is noted but that a task is
brought back, so undoing unit after unit passes through the states that there were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.identity.ownership import mine, upsert
from pageside.identity.reader import Reader
from pageside.storage.tables import task_acts, task_numbers
from pageside.tasks.board import KEPT, MAX_UNDONE

_WHOSE: Final = frozenset({"organisation", "subject"})
_MOMENTS: Final = frozenset({"created_at", "updated_at", "completed_at", "deleted_at"})


class Journal:
    """What one unit of work notes, over its transaction."""

    def __init__(self, connection: AsyncConnection, reader: Reader) -> None:
        self.reader = reader
        self._connection = connection
        self._unit = 0
        self._noted: set[int] = set()

    async def revision(self) -> int:
        """See `Board.revision`."""
        return (await self._counted())[1]

    async def next_number(self) -> int:
        """A number for a new task."""
        last, revision = await self._counted()
        await self._count(last + 1, revision)
        return last + 1

    async def note(self, number: int, before: Mapping[str, Any] | None) -> None:
        """Notes how the row of a task was, which is about to be changed; None for one that is about to be added."""
        await self.begin()
        if number in self._noted:
            return
        if not self._noted:
            await self._forget_oldest()
        self._noted.add(number)
        told = None if before is None else _noted(before)
        row = {"unit": self._unit, "number": number, "before": told, "at": ids.now()}
        dialect = self._connection.dialect.name
        await self._connection.execute(upsert(task_acts, self, rows=[row], replacing=["at"], dialect=dialect))

    async def begin(self) -> None:
        """Counts the unit of work as one that changes something."""
        if self._unit:
            return
        last, revision = await self._counted()
        self._unit = revision + 1
        await self._count(last, self._unit)

    async def brought_back(self, number: int, row: Mapping[str, Any]) -> None:
        """Takes back the note of a deletion, as the task is there again; `row` is how it is now."""
        await self.begin()
        noted = select(task_acts.c.unit, task_acts.c.before).where(mine(task_acts, self), task_acts.c.number == number)
        last = (await self._connection.execute(noted.order_by(task_acts.c.unit.desc()).limit(1))).one_or_none()
        if last is None or last.before is None or _told(last.before) != _told(_noted(row)):
            return
        await self._connection.execute(
            delete(task_acts).where(mine(task_acts, self), task_acts.c.number == number, task_acts.c.unit == last.unit)
        )
        self._noted.discard(number)

    async def forget(self, numbers: Sequence[int]) -> None:
        """Forgets how these tasks were, which are gone for good."""
        await self._connection.execute(delete(task_acts).where(mine(task_acts, self), task_acts.c.number.in_(numbers)))

    async def taken(self) -> Mapping[int, Mapping[str, Any] | None]:
        """The rows of the tasks that the last unit changed, as they were before it, by number; the unit is forgotten.

        None for a task that it added; nothing where no unit can be undone.
        """
        known = task_acts.c.at > ids.now() - KEPT
        unit = await self._connection.scalar(select(func.max(task_acts.c.unit)).where(mine(task_acts, self), known))
        if unit is None:
            return {}
        await self.begin()
        last = select(task_acts.c.number, task_acts.c.before).where(mine(task_acts, self), task_acts.c.unit == unit)
        found = (await self._connection.execute(last.order_by(task_acts.c.number))).all()
        await self._connection.execute(delete(task_acts).where(mine(task_acts, self), task_acts.c.unit == unit))
        self._noted.clear()
        return {row.number: None if row.before is None else _row(row.before) for row in found}

    async def _forget_oldest(self) -> None:
        """Forgets the units that are too many to be undone, with the one that is about to be noted."""
        noted = select(task_acts.c.unit).where(mine(task_acts, self), task_acts.c.unit < self._unit).distinct()
        first = noted.order_by(task_acts.c.unit.desc()).offset(MAX_UNDONE - 1).limit(1)
        unit = await self._connection.scalar(first)
        if unit is not None:
            await self._connection.execute(delete(task_acts).where(mine(task_acts, self), task_acts.c.unit <= unit))

    async def _counted(self) -> tuple[int, int]:
        counted = select(task_numbers.c.last, task_numbers.c.revision).where(mine(task_numbers, self))
        found = (await self._connection.execute(counted)).one_or_none()
        return (0, 0) if found is None else (found.last, found.revision)

    async def _count(self, last: int, revision: int) -> None:
        row = {"last": last, "revision": revision}
        dialect = self._connection.dialect.name
        await self._connection.execute(
            upsert(task_numbers, self, rows=[row], replacing=["last", "revision"], dialect=dialect)
        )


def _noted(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as it is written down, without whose it is."""
    return {name: _plain(value) for name, value in row.items() if name not in _WHOSE}


def _told(noted: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says of its task, whenever it was changed and whether it was deleted."""
    return {name: value for name, value in noted.items() if name not in {"updated_at", "deleted_at"}}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _row(noted: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row that was written down, with its moments."""
    return {
        name: datetime.fromisoformat(value) if value and name in _MOMENTS else value for name, value in noted.items()
    }
