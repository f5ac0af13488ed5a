"""What to look at: for each question that did not come out well, what went wrong, in words; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pageside.evaluation.judging import Judged

Gravity = Literal["wrong", "refused", "uncertain", "failed"]

GRAVITIES: Final[dict[Gravity, str]] = {
    "wrong": "Answered, and not rightly",
    "refused": "In the book, and not answered",
    "uncertain": "Answered, and nobody said what is right",
    "failed": "Could not be asked",
}
_DEEP: Final = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """A question that did not come out well."""

    gravity: Gravity
    judged: Judged
    told: str


def find(judged: Judged) -> Finding | None:
    """What a person should look at in this question; None where it came out as it should."""
    if judged.result.error:
        return Finding("failed", judged, judged.result.error)
    if judged.answered and judged.right is False:
        return Finding("wrong", judged, _wrong(judged))
    if judged.case.answerable and not judged.answered:
        return Finding("refused", judged, _refused(judged))
    if judged.forbidden:
        return Finding("wrong", judged, _said(judged))
    if judged.answered and judged.right is None:
        return Finding("uncertain", judged, "The question file names no place and no words that tell a right answer.")
    return None


def _wrong(judged: Judged) -> str:
    if judged.forbidden:
        return _said(judged)
    if not judged.case.answerable:
        return "The book does not answer this, yet it was answered."
    if judged.missing:
        return f"The answer does not say {' nor '.join(' or '.join(map(repr, each)) for each in judged.missing)}."
    if judged.case.kind == "two_sections" and any(judged.cited):
        return "One of the two sections is cited, the other is not."
    return f"The answer does not cite the place that answers; {_place(judged)}."


def _refused(judged: Judged) -> str:
    shown = " The nearest passage was shown." if judged.result.outcome == "closest" else ""
    return f"{_place(judged)[0].upper()}{_place(judged)[1:]}.{shown}"


def _said(judged: Judged) -> str:
    return f"The answer says {' and '.join(map(repr, judged.forbidden))}, which it must not."


def _place(judged: Judged) -> str:
    """Whether the search had what the answer needed."""
    if not judged.case.golds:
        return "the question file does not say where the book answers"
    if not any(judged.placed.passages):
        return "the book does not have the place that the question file names"
    ranks = [rank for rank in judged.ranks if rank]
    if not ranks:
        return f"the search did not find it among {_DEEP} passages"
    return f"the search found it, at rank {min(ranks)}"
