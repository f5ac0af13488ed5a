"""What answering took: on each answer, and summed by day and model for whoever runs the server."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import structlog
from sqlalchemy import delete, select

from pageside import ids
from pageside.answer.events import AskedBack, Completed, TutorEvent, Usage
from pageside.conversation.budgets import Prices
from pageside.conversation.turn import Turn
from pageside.errors import StoreUnavailable
from pageside.identity.ownership import mine, upsert
from pageside.identity.reader import Reader
from pageside.knowledge.charges import Tally
from pageside.storage.engine import Database
from pageside.storage.tables import usage

log = structlog.get_logger(__name__)

Kind = Literal["answer", "dictation"]

KEPT: Final = timedelta(days=400)

_SERVER: Final = Turn(reader=Reader(subject="pageside:server"))
COUNTED: Final = (
    "turns", "cached", "input_tokens", "output_tokens", "beside_tokens", "millionths", "searches", "docs", "first_ms",
    "whole_ms",
)  # fmt: skip


async def summed(
    events: AsyncGenerator[TutorEvent, None], tally: Tally, prices: Prices
) -> AsyncGenerator[TutorEvent, None]:
    """`events`, the last of which says also what was taken beside the model, and what all of it cost."""
    async with aclosing(events):
        async for event in events:
            if isinstance(event, Completed):
                took = replace(event.answer.usage, beside_tokens=tally.tokens)
                took = replace(took, millionths=prices.of(took).millionths)
                yield Completed(replace(event.answer, usage=took))
            elif isinstance(event, AskedBack):
                yield replace(event, usage=replace(event.usage, millionths=prices.of(event.usage).millionths))
            else:
                yield event


class Usages:
    """Sums what answering took, by day of UTC, kind and model.

    A row is added to in one statement, so that processes need not wait for one another; rows of more than `KEPT` ago
    go with the first of a new day. An answer is never lost for a sum that cannot be written.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime] = ids.now) -> None:
        self._database = database
        self._now = now
        self._day = ""

    async def recorded(self, events: AsyncGenerator[TutorEvent, None]) -> AsyncGenerator[TutorEvent, None]:
        """`events`, the last of which is counted."""
        async with aclosing(events):
            async for event in events:
                if isinstance(event, Completed):
                    await self.add("answer", event.answer.usage)
                elif (
                    isinstance(event, AskedBack) and event.usage.input_tokens
                ):  # no turn of its own where nobody worked
                    await self.add("answer", event.usage)
                yield event

    async def add(self, kind: Kind, took: Usage) -> None:
        """Adds one turn that took so much."""
        today = self._now().astimezone(UTC).date()
        row = {
            "day": today.isoformat(),
            "kind": kind,
            "model": took.model,
            "turns": 1,
            "cached": int(took.cached),
            "input_tokens": took.input_tokens,
            "output_tokens": took.output_tokens,
            "beside_tokens": took.beside_tokens,
            "millionths": took.millionths,
            "searches": took.searches,
            "docs": took.docs,
            "first_ms": round(1000 * took.first_s),
            "whole_ms": round(1000 * took.whole_s),
        }
        try:
            async with self._database.transaction(_SERVER.reader) as connection:
                if self._day != row["day"]:
                    oldest = (today - KEPT).isoformat()
                    await connection.execute(delete(usage).where(mine(usage, _SERVER), usage.c.day < oldest))
                    self._day = str(row["day"])
                dialect = connection.dialect.name
                await connection.execute(
                    upsert(usage, _SERVER, rows=[row], replacing=(), adding=COUNTED, dialect=dialect)
                )
        except StoreUnavailable:
            log.warning("usage_not_counted", kind=kind)

    async def rows(self, since: str) -> list[dict[str, object]]:
        """The sums from day `since` (such as `2026-11-01`) on, by day, kind and model.

        Raises:
            StoreUnavailable: The database cannot be read.
        """
        columns = [usage.c.day, usage.c.kind, usage.c.model, *(usage.c[name] for name in COUNTED)]
        async with self._database.reading(_SERVER.reader) as connection:
            found = await connection.execute(
                select(*columns)
                .where(mine(usage, _SERVER), usage.c.day >= since)
                .order_by(usage.c.day, usage.c.kind, usage.c.model)
            )
            return [dict(row) for row in found.mappings()]
