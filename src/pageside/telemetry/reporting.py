"""Errors that nobody foresaw, told to a service that gathers them, where one is named; otherwise to nobody."""

from __future__ import annotations

from typing import Final, Protocol

_REPORTED: Final = frozenset({"error", "critical"})


class Reporter(Protocol):
    """Whoever is told of errors."""

    def report(self, error: BaseException, *, event: str) -> None:
        """Tells of `error`, which the log calls `event`."""
        ...


_reporters: list[Reporter] = []


def report(error: BaseException, *, event: str, level: str) -> None:
    """Tells whoever wants to know of an error; nobody of what was foreseen, which is logged below `error`."""
    if level in _REPORTED:
        for each in _reporters:
            each.report(error, event=event)


def add(reporter: Reporter) -> None:
    """From now on `reporter` is told."""
    _reporters.append(reporter)


def remove(reporter: Reporter) -> None:
    """It is told no more."""
    _reporters.remove(reporter)
