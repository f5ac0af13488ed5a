"""Takes rows away for good, with all that belongs to them; their bytes go once the rows are gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.conversation import remembered
from pageside.conversation.turn import Turn
from pageside.errors import Unavailable
from pageside.identity.ownership import mine
from pageside.storage.files import Files, mark
from pageside.storage.tables import attachments, leases, readers, requests, sessions, threads
from pageside.tasks import keeping as task_keeping

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken away.

    Attributes:
        threads: Their ids.
        files: Keys of bytes that no row speaks of any more.
    """

    threads: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


async def erase(connection: AsyncConnection, thread_ids: Sequence[str], turn: Turn) -> Erased:
    """Deletes those of the threads that are the reader's: items, opinions, claims and attachments go with them.

    That requests about them were carried out stays known for their day, without what they answered.

    Args:
        thread_ids: At most some thousands.
    """
    found = await connection.execute(
        select(attachments.c.file).where(mine(attachments, turn), attachments.c.thread_id.in_(thread_ids))
    )
    keys = tuple(found.scalars())
    done = await connection.execute(
        delete(threads).where(mine(threads, turn), threads.c.id.in_(thread_ids)).returning(threads.c.id)
    )
    gone = tuple(done.scalars())
    if gone:
        await connection.execute(delete(leases).where(mine(leases, turn), leases.c.thread_id.in_(gone)))
        await remembered.blot(connection, gone, turn)
    return Erased(gone, keys)


async def forget(files: Files, keys: Iterable[str]) -> None:
    """Deletes bytes whose rows are gone; what cannot be deleted now is left to the next sweep."""
    for key in keys:
        try:
            await files.delete(key)
        except Unavailable:
            log.warning("file_left_behind", file=mark(key))


async def erase_all(connection: AsyncConnection, turn: Turn, *, at_most: int) -> tuple[Erased, bool]:
    """Deletes every row of the reader's, of whatever kind; True beside what went if nothing is left.

    Args:
        at_most: Threads; of a reader who has more, those are deleted and the rest is left.
    """
    found = await connection.execute(select(threads.c.id).where(mine(threads, turn)).limit(at_most + 1))
    held = found.scalars().all()
    erased = await erase(connection, held[:at_most], turn)
    if len(held) > at_most:
        return erased, False
    files = await connection.execute(delete(attachments).where(mine(attachments, turn)).returning(attachments.c.file))
    await connection.execute(delete(requests).where(mine(requests, turn)))
    await connection.execute(delete(leases).where(mine(leases, turn)))
    await connection.execute(delete(sessions).where(mine(sessions, turn)))
    await task_keeping.erase(connection, turn)
    await connection.execute(delete(readers).where(mine(readers, turn)))
    return Erased(erased.threads, (*erased.files, *files.scalars())), True
