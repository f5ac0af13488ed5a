"""Bars that figures must not fall below: how they are written, and which were missed; pure."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pageside.errors import InvalidInput
from pageside.evaluation import figures
from pageside.evaluation.figures import Figure


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure must reach; where less is better, what it must not exceed."""

    name: str
    value: float


def read(told: Iterable[str]) -> tuple[Bar, ...]:
    """Bars as they are written: `hit@5=0.9`, several parted by commas.

    Raises:
        InvalidInput: One has another shape, or names no figure.
    """
    bars = []
    for part in (part.strip() for each in told for part in each.split(",") if part.strip()):
        name, equals, value = part.partition("=")
        name = name.strip()
        if name not in figures.names():
            near = difflib.get_close_matches(name, figures.names(), n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            raise InvalidInput(f"--fail-under {name!r}: no such figure. {hint}There are: {', '.join(figures.names())}.")
        bars.append(Bar(name, _number(part, value) if equals else math.nan))
        if math.isnan(bars[-1].value):
            raise InvalidInput(f"--fail-under {part!r}: write NAME=VALUE, such as hit@5=0.9.")
    return tuple(bars)


def _number(part: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise InvalidInput(f"--fail-under {part!r}: {value!r} is no number.") from None


@dataclass(frozen=True, slots=True)
class Missed:
    """A bar, and the figure that did not reach it; None where no question tells anything about it."""

    bar: Bar
    figure: Figure | None

    def __str__(self) -> str:
        if self.figure is None:
            return f"{self.bar.name} could not be measured: no question of the file tells anything about it."
        at, side = self.figure.estimate, "below" if self.figure.measure.higher else "above"
        return (
            f"{self.bar.name} is {at.value:.3f}, {side} the bar of {self.bar.value:g} "
            f"(95 % interval {at.low:.3f} to {at.high:.3f}, {at.count} questions)."
        )


def missed(bars: Sequence[Bar], measured: Sequence[Figure]) -> tuple[Missed, ...]:
    """The bars that were not reached; a figure that was not measured reaches none."""
    by_name = {figure.measure.name: figure for figure in measured}
    return tuple(Missed(bar, by_name.get(bar.name)) for bar in bars if not _reached(bar, by_name.get(bar.name)))


def _reached(bar: Bar, figure: Figure | None) -> bool:
    if figure is None:
        return False
    value, slack = figure.estimate.value, 1e-9
    return value >= bar.value - slack if figure.measure.higher else value <= bar.value + slack
