"""Places for answers: never more than there are, first come first served, and none is lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.conversation.capacity import Capacity, Overloaded

STEPS = st.lists(st.tuples(st.sampled_from(("take", "give", "leave")), st.integers(0, 7)), max_size=60)


@given(answers=st.integers(1, 4), waiting=st.integers(0, 4), steps=STEPS)
def test_no_place_is_given_twice_and_none_is_lost(answers, waiting, steps):
    """Whoever asks, gives back or leaves, in any order; in the end all places are free."""
    asyncio.run(_stepped(answers, waiting, steps))


async def _stepped(answers, waiting, steps):
    capacity = Capacity(answers=answers, waiting=waiting, patience=timedelta(hours=1))
    asking, inside = [], 0
    for step, which in steps:
        match step:
            case "take":
                asking.append(asyncio.create_task(capacity.take()))
            case "give" if inside:
                capacity.give_back()
                inside -= 1
            case "leave" if asking:
                asking.pop(which % len(asking)).cancel()
        await _settled()
        done = [task for task in asking if task.done()]
        inside += sum(task.exception() is None for task in done)
        asking = [task for task in asking if not task.done()]
        assert capacity.under_way == inside <= answers
        assert capacity.waiting == len(asking) <= waiting
        assert not (asking and inside < answers), "somebody waits beside a free place"
    for task in asking:
        task.cancel()
    await _settled()
    for _ in range(inside):
        capacity.give_back()
    for _ in range(answers):
        await capacity.take()
    assert capacity.under_way == answers
    assert capacity.waiting == 0


async def _settled():
    for _ in range(6):
        await asyncio.sleep(0)


async def test_who_waits_too_long_is_told_when_to_come_again():
    """In words and in seconds, and their place in the line is free."""
    capacity = Capacity(answers=1, waiting=1, patience=timedelta(0))
    await capacity.take()

    with pytest.raises(Overloaded, match="try again in") as refused:
        await capacity.take()

    assert 4 <= refused.value.retry_after_s <= 12
    assert (capacity.under_way, capacity.waiting, capacity.refused) == (1, 0, 1)


async def test_who_comes_first_is_served_first():
    """In the order in which they asked."""
    capacity, order = Capacity(answers=1, waiting=9), []
    await capacity.take()

    async def served(name):
        await capacity.take()
        order.append(name)
        capacity.give_back()

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(served(name))
            await _settled()
        capacity.give_back()

    assert order == ["a", "b", "c"]
