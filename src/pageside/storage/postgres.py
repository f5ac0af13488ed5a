"""Conversations in PostgreSQL, schema `chatkit`: connections, units of work, and whose rows each may touch.

Everything here also works behind a pooler that gives every transaction another server connection (PgBouncer, Neon,
Supabase), because nothing rests on the session:

- Statements name the schema themselves (`schema_translate_map`); there is no search path to set.
- Whose rows may be touched, and every timeout, is set for one transaction, in the same message that begins it.
- Startup sends only the parameters that poolers let pass, unless the URL asks for more (`options`).
- No prepared statement has a name: a name lives in one server connection, and the next transaction may get another.
  The driver keeps the description of each statement, and has it parsed anew in the message that executes it.

A unit of work is one message that begins it, its statements, and one message that ends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import anyio
import asyncpg
import structlog
from sqlalchemy import exc, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from pageside.errors import StoreUnavailable
from pageside.storage import postgres_messages as messages
from pageside.storage.address import Address
from pageside.storage.outage import Outage, explained, gone, is_confused, is_postgres_outage, outage
from pageside.storage.owner import Owner
from pageside.storage.pooled import pooled
from pageside.storage.postgres_messages import Limits

log = structlog.get_logger(__name__)

SCHEMA = "chatkit"
_RECYCLE_AFTER = timedelta(minutes=30)  # before what lies between drops an idle connection silently
_WHO = "SELECT rolname, rolsuper OR rolbypassrls AS passes FROM pg_roles WHERE rolname = current_user"


class PostgresServer:
    """Units of work on one database; the server may come and go."""

    def __init__(
        self, address: Address, *, limits: Limits, prepare: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._address = address
        self._limits = limits
        self._prepare = prepare
        self._engine: AsyncEngine | None = None
        self._concerns: list[str] = []
        self._opening = asyncio.Lock()
        self._failed_at = 0.0
        self._stale_before = 0.0

    async def ready(self) -> None:
        """Prepares the database and opens the connections, once; tries again after a failure.

        Raises:
            StoreUnavailable: The server cannot be reached, or the database cannot be used.
        """
        await self._opened()

    @asynccontextmanager
    async def writing(self, owner: Owner) -> AsyncIterator[AsyncConnection]:
        """A unit of work that writes the owner's rows, one at a time for each owner, in whatever process.

        Each statement sees what was committed before it. Because those who write the same rows wait for each other
        before they read anything, no unit can overwrite what it has not seen, none can deadlock with another, and
        none needs repeating.
        """
        async with self._unit(messages.begin_writing(owner, self._limits)) as connection:
            yield connection

    @asynccontextmanager
    async def reading(self, owner: Owner | None) -> AsyncIterator[AsyncConnection]:
        """A unit of work that reads the owner's rows, or nobody's: all statements see the same state."""
        async with self._unit(messages.begin_reading(owner, self._limits)) as connection:
            yield connection

    async def become(self, connection: AsyncConnection, owner: Owner) -> None:
        """Turns a unit of work to another owner's rows; those of its first owner are out of its sight from here on."""
        await messages.become(connection, owner, self._limits)

    def concerns(self) -> list[str]:
        """What weakens the walls between readers, in sentences; known once the database was opened."""
        return self._concerns

    def connections(self) -> tuple[int, int, int]:
        """In use, idle, and at most."""
        most = self._limits.size + self._limits.overflow
        return (0, 0, most) if self._engine is None else pooled(self._engine.pool, most=most)

    async def aclose(self) -> None:
        """Closes every connection."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.dispose()

    async def _opened(self) -> AsyncEngine:
        return self._engine or await self._opened_once()

    async def _opened_once(self) -> AsyncEngine:
        asked_at = asyncio.get_running_loop().time()
        async with self._opening:
            if self._engine is None:
                if self._failed_at > asked_at:  # while we waited; everybody who did is told the same
                    raise gone() from Outage("it failed a moment ago")
                try:
                    self._engine = await self._open()
                except StoreUnavailable:
                    self._failed_at = asyncio.get_running_loop().time()
                    raise
            return self._engine

    async def _open(self) -> AsyncEngine:
        if self._prepare is not None:
            try:
                await self._prepare()
            except StoreUnavailable as error:
                log.error("store_unavailable", reason=str(error))  # noqa: TRY400  # the reason is enough
                raise gone() from Outage(str(error))
        engine = self._make_engine()
        try:
            async with self._outages_told():
                self._concerns = await self._warm(engine)
        except BaseException:
            await engine.dispose()
            raise
        for concern in self._concerns:
            log.warning("row_security_bypassed", reason=concern)
        return engine

    def _make_engine(self) -> AsyncEngine:
        return create_async_engine(
            "postgresql+asyncpg://",
            connect_args={"async_creator_fn": self._connect},
            # AUTOCOMMIT: transactions are begun and ended here, in one message each.
            execution_options={"schema_translate_map": {None: SCHEMA}, "isolation_level": "AUTOCOMMIT"},
            hide_parameters=True,
            pool_size=self._limits.size,
            max_overflow=self._limits.overflow,
            pool_timeout=self._limits.wait.total_seconds(),
            pool_recycle=int(_RECYCLE_AFTER.total_seconds()),
            pool_use_lifo=True,
        )

    async def _connect(self) -> object:
        # The driver's own time is longer than the server's, which knows better what it has done.
        longest = max(self._limits.statement, self._limits.wait) + timedelta(seconds=5)
        try:
            connection: object = await asyncpg.connect(
                **self._address.arguments, command_timeout=longest.total_seconds(), statement_cache_size=0
            )
        except messages.DRIVER_ERRORS as error:
            raise ConnectionError(str(error)) from error  # whatever it says, no statement of ours is to blame
        return connection

    async def _warm(self, engine: AsyncEngine) -> list[str]:
        """Opens the connections, and gives what is to be said of the role."""
        async with AsyncExitStack() as opened:
            first = await opened.enter_async_context(self._begun(engine, messages.begin_reading(None, self._limits)))
            role = (await first.execute(text(_WHO))).one()
            try:
                async with anyio.create_task_group() as opening:
                    for _ in range(self._limits.size - 1):
                        opening.start_soon(self._open_one, engine, opened)
            except* (OSError, exc.DBAPIError, *messages.DRIVER_ERRORS) as several:
                # One works, so the rest may come when they are needed: there may be no more for this role.
                log.warning("connections_not_warmed", reason=explained(several.exceptions[0], self._address))
        if not role.passes:
            return []
        return [f"Role {role.rolname!r} is a superuser or has BYPASSRLS, so that row-level security does not hold it."]

    async def _open_one(self, engine: AsyncEngine, opened: AsyncExitStack) -> None:
        connection = await self._checked_out(engine)
        opened.push_async_callback(connection.close)

    @asynccontextmanager
    async def _unit(self, begin: str) -> AsyncIterator[AsyncConnection]:
        engine = await self._opened()
        async with self._outages_told(), self._begun(engine, begin) as connection:
            yield connection

    @asynccontextmanager
    async def _begun(self, engine: AsyncEngine, begin: str) -> AsyncIterator[AsyncConnection]:
        connection = await self._begin(engine, begin)
        try:
            yield connection
            await messages.commit(connection, self._limits)
        except BaseException:
            await messages.take_back(connection)
            raise
        await connection.close()

    async def _begin(self, engine: AsyncEngine, begin: str) -> AsyncConnection:
        """A connection in a new transaction; one that died in the pool is replaced before anybody notices."""
        try:
            return await self._begin_once(engine, begin)
        except _Lost:
            self._stale_before = asyncio.get_running_loop().time()  # what is as old died of the same
        try:
            return await self._begin_once(engine, begin)
        except _Lost as error:
            raise error.reason from None

    async def _begin_once(self, engine: AsyncEngine, begin: str) -> AsyncConnection:
        connection = await self._checked_out(engine)
        try:
            await messages.begin(connection, begin, self._limits)
        except BaseException as error:
            lost = isinstance(error, OSError) or is_confused(error) or await messages.is_closed(connection)
            await messages.take_back(connection)
            if lost and isinstance(error, Exception):
                raise _Lost(error) from error
            raise
        return connection

    async def _checked_out(self, engine: AsyncEngine) -> AsyncConnection:
        """A connection that is not known to be dead."""
        while True:
            connection = await engine.connect()
            used_since = _notes(connection).setdefault("used_since", asyncio.get_running_loop().time())
            if used_since >= self._stale_before and not await messages.is_closed(connection):
                return connection
            await connection.invalidate()
            await connection.close()

    @asynccontextmanager
    async def _outages_told(self) -> AsyncIterator[None]:
        try:
            yield
        except Exception as error:
            if not is_postgres_outage(error):
                raise
            reason = outage(error, self._address)
            log.error("store_unavailable", reason=str(reason))  # noqa: TRY400  # the cause is enough
            if reason.lacks_tables:
                await self.aclose()  # to be prepared anew
            raise gone() from reason


class _Lost(Exception):
    """The connection was broken before anything was asked of it."""

    def __init__(self, reason: Exception) -> None:
        super().__init__(str(reason))
        self.reason = reason


def _notes(connection: AsyncConnection) -> dict[str, float]:
    # As long as the connection to the server, in whosever hands.
    return connection.sync_connection.info if connection.sync_connection else {}
