"""How far a figure may be off because other questions could have been asked: bootstrap intervals; pure."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Statistic = Callable[[Array], float]

_SEED: Final = 20_100  # the same question file gives the same interval
_DRAWS: Final = (200, 2000)  # at least and at most; fewer where there are so many questions that draws hardly differ
_PICKS: Final = 5_000_000
_LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval, and of how many questions."""

    value: float
    low: float
    high: float
    count: int


def mean(rows: Array) -> float:
    """The mean of the first column; NaN of nothing."""
    return float(rows[:, 0].mean()) if len(rows) else math.nan


def quantile(share: float) -> Statistic:
    """The `share` quantile (0 to 1) of the first column, between neighbours by their distance."""
    return lambda rows: float(np.quantile(rows[:, 0], share)) if len(rows) else math.nan


def estimate(rows: Array, statistic: Statistic = mean) -> Estimate:
    """`statistic` of `rows`, a row a question, with the percentile bootstrap's interval.

    Shares that are all 0 or all 1 have no spread to draw from: their interval is Clopper and Pearson's.

    Source: Efron, Tibshirani, "An introduction to the bootstrap", 1993, chapter 13; Clopper, Pearson, Biometrika 1934.
    """
    value = statistic(rows)
    if not len(rows) or math.isnan(value):
        return Estimate(math.nan, math.nan, math.nan, len(rows))
    if statistic is mean and value in (0.0, 1.0) and np.isin(rows[:, 0], (0.0, 1.0)).all():
        furthest = ((1 - _LEVEL) / 2) ** (1 / len(rows))
        low, high = (furthest, 1.0) if value else (0.0, 1 - furthest)
        return Estimate(value, low, high, len(rows))
    low, high = _spread(_drawn(rows, statistic))
    return Estimate(value, low, high, len(rows))


def difference(before: Array, after: Array, statistic: Statistic = mean) -> Estimate:
    """How much `statistic` changed from `before` to `after`, whose rows are of the same questions in the same order.

    Every draw takes the same questions of both, so that what makes a question hard does not widen the interval.

    Source: Efron, Tibshirani, 1993, section 8.4 on paired data.
    """
    value = statistic(after) - statistic(before)
    if not len(before) or math.isnan(value):
        return Estimate(math.nan, math.nan, math.nan, len(before))
    low, high = _spread(_drawn(after, statistic) - _drawn(before, statistic))
    return Estimate(value, low, high, len(before))


def _drawn(rows: Array, statistic: Statistic) -> Array:
    """The statistic of each draw; for as many rows, the draws are the same."""
    draws = min(max(_PICKS // len(rows), _DRAWS[0]), _DRAWS[1])
    picks = np.random.default_rng(_SEED).integers(0, len(rows), (draws, len(rows)))
    if statistic is mean:
        return np.asarray(rows[:, 0][picks].mean(axis=1))
    return np.array([statistic(rows[pick]) for pick in picks])


def _spread(draws: Array) -> tuple[float, float]:
    draws = draws[~np.isnan(draws)]
    if not len(draws):
        return math.nan, math.nan
    edge = (1 - _LEVEL) / 2
    low, high = np.quantile(draws, (edge, 1 - edge))
    return float(low), float(high)
