"""Reports on what was asked, for those who look after a server: each within what its looker may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pageside.administration import listing, rewriting, sums
from pageside.administration.looking import Looks, require_reader_of_text
from pageside.administration.owning import Roll
from pageside.administration.reindexing import Reindexing
from pageside.administration.scoping import narrowed
from pageside.administration.unanswered import Unanswered
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
from pageside.conversation.noting import SERVER, Notes
from pageside.identity.looker import Looker
from pageside.identity.pseudonyms import Pseudonyms
from pageside.knowledge.embed import Embedder
from pageside.storage.engine import Database


class Entrance(Protocol):
    """The way in by a link."""

    async def enter(self, token: str) -> Looker:
        """Who comes in by the link's `token`, which is good once in whatever process; raises Unauthorized if not."""
        ...


class Reports:
    """Reports over what was noted of turns in `database`.

    A scope that goes beyond the looker's organisation is narrowed to it. Every method raises `StoreUnavailable` where
    the database cannot be read.
    """

    def __init__(
        self,
        database: Database,
        pseudonyms: Pseudonyms,
        *,
        reindexing: Reindexing,
        notes: Notes | None = None,
        embedder: Embedder | None = None,
    ) -> None:
        """Reports for lookers.

        Args:
            notes: Those of this process, which are written before anything is reported.
            embedder: Knows what questions mean; without it, words alone are compared.
        """
        roll = Roll(database, pseudonyms)
        self._database = database
        self._reindexing = reindexing
        self._notes = notes
        self._looks = Looks(database, roll)
        self._unanswered = Unanswered(database, roll, embedder)

    async def overview(self, by: Looker, scope: Scope, period: Period) -> Counts:
        """What all turns of the scope add up to."""
        await self._settled()
        async with self._database.reading(SERVER.reader) as connection:
            return await sums.overview(connection, narrowed(by, scope), period)

    async def by_day(self, by: Looker, scope: Scope, period: Period) -> Sequence[DaySum]:
        """Every day of the period, oldest first."""
        await self._settled()
        async with self._database.reading(SERVER.reader) as connection:
            return await sums.by_day(connection, narrowed(by, scope), period)

    async def by_book(self, by: Looker, scope: Scope, period: Period) -> Sequence[BookSum]:
        """Every book that was asked, by name."""
        await self._settled()
        async with self._database.reading(SERVER.reader) as connection:
            return await sums.by_book(connection, narrowed(by, scope), period)

    async def by_reader(self, by: Looker, scope: Scope, period: Period, *, limit: int = 100) -> Sequence[ReaderSum]:
        """Those who asked most, first, under their pseudonyms."""
        await self._settled()
        async with self._database.reading(SERVER.reader) as connection:
            return await sums.by_reader(connection, narrowed(by, scope), period, limit=limit)

    async def threads(
        self,
        by: Looker,
        scope: Scope,
        period: Period,
        *,
        sort: Sort = "last",
        cursor: str | None = None,
        limit: int = 50,
    ) -> ThreadPage:
        """Conversations in which somebody asked in the period, those with most of `sort` first.

        Raises:
            BadRequest: The cursor is none of these pages.
        """
        await self._settled()
        async with self._database.reading(SERVER.reader) as connection:
            return await listing.threads(connection, narrowed(by, scope), period, sort=sort, cursor=cursor, limit=limit)

    async def thread_text(self, by: Looker, thread_id: str, *, reason: str) -> ThreadText:
        """The words of a conversation; that they were looked at is kept before they are read.

        Raises:
            Forbidden: The looker may not read text.
            BadRequest: No reason is given.
            NotFound: There is no such conversation in their organisation.
        """
        await self._settled()
        return await self._looks.thread(by, thread_id, reason=reason)

    async def unanswered(
        self, by: Looker, scope: Scope, period: Period, *, reason: str = ""
    ) -> Sequence[QuestionGroup]:
        """What the book does not answer, by meaning; the questions themselves only for a reason, which is kept.

        Raises:
            Forbidden: A reason is given, and the looker may not read text.
        """
        await self._settled()
        scope = narrowed(by, scope)
        if reason:
            require_reader_of_text(by)
            await self._looks.keep(by, "questions", organisation=scope.organisation, reason=reason)
        return await self._unanswered.groups(scope, period, questions=bool(reason))

    async def passages(self, by: Looker, scope: Scope, period: Period, *, limit: int = 100) -> Sequence[PassageLine]:
        """The sections that confuse most readers, first."""
        await self._settled()
        async with self._database.reading(SERVER.reader) as connection:
            return await rewriting.passages(connection, narrowed(by, scope), period, limit=limit)

    async def feedback(self, by: Looker, scope: Scope, period: Period, *, limit: int = 100) -> Sequence[FeedbackLine]:
        """Opinions of answers to what was asked in the period, newest question first."""
        await self._settled()
        async with self._database.reading(SERVER.reader) as connection:
            return await listing.feedback(connection, narrowed(by, scope), period, limit=limit)

    async def index(self, by: Looker) -> Sequence[IndexState]:
        """The index of each book that concerns the looker."""
        return await self._reindexing.states(by)

    async def reindex(self, by: Looker, book: str) -> None:
        """Begins an update of a book's index, and returns.

        Raises:
            NotFound: There is no such book, or none for the looker's organisation.
            Updated: One is under way already.
        """
        await self._reindexing.begin(by, book)
        told = f"of the book {book!r}" if book else "of the book"
        await self._looks.keep(by, "reindex", organisation=by.organisation, reason=f"Update {told}")

    async def audit(self, by: Looker, period: Period) -> Sequence[LookedAt]:
        """Who looked in the period, newest first."""
        return await self._looks.audit(by, period)

    async def entered(self, by: Looker, *, how: str) -> None:
        """Keeps that the looker came in."""
        await self._looks.keep(by, "sign_in", organisation=by.organisation, reason=how)

    async def _settled(self) -> None:
        if self._notes is not None:
            await self._notes.settled()
