"""What turns add up to: over a period, and by day, book and reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
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
) -> Sequence[RowMapping]:
    """A row of sums for each value of the column, under `key`; of all turns together without one."""
    key = literal("") if by is None else turns.c[by]
    first = turns.c.first_ms
    whole = turns.c.whole_ms
    # Percentiles by nearest rank: neither database has the other's function for them.
    picked = (
        select(
            turns,
            key.label("key"),
            func.row_number().over(partition_by=key, order_by=(first.is_(None), first)).label("first_rank"),
            func.count(first).over(partition_by=key).label("first_n"),
            func.row_number().over(partition_by=key, order_by=(whole.is_(None), whole)).label("whole_rank"),
            func.count(whole).over(partition_by=key).label("whole_n"),
        )
        .where(mine(turns, SERVER), within(turns, scope, period))
        .subquery()
    )
    at: dict[str, Any] = {
        f"{name}_ms_p{p}": func.max(
            case((picked.c[f"{name}_rank"] == (picked.c[f"{name}_n"] * p + 99) // 100, picked.c[f"{name}_ms"]))
        )
        for name in ("first", "whole")
        for p in (50, 95)
    }
    found = await connection.execute(
        select(
            picked.c.key,
            func.count().label("turns"),
            func.count(picked.c.reader_hash.distinct()).label("readers"),
            func.count(picked.c.thread_id.distinct()).label("threads"),
            *(func.sum(case((picked.c.outcome == each, 1), else_=0)).label(each) for each in OUTCOMES),
            *(func.sum(picked.c[each]).label(each) for each in SUMMED),
            *(told.label(name) for name, told in at.items()),
        ).group_by(picked.c.key)
    )
    return found.mappings().all()


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
