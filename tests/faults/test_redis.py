"""Redis that is not there: answers go on, and can be come back to where they are made. A real Valkey, really gone."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import structlog
from tests.chatkit_client import message, told
from tests.chatkit_house import browser, house, served
from tests.scripted_tutor import ScriptedTutor
from tests.valkey import elsewhere
from tests.web.listening import DELTA, asking, coming_back, deltas

from pageside.conversation.runs import Runs

WHOLE = "A servo holds an angle [1]."
QUICK = timedelta(milliseconds=100)


@asynccontextmanager
async def server(folder, tutor, valkey):
    """One process: what it knows of others, and a client of it."""
    async with (
        elsewhere(valkey) as far,
        house(folder, tutor, runs=Runs(grace=QUICK, elsewhere=far)) as home,
        served(home.app) as url,
        browser(url) as ada,
    ):
        yield far._streams.server, ada


@pytest.fixture
def logged():
    with structlog.testing.capture_logs() as lines:
        yield lines


def said(lines, event):
    return [line for line in lines if line["event"] == event]


async def status(client, run):
    async with client.http.stream("GET", f"/chatkit/runs/{run}/events") as response:
        return response.status_code


async def back(redis, client):
    """Returns when the process has found Redis again, which it looks for by itself."""
    async with asyncio.timeout(15):
        while not redis.up_for:
            await client.threads()


async def test_without_redis_from_the_start_everything_works_in_one_process(tmp_path, valkey, logged):
    """Resuming and stopping too; another process says when to try again. Said once in the log."""
    valkey.stop()
    tutor = ScriptedTutor(pause_before=4)
    async with (
        server(tmp_path, tutor, valkey) as (redis, ada),
        server(tmp_path, ScriptedTutor(), valkey) as (_, there),
    ):
        async with asking(ada, "q") as first:
            await first.until(DELTA)
        elsewhere_now = await there.http.get(f"/chatkit/runs/{first.run}/events")
        async with coming_back(ada, first.run, first.last) as second:
            tutor.resume.set()
            await second.rest()
        tutor.pause_before = -1
        plain = await ada.ask("q")
        whole = deltas(first.events + second.events)

    assert whole == plain.text == WHOLE
    assert elsewhere_now.status_code == 503
    assert elsewhere_now.json()["retryable"] is True
    assert redis.outages == 1
    assert len(said(logged, "redis_lost")) == 2  # once for each process


async def test_redis_that_goes_and_comes_back_empty_learns_of_what_is_under_way(tmp_path, valkey, logged):
    """The answer goes on meanwhile; afterwards another process tells all of it, under the same numbers."""
    tutor = ScriptedTutor(pause_before=4)
    async with (
        server(tmp_path, tutor, valkey) as (redis, ada),
        server(tmp_path, ScriptedTutor(), valkey) as (redis_there, there),
        asking(ada, "q") as first,
    ):
        await first.until(DELTA)
        valkey.stop()
        async with asyncio.timeout(10):
            while redis.up_for:
                await ada.threads()
        valkey.start()
        await back(redis, ada)
        async with asyncio.timeout(10):
            while await status(there, first.run) == 503:
                await there.threads()
        async with coming_back(there, first.run) as second:
            tutor.resume.set()
            await asyncio.gather(first.rest(), second.rest())

    assert first.heard == second.heard
    assert deltas(first.events) == WHOLE
    assert redis.outages == 1
    assert len(said(logged, "redis_lost")) == redis.outages + redis_there.outages
    assert said(logged, "redis_back")


async def test_one_who_follows_through_an_outage_hears_the_rest_after_it(tmp_path, valkey):
    """The stream is silent while Redis is away, and nothing of it is missed or told twice."""
    tutor = ScriptedTutor(pause_before=4)
    async with (
        server(tmp_path, tutor, valkey) as (redis, ada),
        server(tmp_path, ScriptedTutor(), valkey) as (_, there),
        asking(ada, "q") as first,
    ):
        await first.until(DELTA)
        async with coming_back(there, first.run) as second:
            await second.until(DELTA)
            valkey.stop()
            async with asyncio.timeout(10):
                while redis.up_for:
                    await ada.threads()
            tutor.resume.set()
            await first.rest()
            valkey.start()
            async with asyncio.timeout(20):
                await second.rest()

    assert second.heard == first.heard


async def test_redis_that_hangs_holds_up_no_answer(tmp_path, valkey):
    """It takes commands and answers none: a plain client and one that can come back notice nothing."""
    async with server(tmp_path, ScriptedTutor(), valkey) as (redis, ada):
        valkey.halt()
        async with asyncio.timeout(2):
            async with asking(ada, "q") as stream:
                await stream.rest()
            plain = await ada.ask("q")
        async with asyncio.timeout(15):
            while redis.up_for:
                await ada.threads()
        valkey.go_on()
        await back(redis, ada)

    assert deltas(stream.events) == plain.text == WHOLE


async def test_redis_without_room_is_as_good_as_gone(tmp_path, valkey, logged):
    """Answers go on; the log says why."""
    async with server(tmp_path, ScriptedTutor(), valkey) as (redis, ada):
        valkey.ask("CONFIG", "SET", "maxmemory-policy", "noeviction")
        valkey.ask("CONFIG", "SET", "maxmemory", "1")
        async with asking(ada, "q") as stream:
            await stream.rest()
        async with asyncio.timeout(10):
            while not redis.outages:
                await ada.threads()

    assert deltas(stream.events) == WHOLE
    assert "maxmemory" in said(logged, "redis_lost")[0]["reason"]


async def test_a_crowd_does_not_run_at_a_redis_that_is_gone(tmp_path, valkey):
    """Of two hundred who come back at once, one looks for it; the others are told at once to try again."""
    async with server(tmp_path, ScriptedTutor(), valkey) as (redis, there):
        valkey.stop()
        answers = await asyncio.gather(*(there.http.get(f"/chatkit/runs/run_{n:030}/events") for n in range(200)))
        looked = redis._failures

    assert {answer.status_code for answer in answers} == {503}
    assert looked <= 16
    assert redis.outages == 1


async def test_plain_clients_meet_no_redis_at_all(tmp_path, valkey):
    """Not even one that is away and comes back."""
    async with server(tmp_path, ScriptedTutor(), valkey) as (_, ada):
        valkey.stop()
        first = told(await ada.send("threads.create", input=message("q")))
        valkey.start()
        second = told(await ada.send("threads.create", input=message("q")))

    assert first.text == second.text == WHOLE
    assert valkey.ask("KEYS", "*").strip() == "*0"
