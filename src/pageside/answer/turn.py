"""What is known of one question while it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from pageside.answer import attached, outcomes
from pageside.answer.attached import Given
from pageside.answer.checking import Checker
from pageside.answer.events import AskedPage, Usage
from pageside.answer.question import Question
from pageside.answer.tools import Desk
from pageside.knowledge.passage import Findings


@dataclass(slots=True)
class Turn:
    """What is known of one question while it is answered."""

    question: Question
    query: str
    findings: Findings
    desk: Desk
    checker: Checker
    given: Given = attached.NOTHING
    opening: outcomes.Opening = field(default_factory=outcomes.Opening)
    spent: Usage = field(default_factory=lambda: Usage(""))
    heard: bool = False
    cut_short: bool = False
    asked_page: list[AskedPage] = field(default_factory=list)
