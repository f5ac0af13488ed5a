"""Places of the book found while somebody types."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.test_mentions import CONTENTS

from pageside.knowledge.lookup import Lookup, begins_alike

LOOKUP = Lookup(CONTENTS)


def found(query, limit=3):
    return [(entry.kind, entry.title, entry.group) for entry in LOOKUP.find(query, limit=limit)]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("nod", ("page", "Nodes and topics", "Module 1")),
        ("@quality", ("page", "Quality of service", "Module 1")),
        ("service", ("page", "Quality of service", "Module 1")),
        ("servce", ("page", "Quality of service", "Module 1")),
        ("qaulity of", ("page", "Quality of service", "Module 1")),
        ("module 2", ("group", "Module 2", "")),
        ("nodes exer", ("section", "Exercises", "Nodes and topics")),
        ("角度", ("page", "関節の角度", "Module 3")),
    ],
)
def test_what_is_likeliest_comes_first(query, first):
    """Titles before what stands under them, also where a letter is wrong, and in any script."""
    assert found(query)[0] == first


def test_without_a_query_the_pages_stand_in_reading_order():
    """As many as are asked for."""
    assert [title for _, title, _ in found("", limit=3)] == [
        "Nodes and topics",
        "Quality of service",
        "Module 2: The digital twin",
    ]


@pytest.mark.parametrize("query", ["zzzz", "x" * 1000, "\x00", "'; DROP TABLE", "%_*"])
def test_what_nothing_is_called_finds_nothing(query):
    """Nor does it break anything."""
    assert found(query) == []


@given(st.text(alphabet="abc", min_size=4, max_size=9), st.integers(0, 8), st.sampled_from("abcd"))
def test_one_slip_is_forgiven_wherever_it_is(word, at, letter):
    """A letter added, left out, changed, or two swapped."""
    at = min(at, len(word) - 2)
    slips = [
        word[:at] + letter + word[at:],
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    ]

    assert all(begins_alike(word + "tail", slip) for slip in slips)


def test_two_slips_are_not():
    """They would find anything."""
    assert not begins_alike("quality", "qxaliyt")
