"""How far a model is believed: what is to be done must be asked for in the reader's own words; pure.

A model reads selections, pages, titles and earlier replies, any of which somebody may have written to make it act.
Whatever it wants done that the reader's own message does not ask for is not done before the reader has said so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from pageside.answer.planner import memory, resolving
from pageside.answer.planner.intents import CHANGING, LEAST_CONFIDENCE, Act, Intent, Parsed
from pageside.answer.planner.memory import Memory
from pageside.answer.question import Message
from pageside.tasks.task import Task

_DOUBTED: Final = LEAST_CONFIDENCE - 0.1
_AIMED: Final[frozenset[Intent]] = frozenset({"complete", "update", "delete"})
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
_ALL: Final[dict[str, re.Pattern[str]]] = {
    "completed": re.compile(r"\b(?:completed?|done|finished|checked|ticked)\b", re.IGNORECASE),
    "overdue": re.compile(r"\b(?:overdue|late|missed|past)\b", re.IGNORECASE),
    "all": re.compile(r"\b(?:all|every(?:thing)?|both|them|those|these|whole|entire)\b", re.IGNORECASE),
}
_PLACED: Final = re.compile(
    r"\b(?:(?:fir|la)st|second|third|(?:four|fif|six|seven|eigh|nin|ten)th|\d+(?:st|nd|rd|th)|top|bottom|next)\b",
    re.IGNORECASE,
)
_POINTS: Final = re.compile(
    r"\b(?:this|these|that|here|it|page|section|chapter|passage|selection|paragraph)\b", re.IGNORECASE
)


def believed(
    parsed: Parsed,
    text: str,
    history: Sequence[Message],
    *,
    ruled: Parsed,
    tasks: Sequence[Task],
    today: date,
    place: str = "",
) -> Parsed:
    """`parsed`, with so little confidence where it goes beyond the reader's own words that they are asked.

    Args:
        text: The reader's own words.
        ruled: What the rules make of them: where those are sure what is to be changed, nothing else is.
        tasks: Those of the reader.
        place: What they selected and where they are, which counts as theirs where they point at it.
    """
    known = memory.read(history)
    own = f"{text} {place}" if _POINTS.search(text) else text
    acts = tuple(_own(act, own) for act in parsed.acts)
    book = parsed.book if _is_own(parsed.book, own) else text
    if all(
        _is_asked_for(act, text, own) and _is_meant(act, text, known) and _agrees(act, ruled, tasks, known, today)
        for act in acts
    ):
        return replace(parsed, acts=acts, book=book)
    return replace(parsed, acts=acts, book=book, confidence=min(parsed.confidence, _DOUBTED), question="")


def _is_asked_for(act: Act, text: str, own: str) -> bool:
    if act.intent not in CHANGING:
        return True
    if not _ASKS[act.intent].search(text):
        return False
    if act.target.words and not _is_own(act.target.words, own):
        return False
    return act.details.title is None or _is_own(act.details.title, own)


def _is_meant(act: Act, text: str, known: Memory) -> bool:
    """Whether `text` says which tasks: by number, by place, as what was shown or spoken of, or as all of a kind."""
    target, said = act.target, _numbers(text)
    if act.intent not in CHANGING:
        return True
    if not set(target.numbers) <= {*known.listed, *known.touched, *said}:
        return False
    if target.places and not (_PLACED.search(text) or {abs(place) for place in target.places} <= said):
        return False
    if target.every and not _ALL.get(target.every, _ALL["all"]).search(text):
        return False
    return not target.last or _POINTS.search(text) is not None or _ALL["all"].search(text) is not None


def _agrees(act: Act, ruled: Parsed, tasks: Sequence[Task], known: Memory, today: date) -> bool:
    """Whether what is done to tasks is done to no others than the rules find in the same words."""
    if act.intent not in _AIMED or act.target.is_empty:
        return True
    same = [each for each in ruled.acts if each.intent == act.intent]
    if not same or ruled.confidence < LEAST_CONFIDENCE:
        return len(resolving.resolve(act, tasks, known, today=today).numbers) <= 1
    found = [resolving.resolve(each, tasks, known, today=today) for each in same]
    allowed = {number for each in found for number in (each.numbers or each.candidates)}
    return set(resolving.resolve(act, tasks, known, today=today).numbers) <= allowed


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
