"""What readers may do with what is kept of them: look through it, take it away, have it deleted."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import structlog

from pageside.conversation import erasing, finding, noting
from pageside.conversation.erasing import Erased
from pageside.conversation.exporting import Exports
from pageside.conversation.finding import FoundPage
from pageside.conversation.healed import Sources
from pageside.conversation.merging import Merging
from pageside.conversation.runs import Runs
from pageside.conversation.turn import Turn
from pageside.conversation.zipping import zipped
from pageside.identity.pseudonyms import Pseudonyms
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.files import Files

log = structlog.get_logger(__name__)

_AT_ONCE = 1_000


class Keeping:
    """The rows and files of each reader, as the reader's own."""

    def __init__(self, database: Database, files: Files, *, runs: Runs, pseudonyms: Pseudonyms | None = None) -> None:
        """Everything kept in `database` and `files`.

        Args:
            runs: The answers under way, which end when their conversations are deleted.
            pseudonyms: Under which turns are noted; without it, none are.
        """
        self._pseudonyms = pseudonyms
        self._database = database
        self._runs = runs
        self._files = files
        self.exports = Exports(database, files)

    async def find(self, query: str, turn: Turn, *, limit: int, cursor: str | None = None) -> FoundPage:
        """The reader's conversations that hold what is looked for; see `finding.find`."""
        return await finding.find(self._database, query, turn, limit=limit, cursor=cursor)

    def archive(self, turn: Turn, *, sources: Sources) -> AsyncGenerator[bytes, None]:
        """All that is the reader's, as a ZIP archive, piece by piece.

        Args:
            sources: Holds each answer against the book as it is now.
        """
        return zipped(self.exports.everything(turn, sources=sources))

    async def take_over(self, guest: Reader, account: Reader) -> int:
        """Makes what a guest has an account's; see `Merging.merge`."""
        merging = Merging(self._database, self._files, runs=self._runs, pseudonyms=self._pseudonyms)
        return await merging.merge(guest, account)

    async def erase(self, turn: Turn) -> None:
        """Deletes all that is the reader's: rows, then answers under way, then bytes.

        The rows go at once, but for those of very many conversations, which keep others from writing and go in parts.
        Bytes that are left because the process ends in the middle are swept later; there is no row to lead to them.

        Raises:
            StoreUnavailable: The database cannot be written; what was done stands, and the rest can be asked for again.
        """
        whole = False
        while not whole:
            async with self._database.transaction(turn.reader) as connection:
                erased, whole = await erasing.erase_all(connection, turn, at_most=_AT_ONCE)
                await noting.forget(self._database, connection, erased.threads)
            await self._end(erased)
        log.info("reader_erased")

    async def _end(self, erased: Erased) -> None:
        try:
            for thread_id in erased.threads:
                await self._runs.drop(thread_id)
        finally:
            await erasing.forget(self._files, erased.files)
