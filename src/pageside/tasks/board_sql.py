"""The tasks of readers in the database of their conversations."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import date
from typing import Any, Literal

from sqlalchemy import Select, Text, cast, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.identity import roll
from pageside.identity.ownership import mine, upsert
from pageside.identity.reader import Reader
from pageside.phrases import task_lists
from pageside.storage import words as folded
from pageside.storage.engine import Database
from pageside.storage.tables import tasks
from pageside.tasks import task
from pageside.tasks.board import KEPT, MAX_TASKS, Wanted
from pageside.tasks.journal import Journal
from pageside.tasks.task import BadTask, Details, NoSuchTask, NothingToUndo, Passage, Status, Task, checked
from pageside.telemetry import metrics

Row = Mapping[str, Any]
Act = Literal["add", "update", "complete", "reopen", "delete", "restore", "undo"]


class SqlTaskBoard:
    """The tasks in `database`; see `TaskBoard`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def work(self, reader: Reader) -> AsyncIterator[SqlBoard]:
        """See `TaskBoard.work`."""
        async with self._database.transaction(reader) as connection:
            board = SqlBoard(connection, reader)
            yield board
        for act in board.acts:  # what is not kept was not done
            metrics.TASK_ACTS.labels(act).inc()

    @asynccontextmanager
    async def reading(self, reader: Reader) -> AsyncIterator[SqlBoard]:
        """See `TaskBoard.reading`."""
        async with self._database.reading(reader) as connection:
            yield SqlBoard(connection, reader)


class SqlBoard:
    """The tasks of `reader` over one transaction; see `Board`.

    Attributes:
        acts: What was done so far.
    """

    def __init__(self, connection: AsyncConnection, reader: Reader) -> None:
        self.reader = reader
        self.acts: list[Act] = []
        self._connection = connection
        self._journal = Journal(connection, reader)

    async def tasks(
        self,
        status: Wanted = "all",
        *,
        words: str = "",
        tag: str = "",
        priority: str = "",
        due_from: date | None = None,
        due_to: date | None = None,
    ) -> Sequence[Task]:
        """See `Board.tasks`."""
        listed = select(tasks).where(mine(tasks, self), tasks.c.deleted_at.is_(None))
        if status != "all":
            listed = listed.where(tasks.c.status == status)
        for word in folded.fold(words).split():
            listed = listed.where(tasks.c.words.contains(word, autoescape=True))
        if tag:
            # In the JSON text a quote within a tag has a backslash before it, and no tag has a space.
            first = json.dumps([task.tag(tag)])[:-1]
            listed = listed.where(
                or_(
                    cast(tasks.c.tags, Text).contains(first, autoescape=True),
                    cast(tasks.c.tags, Text).contains(f", {first[1:]}", autoescape=True),
                )
            )
        if priority:
            listed = listed.where(tasks.c.priority == priority)
        if due_from:
            listed = listed.where(tasks.c.due >= due_from.isoformat())
        if due_to:
            listed = listed.where(tasks.c.due <= due_to.isoformat())
        return await self._read(listed.order_by(tasks.c.number))

    async def deleted(self) -> Sequence[Task]:
        """See `Board.deleted`."""
        listed = select(tasks).where(mine(tasks, self), tasks.c.deleted_at > ids.now() - KEPT)
        return await self._read(listed.order_by(tasks.c.deleted_at.desc(), tasks.c.number.desc()))

    async def get(self, number: int) -> Task:
        """See `Board.get`."""
        return read(await self._there(number))

    async def add(self, told: Details) -> Task:
        """See `Board.add`."""
        kept = checked(told, new=True)
        await self._require_room()
        await roll.enrol(self._connection, self)
        number = await self._journal.next_number()
        await self._journal.note(number, None)
        now = ids.now()
        row = {"status": "pending", "description": "", "priority": "normal", "tags": [], **_columns(kept)}
        row |= {"number": number, "created_at": now, "updated_at": now, "words": _words(row)}
        await self._write(row)
        self.acts.append("add")
        return await self.get(number)

    async def update(self, number: int, told: Details, *, status: Status | None = None) -> tuple[Task, Task]:
        """See `Board.update`."""
        columns = _columns(checked(told, new=False, more=status is not None))
        row = await self._there(number)
        if status is not None:
            columns |= _done(row, task.status(status) == "completed")
        self.acts.append("update")
        return await self._change(row, columns)

    async def complete(self, number: int, *, done: bool = True) -> tuple[Task, Task]:
        """See `Board.complete`."""
        row = await self._there(number)
        self.acts.append("complete" if done else "reopen")
        return await self._change(row, _done(row, done))

    async def delete(self, number: int) -> Task:
        """See `Board.delete`."""
        gone, _ = await self._change(await self._there(number), {"deleted_at": ids.now()})
        await self._forget_oldest()
        self.acts.append("delete")
        return gone

    async def restore(self, number: int) -> Task:
        """See `Board.restore`."""
        row = await self._any(number)
        if row["deleted_at"] is None:
            return read(row)
        if row["deleted_at"] <= ids.now() - KEPT:
            raise NoSuchTask(number)
        await self._require_room()
        await self._journal.brought_back(number, row)
        await self._set(number, {"deleted_at": None})
        self.acts.append("restore")
        return await self.get(number)

    async def undo(self) -> Sequence[tuple[Task, Task]]:
        """See `Board.undo`."""
        before = await self._journal.taken()
        if not before:
            raise NothingToUndo
        changed: list[tuple[Task, Task]] = []
        for number, row in before.items():
            was = read(await self._any(number))
            await self._set(number, {"deleted_at": ids.now()} if row is None else row)
            changed.append((was, read(await self._any(number))))
        await self._require_room(further=0)
        self.acts.append("undo")
        return changed

    async def revision(self) -> int:
        """See `Board.revision`."""
        return await self._journal.revision()

    async def _there(self, number: int) -> Row:
        row = await self._any(number)
        if row["deleted_at"] is not None:
            raise NoSuchTask(number)
        return row

    async def _any(self, number: int) -> Row:
        found = await self._connection.execute(select(tasks).where(mine(tasks, self), tasks.c.number == number))
        row = found.mappings().one_or_none()
        if row is None:
            raise NoSuchTask(number)
        return dict(row)

    async def _change(self, row: Row, columns: Mapping[str, Any]) -> tuple[Task, Task]:
        """Writes what of `columns` is not so already, noting how the task was."""
        different = {name: value for name, value in columns.items() if row[name] != value}
        if different:
            await self._journal.note(row["number"], row)
            words = _words({**row, **different})
            await self._set(row["number"], {**different, "words": words, "updated_at": ids.now()})
        return read(row), read(await self._any(row["number"]))

    async def _set(self, number: int, columns: Mapping[str, Any]) -> None:
        """Writes `columns` of a task; that it was, it says itself."""
        told = {"updated_at": ids.now(), **columns}
        await self._connection.execute(update(tasks).where(mine(tasks, self), tasks.c.number == number).values(**told))

    async def _read(self, listed: Select[Any]) -> Sequence[Task]:
        return [read(dict(row)) for row in (await self._connection.execute(listed)).mappings()]

    async def _require_room(self, *, further: int = 1) -> None:
        counted = select(func.count()).select_from(tasks).where(mine(tasks, self), tasks.c.deleted_at.is_(None))
        has = int((await self._connection.execute(counted)).scalar_one())
        if has + further > MAX_TASKS:
            raise BadTask(task_lists.TOO_MANY_TASKS.of(count=has, most=MAX_TASKS))

    async def _forget_oldest(self) -> None:
        """Takes away for good what was deleted first, where more than `MAX_TASKS` wait to be brought back."""
        waiting = select(tasks.c.number).where(mine(tasks, self), tasks.c.deleted_at.is_not(None))
        first = waiting.order_by(tasks.c.deleted_at.desc(), tasks.c.number.desc()).offset(MAX_TASKS).limit(MAX_TASKS)
        oldest = (await self._connection.execute(first)).scalars().all()
        if oldest:
            await self._journal.forget(oldest)
            await self._connection.execute(delete(tasks).where(mine(tasks, self), tasks.c.number.in_(oldest)))

    async def _write(self, row: Mapping[str, Any]) -> None:
        dialect = self._connection.dialect.name
        await self._connection.execute(upsert(tasks, self, rows=[row], replacing=["title"], dialect=dialect))


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


def _done(row: Row, done: bool) -> dict[str, Any]:
    """The columns of a task that is to be completed, or not; none where it is so already."""
    if (row["status"] == "completed") == done:
        return {}
    return {"status": "completed" if done else "pending", "completed_at": ids.now() if done else None}


def _words(row: Mapping[str, Any]) -> str:
    return " ".join(folded.fold(" ".join((row["title"], row["description"], *row["tags"]))).split())


def read(row: Row) -> Task:
    """The task that a row of `tasks` tells of."""
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
