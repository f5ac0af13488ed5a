"""What is a reader's, to be taken away: one conversation as Markdown or JSON, or everything as an archive.

All of it is read a page at a time, each in a transaction of its own, so that neither a long conversation nor somebody
who takes it slowly costs memory or a connection. What is deleted meanwhile is left out from there on.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final, Literal

from chatkit.types import Attachment, FeedbackKind, Page, ThreadItem, ThreadMetadata, UserMessageItem
from pydantic_core import from_json, to_json
from sqlalchemy import Row, select

from pageside import ids
from pageside.answer.proving import Checked
from pageside.conversation import clock, filetypes, prose, stored, wire
from pageside.conversation.healed import Sources
from pageside.conversation.record import AnsweredItem
from pageside.conversation.refusals import Missing
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.conversation.zipping import Entry
from pageside.errors import NotFound
from pageside.identity.ownership import mine
from pageside.storage.engine import Database
from pageside.storage.files import Files
from pageside.storage.tables import attachments, threads
from pageside.tasks import keeping as task_keeping
from pageside.tasks.keeping import Kept

Format = Literal["markdown", "json"]
Place = Callable[[Attachment], str]
Pieces = AsyncGenerator[bytes, None]
Pages = AsyncGenerator[Sequence[ThreadItem], None]
Opinions = Mapping[str, FeedbackKind]

SUFFIXES: Final[Mapping[Format, str]] = {"markdown": ".md", "json": ".json"}
VERSION: Final = 1

_ON_A_PAGE: Final = 100
_NAME_CHARS: Final = 60
_NOT_IN_NAMES: Final = re.compile(r"[\W_]+")
_NOT_IN_FILES: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


class Exports:
    """Reads what it gives from `database` and `files`."""

    def __init__(self, database: Database, files: Files) -> None:
        self._database = database
        self._store = SqlStore(database)
        self._files = files

    async def thread(self, thread_id: str, turn: Turn) -> ThreadMetadata:
        """The reader's conversation.

        Raises:
            Missing: There is none, or it is another reader's.
        """
        return await self._store.load_thread(thread_id, turn)

    async def told(self, thread: ThreadMetadata, turn: Turn, *, form: Format, place: Place, sources: Sources) -> Pieces:
        """The conversation in Markdown, or as a JSON object with what stands beside its words, piece by piece.

        Args:
            place: Where the file of an attachment is to be found.
            sources: Holds each answer against the book as it is now.
        """
        opinions = await self._store.load_feedback(thread.id, turn)
        write = _WRITERS[form]
        async with aclosing(write(thread, self._pages(thread.id, turn), opinions, place, sources)) as pieces:
            async for piece in pieces:
                yield piece

    async def everything(self, turn: Turn, *, sources: Sources) -> AsyncGenerator[Entry, None]:
        """The files of an archive with all that is the reader's.

        Args:
            sources: Holds each answer against the book as it is now.
        """
        number = 0
        async for row in self._threads(turn):
            number += 1
            thread = stored.thread(row)
            name = f"conversations/{number:04} {_slug(thread.title or '')}".rstrip()
            opinions = await self._store.load_feedback(thread.id, turn)
            first = await self._page(thread.id, None, turn)
            for form, suffix in SUFFIXES.items():
                # Most conversations are one page, which need not be read twice to be told twice.
                pages = self._pages(thread.id, turn) if first.has_more else _alone(first.data)
                told = _WRITERS[form](thread, pages, opinions, _beside, sources)
                yield Entry(f"{name}{suffix}", row.updated_at, told)
        listed: list[dict[str, object]] = []
        async for row in self._attachments(turn):
            pieces = await self._opened(row)
            listed.append({**_file_row(row), "path": None if pieces is None else _path(row.id, row.name)})
            if pieces is not None:
                packed = not filetypes.is_text(str(row.mime_type))
                yield Entry(_path(row.id, row.name), row.created_at, pieces, packed=packed)
        kept = await task_keeping.everything(self._database, turn)
        if kept != Kept():
            yield Entry("tasks.json", ids.now(), _once(to_json({"version": VERSION, **asdict(kept)}, indent=2)))
            yield Entry("tasks.md", ids.now(), _once(prose.tasks(kept).encode()))
        about = {
            "format": "pageside-reader",
            "version": VERSION,
            "exported_at": ids.now(),
            "organisation": turn.reader.organisation,
            "reader": turn.reader.subject,
            "conversations": number,
            "tasks": len(kept.tasks),
            "files": listed,
        }
        yield Entry("about.json", ids.now(), _once(to_json(about, indent=2)))

    async def _pages(self, thread_id: str, turn: Turn) -> Pages:
        page = await self._page(thread_id, None, turn)
        yield page.data
        while page.has_more:
            page = await self._page(thread_id, page.after, turn)
            yield page.data

    async def _page(self, thread_id: str, after: str | None, turn: Turn) -> Page[ThreadItem]:
        shown = replace(turn, sees_hidden=False)
        try:
            return await self._store.load_thread_items(thread_id, after, _ON_A_PAGE, "asc", shown)
        except Missing:
            return Page()

    async def _threads(self, turn: Turn) -> AsyncIterator[Row[tuple[object, ...]]]:
        last = ""
        while True:
            async with self._database.reading(turn.reader) as connection:
                found = await connection.execute(
                    select(threads)
                    .where(mine(threads, turn), threads.c.id > last)
                    .order_by(threads.c.id)
                    .limit(_ON_A_PAGE)
                )
                rows = found.all()
            if not rows:
                return
            for row in rows:
                yield row
            last = rows[-1].id

    async def _attachments(self, turn: Turn) -> AsyncIterator[Row[tuple[object, ...]]]:
        last = ""
        while True:
            async with self._database.reading(turn.reader) as connection:
                found = await connection.execute(
                    select(attachments)
                    .where(mine(attachments, turn), attachments.c.id > last)
                    .order_by(attachments.c.id)
                    .limit(_ON_A_PAGE)
                )
                rows = found.all()
            if not rows:
                return
            for row in rows:
                yield row
            last = rows[-1].id

    async def _opened(self, row: Row[tuple[object, ...]]) -> Pieces | None:
        """The file's bytes; None where it has none, or has them no longer."""
        if row.status == "created":
            return None
        pieces = self._files.pieces(str(row.file))
        try:
            first = await anext(pieces, b"")
        except NotFound:
            return None
        return _chained(first, pieces)


async def _in_markdown(
    thread: ThreadMetadata, pages: Pages, opinions: Opinions, place: Place, sources: Sources
) -> Pieces:
    async with aclosing(pages):
        piece = prose.heading(thread)
        async for page in pages:
            checked = await sources.checked(page)
            told = (prose.item(each, opinions.get(each.id), checked.get(each.id), place=place) for each in page)
            yield (piece + "".join(told)).encode()
            piece = ""


async def _in_json(thread: ThreadMetadata, pages: Pages, opinions: Opinions, place: Place, sources: Sources) -> Pieces:
    head = {"format": "pageside-conversation", "version": VERSION, "exported_at": ids.now()}
    piece = b'%b,\n"thread":%b,\n"items":[' % (to_json(head)[:-1], wire.dump(thread))
    between = b"\n"
    async with aclosing(pages):
        async for page in pages:
            checked = await sources.checked(page)
            rows = b",\n".join(_row(item, opinions.get(item.id), checked.get(item.id), place) for item in page)
            yield piece + between + rows if rows else piece
            piece, between = b"", b",\n"
    yield b"\n]}\n"


_WRITERS: Final[Mapping[Format, Callable[[ThreadMetadata, Pages, Opinions, Place, Sources], Pieces]]] = {
    "markdown": _in_markdown,
    "json": _in_json,
}


async def _alone(page: Sequence[ThreadItem]) -> Pages:
    yield page


def file_name(thread: ThreadMetadata, form: Format) -> str:
    """What the conversation is called where it is saved: the day it began, and its title."""
    return f"{clock.instant(thread.created_at):%Y-%m-%d} {_slug(thread.title or thread.id)}".rstrip() + SUFFIXES[form]


def _slug(title: str) -> str:
    """The words of `title`, as every file system takes them."""
    return _NOT_IN_NAMES.sub(" ", title).strip()[:_NAME_CHARS].rstrip()


def _row(item: ThreadItem, opinion: FeedbackKind | None, checked: Checked | None, place: Place) -> bytes:
    told = from_json(wire.dump(item))
    if isinstance(item, UserMessageItem) and item.attachments:
        told["attachments"] = [
            {"id": each.id, "name": each.name, "mime_type": each.mime_type, "file": place(each)}
            for each in item.attachments
        ]
    if isinstance(item, AnsweredItem) and item.record is not None:
        told["record"] = item.record.model_dump(mode="json")
    if checked is not None:
        told["verified"] = checked.row()
    if opinion is not None:
        told["feedback"] = opinion
    return to_json(told)


def _file_row(row: Row[tuple[object, ...]]) -> dict[str, object]:
    moment: datetime = row.created_at
    return {
        "id": row.id,
        "name": row.name,
        "mime_type": row.mime_type,
        "size": row.size,
        "sha256": row.sha256,
        "thread_id": row.thread_id,
        "created_at": moment,
    }


def _path(attachment_id: str, name: str) -> str:
    """Where a file is in the archive, under a name that every system can unpack."""
    return f"files/{attachment_id}/{_NOT_IN_FILES.sub('_', name).strip('. ') or 'file'}"


def _beside(attachment: Attachment) -> str:
    return f"../{_path(attachment.id, attachment.name)}"


async def _once(piece: bytes) -> Pieces:
    yield piece


async def _chained(first: bytes, rest: Pieces) -> Pieces:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece
