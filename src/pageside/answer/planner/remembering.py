"""What was said before: the last messages of the reader's own conversation, wherever conversations are kept.

Whoever keeps them says whose they are, and saves what is said now; nothing is kept here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pageside.answer.planner.memory import MESSAGES
from pageside.answer.question import Message, Question


class Earlier(Protocol):
    """Conversations, as far as they are remembered."""

    async def messages(self, question: Question, *, limit: int) -> Sequence[Message]:
        """At most `limit` messages before `question`, oldest first, of the conversation that it was asked in.

        Raises:
            NotFound: The reader has no such conversation.
            StoreUnavailable: Conversations cannot be read.
        """
        ...


class AsAsked:
    """What a question brings with it, for a host that keeps its conversations by itself."""

    async def messages(self, question: Question, *, limit: int) -> Sequence[Message]:
        """See `Earlier.messages`."""
        return question.history[-limit:]


async def recalled(question: Question, earlier: Earlier) -> tuple[Message, ...]:
    """The messages that give `question` its meaning, at most `MESSAGES` of them, oldest first.

    Raises:
        NotFound: The reader has no such conversation.
        StoreUnavailable: Conversations cannot be read.
    """
    return tuple(await earlier.messages(question, limit=MESSAGES))
