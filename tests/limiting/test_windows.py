"""Moving windows: exactly the limit goes through, whoever asks at once and whatever clocks do."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.limiting.windows import LocalWindows, SharedWindows
from pageside.storage import redis_address
from pageside.storage.redis_server import RedisServer


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def shared(valkey):
    server = RedisServer(redis_address.parse(valkey.url))
    yield SharedWindows(server)
    await server.aclose()


async def test_a_window_moves():
    """What came a window ago counts no more; no two windows' worth go through at the edge of a minute."""
    clock = Clock()
    windows = LocalWindows(clock=clock)
    for _ in range(2):
        clock.now += 30
        assert await windows.acquire_entry("ada", 2, 60)

    assert not await windows.acquire_entry("ada", 2, 60)
    assert await windows.acquire_entry("eve", 2, 60)
    assert await windows.get_moving_window("ada", 2, 60) == (1_030.0, 2)
    clock.now = 1_090.0
    assert await windows.get_moving_window("ada", 2, 60) == (1_060.0, 1)
    assert await windows.acquire_entry("ada", 2, 60)
    assert not await windows.acquire_entry("ada", 2, 60)


async def test_what_was_refused_is_not_counted():
    """Whoever goes on asking is let in as soon as whoever waits."""
    clock = Clock()
    windows = LocalWindows(clock=clock)
    assert await windows.acquire_entry("ada", 1, 60)
    for _ in range(59):
        clock.now += 1
        assert not await windows.acquire_entry("ada", 1, 60)
    clock.now += 1

    assert await windows.acquire_entry("ada", 1, 60)


@given(st.lists(st.floats(0, 50), max_size=60), st.integers(1, 5))
def test_no_window_ever_holds_more_than_its_limit(pauses, limit):
    """However requests come, any minute has `limit` of them at most."""
    clock, windows, taken = Clock(), None, []
    windows = LocalWindows(clock=clock)

    async def ask():
        for pause in pauses:
            clock.now += pause
            if await windows.acquire_entry("ada", limit, 60):
                taken.append(clock.now)

    asyncio.run(ask())
    assert all(later - taken[at] >= 60 for at, later in enumerate(taken[limit:]))


async def test_what_is_over_is_forgotten():
    """Memory is measured by who asked within the window, and by a most that holds against everybody at once."""
    clock = Clock()
    windows = LocalWindows(clock=clock, most_keys=100)
    for number in range(1_000):
        await windows.acquire_entry(f"reader {number}", 5, 60)
    assert len(windows) <= 101
    clock.now += 61
    for _ in range(100):
        await windows.acquire_entry("ada", 1_000, 60)

    assert len(windows) == 1


async def test_processes_that_share_a_window_let_exactly_the_limit_through(shared):
    """Sixty-four at once, of which ten may."""
    answers = await asyncio.gather(*(shared.acquire_entry("ada", 10, 60) for _ in range(64)))

    assert sum(answers) == 10
    assert (await shared.get_moving_window("ada", 10, 60))[1] == 10
    assert await shared.acquire_entry("eve", 10, 60)


async def test_a_shared_window_moves(shared, valkey):
    """By the clock of Redis: what came a window ago counts no more."""
    now = int(valkey.ask("TIME").split("\r\n")[2])
    for ago in (61, 59):
        valkey.ask("LPUSH", "pageside:limit:ada", str((now - ago) * 1_000_000))

    assert (await shared.get_moving_window("ada", 2, 60))[1] == 1
    assert await shared.acquire_entry("ada", 2, 60)
    assert not await shared.acquire_entry("ada", 2, 60)


async def test_a_clock_of_redis_that_is_set_back_locks_nobody_out(shared, valkey):
    """Times that lie ahead are forgotten: they would count until the clock has caught up."""
    valkey.ask("LPUSH", "pageside:limit:ada", str(4_000_000_000 * 1_000_000))

    assert await shared.acquire_entry("ada", 1, 60)
    assert not await shared.acquire_entry("ada", 1, 60)


async def test_shared_windows_end_by_themselves(shared, valkey):
    """Redis forgets a key when nothing in it counts any more."""
    await shared.acquire_entry("ada", 5, 60)

    assert 0 < int(valkey.ask("PTTL", "pageside:limit:ada").strip().lstrip(":")) <= 60_000
