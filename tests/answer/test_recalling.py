"""Answers that are given again: to the same question, from the same book, and never across what is a reader's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from tests.scripted_tutor import PASSAGE, ScriptedTutor, said, searched

from pageside.answer import recalling
from pageside.answer.events import Completed, TextDelta
from pageside.answer.question import Attached, Message, Page, PageReply, Question
from pageside.answer.recalling import Recalling
from pageside.storage.kept import MAX_BYTES, KeptHere

ASKED = Question("What is a servo?")


async def nothing():
    return b""


@pytest.fixture
def tutor():
    return ScriptedTutor()


@pytest.fixture
def recall(tutor):
    return Recalling(tutor, KeptHere(lasts=timedelta(hours=1)), generation=lambda: "one", settings="")


async def told(recall, question):
    return [event async for event in recall.answer(question)]


async def test_the_same_question_is_answered_once(recall, tutor):
    """The second reader is told the same, event by event, and it cost nothing."""
    first = await told(recall, ASKED)
    again = await told(recall, replace(ASKED, text="  What is a  servo? "))

    assert len(tutor.questions) == 1
    assert again[:-1] == first[:-1]
    usage = again[-1].answer.usage
    assert (usage.cached, usage.model, usage.input_tokens, usage.output_tokens) == (True, "scripted", 0, 0)
    assert replace(again[-1].answer, usage=first[-1].answer.usage) == first[-1].answer


OWN = {
    "profile": {"profile": {"name": "Ada"}},
    "history": {"history": (Message("reader", "Hello"),)},
    "selection": {"selected_text": "it"},
    "surroundings": {"surroundings": "around"},
    "file": {"attachments": (Attached("a.md", "text/markdown", 1, nothing),)},
    "reply of the page": {"page_replies": (PageReply("get_page", {}, "x"),)},
    "what they meant": {"clarified": ("servo",)},
    "asked anew": {"fresh": True},
}


@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
async def test_what_is_a_readers_own_is_neither_kept_nor_recalled(recall, tutor, own):
    """Not even for the same reader."""
    await told(recall, replace(ASKED, **own))
    await told(recall, ASKED)
    await told(recall, replace(ASKED, **own))

    assert len(tutor.questions) == 3


OTHER = {
    "words": {"text": "What is a stepper?"},
    "case": {"text": "what is a servo?"},
    "page": {"page": Page(title="Motors")},
    "filters": {"filters": {"module": "1"}},
    "documentation": {"library_docs": "asked"},
}


@pytest.mark.parametrize("other", OTHER.values(), ids=OTHER)
def test_another_question_is_another(other):
    """By its words, its page and what it asks for."""
    one = recalling.digest(ASKED, generation="one", settings="a")

    assert recalling.digest(replace(ASKED, **other), generation="one", settings="a") != one


def test_another_book_or_another_model_is_another():
    """What the index holds, and what the server is set to."""
    one = recalling.digest(ASKED, generation="one", settings="a")

    assert recalling.digest(ASKED, generation="two", settings="a") != one
    assert recalling.digest(ASKED, generation="one", settings="b") != one


async def test_small_talk_and_broken_answers_are_not_kept(tutor, recall):
    """Nor is one whose reader left."""
    tutor.script = said("Hello.", outcome="conversation")
    await told(recall, ASKED)
    events = recall.answer(ASKED)
    await anext(events)
    await events.aclose()
    await told(recall, ASKED)

    assert len(tutor.questions) == 3


async def test_passages_with_labels_of_any_mapping_are_kept(tutor, recall):
    """As the index gives them."""
    labelled = replace(PASSAGE, labels=MappingProxyType({"module": "Module 1"}))
    tutor.script = [*searched("servo", labelled), *said("A servo holds an angle.")]
    await told(recall, ASKED)
    again = await told(recall, ASKED)

    assert len(tutor.questions) == 1
    assert again[1].evidence[0].found.passage.labels == {"module": "Module 1"}


async def test_what_cannot_be_read_is_asked_for_again(tutor):
    """A value of another version, or of nobody's."""
    kept = KeptHere(lasts=timedelta(hours=1))
    recall = Recalling(tutor, kept, generation=lambda: "one", settings="")
    await kept.put(recalling.digest(ASKED, generation="one", settings=""), b'{"query": 1}')

    events = await told(recall, ASKED)

    assert isinstance(events[-1], Completed)
    assert any(isinstance(event, TextDelta) for event in events)


async def test_values_are_forgotten_in_time_and_when_there_are_too_many():
    """The least used first; one that is too large is not kept at all."""
    clock = [0.0]
    kept = KeptHere(lasts=timedelta(seconds=10), entries=2, now=lambda: clock[0])
    await kept.put("a", b"1")
    await kept.put("b", b"2")
    await kept.get("a")
    await kept.put("c", b"3")
    await kept.put("large", b"x" * (MAX_BYTES + 1))
    held = [await kept.get(key) for key in ("a", "b", "c", "large")]
    clock[0] = 10.0

    assert held == [b"1", None, b"3", None]
    assert await kept.get("a") is None
