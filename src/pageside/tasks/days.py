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
_NUMBERS: Final = {
    "a couple of": 2, "couple of": 2, "a few": 3, "few": 3, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "ten": 10,
}  # fmt: skip
_LEAD: Final = (
    r"(?:\b(?:(?:due(?:\s+date)?|deadline)(?:\s+(?:is|to|on|by))?|by|before|until|till|for|on|this\s+coming)\s+)?"
)
_NOT_OWNED: Final = r"(?!['’]s\b)"  # "Friday's lecture" is no day by which something is to be done
_WEEKDAY: Final = "|".join((*_WEEKDAYS, "mon", "tues?", "weds?", "thurs?", "thu", "fri", "sat", "sun"))
_TOMORROW: Final = "(?:tomorrow|tommorow|tommorrow|tomorow|tomorro|tmrw|tmr|tmw|tomoz|2morrow)"
_MONTH: Final = "|".join((*_MONTHS, *(name[:3] for name in _MONTHS if name != "may"), "sept"))
_COUNT: Final = "|".join((r"\d{1,3}", *(name.replace(" ", r"\s+") for name in _NUMBERS)))


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
    if not re.search("tom|tm|2m", word):
        return today
    return today + timedelta(days=2 if "after" in word else 1)


def _weekday(match: re.Match[str], today: date) -> date | None:
    wanted = next(at for at, name in enumerate(_WEEKDAYS) if name.startswith(match["weekday"].lower()[:3]))
    ahead = (wanted - today.weekday()) % 7 or 7
    if match["next"] or match["after"]:
        # of next week: people who mean the coming one say "this" or nothing
        ahead = 7 - today.weekday() + wanted
    return today + timedelta(days=ahead)


def _span(match: re.Match[str], today: date) -> date | None:
    said = " ".join(match["count"].lower().split())
    count = _NUMBERS.get(said) or int(said)
    return _later(today, count, match["unit"].lower())


def _next(match: re.Match[str], today: date) -> date | None:
    unit = match["unit"].lower()
    if unit == "week":
        return today + timedelta(days=7 - today.weekday())
    if unit == "weekend":
        return today + timedelta(days=12 - today.weekday() if today.weekday() < 5 else 13 - today.weekday())
    return _later(today.replace(day=1), 1, unit)


def _fortnight(match: re.Match[str], today: date) -> date | None:
    del match
    return _later(today, 2, "week")


def _week_on(match: re.Match[str], today: date) -> date | None:
    return _later(today, 7 if match["from"].lower() == "today" else 8, "day")


def _weekend(match: re.Match[str], today: date) -> date | None:
    del match
    return today + timedelta(days=max(5 - today.weekday(), 0))


def _monday(match: re.Match[str], today: date) -> date | None:
    del match
    return today + timedelta(days=7 - today.weekday())


def _of_month(match: re.Match[str], today: date) -> date | None:
    """A day of this month, or of the next where it has passed; None where that month has none."""
    day = int(match["date"])
    month = today if day >= today.day else _later(today.replace(day=1), 1, "month")
    return month.replace(day=day) if 1 <= day <= calendar.monthrange(month.year, month.month)[1] else None


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


def _later(today: date, count: int, unit: str) -> date:
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
            rf"(?:the\s+)?\b(?P<day>today|tonight|tonite|this\s+(?:morning|afternoon|evening)"
            rf"|(?:the\s+)?day\s+after\s+{_TOMORROW}|{_TOMORROW}|eod|end\s+of\s+(?:the\s+)?day)\b{_NOT_OWNED}"
            r"(?:\s+(?:morning|noon|afternoon|evening|night))?"
        ),
        _named,
    ),
    (
        _shape(
            rf"\b(?:(?P<next>next)\s+|this\s+|coming\s+)?(?P<weekday>{_WEEKDAY})\b{_NOT_OWNED}"
            r"(?:\s+(?P<after>next\s+week))?(?:\s+(?:morning|noon|afternoon|evening|night))?"
        ),
        _weekday,
    ),
    (
        _shape(
            rf"\b(?:in|within)\s+(?:the\s+next\s+)?(?P<count>{_COUNT})\s+(?P<unit>days?|weeks?|months?)\b"
            r"(?:['’]?\s+time)?"
        ),
        _span,
    ),
    (_shape(rf"\bnext\s+(?P<unit>weekend|week|month)\b{_NOT_OWNED}"), _next),
    (_shape(r"\b(?:in|within)\s+a\s+fortnight\b"), _fortnight),
    (_shape(rf"\b(?:a|one)\s+week\s+from\s+(?P<from>today|{_TOMORROW})\b"), _week_on),
    (_shape(r"\b(?:until\s+|till\s+)?after\s+(?:the\s+|this\s+)weekend\b"), _monday),
    (_shape(r"\b(?:on\s+|at\s+|over\s+)?(?:the\s+|this\s+(?:coming\s+)?|coming\s+)weekend\b"), _weekend),
    (_shape(r"(?<=\bby\s)the\s+(?P<date>\d{1,2})(?:st|nd|rd|th)\b(?!\s+[a-z])"), _of_month),
    (_shape(r"\b(?:on|until|till|before|due)\s+the\s+(?P<date>\d{1,2})(?:st|nd|rd|th)\b(?!\s+[a-z])"), _of_month),
    (_shape(r"\b(?:the\s+)?end\s+of\s+(?:(?:the|this)\s+)?(?P<unit>week|month)\b"), _end),
    (_shape(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<date>\d{1,2})\b"), _iso),
    (
        _shape(
            rf"\b(?:(?:{_WEEKDAY})\b,?\s+)?(?:the\s+)?(?P<date>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?"
            r"(?:,?\s+(?P<year>\d{4})\b)?"
        ),
        _written,
    ),
    (
        _shape(
            rf"\b(?:(?:{_WEEKDAY})\b,?\s+)?(?P<month>{_MONTH})\b\.?\s+(?:the\s+)?(?P<date>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}})\b)?"
        ),
        _written,
    ),
)
