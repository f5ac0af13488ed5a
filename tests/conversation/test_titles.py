"""Names of threads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.conversation import titles


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("What is a servo?", "What is a servo?"),
        ("  what\nis   a servo", "What is a servo"),
        ("Hi! What is a servo? And a stepper?", "What is a servo?"),
        ("Explain `rclpy.spin()` and **nodes**", "Explain rclpy.spin() and nodes"),
        ("See [the guide](https://x.test/y) please", "See the guide please"),
        (
            "Why does the controller of a humanoid robot need to know where its centre of mass is at all times",
            "Why does the controller of a humanoid robot need to know…",
        ),
        ("ロボットの重心はどこにありますか。そしてなぜですか。", "ロボットの重心はどこにありますか。"),
        ("x" * 200, "X" + "x" * 58 + "…"),
        ("", "New conversation"),
        ("???", "???"),
        ("***", "New conversation"),
    ],
)
def test_a_title_is_the_question_cut_well(question, title):
    """At a sentence, else at a word."""
    assert titles.title(question) == title


@given(st.text(max_size=300))
def test_a_title_is_always_one_short_line(question):
    """Whatever was asked."""
    title = titles.title(question)

    assert 0 < len(title) <= titles.MAX_CHARS + 2
    assert title == " ".join(title.split())


def test_no_letter_is_torn_apart():
    """A family of emoji joined into one stays whole or goes."""
    family = "👩‍👩‍👧‍👦"

    assert titles.title("a" * 56 + family * 4) == "A" + "a" * 55 + "…"
