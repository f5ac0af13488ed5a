"""Reports on what was asked, for those who look after a server."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pageside.administration.values import (
    BookSum,
    Counts,
    DaySum,
    FeedbackLine,
    IndexState,
    LookedAt,
    PassageLine,
    Period,
    QuestionGroup,
    ReaderSum,
    Scope,
    Sort,
    ThreadPage,
    ThreadText,
)
from pageside.identity.looker import Looker


class Reporting(Protocol):
    """What can be asked; each raises `StoreUnavailable` where the database is away.

    A scope that goes beyond the looker's organisation is narrowed to it.
    """

    async def overview(self, by: Looker, scope: Scope, period: Period) -> Counts: ...
    async def by_day(self, by: Looker, scope: Scope, period: Period) -> Sequence[DaySum]: ...
    async def by_book(self, by: Looker, scope: Scope, period: Period) -> Sequence[BookSum]: ...
    async def by_reader(self, by: Looker, scope: Scope, period: Period, *, limit: int = 100) -> Sequence[ReaderSum]: ...
    async def threads(
        self,
        by: Looker,
        scope: Scope,
        period: Period,
        *,
        sort: Sort = "last",
        cursor: str | None = None,
        limit: int = 50,
    ) -> ThreadPage: ...
    async def thread_text(self, by: Looker, thread_id: str, *, reason: str) -> ThreadText:
        """Raises Forbidden without the role, NotFound, and BadRequest without a reason; kept in the audit first."""
        ...

    async def unanswered(
        self, by: Looker, scope: Scope, period: Period, *, reason: str = ""
    ) -> Sequence[QuestionGroup]:
        """With a reason, and where the looker may read text, the groups have their questions; kept in the audit."""
        ...

    async def passages(
        self, by: Looker, scope: Scope, period: Period, *, limit: int = 100
    ) -> Sequence[PassageLine]: ...
    async def feedback(
        self, by: Looker, scope: Scope, period: Period, *, limit: int = 100
    ) -> Sequence[FeedbackLine]: ...
    async def index(self, by: Looker) -> Sequence[IndexState]: ...
    async def reindex(self, by: Looker, book: str) -> None:
        """Begins an update and returns; raises NotFound, and Conflict where one is under way."""
        ...

    async def audit(self, by: Looker, period: Period) -> Sequence[LookedAt]: ...


class Entrance(Protocol):
    """The way in by a link."""

    async def enter(self, token: str) -> Looker:
        """Who comes in by the link's `token`, which is good once in whatever process; raises Unauthorized if not."""
        ...
