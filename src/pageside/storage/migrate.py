"""Moves a database between revisions of the schema; safe to repeat, and safe in several processes at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import anyio.to_thread
import structlog
from alembic import command
from filelock import FileLock
from filelock import Timeout as LockTimeout
from sqlalchemy import URL, Connection, create_engine, event, exc
from sqlalchemy.pool import NullPool

from pageside.errors import StoreUnavailable
from pageside.storage import address, migrate_postgres, revisions
from pageside.storage.revisions import config
from pageside.storage.sqlite import path_of

__all__ = ["config", "current", "downgrade", "prepare", "upgrade", "whole"]

log = structlog.get_logger(__name__)

LOCK_TIMEOUT_S = 60.0


async def upgrade(url: str, revision: str = revisions.HEAD) -> None:
    """Brings the database at `url` up to `revision`, creating SQLite's file or PostgreSQL's schema where there is none.

    Waits up to 60 seconds for another process that is migrating. A PostgreSQL database that is at `revision` already
    is only read, so that a role which may not change the schema can serve.

    Raises:
        StoreUnavailable: The database cannot be reached or changed; the message says why to the person who runs it.
        SettingsError: `url` cannot be used.
    """

    def step(connection: Connection) -> None:
        command.upgrade(config(connection), revision)

    await _move(url, step, revision)


async def prepare(url: str) -> None:
    """As `upgrade`, for a server that starts: a schema that a newer version has made is taken as it is.

    A server of the version before has to come up beside those of the next one; what a revision may do sees to it that
    it can work there.

    Raises:
        StoreUnavailable: The database cannot be reached or changed; the message says why to the person who runs it.
        SettingsError: `url` cannot be used.
    """
    found = await current(url)
    if found is not None and revisions.is_newer(found):
        log.warning("schema_newer", revision=found, known=revisions.newest())
        return
    await upgrade(url)


async def downgrade(url: str, revision: str) -> None:
    """Takes the database at `url` back to `revision`; `base` removes every table.

    Raises:
        StoreUnavailable: The database cannot be reached or changed; the message says why to the person who runs it.
        SettingsError: `url` cannot be used.
    """

    def step(connection: Connection) -> None:
        command.downgrade(config(connection), revision)

    await _move(url, step, revision)


def whole(url: str, step: Callable[[Connection], None]) -> None:
    """Takes `step` in one transaction on the database at `url`, at whatever revision; makes it where there is none.

    Blocks, and needs a thread without a loop.

    Raises:
        StoreUnavailable: The database cannot be reached or changed; the message says why to the person who runs it.
        SettingsError: `url` cannot be used.
    """
    if address.is_postgres(url):
        migrate_postgres.whole(address.parse(url), step)
    else:
        _move_file(path_of(url), step)


async def current(url: str) -> str | None:
    """The revision the database at `url` is at; None where it was never migrated or does not exist.

    Raises:
        StoreUnavailable: The database cannot be reached; the message says why to the person who runs it.
        SettingsError: `url` cannot be used.
    """
    if address.is_postgres(url):
        return await anyio.to_thread.run_sync(migrate_postgres.current, address.parse(url))
    return await anyio.to_thread.run_sync(_current, path_of(url))


async def _move(url: str, step: Callable[[Connection], None], revision: str) -> None:
    # In a thread, for Alembic reads files and blocks while it works.
    if address.is_postgres(url):
        await anyio.to_thread.run_sync(migrate_postgres.move, address.parse(url), step, revision)
    else:
        await anyio.to_thread.run_sync(_move_file, path_of(url), step)


def _move_file(path: Path, step: Callable[[Connection], None]) -> None:
    with _locked(path):
        _keep_journal(path)
        with _connected(path) as connection, revisions.told(path.name):
            step(connection)


def _current(path: Path) -> str | None:
    if not path.exists():
        return None
    with _connected(path) as connection:
        return revisions.current(connection)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    try:
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=LOCK_TIMEOUT_S):
            yield
    except LockTimeout:
        raise StoreUnavailable(
            f"Another process has been migrating {path.name} for over {LOCK_TIMEOUT_S:.0f} s."
        ) from None
    except OSError as error:
        raise StoreUnavailable(f"The database {path.name} cannot be written: {error.strerror}.") from error


def _keep_journal(path: Path) -> None:
    # Here, where processes come one by one: SQLite does not wait when two of them change it at once.
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The database {path.name} cannot be migrated: {error}.") from error


@contextmanager
def _connected(path: Path) -> Iterator[Connection]:
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=NullPool,
        connect_args={"isolation_level": None},
        hide_parameters=True,
    )
    # One transaction around all steps, so that a kill in the middle leaves the revision it began with.
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as connection:
            yield connection
    except exc.DBAPIError as error:
        raise StoreUnavailable(f"The database {path.name} cannot be migrated: {error.orig}.") from error
    finally:
        engine.dispose()
