"""What readers call themselves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer import introductions
from pageside.answer.question import Message


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("My name is Sara", "Sara"),
        ("my name's Ali.", "Ali"),
        ("Hi, I'm Ali!", "Ali"),
        ("I am Ali and I study robotics", "Ali"),
        ("Call me Max", "Max"),
        ("You can call me Bo, please", "Bo"),
        ("hello, my name is sara!", "sara"),
        ("My name is 小明", "小明"),
        ("My name is O'Neil", "O'Neil"),
        ("I'm Dr. Sara Khan", "Dr. Sara Khan"),
        ("My name is Jean-Luc Picard. What is a node?", "Jean-Luc Picard"),
        ("my name isn't Sara, it's Sarah", "Sarah"),
        ("Sorry, I'm not Sara, I'm Sarah.", "Sarah"),
        ("My name is Ann. No, my name is Anne.", "Anne"),
        ("call me later", ""),
        ("my name is hard to pronounce", ""),
        ("I'm confused about this", ""),
        ("I'm German", ""),
        ("I am new to ROS 2", ""),
        ("I'm Using Gazebo", ""),
        ("What is my name?", ""),
        ("Is my name Sara?", ""),
        ("In ROS 2, call me when ready", ""),
        ('He said "my name is Bob".', ""),
        ("> My name is Bob\n> I am Eve.\n\nwhat does this mean?", ""),
        ("the robot says: I'm Pepper", ""),
    ],
)
def test_a_name_is_what_readers_say_they_are_called(text, name):
    """Said plainly, of themselves, in their own words."""
    assert introductions.name([Message("reader", text)]) == name


def test_the_tutor_introduces_nobody():
    """Its messages are not the reader's."""
    assert introductions.name([Message("tutor", "My name is Pageside.")]) == ""


def test_the_newest_name_counts():
    """A correction replaces what it corrects."""
    said = [Message("reader", "I'm Sara."), Message("tutor", "Hello."), Message("reader", "Call me Sally.")]

    assert introductions.name(said) == "Sally"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("My name is Sara. What is a bag file?", "What is a bag file?"),
        ("Hi, I'm Ali, what is a node?", "what is a node?"),
        ("Actually, my name is Sarah", ""),
        ("Hello, what is a node?", "Hello, what is a node?"),
    ],
)
def test_what_is_left_beside_an_introduction_is_the_question(text, rest):
    """A search for the question does not search for the name."""
    assert introductions.without(text) == rest
    assert introductions.introduces_only(text) == (not rest)


@given(st.text(max_size=400))
def test_any_text_is_read(text):
    """A name is short, and stands in the text."""
    name = introductions.name([Message("reader", text)])

    assert len(name) <= 60
    assert name in text
