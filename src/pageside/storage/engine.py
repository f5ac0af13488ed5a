"""The one database: how it is opened, what a transaction is, and what its absence looks like."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Protocol, Self

import anyio
from sqlalchemy import literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.errors import StoreUnavailable
from pageside.storage import address
from pageside.storage.owner import Owner, require_keepable
from pageside.storage.postgres import PostgresServer
from pageside.storage.postgres_messages import Limits
from pageside.storage.sqlite import SqliteFile, path_of
from pageside.storage.tables import readers, threads
from pageside.telemetry import metrics, tracing

_HEALTH_TIMEOUT_S = 3.0
_ON_A_PAGE = 500


class Form(Protocol):
    """What each kind of database does."""

    async def ready(self) -> None: ...
    def writing(self, owner: Owner) -> AbstractAsyncContextManager[AsyncConnection]: ...
    def reading(self, owner: Owner | None) -> AbstractAsyncContextManager[AsyncConnection]: ...
    async def become(self, connection: AsyncConnection, owner: Owner) -> None: ...
    def concerns(self) -> Sequence[str]: ...
    def connections(self) -> tuple[int, int, int]: ...
    async def aclose(self) -> None: ...


class Database:
    """Transactions on the relational store; it may come and go, and is looked for anew on every use."""

    def __init__(self, form: Form) -> None:
        self._form = form

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        prepare: Callable[[str], Awaitable[None]] | None = None,
        pool_size: int = 5,
        pool_overflow: int = 5,
        busy_timeout: timedelta = timedelta(seconds=5),
        statement_timeout: timedelta = timedelta(seconds=10),
    ) -> Self:
        """The database at `url`, of SQLite or PostgreSQL; one that cannot be reached yet is looked for on every use.

        Args:
            prepare: Called with `url` before the database is used for the first time, to create or migrate it. A
                SQLite file that was used and has vanished is waited for, not created anew.
            pool_size: Connections kept open; PostgreSQL's are opened at once.
            pool_overflow: Further connections, opened while all are in use and closed after.
            busy_timeout: How long a writer waits for one of another process, and a task for a connection.
            statement_timeout: How long PostgreSQL may work on one statement.

        Raises:
            SettingsError: `url` cannot be used.
        """
        prepared = None if prepare is None else partial(prepare, url)
        form: Form
        if address.is_postgres(url):
            limits = Limits(size=pool_size, overflow=pool_overflow, wait=busy_timeout, statement=statement_timeout)
            form = PostgresServer(address.parse(url), limits=limits, prepare=prepared)
        else:
            form = SqliteFile(
                path_of(url),
                prepare=prepared,
                pool_size=pool_size,
                pool_overflow=pool_overflow,
                busy_timeout=busy_timeout,
            )
        with suppress(StoreUnavailable):
            await form.ready()
        return cls(form)

    @asynccontextmanager
    async def transaction(self, owner: Owner) -> AsyncIterator[AsyncConnection]:
        """One unit of work that writes the owner's rows: all of it is stored at the end of the block, or none.

        Those who write the same owner's rows wait for each other. On PostgreSQL row-level security holds the block
        to the owner's rows, too.

        Raises:
            StoreUnavailable: The database cannot be reached or written.
            BadRequest: The owner's names cannot be kept.
        """
        require_keepable(owner)
        async with _measured("writing", self._form.writing(owner)) as connection:
            yield connection

    @asynccontextmanager
    async def reading(self, owner: Owner) -> AsyncIterator[AsyncConnection]:
        """One unit of work that reads the owner's rows: every statement in the block sees the same state.

        Raises:
            StoreUnavailable: The database cannot be reached.
            BadRequest: The owner's names cannot be kept.
        """
        require_keepable(owner)
        async with _measured("reading", self._form.reading(owner)) as connection:
            yield connection

    @asynccontextmanager
    async def handing_over(
        self, giver: Owner, taker: Owner
    ) -> AsyncIterator[tuple[AsyncConnection, Callable[[], Awaitable[None]]]]:
        """One unit of work that begins with the giver's rows, and after a call of the function is about the taker's.

        Raises:
            StoreUnavailable: The database cannot be reached or written.
            BadRequest: A name cannot be kept.
        """
        require_keepable(taker)
        async with self.transaction(giver) as connection:
            yield connection, partial(self.become, connection, taker)

    async def become(self, connection: AsyncConnection, owner: Owner) -> None:
        """Turns a unit of work that writes to another owner's rows; those of its first are out of its sight from there.

        The server's own rows come last, so that no two units wait for each other.
        """
        await self._form.become(connection, owner)

    async def roll(self, *, after: tuple[str, str] | None = None) -> Sequence[tuple[str, str]]:
        """Who has rows here, by organisation and subject: the next page behind `after`, empty at the end.

        It is the one thing that is told of readers together; whatever is theirs is asked for in their own transaction.

        Raises:
            StoreUnavailable: The database cannot be reached.
        """
        place = tuple_(readers.c.organisation, readers.c.subject)
        listed = select(readers).order_by(readers.c.organisation, readers.c.subject).limit(_ON_A_PAGE)
        async with self._form.reading(None) as connection:
            found = await connection.execute(listed if after is None else listed.where(place > after))
            return [(row.organisation, row.subject) for row in found]

    async def check(self) -> None:
        """Reads from the conversations, nobody's in particular.

        Raises:
            StoreUnavailable: They cannot be read; its cause says why, for the person who runs the server.
        """
        async with self._form.reading(None) as connection:
            await connection.execute(select(literal(1)).select_from(threads).limit(1))

    async def healthy(self) -> bool:
        """Whether the conversations can be read now; what takes longer than 3 seconds is not healthy."""
        with anyio.move_on_after(_HEALTH_TIMEOUT_S):
            try:
                await self.check()
            except StoreUnavailable:
                return False
            return True
        return False

    def concerns(self) -> Sequence[str]:
        """What weakens the walls between readers, in sentences for the person who runs the server."""
        return self._form.concerns()

    def connections(self) -> tuple[int, int, int]:
        """How many connections are in use, how many are open and idle, and how many there may be at most."""
        return self._form.connections()

    async def aclose(self) -> None:
        """Closes every connection."""
        await self._form.aclose()


@asynccontextmanager
async def _measured(kind: str, unit: AbstractAsyncContextManager[AsyncConnection]) -> AsyncIterator[AsyncConnection]:
    """A unit of work whose waiting, length and failure are counted."""
    asked, begun = time.perf_counter(), 0.0
    waiting = metrics.DATABASE_WAITING.labels(kind)
    waiting.inc()
    try:
        with tracing.span(f"database {kind}"):
            async with unit as connection:
                begun = time.perf_counter()
                waiting.dec()
                metrics.DATABASE_WAIT_SECONDS.labels(kind).observe(begun - asked)
                yield connection
    except StoreUnavailable:
        metrics.DATABASE_ERRORS.labels(kind).inc()
        raise
    finally:
        if begun:
            metrics.DATABASE_SECONDS.labels(kind).observe(time.perf_counter() - begun)
        else:
            waiting.dec()
