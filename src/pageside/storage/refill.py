"""Puts the rows of a backup into a database in which nothing is, in one transaction: all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

from alembic import command
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    DateTime,
    Float,
    Insert,
    Integer,
    Table,
    Text,
    bindparam,
    cast,
    insert,
    literal,
    select,
    text,
)

from pageside.errors import PagesideError
from pageside.storage import address, migrate, revisions
from pageside.storage.snapshot import Row, Value, reflected, require_known
from pageside.storage.sqlite import path_of

# One table's name, and rows of it as `Snapshot.rows` gives them.
Chunk = tuple[str, Sequence[Row]]

_FORCED: Final = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = 'chatkit' AND c.relforcerowsecurity"
)


class PlaceTaken(PagesideError):
    """Something is there already, which a restore does not touch."""

    status = 409
    code = "place_taken"


class RowsUnfit(PagesideError):
    """Rows do not fit the tables they are said to be of."""

    status = 400
    code = "rows_unfit"


def require_empty(url: str) -> None:
    """Returns if no row of ours is in the database at `url`, or there is no database; blocks, as all here.

    Raises:
        PlaceTaken: There are rows.
        StoreUnavailable: It cannot be reached, or the role does not own the tables.
        SettingsError: `url` cannot be used.
    """
    if address.is_postgres(url) or path_of(url).exists():
        migrate.whole(url, _require_empty)


def refill(url: str, revision: str, tables: Sequence[str], chunks: Callable[[], Iterable[Chunk]]) -> None:
    """Fills the database at `url` as it was at `revision`, and brings it up to date; killed at any moment, it is empty.

    Args:
        tables: All tables that there were.
        chunks: Rows, each behind those that they refer to.

    Raises:
        PlaceTaken: There are rows in it.
        RowsUnfit: The rows do not fit the tables of `revision`; nothing was written.
        StoreUnavailable: The database cannot be reached or changed, or does not know `revision`.
        SettingsError: `url` cannot be used.
    """
    require_known(revision)

    def step(connection: Connection) -> None:
        _require_empty(connection)
        _go(connection, revision)
        found = reflected(connection)
        if set(found) != set(tables):
            raise RowsUnfit(f"Tables of revision {revision} are missing, or there are others: {sorted(tables)}.")
        with _unforced(connection):
            for table, rows in chunks():
                _insert(connection, found, table, rows)
        _require_whole(connection)
        command.upgrade(revisions.config(connection), revisions.HEAD)

    migrate.whole(url, step)


def _require_empty(connection: Connection) -> None:
    if revisions.current(connection) is None:
        return
    with _unforced(connection):
        for name, table in reflected(connection).items():
            if connection.execute(select(literal(1)).select_from(table).limit(1)).first():
                raise PlaceTaken(
                    f"The database has rows already (in {name}); restore into an empty one, for nothing is overwritten."
                )


def _go(connection: Connection, revision: str) -> None:
    there = revisions.current(connection)
    known = revisions.known()
    if there is not None and known.index(require_known(there)) > known.index(revision):
        command.downgrade(revisions.config(connection), revision)
    else:
        command.upgrade(revisions.config(connection), revision)


@contextmanager
def _unforced(connection: Connection) -> Iterator[None]:
    """Row security does not hold who owns the tables, for as long as the block, and for this transaction alone."""
    if connection.dialect.name == "sqlite":
        yield
        return
    quoted = connection.dialect.identifier_preparer.quote
    forced = [f"chatkit.{quoted(name)}" for name in connection.execute(text(_FORCED)).scalars()]
    for table in forced:
        connection.exec_driver_sql(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in forced:
        connection.exec_driver_sql(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _insert(connection: Connection, tables: Mapping[str, Table], name: str, rows: Sequence[Row]) -> None:
    table = tables.get(name)
    if table is None:
        raise RowsUnfit(f"There is no table {name!r} to put rows into.")
    if not rows:
        return
    names = {column.name for column in table.columns}
    if any(set(row) != names for row in rows):
        raise RowsUnfit(f"Rows of {name} have other columns than the table.")
    connection.execute(_statement(table, connection.dialect.name), [_read(table, row) for row in rows])


def _statement(table: Table, kind: str) -> Insert:
    given = {name: bindparam(f"text of {name}", type_=Text) for name in _of_json(table)}
    # SQLite keeps JSON as text, and makes a number of whatever is cast.
    written = {name: value if kind == "sqlite" else cast(value, JSON) for name, value in given.items()}
    plain = {column.name: bindparam(f"of {column.name}", type_=column.type) for column in table.columns}
    return insert(table).values({**plain, **written})


def _of_json(table: Table) -> Sequence[str]:
    return [column.name for column in table.columns if isinstance(column.type, JSON)]


def _read(table: Table, row: Row) -> dict[str, object]:
    try:
        read = {column.name: _value(column.type, row[column.name]) for column in table.columns}
    except (TypeError, ValueError) as error:
        raise RowsUnfit(f"A row of {table.name} holds what its columns cannot: {error}.") from None
    of_json = _of_json(table)
    return {f"text of {name}" if name in of_json else f"of {name}": value for name, value in read.items()}


def _value(kind: object, value: Value) -> object:
    if value is None:
        return None
    match kind:
        case DateTime():
            return _moment(str(_of(str, value)))
        case Boolean():
            return _of(bool, value)
        case Integer():
            return _of(int, value)
        case Float():
            return _of(float, value)
        case _:
            return _of(str, value)


def _moment(told: str) -> datetime:
    read = datetime.fromisoformat(told)
    if read.tzinfo is None:
        raise ValueError("a moment without an offset")
    return read.astimezone(UTC)


def _of(kind: type, value: Value) -> object:
    if type(value) is not kind:
        raise TypeError(f"a {type(value).__name__} in place of a {kind.__name__}")
    return value


def _require_whole(connection: Connection) -> None:
    """SQLite looks for what rows refer to only when it is asked to; PostgreSQL did."""
    if connection.dialect.name == "sqlite" and (lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
        raise RowsUnfit(f"A row of {lost[0]} refers to one of {lost[2]} that is not there.")
