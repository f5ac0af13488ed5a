"""What the scores of a search mean: the probability that a passage answers, and that the passages together do; pure.

How well they hold on questions that they were not fitted to stands in docs/benchmarks.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pageside.knowledge import fitted
from pageside.knowledge.index import Hit


def relevances(hits: Sequence[Hit]) -> tuple[float, ...]:
    """For each of `hits`, best first, the probability that it answers."""
    return tuple(
        fitted.RELEVANCE_BY_WORDS(features[1:]) if math.isnan(features[0]) else fitted.RELEVANCE(features)
        for features in relevance_features(hits)
    )


def confidence(hits: Sequence[Hit]) -> float:
    """The probability that `hits`, best first, answer together; 0 when there are none."""
    if not hits:
        return 0.0
    features = confidence_features(hits)
    return fitted.CONFIDENCE_BY_WORDS(features[1:]) if math.isnan(features[0]) else fitted.CONFIDENCE(features)


def relevance_features(hits: Sequence[Hit]) -> list[tuple[float, ...]]:
    """What `relevances` judges each hit by; the first is NaN where there are no vectors."""
    best = max((hit.keyword for hit in hits), default=0.0) or 1.0
    return [(hit.cosine, hit.coverage, hit.keyword / best, 1 / rank) for rank, hit in enumerate(hits, 1)]


def confidence_features(hits: Sequence[Hit]) -> tuple[float, ...]:
    """What `confidence` judges by: best cosine, best coverage, and how far the first stands out by score.

    The cosine is NaN where the first hit has none: there are no vectors, or the passage is one the model cannot read.
    """
    cosines = [hit.cosine for hit in hits if not math.isnan(hit.cosine)]
    best = float("nan") if math.isnan(hits[0].cosine) else max(cosines)
    rest = [hit.keyword for hit in hits[1:]]
    gap = (hits[0].keyword - sum(rest) / len(rest)) / (hits[0].keyword or 1.0) if rest else 1.0
    return (best, max(hit.coverage for hit in hits), max(-1.0, min(1.0, gap)))


def threshold(scores: Sequence[float], wrong: Sequence[bool], rate: float) -> float:
    """From which score an answer may be shown, so that one that is shown and wrong is met at most at `rate`.

    The smallest score that conformal risk control allows with the loss "shown and wrong": whatever makes the scores,
    the next question exchangeable with these gets a wrong answer shown with a probability of `rate` at most, taken over
    the questions the scores come from as well.

    Args:
        scores: One for each question, any order; the higher, the surer.
        wrong: Whether the answer to it would be wrong if it were shown; always, where there is no right one.
        rate: 0 to 1.

    Returns:
        The threshold; infinity where so few questions cannot promise so low a rate.

    Raises:
        ValueError: The lengths differ, or `rate` is not from 0 to 1.

    Source: Angelopoulos, Bates, Fisch, Lei, Schuster, "Conformal Risk Control", ICLR 2024, eq. 4 with B = 1.
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"a rate is from 0 to 1, not {rate}")
    misses = sorted((score for score, is_wrong in zip(scores, wrong, strict=True) if is_wrong), reverse=True)
    # (misses shown + 1) / (n + 1) <= rate; a trace of slack, so that .1 * 20 is not below 2
    allowed = math.floor(rate * (len(scores) + 1) - 1 + 1e-9)
    if allowed < 0:
        return math.inf
    return math.nextafter(misses[allowed], math.inf) if allowed < len(misses) else -math.inf


@dataclass(frozen=True, slots=True)
class Scores:
    """What `threshold` is computed from: the questions of a book, each with its answer's confidence.

    Attributes:
        scores: Confidence, 0 to 1, each answer had.
        wrong: Whether that answer was wrong, or the book has none.
    """

    scores: tuple[float, ...]
    wrong: tuple[bool, ...]

    def threshold(self, rate: float) -> float:
        """See `threshold`."""
        return threshold(self.scores, self.wrong, rate)

    def write(self, file: Path) -> None:
        """Keeps them as JSON: `{"format": 1, "answers": [[confidence, wrong], ...]}`."""
        answers = [[round(score, 4), is_wrong] for score, is_wrong in zip(self.scores, self.wrong, strict=True)]
        file.write_text(json.dumps({"format": 1, "answers": answers}) + "\n", "utf-8")


def read(file: Path) -> Scores:
    """What `Scores.write` kept.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not of that form.
    """
    kept = json.loads(file.read_text("utf-8"))
    if not isinstance(kept, dict) or kept.get("format") != 1 or not isinstance(kept.get("answers"), list):
        raise ValueError(f"{str(file)!r} is no file of scores: make it with `pageside eval --calibrate`.")
    return _scores(kept["answers"], str(file))


def _scores(rows: Sequence[object], where: str) -> Scores:
    scores, wrong = [], []
    for row in rows:
        match row:
            case [int() | float() as score, bool() as is_wrong] if 0 <= score <= 1 and not isinstance(score, bool):
                scores.append(float(score))
                wrong.append(is_wrong)
            case _:
                raise ValueError(f"{where!r}: {row!r} is not a confidence from 0 to 1 and whether it was wrong.")
    return Scores(tuple(scores), tuple(wrong))
