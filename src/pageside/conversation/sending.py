"""Attachments and the messages that carry them: bound together, deleted together, and what history keeps of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from chatkit.types import Attachment, ImageAttachment, ThreadItem, UserMessageItem
from pydantic import AnyUrl
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside.answer.question import Attached
from pageside.conversation.attachments import AlreadySent, Attachments
from pageside.conversation.turn import Turn
from pageside.identity.ownership import mine
from pageside.phrases import chat
from pageside.phrases.phrase import ENGLISH
from pageside.storage.tables import attachments, items

_ANEW: Final = AnyUrl("preview:anew")  # stands in history for an address that would be no good any more


def plain(item: ThreadItem) -> ThreadItem:
    """`item` as history keeps it: its attachments without private data and without addresses, good or stale."""
    if not isinstance(item, UserMessageItem) or not item.attachments:
        return item
    return item.model_copy(update={"attachments": [_bare(each) for each in item.attachments]})


def shown(item: ThreadItem, offered: Attachments | None, turn: Turn) -> ThreadItem:
    """`item` as its reader gets it: with addresses of previews that work now."""
    if offered is None or not isinstance(item, UserMessageItem) or not item.attachments:
        return item
    return item.model_copy(update={"attachments": [offered.shown(each, turn) for each in item.attachments]})


def question(message: UserMessageItem, language: str = ENGLISH) -> str:
    """What a message without words asks in `language`, by what it carries; empty where it carries nothing."""
    return chat.WHAT_IS_IN_FILE.said(language) if message.attachments else ""


def names(message: UserMessageItem) -> str:
    """What the files of a message are called, on one line."""
    return ", ".join(each.name for each in message.attachments)


async def read(
    offered: Attachments | None, message: UserMessageItem, earlier: Sequence[ThreadItem], turn: Turn
) -> tuple[Attached, ...]:
    """The files that a question is asked with: its own, or else those of the last message before it that has any."""
    if offered is None:
        return ()
    if message.attachments:
        return await offered.read([each.id for each in message.attachments], turn)
    for item in reversed(earlier):
        if isinstance(item, UserMessageItem) and item.attachments:
            return await offered.read([each.id for each in item.attachments], turn, earlier=True)
    return ()


async def bind(connection: AsyncConnection, item: ThreadItem, turn: Turn) -> None:
    """Makes the attachments of a message part of its thread, in the transaction that stores the message.

    Raises:
        AlreadySent: One of them has gone into another conversation meanwhile, or has been deleted.
    """
    if not isinstance(item, UserMessageItem) or not item.attachments:
        return
    carried = [each.id for each in item.attachments]
    done = await connection.execute(
        update(attachments)
        .where(mine(attachments, turn), attachments.c.id.in_(carried))
        .where((attachments.c.status == "uploaded") | (attachments.c.thread_id == item.thread_id))
        .values(status="attached", thread_id=item.thread_id)
    )
    if done.rowcount != len(carried):
        raise AlreadySent


async def unbind_after(connection: AsyncConnection, thread_id: str, seq: int, turn: Turn) -> Sequence[str]:
    """Deletes the attachments of the messages that follow place `seq`; gives the keys of their bytes."""
    found = await connection.execute(
        select(items.c.data).where(
            mine(items, turn), items.c.thread_id == thread_id, items.c.seq > seq, items.c.type == "user_message"
        )
    )
    carried = [each["id"] for row in found for each in row.data.get("attachments", ())]
    if not carried:
        return ()
    done = await connection.execute(
        delete(attachments)
        .where(mine(attachments, turn), attachments.c.thread_id == thread_id, attachments.c.id.in_(carried))
        .returning(attachments.c.file)
    )
    return done.scalars().all()


def _bare(attachment: Attachment) -> Attachment:
    nothing: dict[str, object] = {"upload_descriptor": None, "metadata": None}
    if isinstance(attachment, ImageAttachment):
        nothing["preview_url"] = _ANEW
    return attachment.model_copy(update=nothing)
