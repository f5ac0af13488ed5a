"""How many conversations a reader may have."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.conversation.turn import Turn
from pageside.errors import PagesideError
from pageside.identity import roll
from pageside.identity.ownership import mine
from pageside.phrases import refusals
from pageside.storage.tables import threads

NO_LIMIT: Final = 0


class TooManyThreads(PagesideError):
    """The reader has as many conversations as they may; none goes unless they say which."""

    status = 409
    code = "too_many_threads"

    def __init__(self, most: int) -> None:
        super().__init__(refusals.TOO_MANY_THREADS.of(held=refusals.THREADS.of(n=most)))


async def admit(connection: AsyncConnection, turn: Turn, *, max_threads: int) -> None:
    """Returns if the reader may begin one more conversation, in the transaction that begins it.

    Those who write the same reader's rows wait for each other, so that two beginnings at once are counted one by one.

    Args:
        max_threads: 0 for as many as they like.

    Raises:
        TooManyThreads: They have as many as that.
    """
    if max_threads != NO_LIMIT:
        counted = await connection.execute(select(func.count()).select_from(threads).where(mine(threads, turn)))
        if int(counted.scalar_one()) >= max_threads:
            raise TooManyThreads(max_threads)
    await roll.enrol(connection, turn)
