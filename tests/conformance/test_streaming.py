"""What every ChatKit client relies on when it asks: checks any endpoint could be put to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from tests.conformance.checks import check

KINDS = {
    "thread.created", "thread.updated", "thread.item.added", "thread.item.updated", "thread.item.done",
    "thread.item.replaced", "thread.item.removed", "stream_options", "progress_update", "client_effect", "notice",
    "error",
}  # fmt: skip


@check(1)
async def test_a_thread_begins_with_itself_then_the_question_then_one_answer(a):
    """Order of `threads.create`."""
    told = await a.ask("hi")

    assert told.types[0] == "thread.created"
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
    """Headers of a stream."""
    response = await a.send("threads.create", input={"content": [{"type": "input_text", "text": "hi"}], "attachments": [], "inference_options": {}})  # fmt: skip  # noqa: E501

    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-accel-buffering"] == "no"
    assert response.headers["content-type"].startswith("text/event-stream")


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

    assert told.deltas == told.text


@check(4)
async def test_ids_are_unique_and_cannot_be_guessed(a):
    """At least 96 random bits: twenty characters of base 32 behind the time."""
    told = await a.ask("hi")
    found = [told.thread_id]
    for _ in range(3):
        found += [item["id"] for item in (await a.ask("again", thread=told.thread_id)).done("assistant_message")]
    found += [item["id"] for item in await a.items(told.thread_id)]
    shape = re.compile(r"[a-z]+_[0-9a-z]{30}")

    assert all(shape.fullmatch(identifier) for identifier in found)
    assert len({identifier[-20:] for identifier in found}) == len(set(found)) == 1 + 3 * 4


@check(5)
async def test_the_first_event_does_not_wait_for_the_model(a):
    """The search is shown while the model has said nothing."""
    async with a.asking("slow") as stream:
        workflow = await stream.until("thread.item.added")

        assert workflow["item"]["type"] == "workflow"


@check(6)
async def test_a_second_message_streams_like_the_first_without_a_new_thread(a):
    """Order of `threads.add_user_message`; history grows by question, search and answer."""
    first = await a.ask("hi")
    second = await a.ask("more", thread=first.thread_id)

    assert second.types[:2] == ["thread.item.done", "stream_options"]
    assert [item["type"] for item in await a.items(first.thread_id)] == 2 * [
        "user_message", "workflow", "assistant_message",
    ]  # fmt: skip


@check(7)
async def test_the_third_answer_knows_the_first_two_turns(a):
    """History reaches whoever answers, each message once and in its order."""
    first = await a.ask("one")
    await a.ask("two", thread=first.thread_id)
    third = await a.ask("three", thread=first.thread_id)

    heard = third.text.partition("after <")[2]
    assert [heard.count(f"reader: {word}") for word in ("one", "two", "three")] == [1, 1, 0]
    assert heard.index("reader: one") < heard.index("tutor: You asked “one”") < heard.index("reader: two")


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
    """The TypeScript types allow it."""
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
async def test_annotations_are_the_same_streamed_final_and_stored(a):
    """A citation arrives with the text and is found again after a reload."""
    told = await a.ask("hi")
    streamed = [u["annotation"] for u in told.updates("assistant_message.content_part.annotation_added")]
    (part,) = told.updates("assistant_message.content_part.done")

    assert len(streamed) == 1
    assert told.answer["content"][0]["annotations"] == streamed == part["content"]["annotations"]
    assert (await a.items(told.thread_id))[-1] == told.answer


@check(11)
async def test_annotations_are_absolute_links_behind_their_marker(a):
    """`index` lies in the text; the link is http(s)."""
    told = await a.ask("hi")
    (annotation,) = told.answer["content"][0]["annotations"]

    assert told.text[: annotation["index"]].endswith("[1]")
    assert re.match(r"https?://[^/]+/docs/motors/servo#", annotation["source"]["url"])


async def test_the_search_is_a_workflow_that_is_closed_before_the_first_word(a):
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
    """One `thread.updated` with the title, which the list then shows; later turns leave it."""
    first = await a.ask("What is a servo?")
    second = await a.ask("And a stepper?", thread=first.thread_id)
    (updated,) = [event for event in first.events if event["type"] == "thread.updated"]

    assert updated["thread"]["title"] == "What is a servo?"
    assert [thread["title"] for thread in await a.threads()] == ["What is a servo?"]
    assert "thread.updated" not in second.types


@check(25)
async def test_times_carry_their_zone(a):
    """Every `created_at` ends in Z and is of now."""
    told = await a.ask("hi")
    stamps = re.findall(r'"created_at":"([^"]+)"', (await a.send("threads.get_by_id", thread_id=told.thread_id)).text)
    now = datetime.now(UTC)

    assert len(stamps) == 4
    assert all(stamp.endswith("Z") for stamp in stamps)
    assert all(abs(datetime.fromisoformat(stamp) - now) < timedelta(seconds=5) for stamp in stamps)


@check(62)
async def test_a_failure_is_told_in_words_and_keeps_what_was_said(a):
    """No internals, a way to retry, the partial answer as a reload shows it, and the thread goes on."""
    told = await a.ask("please fail")
    (error,) = told.errors

    assert error["code"] == "custom"
    assert error["allow_retry"] is True
    assert "try again" in error["message"]
    assert "secret" not in str(told.events)
    assert told.text == told.deltas == "You asked “please fail” [1]"
    assert (await a.items(told.thread_id))[-1] == told.answer
    assert (await a.ask("hi", thread=told.thread_id)).errors == []


@check(61)
async def test_strange_characters_never_break_a_thread(a):
    """NULs are dropped; emoji, joiners and right-to-left text come through."""
    told = await a.ask("nul\x00 and 👩‍🚀🇯🇵 " + "🤖" * 2000 + " שלום")

    stored = (await a.items(told.thread_id))[0]["content"][0]["text"]
    assert stored.startswith("nul and 👩‍🚀🇯🇵 ")
    assert stored.endswith(" שלום")
