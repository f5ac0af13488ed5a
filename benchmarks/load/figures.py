"""Counting what a load did: percentiles, and growth as the slope of a line with its interval. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Record = Mapping[str, Any]
_LAGS = 6  # samples that are still alike are counted as fewer


@dataclass(frozen=True, slots=True)
class Growth:
    """The slope of a line through samples.

    Attributes:
        an_hour: In units of the samples an hour.
        low: The lower end of its 95 % interval.
        high: The upper end.
    """

    an_hour: float
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether it grows, as far as the samples can tell."""
        return self.low > 0


def growth(seconds: Sequence[float], values: Sequence[float]) -> Growth:
    """The line of least squares through `values` at `seconds`; needs ten of them at least.

    Samples of a process resemble those before them, which makes a line look surer than it is: its variance is
    Newey and West's.

    Source: Newey and West, Econometrica 55 (1987), with Bartlett weights over `len ** (1 / 3)` samples at least.
    """
    if len(values) < 10:
        raise ValueError("a line needs ten samples")
    hours = np.asarray(seconds, dtype=float) / 3600
    hours -= hours.mean()
    told = np.asarray(values, dtype=float)
    spread = float((hours**2).sum())
    slope = float((hours * (told - told.mean())).sum()) / spread
    pulls = hours * (told - told.mean() - slope * hours)
    lags = max(_LAGS, math.ceil(len(told) ** (1 / 3)))
    variance = float((pulls**2).sum())
    for lag in range(1, min(lags, len(told) - 1) + 1):
        variance += 2 * (1 - lag / (lags + 1)) * float((pulls[lag:] * pulls[:-lag]).sum())
    off = 1.96 * math.sqrt(max(variance, 0.0)) / spread
    return Growth(slope, slope - off, slope + off)


def spread(values: Sequence[float]) -> str:
    """p50 / p95 / p99 in milliseconds, of seconds; a dash where there are none."""
    if not len(values):
        return "–"
    return " / ".join(f"{each * 1000:.0f}" for each in np.percentile(np.asarray(values), [50, 95, 99]))


def errors(records: Sequence[Record]) -> dict[str, int]:
    """How often each thing went wrong."""
    found: dict[str, int] = {}
    for record in records:
        what = record["error"] or ("" if record["status"] == 200 else f"status {record['status']}")
        if not what and not record["ended"]:
            what = "not ended when the load was"
        if what:
            found[what] = found.get(what, 0) + 1
    return found


def lags(records: Sequence[Record], said: Mapping[str, Sequence[float]]) -> list[float]:
    """Seconds from when the model wrote the end of a sentence until its citation reached the reader."""
    found = []
    for record in records:
        written = said.get(record["question"], ())
        if len(written) == len(record["citations"]):
            found += [came - told for told, came in zip(written, record["citations"], strict=True)]
    return found
