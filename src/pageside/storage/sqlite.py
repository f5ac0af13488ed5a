"""Conversations in a SQLite file, which may come and go and is looked for anew on every use."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import quote

import anyio.to_thread
import structlog
from sqlalchemy import exc
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from pageside.errors import SettingsError
from pageside.storage.outage import gone, is_sqlite_outage
from pageside.storage.owner import Owner
from pageside.storage.pooled import pooled
from pageside.storage.sqlite_thread import Connection as Thread

log = structlog.get_logger(__name__)

_Place = tuple[int, int]

PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL")


def path_of(url: str) -> Path:
    """The file that a SQLite `url` names.

    Raises:
        SettingsError: The URL is not of SQLite, or names no file.
    """
    try:
        parsed = make_url(url)
    except exc.ArgumentError:
        raise SettingsError("The database URL cannot be read; write it as in sqlite:///pageside.db.") from None
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise SettingsError(
            "The database URL must name a SQLite file, as in sqlite:///pageside.db, or a PostgreSQL database, as in "
            f"postgresql://role:password@host/name; got {parsed.get_backend_name()} ({parsed.database or 'no file'})."
        )
    return Path(parsed.database)


class SqliteFile:
    """Units of work on one file. A file that was used and has vanished is waited for, not created anew."""

    def __init__(
        self,
        path: Path,
        *,
        prepare: Callable[[], Awaitable[None]] | None,
        pool_size: int,
        pool_overflow: int,
        busy_timeout: timedelta,
    ) -> None:
        self._path = path
        self._engine = _engine(path, pool_size=pool_size, pool_overflow=pool_overflow, busy_timeout=busy_timeout)
        self._most = pool_size + pool_overflow
        self._prepare = prepare
        self._place: _Place | None = None
        self._looking = asyncio.Lock()
        self._writing = asyncio.Lock()

    async def ready(self) -> None:
        """Looks for the file, and prepares it before it is used for the first time.

        Raises:
            StoreUnavailable: There is none.
        """
        # An open connection goes on writing into a file that was removed or replaced; only its inode tells.
        if await self._in_use():
            return
        async with self._looking:
            if await self._in_use():
                return
            await self._engine.dispose()
            if self._prepare is not None and (self._place is None or await self._found()):
                await self._prepare()
            place = await self._found()
            if place is None:
                log.error("store_unavailable", reason="the database file does not exist")
                raise gone()
            self._place = place

    @asynccontextmanager
    async def writing(self, owner: Owner) -> AsyncIterator[AsyncConnection]:
        """A unit of work that writes."""
        # SQLite lets one write and the others try again, with no queue: under load one of them never gets its turn.
        async with self._writing, self._begun("BEGIN IMMEDIATE") as connection:
            yield connection
            await connection.commit()

    @asynccontextmanager
    async def reading(self, owner: Owner | None) -> AsyncIterator[AsyncConnection]:
        """A unit of work that reads."""
        async with self._begun("BEGIN") as connection:
            yield connection

    async def become(self, connection: AsyncConnection, owner: Owner) -> None:
        """Nothing to do: statements alone say whose rows they are about."""

    def concerns(self) -> list[str]:
        """Nothing: the file's rights are all there is."""
        return []

    def connections(self) -> tuple[int, int, int]:
        """In use, idle, and at most."""
        return pooled(self._engine.pool, most=self._most)

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _begun(self, begin: str) -> AsyncIterator[AsyncConnection]:
        """A transaction, of which nothing stays but what the block commits."""
        async with self._outages_told():
            connection, thread = await self._begin(begin)
            try:
                yield connection
            finally:
                await thread.rollback()
                await connection.close()

    async def _begin(self, begin: str) -> tuple[AsyncConnection, Thread]:
        """A connection in a new transaction on the file that is there now, and its thread."""
        while True:
            if self._place is None:
                await self.ready()
            connection = await self._engine.connect()
            try:
                thread = _thread_of(connection)
                if await thread.begin(begin, unless=self._has_moved):
                    return connection, thread
            except BaseException:
                await connection.close()
                raise
            await connection.close()
            await self.ready()

    @asynccontextmanager
    async def _outages_told(self) -> AsyncIterator[None]:
        try:
            yield
        except Exception as error:
            if not is_sqlite_outage(error):
                raise
            reason = error.orig if isinstance(error, exc.DBAPIError) else error
            log.error("store_unavailable", reason=str(reason))  # noqa: TRY400  # the cause is enough
            if not isinstance(error, exc.TimeoutError):  # which says only that all connections are in use
                await self._engine.dispose()
            raise gone() from reason

    def _has_moved(self) -> bool:
        return _place_of(self._path) != self._place

    async def _in_use(self) -> bool:
        place = await self._found()
        return place is not None and place == self._place

    async def _found(self) -> _Place | None:
        return await anyio.to_thread.run_sync(_place_of, self._path)


def _place_of(path: Path) -> _Place | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _engine(path: Path, *, pool_size: int, pool_overflow: int, busy_timeout: timedelta) -> AsyncEngine:
    async def connect() -> Thread:
        return await Thread(partial(_connect, path, busy_timeout))

    return create_async_engine(
        "sqlite+aiosqlite://",
        connect_args={"async_creator_fn": lambda *_, **__: connect()},
        hide_parameters=True,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=pool_size,
        max_overflow=pool_overflow,
        pool_timeout=busy_timeout.total_seconds(),
        pool_use_lifo=True,
    )


def _connect(path: Path, busy_timeout: timedelta) -> sqlite3.Connection:
    # mode=rw: a missing file is an error, never a new and empty database.
    address = f"file:{quote(str(path.absolute()))}?mode=rw"
    # The driver begins late and lets two readers deadlock on becoming writers; a writer here begins as one.
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=busy_timeout.total_seconds())
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _thread_of(connection: AsyncConnection) -> Thread:
    opened = connection.sync_connection
    thread = opened.connection.driver_connection if opened is not None else None
    if not isinstance(thread, Thread):
        raise TypeError("the connection is not of this engine")
    return thread
