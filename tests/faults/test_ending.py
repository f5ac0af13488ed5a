"""A server that is told to end, and one that is asked more than it takes on: real processes, real signals."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack

import httpx2
import pytest
from tests.chatkit_client import ChatKit
from tests.chatkit_house import browser
from tests.faults.failure_table import asked
from tests.faults.machine import Machine
from tests.scripted_openai import ScriptedOpenAI

QUESTION = "How wide are the slots of a queen excluder?"
SAID = "A queen excluder is a grid whose slots are 4.2 mm wide [1]. "
DELTA = "assistant_message.content_part.text_delta"
NEVER = "600"


@pytest.fixture
def openai():
    with ScriptedOpenAI() as server:
        yield server


def settings(openai, **others):
    model = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url, "PAGESIDE_REPAIRS": "0"}
    return {**model, "EMBEDDING_MODEL": "none", **others}


async def ending(http):
    """Returns once the server says that it is ending."""
    async with asyncio.timeout(30):
        while (ready := await http.get("/health/ready")).status_code == 200:
            pass
    return ready


async def test_a_server_told_to_end_lets_answers_come_to_their_end(tmp_path, openai):
    """It says so first, and still answers who has not heard; then the stream under way ends whole, and the process."""
    openai.say(SAID, *[f"Slot {n} is for workers. " for n in range(40)], pause_s=0.15)
    openai.say(SAID)
    given = settings(openai, PAGESIDE_SHUTDOWN_NOTICE_S="4", PAGESIDE_SHUTDOWN_ANSWERS_S=NEVER)
    with Machine(tmp_path, **given) as machine:
        async with browser(machine.address) as ada, machine.reader() as http:
            await http.get("/")
            async with ada.asking(QUESTION) as stream:
                thread_id = (await stream.until("thread.created"))["thread"]["id"]
                await stream.until(DELTA)
                os.kill(machine.pid, signal.SIGTERM)
                ready, live = await ending(http), await http.get("/health/live")
                late = await asked(http, QUESTION)
                events = await stream.rest()
            cookies = ada.http.cookies
            with pytest.raises(httpx2.TransportError):
                await http.get("/health/live")
        machine.terminate()
        machine.start()
        async with browser(machine.address) as ada:
            ada.http.cookies = cookies
            items = await ada.items(thread_id)

    assert (ready.status_code, ready.json()) == (503, {"status": "ending"})
    assert ready.headers["connection"] == "close"
    assert live.status_code == 200
    assert "4.2 mm" in late.text
    assert "error" not in [event["type"] for event in events]
    (answer,) = (item for item in items if item["type"] == "assistant_message")
    assert "Slot 39" in answer["content"][0]["text"]
    assert {"answer_closed_after_interruption", "runs_abandoned"}.isdisjoint(line["event"] for line in machine.lines)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_told_a_second_time_it_ends_at_once(tmp_path, openai, by):
    """Though an answer is under way and there was time for it; what was said is there at the next start."""
    openai.say(SAID, "Workers pass ", fault="hold")
    given = settings(openai, PAGESIDE_SHUTDOWN_NOTICE_S=NEVER, PAGESIDE_SHUTDOWN_ANSWERS_S=NEVER)
    with Machine(tmp_path, **given) as machine:
        async with browser(machine.address) as ada, machine.reader() as http:
            async with ada.asking(QUESTION) as stream:
                thread_id = (await stream.until("thread.created"))["thread"]["id"]
                await stream.until(DELTA)
                async with asyncio.timeout(30):
                    while "wide [1]." not in str(await ada.items(thread_id)):
                        pass
                os.kill(machine.pid, by)
                await ending(http)
                os.kill(machine.pid, by)
                with pytest.raises(httpx2.TransportError):
                    await stream.rest()
            cookies = ada.http.cookies
        machine.terminate()
        machine.start()
        async with browser(machine.address) as ada:
            ada.http.cookies = cookies
            items = await ada.items(thread_id)

    assert "slots are 4.2 mm wide" in items[-1]["content"][0]["text"]


async def test_more_questions_than_a_server_takes_on(tmp_path, openai):
    """Two are answered, two wait, one is told when to come again; when the two have left, the waiting are answered."""
    for _ in range(2):
        openai.say(SAID, "Workers pass ", fault="hold")
    for _ in range(3):
        openai.say(SAID)
    limits = {"PAGESIDE_MAX_ANSWERS": "2", "PAGESIDE_MAX_WAITING_QUESTIONS": "2", "PAGESIDE_QUESTION_WAIT_S": "60"}
    with Machine(tmp_path, **settings(openai, **limits)) as machine:
        async with machine.reader() as http, AsyncExitStack() as held:
            await http.get("/")
            for _ in range(2):
                stream = await held.enter_async_context(ChatKit(http).asking(QUESTION))
                await stream.until(DELTA)
            asking = [asyncio.create_task(asked(http, QUESTION)) for _ in range(3)]
            (first,), _ = await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
            page = await http.get("/")
            await held.aclose()
            replies = await asyncio.gather(*asking)
            again = await asked(http, QUESTION)
    refused = first.result()

    assert refused.refused
    assert refused.response.json()["code"] == "overloaded"
    assert "try again in" in refused.response.json()["detail"]
    assert page.status_code == 200
    assert [reply.text.strip() for reply in replies if reply is not refused] == [SAID.strip()] * 2
    assert "4.2 mm" in again.text
