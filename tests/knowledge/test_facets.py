"""A question that asks for two things is taken apart; any other is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge import facets


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("How does an LSTM differ from a GRU?", ("How does an LSTM", "a GRU")),
        ("Compare word2vec with GloVe", ("word2vec", "GloVe")),
        ("Closures versus function pointers", ("Closures", "function pointers")),
        ("Build a package and then start its nodes", ("Build a package", "start its nodes")),
        (
            "How do I publish my crate, and how is the program installed?",
            ("How do I publish my crate", "how is the program installed"),
        ),
    ],
)
def test_what_is_compared_or_joined_is_taken_apart(question, parts):
    """By the words that join them."""

    assert facets.split(question) == parts


@pytest.mark.parametrize(
    "question",
    ["What is a servo?", "How do I run only one test?", "", "and", "What is the difference?", "Explain this and that."],
)
def test_one_thing_is_left_alone(question):
    """Also where what is joined says nothing by itself."""

    assert facets.split(question) == ()


def test_a_text_somebody_pasted_is_no_question_of_two_parts():
    """Every third sentence has an "and"."""

    assert facets.split("the arm and the hand " * 20) == ()


@given(st.text(max_size=200))
def test_parts_are_two_or_three_or_none_and_of_the_question(question):
    """Whatever is asked: nothing is made up."""
    parts = facets.split(question)

    assert len(parts) in {0, 2, 3}
    assert all(word in question for part in parts for word in part.split())
