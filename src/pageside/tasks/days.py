"""Days as people say them: "tomorrow", "next Friday", "in 3 days", "30 November"; pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = tuple(name.lower() for name in calendar.month_name[1:])
_NUMBERS: Final = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_LEAD: Final = r"(?:\b(?:due(?:\s+date)?(?:\s+(?:is|to|on|by))?|by|before|until|till|for|on|this\s+coming)\s+)?"
_WEEKDAY: Final = "|".join((*_WEEKDAYS, "mon", "tues?", "weds?", "thurs?", "thu", "fri", "sat", "sun"))
_MONTH: Final = "|".join((*_MONTHS, *(name[:3] for name in _MONTHS if name != "may"), "sept"))
_COUNT: Final = rf"\d{{1,3}}|{'|'.join(_NUMBERS)}"


@dataclass(frozen=True, slots=True)
class Said:
    """A day that was said in a text.

    Attributes:
        start: First character of the words that say it, those that lead to it included.
        end: One past their last.
    """

    day: date
    start: int
    end: int


def find(text: str, today: date) -> Said | None:
    """The last day that is said in `text`, as tasks have theirs at the end; None where none is."""
    best: Said | None = None
    for pattern, meaning in _SHAPES:
        for match in pattern.finditer(text):
            day = meaning(match, today)
            if day is not None and (best is None or match.end() > best.end or match.start() < best.start):
                best = Said(day, match.start(), match.end())
    return best


def _named(match: re.Match[str], today: date) -> date | None:
    word = match["day"].lower()
    if word in {"today", "tonight", "this evening", "end of the day", "eod"}:
        return today
    return today + timedelta(days=2 if "after" in word else 1)


def _weekday(match: re.Match[str], today: date) -> date | None:
    wanted = next(at for at, name in enumerate(_WEEKDAYS) if name.startswith(match["weekday"].lower()[:3]))
    ahead = (wanted - today.weekday()) % 7 or 7
    if match["next"]:
        # of next week: people who mean the coming one say "this" or nothing
        ahead = 7 - today.weekday() + wanted
    return today + timedelta(days=ahead)


def _span(match: re.Match[str], today: date) -> date | None:
    said = match["count"].lower()
    count = _NUMBERS.get(said) or int(said)
    return _later(today, count, match["unit"].lower())


def _next(match: re.Match[str], today: date) -> date | None:
    unit = match["unit"].lower()
    if unit == "week":
        return today + timedelta(days=7 - today.weekday())
    if unit == "weekend":
        return today + timedelta(days=12 - today.weekday() if today.weekday() < 5 else 13 - today.weekday())
    return _later(today.replace(day=1), 1, unit)


def _end(match: re.Match[str], today: date) -> date | None:
    if match["unit"].lower() == "week":
        return today + timedelta(days=(4 - today.weekday()) % 7)
    return today.replace(day=calendar.monthrange(today.year, today.month)[1])


def _written(match: re.Match[str], today: date) -> date | None:
    month = next(at for at, name in enumerate(_MONTHS, 1) if name.startswith(match["month"].lower()[:3]))
    return _in(match["year"], month, int(match["date"]), today)


def _iso(match: re.Match[str], today: date) -> date | None:
    return _in(match["year"], int(match["month"]), int(match["date"]), today)


def _in(year: str | None, month: int, day: int, today: date) -> date | None:
    try:
        if year:
            return date(int(year), month, day)
        found = date(today.year, month, day)
        return found if found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _later(today: date, count: int, unit: str) -> date | None:
    if unit.startswith("month"):
        month = today.month - 1 + count
        year, month = today.year + month // 12, month % 12 + 1
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
    return today + timedelta(days=count * (7 if unit.startswith("week") else 1))


_Meaning = Callable[[re.Match[str], date], date | None]


def _shape(pattern: str) -> re.Pattern[str]:
    return re.compile(f"{_LEAD}{pattern}", re.IGNORECASE)


_SHAPES: Final[tuple[tuple[re.Pattern[str], _Meaning], ...]] = (
    (
        _shape(
            r"(?:the\s+)?\b(?P<day>today|tonight|this\s+evening|(?:the\s+)?day\s+after\s+tomorrow|tomorrow|eod"
            r"|end\s+of\s+the\s+day)\b(?:\s+(?:morning|afternoon|evening|night))?"
        ),
        _named,
    ),
    (_shape(rf"\b(?:(?P<next>next)\s+|this\s+|coming\s+)?(?P<weekday>{_WEEKDAY})\b"), _weekday),
    (_shape(rf"\b(?:in|within)\s+(?P<count>{_COUNT})\s+(?P<unit>days?|weeks?|months?)\b"), _span),
    (_shape(r"\bnext\s+(?P<unit>weekend|week|month)\b"), _next),
    (_shape(r"\b(?:the\s+)?end\s+of\s+(?:the|this)\s+(?P<unit>week|month)\b"), _end),
    (_shape(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<date>\d{1,2})\b"), _iso),
    (
        _shape(
            rf"\b(?:the\s+)?(?P<date>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?"
            r"(?:,?\s+(?P<year>\d{4})\b)?"
        ),
        _written,
    ),
    (
        _shape(
            rf"\b(?P<month>{_MONTH})\b\.?\s+(?:the\s+)?(?P<date>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}})\b)?"
        ),
        _written,
    ),
)
