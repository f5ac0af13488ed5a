"""Takes away what nobody will send: files announced or uploaded long ago, and bytes that no row speaks of.

Keys say whose their bytes are, so even here every statement is about the rows of one reader.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, select

from pageside import ids
from pageside.conversation import file_keys
from pageside.conversation.attachments import UNSENT_FOR
from pageside.conversation.turn import Turn
from pageside.errors import Unavailable
from pageside.identity.ownership import mine
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.files import Files, Kept
from pageside.storage.tables import attachments

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(hours=1)
SETTLING: Final = timedelta(hours=1)  # how long bytes may be there before their row says so
_AT_ONCE: Final = 500


class Sweep:
    """One walk after another over everything that is kept."""

    def __init__(self, database: Database, files: Files, *, now: Callable[[], datetime] = ids.now) -> None:
        self._database = database
        self._files = files
        self._now = now

    async def run(self) -> int:
        """How many files were taken away.

        Raises:
            Unavailable: The database or the files cannot be reached; what was done stands.
        """
        await self._files.tidy(before=self._now() - SETTLING)
        gone = 0
        async for kept in self._files.listed():
            for (organisation, subject), keys in _by_reader(kept, before=self._now() - SETTLING).items():
                turn = Turn(reader=Reader(subject=subject, organisation=organisation))
                for at in range(0, len(keys), _AT_ONCE):
                    gone += await self._swept(turn, keys[at : at + _AT_ONCE])
        return gone

    async def _swept(self, turn: Turn, keys: Sequence[tuple[str, str]]) -> int:
        """As `run`, for one reader's `keys`, each beside the id of its attachment."""
        old = self._now() - UNSENT_FOR
        async with self._database.reading(turn.reader) as connection:
            found = await connection.execute(
                select(attachments).where(
                    mine(attachments, turn), attachments.c.id.in_([attachment_id for _, attachment_id in keys])
                )
            )
            rows = found.all()
        left = [row.id for row in rows if row.status != "attached" and row.created_at < old]
        spoken_of = {row.file for row in rows}
        lost = [key for key, _ in keys if key not in spoken_of]
        if left:
            async with self._database.transaction(turn.reader) as connection:
                done = await connection.execute(
                    delete(attachments)
                    .where(mine(attachments, turn), attachments.c.id.in_(left))
                    .where(attachments.c.status != "attached")
                    .returning(attachments.c.file)
                )
                lost += done.scalars()
        for key in lost:
            await self._files.delete(key)
        return len(lost)


@asynccontextmanager
async def swept(run: Callable[[], Awaitable[int]], *, every: timedelta = EVERY) -> AsyncIterator[None]:
    """Sweeps now and every so often, beside whatever the block does."""
    task = asyncio.create_task(_again_and_again(run, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _again_and_again(run: Callable[[], Awaitable[int]], every: timedelta) -> None:
    while True:
        try:
            if gone := await run():
                log.info("files_swept", n=gone)
        except Unavailable as error:
            log.warning("sweep_put_off", code=error.code)
        except Exception:
            log.exception("sweep_failed")
        await asyncio.sleep(every.total_seconds())


def _by_reader(kept: Iterable[Kept], *, before: datetime) -> Mapping[tuple[str, str], Sequence[tuple[str, str]]]:
    """By organisation and subject, the keys older than `before`, each beside its attachment; strange ones are none."""
    found: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for each in kept:
        whose = file_keys.read(each.key) if each.changed_at < before else None
        if whose is not None:
            reader, attachment_id = whose
            found[reader.organisation, reader.subject].append((each.key, attachment_id))
    return found
