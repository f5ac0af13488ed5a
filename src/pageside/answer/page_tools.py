"""What the page beside the conversation can be asked, as tools that end a model's run; and its replies as input."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from agents import FunctionTool, RunContextWrapper, TResponseInputItem

from pageside.answer import delimiting
from pageside.answer.events import AskedPage
from pageside.answer.question import PageReply, PageTool, Question
from pageside.knowledge import keywords, place

GET_SELECTION: Final = PageTool(
    "get_selection",
    "The text that the reader has selected on the page, when they point at something ('this') and the context does "
    "not say at what. Takes no arguments.",
)
GET_PAGE: Final = PageTool(
    "get_page",
    "Title, address, path and headings of the page the reader has open, when they speak of 'this page' and the "
    "context names none. Takes no arguments.",
)
KNOWN: Final = (GET_SELECTION, GET_PAGE)

LIMIT_REPLIES: Final = 3  # how often a page is asked in one turn
_MAX_ARGUMENT_CHARS: Final = 4_000
_POINTS: Final = re.compile(
    r"\b(?:this|that|these|those|here|it|its|above|below|selected|selection|highlight\w*|mark(?:ed)?|page|section|paragraph"
    r"|chapter|passage|figure|diagram|screen|reading|looking|am i|where i)\b",
    re.IGNORECASE,
)


def left(question: Question) -> tuple[PageTool, ...]:
    """The tools that may still be asked in this turn: what is known is not asked for, and nothing twice over."""
    asked = {reply.tool for reply in question.page_replies}
    known = {GET_SELECTION.name} if question.selected_text.strip() else set()
    known |= {GET_PAGE.name} if question.page is not None else set()
    if len(question.page_replies) >= LIMIT_REPLIES:
        return ()
    return tuple(tool for tool in question.page_tools if tool.name not in asked | known)


def wanted(question: Question) -> tuple[PageTool, ...]:
    """Those that are `left` and that the reader's own words ask for: no text around a question can call a tool.

    Selection and page are asked for by a question that points at something, any other tool by a word of its name or
    description.
    """
    own = " ".join((question.text, *(question.clarified or ())))
    return tuple(tool for tool in left(question) if _is_asked_for(tool, own))


def _is_asked_for(tool: PageTool, own: str) -> bool:
    if tool in KNOWN:
        return bool(_POINTS.search(own)) or not own.isascii() or place.points_only(own)
    asked = keywords.query(own, languages=["en"])
    return not set(asked).isdisjoint(keywords.terms(f"{tool.name} {tool.description}", language="en"))


def for_model(tools: Iterable[PageTool], note: Callable[[AskedPage], None]) -> list[FunctionTool]:
    """`tools` as tools of the Agents SDK; what a model asks is given to `note`, and the run should stop there."""
    return [_tool(tool, note) for tool in tools]


def replies(question: Question) -> list[TResponseInputItem]:
    """What the page said as a model reads it: calls and their outputs.

    A selection and a page are not among them: they stand in the turn's context.
    """
    beside = [reply for reply in question.page_replies if reply.tool not in {tool.name for tool in KNOWN}]
    return [item for number, reply in enumerate(beside, 1) for item in _pair(f"call_page_{number}", reply)]


def _pair(call_id: str, reply: PageReply) -> tuple[TResponseInputItem, TResponseInputItem]:
    return (
        {
            "type": "function_call",
            "call_id": call_id,
            "name": reply.tool,
            "arguments": delimiting.dump(dict(reply.arguments)),
        },
        {"type": "function_call_output", "call_id": call_id, "output": delimiting.dump({"from_page": reply.output})},
    )


def _tool(tool: PageTool, note: Callable[[AskedPage], None]) -> FunctionTool:
    async def ask(_: RunContextWrapper[Any], arguments: str) -> str:
        note(AskedPage(tool.name, _read(arguments)))
        return "The page is being asked."

    return FunctionTool(
        name=tool.name,
        description=tool.description,
        params_json_schema={"type": "object", "properties": {}, **tool.parameters},
        on_invoke_tool=ask,
        strict_json_schema=False,
    )


def _read(arguments: str) -> Mapping[str, object]:
    try:
        told = json.loads(arguments) if len(arguments) <= _MAX_ARGUMENT_CHARS else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
