"""What the page beside a conversation offers to tell, and how its replies are read: as data, and in bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from chatkit.types import ClientToolCallItem
from pydantic_core import PydanticSerializationError, to_json

from pageside import ids
from pageside.answer import page_tools
from pageside.answer.events import AskedPage
from pageside.answer.page_tools import GET_PAGE, GET_SELECTION
from pageside.answer.prompt import SEARCH_TOOL
from pageside.answer.question import Page, PageReply, PageTool
from pageside.conversation import turn
from pageside.errors import InvalidInput, TooLarge

MAX_OFFERED = 32
MAX_OUTPUT_BYTES = 64_000

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ClientTools:
    """The tools that a page may offer; `get_selection` and `get_page` are always among them."""

    def __init__(self) -> None:
        self._by_name = {tool.name: tool for tool in page_tools.KNOWN}

    def add(self, tool: PageTool) -> None:
        """Lets pages offer `tool`, and a language model call it; the embedded model never does.

        Raises:
            ValueError: Its name is no name for a tool, or is taken.
        """
        if not _NAME.fullmatch(tool.name):
            raise ValueError(f"{tool.name!r} is no name for a tool: 1 to 64 letters, digits, `_` and `-`.")
        if tool.name in self._by_name or tool.name == SEARCH_TOOL:
            raise ValueError(f"There is a tool {tool.name!r} already.")
        self._by_name[tool.name] = tool

    def offered(self, metadata: Mapping[str, object]) -> tuple[PageTool, ...]:
        """Those of the tools that a request names under `clientTools`, in its order; unknown names are passed over."""
        told = metadata.get("clientTools")
        names = [name for name in told[:MAX_OFFERED] if isinstance(name, str)] if isinstance(told, list) else []
        return tuple(self._by_name[name] for name in dict.fromkeys(names) if name in self._by_name)


def item(asked: AskedPage, *, item_id: str, thread_id: str, created_at: datetime) -> ClientToolCallItem:
    """The call that the page answers with `threads.add_client_tool_output`."""
    return ClientToolCallItem(
        id=item_id,
        thread_id=thread_id,
        created_at=created_at,
        call_id=ids.new("call"),
        name=asked.tool,
        arguments=dict(asked.arguments),
    )


def require_small(output: object) -> None:
    """Returns if a tool's output is of a size that can be kept.

    Raises:
        TooLarge: It is larger than `MAX_OUTPUT_BYTES` as JSON.
        InvalidInput: It holds half a character.
    """
    try:
        length = len(to_json(output))
    except (PydanticSerializationError, UnicodeEncodeError):
        raise InvalidInput("params.result: a text holds half a character (a lone surrogate).") from None
    if length > MAX_OUTPUT_BYTES:
        raise TooLarge(f"params.result: {length} bytes; a tool's output has at most {MAX_OUTPUT_BYTES}.")


def unanswered(call: ClientToolCallItem) -> ClientToolCallItem:
    """`call` as it is left when the conversation goes on without the page's reply."""
    left = call.model_copy(deep=True)
    left.status, left.output = "completed", None
    return left


def reply(call: ClientToolCallItem) -> PageReply:
    """What the page said to `call`."""
    return PageReply(call.name, call.arguments, call.output)


def selection(replies: Iterable[PageReply]) -> str:
    """The text that the page said is selected; empty where it said nothing of the kind."""
    return next((text for each in replies if each.tool == GET_SELECTION.name and (text := _text(each.output))), "")


def surroundings(replies: Iterable[PageReply]) -> str:
    """What the page said stands around the selected text."""
    told = [each.output for each in replies if each.tool == GET_SELECTION.name and isinstance(each.output, Mapping)]
    return next((text for output in told if (text := turn.surroundings({"selectionContext": output}))), "")


def page(replies: Iterable[PageReply]) -> Page | None:
    """The page that the reader has open, as it said of itself."""
    told = [each.output for each in replies if each.tool == GET_PAGE.name]
    return next((found for output in told if (found := turn.page({"pageContext": output}))), None)


def quote(call: ClientToolCallItem) -> str:
    """The text that the page said is selected, when `call` asked for it and was answered; else empty."""
    return selection([reply(call)]) if call.status == "completed" else ""


def _text(output: object) -> str:
    told = {"selectedText": output} if isinstance(output, str) else {"selectionContext": output}
    return turn.selection(told) if isinstance(output, str | Mapping) else ""
