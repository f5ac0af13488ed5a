"""Charts as inline SVG that takes its colours from the page, each from the same figures as the table beside it.

Places are shares of the width and height, so that a chart fills any screen and its words keep their size. What is
told apart by a colour is told apart by a pattern, too; a column says its figures where a pointer rests on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

Form = Literal["columns", "lines"]

_NAMED: Final = 6  # labels below a chart; more would touch on a phone
_GAP: Final = 0.28  # of a column's room
_LOOKS: Final = 6  # looks that the style sheet has


@dataclass(frozen=True, slots=True)
class Series:
    """A row of figures.

    Attributes:
        values: One for each label of the chart, from 0; None where there is nothing to say.
        look: Which colour, pattern and dash it has, 0..5.
    """

    name: str
    values: tuple[float | None, ...]
    look: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.look < _LOOKS:
            raise ValueError(f"look is {self.look}; there are {_LOOKS}")


@dataclass(frozen=True, slots=True)
class Chart:
    """Figures side by side, as a picture and as a table.

    Attributes:
        id: Unlike any other on the page.
        about: What is seen, in a sentence.
        across: What the labels are, such as `Day`.
        said: A figure as people write it.
        least: The smallest step of the scale; 1 where figures are counts.
        form: Columns stand on one another where there are several series; lines do not.
    """

    id: str
    title: str
    about: str
    across: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    said: Callable[[float], str]
    form: Form = "columns"
    least: float = 0

    def __post_init__(self) -> None:
        for each in self.series:
            if len(each.values) != len(self.labels):
                raise ValueError(f"{each.name!r} has {len(each.values)} values for {len(self.labels)} labels")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for each in self.series for value in each.values)

    @property
    def rows(self) -> list[tuple[str, list[str]]]:
        """The table: each label with its figures as people write them, empty where there is none."""
        return [(label, [self._told(each, at) for each in self.series]) for at, label in enumerate(self.labels)]

    @property
    def picture(self) -> Markup:
        """The chart."""
        ticks = scale(self._highest(), least=self.least)
        marks = self._columns(ticks[-1]) if self.form == "columns" else self._lines(ticks[-1])
        return Markup(
            '<svg class="chart" role="img" aria-labelledby="{id}-t {id}-d" width="100%" height="200">'
            '<title id="{id}-t">{title}</title><desc id="{id}-d">{about}</desc>{grid}{marks}{names}{rooms}</svg>'
        ).format(
            id=self.id,
            title=self.title,
            about=self._described(),
            grid=self._grid(ticks),
            marks=marks,
            names=self._names(),
            rooms=self._rooms(),
        )

    def _described(self) -> str:
        peaks = [
            f"{each.name}: at most {self.said(most)}, {self.across.lower()} {self.labels[each.values.index(most)]}."
            for each in self.series
            if (most := max((value for value in each.values if value is not None), default=0))
        ]
        return " ".join([self.about, *peaks])

    def _told(self, series: Series, at: int) -> str:
        value = series.values[at]
        return "" if value is None else self.said(value)

    def _highest(self) -> float:
        columns = zip(*(each.values for each in self.series), strict=True)
        over = sum if self.form == "columns" else max
        return max((over(value or 0 for value in column) for column in columns), default=0)

    def _grid(self, ticks: Sequence[float]) -> Markup:
        lines = Markup("")
        for tick in ticks:
            at = 100 * (1 - tick / ticks[-1])
            lines += Markup(
                '<line class="grid{}" x1="0" x2="100%" y1="{:.2f}%" y2="{:.2f}%"/>'
                '<text class="tick" x="-8" y="{:.2f}%" dy="4" text-anchor="end">{}</text>'
            ).format(" floor" if tick == 0 else "", at, at, at, self.said(tick))
        return lines

    def _columns(self, top: float) -> Markup:
        room = 100 / max(1, len(self.labels))
        drawn = Markup("")
        for at in range(len(self.labels)):
            below = 0.0
            for each in self.series:
                value = each.values[at] or 0
                if not value:
                    continue
                height = 100 * value / top
                drawn += Markup(
                    '<rect class="look-{0}" x="{1:.3f}%" y="{2:.3f}%" width="{3:.3f}%" height="{4:.3f}%"/>'
                ).format(each.look, room * (at + _GAP / 2), 100 - below - height, room * (1 - _GAP), height) + Markup(
                    '<rect fill="url(#pattern-{0})" x="{1:.3f}%" y="{2:.3f}%" width="{3:.3f}%" height="{4:.3f}%"/>'
                ).format(each.look, room * (at + _GAP / 2), 100 - below - height, room * (1 - _GAP), height)
                below += height
        return drawn

    def _lines(self, top: float) -> Markup:
        room = 100 / max(1, len(self.labels))
        drawn, dots = Markup(""), Markup("")
        for each in self.series:
            path, pen_is_up = [], True
            for at, value in enumerate(each.values):
                if value is None:
                    pen_is_up = True
                    continue
                x, y = room * (at + 0.5), 100 * (1 - value / top)
                path.append(f"{'M' if pen_is_up else 'L'}{x:.3f} {y:.3f}")
                dots += Markup('<circle class="dot look-{}" cx="{:.3f}%" cy="{:.3f}%" r="2.5"/>').format(
                    each.look, x, y
                )
                pen_is_up = False
            drawn += Markup('<path class="line look-{}" d="{}"/>').format(each.look, " ".join(path))
        stretched = Markup(
            '<svg width="100%" height="100%" viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible">'
            "{}</svg>"
        ).format(drawn)
        return stretched + dots

    def _names(self) -> Markup:
        room = 100 / max(1, len(self.labels))
        step = max(1, math.ceil(len(self.labels) / _NAMED))
        drawn = Markup("")
        for number, at in enumerate(range(0, len(self.labels), step)):
            # Every second one is left out where the screen is narrow.
            drawn += Markup('<text class="tick{}" x="{:.3f}%" y="100%" dy="18" text-anchor="middle">{}</text>').format(
                " spare" if number % 2 else "", room * (at + 0.5), self.labels[at]
            )
        return drawn

    def _rooms(self) -> Markup:
        """Over each label a room that says its figures."""
        room = 100 / max(1, len(self.labels))
        drawn = Markup("")
        for at, (label, told) in enumerate(self.rows):
            figures = [f"{each.name}: {value}" for each, value in zip(self.series, told, strict=True) if value]
            drawn += Markup(
                '<rect class="room" x="{:.3f}%" y="0" width="{:.3f}%" height="100%"><title>{}</title></rect>'
            ).format(room * at, room, "\n".join([label, *figures]))
        return drawn


def scale(highest: float, *, least: float = 0) -> tuple[float, ...]:
    """Round figures from 0 to one that is not below `highest`, at most five steps of 1, 2 or 5 times a power of ten.

    Args:
        least: No step is smaller.

    Source: P. Heckbert, "Nice numbers for graph labels", Graphics Gems, 1990.
    """
    if not math.isfinite(highest) or highest <= 0:
        return (0.0, least or 1.0)
    power = 10.0 ** math.floor(math.log10(highest / 5))
    step = max(least, next(step for factor in (1, 2, 5, 10, 20) if (step := factor * power) * 5 >= highest))
    return tuple(at * step for at in range(max(1, math.ceil(round(highest / step, 9))) + 1))


def share(value: float, *, told: str) -> Markup:
    """A share from 0 to 1 as a bar."""
    within = max(0.0, min(1.0, value))
    return Markup(
        '<svg class="share" width="100%" height="8" role="img" aria-label="{}">'
        '<rect class="track" width="100%" height="8" rx="4"/>'
        '<rect class="look-0" width="{:.2f}%" height="8" rx="4"/></svg>'
    ).format(told, 100 * within)
