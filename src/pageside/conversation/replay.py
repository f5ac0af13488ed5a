"""A finished answer told again from the store: whole items instead of the way they came about."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from chatkit.types import (
    AssistantMessageItem,
    ErrorEvent,
    HiddenContextItem,
    Page,
    SDKHiddenContextItem,
    StreamOptions,
    StreamOptionsEvent,
    Thread,
    ThreadCreatedEvent,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    UserMessageItem,
)

from pageside.conversation.interruptions import is_cut_short
from pageside.conversation.remembered import Remembered
from pageside.conversation.request import Request
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.phrases import failures

_PAGE = 100
_HIDDEN = HiddenContextItem | SDKHiddenContextItem
_QUESTIONS = ThreadsCreateReq | ThreadsAddUserMessageReq | ThreadsRetryAfterItemReq


@dataclass(frozen=True, slots=True)
class Told:
    """What a request left in its thread.

    Attributes:
        first: The item it stored first, or the message it asked to answer again; None where it stored none.
        rest: The items after that, up to the reader's next message.
        latest: Whether no message of the reader's follows.
    """

    first: ThreadItem | None
    rest: Sequence[ThreadItem]
    latest: bool


async def load(asked: Request, row: Remembered, turn: Turn, store: SqlStore) -> Told:
    """What `asked` left in its thread.

    Raises:
        Missing: The thread or the message was deleted meanwhile.
    """
    first_id = asked.params.item_id if isinstance(asked, ThreadsRetryAfterItemReq) else row.item_id
    if row.thread_id is None or first_id is None:
        return Told(first=None, rest=(), latest=True)
    first = await store.load_item(row.thread_id, first_id, turn)
    rest: list[ThreadItem] = []
    async for item in _after(row.thread_id, first_id, turn, store):
        if isinstance(item, UserMessageItem):
            return Told(first, rest, latest=False)
        rest.append(item)
    return Told(first, rest, latest=True)


async def events(asked: Request, row: Remembered, told: Told, turn: Turn, store: SqlStore) -> list[ThreadStreamEvent]:
    """The stream of `asked`, shortened to what its client needs to show the same.

    Raises:
        Missing: The thread was deleted meanwhile.
    """
    shown: list[ThreadStreamEvent] = []
    if row.thread_id is not None:
        thread = await store.load_thread(row.thread_id, turn)
        if isinstance(asked, ThreadsCreateReq):
            shown.append(ThreadCreatedEvent(thread=Thread(**thread.model_dump(exclude={"metadata"}), items=Page())))
    question = isinstance(told.first, UserMessageItem)
    if told.first is not None and question and not isinstance(asked, ThreadsRetryAfterItemReq):
        shown.append(ThreadItemDoneEvent(item=told.first))
    shown.append(StreamOptionsEvent(stream_options=StreamOptions(allow_cancel=True)))
    if told.first is not None and not question and not isinstance(told.first, _HIDDEN):
        shown.append(ThreadItemDoneEvent(item=told.first))
    shown.extend(ThreadItemDoneEvent(item=item) for item in told.rest if not isinstance(item, _HIDDEN))
    shown.extend(_interruption(asked, told, turn.language))
    return shown


def _interruption(asked: Request, told: Told, language: str) -> Iterator[ThreadStreamEvent]:
    settled = any(isinstance(item, AssistantMessageItem | SDKHiddenContextItem) for item in told.rest)
    interrupted = any(is_cut_short(item) for item in told.rest)
    if isinstance(asked, _QUESTIONS) and (interrupted or not settled):
        yield ErrorEvent(code="custom", message=failures.INTERRUPTED.said(language), allow_retry=told.latest)


async def _after(thread_id: str, item_id: str, turn: Turn, store: SqlStore) -> AsyncIterator[ThreadItem]:
    after: str | None = item_id
    while after is not None:
        page = await store.load_thread_items(thread_id, after, _PAGE, "asc", turn)
        for item in page.data:
            yield item
        after = page.after if page.has_more else None
