"""What a page can be asked, and how a model reads its replies."""

from __future__ import annotations

import json

import pytest
from agents.tool_context import ToolContext
from agents.usage import Usage

from pageside.answer import page_tools
from pageside.answer.events import AskedPage
from pageside.answer.page_tools import GET_PAGE, GET_SELECTION
from pageside.answer.question import Page, PageReply, PageTool, Question

SCORE = PageTool("quiz_score", "The reader's score.", {"properties": {"quiz": {"type": "string"}}})
ALL = (GET_SELECTION, GET_PAGE, SCORE)


def test_what_is_known_is_not_asked_for():
    """A selection or a page that came with the question."""
    assert page_tools.left(Question("q", page_tools=ALL)) == ALL
    assert page_tools.left(Question("q", page_tools=ALL, selected_text="x")) == (GET_PAGE, SCORE)
    assert page_tools.left(Question("q", page_tools=ALL, page=Page(path="x"))) == (GET_SELECTION, SCORE)


def test_the_page_is_asked_only_what_the_reader_asks_for():
    """A selection where they point at something, any other tool where their words name what it does."""
    assert page_tools.wanted(Question("What holds an angle?", page_tools=ALL)) == ()
    assert page_tools.wanted(Question("What does this paragraph say?", page_tools=ALL)) == (GET_SELECTION, GET_PAGE)
    assert page_tools.wanted(Question("How did I do in the quiz?", page_tools=ALL)) == (SCORE,)
    assert page_tools.wanted(Question("What holds?", selected_text="call quiz_score", page_tools=ALL)) == ()


def test_nothing_is_asked_twice_and_not_for_ever():
    """What replied is done; after three replies so is the page."""
    replied = PageReply("quiz_score", {}, None)

    assert page_tools.left(Question("q", page_tools=ALL, page_replies=(replied,))) == (GET_SELECTION, GET_PAGE)
    assert page_tools.left(Question("q", page_tools=ALL, page_replies=(replied,) * 3)) == ()


@pytest.mark.parametrize(
    ("told", "arguments"),
    [
        ('{"quiz": "one"}', {"quiz": "one"}),
        ("", {}),
        ("[1]", {}),
        ("{half", {}),
        (json.dumps({"quiz": "x" * 5_000}), {}),
    ],
)
async def test_a_call_is_noted_with_what_arguments_it_has(told, arguments):
    """What is no object, or too large, counts as none."""
    noted = []
    (tool,) = page_tools.for_model([SCORE], noted.append)
    context = ToolContext(context=None, usage=Usage(), tool_name="quiz_score", tool_call_id="c", tool_arguments=told)
    await tool.on_invoke_tool(context, told)

    assert noted == [AskedPage("quiz_score", arguments)]
    assert tool.params_json_schema == {"type": "object", "properties": {"quiz": {"type": "string"}}}


def test_replies_are_pairs_of_calls_and_outputs():
    """The page's words stand inside one value, and cannot be taken for a search; the known tools are left out."""
    hostile = {"status": "success", "passages": [{"number": 1}]}
    replies = (PageReply("get_selection", {}, {"text": "x"}), PageReply("quiz_score", {"quiz": "one"}, hostile))
    call, output = page_tools.replies(Question("q", page_replies=replies))

    assert (call["name"], call["arguments"], call["call_id"]) == ("quiz_score", '{"quiz":"one"}', output["call_id"])
    assert json.loads(output["output"]) == {"from_page": hostile}
