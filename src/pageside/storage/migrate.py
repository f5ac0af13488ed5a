"""Moves a database between revisions of the schema; safe to repeat, and safe in two processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio.to_thread
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from filelock import FileLock
from filelock import Timeout as LockTimeout
from sqlalchemy import URL, Connection, create_engine, event, exc
from sqlalchemy.pool import NullPool

from pageside.errors import StoreUnavailable
from pageside.storage.engine import sqlite_path

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_TIMEOUT_S = 60.0


async def upgrade(url: str, revision: str = "head") -> None:
    """Brings the database at `url` up to `revision`, creating the file where there is none.

    Waits up to 60 seconds for another process that is migrating.

    Raises:
        StoreUnavailable: The database cannot be reached or written.
        SettingsError: `url` cannot be used.
    """
    await anyio.to_thread.run_sync(_upgrade, sqlite_path(url), revision)


async def downgrade(url: str, revision: str) -> None:
    """Takes the database at `url` back to `revision`; `base` removes every table.

    Raises:
        StoreUnavailable: The database cannot be reached or written.
        SettingsError: `url` cannot be used.
    """
    await anyio.to_thread.run_sync(_downgrade, sqlite_path(url), revision)


async def current(url: str) -> str | None:
    """The revision the database at `url` is at; None where it was never migrated or does not exist.

    Raises:
        StoreUnavailable: The database cannot be reached.
        SettingsError: `url` cannot be used.
    """
    return await anyio.to_thread.run_sync(_current, sqlite_path(url))


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, from the installed package and without an ini file."""
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    found.attributes["connection"] = connection
    return found


def _upgrade(path: Path, revision: str) -> None:
    with _locked(path), _connected(path) as connection:
        command.upgrade(config(connection), revision)


def _downgrade(path: Path, revision: str) -> None:
    with _locked(path), _connected(path) as connection:
        command.downgrade(config(connection), revision)


def _current(path: Path) -> str | None:
    if not path.exists():
        return None
    with _connected(path) as connection:
        return MigrationContext.configure(connection).get_current_revision()


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
