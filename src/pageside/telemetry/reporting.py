"""Errors that nobody foresaw, told to a service that gathers them, where one is named; otherwise to nobody."""

from __future__ import annotations

from contextlib import suppress
from typing import Final, Protocol

_REPORTED: Final = frozenset({"error", "critical"})
_MARK: Final = "_pageside_reported"


class Reporter(Protocol):
    """Whoever is told of errors."""

    def report(self, error: BaseException, *, event: str) -> None:
        """Tells of `error`, which the log calls `event`."""
        ...


_reporters: list[Reporter] = []


def report(error: BaseException, *, event: str, level: str) -> None:
    """Tells whoever wants to know of an error; nobody of what was foreseen, which is logged below `error`."""
    if level in _REPORTED and not was_told(error):
        with suppress(AttributeError):  # some have no room for it
            setattr(error, _MARK, True)  # whoever caught it may raise it again, and the next one log it, too
        for each in _reporters:
            each.report(error, event=event)


def was_told(error: BaseException) -> bool:
    """Whether somebody logged `error` before."""
    return getattr(error, _MARK, False) is True


def add(reporter: Reporter) -> None:
    """From now on `reporter` is told."""
    _reporters.append(reporter)


def remove(reporter: Reporter) -> None:
    """It is told no more."""
    _reporters.remove(reporter)
