"""What is spent beside an answer, as on a dictation, counts as an answer does; on each kind of database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
import structlog
from sqlalchemy.schema import DropTable
from tests.databases import as_owner

from pageside.conversation.budgets import Budget, Budgets, BudgetSpent, Prices, Spent
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.tables import spending

ADA, EVE = Reader("ada"), Reader("eve")
TOKYO = timezone(timedelta(hours=9))
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def budgets(database, *, tokens=0, everybody=0, cost=0.0, now=lambda: NOON):
    return Budgets(database, reader=Budget(tokens, cost), server=Budget(everybody), prices=Prices(), now=now)


async def test_a_charge_is_counted_whole(database):
    """Not less a usual answer, which nobody counted before it."""
    counted = budgets(database, tokens=100)
    await counted.charge(ADA, Spent(79))
    before = await counted.require(ADA)
    await counted.charge(ADA, Spent(1))
    nearly = await counted.require(ADA)
    await counted.charge(ADA, Spent(20))

    assert (before, nearly) == (False, True)
    with pytest.raises(BudgetSpent, match="You have asked all") as refused:
        await counted.require(ADA)
    assert refused.value.retry_after_s == 12 * 3600


async def test_a_charge_is_the_readers_own_and_everybodys(database):
    """Another reader is refused only where all of them together have spent what there is."""
    counted = budgets(database, tokens=50, everybody=100)
    await counted.charge(ADA, Spent(60))

    with pytest.raises(BudgetSpent, match="You have asked all"):
        await counted.require(ADA)
    assert await counted.require(EVE) is False
    await counted.charge(EVE, Spent(40))
    with pytest.raises(BudgetSpent, match="All questions"):
        await counted.require(Reader("bob"))


async def test_money_is_counted_in_millionths(database):
    """So that the smallest charge is not lost."""
    counted = budgets(database, cost=0.00001)
    for _ in range(9):
        await counted.charge(ADA, Spent(0, 1))

    assert await counted.require(ADA) is True
    await counted.charge(ADA, Spent(0, 1))
    with pytest.raises(BudgetSpent):
        await counted.require(ADA)


async def test_charges_at_once_are_all_counted(database):
    """None overwrites another, whichever process it comes from."""
    processes = [budgets(database, tokens=20) for _ in range(4)]
    await asyncio.gather(*(process.charge(ADA, Spent(1)) for process in processes for _ in range(5)))

    with pytest.raises(BudgetSpent):
        await processes[0].require(ADA)
    assert await budgets(database, tokens=21).require(ADA) is True


async def test_a_new_day_begins_at_nothing(database):
    """At midnight of UTC, wherever the server stands."""
    now = [NOON]
    counted = budgets(database, tokens=10, now=lambda: now[0].astimezone(TOKYO))
    await counted.charge(ADA, Spent(10))
    now[0] = datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)
    with pytest.raises(BudgetSpent):
        await counted.require(ADA)
    now[0] += timedelta(seconds=1)

    assert await counted.require(ADA) is False


async def test_a_person_has_one_budget_for_all_books_and_one_in_each_organisation(database):
    """Who asks counts, not what of."""
    counted = budgets(database, tokens=10)
    await counted.charge(ADA.of_book("robots"), Spent(10))

    with pytest.raises(BudgetSpent):
        await counted.require(ADA.of_book("bees"))
    assert await counted.require(Reader("ada", organisation="school")) is False


async def test_a_charge_that_cannot_be_written_is_said_and_stops_nobody(database, store_url):
    """What was spent is spent; the dictation is heard all the same."""
    counted = budgets(database, tokens=10)
    owner = await Database.open(as_owner(store_url))
    async with owner.transaction(ADA) as connection:
        await connection.execute(DropTable(spending))
    await owner.aclose()
    with structlog.testing.capture_logs() as lines:
        await counted.charge(ADA, Spent(7))

    assert [each["tokens"] for each in lines if each["event"] == "cost_not_counted"] == [7]
