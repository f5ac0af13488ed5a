"""The tasks of readers in the database of their conversations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.identity.ownership import Turn, mine, upsert
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.tables import task_numbers, tasks
from pageside.tasks.board import KEPT, MAX_TASKS, Wanted
from pageside.tasks.task import BadTask, Details, NoSuchTask, Passage, Task, checked


class SqlTaskBoard:
    """The tasks in `database`; see `TaskBoard`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def work(self, reader: Reader) -> AsyncIterator[SqlBoard]:
        """See `TaskBoard.work`."""
        async with self._database.transaction(reader) as connection:
            yield SqlBoard(connection, reader)

    @asynccontextmanager
    async def reading(self, reader: Reader) -> AsyncIterator[SqlBoard]:
        """See `TaskBoard.reading`."""
        async with self._database.reading(reader) as connection:
            yield SqlBoard(connection, reader)


class SqlBoard:
    """The tasks of `reader` over one transaction; see `Board`."""

    def __init__(self, connection: AsyncConnection, reader: Reader) -> None:
        self.reader = reader
        self._connection = connection

    async def tasks(self, status: Wanted = "all") -> Sequence[Task]:
        """See `Board.tasks`."""
        listed = select(tasks).where(mine(tasks, self), tasks.c.deleted_at.is_(None)).order_by(tasks.c.number)
        return await self._read(listed if status == "all" else listed.where(tasks.c.status == status))

    async def deleted(self) -> Sequence[Task]:
        """See `Board.deleted`."""
        listed = select(tasks).where(mine(tasks, self), tasks.c.deleted_at > ids.now() - KEPT)
        return await self._read(listed.order_by(tasks.c.deleted_at.desc(), tasks.c.number.desc()))

    async def get(self, number: int) -> Task:
        """See `Board.get`."""
        task = await self._any(number)
        if task.deleted_at is not None:
            raise NoSuchTask(number)
        return task

    async def add(self, told: Details) -> Task:
        """See `Board.add`."""
        kept = checked(told, new=True)
        counted = select(func.count()).select_from(tasks).where(mine(tasks, self), tasks.c.deleted_at.is_(None))
        has = await self._connection.scalar(counted)
        if (has or 0) >= MAX_TASKS:
            raise BadTask(f"You have {has} tasks, which is as many as are kept; delete some first.")
        number = await self._next_number()
        now = ids.now()
        row = {"status": "pending", "description": "", "priority": "normal", "tags": [], **_columns(kept)}
        row |= {"number": number, "created_at": now, "updated_at": now}
        await self._write(row)
        return await self._any(number)

    async def update(self, number: int, told: Details) -> tuple[Task, Task]:
        """See `Board.update`."""
        return await self._change(await self.get(number), _columns(checked(told, new=False)))

    async def complete(self, number: int, *, done: bool = True) -> tuple[Task, Task]:
        """See `Board.complete`."""
        before = await self.get(number)
        if (before.status == "completed") == done:
            return before, before
        changed = {"status": "completed" if done else "pending", "completed_at": ids.now() if done else None}
        return await self._change(before, changed)

    async def delete(self, number: int) -> Task:
        """See `Board.delete`."""
        before = await self.get(number)
        await self._change(before, {"deleted_at": ids.now()})
        return before

    async def restore(self, number: int) -> Task:
        """See `Board.restore`."""
        task = await self._any(number)
        if task.deleted_at is None:
            return task
        if task.deleted_at <= ids.now() - KEPT:
            raise NoSuchTask(number)
        return (await self._change(task, {"deleted_at": None}))[1]

    async def _any(self, number: int) -> Task:
        found = await self._read(select(tasks).where(mine(tasks, self), tasks.c.number == number))
        if not found:
            raise NoSuchTask(number)
        return found[0]

    async def _change(self, before: Task, columns: Mapping[str, Any]) -> tuple[Task, Task]:
        await self._connection.execute(
            update(tasks)
            .where(mine(tasks, self), tasks.c.number == before.number)
            .values(updated_at=ids.now(), **columns)
        )
        return before, await self._any(before.number)

    async def _read(self, listed: Select[Any]) -> Sequence[Task]:
        return [_task(row) for row in (await self._connection.execute(listed)).mappings()]

    async def _next_number(self) -> int:
        last = select(task_numbers.c.last).where(mine(task_numbers, self))
        number = (await self._connection.scalar(last) or 0) + 1
        dialect = self._connection.dialect.name
        await self._connection.execute(
            upsert(task_numbers, self, rows=[{"last": number}], replacing=["last"], dialect=dialect)
        )
        return number

    async def _write(self, row: Mapping[str, Any]) -> None:
        dialect = self._connection.dialect.name
        await self._connection.execute(upsert(tasks, self, rows=[row], replacing=["title"], dialect=dialect))


async def purge(connection: AsyncConnection, turn: Turn) -> int:
    """Takes away for good what the reader deleted longer than `KEPT` ago; gives how many that were."""
    gone = delete(tasks).where(mine(tasks, turn), tasks.c.deleted_at <= ids.now() - KEPT)
    return (await connection.execute(gone)).rowcount


def _columns(told: Details) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "title": told.title,
        "description": told.description,
        "priority": told.priority,
        "due": told.due.isoformat() if told.due else None,
        "tags": list(told.tags) if told.tags is not None else None,
        "passage": asdict(told.passage) if told.passage else None,
    }
    said = {name: value for name, value in columns.items() if value is not None}
    return {**said, "due": None} if told.no_due else said


def _task(row: RowMapping) -> Task:
    return Task(
        number=row["number"],
        title=row["title"],
        description=row["description"],
        status=row["status"],
        priority=row["priority"],
        due=date.fromisoformat(row["due"]) if row["due"] else None,
        tags=tuple(row["tags"]),
        passage=Passage(**row["passage"]) if row["passage"] else None,
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        completed_at=row["completed_at"],
        deleted_at=row["deleted_at"],
    )
