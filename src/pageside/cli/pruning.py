"""What `pageside prune` takes and prints."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final, TypedDict

import click

from pageside.conversation.pruning import Pruned

_AGE: Final = re.compile(r"([1-9][0-9]{0,4})([dw])")
_DAYS: Final = {"d": 1, "w": 7}
_LONGEST_DAYS: Final = 36_500


class PrunedRow(TypedDict):
    dry_run: bool
    threads: int
    attachments: int
    requests: int
    tasks: int


def age(told: str | None) -> timedelta | None:
    """`told`, days or weeks such as `90d` or `12w`, as an age of a day at least; None where nothing was told."""
    if told is None:
        return None
    read = _AGE.fullmatch(told.strip())
    days = int(read[1]) * _DAYS[read[2]] if read else 0
    if not 1 <= days <= _LONGEST_DAYS:
        raise click.UsageError(f"--older-than {told!r}: write days or weeks, such as 90d or 12w.")
    return timedelta(days=days)


def row(pruned: Pruned, *, dry_run: bool) -> PrunedRow:
    """What `pageside prune --json` prints."""
    return PrunedRow(
        dry_run=dry_run,
        threads=pruned.threads,
        attachments=pruned.attachments,
        requests=pruned.requests,
        tasks=pruned.tasks,
    )


def told(pruned: Pruned) -> str:
    """How much was taken away, in one line."""
    return f"{_of(pruned)} taken away."


def foretold(pruned: Pruned) -> str:
    """How much would be."""
    return f"{_of(pruned)} would be taken away; nothing was."


def _of(pruned: Pruned) -> str:
    return (
        f"{_counted(pruned.threads, 'conversation')}, {_counted(pruned.attachments, 'file')}, "
        f"{_counted(pruned.tasks, 'task')} and {_counted(pruned.requests, 'remembered request')}"
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
