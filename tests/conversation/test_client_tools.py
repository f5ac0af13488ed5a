"""Tools of the page: which are offered, and what their outputs are worth."""

from __future__ import annotations

from datetime import datetime

import pytest
from chatkit.types import ClientToolCallItem, InferenceOptions, UserMessageItem, UserMessageTextContent
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer.events import AskedPage
from pageside.answer.question import Message, Page, PageReply, PageTool
from pageside.conversation import client_tools, transcript
from pageside.conversation.client_tools import ClientTools
from pageside.errors import TooLarge

STAMP = datetime(2026, 1, 1)  # noqa: DTZ001  # the SDK's stamps say no zone
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def call(output=None, *, name="get_selection", status="completed"):
    """A call of the page that came to `output`."""
    made = client_tools.item(AskedPage(name, {}), item_id="tc_1", thread_id="thr_1", created_at=STAMP)
    made.status, made.output = status, output
    return made


def question(text="explain this"):
    return UserMessageItem(
        id="msg_1",
        thread_id="thr_1",
        created_at=STAMP,
        content=[UserMessageTextContent(text=text)],
        inference_options=InferenceOptions(),
    )


def test_a_page_offers_by_name_what_the_server_knows():
    """Once each, in its order; strangers are passed over."""
    tools = ClientTools()
    tools.add(PageTool("quiz_score", "The score."))
    told = {"clientTools": ["quiz_score", "rm", 5, "get_page", "quiz_score"]}

    assert [tool.name for tool in tools.offered(told)] == ["quiz_score", "get_page"]


@pytest.mark.parametrize("told", [{}, {"clientTools": None}, {"clientTools": "get_page"}, {"clientTools": {"a": 1}}])
def test_what_is_no_list_offers_nothing(told):
    """No tool, and no error."""
    assert ClientTools().offered(told) == ()


@pytest.mark.parametrize("name", ["", "two words", "x" * 65, "é", "get_page", "search_textbook"])
def test_a_tool_has_a_name_of_its_own(name):
    """That models take, and that nothing else has."""
    with pytest.raises(ValueError, match="tool"):
        ClientTools().add(PageTool(name, "What it gives."))


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ({"text": " a drone "}, "a drone"),
        ("a drone", "a drone"),
        ({"selectedText": "a drone"}, "a drone"),
        ({"text": ["a drone"]}, ""),
        ({}, ""),
        (None, ""),
        (5, ""),
    ],
)
def test_a_selection_is_text(output, text):
    """By the names that clients give it; anything else is no selection."""
    assert client_tools.selection([PageReply("get_selection", {}, output)]) == text


def test_only_the_tool_for_it_tells_the_selection():
    """Another tool's text is not the reader's."""
    assert client_tools.selection([PageReply("quiz_score", {}, {"text": "a drone"})]) == ""


def test_a_page_tells_where_it_is():
    """As `pageContext` does."""
    reply = PageReply("get_page", {}, {"url": "javascript:alert(1)", "title": "Drones", "path": "a.md"})

    assert client_tools.page([reply]) == Page(title="Drones", path="a.md")
    assert client_tools.page([PageReply("get_page", {}, {"title": ""})]) is None


@given(JSON)
def test_any_output_is_read_as_something_or_nothing(output):
    """Never an error, and never longer than a selection may be."""
    replies = [PageReply("get_selection", {}, output), PageReply("get_page", {}, output)]

    assert isinstance(client_tools.selection(replies), str)
    assert isinstance(client_tools.surroundings(replies), str)
    assert isinstance(client_tools.page(replies), Page | None)


def test_an_output_has_a_size():
    """In bytes of JSON."""
    client_tools.require_small("x" * 63_998)
    with pytest.raises(TooLarge, match="64001"):
        client_tools.require_small("x" * 63_999)


def test_a_told_selection_is_a_quote_of_who_asked():
    """As if it had come with the message; a call without one leaves no trace."""
    told = [question(), call({"text": "a drone\nis male"})]

    assert transcript.history(told) == (Message("reader", "> a drone\n> is male\n\nexplain this"),)
    assert transcript.history([question(), call({"of": 5}, name="quiz_score")]) == (Message("reader", "explain this"),)
    assert transcript.history([question(), call({"text": "x"}, status="pending")])[0].text == "explain this"
    assert transcript.history([call({"text": "x"})]) == ()


def test_a_call_left_behind_is_completed_without_output():
    """A copy of it; the one given stays as it was."""
    waiting = ClientToolCallItem(
        id="tc_1", thread_id="thr_1", created_at=STAMP, call_id="c", name="get_selection", arguments={}
    )
    left = client_tools.unanswered(waiting)

    assert (left.status, left.output) == ("completed", None)
    assert waiting.status == "pending"
