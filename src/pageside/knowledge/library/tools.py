"""Which tools of an MCP server resolve a library's name and give its documentation, known by what they take; pure.

Names are not relied upon: `get-library-docs` became `query-docs`, and `context7CompatibleLibraryID` became `libraryId`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mcp.types import Tool

_TOKENS: Final = 3_000  # of documentation, asked for where a tool takes a number of them

_NAMES: Final = ("libraryname", "packagename", "name", "library", "package")
_QUESTIONS: Final = ("query", "question", "userquery", "topic", "prompt", "task")
_BUDGETS: Final = ("tokens", "maxtokens", "tokenlimit")


class UnfitTools(ValueError):
    """A server has no tools that could be used to look up documentation; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Call:
    """How a tool is called: which of its arguments takes what."""

    tool: str
    subject: str
    question: str = ""
    budget: str = ""

    def arguments(self, subject: str, question: str) -> dict[str, Any]:
        """What the tool is given for a library's name or id, and a question."""
        given: dict[str, Any] = {self.subject: subject}
        if self.question:
            given[self.question] = question
        if self.budget:
            given[self.budget] = _TOKENS
        return given


@dataclass(frozen=True, slots=True)
class Tools:
    """The two tools that are needed: from a name to an id, and from an id to documentation."""

    resolve: Call
    docs: Call


def choose(offered: Iterable[Tool]) -> Tools:
    """The tools to use of those a server offers.

    Raises:
        UnfitTools: One of the two is missing, or insists on an argument that nobody here knows how to fill.
    """
    resolving: list[tuple[int, Call]] = []
    giving: list[tuple[int, Call]] = []
    for tool in offered:
        properties = _properties(tool)
        by_id = next((name for name in properties if _flat(name).endswith("libraryid")), None)
        subject = by_id or next((name for known in _NAMES for name in properties if _flat(name) == known), None)
        call = _call(tool, properties, subject) if subject else None
        if call is not None:
            told = f"{tool.name} {tool.title or ''} {tool.description or ''}".lower()
            (giving if by_id else resolving).append((_fitness(told, by_id=bool(by_id)), call))
    if not resolving or not giving:
        missing = "find a library by its name" if not resolving else "give the documentation of a library"
        raise UnfitTools(f"no tool of the server seems to {missing}")
    return Tools(max(resolving, key=lambda each: each[0])[1], max(giving, key=lambda each: each[0])[1])


def _call(tool: Tool, properties: Mapping[str, Any], subject: str) -> Call | None:
    question = next((name for known in _QUESTIONS for name in properties if _flat(name) == known), "")
    budget = next((name for name in properties if _flat(name) in _BUDGETS), "")
    needed = tool.input_schema.get("required")
    unknown = set(needed if isinstance(needed, list) else ()) - {subject, question, budget}
    return None if unknown else Call(tool.name, subject, question, budget)


def _fitness(told: str, *, by_id: bool) -> int:
    words = ("doc", "quer", "example") if by_id else ("resolve", "library id", "librar", "search")
    return sum(word in told for word in words)


def _properties(tool: Tool) -> Mapping[str, Any]:
    """The arguments that are texts or numbers."""
    told = tool.input_schema.get("properties")
    properties = told if isinstance(told, Mapping) else {}
    return {
        str(name): shape
        for name, shape in properties.items()
        if isinstance(shape, Mapping) and shape.get("type") in {"string", "number", "integer"}
    }


def _flat(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
