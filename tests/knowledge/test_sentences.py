"""Sentences and other units of a passage's text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge import sentences


def units(text: str, *, language: str = "en") -> list[str]:
    return [text[span.start : span.end] for span in sentences.split(text, language=language)]


def kinds(text: str) -> list[str]:
    return [span.kind for span in sentences.split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A node runs. A topic carries.", ["A node runs.", "A topic carries."]),
        ("Is it on? Then stop! Good.", ["Is it on?", "Then stop!", "Good."]),
        ("Use sensors, e.g. a lidar. They help.", ["Use sensors, e.g. a lidar.", "They help."]),
        ("Wheels, i.e. Mecanum ones, roll.", ["Wheels, i.e. Mecanum ones, roll."]),
        ("It costs 3.50 dollars. ROS 2 v1.2 is out.", ["It costs 3.50 dollars.", "ROS 2 v1.2 is out."]),
        ("Written by J. R. Tolkien in 1937. It sold.", ["Written by J. R. Tolkien in 1937.", "It sold."]),
        ("Dr. Ito met Prof. Rao. They spoke.", ["Dr. Ito met Prof. Rao.", "They spoke."]),
        ("See https://ros.org/docs.html. Then build.", ["See https://ros.org/docs.html.", "Then build."]),
        ("Call `node.spin()`. It blocks.", ["Call `node.spin()`.", "It blocks."]),
        ("Run `a. B` now. Done here.", ["Run `a. B` now.", "Done here."]),
        ("Let $x = 0. Y$ hold. Then stop.", ["Let $x = 0. Y$ hold.", "Then stop."]),
        ("It waits... then moves. Fine.", ["It waits... then moves.", "Fine."]),
        ("It waits... Then it moves.", ["It waits...", "Then it moves."]),
        ('He said "Stop." Then he left.', ['He said "Stop."', "Then he left."]),
        ("It stops (at once.) Then waits.", ["It stops (at once.)", "Then waits."]),
        ("As Fig. 3 shows, it tips. So wait.", ["As Fig. 3 shows, it tips.", "So wait."]),
        ("Bolts, nuts, etc. are small. Keep them.", ["Bolts, nuts, etc. are small.", "Keep them."]),
        ("Bring bolts, nuts, etc. Then start.", ["Bring bolts, nuts, etc.", "Then start."]),
        ("Go on. It works! 🎉", ["Go on.", "It works! 🎉"]),
        ("Build first. rclpy_init() comes next.", ["Build first.", "rclpy_init() comes next."]),
        ("Open setup.py and edit it. Save it.", ["Open setup.py and edit it.", "Save it."]),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, expected: list[str]) -> None:
    """Dots in abbreviations, numbers, names, addresses, code and math end nothing."""
    assert units(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("ja", "ノードは動く。トピックは運ぶ!次へ。", ["ノードは動く。", "トピックは運ぶ!次へ。"]),
        ("ja", "「止まれ。」と言った。終わり。", ["「止まれ。」", "と言った。", "終わり。"]),
        ("zh", "机器人会走吗？会！很好。", ["机器人会走吗？", "会！", "很好。"]),
        ("ur", "روبوٹ چلتا ہے۔ کیا وہ رکتا ہے؟ ہاں۔", ["روبوٹ چلتا ہے۔", "کیا وہ رکتا ہے؟", "ہاں۔"]),
        ("hi", "रोबोट चलता है। वह रुकता है।", ["रोबोट चलता है।", "वह रुकता है।"]),
        ("de", "Das gilt z.B. Hier nicht. Ende.", ["Das gilt z.B. Hier nicht.", "Ende."]),
    ],
)
def test_other_scripts_have_their_own_full_stops(language: str, text: str, expected: list[str]) -> None:
    assert units(text, language=language) == expected


def test_list_items_rows_code_and_math_are_units_of_their_own() -> None:
    """Each keeps its lines together; the rule of a table is no unit."""
    text = (
        "Three parts follow here.\n\n- One. It is small.\n- Two\n  goes on\n\n"
        "| a | b |\n| --- | --- |\n| 1. x | 2 |\n\n"
        "```python\nx = 1\n\ny = 2. + x\n```\n\n$$\na = b. c\n$$\n\nNotes"
    )

    assert list(zip(kinds(text), units(text), strict=True)) == [
        ("prose", "Three parts follow here."),
        ("list_item", "- One. It is small."),
        ("list_item", "- Two\n  goes on"),
        ("table_row", "| a | b |"),
        ("table_row", "| 1. x | 2 |"),
        ("code", "```python\nx = 1\n\ny = 2. + x\n```"),
        ("math", "$$\na = b. c\n$$"),
        ("label", "Notes"),
    ]


def test_a_line_that_ends_like_no_sentence_is_a_label() -> None:
    """A long one is prose that lacks its full stop."""
    assert kinds("Expected output") == kinds("What you need:") == kinds("期待される出力") == ["label"]
    assert kinds("ros2 · week-3 · " + " · ".join("abcdefghijklmnop")) == ["label"]
    assert kinds("A robot " * 9) == kinds("ロボットは周りの物を見て動きを決めてから歩き出すのだ" * 2) == ["prose"]


def test_a_fence_is_closed_only_by_one_as_long() -> None:
    text = "````md\n```python\nx\n```\n````\n\nAfter it comes prose."

    assert kinds(text) == ["code", "prose"]


@given(st.text(alphabet="abc ABC.!?。`$|-\n1#é", max_size=120), st.sampled_from(["en", "ja", "ur"]))
def test_spans_are_ordered_and_lose_only_white_space(text: str, language: str) -> None:
    """Whatever the text, the spans stand in order, begin and end on a character, and together hold all the letters."""
    spans = sentences.split(text, language=language)

    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(text[span.start : span.end].strip() == text[span.start : span.end] != "" for span in spans)
    held = "".join(text[span.start : span.end] for span in spans)
    assert [ch for ch in held if ch.isalnum()] == [ch for ch in text if ch.isalnum()]


@pytest.mark.parametrize("text", ["The cell gives 3.14 V. Next comes the load.", "It weighs 5 N. The rest floats."])
def test_a_unit_behind_a_number_may_end_a_sentence(text):
    assert len(sentences.split(text)) == 2


def test_an_initial_ends_no_sentence():
    assert len(sentences.split("In 1983 J. Smith wrote it down.")) == 1
