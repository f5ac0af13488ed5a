"""The model fails in every way it can: what the reader sees, what is stored, and that the next question is answered.

The server is a process of its own, and so is, over HTTP, the model.
"""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.chatkit_client import ChatKit
from tests.faults.machine import Machine
from tests.scripted_openai import Reply, ScriptedOpenAI

QUESTION = "What does the queen excluder do?"
RIGHT = "A queen excluder keeps eggs out of the honey [1]."
SAID = "A queen excluder is a grid whose slots are 4.2 mm wide [1]. "
KEY = "sk-fault-0123456789abcdef"


@pytest.fixture(scope="module")
def openai():
    with ScriptedOpenAI() as server:
        yield server


@pytest.fixture(scope="module", params=["responses", "chat_completions"])
def machine(request, openai, tmp_path_factory):
    """One server for all faults: each of them must leave it able to answer the next."""
    with Machine(
        tmp_path_factory.mktemp(request.param),
        OPENAI_API_KEY=KEY,
        OPENAI_BASE_URL=openai.base_url,
        PAGESIDE_MODEL_API=request.param,
        PAGESIDE_MODEL_TIMEOUT_S="2",
    ) as started:
        yield started


@pytest.fixture
async def guest(machine, openai):
    openai.forget()
    async with machine.reader() as http:
        yield ChatKit(http)


async def answered_next(openai, guest, told):
    """The same question again, in place of what failed: the answer, and what the thread then holds."""
    openai.forget()
    openai.say(RIGHT)
    question = told.done("user_message")[0]["id"]
    again = await guest.tell("threads.retry_after_item", thread_id=told.thread_id, item_id=question)
    return again, await guest.items(told.thread_id)


def require_one_answer(again, items):
    assert again.errors == []
    assert [item["type"] for item in items].count("user_message") == 1
    (answer,) = [item for item in items if item["type"] == "assistant_message"]
    assert answer["content"][0]["text"] == RIGHT


@pytest.mark.parametrize(("status", "headers"), [(429, {"retry-after": "0"}), (500, {}), (503, {}), (401, {})])
async def test_a_model_that_refuses(openai, guest, status, headers):
    """Words and a way to retry; the question is kept, nothing is passed off as an answer, the key is nowhere."""
    openai.fail(status, times=9, headers=headers, message=f"no room, {KEY}")
    told = await guest.ask(QUESTION)
    stored = await guest.items(told.thread_id)
    again, items = await answered_next(openai, guest, told)

    (error,) = told.errors
    assert error["allow_retry"] is True
    assert error["message"].endswith(".")
    assert "Traceback" not in error["message"]
    assert KEY not in json.dumps(told.events)
    assert "assistant_message" not in [item["type"] for item in stored]
    assert stored[0]["content"][0]["text"] == QUESTION
    require_one_answer(again, items)


@pytest.mark.parametrize("fault", ["cut", "half_json", "unfinished", "error_event", "length"])
async def test_a_model_that_breaks_off(openai, guest, fault):
    """What was shown stands in the thread as it was shown, the reader is told that it is not all of it."""
    openai.say(SAID, SAID, fault=fault)
    told = await guest.ask(QUESTION)
    stored = [item for item in await guest.items(told.thread_id) if item["type"] == "assistant_message"]
    again, items = await answered_next(openai, guest, told)

    assert told.errors or told.done("assistant_message")
    assert [error["allow_retry"] for error in told.errors] == [True] * len(told.errors)
    assert (fault == "length") or told.errors, "the answer was passed off as whole"
    assert "".join(item["content"][0]["text"] for item in stored).startswith(told.deltas)
    require_one_answer(again, items)


async def test_a_model_that_is_silent(openai, guest):
    """Given up after the time that was set, in words."""
    openai.say(SAID, fault="hold")
    told = await guest.ask(QUESTION)
    again, items = await answered_next(openai, guest, told)

    assert [error["allow_retry"] for error in told.errors] == [True]
    require_one_answer(again, items)


async def test_a_model_that_says_one_byte_a_second(openai, guest):
    """Too slow to be an answer: given up in words, and others are answered meanwhile."""
    openai.reply(Reply(deltas=(SAID,), fault="drip", drip_s=1.0))
    openai.say(RIGHT)
    async with guest.asking(QUESTION) as slow:
        await slow.until("thread.item.done")
        assert await asyncio.to_thread(openai.asked.wait, 60)  # what comes next is answered as it should be
        other = await guest.ask(QUESTION)
        events = await slow.rest()
    question = next(event["item"]["id"] for event in events if event["type"] == "thread.item.done")

    assert other.text == RIGHT
    assert [event["allow_retry"] for event in events if event["type"] == "error"] == [True]
    thread_id = events[0]["thread"]["id"]
    openai.forget()
    openai.say(RIGHT)
    again = await guest.tell("threads.retry_after_item", thread_id=thread_id, item_id=question)
    require_one_answer(again, await guest.items(thread_id))


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("delete_everything", {"confirm": True}),
        ("search_textbook", {"query": 7, "limit": "a lot"}),
        ("search_textbook", {}),
        ("search_textbook", {"query": "queen" * 20_000}),
    ],
)
async def test_a_model_that_lies_about_its_tools(openai, guest, tool, arguments):
    """A tool that is not there, arguments that are none: the model is told, and its next words are the answer."""
    openai.call(tool, arguments)
    openai.say(RIGHT)
    told = await guest.ask(QUESTION)
    first_attempt = list(openai.requests)
    if told.errors:
        again, items = await answered_next(openai, guest, told)
        require_one_answer(again, items)
    else:
        assert told.text == RIGHT
        assert len(first_attempt) == 2


async def test_a_model_that_calls_tools_without_end(openai, guest):
    """Stopped after a few; the reader is told."""
    for _ in range(60):
        openai.call("search_textbook", {"query": "queen excluder"})
    told = await guest.ask(QUESTION)
    asked = len(openai.requests)
    again, items = await answered_next(openai, guest, told)

    assert asked < 30
    assert told.errors or told.text
    require_one_answer(again, items)
