"""What is said beside the book."""

from __future__ import annotations

import pytest

from pageside.answer import smalltalk
from pageside.answer.question import Message

PROFILE = {"name": "Ada", "hardwareTier": "Jetson"}
HISTORY = (Message("reader", "What is a servo?"), Message("tutor", "A servo holds an angle."))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("Hi!", "Hello, Ada! Ask me anything about this book."),
        ("thanks a lot", "You are welcome, Ada."),
        ("What's my name?", "Your name is Ada. *(from your profile)*"),
        ("what is my hardware tier", "Your hardware tier is Jetson. *(from your profile)*"),
        ("What is my email?", "Your profile does not say what your email address is."),
        ("What did I ask before?", "You asked: “What is a servo?” *(from this conversation)*"),
        ("what did you say", "I said: “A servo holds an angle.” *(from this conversation)*"),
    ],
)
def test_the_reader_and_the_conversation_are_known(text, answer):
    """Each reply says where it comes from."""
    assert smalltalk.reply(text, history=HISTORY, profile=PROFILE) == answer


@pytest.mark.parametrize(
    "text",
    [
        "What is a name server?",
        "What is my_node in the example?",
        "Hi, what is a servo?",
        "Thanks to what does a servo hold its angle?",
        "Who are the nodes talking to?",
        "What is my first node called?",
        "help me understand topics",
        "What did I ask the planner to do in the example?",
        "Good gains for a PID controller?",
        "",
    ],
)
def test_a_question_to_the_book_is_none(text):
    """Rules match a whole message, never a part of one."""
    assert smalltalk.reply(text, history=HISTORY, profile=PROFILE) == ""


TOLD = (Message("reader", "Hi, I'm Sara."), Message("tutor", "Nice to meet you, Sara."))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What is my name?", "Your name is Sara. *(from this conversation)*"),
        ("do you remember my name?", "Your name is Sara. *(from this conversation)*"),
        ("Who am I?", "Your name is Sara. *(from this conversation)*"),
        ("Hello", "Hello, Sara! Ask me anything about this book."),
        ("thanks!", "You are welcome, Sara."),
        ("Call me Sally", "Nice to meet you, Sally. Ask me anything about this book."),
        ("My name is Bo, what is my name?", ""),
    ],
)
def test_a_name_told_in_the_conversation_is_known(text, answer):
    """It wins over the profile, which somebody else may have filled in; the newest wins over an older one."""
    assert smalltalk.reply(text, history=TOLD, profile=PROFILE) == answer


def test_a_name_in_a_quoted_passage_is_not_the_readers():
    """What a page says is not what the reader says."""
    quoted = (
        Message("reader", "> My name is Bob, said the robot.\n\nwhat does this mean?"),
        Message("tutor", "I'm Eve."),
    )

    assert smalltalk.reply("What is my name?", history=quoted, profile={}) == (
        "Your profile does not say what your name is."
    )


def test_a_profile_is_shown_and_never_rendered():
    """Markdown and markers in a name are text."""
    said = smalltalk.reply("What is my name?", history=(), profile={"name": "**Bob** [1] <b>"})

    assert said.startswith("Your name is \\*\\*Bob\\*\\* \\[1\\] \\<b>.")
