"""What a guest has, handed over to the account they sign in to: thread by thread, each whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog
from sqlalchemy import Row, delete, select

from pageside.conversation import erasing, file_keys, noting
from pageside.conversation.runs import Runs
from pageside.conversation.turn import Turn
from pageside.errors import NotFound, Unavailable
from pageside.identity import roll
from pageside.identity.ownership import mine, upsert
from pageside.identity.pseudonyms import Pseudonyms
from pageside.identity.reader import Reader
from pageside.phrases import refusals
from pageside.storage.engine import Database
from pageside.storage.files import Files, mark
from pageside.storage.tables import attachments, feedback, items, leases, threads
from pageside.tasks import keeping as task_keeping

log = structlog.get_logger(__name__)

_NO_LIMIT: Final = 1 << 62  # bytes of a file, which was limited when it came
_WHOSE: Final = frozenset({"organisation", "subject"})


class Merging:
    """Hands rows in `database` and bytes in `files` from one reader to another."""

    def __init__(self, database: Database, files: Files, *, runs: Runs, pseudonyms: Pseudonyms | None = None) -> None:
        """Nothing handed over yet.

        Args:
            runs: The answers under way, which end first and keep what was said.
            pseudonyms: Under which turns are noted; without it, none are.
        """
        self._pseudonyms = pseudonyms
        self._database = database
        self._files = files
        self._runs = runs

    async def merge(self, guest: Reader, account: Reader) -> int:
        """Makes every thread and task of `guest` one of `account`; gives how many threads; then nothing is the guest's.

        Interrupted in the middle, it can be done again: each thread is with the one or the other. Files that were
        never sent go.

        Raises:
            StoreUnavailable: The database cannot be written.
            Unavailable: Files cannot be read or stored.
        """
        giver, taker = Turn(reader=guest), Turn(reader=account)
        async with self._database.reading(guest) as connection:
            found = await connection.execute(select(threads.c.id).where(mine(threads, giver)).order_by(threads.c.id))
            held = found.scalars().all()
        moved = 0
        for thread_id in held:
            await self._runs.stop(thread_id)
            moved += await self._hand_over(thread_id, giver, taker)
        async with self._database.handing_over(guest, account) as (connection, become):
            tasks = await task_keeping.hand_over(connection, giver, taker, become)
        whole = False
        while not whole:
            async with self._database.transaction(guest) as connection:
                erased, whole = await erasing.erase_all(connection, giver, at_most=len(held) + 1)
                await noting.forget(self._database, connection, erased.threads)
            await erasing.forget(self._files, erased.files)
        if held or tasks:
            log.info("guest_merged", threads=moved, tasks=tasks)
        return moved

    async def _hand_over(self, thread_id: str, giver: Turn, taker: Turn) -> bool:
        keys = await self._copied(thread_id, giver, taker)
        async with self._database.handing_over(giver.reader, taker.reader) as (connection, become):
            thread = await connection.execute(select(threads).where(mine(threads, giver), threads.c.id == thread_id))
            said = await connection.execute(select(items).where(mine(items, giver), items.c.thread_id == thread_id))
            liked = await connection.execute(
                select(feedback).where(mine(feedback, giver), feedback.c.thread_id == thread_id)
            )
            sent = await connection.execute(
                select(attachments).where(mine(attachments, giver), attachments.c.thread_id == thread_id)
            )
            rows = [[_handed(row, keys) for row in found.all()] for found in (thread, said, liked, sent)]
            await connection.execute(delete(leases).where(mine(leases, giver), leases.c.thread_id == thread_id))
            await connection.execute(delete(threads).where(mine(threads, giver), threads.c.id == thread_id))
            await become()
            await roll.enrol(connection, taker)
            how: Any = {"replacing": ["organisation"], "dialect": connection.dialect.name}
            if rows[0]:
                await connection.execute(upsert(threads, taker, rows=rows[0], **how))
            if rows[1]:
                await connection.execute(upsert(items, taker, rows=rows[1], **how))
            if rows[2]:
                await connection.execute(upsert(feedback, taker, rows=rows[2], **how))
            if rows[3]:
                await connection.execute(upsert(attachments, taker, rows=rows[3], **how))
            if self._pseudonyms is not None:
                await self._database.become(connection, noting.SERVER.reader)
                await noting.hand_over(connection, thread_id, self._pseudonyms.of(taker.reader))
        await erasing.forget(self._files, keys if rows[0] else keys.values())
        return bool(rows[0])

    async def _copied(self, thread_id: str, giver: Turn, taker: Turn) -> Mapping[str, str]:
        """The key of each of the thread's files, and the one that it is kept under for its new reader as well."""
        async with self._database.reading(giver.reader) as connection:
            found = await connection.execute(
                select(attachments.c.id, attachments.c.file).where(
                    mine(attachments, giver), attachments.c.thread_id == thread_id
                )
            )
            sent = found.all()
        keys: dict[str, str] = {}
        for row in sent:
            key = file_keys.new(row.id, taker.reader)
            try:
                async with self._files.received(self._files.pieces(row.file), limit_bytes=_NO_LIMIT) as draft:
                    await self._files.keep(draft, key)
            except NotFound:
                log.warning("file_missing", file=mark(row.file))
            keys[row.file] = key
        return keys


def _handed(row: Row[tuple[object, ...]], keys: Mapping[str, str]) -> dict[str, object]:
    """The columns of a row, with the key that its file, if it is about one, has from now on."""
    told = {name: value for name, value in row._mapping.items() if name not in _WHOSE}
    if "file" in told:
        key = keys.get(str(told["file"]))
        if key is None:  # it came while the others were copied
            raise Unavailable(refusals.BEING_SENT)
        told["file"] = key
    return told
