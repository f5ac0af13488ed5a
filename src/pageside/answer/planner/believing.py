"""How far a model is believed: what is to be done must be asked for in the reader's own words; pure.

A model reads selections, pages, titles and earlier replies, any of which somebody may have written to make it act.
Whatever it wants done that the reader's own message does not ask for is not done before the reader has said so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from pageside.answer.planner import memory, resolving
from pageside.answer.planner.intents import CHANGING, LEAST_CONFIDENCE, Act, Intent, Parsed
from pageside.answer.question import Message

_DOUBTED: Final = LEAST_CONFIDENCE - 0.1
_OWN_WORDS: Final = 0.6  # share of a title that the reader must have written, or selected where they point at it

_ASKS: Final[dict[Intent, re.Pattern[str]]] = {
    "add": re.compile(
        r"\b(?:add|remind|remember|note|put|create|make|new|schedule|plan|need|have|must|want|gotta|should|save|write"
        r"|jot|todo|to-do|task|don'?t (?:let me )?forget|list)\b",
        re.IGNORECASE,
    ),
    "complete": re.compile(
        r"\b(?:done|complete[ds]?|completing|finish(?:ed)?|check(?:ed)?|tick(?:ed)?|mark(?:ed)?|did|over|read|close[d]?"
        r"|cross(?:ed)?|solved|through)\b",
        re.IGNORECASE,
    ),
    "update": re.compile(
        r"\b(?:change|rename|call|move|shift|postpone|delay|push|set|make|update|edit|tag|untag|label|reopen|due|instead"
        r"|priority|urgent|important|turn|reschedule|replace|correct|describe|note|un(?:do|check|tick|mark))\w*\b",
        re.IGNORECASE,
    ),
    "delete": re.compile(
        r"\b(?:delet|remov|drop|forget|cancel|clear|erase|scratch|scrap|kill|get rid|throw|take|toss|wipe|trash"
        r"|no longer|don'?t need|bin)\w*\b",
        re.IGNORECASE,
    ),
    "undo": re.compile(r"\b(?:undo|back|restore|revert|un\w+|recover|oops|mistake|return)\b", re.IGNORECASE),
}
_ALL: Final = re.compile(
    r"\b(?:all|every(?:thing)?|both|them|those|these|whole|entire|each|any|completed|done|finished|overdue|tasks|list)\b",
    re.IGNORECASE,
)
_POINTS: Final = re.compile(
    r"\b(?:this|these|that|here|it|page|section|chapter|passage|selection|paragraph)\b", re.IGNORECASE
)


def believed(parsed: Parsed, text: str, history: Sequence[Message], *, place: str = "") -> Parsed:
    """`parsed`, with so little confidence where it goes beyond the reader's own words that they are asked.

    Args:
        text: The reader's own words.
        place: What they selected and where they are, which counts as theirs where they point at it.
    """
    known = memory.read(history)
    shown = {*known.listed, *known.touched, *_numbers(text)}
    own = f"{text} {place}" if _POINTS.search(text) else text
    acts = tuple(_own(act, own) for act in parsed.acts)
    if all(_is_asked_for(act, text, own, shown) for act in acts):
        return replace(parsed, acts=acts)
    return replace(parsed, acts=acts, confidence=min(parsed.confidence, _DOUBTED), question="")


def _is_asked_for(act: Act, text: str, own: str, shown: set[int]) -> bool:
    if act.intent not in CHANGING:
        return True
    if not _ASKS[act.intent].search(text) or not set(act.target.numbers) <= shown:
        return False
    if act.target.every and not _ALL.search(text):
        return False
    if act.target.words and not _is_own(act.target.words, own):
        return False
    return act.details.title is None or _is_own(act.details.title, own)


def _own(act: Act, own: str) -> Act:
    """`act` without a description and tags that the reader did not write."""
    told = act.details
    if told.description is not None and not _is_own(told.description, own):
        told = replace(told, description=None)
    if told.tags is not None:
        kept = tuple(tag for tag in told.tags if tag.lstrip("#").casefold() in own.casefold())
        told = replace(told, tags=kept or None)
    return replace(act, details=told)


def _is_own(told: str, own: str) -> bool:
    words = resolving.folded(told)
    there = resolving.folded(own)
    return not words or sum(word in there for word in words) / len(words) >= _OWN_WORDS


def _numbers(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"(?<![\d.])\d{1,18}(?![\d.]*\d)", text)}
