"""Follow-ups made standalone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.answer import followup_cases

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


@pytest.mark.parametrize("case", followup_cases.DEVELOPMENT, ids=lambda case: case.asked)
def test_the_cases_the_rules_were_made_on(case):
    """What the search is asked for holds what the reader means, and nothing of what they do not."""
    assert case.met_by(followup.standalone(case.asked, case.history))


@pytest.mark.parametrize("case", followup_cases.UNSEEN, ids=lambda case: case.asked)
def test_the_cases_that_were_written_first(case):
    """They were run when the rules stood, and only then made a reason to change them; see the concepts."""
    assert case.met_by(followup.standalone(case.asked, case.history))


@given(st.text(max_size=200), st.lists(st.builds(Message, st.sampled_from(["reader", "tutor"]), st.text(max_size=200))))
def test_any_text_keeps_its_own_words_in_front(text, history):
    """Whatever was said before, in whatever language, nothing the reader writes is lost."""
    assert followup.standalone(text, history).startswith(" ".join(text.split()))


@pytest.mark.parametrize("text", ["What does [2] mean?", "and source 2?"])
def test_a_citation_number_means_the_sentence_that_bears_it(text):
    """Numbers of the last answer are told to the search by what they stand for."""
    history = (Message("reader", "What is a node?"), Message("tutor", "A node has one job [1]. It may die alone [2]."))

    assert followup.standalone(text, history) == f"{text} (It may die alone)"


def test_a_citation_number_nobody_gave_means_nothing():
    """There is no ninth."""
    assert "(" not in followup.standalone("What does [9] mean here in detail?", HISTORY)
