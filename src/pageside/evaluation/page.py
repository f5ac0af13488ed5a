"""The report as one page of HTML that a teacher can read: no scripts, nothing fetched, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin

import jinja2
from markupsafe import Markup

from pageside.evaluation import comparing, figures, findings, metrics, pictures, wording
from pageside.evaluation.bars import Missed
from pageside.evaluation.evaluating import Arm, Evaluation
from pageside.evaluation.figures import Figure, Group
from pageside.evaluation.findings import Finding
from pageside.evaluation.judging import Judged
from pageside.evaluation.results import Source

_HEADLINES: Final = (
    ("hit@5", "Found", "the place that answers is among the first five passages"),
    ("answers_right", "Answered rightly", "of the questions that the book answers"),
    ("near_misses_held", "Held back", "of the questions that only sound like the book's"),
    ("quotes_exact", "Quoted exactly", "of the quotes stand in the book letter by letter"),
)
_GROUPS: Final[dict[Group, str]] = {
    "retrieval": "Finding the place",
    "answers": "Answering",
    "refusal": "Declining",
    "calibration": "Knowing how sure it is",
    "latency": "Time",
    "cost": "Cost",
}
_KINDS: Final = {
    "answerable": "in the book",
    "two_sections": "needs two sections",
    "near_miss": "near miss",
    "off_topic": "off topic",
    "injection": "holds instructions",
}
_LISTED: Final = 400  # questions in one list; more would make a page that browsers are slow with
_PART_FIGURES: Final = ("hit@5", "answers_right", "answered", "near_misses_held", "off_topic_held")

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("pageside.evaluation"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A figure in a table, with its picture, and how it changed where there is a comparison."""

    figure: Figure
    value: str
    interval: str
    picture: Markup
    change: str
    swing: Markup


@dataclass(frozen=True, slots=True)
class Part:
    """The questions of one kind or tag: how many, and what its figures are, empty where there is none."""

    name: str
    count: int
    values: tuple[str, ...]


def render(made: Evaluation, *, told: Mapping[str, str], missed: Sequence[Missed], base_url: str) -> str:
    """The page.

    Args:
        told: `file`, `made_at` and `version`.
        base_url: Where readers see the book; without it, sources of relative address are named and not linked.
    """
    arms = [made.arm, *([made.comparison.other] if made.comparison else [])]
    return _templates.get_template("report.html").render(
        told=told,
        made=made,
        missed=[str(each) for each in missed],
        opening=_opening(made.arm),
        headlines=_headlines(made.arm),
        groups=_groups(made),
        curve=pictures.risk_coverage([(arm.name, _curve(arm)) for arm in arms]) if _curve(made.arm) else None,
        points=_few(_curve(made.arm)),
        runs=[arm.name for arm in arms],
        bins=metrics.reliability(figures.column(figures.CONFIDENCE, made.arm.judged)),
        reliability=pictures.reliability(metrics.reliability(figures.column(figures.CONFIDENCE, made.arm.judged))),
        part_figures=_PART_FIGURES,
        parts=[*_parts(made, "kind"), *_parts(made, "tag")],
        findings=_findings(made.arm),
        listed=_LISTED,
        changes=made.comparison.changes if made.comparison else (),
        changed=comparing.TOLD,
        grave=comparing.GRAVE,
        kinds=_KINDS,
        answer=lambda each: _answer(each, base_url),
    )


def _opening(arm: Arm) -> str:
    """What came out, in two sentences."""
    whole = [each for each in arm.judged if not each.result.error]
    inside = [each for each in whole if each.case.answerable]
    outside = [each for each in whole if not each.case.answerable]
    told = []
    if inside:
        answered = sum(each.answered for each in inside)
        known = [each.right for each in inside if each.right is not None]
        right = f", {sum(known)} of them rightly" if len(known) == len(inside) and answered else ""
        told.append(f"Of {len(inside)} questions that the book answers, {answered} were answered{right}.")
    if outside:
        held = sum(not each.answered for each in outside)
        told.append(f"Of {len(outside)} that it does not answer, {held} were not answered.")
    return " ".join(told)


def _headlines(arm: Arm) -> list[tuple[str, str, Line]]:
    by_name = {figure.measure.name: figure for figure in arm.figures}
    return [(title, about, _line(by_name[name], None)) for name, title, about in _HEADLINES if name in by_name]


def _groups(made: Evaluation) -> list[tuple[str, list[Line]]]:
    changed = {each.measure.name: each for each in made.comparison.figures} if made.comparison else {}
    return [
        (title, lines)
        for group, title in _GROUPS.items()
        if (
            lines := [
                _line(each, changed.get(each.measure.name)) for each in made.arm.figures if each.measure.group == group
            ]
        )
    ]


def _line(figure: Figure, change: Figure | None) -> Line:
    drawn = figure.measure.form in {"share", "score"}
    value, interval = wording.value(figure), wording.interval(figure)
    told = f"{figure.measure.name}: {value}, 95 % interval {interval}"
    swing = Markup("")
    if change is not None and drawn:
        said = f"change of {figure.measure.name}: {wording.difference(change)}"
        swing = pictures.swing(change.estimate, higher=figure.measure.higher, told=said)
    return Line(
        figure=figure,
        value=value,
        interval=interval,
        picture=pictures.bar(figure.estimate, told=told) if drawn else Markup(""),
        change=wording.difference(change) if change is not None else "",
        swing=swing,
    )


def _curve(arm: Arm) -> tuple[metrics.Point, ...]:
    return metrics.risk_coverage(figures.column(figures.CONFIDENCE, arm.judged), asked=len(arm.judged))


def _few(points: Sequence[metrics.Point]) -> list[metrics.Point]:
    """Some ten of the points, the last among them."""
    step = max(1, len(points) // 10)
    return [*points[::-1][::step]][::-1]


def _parts(made: Evaluation, by: str) -> list[Part]:
    groups: dict[str, list[Judged]] = {}
    for each in made.arm.judged:
        for name in (_KINDS[each.case.kind],) if by == "kind" else each.case.tags:
            groups.setdefault(name, []).append(each)
    measures = [measure for measure in made.measures if measure.name in _PART_FIGURES]
    parts = []
    for name, judged in groups.items():
        values = {figure.measure.name: wording.value(figure) for figure in figures.measured(judged, measures)}
        parts.append(Part(name, len(judged), tuple(values.get(each, "") for each in _PART_FIGURES)))
    return parts


def _findings(arm: Arm) -> list[tuple[str, list[Finding]]]:
    found = [finding for each in arm.judged if (finding := findings.find(each)) is not None]
    return [
        (title, part)
        for gravity, title in findings.GRAVITIES.items()
        if (part := [each for each in found if each.gravity == gravity])
    ]


def _answer(each: Judged, base_url: str) -> Markup:
    template = _templates.get_template("answer.html")
    return Markup(template.render(each=each, link=lambda source: _link(source, base_url)))  # noqa: S704  # it escapes


def _link(source: Source, base_url: str) -> str:
    """The address of a source; empty where it leads nowhere from a page that lies on a disk."""
    address = urljoin(base_url, source.url) if base_url else source.url
    return address if address.startswith(("https://", "http://")) else ""
