"""ChatKit with a real tutor and a scripted model behind it, over real HTTP on both sides and with both model APIs.

The SDK's documented wiring breaks on second turns, streamed annotations, fake ids and leaving; each is a test here.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr
from tests.answer.shelf import Shelf
from tests.chatkit_house import browser, house, served
from tests.scripted_openai import Reply, ScriptedOpenAI

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader

DELTA = "assistant_message.content_part.text_delta"
SERVO = "A servo motor holds an angle [1]."
STEPPER = "Steppers lose steps when they are overloaded [1]."


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
async def at_home(folder, models):
    async with house(folder, Tutor(Shelf(), models)) as home, served(home.app) as url, browser(url) as ada:
        yield home, ada


async def test_every_turn_of_a_thread_is_answered(tmp_path, models, openai):
    """Second and third turns too, each with what was said before, once."""
    openai.say("A servo motor holds ", "an angle [1].")
    openai.say(STEPPER)
    openai.say(SERVO)
    async with at_home(tmp_path, models) as (_, ada):
        first = await ada.ask("What does a servo motor do?")
        second = await ada.ask("What do stepper motors lose when overloaded?", thread=first.thread_id)
        third = await ada.ask("And the servo motor again?", thread=first.thread_id)

    assert [told.errors for told in (first, second, third)] == [[], [], []]
    assert (first.text, second.text, third.text) == (SERVO, STEPPER, SERVO)
    sent = json.dumps(openai.requests[-1].items)
    assert sent.count("What do stepper motors lose") == 1
    assert sent.index("A servo motor holds an angle") < sent.index("Steppers lose steps")


async def test_citations_arrive_as_annotations(tmp_path, models, openai):
    """Streamed, final and stored alike; the link marks the sentence."""
    openai.say(SERVO)
    async with at_home(tmp_path, models) as (_, ada):
        told = await ada.ask("What does a servo motor do?")
        stored = (await ada.items(told.thread_id))[-1]
    streamed = [u["annotation"] for u in told.updates("assistant_message.content_part.annotation_added")]

    assert stored == told.answer
    assert streamed == told.answer["content"][0]["annotations"]
    assert streamed[0]["source"]["description"] == "A servo motor holds an angle that is commanded to it."
    assert "/motors#servo-motors:~:text=" in streamed[0]["source"]["url"]
    assert told.text[: streamed[0]["index"]].endswith("[1]")


async def test_annotations_of_the_model_itself_do_no_harm(tmp_path, models, openai):
    """A model that cites the web on its own: the stream goes on, and only the book is cited."""
    link = {"type": "url_citation", "url": "https://else.test", "title": "T", "start_index": 0, "end_index": 1}
    openai.reply(Reply(deltas=("A servo motor ", "holds an angle [1]."), annotations=(link,)))
    async with at_home(tmp_path, models) as (_, ada):
        told = await ada.ask("What does a servo motor do?")

    assert told.errors == []
    assert "else.test" not in json.dumps(told.events)
    assert len(told.answer["content"][0]["annotations"]) == 1


async def test_models_that_name_every_message_alike_overwrite_nothing(tmp_path, models, openai):
    """Ids are ours; earlier answers and other readers' stay."""
    for text in (SERVO, STEPPER, SERVO):
        openai.reply(Reply(deltas=(text,), item_id="__fake_id__"))
    async with at_home(tmp_path, models) as (home, ada), home.client("eve") as eve:
        first = await ada.ask("What does a servo motor do?")
        await ada.ask("What do stepper motors lose when overloaded?", thread=first.thread_id)
        await eve.ask("What does a servo motor do?")
        answers = [item for item in await ada.items(first.thread_id) if item["type"] == "assistant_message"]

    assert [answer["content"][0]["text"] for answer in answers] == [SERVO, STEPPER]
    assert "__fake_id__" not in json.dumps(answers)


async def test_unknown_markers_are_no_annotations(tmp_path, models, openai):
    """A number that stands for nothing is not linked."""
    openai.say("A servo motor holds an angle [1] [97].")
    async with at_home(tmp_path, models) as (_, ada):
        told = await ada.ask("What does a servo motor do?")

    assert "97" not in told.text
    assert len(told.answer["content"][0]["annotations"]) == 1


async def test_leaving_closes_the_connection_to_the_model(tmp_path, models, openai):
    """What was shown is kept; the model's server sees the client go."""
    openai.say("A servo motor holds an angle [1]. ", "Steppers lose ", fault="hold")
    async with at_home(tmp_path, models) as (home, ada):
        async with ada.asking("What do servo and stepper motors do?") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await stream.until(DELTA)
        assert await asyncio.to_thread(openai.requests[0].left.wait, 2)
        await home.server._runs.stop(thread_id)
        items = (await home.server.store.load_thread_items(thread_id, None, 10, "asc", Turn(reader=Reader("ada")))).data
        openai.say(SERVO)
        again = await ada.ask("What does a servo motor do?", thread=thread_id)

    assert [item.type for item in items] == ["user_message", "workflow", "assistant_message", "sdk_hidden_context"]
    assert items[2].content[0].text.startswith("A servo motor holds an angle [1]")
    assert again.text == SERVO


@pytest.mark.parametrize("fault", ["cut", "half_json", "error_event"])
async def test_a_model_that_breaks_off_is_told_in_words(tmp_path, models, openai, fault):
    """What was said stands, the reader may try again, and the retry replaces it."""
    openai.say("A servo motor holds an angle [1]. ", "Steppers lose steps when they are overloaded [2]. ", fault=fault)
    openai.say(SERVO)
    async with at_home(tmp_path, models) as (_, ada):
        told = await ada.ask("What do servo and stepper motors do?")
        partial = await ada.items(told.thread_id)
        again = await ada.tell(
            "threads.retry_after_item", thread_id=told.thread_id, item_id=told.events[1]["item"]["id"]
        )

    assert told.errors[-1]["code"] == "custom"
    assert told.errors[-1]["allow_retry"] is True
    assert partial[-1]["content"][0]["text"] == told.deltas
    assert again.errors == []


async def test_a_model_that_refuses_the_key_is_told_without_it(tmp_path, models, openai):
    """Words for the reader; the key is in no event."""
    openai.fail(401, times=5)
    async with at_home(tmp_path, models) as (_, ada):
        told = await ada.ask("What does a servo motor do?")

    assert len(told.errors) == 1
    assert "sk-test" not in json.dumps(told.events)
    assert [item["type"] for item in (told.done("workflow"))] == ["workflow"]
