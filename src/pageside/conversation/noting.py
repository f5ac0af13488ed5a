"""What is noted of each turn for those who look after the server: how it came out and what it took, never its words.

A note is written a moment after the turn has ended, so that nobody waits for it, and in one unit of work with a look at
the conversation it belongs to: one that has been deleted meanwhile is noted as nobody's.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.answer.events import Answer, Evidence, Usage
from pageside.answer.file_search import FILE
from pageside.conversation.turn import Turn
from pageside.errors import StoreUnavailable
from pageside.identity.ownership import mine, owner
from pageside.identity.pseudonyms import Pseudonyms
from pageside.identity.reader import Reader
from pageside.knowledge.library.texts import LIBRARY
from pageside.knowledge.passage import Passage
from pageside.storage.engine import Database
from pageside.storage.tables import threads, turns

log = structlog.get_logger(__name__)

KEPT: Final = timedelta(days=400)
SOON: Final = timedelta(minutes=10)  # who asks for a section again within this has not been helped by it

# The rows are the server's own, under a name that no reader can have, and apart from that of its sums, so that neither
# waits for the other.
SERVER: Final = Turn(reader=Reader(subject="pageside\x1fadministration"))

_MOST_WAITING: Final = 10_000  # notes, while the database is away; older ones are given up
_MOST_SECTIONS: Final = 5
_AGAIN_S: Final = 2.0
_LAST_MOMENT_S: Final = 5.0
_NOBODYS: Final[Mapping[str, None]] = {"reader_hash": None, "thread_id": None, "asked_id": None, "item_id": None}


class Told(Protocol):
    """An answer as it was told so far."""

    thread_id: str
    evidence: tuple[Evidence, ...]
    answer: Answer | None
    answer_id: str

    @property
    def rests(self) -> bool: ...


class Noting(Protocol):
    """Whoever notes turns."""

    def noted(self, told: Told, asked_id: str, turn: Turn) -> AbstractContextManager[None]:
        """Notes how the answer came out that is told within the block."""
        ...


class _Unnoted:
    def noted(self, told: Told, asked_id: str, turn: Turn) -> AbstractContextManager[None]:
        return nullcontext()


UNNOTED: Final[Noting] = _Unnoted()


@dataclass(frozen=True, slots=True)
class _Note:
    reader: Reader
    at: datetime
    row: Mapping[str, object]


class Notes:
    """Notes turns, one after another; while the database is away they wait, up to ten thousand of them."""

    def __init__(self, database: Database, pseudonyms: Pseudonyms, *, now: Callable[[], datetime] = ids.now) -> None:
        self._database = database
        self._pseudonyms = pseudonyms
        self._now = now
        self._waiting: deque[_Note] = deque(maxlen=_MOST_WAITING)
        self._work: asyncio.Task[None] | None = None
        self._day = ""

    @contextmanager
    def noted(self, told: Told, asked_id: str, turn: Turn) -> Iterator[None]:
        """Notes how the answer came out that is told within the block, unless its turn rests.

        Args:
            asked_id: The item with the question.
        """
        at, failed = self._now(), False
        try:
            yield
            failed = told.answer is None
        except Exception:
            failed = True
            raise
        finally:
            if not told.rests:
                self._add(_Note(turn.reader, at, self._row(told, asked_id, turn.reader, at, failed=failed)))

    async def settled(self) -> None:
        """Returns once all that was noted so far is written, or after five seconds where the database is away."""
        if self._work is not None:
            await asyncio.wait([self._work], timeout=_LAST_MOMENT_S)

    async def aclose(self) -> None:
        """Writes what waits, for five seconds at most."""
        await self.settled()
        if self._work is not None:
            self._work.cancel()
            with suppress(asyncio.CancelledError):
                await self._work
        if self._waiting:
            log.warning("turns_not_noted", n=len(self._waiting))

    def _add(self, note: _Note) -> None:
        self._waiting.append(note)
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._write_all(), name="noting")

    async def _write_all(self) -> None:
        while self._waiting:
            try:
                await self._write(self._waiting[0])
            except StoreUnavailable:
                await asyncio.sleep(_AGAIN_S)
            except Exception:
                log.exception("turn_not_noted")
                self._waiting.popleft()
            else:
                self._waiting.popleft()

    async def _write(self, note: _Note) -> None:
        turn = Turn(reader=note.reader)
        thread_id = note.row["thread_id"]
        async with self._database.transaction(note.reader) as connection:
            found = await connection.execute(select(threads.c.id).where(mine(threads, turn), threads.c.id == thread_id))
            whose = {} if found.first() is not None else _NOBODYS
            await self._database.become(connection, SERVER.reader)
            if self._day != note.row["day"]:
                oldest = (note.at.astimezone(UTC) - KEPT).date().isoformat()
                await connection.execute(delete(turns).where(mine(turns, SERVER), turns.c.day < oldest))
            if not whose:
                await _mark_asked_again(connection, note)
            row = {**note.row, **whose}
            await connection.execute(insert(turns).values(**owner(SERVER), **row))
        self._day = str(note.row["day"])

    def _row(self, told: Told, asked_id: str, reader: Reader, at: datetime, *, failed: bool) -> Mapping[str, object]:
        answer = told.answer
        outcome = answer.outcome if answer else "failed" if failed else "stopped"
        took = answer.usage if answer else Usage("")
        sections = _sections(answer, told.evidence) if outcome != "conversation" else []
        lead = dict(zip(("page", "anchor", "title", "url"), sections[0], strict=True)) if sections else {}
        return {
            "id": ids.new("trn"),
            "at": at,
            "day": at.astimezone(UTC).date().isoformat(),
            "home": reader.of_book("").organisation,
            "book": reader.book,
            "reader_hash": self._pseudonyms.of(reader),
            "thread_id": told.thread_id,
            "asked_id": asked_id,
            "item_id": told.answer_id or None,
            "outcome": outcome,
            "confidence": answer.confidence if answer else 0.0,
            **lead,
            "others": sections[1:] or None,
            "model": took.model,
            "input_tokens": took.input_tokens,
            "output_tokens": took.output_tokens,
            "beside_tokens": took.beside_tokens,
            "millionths": took.millionths,
            "first_ms": round(1000 * took.first_s) if answer else None,
            "whole_ms": round(1000 * took.whole_s) if answer else None,
            "cached": int(took.cached),
            "dropped": answer.dropped if answer else 0,
            "asked_again": 0,
            "positive": 0,
            "negative": 0,
        }


async def opine(
    database: Database, connection: AsyncConnection, thread_id: str, item_ids: Collection[str], kind: str
) -> None:
    """Notes a reader's opinion of answers; last in a unit of work, which goes over to the server's rows."""
    await database.become(connection, SERVER.reader)
    await connection.execute(
        update(turns)
        .where(mine(turns, SERVER), turns.c.thread_id == thread_id, turns.c.item_id.in_(item_ids))
        .values(positive=int(kind == "positive"), negative=int(kind == "negative"))
    )


async def forget(database: Database, connection: AsyncConnection, thread_ids: Collection[str]) -> None:
    """Makes nobody's what is noted of conversations that are deleted; last in a unit of work, likewise.

    What is left counts, and leads to nobody: when, which section, how it came out, and what it took.
    """
    if not thread_ids:
        return
    await database.become(connection, SERVER.reader)
    await connection.execute(
        update(turns).where(mine(turns, SERVER), turns.c.thread_id.in_(thread_ids)).values(**_NOBODYS)
    )


async def hand_over(connection: AsyncConnection, thread_id: str, reader_hash: str) -> None:
    """Notes whose a conversation is that somebody takes over; in a unit of work on the server's rows."""
    await connection.execute(
        update(turns).where(mine(turns, SERVER), turns.c.thread_id == thread_id).values(reader_hash=reader_hash)
    )


async def _mark_asked_again(connection: AsyncConnection, note: _Note) -> None:
    """Marks the turn before in the conversation, where this one soon asks for its section again."""
    if note.row.get("page") is None:
        return
    found = await connection.execute(
        select(turns.c.id, turns.c.at, turns.c.page, turns.c.anchor)
        .where(mine(turns, SERVER), turns.c.thread_id == note.row["thread_id"])
        .order_by(turns.c.at.desc(), turns.c.id.desc())
        .limit(1)
    )
    before = found.one_or_none()
    if (
        before is not None
        and note.at - before.at <= SOON
        and (before.page, before.anchor) == (note.row["page"], note.row["anchor"])
    ):
        await connection.execute(
            update(turns).where(mine(turns, SERVER), turns.c.id == before.id).values(asked_again=1)
        )


def _sections(answer: Answer | None, evidence: Collection[Evidence]) -> list[tuple[str, str, str, str]]:
    """The sections of the book that the answer cites, or the nearest one: page, anchor, title and url of each."""
    cited = [citation.passage for citation in answer.citations] if answer else []
    nearest = [piece.found.passage for piece in evidence]
    of_book = [each for each in cited if _of_book(each)] or [each for each in nearest if _of_book(each)][:1]
    return list(dict.fromkeys(map(_section, of_book)))[:_MOST_SECTIONS]


def _of_book(passage: Passage) -> bool:
    return FILE not in passage.labels and LIBRARY not in passage.labels


def _section(passage: Passage) -> tuple[str, str, str, str]:
    return passage.path, passage.anchor, " › ".join(passage.heading_path) or passage.heading, passage.url
