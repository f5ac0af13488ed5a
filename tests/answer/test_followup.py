"""Follow-ups made standalone."""

from __future__ import annotations

import pytest

from pageside.answer import followup
from pageside.answer.question import Message

HISTORY = (
    Message("reader", "What are the three terms of a PID controller?"),
    Message("tutor", "They are:\n\n- the proportional term [1]\n- the integral term [2]\n- the derivative term [3]"),
)


@pytest.mark.parametrize(
    "text",
    [
        "why?",
        "What about its limits?",
        "How does it work?",
        "tell me more",
        "And how is it tuned?",
        "Can you give an example?",
    ],
)
def test_what_needs_the_conversation_gets_its_subject(text):
    """The reader's own words stay in front; what they are about stands beside."""
    assert followup.standalone(text, HISTORY) == f"{text} (three terms of a PID controller)"


def test_an_ordinal_means_an_item_of_the_last_answer():
    """The second one is what the tutor listed second."""
    asked = followup.standalone("And the second one?", HISTORY)

    assert asked == "And the second one? (the integral term; three terms of a PID controller)"


@pytest.mark.parametrize(
    "text",
    [
        "What is a servo motor?",
        "How do I install Docker on Ubuntu?",
        "Is it possible to run ROS 2 on Windows?",
        "Why do stepper motors lose steps when they are overloaded?",
        "What is the difference between a node and a topic?",
    ],
)
def test_a_question_that_stands_by_itself_stays(text):
    """A rewrite that is not needed can only do harm."""
    assert followup.standalone(text, HISTORY) == text


def test_a_chain_of_follow_ups_goes_back_to_its_subject():
    """The last question that stood by itself is meant, not the last question."""
    history = (*HISTORY, Message("reader", "why?"), Message("tutor", "Because."))

    assert followup.standalone("And how?", history) == "And how? (three terms of a PID controller)"


def test_without_a_conversation_nothing_changes():
    """There is nothing it could refer to."""
    assert followup.standalone("What about its limits?", ()) == "What about its limits?"
