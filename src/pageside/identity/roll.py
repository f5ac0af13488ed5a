"""The roll of readers: everybody who has rows, so that what is old can be found when nobody comes for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.identity.ownership import Turn, mine, owner
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.tables import (
    attachments,
    leases,
    readers,
    requests,
    sessions,
    task_acts,
    task_numbers,
    tasks,
    threads,
)


async def enrol(connection: AsyncConnection, turn: Turn) -> None:
    """Puts the reader on the roll; part of every transaction that gives a reader a first row of any kind."""
    insert: Callable[..., sqlite.Insert | postgresql.Insert] = (
        sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    )
    await connection.execute(insert(readers).values(**owner(turn)).on_conflict_do_nothing())


async def strike(connection: AsyncConnection, turn: Turn) -> None:
    """Takes the reader off the roll, if nothing of theirs is left."""
    struck = await connection.execute(
        delete(readers)
        .where(mine(readers, turn))
        .where(~select(threads.c.id).where(mine(threads, turn)).exists())
        .where(~select(attachments.c.id).where(mine(attachments, turn)).exists())
        .where(~select(requests.c.key).where(mine(requests, turn)).exists())
        .where(~select(leases.c.thread_id).where(mine(leases, turn)).exists())
        .where(~select(sessions.c.id).where(mine(sessions, turn)).exists())
        .where(~select(tasks.c.number).where(mine(tasks, turn)).exists())
    )
    if struck.rowcount:  # nothing is left that a number could be said of
        await connection.execute(delete(task_acts).where(mine(task_acts, turn)))
        await connection.execute(delete(task_numbers).where(mine(task_numbers, turn)))


async def walk(database: Database) -> AsyncIterator[Reader]:
    """Everybody on the roll; who joins it or leaves it meanwhile may be among them or not.

    Raises:
        StoreUnavailable: The database cannot be reached.
    """
    last: tuple[str, str] | None = None
    while page := await database.roll(after=last):
        for organisation, subject in page:
            yield Reader(subject=subject, organisation=organisation)
        last = page[-1]
