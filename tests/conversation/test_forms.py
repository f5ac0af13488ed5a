"""Forms: built, bounded, skipped and remembered."""

from __future__ import annotations

from datetime import datetime

import pytest
from chatkit.types import StructuredInputAnswer, StructuredInputAnswerSubmission, StructuredInputSubmission

from pageside.answer.events import AskedBack
from pageside.answer.planner import memory
from pageside.answer.question import Message
from pageside.conversation import forms
from pageside.errors import InvalidInput

STAMP = datetime(2026, 1, 1)  # noqa: DTZ001  # the SDK's stamps say no zone


def form(*options):
    return forms.item(AskedBack(options), item_id="msg_1", thread_id="thr_1", created_at=STAMP, language="en")


def answered(**values):
    """A form with these values, as the SDK answers it."""
    filled = form("Drones", "Queens")
    for asked in filled.inputs:
        given = values.get(asked.id, [])
        asked.answer = StructuredInputAnswer(values=given, skipped=not given)
    filled.status = "answered"
    return filled


def test_a_form_offers_the_places_and_room_for_words():
    """In their order; a label that cannot be sent is mended."""
    choice, words = form("Drones", "Que\ud800ens").inputs

    assert [option.value for option in choice.options] == ["Drones", "Que\ufffdens"]
    assert (choice.id, words.id) == ("place", "words")
    assert not choice.multiple


def test_what_was_said_is_what_has_words():
    """In the order of the form, blanks and skipped questions left out."""
    assert forms.said(answered(place=["Drones"], words=[" how old? ", " "])) == ("Drones", "how old?")
    assert forms.said(answered()) == ()
    assert forms.said(forms.skipped(answered(place=["Drones"]))) == ()
    assert forms.said(form("Drones")) == ()


def test_leaving_a_form_changes_no_other():
    """A copy is skipped; the one given stays as it was."""
    left = form("Drones")

    assert forms.skipped(left).status == "skipped"
    assert left.status == "pending"
    assert left.inputs[0].answer is None


def test_a_form_is_remembered_as_question_and_reply():
    """One that waits says nothing; a skipped one only what was asked."""
    asked = Message("tutor", "Which part of the book do you mean? Or say in your own words what it is about.")

    assert forms.spoken(form("Drones")) == ()
    assert forms.spoken(answered(place=["Drones"], words=["age"])) == (asked, Message("reader", "Drones; age"))
    assert forms.spoken(forms.skipped(form("Drones"))) == (asked,)


@pytest.mark.parametrize(
    ("values", "accepted"),
    [(["x" * 1_000], True), (["x" * 1_001], False), (["x"] * 20, True), (["x"] * 21, False)],
    ids=["longest", "too long", "most", "too many"],
)
def test_values_have_bounds(values, accepted):
    """Of length and number, and the one beyond is named."""
    submitted = StructuredInputSubmission(answers={"words": StructuredInputAnswerSubmission(values=values)})
    if accepted:
        forms.require_acceptable(submitted)
        return
    with pytest.raises(InvalidInput, match=r"answers\.words\.values"):
        forms.require_acceptable(submitted)


def test_a_choice_of_tasks_is_remembered_with_what_there_was_to_choose():
    """As the text that asks for it elsewhere, so that "the second one" and "#7" mean the same behind every door."""
    asked = AskedBack(("#3 Buy milk", "#7 Milk **all** cows, as #3 says"), question="🤔 Which task do you mean?")
    left = forms.skipped(forms.item(asked, item_id="msg_1", thread_id="thr_1", created_at=STAMP, language="en"))
    (said,) = forms.spoken(left)

    assert said.text == (
        "🤔 Which task do you mean?\n1. #3 **Buy milk**\n2. #7 **Milk \\*\\*all\\*\\* cows, as \\#3 says**"
    )
    assert memory.read([Message("reader", "delete the milk one"), said]).listed == (3, 7)
