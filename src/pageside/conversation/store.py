"""Threads and their items in SQL; every statement names the reader and the organisation."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from chatkit.store import Store, StoreItemType
from chatkit.types import (
    Attachment,
    FeedbackKind,
    HiddenContextItem,
    Page,
    SDKHiddenContextItem,
    ThreadItem,
    ThreadMetadata,
)
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.conversation import clock
from pageside.conversation.ownership import mine, owner
from pageside.conversation.record import AnsweredItem, AnswerRecord
from pageside.conversation.refusals import Missing, StoreDown, missing_item, missing_thread
from pageside.conversation.turn import Turn
from pageside.errors import NotSupported, StoreUnavailable
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
_COLUMNS = {"id", "title", "created_at", "items"}  # of a thread, kept outside `details`
_ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
_MESSAGES = ("user_message", "assistant_message")
_LONGEST_COUNT = 19  # digits of a 64-bit number


class SqlStore(Store[Turn]):
    """The ChatKit store. What it takes and gives are copies; order is by sequence, never by clock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def generate_thread_id(self, context: Turn) -> str:
        return context.opening.id if context.opening else ids.new("thr")

    def generate_item_id(self, item_type: StoreItemType, thread: ThreadMetadata, context: Turn) -> str:
        return ids.new(_PREFIXES[item_type])

    async def load_thread(self, thread_id: str, context: Turn) -> ThreadMetadata:
        async with self._reading() as connection:
            found = await connection.execute(select(threads).where(mine(threads, context), threads.c.id == thread_id))
            row = found.one_or_none()
        if row is None:
            raise missing_thread(thread_id)
        return _thread(row)

    async def save_thread(self, thread: ThreadMetadata, context: Turn) -> None:
        """Updates a thread; a thread being opened is held back and written with its first message."""
        opening = context.opening
        if opening is not None and opening.id == thread.id and not opening.written:
            opening.thread = thread.model_copy(deep=True)
            return
        # A copy loaded before the reader renamed the thread must not undo the new name.
        title = thread.title if context.renames else func.coalesce(threads.c.title, thread.title)
        async with self._writing() as connection:
            done = await connection.execute(
                update(threads)
                .where(mine(threads, context), threads.c.id == thread.id)
                .values(title=title, details=_details(thread), updated_at=ids.now())
            )
        if not done.rowcount:
            raise missing_thread(thread.id)

    async def load_threads(self, limit: int, after: str | None, order: str, context: Turn) -> Page[ThreadMetadata]:
        """A page of threads by the reader's last activity; a thread used meanwhile moves, and is never shown twice."""
        place = tuple_(threads.c.activity, threads.c.id)
        query = select(threads).where(mine(threads, context)).limit(limit + 1)
        query = (
            query.order_by(threads.c.activity, threads.c.id)
            if order == "asc"
            else query.order_by(threads.c.activity.desc(), threads.c.id.desc())
        )
        async with self._reading() as connection:
            if after is not None:
                activity, last = await self._thread_cursor(connection, after, context)
                query = query.where(place > (activity, last) if order == "asc" else place < (activity, last))
            rows = (await connection.execute(query)).all()
        shown = rows[:limit]
        more = len(rows) > limit
        cursor = f"{shown[-1].id}~{shown[-1].activity}" if more else None
        return Page(data=[_thread(row) for row in shown], has_more=more, after=cursor)

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: Turn
    ) -> Page[ThreadItem]:
        query = select(items).where(mine(items, context), items.c.thread_id == thread_id).limit(limit + 1)
        query = query.order_by(items.c.seq if order == "asc" else items.c.seq.desc())
        if not context.sees_hidden:
            query = query.where(items.c.hidden.is_(False))
        async with self._reading() as connection:
            await self._require_thread(connection, thread_id, context)
            if after is not None:
                seq = await self._seq(connection, thread_id, after, context)
                query = query.where(items.c.seq > seq if order == "asc" else items.c.seq < seq)
            rows = (await connection.execute(query)).all()
        shown = rows[:limit]
        more = len(rows) > limit
        return Page(data=[_item(row) for row in shown], has_more=more, after=shown[-1].id if more else None)

    async def load_item(self, thread_id: str, item_id: str, context: Turn) -> ThreadItem:
        async with self._reading() as connection:
            row = await self._item_row(connection, thread_id, item_id, context)
        return _item(row)

    async def messages_before(self, thread_id: str, item_id: str, *, limit: int, context: Turn) -> Sequence[ThreadItem]:
        """At most `limit` messages before the item, oldest first; what is no message is passed over.

        Raises:
            Missing: There is no such item, or it is not this reader's.
        """
        async with self._reading() as connection:
            seq = await self._seq(connection, thread_id, item_id, context)
            found = await connection.execute(
                select(items)
                .where(mine(items, context), items.c.thread_id == thread_id)
                .where(items.c.seq < seq, items.c.type.in_(_MESSAGES))
                .order_by(items.c.seq.desc())
                .limit(limit)
            )
            rows = found.all()
        return [_item(row) for row in reversed(rows)]

    async def load_record(self, thread_id: str, item_id: str, context: Turn) -> AnswerRecord | None:
        """What was kept of an answer beside its words; None for items that are no finished answer.

        Raises:
            Missing: There is no such item, or it is not this reader's.
        """
        async with self._reading() as connection:
            row = await self._item_row(connection, thread_id, item_id, context)
        return None if row.record is None else AnswerRecord.model_validate(row.record)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: Turn) -> None:
        """Writes an item; one that is there already keeps its place.

        Raises:
            Missing: The thread was deleted, or is not this reader's.
        """
        opening = context.opening if context.opening and context.opening.id == thread_id else None
        async with self._writing() as connection:
            if opening is not None and opening.thread is not None and not opening.written:
                await self._begin_thread(connection, opening.thread, context)
            await self._put(connection, thread_id, item, context)
        if opening is not None:
            opening.written = True

    async def save_item(self, thread_id: str, item: ThreadItem, context: Turn) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def delete_thread(self, thread_id: str, context: Turn) -> None:
        """Deletes a thread with everything in it.

        Raises:
            Missing: There is no such thread, or it is not this reader's.
        """
        async with self._writing() as connection:
            done = await connection.execute(delete(threads).where(mine(threads, context), threads.c.id == thread_id))
        if not done.rowcount:
            raise missing_thread(thread_id)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: Turn) -> None:
        """Deletes an item; one that is not there is deleted already."""
        async with self._writing() as connection:
            await connection.execute(
                delete(items).where(mine(items, context), items.c.thread_id == thread_id, items.c.id == item_id)
            )

    async def delete_after(self, thread_id: str, item_id: str, context: Turn) -> None:
        """Deletes everything that follows the item, at once.

        Raises:
            Missing: There is no such item, or it is not this reader's.
        """
        async with self._writing() as connection:
            seq = await self._seq(connection, thread_id, item_id, context)
            await connection.execute(
                delete(items).where(mine(items, context), items.c.thread_id == thread_id, items.c.seq > seq)
            )

    async def put_feedback(self, thread_id: str, item_ids: Sequence[str], kind: FeedbackKind, context: Turn) -> None:
        """Keeps the reader's latest opinion of each item; all of them or none.

        Raises:
            Missing: One of the items does not exist, is hidden, or is not this reader's.
        """
        async with self._writing() as connection:
            await self._require_thread(connection, thread_id, context)
            for item_id in dict.fromkeys(item_ids):
                row = await self._item_row(connection, thread_id, item_id, context)
                if row.hidden:
                    raise missing_item(item_id)
                same = and_(feedback.c.thread_id == thread_id, feedback.c.item_id == item_id)
                await connection.execute(delete(feedback).where(mine(feedback, context), same))
                await connection.execute(
                    insert(feedback).values(
                        **owner(context), thread_id=thread_id, item_id=item_id, kind=kind, created_at=ids.now()
                    )
                )

    async def load_feedback(self, thread_id: str, context: Turn) -> Mapping[str, FeedbackKind]:
        """The reader's opinion by item id."""
        async with self._reading() as connection:
            found = await connection.execute(
                select(feedback.c.item_id, feedback.c.kind).where(
                    mine(feedback, context), feedback.c.thread_id == thread_id
                )
            )
            return {row.item_id: row.kind for row in found}

    async def save_attachment(self, attachment: Attachment, context: Turn) -> None:
        raise NotSupported("Attachments are not supported by this server.")

    async def load_attachment(self, attachment_id: str, context: Turn) -> Attachment:
        raise Missing(f"There is no attachment {attachment_id[:80]!r}.")

    async def delete_attachment(self, attachment_id: str, context: Turn) -> None:
        raise Missing(f"There is no attachment {attachment_id[:80]!r}.")

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._database.reading() as connection:
                yield connection
        except StoreUnavailable as error:
            raise StoreDown(str(error)) from error

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._database.transaction() as connection:
                yield connection
        except StoreUnavailable as error:
            raise StoreDown(str(error)) from error

    async def _begin_thread(self, connection: AsyncConnection, thread: ThreadMetadata, context: Turn) -> None:
        await connection.execute(
            insert(threads).values(
                **owner(context),
                id=thread.id,
                title=thread.title,
                details=_details(thread),
                created_at=clock.instant(thread.created_at),
                updated_at=clock.instant(thread.created_at),
                activity=_next_activity(context),
                last_seq=0,
            )
        )

    async def _put(self, connection: AsyncConnection, thread_id: str, item: ThreadItem, context: Turn) -> None:
        stamp: dict[str, object] = {"last_seq": threads.c.last_seq + 1, "updated_at": ids.now()}
        if item.type == "user_message":
            stamp["activity"] = _next_activity(context)
        # Counting first also locks the thread's row, proves whose it is, and fails once the thread is deleted.
        counted = await connection.execute(
            update(threads)
            .where(mine(threads, context), threads.c.id == thread_id)
            .values(stamp)
            .returning(threads.c.last_seq)
        )
        seq = counted.scalar_one_or_none()
        if seq is None:
            raise missing_thread(thread_id)
        written = _columns(item)
        again = await connection.execute(
            update(items)
            .where(mine(items, context), items.c.thread_id == thread_id, items.c.id == item.id)
            .values(written)
        )
        if not again.rowcount:
            await connection.execute(
                insert(items).values(**owner(context), thread_id=thread_id, id=item.id, seq=seq, **written)
            )

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
        row = found.one_or_none()
        if row is None:
            raise missing_item(item_id)
        return row

    async def _seq(self, connection: AsyncConnection, thread_id: str, item_id: str, context: Turn) -> int:
        row = await self._item_row(connection, thread_id, item_id, context)
        return int(row.seq)

    async def _thread_cursor(self, connection: AsyncConnection, after: str, context: Turn) -> tuple[int, str]:
        thread_id, mark, activity = after.rpartition("~")
        if mark and activity.isdecimal() and len(activity) < _LONGEST_COUNT:
            return int(activity), thread_id
        found = await connection.execute(
            select(threads.c.activity).where(mine(threads, context), threads.c.id == after)
        )
        known = found.scalar_one_or_none()
        if known is None:
            raise missing_thread(after)
        return int(known), after


def _next_activity(turn: Turn) -> ColumnElement[int]:
    latest = threads.alias("latest")
    return select(func.coalesce(func.max(latest.c.activity), 0) + 1).where(mine(latest, turn)).scalar_subquery()


def _details(thread: ThreadMetadata) -> dict[str, object]:
    return thread.model_dump(mode="json", exclude=_COLUMNS)


def _thread(row: Row[tuple[object, ...]]) -> ThreadMetadata:
    return ThreadMetadata.model_validate(
        {**row.details, "id": row.id, "title": row.title, "created_at": clock.local(row.created_at)}
    )


def _columns(item: ThreadItem) -> dict[str, object]:
    record = item.record if isinstance(item, AnsweredItem) else None
    return {
        "type": item.type,
        "hidden": isinstance(item, HiddenContextItem | SDKHiddenContextItem),
        "created_at": clock.instant(item.created_at),
        "data": item.model_dump(mode="json", exclude={"id", "thread_id", "type", "created_at"}),
        "record": None if record is None else record.model_dump(mode="json"),
    }


def _item(row: Row[tuple[object, ...]]) -> ThreadItem:
    return _ITEM.validate_python(
        {
            **row.data,
            "id": row.id,
            "thread_id": row.thread_id,
            "type": row.type,
            "created_at": clock.local(row.created_at),
        }
    )
