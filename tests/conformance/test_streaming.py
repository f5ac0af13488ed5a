"""What every ChatKit client relies on when it asks: checks any endpoint could be put to."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from math import log2

import pytest
from tests.chatkit_client import message
from tests.conformance.checks import check
from tests.conformance.target import heard

KINDS = {
    "thread.created", "thread.updated", "thread.item.added", "thread.item.updated", "thread.item.done",
    "thread.item.replaced", "thread.item.removed", "stream_options", "progress_update", "client_effect", "notice",
    "error",
}  # fmt: skip
ELSEWHERE = "https://somewhere-else.example"


def title(told):
    """What the answer called its thread; nothing where it did not."""
    return next((event["thread"].get("title") for event in told.events if event["type"] == "thread.updated"), None)


def said(items):
    """The texts of the answers among `items`."""
    return ["".join(part["text"] for part in item["content"]) for item in items if item["type"] == "assistant_message"]


@check(1)
async def test_a_thread_begins_with_itself_then_the_question_then_one_answer(a):
    """Order of `threads.create`."""
    told = await a.ask("hi")

    assert told.types[0] == "thread.created"
    assert told.events[1]["type"] == "thread.item.done"
    assert told.events[1]["item"]["type"] == "user_message"
    assert told.types[2] == "stream_options"
    assert told.events[2]["stream_options"] == {"allow_cancel": True}
    assert len(told.done("assistant_message")) == 1


@check(2)
async def test_every_event_is_of_a_known_kind(a):
    """Twelve kinds, each frame one JSON document."""
    told = await a.ask("hi")

    assert set(told.types) <= KINDS


@check(77)
async def test_streams_are_not_to_be_stored_nor_buffered(a):
    """Headers of a stream: what compresses would hold it back; and no page elsewhere may read it with the cookies."""
    body = {"type": "threads.create", "params": {"input": message("hi")}}
    response = await a.http.post(a.path, json=body, headers={"Origin": ELSEWHERE})

    assert response.headers["cache-control"] == "no-store, no-transform"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers.get("access-control-allow-origin") not in {"*", ELSEWHERE}


@check(3)
async def test_deltas_add_up_to_the_final_text(a):
    """Nothing is said twice, nothing only at the end, and every update names an item that was added."""
    told = await a.ask("hi")
    added: set[str] = set()
    for event in told.events:
        if event["type"] == "thread.item.added":
            added.add(event["item"]["id"])
        if event["type"] == "thread.item.updated":
            assert event["item_id"] in added

    assert told.deltas == told.text != ""


@check(4)
async def test_ids_are_unique_and_cannot_be_guessed(a):
    """Over a long thread; with room for 64 random bits behind the prefix."""
    first = await a.ask("hi")
    found = [first.thread_id, *(item["id"] for item in first.done("assistant_message"))]
    for _ in range(19):
        told = await a.ask("again", thread=first.thread_id)
        found += [item["id"] for item in told.done("assistant_message")]
    asked = [item["id"] for item in await a.items(first.thread_id) if item["type"] == "user_message"]
    random = [identifier.rpartition("_")[2] for identifier in found + asked]
    letters = len(set("".join(random)))

    assert len(set(found + asked)) == 1 + 20 + 20
    assert all(len(each) * log2(letters) >= 64 for each in random)


async def test_ids_are_made_as_this_house_makes_them(a, inside):
    """Behind the time, twenty characters of base 32 that are never the same: at least 96 random bits."""
    told = await a.ask("hi")
    found = [told.thread_id, *(item["id"] for item in await a.items(told.thread_id))]

    assert all(re.fullmatch(r"[a-z]+_[0-9a-z]{30}", identifier) for identifier in found)
    assert len({identifier[-20:] for identifier in found}) == len(found) == 4


@check(5)
async def test_the_first_event_does_not_wait_for_the_model_and_silence_is_never_long(a, questions):
    """While the model says nothing: an event at once, and a sign of life within thirty seconds."""
    async with a.asking(questions["slow"]) as stream:
        async with asyncio.timeout(5):
            assert await stream.next()
        async with asyncio.timeout(30):
            while not (await anext(stream.lines)).startswith((":", 'data: {"type":"progress_update"')):
                pass


async def test_the_search_is_shown_before_the_model_says_anything(a, questions, inside):
    """Whoever waits sees what was found."""
    async with a.asking(questions["slow"]) as stream:
        workflow = await stream.until("thread.item.added")

        assert workflow["item"]["type"] == "workflow"


@check(6)
async def test_a_second_message_streams_like_the_first_without_a_new_thread(a):
    """Order of `threads.add_user_message`; history grows by question and answer."""
    first = await a.ask("hi")
    second = await a.ask("more", thread=first.thread_id)
    kinds = [item["type"] for item in await a.items(first.thread_id)]

    assert second.types[:2] == ["thread.item.done", "stream_options"]
    assert second.events[0]["item"]["type"] == "user_message"
    assert "thread.created" not in second.types
    assert [kind for kind in kinds if kind.endswith("message")] == 2 * ["user_message", "assistant_message"]


@check(7)
async def test_the_third_answer_knows_the_first_two_turns(a, questions):
    """History reaches whoever answers, each message once and in its order."""
    asked = [f"{questions['echo']} {word}" for word in ("apricot", "banana", "cherry")]
    first = await a.ask(asked[0])
    second = await a.ask(asked[1], thread=first.thread_id)
    third = await a.ask(asked[2], thread=first.thread_id)

    assert third.text == heard(asked[0], first.text, asked[1], second.text, asked[2])


@check(8)
async def test_what_was_sent_with_a_question_stays_with_it(a):
    """Quote, tags and chosen tools come back from the history as they were sent."""
    tag = {"type": "input_tag", "id": "t1", "text": "Chapter 1", "data": {"n": 1}, "group": "g", "interactive": True}
    options = {"model": "fast", "tool_choice": {"id": "search"}}
    told = await a.tell(
        "threads.create",
        input={
            "content": [{"type": "input_text", "text": "see "}, tag],
            "attachments": [],
            "quoted_text": "A servo.",
            "inference_options": options,
        },
    )
    stored = (await a.items(told.thread_id))[0]

    assert stored["content"] == [{"type": "input_text", "text": "see "}, tag]
    assert stored["quoted_text"] == "A servo."
    assert stored["inference_options"] == options
    assert stored == told.events[1]["item"]


@check(9)
async def test_a_tag_without_data_is_taken(a):
    """The client's own types allow it."""
    told = await a.tell(
        "threads.create",
        input={
            "content": [{"type": "input_tag", "id": "t", "text": "Chapter 1"}],
            "attachments": [],
            "inference_options": {},
        },
    )

    assert told.events[1]["item"]["content"][0]["data"] == {}


@check(10)
async def test_annotations_are_the_same_streamed_final_and_stored(a, questions):
    """A citation arrives with the text and is found again after a reload."""
    told = await a.ask(questions["cited"])
    streamed = [u["annotation"] for u in told.updates("assistant_message.content_part.annotation_added")]
    (part,) = told.updates("assistant_message.content_part.done")

    assert streamed
    assert told.answer["content"][0]["annotations"] == streamed == part["content"]["annotations"]
    assert told.answer in await a.items(told.thread_id)


@check(11)
async def test_annotations_lie_in_the_text_and_link_to_the_web(a, questions):
    """Each behind a place in the text; what is a link is absolute, and http(s)."""
    told = await a.ask(questions["cited"])
    annotations = told.answer["content"][0]["annotations"]
    links = [each["source"]["url"] for each in annotations if each["source"]["type"] == "url"]

    assert annotations
    assert all(0 <= each.get("index", 0) <= len(told.text) for each in annotations)
    assert all(re.match(r"https?://[^/\s]+(/|$)", link) for link in links)


async def test_an_annotation_stands_behind_its_marker(a, inside):
    """And leads to the passage that was cited, at the address the reader came to."""
    told = await a.ask("hi")
    (annotation,) = told.answer["content"][0]["annotations"]

    assert told.text[: annotation["index"]].endswith("[1]")
    assert re.match(r"https?://[^/]+/docs/motors/servo#", annotation["source"]["url"])


async def test_the_search_is_a_workflow_that_is_closed_before_the_first_word(a, inside):
    """Query and sources are shown first, under a summary, and stay in the history."""
    told = await a.ask("hi")
    (workflow,) = told.done("workflow")
    (task,) = workflow["workflow"]["tasks"]
    closed = told.events.index(next(e for e in told.events if e.get("item", {}).get("id") == workflow["id"]
                                    and e["type"] == "thread.item.done"))  # fmt: skip
    first_word = next(n for n, e in enumerate(told.events) if "delta" in e.get("update", {}))

    assert closed < first_word
    assert workflow["workflow"]["summary"]["title"] == "Searched the book: 1 passage"
    assert task["queries"] == ["hi"]
    assert task["status_indicator"] == "complete"
    assert [source["title"] for source in task["sources"]] == ["Servo motors"]
    assert workflow in await a.items(told.thread_id)


@check(13)
async def test_the_first_turn_names_the_thread_once(a):
    """One `thread.updated` with a title, which the list then shows; later turns leave it."""
    first = await a.ask("What is a servo motor?")
    await a.ask("And what is a stepper motor?", thread=first.thread_id)

    assert title(first)
    assert len([event for event in first.events if event["type"] == "thread.updated"]) == 1
    assert [thread.get("title") for thread in await a.threads()] == [title(first)]


async def test_a_thread_is_named_after_its_first_question(a, inside):
    """And no later one."""
    first = await a.ask("What is a servo?")
    second = await a.ask("And a stepper?", thread=first.thread_id)

    assert title(first) == "What is a servo?"
    assert "thread.updated" not in second.types


@check(25)
async def test_times_carry_their_zone(a):
    """Every `created_at` names its offset and is of now."""
    told = await a.ask("hi")
    shown = [told.events[0]["thread"], *(event["item"] for event in told.events if "item" in event)]
    page = await a.call("threads.get_by_id", thread_id=told.thread_id)
    times = [datetime.fromisoformat(each["created_at"]) for each in [page, *page["items"]["data"], *shown]]
    now = datetime.now(UTC)

    assert all(time.tzinfo for time in times)
    assert all(abs(time - now) < timedelta(seconds=5) for time in times)


@check(62)
async def test_a_failure_is_told_and_history_shows_what_the_reader_saw(a, questions):
    """No internals, a way to retry, the partial answer as a reload shows it, and the thread goes on.

    An error says either `stream.error`, for which a client has words of its own, or `custom` and the server's words;
    `custom` without words would show nothing.

    Source: openai-chatkit 1.6.5, `chatkit/errors.py`, `StreamError` and `CustomStreamError`.
    """
    told = await a.ask(questions["fail"])
    (error,) = told.errors
    shown = [] if "thread.item.removed" in told.types else [told.deltas]

    assert error["code"] == "stream.error" or (error["code"] == "custom" and error["message"])
    assert error["allow_retry"] is True
    assert "secret" not in json.dumps(told.events)
    assert said(await a.items(told.thread_id)) == shown
    assert (await a.ask("hi", thread=told.thread_id)).errors == []


async def test_a_failure_is_told_in_the_words_of_this_house(a, inside):
    """`custom`, because `stream.error` bears no words; what was said ends as an answer."""
    told = await a.ask("please fail")
    (error,) = told.errors

    assert error["code"] == "custom"
    assert "try again" in error["message"]
    assert told.text == told.deltas == "You asked “please fail” [1]"


@check(61)
@pytest.mark.parametrize("text", ["nul\x00nul", "👩‍🚀🇯🇵 " + "🤖" * 2000 + " שלום", "\u2028\ufeff\ufffe", "🤖" * 10_000])
async def test_strange_characters_never_break_a_thread(a, text):
    """NULs, emoji, joiners, right-to-left text, separators: taken or refused, and the thread can still be read."""
    first = await a.ask("hi")
    response = await a.send("threads.add_user_message", thread_id=first.thread_id, input=message(text))

    assert response.status_code == 200 or 400 <= response.status_code < 500
    assert '"type":"error"' not in response.text
    assert len(await a.items(first.thread_id)) >= 2
    assert (await a.call("threads.get_by_id", thread_id=first.thread_id))["id"] == first.thread_id


async def test_strange_characters_come_through_but_for_nul(a, inside):
    """What the reader wrote is what the history shows."""
    told = await a.ask("nul\x00 and 👩‍🚀🇯🇵 " + "🤖" * 2000 + " שלום")
    stored = (await a.items(told.thread_id))[0]["content"][0]["text"]

    assert stored == "nul and 👩‍🚀🇯🇵 " + "🤖" * 2000 + " שלום"
