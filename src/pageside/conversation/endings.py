"""What is shown of an answer that is cut short: the same as a reload will show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatkit.types import (
    AssistantMessageItem,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadStreamEvent,
)


def endings(pending: Sequence[ThreadItem]) -> Iterator[ThreadStreamEvent]:
    """The end of every item that was open: an answer with words stays, everything else goes.

    Source: openai-chatkit 1.6.5, `chatkit/server.py`, `ChatKitServer.handle_stream_cancelled`, which stores the same.
    """
    for item in pending:
        if isinstance(item, AssistantMessageItem) and any(part.text.strip() for part in item.content):
            yield ThreadItemDoneEvent(item=item)
        else:
            yield ThreadItemRemovedEvent(item_id=item.id)
