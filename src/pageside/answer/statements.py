"""The statements of a passage: sentences, list items, code blocks and table rows that may be quoted; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from pageside.knowledge import sentences
from pageside.knowledge.sentences import Kind

_ITEM = re.compile(r"(?:[-*+•]|\d{1,9}[.)])\s+")
_QUESTION = re.compile(r"[?？؟][\"'”’)*_]*$")
_COLON = re.compile(r"[:：][\"'”’)*_]*$")


@dataclass(frozen=True, slots=True)
class Statement:
    """A piece of a passage's text that says something by itself.

    Attributes:
        text: Exactly as in the passage from `start` to `end`; a list item without its sign.
        leads: It ends in a colon, and what follows it belongs to it.
        asks: It is a question, which states nothing.
        joined: It continues the paragraph of the statement before it.
        heads: It is the header of a table, which states nothing without a row.
    """

    text: str
    start: int
    end: int
    kind: Kind
    leads: bool = False
    asks: bool = False
    joined: bool = False
    heads: bool = False


@lru_cache(maxsize=4096)
def cut(text: str, *, language: str = "en") -> tuple[Statement, ...]:
    """The statements of a passage's text, in reading order.

    Args:
        language: BCP 47 primary subtag of the passage.
    """
    spans = sentences.split(text, language=language)
    if not spans:
        return ()
    gaps = ["\n", *(text[before.end : span.start] for before, span in pairwise(spans))]
    cut_up = []
    for at, (span, gap) in enumerate(zip(spans, gaps, strict=True)):
        statement = _statement(text, span.start, span.end, span.kind, joined="\n" not in gap or gap == "\n")
        heads = span.kind == "table_row" and not (at and spans[at - 1].kind == "table_row" and "\n\n" not in gap)
        cut_up.append(replace(statement, heads=heads))
    return tuple(cut_up)


def _statement(text: str, start: int, end: int, kind: Kind, *, joined: bool) -> Statement:
    sign = _ITEM.match(text, start, end) if kind == "list_item" else None
    start = sign.end() if sign else start
    piece = text[start:end]
    says = kind in {"prose", "list_item", "label"}
    return Statement(
        text=piece,
        start=start,
        end=end,
        kind=kind,
        leads=says and bool(_COLON.search(piece)),
        asks=says and bool(_QUESTION.search(piece)),
        joined=joined and start > 0,
    )
