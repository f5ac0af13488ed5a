"""Notices: what is said beside an answer, once a turn, in front of the text, and never stored."""

from __future__ import annotations

import pytest
from tests.chatkit_house import house
from tests.scripted_tutor import PASSAGE, ScriptedTutor, citation, said, searched

NOTHING = [*searched("q"), *said("The book does not answer this.", outcome="not_in_book")]


def notices(told):
    return [event for event in told.events if event["type"] == "notice"]


def kinds(told):
    return [event.get("update", event)["type"] for event in told.events]


async def always():
    return True


async def test_an_ordinary_answer_has_none(tmp_path):
    """Silence is the rule."""
    async with house(tmp_path) as home, home.client() as ada:
        assert notices(await ada.ask("What is a servo?", metadata={"filters": {"module": "Module 1"}})) == []


async def test_a_filter_that_leaves_nothing_is_told(tmp_path):
    """With the labels asked for, as plain text, once, between the search and the answer."""
    filters = {"module": "9", "week": "<b>*"}
    async with house(tmp_path, ScriptedTutor(NOTHING)) as home, home.client() as ada:
        told = await ada.ask("What is a servo?", metadata={"filters": filters})
        unfiltered = await ada.ask("What is a servo?")
        stored = await ada.items(told.thread_id)
    (notice,) = notices(told)

    assert (notice["level"], notice["title"]) == ("warning", "Nothing left to search")
    assert "“module 9”" in notice["message"]
    assert r"\*" in notice["message"]
    assert notices(unfiltered) == []
    assert kinds(told).index("notice") < kinds(told).index("assistant_message.content_part.text_delta")
    assert {item["type"] for item in stored} == {"user_message", "workflow", "assistant_message"}


async def test_two_searches_in_a_turn_are_told_of_once(tmp_path):
    """A search that found nothing, and one more that did not either."""
    script = [*searched("one"), *searched("two"), *said("The book does not answer this.", outcome="not_in_book")]
    async with house(tmp_path, ScriptedTutor(script)) as home, home.client() as ada:
        assert len(notices(await ada.ask("q", metadata={"filters": {"module": "9"}}))) == 1


async def test_search_by_words_alone_is_told_when_a_conversation_begins(tmp_path):
    """Once, behind the stream's options; not again with every message."""
    async with house(tmp_path, words_alone=always) as home, home.client() as ada:
        first = await ada.ask("What is a servo?")
        second = await ada.ask("And a stepper?", thread=first.thread_id)
    (notice,) = notices(first)

    assert (notice["level"], notice["title"]) == ("info", "Searching by words alone")
    assert kinds(first).index("stream_options") < kinds(first).index("notice")
    assert kinds(first).index("notice") < kinds(first).index("thread.item.added")
    assert notices(second) == []


@pytest.mark.parametrize(("limit", "told_at"), [(1, []), (2, [1]), (5, [4]), (20, [18, 19]), (30, [27, 28, 29])])
async def test_a_conversation_that_is_nearly_full_says_so(tmp_path, limit, told_at):
    """With the last few messages, and how many are left."""
    script = [*searched("q", PASSAGE), *said("A servo holds an angle [1]", citation(), ".")]
    async with house(tmp_path, ScriptedTutor(script), max_messages=limit) as home, home.client() as ada:
        answers = [await ada.ask("message 1")]
        answers += [await ada.ask(f"message {n}", thread=answers[0].thread_id) for n in range(2, limit + 1)]
    messages = {n: notices(told)[0]["message"] for n, told in enumerate(answers, 1) if notices(told)}

    assert list(messages) == told_at
    assert all(str(limit - n) in text or (limit - n == 1 and "one more" in text) for n, text in messages.items())


async def test_what_changes_the_meaning_of_an_answer_stands_in_its_text(tmp_path):
    """A selection that is not in the book is told by whoever answers, and stored; no notice repeats it."""
    script = [*searched("q", PASSAGE), *said("The selected text was not found in the book.")]
    async with house(tmp_path, ScriptedTutor(script)) as home, home.client() as ada:
        told = await ada.ask("Explain this", quoted_text="nowhere")
        stored = (await ada.items(told.thread_id))[-1]

    assert notices(told) == []
    assert "not found" in stored["content"][0]["text"]
