"""The lines of a printed page in reading order: columns one after the other, running heads and feet left out.

A column is taken for one where, on both sides of a gap that runs down the page, at least four lines stand whose usual
width is half of the column's or more; what crosses the gap parts what stands above it from what stands below. A table's
cells, being short, are read row by row.

A line in the outer tenth of the page's height is a running head or foot where the same text, numbers aside, stands at
the same height on three pages or more, or where it is nothing but the number of the page. What is set larger than the
running text must stand there letter by letter, on half of the pages at least, for it may be a title.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_LEAST_LINES = 4
_LEAST_GAP = 6.0  # points
_MOST_CANDIDATES = 12
_DEEPEST = 3
_EDGE = 0.1
_REPEATS = 3
_SAME_HEIGHT = 6.0  # points
_LARGER = 1.15
_NUMBER = re.compile(r"(?:page\s+)?[-–—]?\s*(\d{1,4}|[ivxlc]{1,7})\s*[-–—]?(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """Letters side by side; all measures in points from the lower left corner of the page.

    Attributes:
        size: Height of its letters.
        fixed: Whether it is set in a typewriter's letters.
    """

    text: str
    left: float
    baseline: float
    right: float
    size: float
    fixed: bool = False

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was taken from the file."""

    height: float
    runs: tuple[Line, ...]


def read(pages: Sequence[Page]) -> list[list[Line]]:
    """The lines of each page, in the order in which they are read."""
    body = usual_size(run for page in pages for run in page.runs)
    dropped = _running(pages, body)
    return [
        list(_ordered([run for run in page.runs if (number, run) not in dropped])) for number, page in enumerate(pages)
    ]


def usual_size(lines: Iterable[Line]) -> float:
    """The size, to half a point, that most letters have; 0 where there are none."""
    counts: Counter[float] = Counter()
    for line in lines:
        counts[round(2 * line.size) / 2] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _running(pages: Sequence[Page], body: float) -> frozenset[tuple[int, Line]]:
    """The running heads and feet, each with the number of its page."""
    edges: list[tuple[int, Line, str]] = []
    for number, page in enumerate(pages):
        for run in page.runs:
            at = run.baseline / page.height if page.height else 0.5
            if not _EDGE < at < 1 - _EDGE:
                is_large = run.size > _LARGER * body  # then its number counts, which may be a chapter's
                edges.append((number, run, run.text if is_large else _levelled(run.text)))
    heights: dict[str, dict[int, set[int]]] = {}
    for number, run, text in edges:
        heights.setdefault(text, {}).setdefault(round(run.baseline / _SAME_HEIGHT), set()).add(number)
    half = max(_REPEATS, len(pages) // 2)
    return frozenset(
        (number, run)
        for number, run, text in edges
        if _is_running(number, run, heights[text], least=_REPEATS if run.size <= _LARGER * body else half)
    )


def _is_running(number: int, run: Line, heights: dict[int, set[int]], *, least: int) -> bool:
    at = round(run.baseline / _SAME_HEIGHT)
    on = set().union(*(heights.get(near, set()) for near in (at - 1, at, at + 1)))
    if len(on) >= least:
        return True
    found = _NUMBER.fullmatch(run.text.strip())
    return found is not None and found[1] == str(number + 1) and least == _REPEATS


def _levelled(text: str) -> str:
    bare = " ".join(text.casefold().split())
    return "#" if _NUMBER.fullmatch(bare) else re.sub(r"\d+", "#", bare)


def _ordered(runs: Sequence[Line], depth: int = 0) -> Iterator[Line]:
    gap = _gutter(runs) if depth < _DEEPEST and len(runs) >= 2 * _LEAST_LINES else None
    if gap is None:
        yield from _rows(runs)
        return
    for band, is_parted in _bands(runs, gap):
        if is_parted:
            yield from _ordered([run for run in band if run.right <= gap], depth + 1)
            yield from _ordered([run for run in band if run.left >= gap], depth + 1)
        else:
            yield from _rows(band)


def _gutter(runs: Sequence[Line]) -> float | None:
    """Where a gap between two columns runs, in points from the left; None where there is one column."""
    candidates = sorted(_candidates(runs), key=lambda found: found[0])[:_MOST_CANDIDATES]
    scored = [(sum(len(band) for band, is_parted in _bands(runs, gap) if is_parted), gap) for _, gap in candidates]
    best = max(scored, default=(0, 0.0))
    return best[1] if best[0] >= 2 * _LEAST_LINES else None


def _candidates(runs: Sequence[Line]) -> Iterator[tuple[int, float]]:
    """Gaps right of some runs and left of others, each after how many runs cross it."""
    rights, lefts = sorted(run.right for run in runs), sorted(run.left for run in runs)
    seen: set[int] = set()
    for run in runs:
        gap = run.left - _LEAST_GAP / 2
        if round(gap) in seen:
            continue
        seen.add(round(gap))
        ended, begun = bisect_left(rights, gap), len(runs) - bisect_left(lefts, gap)
        if ended >= _LEAST_LINES and begun >= _LEAST_LINES:
            yield len(runs) - ended - begun, gap


def _bands(runs: Sequence[Line], gap: float) -> Iterator[tuple[list[Line], bool]]:
    """`runs` from the top down, parted wherever one crosses `gap`; with each part, whether it stands in columns."""
    band: list[Line] = []
    crossing: list[Line] = []
    for run in sorted(runs, key=lambda run: -run.baseline):
        if run.left < gap < run.right:
            if band:
                yield from _judged(crossing, band, gap)
                band, crossing = [], []
            crossing.append(run)
        else:
            band.append(run)
    yield from _judged(crossing, band, gap)


def _judged(crossing: list[Line], band: list[Line], gap: float) -> Iterator[tuple[list[Line], bool]]:
    if band and not _is_parted(band, gap):
        yield [*crossing, *band], False
        return
    if crossing:
        yield crossing, False
    if band:
        yield band, True


def _is_parted(band: Sequence[Line], gap: float) -> bool:
    for side in ([run for run in band if run.right <= gap], [run for run in band if run.left >= gap]):
        if len(side) < _LEAST_LINES:
            return False
        whole = max(run.right for run in side) - min(run.left for run in side)
        if median(run.width for run in side) < whole / 2 or median(len(run.text.split()) for run in side) < 3:
            return False
    return True


def _rows(runs: Iterable[Line]) -> Iterator[Line]:
    """Runs of one height as one line, from the top down."""
    row: list[Line] = []
    for run in sorted(runs, key=lambda run: (-run.baseline, run.left)):
        if row and abs(run.baseline - row[0].baseline) > 0.45 * max(run.size, row[0].size):
            yield _joined(row)
            row = []
        row.append(run)
    if row:
        yield _joined(row)


def _joined(row: Sequence[Line]) -> Line:
    ordered = sorted(row, key=lambda run: run.left)
    text = ordered[0].text
    for before, run in pairwise(ordered):
        close = run.left - before.right < 0.1 * run.size and not before.text.endswith("\u00ad")
        text += run.text if close else f" {run.text}"
    largest = max(ordered, key=lambda run: (len(run.text), run.size))
    return Line(
        text=text,
        left=ordered[0].left,
        baseline=largest.baseline,
        right=max(run.right for run in ordered),
        size=largest.size,
        fixed=all(run.fixed for run in ordered),
    )
