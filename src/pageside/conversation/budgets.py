"""What answers may cost in a day, for a reader and for all of them, counted where every process sees it.

An answer's cost is known at its end, and many may be under way. So a usual answer is counted before one begins, and
made good when it has said what it cost. One that never says so, because it was stopped or its process died, stays
counted as a usual one.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.answer.events import AskedBack, AskedPage, Completed, TextDelta, TutorEvent, Usage
from pageside.conversation.turn import Turn
from pageside.errors import StoreUnavailable, TooManyRequests
from pageside.identity.ownership import mine, upsert
from pageside.identity.reader import Reader
from pageside.limiting.limiter import waiting
from pageside.phrases import refusals
from pageside.storage.engine import Database
from pageside.storage.tables import spending
from pageside.telemetry import metrics

log = structlog.get_logger(__name__)

USUAL: Final = Usage(model="", input_tokens=3_000, output_tokens=1_000)

# The rows belong to the server: whoever erases what is theirs has not spent less, and nobody's name stands in them.
_SERVER: Final = Turn(reader=Reader(subject="pageside:server"))
_ALL: Final = "all"
_NEARLY: Final = 0.8


class BudgetSpent(TooManyRequests):
    """What may be spent in a day is spent."""

    code = "budget_spent"


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent in a day; 0 for no limit.

    Attributes:
        cost: In any currency.
    """

    tokens: int = 0
    cost: float = 0.0

    def used(self, spent: Spent) -> float:
        """The part of it that `spent` is: 1 or more where nothing is left."""
        parts = [spent.tokens / self.tokens] if self.tokens else []
        if self.cost:
            parts.append(spent.millionths / 1_000_000 / self.cost)
        return max(parts, default=0.0)


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent; its cost is in millionths of the currency."""

    tokens: int = 0
    millionths: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.tokens + other.tokens, self.millionths + other.millionths)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.tokens - other.tokens, self.millionths - other.millionths)


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in the currency of the budgets."""

    input: float = 0.0
    output: float = 0.0
    beside: float = 0.0

    def of(self, usage: Usage) -> Spent:
        """What an answer cost."""
        return Spent(
            usage.input_tokens + usage.output_tokens + usage.beside_tokens,
            math.ceil(
                usage.input_tokens * self.input + usage.output_tokens * self.output + usage.beside_tokens * self.beside
            ),
        )


class Budgets:
    """Counts what answers cost.

    Args:
        reader: What each reader may spend in a day of UTC.
        server: What all of them together may.
    """

    def __init__(
        self,
        database: Database,
        *,
        reader: Budget,
        server: Budget,
        prices: Prices | None = None,
        now: Callable[[], datetime] = ids.now,
    ) -> None:
        self._database = database
        self._reader = reader
        self._server = server
        self._prices = prices or Prices()
        self._usual = self._prices.of(USUAL)
        self._now = now

    async def require(self, reader: Reader) -> bool:
        """Returns if the reader may ask: whether what is left for them today is nearly spent.

        Raises:
            BudgetSpent: Nothing is left, for them or for anybody.
            StoreUnavailable: The database cannot be read.
        """
        async with self._database.reading(_SERVER.reader) as connection:
            own, everybody = await _spent(connection, reader, self._today())
        return self._required(own, everybody) >= _NEARLY

    async def charge(self, reader: Reader, cost: Spent) -> None:
        """Counts what was spent beside an answer, as on a dictation."""
        await self._count(reader, self._today(), cost)

    async def metered(
        self, events: AsyncGenerator[TutorEvent, None], reader: Reader
    ) -> AsyncGenerator[TutorEvent, None]:
        """`events` of an answer, whose cost is counted as the reader's.

        Raises:
            BudgetSpent: Nothing is left, for the reader or for anybody; the answer has not begun.
            StoreUnavailable: The database cannot be written; likewise.
        """
        async with aclosing(events):
            day = await self._reserve(reader)
            worked = False
            try:
                async for event in events:
                    if isinstance(event, Completed):
                        await self._settle(reader, day, self._prices.of(event.answer.usage))
                    elif isinstance(event, AskedBack):
                        await self._settle(reader, day, self._prices.of(event.usage))
                    worked = worked or isinstance(event, TextDelta | AskedPage)
                    yield event
            except Exception:
                if not worked:
                    await self._settle(reader, day, Spent())
                raise

    async def _reserve(self, reader: Reader) -> date:
        day = self._today()
        async with self._database.transaction(_SERVER.reader) as connection:
            own, everybody = await _spent(connection, reader, day)
            self._required(own, everybody)
            await connection.execute(delete(spending).where(mine(spending, _SERVER), spending.c.day < day.isoformat()))
            await _write(connection, day, {_name(reader): own + self._usual, _ALL: everybody + self._usual})
        return day

    async def _settle(self, reader: Reader, day: date, cost: Spent) -> None:
        """Makes good what was counted when an answer began."""
        await self._count(reader, day, cost - self._usual)

    async def _count(self, reader: Reader, day: date, more: Spent) -> None:
        try:
            async with self._database.transaction(_SERVER.reader) as connection:
                if day == self._today():
                    own, everybody = await _spent(connection, reader, day)
                    await _write(connection, day, {_name(reader): own + more, _ALL: everybody + more})
        except StoreUnavailable:
            log.warning("cost_not_counted", tokens=more.tokens)

    def _required(self, own: Spent, everybody: Spent) -> float:
        if self._server.used(everybody) >= 1:
            metrics.LIMITED.labels("budget", "server").inc()
            raise BudgetSpent(
                refusals.SPENT_BY_ALL.of(wait=waiting(self._until_tomorrow())),
                retry_after_s=self._until_tomorrow(),
            )
        used = self._reader.used(own)
        if used >= 1:
            metrics.LIMITED.labels("budget", "reader").inc()
            raise BudgetSpent(
                refusals.SPENT_BY_READER.of(wait=waiting(self._until_tomorrow())), retry_after_s=self._until_tomorrow()
            )
        return used

    def _today(self) -> date:
        return self._now().astimezone(UTC).date()

    def _until_tomorrow(self) -> int:
        tomorrow = datetime.combine(self._today() + timedelta(days=1), datetime.min.time(), tzinfo=UTC)
        return max(1, math.ceil((tomorrow - self._now()).total_seconds()))


async def _spent(connection: AsyncConnection, reader: Reader, day: date) -> tuple[Spent, Spent]:
    """What the reader has spent on that day, and what everybody has."""
    rows = await connection.execute(
        select(spending.c.whose, spending.c.tokens, spending.c.millionths).where(
            mine(spending, _SERVER), spending.c.day == day.isoformat(), spending.c.whose.in_([_name(reader), _ALL])
        )
    )
    found = {row.whose: Spent(row.tokens, row.millionths) for row in rows}
    return found.get(_name(reader), Spent()), found.get(_ALL, Spent())


async def _write(connection: AsyncConnection, day: date, told: dict[str, Spent]) -> None:
    rows = [
        {"day": day.isoformat(), "whose": whose, "tokens": spent.tokens, "millionths": spent.millionths}
        for whose, spent in told.items()
    ]
    replacing = ["tokens", "millionths"]
    dialect = connection.dialect.name
    await connection.execute(upsert(spending, _SERVER, rows=rows, replacing=replacing, dialect=dialect))


def _name(reader: Reader) -> str:
    reader = reader.of_book("")  # a person has one budget, however many books there are
    told = f"{reader.organisation}\n{reader.subject}".encode(errors="replace")
    return hashlib.blake2b(told, digest_size=16).hexdigest()
