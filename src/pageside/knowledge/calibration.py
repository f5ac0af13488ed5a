"""What the scores of a search mean: the probability that a passage answers, and that the passages together do; pure.

The coefficients below are printed by `python -m benchmarks.calibrate`, from the development half of the questions; how
well they hold on the other half stands in docs/benchmarks.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pageside.knowledge.index import Hit


@dataclass(frozen=True, slots=True)
class Logistic:
    """A probability from features: `intercept` and one weight for each."""

    intercept: float
    weights: tuple[float, ...]

    def __call__(self, features: Sequence[float]) -> float:
        """The probability, strictly between 0 and 1."""
        z = self.intercept + sum(weight * value for weight, value in zip(self.weights, features, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


# with vectors: cosine, coverage, share of the best BM25, 1 / rank
_RELEVANCE: Final = Logistic(-9.574, (3.662, 2.603, 3.021, 2.264))
_CONFIDENCE: Final = Logistic(-5.762, (6.341, 3.878, -0.573))
# without: coverage, share of the best BM25, 1 / rank
_RELEVANCE_BY_WORDS: Final = Logistic(-9.615, (4.269, 3.479, 2.218))
_CONFIDENCE_BY_WORDS: Final = Logistic(-4.054, (5.720, -0.576))


def relevances(hits: Sequence[Hit]) -> tuple[float, ...]:
    """For each of `hits`, best first, the probability that it answers."""
    return tuple(
        _RELEVANCE_BY_WORDS(features[1:]) if math.isnan(features[0]) else _RELEVANCE(features)
        for features in relevance_features(hits)
    )


def confidence(hits: Sequence[Hit]) -> float:
    """The probability that `hits`, best first, answer together; 0 when there are none."""
    if not hits:
        return 0.0
    features = confidence_features(hits)
    return _CONFIDENCE_BY_WORDS(features[1:]) if math.isnan(features[0]) else _CONFIDENCE(features)


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
