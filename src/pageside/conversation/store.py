"""Threads and their items in SQL; every statement names the reader and the organisation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress

from chatkit.store import Store, StoreItemType
from chatkit.types import Attachment, FeedbackKind, Page, ThreadItem, ThreadMetadata
from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.conversation import clock, cursors, erasing, joining, noting, quota, sending, stored
from pageside.conversation.attachments import Attachments
from pageside.conversation.record import AnswerRecord
from pageside.conversation.refusals import Missing, StoreDown, missing_item, missing_thread
from pageside.conversation.turn import Turn
from pageside.errors import NotSupported, StoreUnavailable
from pageside.identity.ownership import mine, owner, upsert
from pageside.phrases import uploads
from pageside.storage.engine import Database
from pageside.storage.tables import feedback, items, threads

_PREFIXES: Mapping[StoreItemType, str] = {
    "thread": "thr",
    "message": "msg",
    "tool_call": "tc",
    "task": "tsk",
    "workflow": "wf",
    "attachment": "atc",
    "sdk_hidden_context": "shcx",
}
_MESSAGES = ("user_message", "assistant_message", "structured_input", "client_tool_call", "hidden_context_item")
_REWRITTEN = ("type", "hidden", "created_at", "data", "record", "words")
_NAME = ("title", "title_words")


class SqlStore(Store[Turn]):
    """The ChatKit store. What it takes and gives are copies; order is by sequence, never by clock."""

    def __init__(
        self,
        database: Database,
        attachments: Attachments | None = None,
        *,
        max_threads: int = quota.NO_LIMIT,
        shown: Callable[[Sequence[ThreadItem], Turn], Awaitable[list[ThreadItem]]] | None = None,
    ) -> None:
        """A store in `database`.

        Args:
            shown: Makes of a page of items what readers are shown of it.
        """
        self._database = database
        self.shown = shown
        self._attachments = attachments
        self._max_threads = max_threads

    def generate_thread_id(self, context: Turn) -> str:
        return context.opening.id if context.opening else ids.new("thr")

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: Turn) -> str:
        return ids.new(_PREFIXES[item_type])

    async def load_thread(self, thread_id: str, context: Turn) -> ThreadMetadata:
        async with self._reading(context) as connection:
            found = await connection.execute(select(threads).where(mine(threads, context), threads.c.id == thread_id))
            row = found.one_or_none()
        if row is None:
            raise missing_thread(thread_id)
        return stored.thread(row)

    async def save_thread(self, thread: ThreadMetadata, context: Turn) -> None:
        """Updates a thread; a thread being opened is held back and written with its first message.

        Raises:
            Missing: The thread was deleted, or is not this reader's.
            InvalidInput: It holds what is no text.
        """
        opening = context.opening
        if opening is not None and opening.id == thread.id and not opening.written:
            opening.thread = thread.model_copy(deep=True)
            return
        kept = stored.of_thread(thread)
        # Of two copies saved at once neither undoes the other: a new name is all that renaming writes, and nothing
        # else replaces a name.
        if context.renames:
            kept = {name: kept[name] for name in _NAME}
        else:
            kept |= {name: func.coalesce(threads.c[name], kept[name]) for name in _NAME}
        async with self._writing(context) as connection:
            done = await connection.execute(
                update(threads)
                .where(mine(threads, context), threads.c.id == thread.id)
                .values(**kept, updated_at=ids.now())
            )
            if not done.rowcount:
                raise missing_thread(thread.id)

    async def load_threads(self, limit: int, after: str | None, order: str, context: Turn) -> Page[ThreadMetadata]:
        """A page of threads by the reader's last activity.

        A thread that nobody writes in while pages are read is shown once, whatever else happens. One that is written in
        becomes the latest: latest first, it is not shown again; latest last, it is shown at its new place too.

        Raises:
            Missing: `after` is neither the cursor of a page nor the id of a thread of this reader's.
        """
        place = tuple_(threads.c.activity, threads.c.id)
        query = select(threads).where(mine(threads, context)).limit(limit + 1)
        query = (
            query.order_by(threads.c.activity, threads.c.id)
            if order == "asc"
            else query.order_by(threads.c.activity.desc(), threads.c.id.desc())
        )
        async with self._reading(context) as connection:
            if after is not None:
                activity, last = await self._thread_cursor(connection, after, context)
                query = query.where(place > (activity, last) if order == "asc" else place < (activity, last))
            rows = (await connection.execute(query)).all()
        shown = rows[:limit]
        more = len(rows) > limit
        cursor = cursors.write(shown[-1].id, shown[-1].activity) if more else None
        return Page(data=[stored.thread(row) for row in shown], has_more=more, after=cursor)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Turn
    ) -> Page[ThreadItem]:
        """A page of items in the order they were first written in, which neither clocks nor writing again change.

        Args:
            after: The cursor of a page, good even when the item it names is gone, or the id of an item.

        Raises:
            Missing: There is no such thread or item, or it is not this reader's.
        """
        query = select(items).where(mine(items, context), items.c.thread_id == thread_id).limit(limit + 1)
        query = query.order_by(items.c.seq if order == "asc" else items.c.seq.desc())
        if not context.sees_hidden:
            query = query.where(items.c.hidden.is_(False))
        async with self._reading(context) as connection:
            if after is not None:
                seq = await self._item_cursor(connection, thread_id, after, context)
                query = query.where(items.c.seq > seq if order == "asc" else items.c.seq < seq)
            rows = (await connection.execute(query)).all()
            if not rows:
                await self._require_thread(connection, thread_id, context)
        shown = rows[:limit]
        more = len(rows) > limit
        cursor = cursors.write(shown[-1].id, shown[-1].seq) if more else None
        told = [self._shown(row, context) for row in shown]
        return Page(data=told if self.shown is None else await self.shown(told, context), has_more=more, after=cursor)

    async def load_item(self, thread_id: str, item_id: str, context: Turn) -> ThreadItem:
        async with self._reading(context) as connection:
            row = await self._item_row(connection, thread_id, item_id, context)
        return self._shown(row, context)

    async def messages_before(self, thread_id: str, item_id: str, *, limit: int, context: Turn) -> Sequence[ThreadItem]:
        """At most `limit` messages before the item, oldest first, with those that only the model reads.

        Raises:
            Missing: There is no such item, or it is not this reader's.
        """
        async with self._reading(context) as connection:
            there = (
                select(items.c.seq)
                .where(mine(items, context), items.c.thread_id == thread_id, items.c.id == item_id)
                .scalar_subquery()
            )
            found = await connection.execute(
                select(items)
                .where(mine(items, context), items.c.thread_id == thread_id, items.c.seq <= there)
                .where(or_(items.c.type.in_(_MESSAGES), items.c.id == item_id))
                .order_by(items.c.seq.desc())
                .limit(limit + 1)
            )
            rows = found.all()
        if not rows:
            raise missing_item(item_id)
        return [stored.item(row) for row in reversed(rows[1:])]

    async def load_record(self, thread_id: str, item_id: str, context: Turn) -> AnswerRecord | None:
        """What was kept of an answer beside its words; None for items that are no finished answer.

        Raises:
            Missing: There is no such item, or it is not this reader's.
        """
        async with self._reading(context) as connection:
            row = await self._item_row(connection, thread_id, item_id, context)
        return None if row.record is None else AnswerRecord.model_validate(row.record)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Turn) -> None:
        """Writes an item; one that is there already keeps its place.

        Raises:
            Missing: The thread was deleted, or is not this reader's.
            InvalidInput: It holds what is no text.
        """
        opening = context.opening if context.opening and context.opening.id == thread_id else None
        async with self._writing(context, item) as connection:
            if opening is not None and opening.thread is not None and not opening.written:
                seq = await self._begin_thread(connection, opening.thread, context)
            else:
                seq = await self._count(connection, thread_id, item, context)
            row = {"thread_id": thread_id, "id": item.id, "seq": seq, **stored.of_item(sending.plain(item))}
            await connection.execute(
                upsert(items, context, rows=[row], replacing=_REWRITTEN, dialect=connection.dialect.name)
            )
            await sending.bind(connection, item, context)
        if opening is not None:
            opening.written = True

    async def save_item(self, thread_id: str, item: ThreadItem, context: Turn) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def delete_thread(self, thread_id: str, context: Turn) -> None:
        """Deletes a thread with everything in it.

        Raises:
            Missing: There is no such thread, or it is not this reader's.
        """
        async with self._writing(context) as connection:
            erased = await erasing.erase(connection, [thread_id], context)
            if not erased.threads:
                raise missing_thread(thread_id)
            await noting.forget(self._database, connection, erased.threads)
        await self._forget(erased.files)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Turn) -> None:
        """Deletes an item; one that is not there is deleted already."""
        async with self._writing(context) as connection:
            await connection.execute(
                delete(items).where(mine(items, context), items.c.thread_id == thread_id, items.c.id == item_id)
            )

    async def delete_after(self, thread_id: str, item_id: str, context: Turn) -> None:
        """Deletes everything that follows the item, at once.

        Raises:
            Missing: There is no such item, or it is not this reader's.
        """
        async with self._writing(context) as connection:
            row = await self._item_row(connection, thread_id, item_id, context)
            keys = await sending.unbind_after(connection, thread_id, row.seq, context)
            await connection.execute(
                delete(items).where(mine(items, context), items.c.thread_id == thread_id, items.c.seq > row.seq)
            )
        await self._forget(keys)

    async def put_feedback(self, thread_id: str, item_ids: Sequence[str], kind: FeedbackKind, context: Turn) -> None:
        """Keeps the reader's latest opinion of each item; all of them or none.

        Raises:
            Missing: One of the items does not exist, is hidden, or is not this reader's.
        """
        async with self._writing(context) as connection:
            found = await connection.execute(
                select(items.c.id)
                .where(mine(items, context), items.c.thread_id == thread_id)
                .where(items.c.id.in_(item_ids), items.c.hidden.is_(False))
            )
            known = set(found.scalars())
            if unknown := [item_id for item_id in item_ids if item_id not in known]:
                await self._require_thread(connection, thread_id, context)
                raise missing_item(unknown[0])
            now = ids.now()
            rows = [
                {"thread_id": thread_id, "item_id": item_id, "kind": kind, "created_at": now}
                for item_id in dict.fromkeys(item_ids)
            ]
            await connection.execute(
                upsert(feedback, context, rows=rows, replacing=("kind", "created_at"), dialect=connection.dialect.name)
            )
            await noting.opine(self._database, connection, thread_id, item_ids, kind)

    async def load_feedback(self, thread_id: str, context: Turn) -> Mapping[str, FeedbackKind]:
        """The reader's opinion by item id."""
        async with self._reading(context) as connection:
            found = await connection.execute(
                select(feedback.c.item_id, feedback.c.kind).where(
                    mine(feedback, context), feedback.c.thread_id == thread_id
                )
            )
            return {row.item_id: row.kind for row in found}

    async def save_attachment(self, attachment: Attachment, context: Turn) -> None:
        await self.offered().save(attachment, context)

    async def load_attachment(self, attachment_id: str, context: Turn) -> Attachment:
        return await self.offered().load(attachment_id, context)

    async def delete_attachment(self, attachment_id: str, context: Turn) -> None:
        """Deletes an attachment; the SDK asks the attachment store first, which leaves no row behind."""
        with suppress(Missing):
            await self.offered().delete_attachment(attachment_id, context)

    def offered(self) -> Attachments:
        """The attachments of this server; raises NotSupported where it takes none."""
        if self._attachments is None:
            raise NotSupported(uploads.NO_ATTACHMENTS)
        return self._attachments

    def _shown(self, row: Row[tuple[object, ...]], context: Turn) -> ThreadItem:
        return sending.shown(stored.item(row), self._attachments, context)

    async def _forget(self, keys: Sequence[str]) -> None:
        if self._attachments is not None:
            await self._attachments.forget(keys)

    @asynccontextmanager
    async def _reading(self, context: Turn) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._database.reading(context.reader) as connection:
                yield connection
        except StoreUnavailable as error:
            raise StoreDown(str(error)) from error

    @asynccontextmanager
    async def _writing(self, context: Turn, item: ThreadItem | None = None) -> AsyncIterator[AsyncConnection]:
        try:
            async with joining.transaction(self._database, context, item=item) as connection:
                yield connection
        except StoreUnavailable as error:
            raise StoreDown(str(error)) from error

    async def _begin_thread(self, connection: AsyncConnection, thread: ThreadMetadata, context: Turn) -> int:
        await quota.admit(connection, context, max_threads=self._max_threads)
        began = clock.instant(thread.created_at)
        await connection.execute(
            insert(threads).values(
                **owner(context),
                id=thread.id,
                **stored.of_thread(thread),
                created_at=began,
                updated_at=began,
                activity=_latest(context) + 1,
                last_seq=1,
            )
        )
        return 1

    async def _count(self, connection: AsyncConnection, thread_id: str, item: ThreadItem, context: Turn) -> int:
        stamp: dict[str, object] = {"last_seq": threads.c.last_seq + 1, "updated_at": ids.now()}
        if item.type == "user_message":
            stamp["activity"] = _latest(context) + 1
        # Counting first also proves whose the thread is, and fails once it is deleted.
        counted = await connection.execute(
            update(threads)
            .where(mine(threads, context), threads.c.id == thread_id)
            .values(stamp)
            .returning(threads.c.last_seq)
        )
        seq = counted.scalar_one_or_none()
        if seq is None:
            raise missing_thread(thread_id)
        return int(seq)

    async def _require_thread(self, connection: AsyncConnection, thread_id: str, context: Turn) -> None:
        found = await connection.execute(select(threads.c.id).where(mine(threads, context), threads.c.id == thread_id))
        if found.one_or_none() is None:
            raise missing_thread(thread_id)

    async def _item_row(
        self, connection: AsyncConnection, thread_id: str, item_id: str, context: Turn
    ) -> Row[tuple[object, ...]]:
        found = await connection.execute(
            select(items).where(mine(items, context), items.c.thread_id == thread_id, items.c.id == item_id)
        )
        if (row := found.one_or_none()) is None:
            raise missing_item(item_id)
        return row

    async def _item_cursor(self, connection: AsyncConnection, thread_id: str, after: str, context: Turn) -> int:
        if (place := cursors.read(after)) is not None:
            return place[1]
        row = await self._item_row(connection, thread_id, after, context)
        if row.hidden and not context.sees_hidden:
            raise missing_item(after)
        return int(row.seq)

    async def _thread_cursor(self, connection: AsyncConnection, after: str, context: Turn) -> tuple[int, str]:
        if (place := cursors.read(after)) is not None:
            return place[1], place[0]
        found = await connection.execute(
            select(threads.c.activity).where(mine(threads, context), threads.c.id == after)
        )
        known = found.scalar_one_or_none()
        if known is None:
            raise missing_thread(after)
        return int(known), after


def _latest(turn: Turn) -> ColumnElement[int]:
    others = threads.alias("others")
    return func.coalesce(select(func.max(others.c.activity)).where(mine(others, turn)).scalar_subquery(), 0)
