"""Carries out the actions of widgets: what streams may ask the tutor, what answers at once amends its widget."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

from chatkit.actions import Action
from chatkit.types import (
    InferenceOptions,
    ThreadItemDoneEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageContent,
    UserMessageItem,
    WidgetItem,
)
from pydantic import BaseModel
from sqlalchemy import update

from pageside import ids
from pageside.conversation import clock, joining, stored
from pageside.conversation.actions import Actions, Taken
from pageside.conversation.limits import Room
from pageside.conversation.refusals import missing_item
from pageside.conversation.turn import Turn
from pageside.errors import ThreadClosed
from pageside.identity.ownership import mine
from pageside.phrases import refusals
from pageside.storage.engine import Database
from pageside.storage.tables import items

Respond = Callable[[ThreadMetadata, UserMessageItem, Turn], AsyncIterator[ThreadStreamEvent]]


class Acting:
    """The actions of one server.

    Args:
        room: Counts the messages that a thread takes; those that an action asks are among them.
        respond: Answers a message that is stored.
    """

    def __init__(self, database: Database, actions: Actions, *, room: Room, respond: Respond) -> None:
        self._database = database
        self._room = room
        self._actions = actions
        self._respond = respond

    async def stream(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, turn: Turn
    ) -> AsyncIterator[ThreadStreamEvent]:
        """What an action does, as it is done."""
        handler, payload = self._actions.streaming(action, sender)
        async for event in handler(self._taken(thread, payload, sender, turn)):
            yield event

    async def answer(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, turn: Turn
    ) -> WidgetItem | None:
        """The widget as the action leaves it, stored; None where it changed nothing.

        Raises:
            Missing: The widget was deleted meanwhile.
        """
        handler, payload = self._actions.answering(action, sender)
        updated = await handler(self._taken(thread, payload, sender, turn))
        if updated is not None:
            await self._amend(thread.id, updated, turn)
        return updated

    def _taken(
        self, thread: ThreadMetadata, payload: BaseModel, sender: WidgetItem | None, turn: Turn
    ) -> Taken[BaseModel]:
        return Taken(payload, sender, thread, turn, ask=partial(self._ask, thread, turn))

    async def _ask(
        self, thread: ThreadMetadata, turn: Turn, content: Sequence[UserMessageContent]
    ) -> AsyncIterator[ThreadStreamEvent]:
        if await self._room.left(thread.id, turn) <= 0:
            raise ThreadClosed(refusals.FULL)
        message = UserMessageItem(
            id=ids.new("msg"),
            thread_id=thread.id,
            created_at=clock.local(ids.now()),
            content=list(content),
            inference_options=InferenceOptions(),
        )
        yield ThreadItemDoneEvent(item=message)
        async for event in self._respond(thread, message, turn):
            yield event

    async def _amend(self, thread_id: str, item: WidgetItem, turn: Turn) -> None:
        # Never written anew: a list that a retry has just deleted would come back.
        async with joining.transaction(self._database, turn, item=item) as connection:
            done = await connection.execute(
                update(items)
                .where(mine(items, turn), items.c.thread_id == thread_id, items.c.id == item.id)
                .values(stored.of_item(item))
            )
        if not done.rowcount:
            raise missing_item(item.id)
