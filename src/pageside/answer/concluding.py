"""What an answer comes to once it is whole: its outcome, and how sure it is, by the book alone."""

from __future__ import annotations

from collections.abc import Sequence

from pageside.answer import answerable
from pageside.answer.answerable import Place, Scorer
from pageside.answer.checking import Checker
from pageside.answer.events import Answer, Citation, Evidence, Outcome
from pageside.answer.question import Question
from pageside.knowledge import place
from pageside.knowledge.fitted import Bounds
from pageside.knowledge.library.texts import is_docs
from pageside.knowledge.passage import Findings


def outcome(checker: Checker, opened: Outcome | None, *, has_evidence: bool) -> Outcome:
    """How the answer came out.

    Args:
        opened: What the model said in front of its text.
    """
    if opened == "not_in_book" or opened == "conversation":
        return opened
    if checker.supported and checker.citations and not of_book(checker):
        return "not_in_book"
    if checker.supported:
        return "closest" if opened == "closest" else "answered"
    if checker.declined:
        return "not_in_book"
    if checker.stated or opened == "closest":
        return "closest" if has_evidence else "not_in_book"
    return "answered" if checker.citations else "conversation"


async def confidence(
    scorer: Scorer, query: str, checker: Checker, evidence: Sequence[Evidence], *, came_out: Outcome, at_least: float
) -> float:
    """How sure what was found, and its hold on the text, make the answer: a probability, 0 to 1.

    Args:
        evidence: What was found, in the order of its numbers.
        at_least: What the reader points at answers with this probability, whatever its words are; 0 without.
    """
    if came_out == "conversation":
        return 1.0
    if not of_book(checker):
        return 0.0
    places = [Place.of(each.found) for each in evidence if not is_docs(each.found.passage)]
    sure = max(await answerable.judged(scorer, query, places), at_least)
    held = checker.supported / checker.stated if checker.stated else 1.0
    strength = sum(checker.strengths) / len(checker.strengths) if checker.strengths else 1.0
    return round(sure * held * strength, 4)


def doubted(answer: Answer, bounds: Bounds) -> bool:
    """Whether an answer is too unsure to count as one, whatever a model thought of it."""
    return answer.outcome == "answered" and answer.confidence < max(bounds.least, bounds.closest)


def pointed(question: Question, findings: Findings) -> float:
    """How likely what the reader points at answers: the search's confidence where they do, else 0."""
    selected = findings.selection is not None and bool(findings.selection.passages)
    points = selected or question.section is not None or place.points_only(question.text)
    return findings.confidence if points else 0.0


def of_book(checker: Checker) -> tuple[Citation, ...]:
    """The citations that are of no documentation."""
    return tuple(each for each in checker.citations if not is_docs(each.passage))
