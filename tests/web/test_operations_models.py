"""Forms, client tools and actions with a language model behind the tutor, over both of its APIs."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr
from tests.chatkit_house import house
from tests.indexed_book import shelved
from tests.scripted_openai import ScriptedOpenAI

from pageside.answer.models import Models
from pageside.answer.question import PageTool

EXPLAIN_THIS = "Can you explain this?"
SLOTS = "A queen excluder is a grid whose slots are 4.2 mm wide [1]."
BROOD = "The brood box is the lowest box of the hive [1]."
SCORE = PageTool(
    "quiz_score",
    "How many questions of the quiz on the page the reader got right.",
    {"type": "object", "properties": {"quiz": {"type": "string"}}},
)


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
async def at_home(folder, models, *tools):
    async with (
        shelved(folder, models) as shelf,
        house(folder, shelf.tutor, contents=shelf.contents) as home,
        home.client("ada") as ada,
    ):
        for tool in tools:
            home.server.client_tools.add(tool)
        yield shelf, ada


def sent(openai):
    return json.dumps(openai.requests[-1].items, ensure_ascii=False)


async def test_a_form_needs_no_model_and_its_answer_reaches_it(tmp_path, models, openai):
    """The reader is asked without a model call; the model is then given the section they chose, by its numbers."""
    openai.say(BROOD)
    openai.say(SLOTS)
    async with at_home(tmp_path, models) as (_, ada):
        asked = await ada.ask(EXPLAIN_THIS)
        before = len(openai.requests)
        told = await ada.tell(
            "threads.add_structured_input",
            thread_id=asked.thread_id,
            item_id=asked.done("structured_input")[0]["id"],
            input={"answers": {"place": {"values": ["The parts of a hive"]}}},
        )
        first = sent(openai)
        await ada.ask("And how wide are the slots?", thread=asked.thread_id)

    assert before == 0
    assert told.errors == []
    assert told.text == BROOD
    assert "Can you explain “The parts of a hive”?" in first
    assert '\\"nothing_else_asked\\":true' in first
    assert "Which part of the book do you mean?" in sent(openai)
    assert "“The parts of a hive”" not in sent(openai)
    assert "The parts of a hive" in sent(openai)


async def test_a_section_of_a_list_is_explained_by_the_model(tmp_path, models, openai):
    """The message, the search and the answer, with the section's passages in front."""
    openai.say("[[not_in_book]]")
    openai.say(SLOTS)
    async with at_home(tmp_path, models) as (shelf, ada):
        asked = await ada.ask("Who invented the queen of the hive?")
        (widget,) = asked.done("widget")
        section = (await shelf.contents.read()).section("module-1-hive/week-1-parts.md", "excluder")
        told = await ada.tell(
            "threads.custom_action",
            thread_id=asked.thread_id,
            item_id=widget["id"],
            action={"type": "book.explain", "payload": {"section": section.id}},
        )
        items = await ada.items(asked.thread_id)

    assert told.errors == []
    assert told.text == SLOTS
    assert told.answer["content"][0]["annotations"][0]["source"]["title"] == "The queen excluder"
    assert "Explain “The queen excluder”" in sent(openai)
    assert [item["type"] for item in items[-3:]] == ["user_message", "workflow", "assistant_message"]


async def test_the_selection_that_the_page_tells_reaches_the_model(tmp_path, models, openai):
    """In the context, located in the book; once, and not as a tool's output beside."""
    openai.say(SLOTS)
    async with at_home(tmp_path, models) as (_, ada):
        asked = await ada.ask(EXPLAIN_THIS, metadata={"clientTools": ["get_selection"]})
        told = await ada.tell(
            "threads.add_client_tool_output", thread_id=asked.thread_id, result={"text": "a grid whose slots are"}
        )

    assert told.errors == []
    assert told.text == SLOTS
    assert '\\"found_in_book\\":true' in sent(openai)
    assert "from_page" not in sent(openai)


async def test_a_model_may_ask_the_page(tmp_path, models, openai):
    """Its call ends the run and waits for the page; with the output the turn goes on, and it is not asked again."""
    openai.call("quiz_score", {"quiz": "hive"})
    openai.say("You got 3 right. ", BROOD)
    async with at_home(tmp_path, models, SCORE) as (_, ada):
        metadata = {"clientTools": ["quiz_score", "get_page", "unknown"]}
        asked = await ada.ask("What should I read about the brood box after the quiz?", metadata=metadata)
        (call,) = asked.done("client_tool_call")
        offered = openai.requests[0].tools
        told = await ada.tell(
            "threads.add_client_tool_output", metadata, thread_id=asked.thread_id, result={"right": 3, "of": 5}
        )
        items = await ada.items(asked.thread_id)

    assert asked.errors == told.errors == []
    assert (call["name"], call["arguments"]) == ("quiz_score", {"quiz": "hive"})
    assert sorted(offered) == ["quiz_score", "search_textbook"]
    assert "quiz_score" not in openai.requests[1].tools
    assert '{\\"from_page\\":{\\"right\\":3,\\"of\\":5}}' in sent(openai)
    assert BROOD in told.text
    kinds = ["user_message", "workflow", "client_tool_call", "workflow", "assistant_message"]
    assert [item["type"] for item in items] == kinds


async def test_a_model_that_calls_with_nonsense_asks_without_arguments(tmp_path, models, openai):
    """A list, or half of an object, is no set of arguments."""
    openai.call("quiz_score", ["no", "object"])
    async with at_home(tmp_path, models, SCORE) as (_, ada):
        asked = await ada.ask("How was my quiz on the brood box?", metadata={"clientTools": ["quiz_score"]})

    assert asked.errors == []
    assert asked.done("client_tool_call")[0]["arguments"] == {}


async def test_a_page_that_offers_nothing_is_never_asked(tmp_path, models, openai):
    """The model has the search alone."""
    openai.say(BROOD)
    async with at_home(tmp_path, models, SCORE) as (_, ada):
        await ada.ask("What is the brood box?")

    assert openai.requests[0].tools == ["search_textbook"]


async def test_a_call_left_behind_does_not_dangle_in_the_models_input(tmp_path, models, openai):
    """The next turn has no call without an output, and is answered."""
    openai.call("quiz_score", {})
    openai.say(BROOD)
    async with at_home(tmp_path, models, SCORE) as (_, ada):
        asked = await ada.ask("How was my quiz on the brood box?", metadata={"clientTools": ["quiz_score"]})
        told = await ada.ask("What is the brood box?", thread=asked.thread_id)

    assert told.errors == []
    assert told.text == BROOD
    assert "quiz_score" not in sent(openai)
