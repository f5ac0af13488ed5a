"""`POST /chatkit` from outside: what reaches whoever answers, and what is kept beside the words."""

from __future__ import annotations

import time
from itertools import groupby

import pytest
from tests.chatkit_client import message
from tests.chatkit_house import house
from tests.scripted_tutor import OTHER, PASSAGE, ScriptedTutor, citation, said, searched

from pageside.answer.question import Message, Page
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader

ADA = Turn(reader=Reader("ada"))


async def test_a_new_thread_is_told_in_the_order_clients_expect(ada):
    """Thread, question, options, progress, search, then the answer from its first delta to its end.

    Into how many deltas a text is cut depends on how fast it comes.
    """
    told = await ada.ask("What is a servo?")

    kinds = [event.get("update", event)["type"] for event in told.events]
    assert [kind for kind, _ in groupby(kinds)] == [
        "thread.created",
        "thread.item.done",
        "stream_options",
        "progress_update",
        "thread.updated",
        "thread.item.added",
        "workflow.task.updated",
        "thread.item.done",
        "thread.item.added",
        "assistant_message.content_part.added",
        "assistant_message.content_part.text_delta",
        "assistant_message.content_part.annotation_added",
        "assistant_message.content_part.text_delta",
        "assistant_message.content_part.done",
        "thread.item.done",
    ]


async def test_page_profile_and_filters_come_with_every_message(home, ada):
    """Not only with the first; what a request says of anything else is passed over."""
    metadata = {
        "userInfo": {"name": "Ada", "hardwareTier": 2, "subject": "eve", "role": "x" * 500},
        "pageContext": {
            "url": "https://book.test/motors",
            "title": "Motors",
            "path": "motors.md",
            "headings": ["Servo", {"text": "Stepper"}, 7],
            "description": "About\nmotors",
            "cookie": "secret",
        },
        "filters": {"module": "Module 1"},
    }
    first = await ada.ask("one", metadata=metadata)
    await ada.ask("two", thread=first.thread_id, metadata=metadata)
    first_question, second_question = home.tutor.questions

    assert first_question.profile == second_question.profile
    assert first_question.profile == {"name": "Ada", "hardwareTier": "2", "role": "x" * 200}
    assert first_question.page == second_question.page
    assert first_question.page == Page(
        url="https://book.test/motors",
        title="Motors",
        path="motors.md",
        headings=("Servo", "Stepper", "7"),
        description="About motors",
    )
    assert first_question.filters == {"module": "Module 1"}


async def test_an_earlier_quote_stays_in_the_history(home, ada):
    """The selection belongs to its question, also when the next one is about something else."""
    first = await ada.ask("Why?", quoted_text="A servo holds an angle.")
    await ada.ask("And then?", thread=first.thread_id)
    asked, later = home.tutor.questions

    assert asked.selected_text == "A servo holds an angle."
    assert later.selected_text == ""
    assert later.history == (
        Message("reader", "> A servo holds an angle.\n\nWhy?"),
        Message("tutor", "A servo holds an angle [1]."),
    )


@pytest.mark.parametrize(
    "metadata",
    [
        {"selectedText": "one word"},
        {"selected_text": "one word"},
        {"selectionContext": {"text": "one word", "before": "x"}},
        {"selectionContext": " one word "},
    ],
)
async def test_a_selection_beside_the_message_becomes_its_quote(home, ada, metadata):
    """Under each name that clients give it; it is stored, so that a retry still knows it."""
    told = await ada.ask("Why?", metadata=metadata)
    question = told.events[1]["item"]
    await ada.tell("threads.retry_after_item", thread_id=told.thread_id, item_id=question["id"])

    assert question["quoted_text"] == "one word"
    assert [asked.selected_text for asked in home.tutor.questions] == ["one word", "one word"]


async def test_the_chosen_mode_overrules_the_quote(home, ada):
    """`full-book` with a selection asks the whole book; `selected-text` and nothing chosen use the selection."""
    for tool in ("full-book", "selected-text", "search"):
        await ada.ask("Why?", quoted_text="servo", inference_options={"tool_choice": {"id": tool}})

    assert [asked.selected_text for asked in home.tutor.questions] == ["", "servo", "servo"]


async def test_only_messages_count_towards_the_history(home, ada):
    """Ten messages, oldest first, without the question itself; searches and notes are not among them."""
    first = await ada.ask("question 0")
    for turn in range(1, 8):
        await ada.ask(f"question {turn}", thread=first.thread_id)
    history = home.tutor.questions[-1].history

    assert len(history) == 10
    assert [message.text for message in history if message.role == "reader"] == [f"question {n}" for n in range(2, 7)]


async def test_what_an_answer_rests_on_is_kept_but_not_sent(home, ada):
    """Outcome, confidence, cost and citations with their labels are there for other doors."""
    told = await ada.ask("What is a servo?")
    record = await home.server.store.load_record(told.thread_id, told.answer["id"], ADA)

    assert "confidence" not in str(told.events)
    assert record is not None
    assert (record.outcome, record.confidence, record.model) == ("answered", 0.75, "scripted")
    assert (record.input_tokens, record.output_tokens) == (12, 7)
    assert [(kept.marker, kept.path, kept.quote, kept.labels) for kept in record.citations] == [
        (1, "motors/servo.md", "A servo holds an angle.", {"module": "Module 1"})
    ]


async def test_sources_say_where_they_lead(home, ada):
    """Title, chapter, quote and an absolute address under the site that was asked."""
    told = await ada.ask("What is a servo?")
    (annotation,) = told.answer["content"][0]["annotations"]

    assert annotation["source"] == {
        "type": "url",
        "title": "Servo motors",
        "group": "Motors",
        "description": "A servo holds an angle.",
        "url": "http://book.test/docs/motors/servo#servo-motors:~:text=quote",
        "attribution": "motors/servo.md",
    }
    assert [source["url"] for source in told.done("workflow")[0]["workflow"]["tasks"][0]["sources"]] == [
        "http://book.test/docs/motors/servo#servo-motors",
        "http://book.test/docs/motors/stepper",
    ]


async def test_the_site_may_stand_elsewhere(tmp_path):
    """With a base URL, links lead there."""
    async with house(tmp_path, base_url="https://books.example") as home, home.client() as ada:
        told = await ada.ask("What is a servo?")

    assert told.answer["content"][0]["annotations"][0]["source"]["url"].startswith("https://books.example/docs/")


async def test_offsets_count_code_points(tmp_path):
    """Emoji before a marker move it by one each."""
    script = [*searched("q", PASSAGE), *said("🤖🤖 A servo [1]", citation(), " or [2]", citation(2, OTHER), ".")]
    async with house(tmp_path, ScriptedTutor(script)) as home, home.client() as ada:
        told = await ada.ask("q")
    marks = [annotation["index"] for annotation in told.answer["content"][0]["annotations"]]

    assert [told.text[:mark] for mark in marks] == ["🤖🤖 A servo [1]", "🤖🤖 A servo [1] or [2]"]


async def test_an_answer_without_a_search_shows_none(tmp_path):
    """A greeting is answered at once."""
    async with house(tmp_path, ScriptedTutor(said("Hello!", outcome="conversation"))) as home, home.client() as ada:
        told = await ada.ask("hi")

    assert told.done("workflow") == []
    assert told.text == "Hello!"


async def test_what_a_model_cannot_have_meant_is_replaced(tmp_path):
    """NULs and halves of surrogate pairs from a model neither break the stream nor move the citations."""
    script = said("a\x00b\ud83dc [1]", citation(), ".")
    async with house(tmp_path, ScriptedTutor(script)) as home, home.client() as ada:
        told = await ada.ask("q")
        stored = (await ada.items(told.thread_id))[-1]

    assert told.text == told.deltas == "a\ufffdb\ufffdc [1]."
    assert told.text[: told.answer["content"][0]["annotations"][0]["index"]].endswith("[1]")
    assert stored == told.answer


async def test_organisations_are_apart(home):
    """The same subject in another organisation is somebody else."""
    async with home.client("ada", "north") as north, home.client("ada", "south") as south:
        told = await north.ask("hi")

        assert (await south.send("threads.get_by_id", thread_id=told.thread_id)).status_code == 404
        assert (await south.send("threads.delete", thread_id=told.thread_id)).status_code == 404
        assert await south.threads() == []
        assert len(await north.threads()) == 1


async def test_times_are_right_wherever_the_server_stands(home, ada, monkeypatch):
    """The SDK stamps local time without a zone; the wire says the instant."""
    monkeypatch.setenv("TZ", "Pacific/Chatham")
    time.tzset()
    try:
        told = await ada.ask("hi")
        monkeypatch.setenv("TZ", "America/St_Johns")
        time.tzset()
        page = await ada.call("items.list", thread_id=told.thread_id, order="asc")
    finally:
        monkeypatch.undo()
        time.tzset()

    question = told.events[1]["item"]
    assert page["data"][0]["created_at"] == question["created_at"]
    assert question["created_at"].startswith(time.strftime("%Y-%m-%dT", time.gmtime()))
    assert question["created_at"].endswith("Z")


async def test_feedback_is_kept_as_last_given(home, ada):
    """One opinion of each item; one unknown item and none is kept; a retry forgets it with the answer."""
    told = await ada.ask("hi")
    question, workflow, answer = [item["id"] for item in await ada.items(told.thread_id)]
    rated = {"thread_id": told.thread_id, "item_ids": [answer, workflow]}
    await ada.call("items.feedback", **rated, kind="positive")
    await ada.call("items.feedback", **rated, kind="negative")
    mixed = await ada.send(
        "items.feedback", thread_id=told.thread_id, item_ids=[question, "msg_unknown"], kind="positive"
    )
    kept = await home.server.store.load_feedback(told.thread_id, ADA)
    await ada.tell("threads.retry_after_item", thread_id=told.thread_id, item_id=question)

    assert mixed.status_code == 404
    assert kept == {answer: "negative", workflow: "negative"}
    assert await home.server.store.load_feedback(told.thread_id, ADA) == {}


@pytest.mark.parametrize("status", ["locked", "closed"])
async def test_a_closed_thread_takes_no_messages(home, ada, status):
    """409 with the reason, and nothing is stored."""
    told = await ada.ask("hi")
    store = home.server.store
    thread = await store.load_thread(told.thread_id, ADA)
    shut = type(thread).model_validate(thread.model_dump() | {"status": {"type": status, "reason": "exam week"}})
    await store.save_thread(shut, ADA)

    added = await ada.send("threads.add_user_message", thread_id=told.thread_id, input=message("more"))
    question = told.events[1]["item"]["id"]
    retried = await ada.send("threads.retry_after_item", thread_id=told.thread_id, item_id=question)

    assert (added.status_code, retried.status_code) == (409, 409)
    assert added.json()["code"] == "thread_closed"
    assert "exam week" in added.json()["detail"]
    assert len(await ada.items(told.thread_id)) == 3


async def test_a_reader_who_renames_while_the_answer_comes_is_not_overruled(tmp_path, store_url):
    """The title made from the question never replaces the reader's own."""
    async with house(tmp_path, store_url=store_url) as home, home.client() as ada:
        told = await ada.ask("What is a servo?")
        store = home.server.store
        stale = await store.load_thread(told.thread_id, ADA)
        await ada.call("threads.update", thread_id=told.thread_id, title="Mine")
        await store.save_thread(stale, ADA)

        assert (await ada.threads())[0]["title"] == "Mine"
