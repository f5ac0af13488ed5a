"""What a model is told of the conversation, the reader and the page, read from the very request it receives.

A real tutor and a scripted model, over real HTTP on both sides and with both model APIs.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr
from tests.answer.shelf import Shelf
from tests.chatkit_house import browser, house, served
from tests.scripted_openai import ScriptedOpenAI

from pageside.answer import prompt
from pageside.answer.models import Models
from pageside.answer.tutor import Tutor

SERVO = "A servo motor holds an angle [1]."
NODES = {"pageContext": {"url": "https://book.test/nodes", "title": "Nodes", "headings": ["Names", {"text": "Topics"}]}}
MARK = "PAGESIDE CONTEXT"


@pytest.fixture(scope="module")
def running():
    with ScriptedOpenAI() as server:
        yield server


@pytest.fixture
def openai(running):
    running.forget()
    return running


@pytest.fixture(params=["responses", "chat_completions"])
async def models(request, openai):
    key = SecretStr("sk-test-0123456789abcdef")
    chosen = Models(api_key=key, base_url=openai.base_url, model="gpt-test", api=request.param, timeout_s=5)
    yield chosen
    await chosen.aclose()


@asynccontextmanager
async def reading(folder, models):
    async with house(folder, Tutor(Shelf(), models, repairs=0)) as home, served(home.app) as url, browser(url) as ada:
        yield ada


async def conversation(folder, models, openai, *turns):
    """Sends `turns`, each a text with what goes with it, in one thread; gives the requests the model received."""
    async with reading(folder, models) as ada:
        thread = ""
        for text, fields in turns:
            openai.say(fields.pop("answer", SERVO))
            told = await ada.ask(text, thread=thread, **fields)
            assert told.errors == []
            thread = thread or told.thread_id
    return openai.requests


def spoken(request):
    """Role and text of every message of reader and model, in order, without the context."""
    said = [(item.get("role"), item.get("content")) for item in request.items]
    return [each for each in said if each[0] in {"user", "assistant"} and each[1] and not each[1].startswith(MARK)]


def context(request):
    """The data that stands beside the question."""
    (only,) = [str(item["content"]) for item in request.items if str(item.get("content")).startswith(MARK)]
    return json.loads(only.partition("\n")[2])


def searched(request):
    """What was searched for before the model was asked."""
    calls = [item for item in request.items if item.get("type") == "function_call"]
    calls += [call["function"] for item in request.items for call in item.get("tool_calls") or ()]
    return json.loads(calls[0]["arguments"])["query"]


async def test_each_message_stands_in_its_own_role(tmp_path, models, openai):
    """The last ten messages, which are not the last ten items; none of them in the instructions."""
    turns = [(f"What does servo number {number} do?", {}) for number in range(7)]
    requests = await conversation(tmp_path, models, openai, *turns)
    said = spoken(requests[-1])

    assert said[:-1] == [
        message
        for number in range(1, 6)
        for message in (
            ("user", f"What does servo number {number} do?"),
            ("assistant", "A servo motor holds an angle."),
        )
    ]
    assert said[-1] == ("user", "What does servo number 6 do?")
    assert {request.instructions for request in requests} == {prompt.instructions()}


async def test_profile_and_page_are_told_with_every_message(tmp_path, models, openai):
    """Those of that very message: who turns the page, or their name, is known by the new one."""
    ada = {
        "userInfo": {
            "name": "Ada",
            "email": "a@b.test",
            "role": "student",
            "softwareBackground": "C",
            "hardwareTier": 2,
        }
    }
    requests = await conversation(
        tmp_path,
        models,
        openai,
        ("What is a servo motor?", {"metadata": {**ada, **NODES}}),
        (
            "What is a stepper motor?",
            {"metadata": {**ada, "pageContext": {"path": "motors.md", "description": "Two."}}},
        ),
        ("What is a motor?", {"metadata": {"userInfo": {"name": "Eve", "hardwareTier": "jetson", "admin": "yes"}}}),
        ("What is a PID controller?", {}),
    )

    assert [context(request) for request in requests] == [
        {
            "reader": {
                "name": "Ada", "email": "a@b.test", "role": "student", "softwareBackground": "C", "hardwareTier": "2",
            },
            "page": {"url": "https://book.test/nodes", "title": "Nodes", "headings": ["Names", "Topics"]},
        },
        {
            "reader": {
                "name": "Ada", "email": "a@b.test", "role": "student", "softwareBackground": "C", "hardwareTier": "2",
            },
            "page": {"path": "motors.md", "description": "Two."},
        },
        {"reader": {"name": "Eve", "hardwareTier": "jetson"}},
        {},
    ]  # fmt: skip


async def test_an_earlier_selection_stays_in_the_history(tmp_path, models, openai):
    """As a quote in the reader's message; it is no selection of the next one."""
    requests = await conversation(
        tmp_path,
        models,
        openai,
        ("what does this mean?", {"quoted_text": "It needs no feedback."}),
        ("and why is that?", {}),
    )

    assert context(requests[0])["selection"]["text"] == "It needs no feedback."
    assert "selection" not in context(requests[1])
    assert spoken(requests[1])[0] == ("user", "> It needs no feedback.\n\nwhat does this mean?")
    assert searched(requests[1]) == "and why is that? (It needs no feedback)"


async def test_numbers_of_an_earlier_answer_name_nothing_now(tmp_path, models, openai):
    """Its marks are taken out, those of code and of the reader are not."""
    answer = "A servo motor holds an angle [1][2]. Use `angles[1]` here [1]."
    requests = await conversation(
        tmp_path, models, openai, ("What is a servo?", {"answer": answer}), ("What does [1] mean?", {})
    )
    earlier = spoken(requests[1])[1][1]

    assert "holds an angle." in earlier
    assert "`angles[1]`" in earlier
    assert "[2]" not in earlier
    assert "(not verified" not in earlier
    assert spoken(requests[1])[-1] == ("user", "What does [1] mean?")
    assert searched(requests[1]).startswith("What does [1] mean? (")


async def test_a_follow_up_is_searched_standalone_and_asked_in_the_readers_words(tmp_path, models, openai):
    """The rewrite stands beside them, in the search alone."""
    requests = await conversation(
        tmp_path, models, openai, ("What is a PID controller?", {}), ("What about its limits?", {})
    )

    assert spoken(requests[1])[-1] == ("user", "What about its limits?")
    assert searched(requests[1]) == "What about its limits? (PID controller)"


async def test_a_model_that_reads_a_follow_up_otherwise_searches_again(tmp_path, models, openai):
    """It has the conversation and the tool: no call is spent on rewriting what is clear."""
    async with reading(tmp_path, models) as ada:
        openai.say(SERVO)
        first = await ada.ask("What does a servo motor hold?")
        openai.call("search_textbook", {"query": "stepper motor steps"})
        openai.say("A stepper motor moves in fixed steps of 1.8 degrees [2].")
        second = await ada.ask("hmm, the other kind", thread=first.thread_id)

    assert len(openai.requests) == 3
    assert second.text == "A stepper motor moves in fixed steps of 1.8 degrees [1]."


async def test_a_long_history_gives_way_from_its_beginning(tmp_path, models, openai):
    """The newest message is whole, and the oldest that fits is shortened."""
    long = [(f"{number}: " + "servo " * 1200, {}) for number in range(4)]
    requests = await conversation(tmp_path, models, openai, *long, ("why?", {}))
    said = [text for _, text in spoken(requests[-1])][:-1]

    assert said[-1] == "A servo motor holds an angle."
    assert said[-2] == long[3][0].strip()
    assert said[-4] == long[2][0].strip()
    assert sum(map(len, said)) <= 16_000
    assert said[0].endswith("…")


SELECTED = {"text": "loses steps", "found_in_book": False}


@pytest.mark.parametrize(
    ("metadata", "fields", "selection"),
    [
        ({"selectedText": "loses steps"}, {}, SELECTED),
        ({"selected_text": "loses steps"}, {}, SELECTED),
        ({"selectionContext": "loses steps"}, {}, SELECTED),
        ({"selectionContext": {"text": "loses steps", "before": "It", "after": "if"}}, {},
         {**SELECTED, "surroundings": "It\nif"}),
        ({"selectedText": "loses steps", "selectionContext": "It loses steps if"}, {},
         {**SELECTED, "surroundings": "It loses steps if"}),
        ({"selectedText": "else"}, {"quoted_text": "loses steps"}, SELECTED),
        ({"selectedText": "loses steps"}, {"inference_options": {"tool_choice": {"id": "selected-text"}}}, SELECTED),
        ({"selectedText": "loses steps"}, {"inference_options": {"tool_choice": {"id": "full-book"}}}, None),
        ({}, {"quoted_text": "loses steps", "inference_options": {"tool_choice": {"id": "full-book"}}}, None),
        ({}, {"inference_options": {"tool_choice": {"id": "selected-text"}}}, None),
    ],
)  # fmt: skip
async def test_a_selection_is_told_however_a_client_sends_it(tmp_path, models, openai, metadata, fields, selection):
    """As quote of the message or beside it, with its surroundings; not at all where the whole book is asked."""
    (request,) = await conversation(tmp_path, models, openai, ("Why is that?", {"metadata": metadata, **fields}))

    assert context(request).get("selection") == selection
