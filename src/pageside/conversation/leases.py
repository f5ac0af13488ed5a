"""Who is answering in a thread, known to every process: a claim in the database that expires unless it is renewed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog
from sqlalchemy import and_, delete, insert, or_, update
from sqlalchemy.exc import IntegrityError

from pageside import ids
from pageside.conversation.ownership import mine, owner
from pageside.conversation.turn import Turn
from pageside.errors import StoreUnavailable, ThreadBusy
from pageside.storage.engine import Database
from pageside.storage.tables import leases

log = structlog.get_logger(__name__)

LIFETIME = timedelta(seconds=20)
_LOOK_AGAIN_S = 0.05


class Leases:
    """Claims of this process, which itself begins one answer at a time in a thread; those of a dead process run out."""

    def __init__(self, database: Database, *, grace: timedelta, lifetime: timedelta = LIFETIME) -> None:
        """No claims yet.

        Args:
            grace: How long to wait for another process to end its answer.
            lifetime: How long a claim holds without being renewed.
        """
        self._database = database
        self._grace = grace
        self._lifetime = lifetime
        self._holder = ids.new("srv")

    @asynccontextmanager
    async def held(self, thread_id: str, turn: Turn) -> AsyncIterator[None]:
        """The right to answer in the thread, for as long as the block lasts.

        Raises:
            ThreadBusy: Another process is answering in the thread.
            StoreUnavailable: The database cannot be written.
        """
        await self._take(thread_id, turn)
        renewing = asyncio.create_task(self._renew(thread_id, turn))
        try:
            yield
        finally:
            renewing.cancel()
            await self._give_back(thread_id, turn)

    async def _take(self, thread_id: str, turn: Turn) -> None:
        deadline = asyncio.get_running_loop().time() + self._grace.total_seconds()
        while not await self._claim(thread_id, turn):
            if asyncio.get_running_loop().time() > deadline:
                raise ThreadBusy("This conversation is still answering; wait for the answer or stop it.")
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _claim(self, thread_id: str, turn: Turn) -> bool:
        try:
            async with self._database.transaction() as connection:
                # A claim of our own is one we could not give back: this process begins no second answer in a thread.
                left = and_(leases.c.thread_id == thread_id, leases.c.holder == self._holder)
                over = or_(leases.c.expires_at < ids.now(), left)
                await connection.execute(delete(leases).where(mine(leases, turn), over))
                await connection.execute(
                    insert(leases).values(
                        **owner(turn), thread_id=thread_id, holder=self._holder, expires_at=ids.now() + self._lifetime
                    )
                )
        except IntegrityError:
            return False
        return True

    async def _renew(self, thread_id: str, turn: Turn) -> None:
        while True:
            await asyncio.sleep(self._lifetime.total_seconds() / 3)
            try:
                async with self._database.transaction() as connection:
                    await connection.execute(
                        update(leases)
                        .where(mine(leases, turn), leases.c.thread_id == thread_id, leases.c.holder == self._holder)
                        .values(expires_at=ids.now() + self._lifetime)
                    )
            except StoreUnavailable:
                log.warning("lease_not_renewed")

    async def _give_back(self, thread_id: str, turn: Turn) -> None:
        try:
            async with self._database.transaction() as connection:
                await connection.execute(
                    delete(leases).where(
                        mine(leases, turn), leases.c.thread_id == thread_id, leases.c.holder == self._holder
                    )
                )
        except StoreUnavailable:
            log.warning("lease_not_given_back")
