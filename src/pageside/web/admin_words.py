"""Figures and names as the pages of administration write them, in English; days and moments are those of UTC."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from pageside.administration.values import Outcome

OUTCOMES: Final[dict[Outcome, str]] = {
    "answered": "Answered",
    "closest": "Nearest passages only",
    "not_in_book": "Not in the book",
    "conversation": "Conversation",
    "failed": "Failed",
    "stopped": "Stopped",
}
DID: Final = {
    "thread": "Read a conversation",
    "questions": "Read unanswered questions",
    "reindex": "Began an update of the index",
    "sign_in": "Signed in",
}
NOTHING: Final = "–"


def number(value: float) -> str:
    """A count, with a comma between thousands."""
    return f"{value:,.0f}"


def about(value: float) -> str:
    """A count that may be short: `1.2 k`, `3.4 M`."""
    for size, name in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if name == 'k' else size):.3g}\N{NO-BREAK SPACE}{name}"
    return number(value)


def wait(ms: float) -> str:
    """A time in milliseconds, as short as it can be said."""
    if ms < 1000:
        return f"{ms:.0f}\N{NO-BREAK SPACE}ms"
    if ms < 60_000:
        return f"{ms / 1000:.3g}\N{NO-BREAK SPACE}s"
    minutes, seconds = divmod(round(ms / 1000), 60)
    return f"{minutes:,}\N{NO-BREAK SPACE}min" + (f" {seconds}\N{NO-BREAK SPACE}s" if seconds else "")


def money(millionths: float) -> str:
    """An amount of the currency in which prices are set; small ones keep two digits that say something."""
    amount = millionths / 1_000_000
    if abs(amount) >= 0.1:
        return f"{amount:,.2f}"
    exact = f"{amount:.{4 if abs(amount) >= 0.001 else 6}f}".rstrip("0")
    return exact if len(exact) > len("0.00") else f"{amount:.2f}"


def percent(part: float, whole: float) -> str:
    """How much of `whole` is `part`; a dash where there is no whole."""
    return f"{100 * part / whole:.0f}\N{NO-BREAK SPACE}%" if whole else NOTHING


def day(told: date) -> str:
    """A day without its year, as below a chart."""
    return f"{told.day} {told:%b}"


def whole_day(told: date) -> str:
    """A day with its year."""
    return f"{told.day} {told:%b %Y}"


def moment(told: datetime) -> str:
    """A moment to the minute."""
    return f"{whole_day(told)}, {told:%H:%M}"


def many(count: int, one: str, more: str = "") -> str:
    """A count with its noun."""
    return f"{number(count)} {one if count == 1 else more or one + 's'}"


def change(now: float, before: float) -> str:
    """How much more or less it is than before, in words; empty where it was nothing."""
    if not before:
        return ""
    part = (now - before) / before
    if abs(part) < 0.005:
        return "as before"
    if part > 2:
        return f"{now / before:.3g} times as many"
    return f"{abs(part):.0%} {'more' if part > 0 else 'less'}".replace("%", "\N{NO-BREAK SPACE}%")
