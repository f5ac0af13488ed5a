"""The published figures of retrieval, refusal and calibration; pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BINS: Final = 10
_IN_A_BIN: Final = 5  # answers at least: fewer make a share that says nothing


def hit(ranks: Sequence[int], *, k: int) -> float:
    """Whether any of the places stands among the first `k`: 1 or 0.

    Args:
        ranks: Of each gold place the rank, from 1, of the first passage that holds it; 0 where none does.
    """
    return float(any(0 < rank <= k for rank in ranks))


def every(ranks: Sequence[int], *, k: int) -> float:
    """Whether all of the places stand among the first `k`: 1 or 0."""
    return float(bool(ranks) and all(0 < rank <= k for rank in ranks))


def reciprocal_rank(ranks: Sequence[int], *, k: int) -> float:
    """One by the rank of the first place found, 0 where none is among the first `k`; its mean is MRR@k.

    Source: Voorhees, "The TREC-8 Question Answering Track Report", TREC 1999.
    """
    found = [rank for rank in ranks if 0 < rank <= k]
    return 1 / min(found) if found else 0.0


def ndcg(ranks: Sequence[int], *, k: int) -> float:
    """Normalised discounted cumulative gain of the first `k`, each gold place counting once, at its best rank.

    Where several places are found in one passage, each counts there; the ideal has every place at a rank of its own,
    and the figure is cut at 1.

    Source: Järvelin, Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 2002, with binary gains.
    """
    if not ranks:
        return 0.0
    gained = sum(1 / math.log2(rank + 1) for rank in ranks if 0 < rank <= k)
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(len(ranks), k) + 1))
    return min(1.0, gained / ideal)


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers that are about equally sure: how many, how sure on average (0 to 1), and what share is right."""

    count: int
    sure: float
    right: float


def reliability(pairs: Array, *, bins: int = BINS) -> tuple[Bin, ...]:
    """`pairs` of (confidence, right) in at most `bins` groups of equal size, five or more each, the least sure first.

    Answers that are equally sure may be parted, where the size of the groups wants it.

    Source: Nguyen, O'Connor, "Posterior calibration and exploratory analysis for natural language processing models",
    EMNLP 2015, section 3 (adaptive, equal-mass bins).
    """
    if not len(pairs):
        return ()
    ordered = pairs[pairs[:, 0].argsort(kind="stable")]
    groups = np.array_split(ordered, max(1, min(bins, len(ordered) // _IN_A_BIN)))
    return tuple(Bin(len(group), float(group[:, 0].mean()), float(group[:, 1].mean())) for group in groups)


def ece(pairs: Array, *, bins: int = BINS) -> float:
    """Expected calibration error: how far confidence is from the share that is right, on average over the bins.

    Source: Naeini, Cooper, Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015,
    over the bins of `reliability`.
    """
    groups = reliability(pairs, bins=bins)
    return sum(each.count * abs(each.sure - each.right) for each in groups) / len(pairs) if groups else math.nan


def brier(pairs: Array) -> float:
    """Mean squared distance of confidence from what came true, 0 to 1.

    Source: Brier, "Verification of forecasts expressed in terms of probability", 1950, in its form for two outcomes.
    """
    return float(((pairs[:, 0] - pairs[:, 1]) ** 2).mean()) if len(pairs) else math.nan


def auc(pairs: Array) -> float:
    """Chance that a right answer is surer than a wrong one, ties counting half; NaN where one of the two is missing.

    Source: Mann, Whitney, 1947; equal to the area under the ROC curve (Hanley, McNeil, 1982).
    """
    right, wrong = pairs[pairs[:, 1] > 0.5, 0], np.sort(pairs[pairs[:, 1] <= 0.5, 0])
    if not len(right) or not len(wrong):
        return math.nan
    below, up_to = np.searchsorted(wrong, right, "left"), np.searchsorted(wrong, right, "right")
    return float((below + up_to).sum() / (2 * len(right) * len(wrong)))


@dataclass(frozen=True, slots=True)
class Point:
    """What would be shown if only answers of at least `threshold` were: share of all questions, share of it wrong."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(pairs: Array, *, asked: int | None = None) -> tuple[Point, ...]:
    """The risk-coverage curve, the surest answers first; a point for each confidence that occurs.

    Args:
        pairs: (confidence, right) of each answer that was given.
        asked: Questions in all, also those that were declined; as many as were answered by default.

    Source: El-Yaniv, Wiener, "On the foundations of noise-free selective classification", JMLR 2010.
    """
    if not len(pairs):
        return ()
    ordered = pairs[(-pairs[:, 0]).argsort(kind="stable")]
    wrong = np.cumsum(1 - ordered[:, 1])
    last = np.append(np.flatnonzero(np.diff(ordered[:, 0])), len(ordered) - 1)
    whole = asked or len(ordered)
    return tuple(Point(float(ordered[at, 0]), (at + 1) / whole, float(wrong[at] / (at + 1))) for at in last)


def aurc(pairs: Array) -> float:
    """Area under the risk-coverage curve over the answers given: mean risk, the answers taken surest first.

    Answers that are equally sure count as in every order, on average.

    Source: Geifman, Uziel, El-Yaniv, "Bias-reduced uncertainty estimation for deep neural classifiers", ICLR 2019.
    """
    if not len(pairs):
        return math.nan
    ordered = pairs[(-pairs[:, 0]).argsort(kind="stable")]
    _, group, size = np.unique(-ordered[:, 0], return_inverse=True, return_counts=True)
    wrong = np.bincount(group, 1 - ordered[:, 1]) / size
    return float((np.cumsum(wrong[group]) / np.arange(1, len(ordered) + 1)).mean())
