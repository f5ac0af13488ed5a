"""How many messages a conversation takes, and what becomes of one that is full."""

from __future__ import annotations

from chatkit.types import ActiveStatus, LockedStatus, ThreadMetadata, ThreadsAddUserMessageReq, ThreadStatus
from sqlalchemy import func, select

from pageside.conversation.request import Request
from pageside.conversation.turn import Turn
from pageside.errors import ThreadClosed
from pageside.identity.ownership import mine
from pageside.phrases import refusals
from pageside.storage.engine import Database
from pageside.storage.tables import items

MAX_MESSAGES = 50
_TOLD_BEFORE = 3


class Room:
    """Counts the reader's messages of a thread; the count decides, the thread's status only shows it.

    Trying an answer again, and what the page or the reader still owes to the last one, add no message: they go ahead
    in a full thread too.
    """

    def __init__(self, database: Database, *, max_messages: int = MAX_MESSAGES) -> None:
        """Room for `max_messages` of the reader's messages in each thread, from 1."""
        self._database = database
        self._max_messages = max_messages

    async def require(self, asked: Request, turn: Turn) -> None:
        """Returns if what is asked finds room; to be sure of it, ask while no other answer can begin in the thread.

        Raises:
            ThreadClosed: The thread has its last message.
            StoreUnavailable: The database cannot be read.
        """
        if isinstance(asked, ThreadsAddUserMessageReq) and await self.left(asked.params.thread_id, turn) <= 0:
            raise ThreadClosed(refusals.FULL)

    async def left(self, thread_id: str, turn: Turn) -> int:
        """How many more messages the thread takes; below 0 where the limit was lowered.

        Raises:
            StoreUnavailable: The database cannot be read.
        """
        said = select(func.count()).where(
            mine(items, turn), items.c.thread_id == thread_id, items.c.type == "user_message"
        )
        async with self._database.reading(turn.reader) as connection:
            return self._max_messages - int((await connection.execute(said)).scalar_one())

    def nearly_full(self, left: int) -> bool:
        """Whether a reader should be told that only `left` more messages find room: the last three of many."""
        return 0 < left <= max(1, min(_TOLD_BEFORE, self._max_messages // 10))


def is_full(thread: ThreadMetadata) -> bool:
    """Whether `thread` is shut for no other reason than that it is full."""
    return thread.status.type == "locked" and thread.status.reason in refusals.FULL.every()


def status(thread: ThreadMetadata, left: int, language: str) -> ThreadStatus:
    """What the thread shows once `left` more messages find room: a full one locks, one that has room again opens."""
    if left <= 0 and thread.status.type == "active":
        return LockedStatus(reason=refusals.FULL.said(language))
    if left > 0 and is_full(thread):
        return ActiveStatus()
    return thread.status
