"""Figures as people write them; pure."""

from __future__ import annotations

import math

from pageside.evaluation.figures import Figure


def value(figure: Figure) -> str:
    """A figure: a share in per cent, seconds in ms below one."""
    return _written(figure, figure.estimate.value)


def interval(figure: Figure) -> str:
    """Its 95 % interval; empty where there is none."""
    low, high = figure.estimate.low, figure.estimate.high
    return "" if math.isnan(low) else f"{_written(figure, low)} to {_written(figure, high)}"


def difference(figure: Figure) -> str:
    """A difference with its sign and interval."""
    sign = "+" if figure.estimate.value > 0 else ""
    return f"{sign}{value(figure)} ({interval(figure)})"


def certain(figure: Figure) -> bool:
    """Whether the interval of a difference leaves no doubt about its sign."""
    return figure.estimate.low > 0 or figure.estimate.high < 0


def _written(figure: Figure, number: float) -> str:
    match figure.measure.form:
        case "share":
            return f"{number * 100:.1f} %"
        case "seconds":
            return f"{number * 1000:.0f} ms" if abs(number) < 1 else f"{number:.2f} s"
        case "score":
            return f"{number:.3f}"
        case "number":
            return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.2f}"
