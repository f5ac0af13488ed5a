"""The statements of a passage: sentences, list items, code blocks and tables that may be quoted; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pageside.answer.units import Unit, Units

StatementKind = Literal["sentence", "item", "code", "table", "math"]

_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s+")
_QUESTION = re.compile(r"[?？؟][\"'”’)*_]*$")


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of a passage's text that says something by itself.

    Attributes:
        text: Exactly as in the passage, from `start` to `end`, without the sign of a list item.
        leads: It ends in a colon, and what follows it belongs to it.
        asks: It is a question, which states nothing.
        joined: No line break stands between it and the statement before it.
    """

    text: str
    start: int
    end: int
    kind: StatementKind
    leads: bool = False
    asks: bool = False
    joined: bool = False


@lru_cache(maxsize=4096)
def cut(text: str) -> tuple[Statement, ...]:
    """The statements of a passage's text, in reading order; headings are none."""
    units = Units()
    statements: list[Statement] = []
    at = 0
    in_item = False
    for unit in [*units.feed(text), *units.close()]:
        start, at = at + len(unit.lead), at + len(unit.lead) + len(unit.text)
        if unit.kind == "heading":
            in_item = False
            continue
        item = _ITEM.match(unit.text)
        in_item = item is not None or (in_item and "\n" not in unit.lead)
        offset = item.end() if item is not None and unit.kind == "prose" else 0
        statements.append(_statement(unit, unit.text[offset:], start + offset, item=in_item, joined="\n" not in unit.lead))
    return tuple(statements)


def _statement(unit: Unit, text: str, start: int, *, item: bool, joined: bool) -> Statement:
    kind: StatementKind = ("item" if item else "sentence") if unit.kind in {"prose", "heading"} else _block(unit)
    return Statement(
        text=text,
        start=start,
        end=start + len(text),
        kind=kind,
        leads=kind in {"sentence", "item"} and text.rstrip("*_ ").endswith((":", "：")),
        asks=kind in {"sentence", "item"} and bool(_QUESTION.search(text)),
        joined=joined,
    )


def _block(unit: Unit) -> StatementKind:
    match unit.kind:
        case "code" | "table" | "math":
            return unit.kind
        case _:
            return "sentence"
