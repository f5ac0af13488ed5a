"""Reading a stream while what has come of it is still worked on."""

from __future__ import annotations

import asyncio

import pytest

from pageside.answer import ahead


async def counting(read, *, end=100):
    for number in range(end):
        read.append(number)
        yield number


async def test_the_next_is_read_while_one_is_worked_on():
    """The source goes on without being asked, as far as the limit."""
    read: list[int] = []
    async with ahead.reading(counting(read), limit=3) as pieces:
        first = await anext(pieces)
        for _ in range(20):
            await asyncio.sleep(0)

        assert first == 0
        assert read == [0, 1, 2, 3, 4]  # one taken, three kept, one waiting to be kept


async def test_pieces_come_in_order():
    """All of them, and then the end."""
    async with ahead.reading(counting([], end=20), limit=2) as pieces:
        assert [piece async for piece in pieces] == list(range(20))


async def test_an_error_comes_behind_what_was_before_it():
    """As it would without reading ahead."""

    async def failing():
        yield 1
        yield 2
        raise ValueError("broke")

    async with ahead.reading(failing(), limit=5) as pieces:
        assert [await anext(pieces), await anext(pieces)] == [1, 2]
        with pytest.raises(ValueError, match="broke"):
            await anext(pieces)


async def test_leaving_closes_the_source():
    """However little of it was taken, and no task is left."""
    closed = asyncio.Event()
    before = asyncio.all_tasks()

    async def endless():
        try:
            while True:
                yield "word"
        finally:
            closed.set()

    async with ahead.reading(endless(), limit=2) as pieces:
        await anext(pieces)

    assert closed.is_set()
    assert asyncio.all_tasks() == before
