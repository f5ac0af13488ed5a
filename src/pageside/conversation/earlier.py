"""What was said before a question, read from its thread by whoever needs more of it than the tutor does."""

from __future__ import annotations

from collections.abc import Sequence

from pageside.answer.question import Message, Question
from pageside.conversation import transcript
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.storage.engine import Database


class Earlier:
    """The messages of the threads in `database`; see `pageside.answer.planner.remembering.Earlier`."""

    def __init__(self, database: Database) -> None:
        self._store = SqlStore(database)

    async def messages(self, question: Question, *, limit: int) -> Sequence[Message]:
        """At most `limit` messages before `question`, oldest first.

        Raises:
            NotFound: The reader has no such thread, or it has no such message.
            StoreUnavailable: The database cannot be read.
        """
        if question.reader is None or not question.thread:
            return question.history[-limit:]
        earlier = await self._store.messages_before(
            question.thread, question.message, limit=limit, context=Turn(reader=question.reader)
        )
        return transcript.history(earlier, messages=limit)
