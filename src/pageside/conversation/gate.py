"""What is refused before a stream begins, while an HTTP status can still say so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from chatkit.types import (
    AttachmentsCreateReq,
    AttachmentsDeleteReq,
    InputTranscribeReq,
    ItemsFeedbackReq,
    ItemsListReq,
    ThreadsAddClientToolOutputReq,
    ThreadsAddStructuredInputReq,
    ThreadsAddUserMessageReq,
    ThreadsCreateReq,
    ThreadsCustomActionReq,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsListReq,
    ThreadsRetryAfterItemReq,
    ThreadsSyncCustomActionReq,
    ThreadsUpdateReq,
    UserMessageItem,
    WidgetItem,
)

from pageside.conversation import client_tools, forms, limits, resuming
from pageside.conversation.actions import Actions
from pageside.conversation.request import Request
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn, line
from pageside.errors import InvalidInput, ThreadClosed
from pageside.phrases import refusals

MAX_TITLE_CHARS = 200
MAX_RATED_ITEMS = 100


async def admit(asked: Request, turn: Turn, store: SqlStore, actions: Actions) -> None:
    """Returns if the request may go ahead.

    Raises:
        NotFound: It names a thread, item or attachment that does not exist or is not this reader's.
        InvalidInput: It names the wrong kind of thing, or a title that cannot be one.
        ThreadClosed: The thread takes no more messages.
        NotSupported: The operation is switched off on this server.
    """
    match asked:
        case ThreadsCreateReq():
            await _require_attachments(asked.params.input.attachments, turn, store)
        case ThreadsAddUserMessageReq():
            await _require_open(asked.params.thread_id, turn, store)
            await _require_attachments(asked.params.input.attachments, turn, store)
        case ThreadsRetryAfterItemReq():
            await _require_open(asked.params.thread_id, turn, store)
            item = await store.load_item(asked.params.thread_id, asked.params.item_id, turn)
            if not isinstance(item, UserMessageItem):
                raise InvalidInput("params.item_id: only after a message of the reader can an answer be tried again.")
        case ThreadsUpdateReq():
            asked.params.title = _accepted_title(asked.params.title)
        case ItemsFeedbackReq():
            if not 1 <= len(asked.params.item_ids) <= MAX_RATED_ITEMS:
                raise InvalidInput(f"params.item_ids: name between 1 and {MAX_RATED_ITEMS} items.")
        case ThreadsAddClientToolOutputReq():
            await _require_open(asked.params.thread_id, turn, store)
            client_tools.require_small(asked.params.result)
        case ThreadsAddStructuredInputReq():
            await _require_open(asked.params.thread_id, turn, store)
            forms.require_acceptable(asked.params.input)
        case ThreadsCustomActionReq():
            actions.streaming(asked.params.action, await _sender(asked, turn, store))
        case ThreadsSyncCustomActionReq():
            actions.answering(asked.params.action, await _sender(asked, turn, store))
        case AttachmentsCreateReq() | AttachmentsDeleteReq():
            store.offered()
        case ThreadsGetByIdReq() | ThreadsListReq() | ThreadsDeleteReq() | ItemsListReq() | InputTranscribeReq():
            pass
        case _:
            assert_never(asked)


async def require_waiting(asked: Request, turn: Turn, store: SqlStore) -> None:
    """Returns unless the request replies to something that waits for no reply; asked once nobody else can reply to it.

    Raises:
        Missing: It names an item that does not exist or is not this reader's.
        InvalidInput: The form or call was replied to already, or was left when the reader went on.
    """
    match asked:
        case ThreadsAddClientToolOutputReq():
            await resuming.require_call(store, asked.params.thread_id, turn)
        case ThreadsAddStructuredInputReq():
            await resuming.require_form(store, asked.params.thread_id, asked.params.item_id, turn)
        case _:
            pass


async def _sender(
    asked: ThreadsCustomActionReq | ThreadsSyncCustomActionReq, turn: Turn, store: SqlStore
) -> WidgetItem | None:
    await _require_open(asked.params.thread_id, turn, store)
    if not asked.params.item_id:
        return None
    item = await store.load_item(asked.params.thread_id, asked.params.item_id, turn)
    if not isinstance(item, WidgetItem):
        raise InvalidInput("params.item_id: an action comes from a widget, and this item is none.")
    return item


async def _require_open(thread_id: str, turn: Turn, store: SqlStore) -> None:
    thread = await store.load_thread(thread_id, turn)
    # Whether a full thread has room for what is asked is counted where no other answer can begin meanwhile.
    if thread.status.type != "active" and not limits.is_full(thread):
        reason = thread.status.reason or f"it is {thread.status.type}"
        raise ThreadClosed(refusals.CLOSED.of(reason=reason))


async def _require_attachments(attachment_ids: Sequence[str], turn: Turn, store: SqlStore) -> None:
    if attachment_ids:
        await store.offered().require_sendable(attachment_ids, turn)


def _accepted_title(told: str) -> str:
    if len(told) > MAX_TITLE_CHARS:
        raise InvalidInput(refusals.TITLE_TOO_LONG.of(most=MAX_TITLE_CHARS, length=len(told)))
    title = line(told, limit=MAX_TITLE_CHARS)
    if not title:
        raise InvalidInput(refusals.TITLE_NEEDED)
    return title
