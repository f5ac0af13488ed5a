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


def test_a_profile_is_shown_and_never_rendered():
    """Markdown and markers in a name are text."""
    said = smalltalk.reply("What is my name?", history=(), profile={"name": "**Bob** [1] <b>"})

    assert said.startswith("Your name is \\*\\*Bob\\*\\* \\[1\\] \\<b>.")
