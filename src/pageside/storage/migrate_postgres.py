"""Moves the schema `chatkit` of a PostgreSQL database between revisions, in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncpg
from sqlalchemy import Connection, exc, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from pageside.errors import StoreUnavailable
from pageside.storage import revisions
from pageside.storage.address import Address
from pageside.storage.outage import explained, outage, sqlstate
from pageside.storage.postgres import SCHEMA

_T = TypeVar("_T")

LOCK_TIMEOUT_S = 60
_TURNSTILE = 0x7061676573696465  # what all who migrate wait at
_DENIED = "42501"
_LOCKED = "55P03"
# For this transaction alone, so that a pooler may stand between; revisions name no schema, for SQLite has none.
_SETTINGS = f"""
    SELECT set_config('search_path', '{SCHEMA}', true), set_config('lock_timeout', '{LOCK_TIMEOUT_S}s', true),
           set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)
"""


def move(address: Address, step: Callable[[Connection], None], revision: str) -> None:
    """Takes `step` towards `revision`, where the database is not at it; blocks, and needs a thread without a loop.

    Raises:
        StoreUnavailable: The database cannot be reached or changed.
    """

    def steps(connection: Connection) -> None:
        target = revisions.newest() if revision == revisions.HEAD else revision
        if revisions.current(connection) == target:
            return
        _alone(connection, address, step)

    asyncio.run(_do(address, steps))


def whole(address: Address, step: Callable[[Connection], None]) -> None:
    """Takes `step` alone, wherever the database is, in a schema that is made where there is none; blocks as `move`.

    Raises:
        StoreUnavailable: The database cannot be reached or changed.
    """
    asyncio.run(_do(address, lambda connection: _alone(connection, address, step)))


def current(address: Address) -> str | None:
    """The revision the database is at; None where it was never migrated. Blocks, and needs a thread without a loop.

    Raises:
        StoreUnavailable: The database cannot be reached.
    """
    return asyncio.run(_do(address, revisions.current))


def _alone(connection: Connection, address: Address, step: Callable[[Connection], None]) -> None:
    _require_utf8(connection, address)
    connection.execute(text(f"SELECT pg_advisory_xact_lock({_TURNSTILE})"))
    connection.execute(text("SELECT set_config('lock_timeout', '10s', true)"))
    if connection.execute(text("SELECT to_regnamespace(:name) IS NULL"), {"name": SCHEMA}).scalar():
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    step(connection)


def _require_utf8(connection: Connection, address: Address) -> None:
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise StoreUnavailable(
            f"The database {address.database} at {address.place} is encoded in {encoding}, which cannot hold every "
            "text; create it with encoding 'UTF8'."
        )


def held(address: Address, work: Callable[[Connection], _T], *, begin: str = "") -> _T:
    """What `work` gives in one transaction without limits of time; blocks, and needs a thread without a loop.

    Args:
        begin: A statement that comes before every other.

    Raises:
        StoreUnavailable: The database cannot be reached, read or changed.
    """
    return asyncio.run(_do(address, work, begin=begin))


async def _do(address: Address, work: Callable[[Connection], _T], *, begin: str = "") -> _T:
    try:
        async with _transaction(address) as connection:
            if begin:
                await connection.execute(text(begin))
            await connection.execute(text(_SETTINGS))
            return await connection.run_sync(work)
    except (OSError, exc.DBAPIError, exc.InterfaceError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StoreUnavailable(_told(error, address)) from outage(error, address)


@asynccontextmanager
async def _transaction(address: Address) -> AsyncIterator[AsyncConnection]:
    """One transaction around all steps, so that a kill in the middle leaves the revision it began with."""

    async def connect() -> object:
        return await asyncpg.connect(**address.arguments, statement_cache_size=0)

    engine = create_async_engine(
        "postgresql+asyncpg://",
        connect_args={"async_creator_fn": connect},
        poolclass=NullPool,
        hide_parameters=True,
    )
    try:
        async with engine.begin() as connection:
            with revisions.told(address.database or "at " + address.place):
                yield connection
    finally:
        await engine.dispose()


def _told(error: Exception, address: Address) -> str:
    if sqlstate(error) == _LOCKED:
        return f"Another process is migrating or using the tables at {address.place}; try again when it has ended."
    told = f"The database cannot be used: {explained(error, address)}."
    if sqlstate(error) == _DENIED:
        return f"{told} If schema {SCHEMA} is behind this version, run `pageside migrate` as the role that owns it."
    return told
