"""The one database: how it is opened, what a transaction is, and what its absence looks like."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import quote

import anyio.to_thread
import structlog
from sqlalchemy import Connection, event, exc, literal, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from pageside.errors import SettingsError, StoreUnavailable
from pageside.storage.tables import threads

log = structlog.get_logger(__name__)

_BEGIN = "pageside_begin"
_Place = tuple[int, int]

PRAGMAS = ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL")


def sqlite_path(url: str) -> Path:
    """The file that a SQLite `url` names.

    Raises:
        SettingsError: The URL is not of SQLite, or names no file.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise SettingsError(
            f"The database URL must name a SQLite file, as in sqlite:///pageside.db; got {_shown(parsed)}."
        )
    return Path(parsed.database)


class Database:
    """Transactions on the relational store; it may come and go, and is looked for anew on every use."""

    def __init__(self, engine: AsyncEngine, *, path: Path, prepare: Callable[[], Awaitable[None]] | None) -> None:
        self._engine = engine
        self._path = path
        self._prepare = prepare
        self._place: _Place | None = None
        self._looking = asyncio.Lock()
        self._writing = asyncio.Lock()

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        prepare: Callable[[str], Awaitable[None]] | None = None,
        pool_size: int = 5,
        busy_timeout: timedelta = timedelta(seconds=5),
    ) -> Self:
        """The database at `url`; one that cannot be reached yet is looked for again on every use.

        Args:
            prepare: Called with `url` before a file is used for the first time, to create or migrate it. A file that
                was used and has vanished is waited for, not created anew.
            pool_size: Connections kept open, at most.
            busy_timeout: How long a writer waits for one of another process, and a task for a connection.

        Raises:
            SettingsError: `url` cannot be used.
        """
        path = sqlite_path(url)
        engine = _sqlite_engine(path, pool_size=pool_size, busy_timeout=busy_timeout)
        database = cls(engine, path=path, prepare=None if prepare is None else partial(prepare, url))
        with suppress(StoreUnavailable):
            await database._look_for_file()
        return database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One unit of work that writes: all of it is stored at the end of the block, or none.

        Raises:
            StoreUnavailable: The database cannot be reached or written.
        """
        # SQLite lets one write and the others try again, with no queue: under load one of them never gets its turn.
        async with self._writing, self._begun("BEGIN IMMEDIATE") as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One unit of work that reads: every statement in the block sees the same state.

        Raises:
            StoreUnavailable: The database cannot be reached.
        """
        async with self._begun("BEGIN") as connection:
            yield connection

    async def healthy(self) -> bool:
        """Whether the conversations can be read now."""
        try:
            async with self.reading() as connection:
                await connection.execute(select(literal(1)).select_from(threads).limit(1))
        except StoreUnavailable:
            return False
        return True

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _begun(self, begin: str) -> AsyncIterator[AsyncConnection]:
        await self._look_for_file()
        try:
            with _unavailable():
                async with self._engine.connect() as connection:
                    await connection.execution_options(**{_BEGIN: begin})
                    async with connection.begin():
                        yield connection
        except StoreUnavailable as error:
            log.error("store_unavailable", reason=str(error.__cause__))  # noqa: TRY400  # the cause is enough
            await self._engine.dispose()
            raise

    async def _look_for_file(self) -> None:
        # An open connection goes on writing into a file that was removed or replaced; only its inode tells.
        if await self._file_in_use():
            return
        async with self._looking:
            if await self._file_in_use():
                return
            await self._engine.dispose()
            if self._prepare is not None and (self._place is None or await self._file_place()):
                await self._prepare()
            place = await self._file_place()
            if place is None:
                log.error("store_unavailable", reason="the database file does not exist")
                raise _gone()
            self._place = place

    async def _file_in_use(self) -> bool:
        place = await self._file_place()
        return place is not None and place == self._place

    async def _file_place(self) -> _Place | None:
        return await anyio.to_thread.run_sync(_place_of, self._path)


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except exc.ArgumentError:
        raise SettingsError("The database URL cannot be read; write it as in sqlite:///pageside.db.") from None


def _shown(url: URL) -> str:
    return f"{url.get_backend_name()} ({url.database or 'no file'})"


def _place_of(path: Path) -> _Place | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _gone() -> StoreUnavailable:
    return StoreUnavailable("Conversations cannot be read or saved at the moment. Please try again shortly.")


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except (exc.IntegrityError, exc.ProgrammingError, exc.DataError, exc.NotSupportedError):
        raise
    except (exc.DatabaseError, exc.InterfaceError, exc.TimeoutError, sqlite3.Error) as error:
        raise _gone() from (error.orig if isinstance(error, exc.DBAPIError) else error)


def _sqlite_engine(path: Path, *, pool_size: int, busy_timeout: timedelta) -> AsyncEngine:
    engine = create_async_engine(
        # mode=rw: a missing file is an error, never a new and empty database.
        URL.create(
            "sqlite+aiosqlite",
            database=f"file:{quote(str(path.absolute()))}",
            query={"mode": "rw", "uri": "true"},
        ),
        connect_args={"isolation_level": None, "timeout": busy_timeout.total_seconds()},
        hide_parameters=True,
        pool_size=pool_size,
        pool_timeout=busy_timeout.total_seconds(),
    )
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for pragma in PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # The driver begins late and lets two readers deadlock on becoming writers; a writer here begins as one.
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN, "BEGIN"))
