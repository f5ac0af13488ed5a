"""What ends by itself: conversations nobody wrote in for long, requests of yesterday, and what was left without an end.

Readers are taken from their roll one by one, each within their own rows. Most have nothing to be taken away, so that is
looked at first, where it keeps nobody from writing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.conversation import erasing, noting, remembered
from pageside.conversation.attachments import UNSENT_FOR
from pageside.conversation.turn import Turn
from pageside.identity import roll
from pageside.identity.ownership import mine
from pageside.storage.engine import Database
from pageside.storage.files import Files
from pageside.storage.tables import attachments, leases, requests, sessions, task_acts, tasks, threads
from pageside.tasks import keeping as task_keeping
from pageside.tasks.board import KEPT

EVERY: Final = timedelta(days=1)
ABANDONED: Final = timedelta(minutes=10)  # a claim on no thread that ran out so long ago is nobody's

_AT_ONCE: Final = 500
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was taken away, or would be.

    Attributes:
        attachments: Files that were sent in those threads, or never sent.
        requests: Memories of requests that were carried out.
        tasks: Deleted ones that can no longer be brought back, and all of readers who have been away.
    """

    threads: int = 0
    attachments: int = 0
    requests: int = 0
    tasks: int = 0

    def __add__(self, other: Pruned) -> Pruned:
        return Pruned(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))

    def __bool__(self) -> bool:
        return any(astuple(self))


@dataclass(frozen=True, slots=True)
class _Ages:
    """What was written before these moments is old."""

    now: datetime
    written: datetime
    unsent: datetime
    asked: datetime
    claimed: datetime
    deleted: datetime


class Pruning:
    """Walks through everybody's rows in `database`, and deletes bytes from `files`."""

    def __init__(self, database: Database, files: Files, *, now: Callable[[], datetime] = ids.now) -> None:
        self._database = database
        self._files = files
        self._now = now

    async def look(self, *, older_than: timedelta | None) -> Pruned:
        """What `run` would take away.

        Raises:
            StoreUnavailable: The database cannot be reached.
        """
        ages, total = self._ages(older_than), Pruned()
        async for reader in roll.walk(self._database):
            due, _ = await self._due(Turn(reader=reader), ages)
            total += due
        return total

    async def run(self, *, older_than: timedelta | None) -> Pruned:
        """Takes away what is old; of requests, and of files that were not sent, what is older than a day.

        Args:
            older_than: Since the last thing that was written in a thread; None keeps threads. Tasks go when so long
                nothing was done with any of them, and nothing written in any thread.

        Raises:
            StoreUnavailable: The database cannot be reached; what was done stands.
        """
        ages, total = self._ages(older_than), Pruned()
        async for reader in roll.walk(self._database):
            turn = Turn(reader=reader)
            due, left_over = await self._due(turn, ages)
            if due or left_over:
                await self._take_away(turn, ages)
            total += due
        return total

    def _ages(self, older_than: timedelta | None) -> _Ages:
        now = self._now()
        return _Ages(
            now=now,
            written=_NEVER if older_than is None else now - older_than,
            unsent=now - UNSENT_FOR,
            asked=now - remembered.KEPT_FOR,
            claimed=now - ABANDONED,
            deleted=now - KEPT,
        )

    async def _due(self, turn: Turn, ages: _Ages) -> tuple[Pruned, bool]:
        """What of the reader's is old, asked in one statement; and whether there may be anything else to tidy."""
        old = (
            select(func.count())
            .select_from(threads)
            .where(mine(threads, turn), threads.c.updated_at < ages.written)
            .scalar_subquery()
        )
        files = (
            select(func.count())
            .select_from(attachments)
            .where(mine(attachments, turn))
            .where(
                or_(
                    and_(attachments.c.status != "attached", attachments.c.created_at < ages.unsent),
                    attachments.c.thread_id.in_(
                        select(threads.c.id).where(mine(threads, turn), threads.c.updated_at < ages.written)
                    ),
                )
            )
            .scalar_subquery()
        )
        asked = (
            select(func.count())
            .select_from(requests)
            .where(mine(requests, turn), requests.c.created_at < ages.asked)
            .scalar_subquery()
        )
        held = select(threads.c.id).where(mine(threads, turn)).exists()
        stray = (
            select(leases.c.thread_id)
            .where(mine(leases, turn))
            .where(leases.c.thread_id.not_in(select(threads.c.id).where(mine(threads, turn))))
            .exists()
        )
        ended = select(sessions.c.id).where(mine(sessions, turn), sessions.c.expires_at <= ages.now).exists()
        noted = select(task_acts.c.unit).where(mine(task_acts, turn), task_acts.c.at <= ages.deleted).exists()
        async with self._database.reading(turn.reader) as connection:
            found = (await connection.execute(select(old, files, asked, held, stray, ended, noted))).one()
            due = Pruned(found[0], found[1], found[2], (await _old_tasks(connection, turn, ages))[0])
        return due, not found[3] or bool(found[4]) or bool(found[5]) or bool(found[6])

    async def _take_away(self, turn: Turn, ages: _Ages) -> None:
        more = True
        while more:
            async with self._database.transaction(turn.reader) as connection:
                found = await connection.execute(
                    select(threads.c.id).where(mine(threads, turn), threads.c.updated_at < ages.written).limit(_AT_ONCE)
                )
                old = found.scalars().all()
                erased = await erasing.erase(connection, old, turn)
                files = [*erased.files, *await _tidied(connection, turn, ages)]
                if (await _old_tasks(connection, turn, ages))[1]:
                    await task_keeping.erase(connection, turn)
                else:
                    await task_keeping.purge(connection, turn, before=ages.deleted)
                await roll.strike(connection, turn)
                await noting.forget(self._database, connection, erased.threads)
            await erasing.forget(self._files, files)
            more = len(old) == _AT_ONCE


async def _old_tasks(connection: AsyncConnection, turn: Turn, ages: _Ages) -> tuple[int, bool]:
    """How many of the reader's tasks are old; and whether all are, as nothing of theirs is younger."""
    held = select(func.count()).select_from(tasks).where(mine(tasks, turn)).scalar_subquery()
    deleted = (
        select(func.count())
        .select_from(tasks)
        .where(mine(tasks, turn), tasks.c.deleted_at <= ages.deleted)
        .scalar_subquery()
    )
    acted = select(tasks.c.number).where(mine(tasks, turn), tasks.c.updated_at >= ages.written).exists()
    wrote = select(threads.c.id).where(mine(threads, turn), threads.c.updated_at >= ages.written).exists()
    found = (await connection.execute(select(held, deleted, acted, wrote))).one()
    away = not found[2] and not found[3]
    return (found[0] if away else found[1]), away and bool(found[0])


async def _tidied(connection: AsyncConnection, turn: Turn, ages: _Ages) -> list[str]:
    """Deletes what belongs to no thread and is old; gives the keys of the bytes."""
    unsent = await connection.execute(
        delete(attachments)
        .where(mine(attachments, turn))
        .where(attachments.c.status != "attached", attachments.c.created_at < ages.unsent)
        .returning(attachments.c.file)
    )
    keys = list(unsent.scalars())
    await connection.execute(delete(requests).where(mine(requests, turn), requests.c.created_at < ages.asked))
    await connection.execute(delete(sessions).where(mine(sessions, turn), sessions.c.expires_at <= ages.now))
    await connection.execute(
        delete(leases)
        .where(mine(leases, turn), leases.c.expires_at < ages.claimed)
        .where(leases.c.thread_id.not_in(select(threads.c.id).where(mine(threads, turn))))
    )
    return keys
