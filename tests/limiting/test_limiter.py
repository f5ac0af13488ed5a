"""The limiter: who is told what, how processes count together, and what they do without Redis."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from pageside.limiting.limiter import Limiter, LimitReached, Rules, network, waiting
from pageside.storage import redis_address
from pageside.storage.redis_server import RedisServer

ROOT = Path(__file__).parents[2]
RULES = {("chat", "reader"): "3/minute, 100/day", ("chat", "address"): "10/hour"}


def limiter(**options):
    return Limiter(Rules(RULES), **options)


async def asked(limits, times, *, name="ada"):
    """How many of so many questions at once went through."""
    answers = await asyncio.gather(
        *(limits.require("chat", "reader", name) for _ in range(times)), return_exceptions=True
    )
    assert all(answer is None or isinstance(answer, LimitReached) for answer in answers)
    return answers.count(None)


async def test_exactly_the_limit_goes_through():
    """Sixty-four at once, of which three may; another reader has limits of their own."""
    limits = limiter()

    assert await asked(limits, 64) == 3
    assert await asked(limits, 64, name="eve") == 3


async def test_the_refusal_says_what_and_how_long():
    """For people, and for programs."""
    limits = limiter(clock=lambda: 1_000.0)
    await asked(limits, 3)
    with pytest.raises(LimitReached) as refused:
        await limits.require("chat", "reader", "ada")

    assert str(refused.value) == (
        "Too many questions from you: 3 are taken within a minute. Please wait 60 seconds and try again."
    )
    assert refused.value.retry_after_s == refused.value.standing.reset_s == 60
    assert refused.value.standing.remaining == 0


async def test_a_longer_window_holds_beside_a_shorter_one():
    """A hundred in a day, however slowly they come."""
    now = 0.0
    limits = Limiter(Rules(RULES), clock=lambda: now)
    through = 0
    for _ in range(40):
        through += await asked(limits, 3)
        now += 61
    with pytest.raises(LimitReached, match="100 are taken within a day"):
        await limits.require("chat", "reader", "ada")

    assert through == 100


async def test_nothing_set_is_no_limit():
    """`0` turns one off; whoever has no name has no limit."""
    limits = Limiter(Rules({("chat", "reader"): "0", ("chat", "session"): ""}))

    assert await asked(limits, 500) == 500
    await limits.require("chat", "session", "")


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unix socket", "unix socket"),
    ],
)
def test_an_address_is_counted_with_those_that_its_owner_may_take(address, counted):
    """Whoever has one address of IPv6 has 2^64."""
    assert network(address) == counted


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "a second"), (119, "119 seconds"), (120, "2 minutes"), (7_199, "120 minutes"), (80_000, "23 hours")],
)
def test_a_time_to_wait_is_told_in_words(seconds, words):
    """In the unit that a person would use, and never too short."""
    assert str(waiting(seconds)) == words


CHILD = """
import asyncio, sys
from pageside.limiting.limiter import Limiter, LimitReached, Rules
from pageside.storage import redis_address
from pageside.storage.redis_server import RedisServer

async def main():
    server = RedisServer(redis_address.parse(sys.argv[1]))
    limits = Limiter(Rules({("chat", "reader"): "50/hour"}), redis=server)
    answers = await asyncio.gather(
        *(limits.require("chat", "reader", "ada") for _ in range(64)), return_exceptions=True
    )
    print(answers.count(None), limits.alone)
    await server.aclose()

asyncio.run(main())
"""


async def test_two_processes_let_exactly_the_limit_through_together(valkey):
    """Each asks sixty-four times at once; fifty may."""
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, valkey.url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(2)
    ]
    told = [(await child.communicate())[0].decode().split() for child in children]

    assert sum(int(through) for through, _ in told) == 50
    assert [alone for _, alone in told] == ["0", "0"]


async def test_without_redis_each_process_goes_on_from_what_it_knows(valkey):
    """Nobody gets a second helping, nobody waits long, it is said once, and it ends when Redis is back."""
    server = RedisServer(redis_address.parse(valkey.url))
    limits = limiter(redis=server)
    with structlog.testing.capture_logs() as lines:
        assert await asked(limits, 2) == 2
        valkey.stop()
        assert await asked(limits, 64) == 1
        assert await asked(limits, 64, name="eve") == 3
        alone = limits.alone
        valkey.start()
        async with asyncio.timeout(15):
            while limits.alone > 0 and not server.up_for:
                await server.pause()
                await asked(limits, 1, name="bob")
        assert await asked(limits, 64, name="kim") == 3
    said = [line["event"] for line in lines]
    await server.aclose()

    assert alone >= 128
    assert said.count("limits_counted_alone") == said.count("limits_shared_again") == 1


async def test_a_redis_that_hangs_keeps_nobody_waiting_for_long(valkey):
    """Those who come while it is not known to be away wait for a second, the rest not at all."""
    server = RedisServer(redis_address.parse(valkey.url), timeout=timedelta(seconds=1))
    limits = limiter(redis=server)
    await asked(limits, 1)
    valkey.halt()
    async with asyncio.timeout(20):
        through = await asked(limits, 64)
    valkey.go_on()
    await server.aclose()

    assert through == 2
    assert server.outages == 1


async def test_no_name_of_a_reader_is_in_redis(valkey):
    """Whoever looks into it learns how many asked, and not who."""
    server = RedisServer(redis_address.parse(valkey.url))
    await limiter(redis=server).require("chat", "reader", "ada@example.org")
    await server.aclose()

    assert "pageside:limit:" in valkey.ask("KEYS", "*")
    assert "ada" not in valkey.ask("KEYS", "*")
