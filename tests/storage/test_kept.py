"""Small values under keys: one contract for those of a process and those that processes share."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.storage import redis_address
from pageside.storage.kept import MAX_BYTES, KeptHere, KeptThere
from pageside.storage.redis_server import RedisServer

HOUR = timedelta(hours=1)


@asynccontextmanager
async def shared(url, *, prefix="pageside:test:", lasts=HOUR):
    server = RedisServer(redis_address.parse(url))
    try:
        yield KeptThere(server, prefix=prefix, lasts=lasts)
    finally:
        await server.aclose()


@pytest.fixture(params=["here", "there"])
async def kept(request):
    """Each of the two forms, empty."""
    if request.param == "here":
        yield KeptHere(lasts=HOUR)
        return
    async with shared(request.getfixturevalue("valkey").url) as there:
        yield there


@pytest.mark.parametrize("value", [b"", b"text", b"\x00\xff\r\n*1\r\n", "é👑".encode(), b"x" * MAX_BYTES])
async def test_what_is_kept_is_found_byte_for_byte(kept, value):
    """Under its own key alone."""
    await kept.put("a", value)

    assert await kept.get("a") == value
    assert await kept.get("b") is None


async def test_the_last_value_counts(kept):
    """Under one key there is one."""
    await kept.put("a", b"first")
    await kept.put("a", b"second")

    assert await kept.get("a") == b"second"


async def test_what_is_too_large_is_not_kept(kept):
    """And takes nothing away."""
    await kept.put("a", b"small")
    await kept.put("a", b"x" * (MAX_BYTES + 1))
    await kept.put("b", b"x" * (MAX_BYTES + 1))

    assert await kept.get("a") == b"small"
    assert await kept.get("b") is None


@pytest.mark.parametrize("key", ["", "a b", "a\r\nFLUSHALL\r\n", "*", "👑", "x" * 5000])
async def test_a_key_may_be_any_text(kept, key):
    """It is never read as a command or a pattern."""
    await kept.put("other", b"other")
    await kept.put(key, b"value")

    assert await kept.get(key) == b"value"
    assert await kept.get("other") == b"other"


async def test_processes_share_what_is_there_for_as_long_as_it_lasts(valkey):
    """To the millisecond, in the server's own time."""
    async with shared(valkey.url, lasts=timedelta(minutes=1.5)) as one, shared(valkey.url) as other:
        await one.put("a", b"value")

        assert await other.get("a") == b"value"
    left_ms = int(valkey.ask("PTTL", "pageside:test:a").strip().removeprefix(":"))
    assert 0 < left_ms <= 90_000


async def test_prefixes_keep_what_is_there_apart(valkey):
    """Two kinds of values may have the same keys."""
    async with shared(valkey.url, prefix="a:") as one, shared(valkey.url, prefix="b:") as other:
        await one.put("k", b"one")

        assert await other.get("k") is None


async def test_without_the_server_nothing_is_kept_and_nothing_fails(valkey):
    """It is missed while the server is away, and kept again when it is back."""
    async with shared(valkey.url) as there:
        await there.put("a", b"before")
        valkey.stop()
        await there.put("b", b"meanwhile")
        missed = [await there.get("a"), await there.get("b")]
        valkey.start()
        async with asyncio.timeout(20):  # it is asked again after a pause, not by each who wants something
            while await there.get("c") != b"after":
                await there.put("c", b"after")
                await asyncio.sleep(0)

        assert missed == [None, None]
        assert await there.get("a") is None


async def test_what_somebody_else_put_there_is_none_of_ours(valkey):
    """A list under the key is missed, not shown, and the next process that keeps a value there replaces it."""
    valkey.ask("RPUSH", "pageside:test:a", "x")
    async with shared(valkey.url) as one, shared(valkey.url) as other:
        found = await one.get("a")
        await other.put("a", b"value")

        assert found is None
        assert await other.get("a") == b"value"


async def test_what_is_here_ends_when_its_time_is_over():
    """By a clock that nobody sets back."""
    clock = [0.0]
    kept = KeptHere(lasts=HOUR, now=lambda: clock[0])
    await kept.put("a", b"value")
    clock[0] = 3599.9
    before = await kept.get("a")
    clock[0] = 3600.0

    assert before == b"value"
    assert await kept.get("a") is None


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abcde")), max_size=40))
async def test_what_was_least_used_is_forgotten_first(steps):
    """Of more than fit, those last put or found are there, however they were used."""
    kept, used = KeptHere(lasts=HOUR, entries=3), []
    for puts, key in steps:
        if puts:
            await kept.put(key, key.encode())
        if await kept.get(key) is not None:
            used = [each for each in used if each != key] + [key]
    recent = used[-3:]

    assert {key: await kept.get(key) for key in "abcde"} == {
        key: key.encode() if key in recent else None for key in "abcde"
    }
