"""What somebody chose to see: days, a book, an organisation; read from an address, and written into others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from pageside.administration.values import SORTS, Period, Scope, Sort
from pageside.identity.claims import LONGEST_NAME
from pageside.identity.looker import Looker

SPANS: Final = (7, 30, 90)
USUAL: Final = 30
LONGEST: Final = timedelta(days=400)  # for which turns are summed


@dataclass(frozen=True, slots=True)
class Choice:
    """What reports are about.

    Attributes:
        days: How many up to today, if they were chosen so; 0 where two days were named.
        amiss: What could not be understood of the address, for whoever wrote it.
        more: Other parts of the address, which stay as they are.
    """

    period: Period
    days: int = USUAL
    book: str | None = None
    organisation: str | None = None
    amiss: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    def scope(self, looker: Looker) -> Scope:
        """Whose turns; never those of an organisation that is not the looker's."""
        own = looker.organisation
        return Scope(organisation=self.organisation if own is None else own, book=self.book)

    @property
    def before(self) -> Period:
        """As many days just before."""
        length = self.period.last - self.period.first + timedelta(days=1)
        return Period(self.period.first - length, self.period.last - length)

    @property
    def is_to_today(self) -> bool:
        """Whether the days are counted up to today."""
        return self.days > 0

    def query(self, **other: str | int | None) -> str:
        """The choice as the part of an address behind `?`, with something else chosen; None takes a part away."""
        told: dict[str, str | int | None] = dict(self.more)
        if self.days:
            told["days"] = self.days if self.days != USUAL else None
        else:
            told |= {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        told |= {"book": self.book, "organisation": self.organisation, **other}
        if "days" in other:
            told |= {"from": None, "to": None}
        return urlencode({name: value for name, value in told.items() if value is not None})


def read(told: Mapping[str, str], *, today: date, books: Sequence[str], kept: Sequence[str] = ()) -> Choice:
    """The choice that an address tells; what cannot be understood is left out, and said.

    Args:
        books: Names of those there are.
        kept: Other parts of the address that links are to keep.
    """
    amiss = []
    days, period = USUAL, last_days(USUAL, today)
    try:
        if told.get("from") or told.get("to"):
            first = date.fromisoformat(told["from"]) if told.get("from") else None
            last = min(date.fromisoformat(told["to"]), today) if told.get("to") else today
            period, days = _between(first, last), 0
        elif "days" in told:
            days = SPANS[SPANS.index(int(told["days"]))]
            period = last_days(days, today)
    except (ValueError, OverflowError):
        days, period = USUAL, last_days(USUAL, today)
        amiss.append(f"These days cannot be shown; here are the last {USUAL}.")
    book = told.get("book") or None
    if book is not None and book not in books:
        amiss.append("There is no such book here; all are shown.")
        book = None
    organisation = (told.get("organisation") or "").strip()[:LONGEST_NAME] or None
    more = {name: told[name] for name in kept if told.get(name)}
    return Choice(period, days, book, organisation, amiss=" ".join(amiss), more=more)


def sort_of(choice: Choice) -> Sort:
    """The order of conversations that an address tells; the usual one where it tells none."""
    told = choice.more.get("sort")
    return next((each for each in SORTS if each == told), SORTS[0])


def last_days(days: int, today: date) -> Period:
    """So many days, today the last."""
    return Period(today - timedelta(days=days - 1), today)


def _between(first: date | None, last: date) -> Period:
    period = Period(first if first is not None else last - timedelta(days=USUAL - 1), last)
    return period if period.last - period.first < LONGEST else Period(last - LONGEST + timedelta(days=1), last)
