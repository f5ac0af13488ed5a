"""An evaluation told: as JSON, as lines for a terminal, as a summary for a pull request, as a folder of them all."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pageside import __version__
from pageside.evaluation import cases, comparing, figures, intervals, metrics, page, wording
from pageside.evaluation.bars import Missed
from pageside.evaluation.evaluating import Arm, Comparison, Evaluation
from pageside.evaluation.figures import Figure
from pageside.evaluation.judging import Judged

_LISTED = 50  # questions that a summary names; the report has them all


def write(made: Evaluation, folder: Path, *, file: Path, missed: Sequence[Missed], base_url: str) -> None:
    """Writes `report.html`, `report.json` and `summary.md` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"file": file.name, "made_at": datetime.now(UTC).isoformat(timespec="seconds"), "version": __version__}
    whole = told | row(made, missed=missed)
    (folder / "report.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "summary.md").write_text(summary(made, missed=missed), encoding="utf-8")
    (folder / "report.html").write_text(page.render(made, told=told, missed=missed, base_url=base_url), "utf-8")


def row(made: Evaluation, *, missed: Sequence[Missed]) -> dict[str, Any]:
    """Everything as JSON: figures, curves, every question, and the comparison where there is one."""
    told: dict[str, Any] = {
        "figures": _figures(made.arm.figures),
        "missed": [str(each) for each in missed],
        "run": _arm(made.arm),
        "kinds": _parts(made, _by_kind(made.arm.judged)),
        "tags": _parts(made, _by_tag(made.arm.judged)),
        "questions": [_question(each) for each in made.arm.judged],
    }
    if made.comparison is not None:
        told["comparison"] = _compared(made.comparison)
    return told


def shown(made: Evaluation) -> str:
    """The figures, one a line, for a terminal."""
    changed = {each.measure.name: each for each in made.comparison.figures} if made.comparison else {}
    lines = [f"{len(made.arm.judged)} questions ({cases.counted([each.case for each in made.arm.judged])})"]
    group = ""
    for figure in made.arm.figures:
        if figure.measure.group != group:
            group = figure.measure.group
            lines += ["", group.capitalize()]
        other = changed.get(figure.measure.name)
        difference = f"  {wording.difference(other)}{' *' if wording.certain(other) else ''}" if other else ""
        lines.append(
            f"  {figure.measure.name:<22}{wording.value(figure):>8}  {wording.interval(figure):<18}{difference}"
        )
    if made.arm.failed:
        lines += ["", f"{len(made.arm.failed)} questions could not be asked."]
    if made.arm.lost:
        lines += ["", "Places of the question file that the book does not have:"]
        lines += [f"  {id_}: {'; '.join(lost)}" for id_, lost in made.arm.lost.items()]
    if made.comparison is not None:
        lines += ["", f"Against {made.comparison.other.name}:", *(f"  {line}" for line in _changes(made.comparison))]
    return "\n".join(lines)


def summary(made: Evaluation, *, missed: Sequence[Missed]) -> str:
    """What a pull request should be told, as Markdown."""
    verdict = "".join(f"- **{_escaped(str(each))}**\n" for each in missed)
    lines = ["## Book check", "", f"{'Bars were missed:' if missed else 'Every bar is held.'}", "", verdict]
    if made.comparison is not None:
        lines += [f"### Against {_escaped(made.comparison.other.name)}", ""]
        lines += [f"- {_escaped(line)}" for line in _changes(made.comparison)[:_LISTED]] + [""]
    changed = {each.measure.name: each for each in made.comparison.figures} if made.comparison else {}
    lines += ["| figure | value | 95 % interval | questions | change |", "|---|---:|---|---:|---:|"]
    for figure in made.arm.figures:
        other = changed.get(figure.measure.name)
        lines.append(
            f"| {figure.measure.name} | {wording.value(figure)} | {wording.interval(figure)} | {figure.estimate.count} "
            f"| {wording.difference(other) if other else ''} |"
        )
    if made.arm.lost:
        lines += ["", "Places of the question file that the book does not have:", ""]
        lines += [f"- {_escaped(f'{id_}: ' + '; '.join(lost))}" for id_, lost in list(made.arm.lost.items())[:_LISTED]]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    """`text` so that Markdown shows it as it is, on one line."""
    flat = " ".join(text.split())
    return "".join(f"\\{character}" if character in r"\`*_{}[]<>|#~!@" else character for character in flat)


def _changes(comparison: Comparison) -> list[str]:
    """What changed, the gravest first, one question a line."""
    at = comparison.pages
    lines = []
    if at.added or at.changed or at.removed:
        counts = f"{len(at.added)} added, {len(at.changed)} changed, {len(at.removed)} removed"
        lines.append(f"pages: {counts}")
    for change in comparison.changes:
        case = change.after.case
        lines.append(f"{case.id} {comparing.TOLD[change.what]}: {case.question.text}")
    return lines or ["no question came out otherwise"]


def _figures(made: Iterable[Figure]) -> dict[str, dict[str, Any]]:
    return {
        each.measure.name: {
            "value": _number(each.estimate.value),
            "low": _number(each.estimate.low),
            "high": _number(each.estimate.high),
            "questions": each.estimate.count,
            "higher_is_better": each.measure.higher,
        }
        for each in made
    }


def _number(number: float) -> float | None:
    return None if math.isnan(number) else round(number, 6)


def _arm(arm: Arm) -> dict[str, Any]:
    pairs = figures.column(figures.CONFIDENCE, arm.judged)
    return {
        "name": arm.name,
        "model": arm.model,
        "generation": arm.generation,
        "pages": arm.pages,
        "failed": {each.case.id: each.result.error for each in arm.failed},
        "lost": {id_: list(lost) for id_, lost in arm.lost.items()},
        "reliability": [
            {"answers": each.count, "confidence": round(each.sure, 4), "right": round(each.right, 4)}
            for each in metrics.reliability(pairs)
        ],
        "risk_coverage": [
            {"threshold": round(each.threshold, 4), "coverage": round(each.coverage, 4), "risk": round(each.risk, 4)}
            for each in metrics.risk_coverage(pairs, asked=len(arm.judged))
        ],
    }


def _parts(made: Evaluation, parts: Mapping[str, Sequence[Judged]]) -> dict[str, Any]:
    """Shares and means of each part; what needs many answers, such as quantiles and calibration, is of the whole."""
    means = [measure for measure in made.measures if measure.over is intervals.mean]
    return {name: _figures(figures.measured(part, means)) for name, part in parts.items()}


def _by_kind(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    kinds = dict.fromkeys(each.case.kind for each in judged)
    return {kind: [each for each in judged if each.case.kind == kind] for kind in kinds}


def _by_tag(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    tags = dict.fromkeys(tag for each in judged for tag in each.case.tags)
    return {tag: [each for each in judged if tag in each.case.tags] for tag in tags}


def _question(each: Judged) -> dict[str, Any]:
    result = each.result
    return {
        "id": each.case.id,
        "kind": each.case.kind,
        "question": each.case.question.text,
        "right": each.right,
        "ranks": list(each.ranks),
        "missing": [list(one) for one in each.missing],
        "forbidden": list(each.forbidden),
        **result.model_dump(mode="json", exclude={"id", "key"}),
    }


def _compared(comparison: Comparison) -> dict[str, Any]:
    return {
        "run": _arm(comparison.other),
        "figures": _figures(comparison.figures),
        "pages": {
            "added": list(comparison.pages.added),
            "changed": list(comparison.pages.changed),
            "removed": list(comparison.pages.removed),
        },
        "changes": [
            {"what": change.what, "before": _question(change.before), "after": _question(change.after)}
            for change in comparison.changes
        ],
    }
