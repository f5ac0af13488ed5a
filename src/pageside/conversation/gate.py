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
)

from pageside.conversation.request import Request
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn, line
from pageside.errors import InvalidInput, NotSupported, ThreadClosed

MAX_TITLE_CHARS = 200
MAX_RATED_ITEMS = 100


async def admit(asked: Request, turn: Turn, store: SqlStore) -> None:
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
        case (
            ThreadsAddClientToolOutputReq()
            | ThreadsAddStructuredInputReq()
            | ThreadsCustomActionReq()
            | ThreadsSyncCustomActionReq()
        ):
            await store.load_thread(asked.params.thread_id, turn)
            raise _unsupported(asked)
        case AttachmentsCreateReq() | AttachmentsDeleteReq() | InputTranscribeReq():
            raise _unsupported(asked)
        case ThreadsGetByIdReq() | ThreadsListReq() | ThreadsDeleteReq() | ItemsListReq():
            pass
        case _:
            assert_never(asked)


async def _require_open(thread_id: str, turn: Turn, store: SqlStore) -> None:
    thread = await store.load_thread(thread_id, turn)
    if thread.status.type != "active":
        reason = thread.status.reason or f"it is {thread.status.type}"
        raise ThreadClosed(f"This conversation takes no more messages: {reason}.")


async def _require_attachments(attachment_ids: Sequence[str], turn: Turn, store: SqlStore) -> None:
    for attachment_id in attachment_ids:
        await store.load_attachment(attachment_id, turn)


def _accepted_title(told: str) -> str:
    if len(told) > MAX_TITLE_CHARS:
        raise InvalidInput(f"params.title: at most {MAX_TITLE_CHARS} characters; this one has {len(told)}.")
    title = line(told, limit=MAX_TITLE_CHARS)
    if not title:
        raise InvalidInput("params.title: a conversation needs a name.")
    return title


def _unsupported(asked: Request) -> NotSupported:
    return NotSupported(f"This server does not offer {asked.type}.")
