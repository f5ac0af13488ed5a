"""Whose rows a statement may touch; part of every statement on readers' rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sqlalchemy import ColumnElement, Executable, FromClause, Table, and_
from sqlalchemy.dialects import postgresql, sqlite

from pageside.identity.reader import Reader


class Turn(Protocol):
    """Whatever is done for one reader."""

    @property
    def reader(self) -> Reader:
        """For whom."""
        ...


def mine(table: FromClause, turn: Turn) -> ColumnElement[bool]:
    """The rows of `table` that belong to the reader; part of every select, update and delete."""
    return and_(table.c.organisation == turn.reader.organisation, table.c.subject == turn.reader.subject)


def owner(turn: Turn) -> dict[str, str]:
    """The columns that say whose a new row is; part of every insert."""
    return {"organisation": turn.reader.organisation, "subject": turn.reader.subject}


def upsert(
    table: Table,
    turn: Turn,
    *,
    rows: Sequence[Mapping[str, object]],
    replacing: Sequence[str],
    dialect: str,
    adding: Sequence[str] = (),
) -> Executable:
    """A statement that writes `rows` as the reader's; of a row there already, if it is the reader's, `replacing` alone.

    Args:
        rows: Columns by name, without those that say whose they are.
        adding: Columns whose number is added to that of the row there already.
        dialect: `sqlite` or `postgresql`, which say the same in the same words and share no class.
    """
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    owned = [{**owner(turn), **row} for row in rows]
    # A list of values, were it of one row, is compiled anew each time.
    written = insert(table).values(owned if len(owned) > 1 else owned[0])
    return written.on_conflict_do_update(
        index_elements=list(table.primary_key),
        set_={
            **{name: written.excluded[name] for name in replacing},
            **{name: table.c[name] + written.excluded[name] for name in adding},
        },
        where=mine(table, turn),
    )
