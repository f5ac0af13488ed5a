"""A reader's conversations and their messages as plain rows: who said what, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from chatkit.types import AssistantMessageItem, StructuredInputItem, ThreadItem, UserMessageItem
from sqlalchemy import func, select

from pageside.conversation import clock, cursors, spoken, stored, transcript
from pageside.conversation.healed import NOTHING, Sources
from pageside.conversation.record import AnsweredItem, AnswerRecord
from pageside.conversation.refusals import missing_thread
from pageside.conversation.spoken import Source
from pageside.conversation.turn import Turn
from pageside.identity.ownership import mine
from pageside.knowledge.healing import Healed
from pageside.storage.engine import Database
from pageside.storage.tables import items, threads

_ANSWER: Final = "assistant_message"
_SPOKEN: Final = ("user_message", _ANSWER, "structured_input")


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, and how many messages `messages` has of it."""

    id: str
    title: str | None
    created_at: datetime
    updated_at: datetime
    message_count: int


@dataclass(frozen=True, slots=True)
class Conversations:
    """Some of the reader's conversations, and how many there are in all."""

    rows: tuple[Conversation, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said.

    Attributes:
        selected_text: What the reader had selected when they said it.
        files: Names of what they sent along.
        record: Of an answer, what is kept beside it.
        healed: What has become of its sources, by marker.
    """

    id: str
    role: Literal["user", "assistant"]
    text: str
    created_at: datetime
    sources: tuple[Source, ...] = ()
    selected_text: str | None = None
    files: tuple[str, ...] = ()
    record: AnswerRecord | None = None
    healed: Mapping[int, Healed] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Messages:
    """A page of messages; `cursor` is what comes after, None at the end."""

    rows: tuple[Message, ...]
    cursor: str | None


async def conversations(database: Database, turn: Turn, *, limit: int, offset: int) -> Conversations:
    """The reader's conversations, those they last wrote in first.

    Raises:
        StoreUnavailable: The database cannot be read.
    """
    listed = (
        select(
            threads,
            select(func.count())
            .select_from(items)
            .where(mine(items, turn), items.c.thread_id == threads.c.id, items.c.type.in_(_SPOKEN))
            .where(items.c.hidden.is_(False))
            .correlate(threads)
            .scalar_subquery()
            .label("message_count"),
        )
        .where(mine(threads, turn))
        .order_by(threads.c.activity.desc(), threads.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    async with database.reading(turn.reader) as connection:
        counted = await connection.execute(select(func.count()).select_from(threads).where(mine(threads, turn)))
        total, rows = int(counted.scalar_one()), (await connection.execute(listed)).all()
    return Conversations(
        tuple(Conversation(row.id, row.title, row.created_at, row.updated_at, row.message_count) for row in rows),
        total,
    )


async def messages(
    database: Database, thread_id: str, turn: Turn, *, limit: int, cursor: str | None, today: Sources
) -> Messages:
    """A page of what was said in the conversation, oldest first; what comes meanwhile neither repeats nor skips any.

    Args:
        today: Tells what has become of the sources of answers.

    Raises:
        Missing: There is no such conversation, or it is another reader's.
        InvalidInput: `cursor` is no cursor.
        StoreUnavailable: The database cannot be read.
    """
    after = 0 if cursor is None else cursors.require(cursor)[1]
    async with database.reading(turn.reader) as connection:
        known = await connection.execute(select(threads.c.id).where(mine(threads, turn), threads.c.id == thread_id))
        if known.one_or_none() is None:
            raise missing_thread(thread_id)
        found = await connection.execute(
            select(items)
            .where(mine(items, turn), items.c.thread_id == thread_id, items.c.type.in_(_SPOKEN))
            .where(items.c.hidden.is_(False), items.c.seq > after)
            .order_by(items.c.seq)
            .limit(limit + 1)
        )
        rows = found.all()
    shown = rows[:limit]
    told = await today.shown([stored.item(row) for row in shown])
    healed = await today.healed([_record(item) for item in told])
    return Messages(
        tuple(map(_message, told, healed)),
        cursors.write(shown[-1].id, shown[-1].seq) if len(rows) > limit else None,
    )


async def records(database: Database, thread_id: str, turn: Turn) -> list[tuple[str, AnswerRecord]]:
    """What is kept of each answer in the conversation beside its words, by the answer's id, oldest first.

    Raises:
        Missing: There is no such conversation, or it is another reader's.
        StoreUnavailable: The database cannot be read.
    """
    async with database.reading(turn.reader) as connection:
        known = await connection.execute(select(threads.c.id).where(mine(threads, turn), threads.c.id == thread_id))
        if known.one_or_none() is None:
            raise missing_thread(thread_id)
        found = await connection.execute(
            select(items)
            .where(mine(items, turn), items.c.thread_id == thread_id, items.c.type == _ANSWER)
            .where(items.c.hidden.is_(False))
            .order_by(items.c.seq)
        )
        rows = found.all()
    return [(row.id, AnswerRecord.model_validate(row.record)) for row in rows if row.record is not None]


def _record(item: ThreadItem) -> AnswerRecord | None:
    return item.record if isinstance(item, AnsweredItem) else None


def _message(item: ThreadItem, healed: Mapping[int, Healed]) -> Message:
    created_at = clock.instant(item.created_at)
    match item:
        case UserMessageItem():
            files: Sequence[str] = [each.name for each in item.attachments]
            text = transcript.question_text(item)
            return Message(
                item.id, "user", text, created_at, selected_text=item.quoted_text or None, files=tuple(files)
            )
        case AssistantMessageItem():
            told = spoken.answer(item, _record(item), healed)
        case StructuredInputItem():
            told = spoken.asked_back(item)
        case _:
            raise TypeError(f"{item.type} is no message")
    return Message(item.id, "assistant", told.text, created_at, sources=told.sources, record=told.record, healed=healed)
