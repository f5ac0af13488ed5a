"""Better names for threads that began with small talk; a name that a reader gave is never replaced."""

from __future__ import annotations

from collections.abc import Sequence

from chatkit.types import ThreadMetadata
from sqlalchemy import update

from pageside.answer.question import Message
from pageside.conversation import titles
from pageside.conversation.turn import Turn
from pageside.identity.ownership import mine
from pageside.storage import words
from pageside.storage.engine import Database
from pageside.storage.tables import threads


class Naming:
    """Renames threads in the database, where the name is still the one that was made."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def improve(self, thread: ThreadMetadata, asked: str, history: Sequence[Message], turn: Turn) -> None:
        """Names `thread` by what is `asked` where its first message was small talk, and this is its second.

        Raises:
            StoreUnavailable: The database cannot be written.
        """
        better = titles.better(thread.title or "", asked, history)
        if not better:
            return
        async with self._database.transaction(turn.reader) as connection:
            done = await connection.execute(
                update(threads)
                .where(mine(threads, turn), threads.c.id == thread.id, threads.c.title == thread.title)
                .values(title=better, title_words=words.of_title(better))
            )
        if done.rowcount:
            thread.title = better
