"""Whether somebody may ask now: how often they did, what it cost, and what they wrote."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from dataclasses import replace
from typing import Final

from chatkit.types import InputTranscribeReq, NoticeEvent, TranscriptionResult, is_streaming_req

from pageside.answer.events import TutorEvent, Usage
from pageside.answer.measuring import measured
from pageside.conversation import notices, usages
from pageside.conversation.budgets import Budgets, Prices
from pageside.conversation.moderation import Moderation
from pageside.conversation.request import Request
from pageside.conversation.turn import Turn
from pageside.conversation.usages import Usages
from pageside.identity.reader import Reader
from pageside.knowledge import charges
from pageside.limiting.limiter import Limiter
from pageside.phrases.phrase import ENGLISH

_NEARLY: Final = 10  # one part of a limit in so many, and no less than one question


class Allowance:
    """Asked before anything is stored or answered.

    Attributes:
        moderation: What looks at messages; a host may give it a function of its own.
    """

    def __init__(
        self,
        *,
        limiter: Limiter | None = None,
        budgets: Budgets | None = None,
        moderation: Moderation | None = None,
        usages: Usages | None = None,
        prices: Prices | None = None,
    ) -> None:
        """An allowance without limits, but for those given."""
        self._limiter = limiter
        self._budgets = budgets
        self._usages = usages
        self._prices = prices or Prices()
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
        told = await self.within_limits(turn.reader, turn.alongside.session, turn.language)
        nearly_spent = self._budgets is not None and await self._budgets.require(turn.reader)
        await self.moderation.require(asked)
        return (*told, notices.nearly_spent(turn.language)) if nearly_spent else told

    def metered(self, events: AsyncGenerator[TutorEvent, None], turn: Turn) -> AsyncGenerator[TutorEvent, None]:
        """`events` of an answer, whose cost is counted as the reader's; `BudgetSpent` where nothing is left."""
        summed = measured(usages.summed(events, charges.begin(), self._prices))
        kept = summed if self._usages is None else self._usages.recorded(summed)
        return kept if self._budgets is None else self._budgets.metered(kept, turn.reader)

    async def dictated(self, heard: Awaitable[TranscriptionResult], turn: Turn) -> TranscriptionResult:
        """What was `heard`; what it took is counted as the reader's."""
        tally = charges.begin()
        result = await heard
        usage = Usage("dictation", beside_tokens=tally.tokens)
        spent = self._prices.of(usage)
        if self._usages is not None:
            await self._usages.add("dictation", replace(usage, millionths=spent.millionths))
        if self._budgets is not None and spent.tokens:
            await self._budgets.charge(turn.reader, spent)
        return result

    async def within_limits(self, reader: Reader, session: str, language: str = ENGLISH) -> tuple[NoticeEvent, ...]:
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
        return (notices.nearly_asked(standing.remaining, standing.reset_s, language),)


def counted(reader: Reader) -> str:
    """The name under which a reader's requests are counted."""
    person = reader.of_book("")  # who may ask so much, however many books there are
    return f"{person.organisation}\n{person.subject}"
