"""Streams of frames in a real Valkey: written by one process, followed by another."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.databases import in_thread

from pageside.storage import redis_address
from pageside.storage.redis_server import RedisServer, RedisUnavailable
from pageside.storage.streams import Heard, Letter, Piece, Streams

QUICK = timedelta(milliseconds=50)


@asynccontextmanager
async def streams(valkey, holder="srv_a"):
    server = RedisServer(redis_address.parse(valkey.url))
    try:
        yield Streams(server, holder=holder)
    finally:
        await server.aclose()


def numbered(*frames, after=0):
    return list(enumerate(frames, start=after + 1))


async def test_what_is_written_in_pieces_is_read_whole(valkey):
    """And from any frame on, also from the middle of a piece."""
    async with streams(valkey) as kept:
        await kept.write([Piece("run", numbered(b"a", b"b"), 2, header={"thread": "t"})], [], [])
        await kept.write([Piece("run", numbered(b"c", after=2), 3, end="finished")], [], [])
        header, heard = await kept.load("run")
        later, _ = await kept.wait({"run": 1}, patience=QUICK)

    assert (header["thread"], header["holder"]) == ("t", "srv_a")
    assert heard == Heard(numbered(b"a", b"b", b"c"), end="finished")
    assert later["run"].frames[-1] == (3, b"c")
    assert later["run"].end == "finished"


async def test_a_stream_written_anew_is_the_only_one(valkey):
    """What stood there before is gone, also where it was longer."""
    async with streams(valkey) as kept:
        await kept.write([Piece("run", numbered(b"a", b"b", b"c"), 3, header={"thread": "t"})], [], [])
        await kept.write([Piece("run", numbered(b"a", b"b"), 2, header={"thread": "t"})], [], [])
        _, heard = await kept.load("run")

    assert heard.frames == numbered(b"a", b"b")


async def test_a_frame_is_never_written_twice(valkey):
    """Whoever tries is told that something is wrong, instead of readers hearing it twice."""
    async with streams(valkey) as kept:
        await kept.write([Piece("run", numbered(b"a"), 1, header={"thread": "t"})], [], [])
        with pytest.raises(RedisUnavailable):
            await kept.write([Piece("run", numbered(b"a"), 1)], [], [])


async def test_letters_reach_the_one_they_are_for(valkey):
    """Once, in their order."""
    async with streams(valkey, "srv_a") as one, streams(valkey, "srv_b") as other:
        await one.write([], [Letter("srv_b", {"do": "stop"}), Letter("srv_b", {"do": "look"})], [])
        _, first = await other.wait({}, patience=QUICK)
        _, then = await other.wait({}, patience=QUICK)
        _, own = await one.wait({}, patience=QUICK)

    assert [letter["do"] for letter in first] == ["stop", "look"]
    assert then == own == []


async def test_a_process_is_alive_as_long_as_it_writes(valkey):
    """One that never did is not."""
    async with streams(valkey) as kept:
        await kept.write([], [], [])
        alive = await kept.alive(["srv_a", "srv_b"])

    assert alive == {"srv_a": True, "srv_b": False}


@hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=st.lists(st.binary(max_size=200), min_size=1, max_size=20), cuts=st.sets(st.integers(1, 19)))
def test_however_it_is_cut_nothing_is_lost(valkey, frames, cuts):
    """Any bytes, in any pieces."""

    async def written_and_read():
        async with streams(valkey) as kept:
            places = [0, *sorted(cut for cut in cuts if cut < len(frames)), len(frames)]
            for begin, end in pairwise(places):
                header = {} if begin else {"header": {"thread": "t"}}
                await kept.write([Piece("run", numbered(*frames[begin:end], after=begin), end, **header)], [], [])
            return await kept.load("run")

    _, heard = in_thread(written_and_read())

    assert heard.frames == numbered(*frames)
