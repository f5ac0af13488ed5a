"""Earlier items as a history."""

from __future__ import annotations

from datetime import datetime

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    EndOfTurnItem,
    InferenceOptions,
    UserMessageItem,
    UserMessageTagContent,
    UserMessageTextContent,
)
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer.question import Message
from pageside.conversation import transcript

FIELDS = {"thread_id": "t", "created_at": datetime(2026, 3, 1)}  # noqa: DTZ001  # as the SDK stamps


def asked(text, quote=None):
    return UserMessageItem(
        id="u",
        content=[UserMessageTextContent(text=text)],
        quoted_text=quote,
        inference_options=InferenceOptions(),
        **FIELDS,
    )


def answered(text):
    return AssistantMessageItem(id="a", content=[AssistantMessageContent(text=text)], **FIELDS)


@given(
    st.lists(st.builds(asked, st.text(max_size=300)) | st.builds(answered, st.text(max_size=300)), max_size=20),
    st.integers(0, 12),
    st.integers(0, 2000),
)
def test_a_history_keeps_to_both_limits_and_to_the_order(items, messages, chars):
    """The end of the conversation, whole messages save the oldest; the newest is there whole, however long."""
    every = transcript.history(items, messages=100, chars=10**6)
    kept = transcript.history(items, messages=messages, chars=chars)

    assert len(kept) <= messages
    assert sum(len(message.text) for message in kept[:-1]) <= chars
    assert kept[-1:] == every[-1:] or not messages
    assert kept[1:] == every[len(every) - len(kept) + 1 :] or not kept
    assert [m.role for m in kept] == [m.role for m in every[len(every) - len(kept) :]]


def test_a_message_that_does_not_fit_is_shortened():
    """Its beginning is kept, if there is room for more than a few words."""
    kept = transcript.history([asked("x" * 500), answered("y" * 500)], chars=800)
    without = transcript.history([asked("x" * 500), answered("y" * 500)], chars=600)

    assert [message.text for message in kept] == ["x" * 299 + "…", "y" * 500]
    assert [message.text for message in without] == ["y" * 500]


def test_the_newest_message_is_kept_whole():
    """A follow-up means the last answer, however long that is; what was before it gives way."""
    kept = transcript.history([asked("before"), answered("y" * 5000)], chars=800)

    assert kept == (Message("tutor", "y" * 5000),)


def test_other_items_do_not_count():
    """Nor do messages without words."""
    items = [asked("one"), EndOfTurnItem(id="e", **FIELDS), answered(" "), answered("two")]

    assert transcript.history(items, messages=2) == (Message("reader", "one"), Message("tutor", "two"))


def test_quotes_and_tags_are_part_of_what_was_said():
    """A quote stands before its question, shortened; a tag stands where it was written."""
    item = asked("see ", "first\nsecond" + "!" * 2000)
    item.content.append(UserMessageTagContent(id="1", text="Chapter 1", data={}))
    (message,) = transcript.history([item])

    assert message.text.startswith("> first\n> second!!")
    assert message.text.endswith("!\n\nsee Chapter 1")
    assert len(message.text) < 1100
