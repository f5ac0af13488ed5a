"""Who is answering in a thread, known to every process: a claim in the database that expires unless it is renewed.

Claims are told by one clock: PostgreSQL's own, or with SQLite that of the machine all its processes share. A session's
advisory lock would end with its process at once, but it occupies a connection for as long as the answer lasts, and a
pooler in front of the database hands that connection, lock and all, to somebody else.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Insert, and_, delete, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.conversation import interruptions
from pageside.conversation.alongside import Seat
from pageside.conversation.busy import Busy
from pageside.conversation.turn import Turn
from pageside.errors import StoreUnavailable
from pageside.identity.ownership import mine, owner
from pageside.phrases import refusals
from pageside.storage.engine import Database
from pageside.storage.tables import Moment, leases

log = structlog.get_logger(__name__)

LIFETIME = timedelta(seconds=8)
_RENEWALS = 3  # in one lifetime, so that two may fail
_IMPLAUSIBLE = timedelta(minutes=1)  # no claim, not of another version either, has so long before it
_LOOK_AGAIN_S = 0.05


class Leases:
    """Claims of this process, which itself begins one answer at a time in a thread; those of a dead process run out."""

    def __init__(self, database: Database, *, grace: timedelta, lifetime: timedelta = LIFETIME) -> None:
        """No claims yet.

        Args:
            grace: How long to wait for another process to end its answer.
            lifetime: How long a claim holds without being renewed; the thread of a process that died is free after it.
        """
        self._database = database
        self._grace = grace
        self._lifetime = lifetime
        self._holder = ids.new("srv")

    @asynccontextmanager
    async def held(self, thread_id: str, turn: Turn, *, lost: Callable[[], None]) -> AsyncIterator[None]:
        """The right to answer in the thread, for as long as the block lasts.

        Args:
            lost: Called when the claim ran out, as it does while the process is halted, and another process has taken
                the thread.

        Raises:
            Busy: Another process is answering in the thread.
            StoreUnavailable: The database cannot be written.
        """
        seat = self._seat(thread_id)
        async with AsyncExitStack() as stack:
            await transaction(stack, self._database, seat, turn)
        seat.taken = True
        async with self._kept(seat, turn, lost):
            yield

    @asynccontextmanager
    async def promised(self, thread_id: str, turn: Turn, *, lost: Callable[[], None]) -> AsyncIterator[None]:
        """As `held`, from the moment on that the reader's message is stored, and in the same transaction."""
        seat = turn.alongside.seat = self._seat(thread_id)
        try:
            async with self._kept(seat, turn, lost):
                yield
        finally:
            turn.alongside.seat = None

    async def remaining(self, thread_id: str, turn: Turn) -> timedelta:
        """How long the present claim on the thread holds unless it is renewed; zero where there is none."""
        async with self._database.reading(turn.reader) as connection:
            return await _remaining(connection, thread_id, turn)

    async def settle(self, thread_id: str, turn: Turn) -> None:
        """Closes what a process that died was answering in the thread, as far as it came."""
        try:
            async with self._database.reading(turn.reader) as connection:
                dead = await _is_dead(connection, thread_id, self._holder, turn)
            if dead:
                async with self._database.transaction(turn.reader) as connection:
                    await _clear(connection, thread_id, self._holder, turn)
        except StoreUnavailable:
            log.warning("interruption_not_closed")

    def _seat(self, thread_id: str) -> Seat:
        return Seat(thread_id, holder=self._holder, lifetime=self._lifetime, grace=self._grace)

    @asynccontextmanager
    async def _kept(self, seat: Seat, turn: Turn, lost: Callable[[], None]) -> AsyncIterator[None]:
        renewing = asyncio.create_task(self._renew(seat, turn, lost))
        try:
            yield
        finally:
            renewing.cancel()
            seat.left = True
            if seat.taken:
                await self._give_back(seat, turn)

    async def _renew(self, seat: Seat, turn: Turn, lost: Callable[[], None]) -> None:
        while True:
            await asyncio.sleep(self._lifetime.total_seconds() / _RENEWALS)
            try:
                if seat.taken and not await self._renewed(seat, turn):
                    log.warning("lease_lost")
                    lost()
                    return
            except StoreUnavailable:
                log.warning("lease_not_renewed")

    async def _renewed(self, seat: Seat, turn: Turn) -> bool:
        async with self._database.transaction(turn.reader) as connection:
            done = await connection.execute(
                update(leases)
                .where(mine(leases, turn), leases.c.thread_id == seat.thread_id, leases.c.holder == seat.holder)
                .values(expires_at=_now(connection, seat.lifetime))
            )
            # Only a claim that is not being given up at this moment may be brought back.
            return bool(done.rowcount) or seat.left or await take(connection, seat, turn)

    async def _give_back(self, seat: Seat, turn: Turn) -> None:
        try:
            async with self._database.transaction(turn.reader) as connection:
                await leave(connection, seat, turn)
        except StoreUnavailable:
            log.warning("lease_not_given_back")


async def transaction(stack: AsyncExitStack, database: Database, seat: Seat, turn: Turn) -> AsyncConnection:
    """Enters into `stack` a transaction in which the claim of `seat` is stored, within its grace.

    Raises:
        Busy: Another process has the thread, and does not give it up.
        StoreUnavailable: The database cannot be written.
    """
    deadline = asyncio.get_running_loop().time() + seat.grace.total_seconds()
    while True:
        connection = await stack.enter_async_context(database.transaction(turn.reader))
        if await take(connection, seat, turn):
            return connection
        left = await _remaining(connection, seat.thread_id, turn)
        await stack.aclose()
        if asyncio.get_running_loop().time() > deadline:
            raise busy(left)
        await asyncio.sleep(_LOOK_AGAIN_S)


async def take(connection: AsyncConnection, seat: Seat, turn: Turn) -> bool:
    """Stores or renews the claim of `seat` on its thread; False where another process has it."""
    insert: Callable[..., sqlite.Insert | postgresql.Insert] = (
        sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    )
    until = _now(connection, seat.lifetime)
    told = insert(leases).values(**owner(turn), thread_id=seat.thread_id, holder=seat.holder, expires_at=until)
    claimed: Insert = told.on_conflict_do_update(
        index_elements=list(leases.primary_key),
        set_={"holder": told.excluded.holder, "expires_at": told.excluded.expires_at},
        where=and_(mine(leases, turn), leases.c.holder == seat.holder),
    )
    found = await connection.execute(claimed.returning(leases.c.holder))
    if found.one_or_none() is not None:
        return True
    if not await _clear(connection, seat.thread_id, seat.holder, turn):
        return False
    found = await connection.execute(claimed.returning(leases.c.holder))
    return found.one_or_none() is not None


async def _clear(connection: AsyncConnection, thread_id: str, holder: str, turn: Turn) -> bool:
    """Removes the claim of another process that died, and closes its answer; False where there is no such claim."""
    if not await _is_dead(connection, thread_id, holder, turn):
        return False
    await connection.execute(delete(leases).where(mine(leases, turn), leases.c.thread_id == thread_id))
    await interruptions.close(connection, thread_id, turn)
    return True


async def _is_dead(connection: AsyncConnection, thread_id: str, holder: str, turn: Turn) -> bool:
    """Whether the claim on the thread is one of another process, and ran out."""
    over = or_(
        leases.c.expires_at < _now(connection, timedelta(0)),
        # Written before the clock was set back: nobody renews it.
        leases.c.expires_at > _now(connection, _IMPLAUSIBLE),
    )
    found = await connection.execute(
        select(leases.c.holder).where(
            mine(leases, turn), leases.c.thread_id == thread_id, leases.c.holder != holder, over
        )
    )
    return found.one_or_none() is not None


async def leave(connection: AsyncConnection, seat: Seat, turn: Turn) -> None:
    """Removes the claim of `seat`, if it is still its own."""
    await connection.execute(
        delete(leases).where(mine(leases, turn), leases.c.thread_id == seat.thread_id, leases.c.holder == seat.holder)
    )


async def _remaining(connection: AsyncConnection, thread_id: str, turn: Turn) -> timedelta:
    now = _now(connection, timedelta(0)).label("now")
    found = await connection.execute(
        select(leases.c.expires_at, now).where(mine(leases, turn), leases.c.thread_id == thread_id)
    )
    row = found.one_or_none()
    left: timedelta = timedelta(0) if row is None else row.expires_at - row.now
    return left if timedelta(0) < left < _IMPLAUSIBLE else timedelta(0)


def busy(left: timedelta) -> Busy:
    """What to raise where another process is answering whose claim holds for `left`."""
    return Busy(
        refusals.STILL_ANSWERING,
        retry_after_s=max(1, math.ceil(left.total_seconds())),
    )


def _now(connection: AsyncConnection, later: timedelta) -> ColumnElement[datetime]:
    if connection.dialect.name == "sqlite":
        return literal(ids.now() + later, Moment)
    return func.clock_timestamp(type_=Moment) + literal(later)
