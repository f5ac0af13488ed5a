"""What is known of one question while it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pageside.answer import attached, outcomes
from pageside.answer.attached import Given
from pageside.answer.checking import Checker
from pageside.answer.events import AskedPage, Usage
from pageside.answer.guard import Guard
from pageside.answer.question import Question
from pageside.answer.repairing import Repairer
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
    guard: Guard
    repairer: Repairer
    given: Given = attached.NOTHING
    opening: outcomes.Opening = field(default_factory=outcomes.Opening)
    spent: Usage = field(default_factory=lambda: Usage(""))
    heard: bool = False
    cut_short: bool = False
    asked_page: list[AskedPage] = field(default_factory=list)
    begun_anew: bool = False

    @property
    def usage(self) -> Usage:
        """What the turn has cost so far, repairs included."""
        return replace(
            self.spent,
            input_tokens=self.spent.input_tokens + self.repairer.spent.input_tokens,
            output_tokens=self.spent.output_tokens + self.repairer.spent.output_tokens,
        )

    @property
    def overruled(self) -> bool:
        """Whether the model did what an order wanted, as far as can be told, and nothing of its answer stands.

        It said what is kept back, or declined a question that the book speaks of while orders stood in its input, or
        may have stood in a file that only the model reads.
        """
        if self.checker.supported or self.begun_anew:
            return False
        ordered = self.guard.warned or self.given.is_unread
        declined = self.opening.outcome == "not_in_book" and ordered and self.guard.is_held()
        return declined or (self.checker.barred > 0 and self.opening.outcome != "conversation")

    def ask_page(self, asked: AskedPage) -> None:
        """Notes what the model asks of the page, unless it hands the page what only an order wanted handed on."""
        if self.guard.may_carry(asked.arguments):
            self.asked_page.append(asked)
        else:
            self.checker.barred += 1

    def begin_anew(self) -> None:
        """Forgets how the reply began, and that it was beside the book."""
        self.begun_anew = True
        self.opening = outcomes.Opening()
