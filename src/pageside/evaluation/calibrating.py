"""From the answers to a question file to what a server's threshold is computed from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pageside import settings as knobs
from pageside.errors import InvalidInput
from pageside.evaluation.judging import Judged
from pageside.knowledge.calibration import Scores
from pageside.settings import Settings

_OPEN: Final = {"PAGESIDE_REFUSAL": "generous", "PAGESIDE_UNSUPPORTED_RATE": "", "PAGESIDE_CALIBRATION": ""}


def opened(settings: Settings) -> Settings:
    """`settings` under which as little as possible is declined: a threshold is sought among answers that are given."""
    return knobs.changed(settings, _OPEN)


def scores(judged: Sequence[Judged]) -> Scores:
    """How sure the answer to each question was, and whether it was wrong; one that was declined has 0.

    Questions that failed, and those of which the file does not tell what is right, are left out.

    Raises:
        InvalidInput: None is left, or none of them is one that the book does not answer.
    """
    known = [each for each in judged if not each.result.error and each.right is not None]
    if not any(not each.case.answerable for each in known) or not any(each.case.answerable for each in known):
        raise InvalidInput(
            "--calibrate needs questions that the book answers, with what is right, and some that it does not."
        )
    return Scores(
        scores=tuple(each.result.confidence if each.answered else 0.0 for each in known),
        wrong=tuple(not each.right for each in known),
    )
