"""The doctor's findings, for people."""

from __future__ import annotations

from collections.abc import Sequence

from pageside.doctor import Finding

_MARKS = {"on": "✔", "off": "–", "missing": "○", "broken": "✘"}


def shown(findings: Sequence[Finding]) -> str:
    """A line for each finding, and under what needs doing, what to do."""
    lines = []
    for finding in findings:
        lines.append(f"{_MARKS[finding.state]} {finding.part:<27} {finding.told}")
        if finding.remedy:
            lines.append(f"  {'':<27} → {finding.remedy}")
    broken = sum(finding.state == "broken" for finding in findings)
    lines.append(f"\n{broken} broken." if broken else "\nNothing is broken.")
    return "\n".join(lines)
