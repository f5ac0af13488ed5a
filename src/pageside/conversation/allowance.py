"""Whether somebody may ask now: how often they did, what it cost, and what they wrote."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Final

from chatkit.types import InputTranscribeReq, NoticeEvent, is_streaming_req

from pageside.answer.events import TutorEvent
from pageside.conversation import notices
from pageside.conversation.budgets import Budgets
from pageside.conversation.moderation import Moderation
from pageside.conversation.request import Request
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader
from pageside.limiting.limiter import Limiter

_NEARLY: Final = 10  # one part of a limit in so many, and no less than one question


class Allowance:
    """Asked before anything is stored or answered.

    Attributes:
        moderation: What looks at messages; a host may give it a function of its own.
    """

    def __init__(
        self, *, limiter: Limiter | None = None, budgets: Budgets | None = None, moderation: Moderation | None = None
    ) -> None:
        """An allowance without limits, but for those given."""
        self._limiter = limiter
        self._budgets = budgets
        self.moderation = moderation or Moderation()

    async def require(self, asked: Request, turn: Turn) -> tuple[NoticeEvent, ...]:
        """What the reader is to be told beside the answer, if what they ask may go ahead.

        Raises:
            LimitReached: They ask too often.
            BudgetSpent: What may be spent today is spent.
            MessageRefused: What they wrote is not taken here.
            ModerationUnavailable: It cannot be looked at.
            StoreUnavailable: The database cannot be read.
        """
        if not (is_streaming_req(asked) or isinstance(asked, InputTranscribeReq)):
            return ()
        told = await self.within_limits(turn.reader, turn.alongside.session)
        nearly_spent = self._budgets is not None and await self._budgets.require(turn.reader)
        await self.moderation.require(asked)
        return (*told, notices.nearly_spent()) if nearly_spent else told

    def metered(self, events: AsyncGenerator[TutorEvent, None], turn: Turn) -> AsyncGenerator[TutorEvent, None]:
        """`events` of an answer, whose cost is counted as the reader's; `BudgetSpent` where nothing is left."""
        return events if self._budgets is None else self._budgets.metered(events, turn.reader)

    async def within_limits(self, reader: Reader, session: str) -> tuple[NoticeEvent, ...]:
        """What the reader is to be told, if they may ask once more; counts it.

        Raises:
            LimitReached: They ask too often.
        """
        if self._limiter is None:
            return ()
        name = counted(reader)
        await self._limiter.require("chat", "session", session)
        await self._limiter.require("chat", "reader", name)
        standing = await self._limiter.nearest("chat", "reader", name)
        if standing is None or standing.remaining > max(1, standing.limit // _NEARLY):
            return ()
        return (notices.nearly_asked(standing.remaining, standing.reset_s),)


def counted(reader: Reader) -> str:
    """The name under which a reader's requests are counted."""
    person = reader.of_book("")  # who may ask so much, however many books there are
    return f"{person.organisation}\n{person.subject}"
