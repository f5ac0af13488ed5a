"""The report's pictures, as SVG that takes its colours from the page: curves, bars, and tables of the same numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from pageside.evaluation.intervals import Estimate
from pageside.evaluation.metrics import Bin, Point

_WIDTH: Final = 360
_HEIGHT: Final = 270
_LEFT: Final = 46
_RIGHT: Final = 20
_TOP: Final = 12
_BOTTOM: Final = 44

_TICKS: Final = (0.0, 0.25, 0.5, 0.75, 1.0)


def bar(estimate: Estimate, *, told: str) -> Markup:
    """A share from 0 to 1 as a bar, with a line for its interval."""
    value, low, high = (f"{100 * _within(each):.2f}%" for each in (estimate.value, estimate.low, estimate.high))
    line = Markup('<line class="whisker" x1="{}" x2="{}" y1="7" y2="7"/>').format(low, high)
    ends = Markup("").join(
        Markup('<line class="whisker" x1="{0}" x2="{0}" y1="3" y2="11"/>').format(at) for at in (low, high)
    )
    return Markup(
        '<svg class="bar" width="100%" height="14" role="img" aria-label="{}">'
        '<rect class="track" width="100%" height="8" y="3" rx="2"/>'
        '<rect class="fill" width="{}" height="8" y="3" rx="2"/>{}{}</svg>'
    ).format(told, value, line, ends)


def swing(estimate: Estimate, *, higher: bool, told: str) -> Markup:
    """A difference of shares, -1 to 1, as a line around nought."""
    low, high, value = ((1 + max(-1.0, min(1.0, each))) / 2 for each in (estimate.low, estimate.high, estimate.value))
    certain = estimate.low > 0 or estimate.high < 0
    mood = "even" if not certain else "better" if (estimate.value > 0) is higher else "worse"
    return Markup(
        '<svg class="bar {}" width="100%" height="14" role="img" aria-label="{}">'
        '<line class="axis" x1="50%" x2="50%" y1="0" y2="14"/>'
        '<line class="whisker" x1="{:.2f}%" x2="{:.2f}%" y1="7" y2="7"/>'
        '<circle class="dot" cx="{:.2f}%" cy="7" r="3.5"/></svg>'
    ).format(mood, told, 100 * low, 100 * high, 100 * value)


def risk_coverage(runs: Sequence[tuple[str, Sequence[Point]]]) -> Markup:
    """Of the questions asked, how many are answered, and how many of these answers are wrong, for every threshold."""
    lines = Markup("")
    for number, (name, points) in enumerate(runs):
        path = " ".join(
            f"{'L' if at else 'M'}{_x(point.coverage):.1f} {_y(point.risk):.1f}" for at, point in enumerate(points)
        )
        ends = points[-1:]
        lines += Markup('<path class="curve c{}" d="{}"><title>{}</title></path>').format(number, path, name)
        for point in ends:
            lines += Markup('<circle class="end c{}" cx="{:.1f}" cy="{:.1f}" r="4"><title>{}</title></circle>').format(
                number, _x(point.coverage), _y(point.risk), f"{name}: every answer is shown"
            )
    told = "Risk-coverage curve: from left to right more questions are answered; the line's height is the share wrong."
    return _chart(lines, x="questions answered", y="of these, wrong", told=told)


def reliability(bins: Sequence[Bin]) -> Markup:
    """How sure answers are on average, and how many of them are right, in groups of equal size."""
    marks = Markup('<line class="ideal" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(_x(0), _y(0), _x(1), _y(1))
    most = max((each.count for each in bins), default=1)
    for each in bins:
        x, y, ideal = _x(each.sure), _y(each.right), _y(each.sure)
        said = f"{each.count} answers, {each.sure:.0%} sure on average, {each.right:.0%} right"
        marks += Markup('<line class="gap" x1="{0:.1f}" x2="{0:.1f}" y1="{1:.1f}" y2="{2:.1f}"/>').format(x, y, ideal)
        marks += Markup('<circle class="group" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"><title>{}</title></circle>').format(
            x, y, 3 + 4 * math.sqrt(each.count / most), said
        )
    told = "Reliability: each dot is a group of answers; on the diagonal, confidence and what is right agree."
    return _chart(marks, x="confidence", y="right", told=told)


def _chart(inner: Markup, *, x: str, y: str, told: str) -> Markup:
    """A square of shares with ticks, names and a description for who does not see it."""
    grid = Markup("")
    for tick in _TICKS:
        grid += Markup('<line class="grid" x1="{0:.1f}" x2="{0:.1f}" y1="{1}" y2="{2}"/>').format(
            _x(tick), _TOP, _HEIGHT - _BOTTOM
        )
        grid += Markup('<line class="grid" x1="{0}" x2="{1}" y1="{2:.1f}" y2="{2:.1f}"/>').format(
            _LEFT, _WIDTH - _RIGHT, _y(tick)
        )
        grid += Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{:.0%}</text>').format(
            _x(tick), _HEIGHT - _BOTTOM + 16, tick
        )
        grid += Markup('<text x="{}" y="{:.1f}" text-anchor="end">{:.0%}</text>').format(_LEFT - 6, _y(tick) + 4, tick)
    names = Markup('<text class="name" x="{}" y="{}" text-anchor="middle">{}</text>').format(
        (_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, x
    )
    middle = (_TOP + _HEIGHT - _BOTTOM) / 2
    names += Markup(
        '<text class="name" transform="rotate(-90 11 {0})" x="11" y="{0}" text-anchor="middle">{1}</text>'
    ).format(middle, y)
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>').format(
        _WIDTH, _HEIGHT, told, grid, inner, names
    )


def _x(share: float) -> float:
    return _LEFT + _within(share) * (_WIDTH - _LEFT - _RIGHT)


def _y(share: float) -> float:
    return _HEIGHT - _BOTTOM - _within(share) * (_HEIGHT - _TOP - _BOTTOM)


def _within(share: float) -> float:
    return 0.0 if math.isnan(share) else max(0.0, min(1.0, share))
