"""One answer at a time in a thread, across processes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pageside.conversation.leases import Leases
from pageside.conversation.turn import Turn
from pageside.errors import ThreadBusy
from pageside.identity.reader import Reader
from pageside.storage.tables import leases

ADA = Turn(reader=Reader("ada"))
AT_ONCE = timedelta(0)


async def count(database):
    async with database.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(leases))).scalar_one()


async def test_a_thread_is_answered_by_one_at_a_time(database):
    """The second is told so; another thread is free; given back, it is free again."""
    one, two = Leases(database, grace=AT_ONCE), Leases(database, grace=AT_ONCE)
    async with one.held("thr_1", ADA):
        with pytest.raises(ThreadBusy):
            async with two.held("thr_1", ADA):
                raise AssertionError
        async with two.held("thr_2", ADA):
            assert await count(database) == 2
    async with two.held("thr_1", ADA):
        assert await count(database) == 1

    assert await count(database) == 0


async def test_the_claim_of_a_process_that_died_runs_out(database):
    """A claim nobody renews holds for its lifetime and no longer."""
    dead = Leases(database, grace=AT_ONCE, lifetime=timedelta(seconds=-1))
    await dead._take("thr_1", ADA)
    async with Leases(database, grace=AT_ONCE).held("thr_1", ADA):
        assert await count(database) == 1


async def test_a_claim_in_use_is_renewed(database):
    """However long the answer takes."""
    lively = Leases(database, grace=AT_ONCE, lifetime=timedelta(milliseconds=60))
    other = Leases(database, grace=timedelta(milliseconds=200))
    async with lively.held("thr_1", ADA):
        with pytest.raises(ThreadBusy):
            async with other.held("thr_1", ADA):
                raise AssertionError


async def test_a_claim_that_ends_soon_is_waited_for(database):
    """Within the grace."""
    short = Leases(database, grace=AT_ONCE, lifetime=timedelta(milliseconds=100))
    await short._take("thr_1", ADA)
    async with Leases(database, grace=timedelta(seconds=5)).held("thr_1", ADA):
        assert await count(database) == 1
