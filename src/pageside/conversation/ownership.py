"""Whose rows a statement may touch; part of every statement on conversations."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_

from pageside.conversation.turn import Turn


def mine(table: FromClause, turn: Turn) -> ColumnElement[bool]:
    """The rows of `table` that belong to the reader; part of every select, update and delete."""
    return and_(table.c.organisation == turn.reader.organisation, table.c.subject == turn.reader.subject)


def owner(turn: Turn) -> dict[str, str]:
    """The columns that say whose a new row is; part of every insert."""
    return {"organisation": turn.reader.organisation, "subject": turn.reader.subject}
