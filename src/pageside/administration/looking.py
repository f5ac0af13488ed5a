"""Looks at words of readers: the reason is kept before anything is shown, and the audit can only be added to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal

from chatkit.types import AssistantMessageItem, UserMessageItem
from sqlalchemy import delete, insert, or_, select, true

from pageside import ids
from pageside.administration.owning import Roll
from pageside.administration.values import LookedAt, Period, Said, ThreadText
from pageside.conversation import transcript
from pageside.conversation.clock import instant
from pageside.conversation.noting import SERVER
from pageside.conversation.record import AnsweredItem
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.errors import BadRequest, Forbidden, NotFound
from pageside.identity.looker import Looker
from pageside.identity.ownership import mine, owner
from pageside.storage.engine import Database
from pageside.storage.tables import looks, turns

What = Literal["thread", "questions", "reindex", "sign_in"]

KEPT: Final = timedelta(days=400)

_MOST: Final = 1000  # lines of the audit
_ON_A_PAGE: Final = 200
_LONGEST_REASON: Final = 500
_SPARE: Final = timedelta(days=1)  # the database refuses to delete what is younger than `KEPT` by its own clock


@dataclass(frozen=True, slots=True)
class _Whose:
    organisation: str
    book: str
    reader_hash: str


class Looks:
    """Shows words of readers, and keeps who looked."""

    def __init__(self, database: Database, roll: Roll, *, now: Callable[[], datetime] = ids.now) -> None:
        self._database = database
        self._roll = roll
        self._store = SqlStore(database)
        self._now = now

    async def thread(self, by: Looker, thread_id: str, *, reason: str) -> ThreadText:
        """The words of a conversation.

        Raises:
            Forbidden: The looker may not read text.
            BadRequest: No reason is given.
            NotFound: There is no such conversation in their organisation.
            StoreUnavailable: The database cannot be read, or the look not be kept.
        """
        require_reader_of_text(by)
        whose = await self._whose(by, thread_id)
        await self.keep(by, "thread", organisation=whose.organisation, thread_id=thread_id, reason=reason, whose=whose)
        found = await self._roll.find([whose.reader_hash], organisation=whose.organisation, book=whose.book)
        if whose.reader_hash not in found:
            raise _missing(thread_id)
        turn = Turn(reader=found[whose.reader_hash], sees_hidden=False)
        thread = await self._store.load_thread(thread_id, turn)
        return ThreadText(thread_id, thread.title or "", whose.reader_hash, await self._said(thread_id, turn))

    async def keep(
        self,
        by: Looker,
        what: What,
        *,
        organisation: str | None,
        reason: str,
        thread_id: str = "",
        whose: _Whose | None = None,
    ) -> None:
        """Keeps that somebody looks, or does something.

        Args:
            organisation: Whose readers it is about; None for all of them.

        Raises:
            BadRequest: No reason is given.
            StoreUnavailable: It cannot be kept.
        """
        if not reason.strip():
            raise BadRequest("Say why: it is kept beside who looked, and when.")
        now = self._now()
        row = {
            "id": ids.new("look"),
            "at": now,
            "home": organisation,
            "who": by.who,
            "what": what,
            "thread_id": thread_id,
            "reader_hash": whose.reader_hash if whose else "",
            "reason": reason.strip()[:_LONGEST_REASON],
        }
        async with self._database.transaction(SERVER.reader) as connection:
            await connection.execute(delete(looks).where(mine(looks, SERVER), looks.c.at < now - KEPT - _SPARE))
            await connection.execute(insert(looks).values(**owner(SERVER), **row))

    async def audit(self, by: Looker, period: Period) -> Sequence[LookedAt]:
        """Who looked in the period at what the looker sees, newest first; a thousand at most.

        Raises:
            StoreUnavailable: The database cannot be read.
        """
        first = datetime.combine(period.first, time.min, tzinfo=UTC)
        behind = datetime.combine(period.last, time.min, tzinfo=UTC) + timedelta(days=1)
        concerned = true() if by.organisation is None else or_(looks.c.home == by.organisation, looks.c.home.is_(None))
        async with self._database.reading(SERVER.reader) as connection:
            found = await connection.execute(
                select(looks)
                .where(mine(looks, SERVER), looks.c.at >= first, looks.c.at < behind, concerned)
                .order_by(looks.c.at.desc(), looks.c.id.desc())
                .limit(_MOST)
            )
            return [
                LookedAt(row.at, row.who, row.what, row.thread_id, row.reader_hash, row.reason) for row in found.all()
            ]

    async def _whose(self, by: Looker, thread_id: str) -> _Whose:
        async with self._database.reading(SERVER.reader) as connection:
            found = await connection.execute(
                select(turns.c.home, turns.c.book, turns.c.reader_hash)
                .where(mine(turns, SERVER), turns.c.thread_id == thread_id)
                .limit(1)
            )
            row = found.one_or_none()
        if row is None or (by.organisation is not None and row.home != by.organisation):
            raise _missing(thread_id)
        return _Whose(row.home, row.book, row.reader_hash)

    async def _said(self, thread_id: str, turn: Turn) -> list[Said]:
        said: list[Said] = []
        after: str | None = None
        while True:
            page = await self._store.load_thread_items(thread_id, after, _ON_A_PAGE, "asc", turn)
            for item in page.data:
                at = instant(item.created_at)
                if isinstance(item, UserMessageItem):
                    said.append(Said(at, "reader", _asked(item)))
                elif isinstance(item, AssistantMessageItem):
                    record = item.record if isinstance(item, AnsweredItem) else None
                    text = "\n\n".join(part.text for part in item.content)
                    said.append(Said(at, "book", text, record.outcome if record else None))
            if not page.has_more:
                return said
            after = page.after


def require_reader_of_text(by: Looker) -> None:
    """Returns if the looker may read words of readers.

    Raises:
        Forbidden: They may not.
    """
    if not by.reads_text:
        raise Forbidden("Words of readers are for those who have the role for them as well.")


def _asked(item: UserMessageItem) -> str:
    text = transcript.question_text(item)
    return f"“{item.quoted_text}”\n\n{text}" if item.quoted_text else text


def _missing(thread_id: str) -> NotFound:
    return NotFound(f"There is no conversation {thread_id!r}.")
