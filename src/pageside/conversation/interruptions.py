"""Answers whose process died: closed in their thread, which then says so as long as it is kept."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadItem
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pageside import ids
from pageside.conversation import clock, stored
from pageside.conversation.checkpoints import UNFINISHED, is_unfinished
from pageside.conversation.turn import Turn
from pageside.identity.ownership import mine, owner
from pageside.phrases import failures
from pageside.storage.tables import items, threads

log = structlog.get_logger(__name__)

_ENDS = (*failures.CUT_SHORT.every(), *failures.NOTHING_SAID.every())

_MESSAGES = ("user_message", "assistant_message", "structured_input", "client_tool_call")


async def close(connection: AsyncConnection, thread_id: str, turn: Turn) -> None:
    """Ends what the thread's dead process was answering: what was said stays, with a word that it is not whole.

    Where the last message is an answer that was stored whole, or waits for a reply, nothing was interrupted.
    """
    found = await connection.execute(
        select(items.c.id, items.c.type, items.c.data)
        .where(mine(items, turn), items.c.thread_id == thread_id, items.c.type.in_(_MESSAGES))
        .order_by(items.c.seq.desc())
        .limit(1)
    )
    last = found.one_or_none()
    if last is None or (last.type != "user_message" and last.data.get("status") == "pending"):
        return
    if last.type != "assistant_message":
        await _say(connection, thread_id, failures.NOTHING_SAID.said(turn.language), turn)
    elif is_unfinished(last.data):
        await _amend(connection, thread_id, last.id, last.data, turn)
    else:
        return
    log.warning("answer_closed_after_interruption")


def is_cut_short(item: ThreadItem) -> bool:
    """Whether the item is an answer that was interrupted."""
    return isinstance(item, AssistantMessageItem) and any(part.text.endswith(_ENDS) for part in item.content)


async def _amend(
    connection: AsyncConnection, thread_id: str, item_id: str, told: Mapping[str, object], turn: Turn
) -> None:
    kept = {name: value for name, value in told.items() if name != UNFINISHED}
    item = AssistantMessageItem.model_validate(
        {**kept, "id": item_id, "thread_id": thread_id, "created_at": clock.local(ids.now())}
    )
    item.content[-1].text += failures.CUT_SHORT.said(turn.language)
    row = stored.of_item(item)
    await connection.execute(
        update(items)
        .where(mine(items, turn), items.c.thread_id == thread_id, items.c.id == item_id)
        .values(data=row["data"], words=row["words"])
    )


async def _say(connection: AsyncConnection, thread_id: str, text: str, turn: Turn) -> None:
    counted = await connection.execute(
        update(threads)
        .where(mine(threads, turn), threads.c.id == thread_id)
        .values(last_seq=threads.c.last_seq + 1)
        .returning(threads.c.last_seq)
    )
    seq = counted.scalar_one_or_none()
    if seq is None:
        return
    item = AssistantMessageItem(
        id=ids.new("msg"),
        thread_id=thread_id,
        created_at=clock.local(ids.now()),
        content=[AssistantMessageContent(text=text)],
    )
    await connection.execute(
        insert(items).values(**owner(turn), thread_id=thread_id, id=item.id, seq=seq, **stored.of_item(item))
    )
