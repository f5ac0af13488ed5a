"""What has been said of an answer under way, stored now and then: a process that is killed takes little of it along.

The item is the one that the whole answer will be, so it stands at its place, and is written over by the end of the
answer, whole or cut short. Until then it is marked as unfinished.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from chatkit.types import AssistantMessageItem
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.conversation import stored
from pageside.conversation.turn import Turn
from pageside.errors import StoreUnavailable
from pageside.identity.ownership import mine, owner
from pageside.storage.engine import Database
from pageside.storage.tables import items, threads

log = structlog.get_logger(__name__)

EVERY = timedelta(seconds=1)
UNFINISHED = "unfinished"
_AT_ONCE = 2  # of all answers of this process
_A_SECOND = 100  # likewise: where more are under way, each waits longer, for storing costs more than answering


class Checkpoints:
    """Stores unfinished answers beside their streams, which never wait for it."""

    def __init__(self, database: Database, *, every: timedelta = EVERY) -> None:
        """Nothing stored yet.

        Args:
            every: How long words may be unstored; an answer that takes less from its first word on costs nothing.
                Where more than a hundred answers are under way, as many seconds as there are hundreds.
        """
        self._database = database
        self._every_s = every.total_seconds()
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._under_way = 0

    @asynccontextmanager
    async def kept(self, said: Callable[[], AssistantMessageItem | None], turn: Turn) -> AsyncIterator[None]:
        """Stores from time to time what has been said, for as long as the block lasts.

        Args:
            said: The answer so far; None where no answer is open.
        """
        keeping = asyncio.create_task(self._keep(said, turn))
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            keeping.cancel()

    async def _keep(self, said: Callable[[], AssistantMessageItem | None], turn: Turn) -> None:
        loop = asyncio.get_running_loop()
        due: float | None = None
        kept = 0
        while True:
            await asyncio.sleep(self._every_s / 2)
            item = said()
            if item is None:
                due, kept = None, 0
                continue
            if due is None:
                due = loop.time() + self._every_s / 2
            length = sum(len(part.text) for part in item.content)
            if loop.time() < due or length == kept:
                continue
            async with self._turns:
                await self._store(said() or item, turn)
            due, kept = loop.time() + max(self._every_s, self._under_way / _A_SECOND), length

    async def _store(self, item: AssistantMessageItem, turn: Turn) -> None:
        try:
            async with self._database.transaction(turn.reader) as connection:
                await _write(connection, item, turn)
        except StoreUnavailable:
            log.warning("checkpoint_not_stored")


def is_unfinished(told: object) -> bool:
    """Whether the stored form of an item says that the answer was still under way."""
    return isinstance(told, Mapping) and told.get(UNFINISHED) is True


async def _write(connection: AsyncConnection, item: AssistantMessageItem, turn: Turn) -> None:
    row = stored.of_item(item)
    told = row["data"]
    row["data"] = {**told, UNFINISHED: True} if isinstance(told, Mapping) else told
    found = await connection.execute(
        select(items.c.data).where(mine(items, turn), items.c.thread_id == item.thread_id, items.c.id == item.id)
    )
    there = found.one_or_none()
    if there is None:
        await _insert(connection, item, row, turn)
    elif is_unfinished(there.data):  # else the whole answer came first
        await connection.execute(
            update(items)
            .where(mine(items, turn), items.c.thread_id == item.thread_id, items.c.id == item.id)
            .values(row)
        )


async def _insert(
    connection: AsyncConnection, item: AssistantMessageItem, row: Mapping[str, object], turn: Turn
) -> None:
    counted = await connection.execute(
        update(threads)
        .where(mine(threads, turn), threads.c.id == item.thread_id)
        .values(last_seq=threads.c.last_seq + 1)
        .returning(threads.c.last_seq)
    )
    seq = counted.scalar_one_or_none()
    if seq is not None:  # else the thread was deleted meanwhile
        await connection.execute(
            insert(items).values(**owner(turn), thread_id=item.thread_id, id=item.id, seq=seq, **row)
        )
