"""Every row of a database of either kind, past every wall and without the code that backs it up."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, Boolean, DateTime, Float, Integer

from pageside.storage.owner import SERVERS
from pageside.storage.tables import metadata

# Documents that a database which understands them would change.
ODD = '{"b": 1.0, "a": 1e16, "zero": -0.0, "b ": [], "text": "\\u0000 größe 漢 \\ud83d\\ude00"}'
NOON = "2026-03-01T12:00:00.123456+00:00"


def everything(url, postgres):
    """By table, all rows in one order; moments as aware values, documents read."""
    return {table.name: sorted(_rows(table, url, postgres), key=repr) for table in metadata.sorted_tables}


def documents(url, postgres):
    """The text of every JSON document there is."""
    kept = [(table.name, column.name) for table in metadata.sorted_tables for column in table.c if _is_json(column)]
    found = []
    for table, column in kept:
        if postgres is None:
            with closing(sqlite3.connect(path(url))) as connection:
                found += [told for (told,) in connection.execute(f'select "{column}" from "{table}"') if told]
        else:
            told = postgres.sql(f'select to_json("{column}"::text) from chatkit."{table}"', on=url)
            found += [json.loads(line) for line in told.splitlines() if line]
    return sorted(found)


def path(url):
    return url.split("///", 1)[1]


def put(url, postgres, table, /, **given):
    """Writes a row into a table of either kind; columns that are not given hold something of their type."""
    write(url, postgres, (table, {c.name: given.get(c.name, _something(c)) for c in metadata.tables[table].c}))


def write(url, postgres, *pairs):
    """Writes rows, each a table's name and columns as `raw` gives them, and nothing besides."""
    if postgres is not None:
        postgres.sql(";\n".join(_insert(f'chatkit."{table}"', row) for table, row in pairs), on=url)
        return
    with closing(sqlite3.connect(path(url))) as connection, connection:
        for table, row in pairs:
            named = ", ".join(f'"{name}"' for name in row)
            told = [NOON.replace("T", " ").removesuffix("+00:00") if value == NOON else value for value in row.values()]
            connection.execute(f'insert into "{table}" ({named}) values ({", ".join("?" for _ in told)})', told)


def _insert(table, row):
    named = ", ".join(f'"{name}"' for name in row)
    return f"insert into {table} ({named}) values ({', '.join(map(_literal, row.values()))})"


def raw(url):
    """By table, the rows of a SQLite file as they stand in it, each table behind those that it refers to."""
    with closing(sqlite3.connect(path(url))) as connection:
        connection.row_factory = sqlite3.Row
        return {
            table.name: [dict(row) for row in connection.execute(f'select * from "{table.name}"')]
            for table in metadata.sorted_tables
        }


def columns(url, postgres):
    """By table, the names of its columns, whatever the revision."""
    if postgres is not None:
        told = postgres.sql(
            "select table_name, column_name from information_schema.columns where table_schema = 'chatkit'", on=url
        )
        pairs = [line.split("|") for line in told.splitlines()]
    else:
        listed = "select m.name, c.name from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table'"
        with closing(sqlite3.connect(path(url))) as connection:
            pairs = connection.execute(listed).fetchall()
    found = {}
    for table, column in pairs:
        found.setdefault(table, set()).add(column)
    return found


def _literal(value):
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value)
    return "'" + str(value).replace("'", "''") + "'"


def _something(column):
    match column.type:
        case _ if column.name == "organisation":
            return ""
        case _ if column.name == "subject":
            return SERVERS[1]
        case _ if column.nullable and not _is_json(column):
            return None
        case JSON():
            return ODD
        case Boolean():
            return True
        case Float():
            return 0.1
        case Integer() | BigInteger():
            return 2**40 if isinstance(column.type, BigInteger) else 1
        case _ if isinstance(getattr(column.type, "impl", None), DateTime):
            return NOON
        case _:
            return f"{column.table.name} {column.name} 'größe'"


def _rows(table, url, postgres):
    if postgres is not None:
        told = postgres.sql(f'select to_json(t) from chatkit."{table.name}" t', on=url)
        return [_read(table, json.loads(line)) for line in told.splitlines()]
    with closing(sqlite3.connect(path(url))) as connection:
        connection.row_factory = sqlite3.Row
        found = [dict(row) for row in connection.execute(f'select * from "{table.name}"')]
    documents = [column.name for column in table.c if _is_json(column)]
    return [
        _read(table, {**row, **{name: json.loads(row[name]) for name in documents if row[name] is not None}})
        for row in found
    ]


def _read(table, row):
    for column in table.c:
        if row[column.name] is not None and isinstance(getattr(column.type, "impl", None), DateTime):
            moment = datetime.fromisoformat(row[column.name])
            row[column.name] = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        if isinstance(column.type, Boolean):
            row[column.name] = bool(row[column.name])
    return row


def _is_json(column):
    return isinstance(column.type, JSON)
