"""Which turns a report is about, as a condition; and how far its looker may see."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, FromClause, and_

from pageside.administration.values import Period, Scope
from pageside.identity.looker import Looker


def narrowed(by: Looker, scope: Scope) -> Scope:
    """`scope`, within the organisation that the looker sees."""
    return scope if by.organisation is None else replace(scope, organisation=by.organisation)


def within(table: FromClause, scope: Scope, period: Period) -> ColumnElement[bool]:
    """The rows of `turns`, or of an alias of it, that are of the scope and the period."""
    conditions = [table.c.day >= period.first.isoformat(), table.c.day <= period.last.isoformat()]
    if scope.organisation is not None:
        conditions.append(table.c.home == scope.organisation)
    if scope.book is not None:
        conditions.append(table.c.book == scope.book)
    return and_(*conditions)
