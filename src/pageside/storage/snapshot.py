"""Every row of the database as it was at one moment, while others go on writing: what a backup is made of.

On PostgreSQL a transaction sees the rows of the reader that it is about. A role that row security does not hold reads
each table at once; any other walks through everybody on the roll, and those who are the server itself, within the one
snapshot, so that no role needs more rights for a backup than for serving.

All of this blocks, and needs a thread without a loop.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    MetaData,
    Select,
    Table,
    Text,
    cast,
    create_engine,
    event,
    exc,
    exists,
    select,
    text,
    tuple_,
    type_coerce,
)
from sqlalchemy import inspect as inspected
from sqlalchemy.pool import NullPool

from pageside.errors import StoreUnavailable
from pageside.storage import address, migrate_postgres, revisions
from pageside.storage.owner import SERVERS
from pageside.storage.sqlite import path_of
from pageside.storage.tables import Moment, metadata

Value = str | float | bool | None
Row = Mapping[str, Value]
T = TypeVar("T")

_SERVERS: Final = frozenset(("", subject) for subject in SERVERS)
_AT_ONCE: Final = 500
_OWNERS_AT_ONCE: Final = 1000
_BEGUN: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
_PASSES: Final = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_ABOUT: Final = text(
    "SELECT set_config('pageside.organisation', :organisation, true), set_config('pageside.subject', :subject, true)"
)


class Snapshot:
    """One moment of the database."""

    def __init__(self, connection: Connection) -> None:
        """The moment of `connection`'s transaction, which sees one state.

        Raises:
            StoreUnavailable: The database was never migrated, or by a newer version, or not far enough to be walked.
        """
        self._connection = connection
        self.revision = require_known(revisions.current(connection))
        self._tables = reflected(connection)
        self._visits: Mapping[str, Sequence[tuple[str, str]]] | None = None
        self._whole = connection.dialect.name == "sqlite" or bool(connection.execute(text(_PASSES)).scalar())
        if not self._whole and "readers" not in self._tables:
            raise StoreUnavailable(
                f"The database is at revision {self.revision}, which says nowhere who has rows: back it up as a role "
                "with BYPASSRLS, or with pg_dump."
            )

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._connection.dialect.name

    @property
    def tables(self) -> Sequence[str]:
        """The names of all tables, each behind those that it refers to."""
        return tuple(self._tables)

    def rows(self, table: str) -> Iterator[Sequence[Row]]:
        """All rows of `table`, some at a time; moments are in ISO 8601 and UTC, JSON is the text that is kept."""
        found = self._tables[table]
        if self._whole:
            yield from self._seen(found)
            return
        for owner in self._owners_of()[table]:
            self._be_about(*owner)
            yield from self._seen(found) if owner in _SERVERS else self._all_of(found)

    def _owners_of(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """By table, who has rows in it: asked once, for most readers have rows in few tables."""
        if self._visits is None:
            found: dict[str, list[tuple[str, str]]] = {name: [] for name in self._tables}
            query = select(*(exists().select_from(table).label(name) for name, table in self._tables.items()))
            for owner in self._owners():
                self._be_about(*owner)
                for name, there in self._connection.execute(query).one()._mapping.items():
                    if there:
                        found[name].append(owner)
            self._visits = found
        return self._visits

    def _be_about(self, organisation: str, subject: str) -> None:
        self._connection.execute(_ABOUT, {"organisation": organisation, "subject": subject})

    def _owners(self) -> Iterator[tuple[str, str]]:
        yield from _SERVERS
        readers = self._tables["readers"]
        place = tuple_(readers.c.organisation, readers.c.subject)
        listed = select(readers.c.organisation, readers.c.subject).order_by(*place).limit(_OWNERS_AT_ONCE)
        query = listed
        while True:
            self._be_about("", "")  # nobody, who may read the roll
            page = [(row.organisation, row.subject) for row in self._connection.execute(query)]
            yield from (owner for owner in page if owner not in _SERVERS)
            if len(page) < _OWNERS_AT_ONCE:
                return
            query = listed.where(place > page[-1])

    def _seen(self, table: Table) -> Iterator[Sequence[Row]]:
        with self._connection.execution_options(yield_per=_AT_ONCE).execute(self._query(table)) as result:
            for rows in result.partitions():
                yield _written(table, rows)

    def _all_of(self, table: Table) -> Iterator[Sequence[Row]]:
        # One reader's rows, at once: a cursor would cost more messages than it saves memory.
        yield _written(table, self._connection.execute(self._query(table)).all())

    def _query(self, table: Table) -> Select[Any]:
        return select(*(_told(column, self.kind) for column in table.columns))


def taken(url: str, work: Callable[[Snapshot], T]) -> T:
    """What `work` makes of the database at `url`, which changes for everybody but for it.

    Raises:
        StoreUnavailable: The database cannot be reached, is not there, or is of a newer version.
        SettingsError: `url` cannot be used.
    """
    if not address.is_postgres(url):
        with _file(path_of(url)) as connection:
            return work(Snapshot(connection))

    def begun(connection: Connection) -> T:
        return work(Snapshot(connection))

    return migrate_postgres.held(address.parse(url), begun, begin=_BEGUN)


def reflected(connection: Connection) -> dict[str, Table]:
    """The tables of ours that are there, as they are, by name; each behind those that it refers to."""
    # PostgreSQL looks along the path of the transaction, in which is our schema alone.
    there = set(inspected(connection).get_table_names())
    names = [table.name for table in metadata.sorted_tables if table.name in there]
    found = MetaData()
    found.reflect(connection, only=names, resolve_fks=False)
    return {name: found.tables[name] for name in names}


def require_known(revision: str | None) -> str:
    """`revision`, if this version knows it.

    Raises:
        StoreUnavailable: There is none, or it is of a newer version.
    """
    if revision is None:
        raise StoreUnavailable("The database holds nothing of Pageside's yet; `pageside migrate` makes its tables.")
    if revision not in revisions.known():
        raise StoreUnavailable(
            f"The database is at revision {revision}, which this version does not know: use the newer Pageside."
        )
    return revision


@contextmanager
def _file(path: Path) -> Iterator[Connection]:
    # mode=rw: a missing file is an error, never a new and empty database.
    where = f"file:{quote(str(path.absolute()))}?mode=rw"
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(where, uri=True, isolation_level=None),
        poolclass=NullPool,
        hide_parameters=True,
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    try:
        with closing(engine.connect()) as connection, connection.begin():
            yield connection
    except exc.DBAPIError as error:
        raise StoreUnavailable(f"The database {path.name} cannot be read: {error.orig}.") from error
    finally:
        engine.dispose()


def _written(table: Table, rows: Sequence[Sequence[object]]) -> Sequence[Row]:
    names = [column.name for column in table.columns]
    writing = [_json if isinstance(column.type, JSON) else _plain for column in table.columns]
    return [{name: write(value) for name, write, value in zip(names, writing, row, strict=True)} for row in rows]


def _told(column: Column[object], kind: str) -> ColumnElement[Any]:
    if isinstance(column.type, JSON):
        told = type_coerce(column, Text) if kind == "sqlite" else cast(column, Text)
        return told.label(column.name)
    if isinstance(column.type, DateTime):
        return type_coerce(column, Moment()).label(column.name)
    return column


def _plain(value: object) -> Value:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if value is None or isinstance(value, str | float | int):
        return value
    raise TypeError(f"a {type(value).__name__} is in no column of ours")


def _json(value: object) -> Value:
    # SQLite keeps a bare number of JSON as a number.
    return value if value is None or isinstance(value, str) else json.dumps(value)
