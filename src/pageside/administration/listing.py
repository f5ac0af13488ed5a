"""Conversations without their words, and opinions of answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import groupby
from typing import Any, Final, cast

from sqlalchemy import RowMapping, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.administration.scoping import within
from pageside.administration.sums import outcomes, percentile
from pageside.administration.values import (
    OUTCOMES,
    FeedbackLine,
    Period,
    Scope,
    Section,
    Sort,
    ThreadLine,
    ThreadPage,
)
from pageside.conversation.noting import SERVER
from pageside.errors import BadRequest
from pageside.identity.ownership import mine
from pageside.storage.tables import turns

_MOST: Final = 1000  # on a page
_MOMENTS: Final = frozenset({"last", "started"})


async def threads(
    connection: AsyncConnection, scope: Scope, period: Period, *, sort: Sort, cursor: str | None, limit: int
) -> ThreadPage:
    """Conversations in which somebody asked in the period, those with most of `sort` first.

    Raises:
        BadRequest: The cursor is none of these pages.
    """
    summed = (
        select(
            turns.c.thread_id.label("id"),
            *(func.max(turns.c[name]).label(name) for name in ("reader_hash", "home", "book")),
            func.min(turns.c.at).label("started"),
            func.max(turns.c.at).label("last"),
            func.count().label("turns"),
            (func.count() + func.count(turns.c.item_id)).label("messages"),
            *(func.sum(case((turns.c.outcome == each, 1), else_=0)).label(each) for each in OUTCOMES),
            *(func.sum(turns.c[name]).label(name) for name in ("positive", "negative", "millionths")),
            func.sum(turns.c.input_tokens + turns.c.output_tokens + turns.c.beside_tokens).label("tokens"),
            func.coalesce(func.max(turns.c.first_ms), 0).label("first_ms"),
        )
        .where(mine(turns, SERVER), within(turns, scope, period), turns.c.thread_id.is_not(None))
        .group_by(turns.c.thread_id)
        .subquery()
    )
    asked = select(summed)
    if cursor is not None:
        value, last_id = _place(cursor, sort)
        asked = asked.where(or_(summed.c[sort] < value, and_(summed.c[sort] == value, summed.c.id > last_id)))
    most = max(1, min(limit, _MOST))
    found = await connection.execute(asked.order_by(summed.c[sort].desc(), summed.c.id).limit(most + 1))
    rows = found.mappings().all()
    medians = await _medians(connection, scope, period, [row["id"] for row in rows[:most]])
    lines = [_line(row, medians.get(row["id"], 0)) for row in rows[:most]]
    return ThreadPage(lines, _cursor(rows[most - 1], sort) if len(rows) > most else None)


async def feedback(connection: AsyncConnection, scope: Scope, period: Period, *, limit: int) -> Sequence[FeedbackLine]:
    """Opinions of answers to what was asked in the period, newest question first."""
    found = await connection.execute(
        select(turns)
        .where(mine(turns, SERVER), within(turns, scope, period))
        .where(or_(turns.c.positive == 1, turns.c.negative == 1))
        .order_by(turns.c.at.desc(), turns.c.id)
        .limit(max(1, min(limit, _MOST)))
    )
    return [
        FeedbackLine(
            at=row["at"],
            book=row["book"],
            thread_id=row["thread_id"] or "",
            item_id=row["item_id"] or "",
            reader_hash=row["reader_hash"] or "",
            kind="positive" if row["positive"] else "negative",
            outcome=row["outcome"],
            confidence=row["confidence"],
            sections=sections(row),
        )
        for row in found.mappings()
    ]


def sections(row: RowMapping) -> tuple[Section, ...]:
    """The sections that a turn was about, the leading one first."""
    if row["page"] is None:
        return ()
    lead = (row["page"], row["anchor"], row["title"], row["url"])
    return tuple(Section(row["book"], *told) for told in (lead, *(row["others"] or ())))


async def _medians(
    connection: AsyncConnection, scope: Scope, period: Period, thread_ids: Sequence[str]
) -> Mapping[str, int]:
    """Milliseconds until the first text, in the median turn of each conversation that has any."""
    found = await connection.execute(
        select(turns.c.thread_id, turns.c.first_ms)
        .where(mine(turns, SERVER), within(turns, scope, period))
        .where(turns.c.thread_id.in_(thread_ids), turns.c.first_ms.is_not(None))
        .order_by(turns.c.thread_id, turns.c.first_ms)
    )
    by_id = {at: [(int(row.first_ms), 1) for row in rows] for at, rows in groupby(found, key=lambda row: row.thread_id)}
    return {at: percentile(took, 50) for at, took in by_id.items()}


def _line(row: RowMapping, first_ms: int) -> ThreadLine:
    return ThreadLine(
        id=row["id"],
        reader_hash=row["reader_hash"] or "",
        organisation=row["home"],
        book=row["book"],
        started=row["started"],
        last=row["last"],
        messages=row["messages"],
        turns=row["turns"],
        outcomes=outcomes(row),
        positive=int(row["positive"]),
        negative=int(row["negative"]),
        tokens=int(row["tokens"]),
        millionths=int(row["millionths"]),
        first_ms_p50=first_ms,
        first_ms_most=int(row["first_ms"]),
    )


def _cursor(row: RowMapping, sort: Sort) -> str:
    value: Any = row[sort]
    return json.dumps([sort, value.isoformat() if isinstance(value, datetime) else int(value), row["id"]])


def _place(cursor: str, sort: Sort) -> tuple[datetime | int, str]:
    with suppress(ValueError, TypeError, RecursionError):
        of, value, last_id = cast("list[Any]", json.loads(cursor))
        place: datetime | int = datetime.fromisoformat(value) if sort in _MOMENTS else int(value)
        if of == sort and isinstance(last_id, str) and not (isinstance(place, datetime) and place.tzinfo is None):
            return place, last_id
    raise BadRequest("This is no place in the list. Begin at its first page.")
