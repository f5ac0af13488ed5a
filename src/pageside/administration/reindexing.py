"""Brings an index up to date from the server: one update of a book at a time, and every process sees how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import anyio.to_thread
import structlog
from sqlalchemy import RowMapping, select, update

from pageside import ids
from pageside.administration.values import IndexState, Updating
from pageside.conversation.noting import SERVER
from pageside.errors import IndexBusy, IndexMissing, NotFound, PagesideError, StoreUnavailable
from pageside.identity.audience import EVERYBODY, Audience
from pageside.identity.looker import Looker
from pageside.identity.ownership import mine, upsert
from pageside.knowledge.index import Index
from pageside.knowledge.ingest import Progress, Report
from pageside.storage.engine import Database
from pageside.storage.tables import reindexes

log = structlog.get_logger(__name__)

WAIT: Final = timedelta(minutes=10)  # for another writer of the index
_TOLD_EVERY_S: Final = 0.5
_ALIVE: Final = timedelta(seconds=30)  # a process that says nothing for longer has ended

_WAITING: Final = "waiting"
_DONE: Final = "done"
_FAILED: Final = "failed"

Refresh = Callable[[Callable[[Progress], None], float], Awaitable[Report]]


class Updated(IndexBusy):
    """An update of this book is under way already."""

    status = 409
    code = "index_updating"


@dataclass(frozen=True, slots=True)
class Volume:
    """A book whose index can be brought up to date.

    Attributes:
        name: Empty for the one book of a server.
        refresh: Does it, given who hears how far it is, and for how many seconds another writer is waited for.
    """

    name: str
    title: str
    index: Index
    refresh: Refresh
    audience: Audience = EVERYBODY

    def concerns(self, by: Looker) -> bool:
        """Whether readers of the looker's organisation may be among those the book is for."""
        named = self.audience.organisations
        only_others = named and by.organisation not in named and not (self.audience.roles or self.audience.readers)
        return by.organisation is None or not only_others


class Reindexing:
    """Updates of the indexes of books that are added; how far they are is kept in `database`."""

    def __init__(self, database: Database, *, now: Callable[[], datetime] = ids.now) -> None:
        self._database = database
        self._volumes: dict[str, Volume] = {}
        self._now = now
        self._under_way: set[asyncio.Task[None]] = set()

    def add(self, volume: Volume) -> None:
        """Looks after a book from now on."""
        self._volumes[volume.name] = volume

    async def states(self, by: Looker) -> Sequence[IndexState]:
        """The index of each book that concerns the looker, as it is at this moment.

        Raises:
            StoreUnavailable: The database cannot be read.
        """
        async with self._database.reading(SERVER.reader) as connection:
            found = await connection.execute(select(reindexes).where(mine(reindexes, SERVER)))
            rows = {row["book"]: row for row in found.mappings()}
        return [await self._state(each, rows.get(each.name)) for each in self._volumes.values() if each.concerns(by)]

    def volume(self, by: Looker, book: str) -> Volume:
        """The book of this name.

        Raises:
            NotFound: There is none, or none for the looker.
        """
        found = self._volumes.get(book)
        if found is None or not found.concerns(by):
            raise NotFound(f"There is no book {book!r}.")
        return found

    async def begin(self, by: Looker, book: str) -> None:
        """Begins an update, and returns; it goes on when the looker has left.

        Raises:
            NotFound: There is no such book, or none for the looker.
            Updated: One is under way already, in this process or in another.
            StoreUnavailable: The database cannot be written.
        """
        volume = self.volume(by, book)
        now, holder = self._now(), ids.new("upd")
        row = {"book": book, "by": by.who, "holder": holder, "state": _WAITING, "done": 0, "total": 0, "told": ""}
        async with self._database.transaction(SERVER.reader) as connection:
            found = await connection.execute(select(reindexes).where(mine(reindexes, SERVER), reindexes.c.book == book))
            before = found.mappings().one_or_none()
            if before is not None and self._goes_on(before):
                raise Updated(f"{before['by']} is bringing this index up to date already.")
            await connection.execute(
                upsert(
                    reindexes,
                    SERVER,
                    rows=[{**row, "started_at": now, "seen_at": now}],
                    replacing=("by", "holder", "state", "done", "total", "told", "started_at", "seen_at"),
                    dialect=connection.dialect.name,
                )
            )
        task = asyncio.create_task(self._update(volume, holder), name=f"reindex-{book}")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def settled(self) -> None:
        """Returns once no update of this process is under way."""
        if self._under_way:
            await asyncio.wait(set(self._under_way))

    async def aclose(self) -> None:
        """Stops updates; what they had not written yet is made by the next one, from vectors that are kept."""
        tasks = set(self._under_way)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _update(self, volume: Volume, holder: str) -> None:
        at: dict[str, object] = {"state": _WAITING, "done": 0, "total": 0}

        def progress(told: Progress) -> None:
            at.update(state=told.stage, done=told.done, total=told.total)

        async def tell() -> None:
            while True:
                await asyncio.sleep(_TOLD_EVERY_S)
                await self._tell(volume.name, holder, **at)

        telling = asyncio.create_task(tell())
        ended: dict[str, object] = {"state": _FAILED, "told": "The server was stopped before the update had ended."}
        try:
            report = await volume.refresh(progress, WAIT.total_seconds())
            ended = {"state": _DONE, "told": _in_words(report)}
        except PagesideError as error:
            log.warning("reindex_failed", book=volume.name, code=error.code)
            ended["told"] = str(error)
        except Exception:
            log.exception("reindex_failed", book=volume.name)
            ended["told"] = "Something went wrong that was not foreseen; the server's log says more."
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling
            await asyncio.shield(self._tell(volume.name, holder, **ended))

    async def _tell(self, book: str, holder: str, **told: object) -> None:
        try:
            async with self._database.transaction(SERVER.reader) as connection:
                await connection.execute(
                    update(reindexes)
                    .where(mine(reindexes, SERVER), reindexes.c.book == book, reindexes.c.holder == holder)
                    .values(seen_at=self._now(), **told)
                )
        except StoreUnavailable:
            log.warning("reindex_progress_not_told", book=book)

    def _goes_on(self, row: RowMapping) -> bool:
        return row["state"] not in {_DONE, _FAILED} and self._now() - row["seen_at"] < _ALIVE

    async def _state(self, volume: Volume, row: RowMapping | None) -> IndexState:
        known: dict[str, Any] = {"generation": "", "built_at": None, "passages": 0, "documents": 0}
        trouble = ""
        try:
            status = await anyio.to_thread.run_sync(volume.index.status)
            known = {name: getattr(status, name) for name in ("generation", "built_at", "passages", "documents")}
            known["model"] = status.model
        except IndexMissing:
            pass
        except PagesideError as error:
            trouble = str(error)
        state = IndexState(book=volume.name, title=volume.title, **known, last_error=trouble)
        return state if row is None else _with_update(state, row, goes_on=self._goes_on(row))


def _with_update(state: IndexState, row: RowMapping, *, goes_on: bool) -> IndexState:
    told: dict[str, Any] = {}
    if goes_on:
        told["updating"] = Updating(row["state"], row["done"], row["total"], row["by"], row["started_at"])
    elif row["state"] == _DONE:
        told["last_report"] = row["told"]
    elif not state.last_error:  # what is wrong with the index itself is graver
        told["last_error"] = row["told"] or "The process that was at it has ended."
    return replace(state, **told)


def _in_words(report: Report) -> str:
    pages = f"{report.documents} page{'' if report.documents == 1 else 's'}"
    changes = f"{report.added} added, {report.changed} changed, {report.removed} removed"
    return f"{pages}, {report.passages} passages: {changes}, in {report.seconds:.1f} seconds."
