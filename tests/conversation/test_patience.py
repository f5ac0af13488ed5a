"""Many waits in a row with one timer: the one that lasts too long is noticed, the others are not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from pageside.conversation.patience import Patience

LONGEST = timedelta(milliseconds=600)


async def later(seconds):
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()


async def test_a_wait_that_lasts_too_long_is_noticed():
    """Once, and not before its time."""
    noticed = []
    loop = asyncio.get_running_loop()
    patience = Patience(LONGEST, lambda: noticed.append(loop.time()))
    began = loop.time()
    patience.begin()
    await later(1.2)

    assert len(noticed) == 1
    assert noticed[0] - began >= 0.6


async def test_short_waits_are_not_added_up():
    """However many there are, and whatever the timer set for the first of them."""
    noticed = []
    patience = Patience(LONGEST, lambda: noticed.append(True))
    for _ in range(20):
        patience.begin()
        await later(0.05)
        patience.end()

    assert noticed == []


async def test_after_its_end_nothing_is_noticed():
    """Neither a wait that ended nor one that was given up."""
    noticed = []
    patience = Patience(LONGEST, lambda: noticed.append(True))
    patience.begin()
    patience.close()
    await later(0.8)

    assert noticed == []
