"""Words as a search sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.knowledge import keywords


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("create_publisher", ["create_publisher", "creat", "publish"]),
        ("rclpy.node", ["rclpy.node", "rclpi", "node"]),
        ("JointState", ["jointstate", "joint", "state"]),
        ("HTTPServer", ["httpserver", "http", "server"]),
        ("ROS2", ["ros2", "ros", "2"]),
        ("std::vec", ["std::vec", "std", "vec"]),
        ("C++ and C#", ["c++", "and", "c#"]),
        ("the robot's arms", ["the", "robot", "arm"]),
        ("naïve café", ["naiv", "cafe"]),
        ("running runs", ["run", "run"]),
        ("機械学習", ["機械", "械学", "学習"]),
        ("हिन्दी", ["हिन्दी"]),
        ("", []),
    ],
)
def test_a_text_has_these_terms(text, expected):
    """Stems, identifiers whole and in parts, pairs where words are not spaced."""

    assert keywords.terms(text, language="en") == expected


def test_the_language_decides_the_stem():
    """German endings are not English ones."""

    assert keywords.terms("Gelenken", language="de") == keywords.terms("Gelenke", language="de")
    assert keywords.terms("running", language="ja") == ["run"]


def test_a_question_is_looked_up_without_its_stop_words():
    """Each word once, in order."""

    assert keywords.query("What is the role of the servo in the servo loop?", languages=["en"]) == (
        "role",
        "servo",
        "loop",
    )


def test_a_question_of_stop_words_keeps_them():
    """Something must be looked up."""

    assert keywords.query("what is this", languages=["en"]) == ("what", "is", "this")


def test_a_book_in_two_languages_is_asked_in_both():
    """The stems of either."""
    found = keywords.query("Gelenken", languages=["en", "de"])

    assert set(found) == {*keywords.terms("Gelenken", language="en"), *keywords.terms("Gelenken", language="de")}


@given(st.text(), st.sampled_from(["en", "ja", "ur", "de", "xx", ""]))
def test_any_text_has_terms_without_spaces_or_quotes(text, language):
    """They stand in a query of the engine as they are."""

    assert all(term and '"' not in term and not term.isspace() for term in keywords.terms(text, language=language))


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("ROS2", "ROS 2"),
        ("ROS 2", "ROS2"),
        ("real-time", "real time"),
        ("create_publisher", "create publisher"),
        ("JointState", "joint states"),
        ("the Kalman filters", "kalman filter"),
    ],
)
def test_one_word_is_found_however_it_is_spelled(written, asked):
    """Joined, parted, hyphened, in humps, in the plural: the spellings have a term in common."""

    assert {*keywords.query(asked, languages=["en"])} & {*keywords.terms(written, language="en")}
