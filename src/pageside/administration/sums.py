"""What turns add up to: over a period, and by day, book and reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import accumulate, groupby
from typing import Any, Final, Literal

from sqlalchemy import RowMapping, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.administration.scoping import within
from pageside.administration.values import (
    OUTCOMES,
    BookSum,
    Counts,
    DaySum,
    Outcome,
    Period,
    ReaderSum,
    Scope,
)
from pageside.conversation.noting import SERVER
from pageside.identity.ownership import mine
from pageside.storage.tables import turns

SUMMED: Final = (
    "cached", "input_tokens", "output_tokens", "beside_tokens", "millionths", "positive", "negative",
)  # fmt: skip
_PERCENTILES: Final = (50, 95)


async def overview(connection: AsyncConnection, scope: Scope, period: Period) -> Counts:
    """All turns of the scope."""
    found = await _grouped(connection, scope, period, by=None)
    return counts(found[0]) if found else NOTHING


async def by_day(connection: AsyncConnection, scope: Scope, period: Period) -> Sequence[DaySum]:
    """Every day of the period, oldest first."""
    found = {row["key"]: counts(row) for row in await _grouped(connection, scope, period, by="day")}
    days = [period.first + timedelta(days=n) for n in range((period.last - period.first).days + 1)]
    return [DaySum(day, found.get(day.isoformat(), NOTHING)) for day in days]


async def by_book(connection: AsyncConnection, scope: Scope, period: Period) -> Sequence[BookSum]:
    """Every book that was asked, by name."""
    found = [BookSum(row["key"], counts(row)) for row in await _grouped(connection, scope, period, by="book")]
    return sorted(found, key=lambda each: each.book)


async def by_reader(connection: AsyncConnection, scope: Scope, period: Period, *, limit: int) -> Sequence[ReaderSum]:
    """Those who asked most, first; readers whose conversations are all deleted are not among them."""
    tokens = func.sum(turns.c.input_tokens + turns.c.output_tokens + turns.c.beside_tokens)
    asked = func.count()
    found = await connection.execute(
        select(
            turns.c.reader_hash,
            asked.label("asked"),
            func.count(turns.c.thread_id.distinct()).label("held"),
            tokens.label("tokens"),
            func.sum(turns.c.millionths).label("millionths"),
            func.max(turns.c.at).label("last"),
        )
        .where(mine(turns, SERVER), within(turns, scope, period), turns.c.reader_hash.is_not(None))
        .group_by(turns.c.reader_hash)
        .order_by(asked.desc(), turns.c.reader_hash)
        .limit(limit)
    )
    return [
        ReaderSum(row.reader_hash, row.asked, row.held, int(row.tokens), int(row.millionths), row.last) for row in found
    ]


async def _grouped(
    connection: AsyncConnection, scope: Scope, period: Period, *, by: Literal["day", "book"] | None
) -> Sequence[Mapping[str, Any]]:
    """A row of sums for each value of the column, under `key`; of all turns together without one."""
    key = literal("") if by is None else turns.c[by]
    found = await connection.execute(
        select(
            key.label("key"),
            func.count().label("turns"),
            func.count(turns.c.reader_hash.distinct()).label("readers"),
            func.count(turns.c.thread_id.distinct()).label("threads"),
            *(func.sum(case((turns.c.outcome == each, 1), else_=0)).label(each) for each in OUTCOMES),
            *(func.sum(turns.c[each]).label(each) for each in SUMMED),
        )
        .where(mine(turns, SERVER), within(turns, scope, period))
        .group_by("key")
    )
    rows = [dict(row) for row in found.mappings()]
    for name in ("first", "whole"):
        ranked = await _ranked(connection, scope, period, by=by, name=f"{name}_ms")
        for row in rows:
            row |= {f"{name}_ms_p{p}": ranked.get((row["key"], p), 0) for p in _PERCENTILES}
    return rows


async def _ranked(
    connection: AsyncConnection, scope: Scope, period: Period, *, by: Literal["day", "book"] | None, name: str
) -> Mapping[tuple[str, int], int]:
    """Percentiles by nearest rank of a column of milliseconds, by key and percentage, `rounded`.

    Neither database has the other's function for them, and sorting every turn takes longer than counting the rounded
    ones.
    """
    key = literal("") if by is None else turns.c[by]
    took = turns.c[name]
    step = case((took < 1_000, 5), (took < 10_000, 50), else_=500)
    found = await connection.execute(
        select(key.label("key"), ((took + step // 2) // step * step).label("ms"), func.count().label("n"))
        .where(mine(turns, SERVER), within(turns, scope, period), took.is_not(None))
        .group_by("key", "ms")
        .order_by("key", "ms")
    )
    by_key = {at: [(row.ms, row.n) for row in rows] for at, rows in groupby(found, key=lambda row: row.key)}
    return {(at, p): percentile(counted, p) for at, counted in by_key.items() for p in _PERCENTILES}


def rounded(ms: int) -> int:
    """Milliseconds as percentiles tell them: to 5 below a second, to 50 below ten, to half a second above."""
    step = 5 if ms < 1_000 else 50 if ms < 10_000 else 500
    return (ms + step // 2) // step * step


def percentile(counted: Sequence[tuple[int, int]], p: int) -> int:
    """The percentile of values, each with how often it is there, in order, by nearest rank; 0 of none."""
    rank = -(-sum(n for _, n in counted) * p // 100)
    passed = accumulate(n for _, n in counted)
    return next((int(value) for (value, _), so_far in zip(counted, passed, strict=True) if so_far >= rank), 0)


def counts(row: Mapping[str, Any] | RowMapping) -> Counts:
    """The sums of a row."""
    return Counts(
        turns=row["turns"],
        readers=row["readers"],
        threads=row["threads"],
        outcomes=outcomes(row),
        **{name: int(row[name] or 0) for name in SUMMED},
        **{name: int(row[name] or 0) for name in ("first_ms_p50", "first_ms_p95", "whole_ms_p50", "whole_ms_p95")},
    )


def outcomes(row: Mapping[str, Any] | RowMapping) -> Mapping[Outcome, int]:
    """How many turns of a row came out how."""
    return {each: int(row[each] or 0) for each in OUTCOMES}


NOTHING: Final = counts(
    dict.fromkeys(("turns", "readers", "threads", *OUTCOMES, *SUMMED), 0)
    | dict.fromkeys(("first_ms_p50", "first_ms_p95", "whole_ms_p50", "whole_ms_p95"), 0)
)
