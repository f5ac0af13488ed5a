"""Where the reader was when they made a task: a link that leads back to the very words; pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from pageside.answer.planner.deciding import Plan
from pageside.answer.planner.intents import Act
from pageside.answer.question import Question
from pageside.knowledge import fragment
from pageside.tasks.task import Passage

_MAX_QUOTE: Final = 300  # characters
_POINTS: Final = re.compile(
    r"\b(?:this|these|here|it)\b|\bthe (?:page|section|chapter|passage|selection)\b", re.IGNORECASE
)


def led_back(plan: Plan, question: Question) -> Plan:
    """`plan` whose new tasks lead back to what the reader selected, or to the page they point at."""
    passage = _passage(question)
    if passage is None:
        return plan
    aimed = [replace(each, act=_with(each.act, passage)) if each.act.intent == "add" else each for each in plan.aimed]
    return Plan(tuple(aimed))


def _with(act: Act, passage: Passage) -> Act:
    return replace(act, details=replace(act.details, passage=act.details.passage or passage))


def _passage(question: Question) -> Passage | None:
    page = question.page
    quote = question.selected_text.strip()
    if page is None or not (url := page.url or page.path) or not (quote or _POINTS.search(question.text)):
        return None
    title = page.title or page.path or page.url
    whole = url.partition(":~:")[0]
    if not quote:
        return Passage(title, url)
    directive = fragment.text_fragment(quote, context=question.surroundings or quote)
    if not directive:
        return Passage(title, url, _short(quote))
    address = whole if "#" in whole else f"{whole}#"  # the anchor stays in front of the words
    return Passage(title, address + directive, _short(quote))


def _short(quote: str) -> str:
    flat = " ".join(quote.split())
    return flat if len(flat) <= _MAX_QUOTE else flat[: _MAX_QUOTE - 1].rstrip() + "…"
