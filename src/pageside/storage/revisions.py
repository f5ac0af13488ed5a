"""The revisions of the schema that this version knows, and Alembic's way of applying them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from pageside.errors import StoreUnavailable

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "head"


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, from the installed package and without an ini file."""
    found = Config()
    found.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    found.attributes["connection"] = connection
    return found


def newest() -> str:
    """The revision that this version works with."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


def known() -> Sequence[str]:
    """The revisions that this version can go to, oldest first."""
    return [found.revision for found in ScriptDirectory.from_config(config()).walk_revisions()][::-1]


def is_newer(revision: str) -> bool:
    """Whether a later version than this one has made `revision`; they are numbered."""
    return revision.isdigit() and int(revision) > int(newest())


def current(connection: Connection) -> str | None:
    """The revision the database is at; None where it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def told(database: str) -> Iterator[None]:
    """Says in words that a revision is not known, as where a newer version has been at work.

    Raises:
        StoreUnavailable: Alembic cannot go from the database's revision to the one that was asked for.
    """
    try:
        yield
    except CommandError as error:
        raise StoreUnavailable(
            f"The database {database} cannot be migrated: {str(error).rstrip('.')}. A newer version of Pageside may "
            "have changed it; run that one."
        ) from error
