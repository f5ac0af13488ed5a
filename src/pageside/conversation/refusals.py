"""Errors of a conversation that are right at three borders: an HTTP status, the ChatKit SDK, and inside a stream."""

from __future__ import annotations

from chatkit.errors import CustomStreamError
from chatkit.store import NotFoundError

from pageside.errors import NotFound, StoreUnavailable
from pageside.phrases import refusals as phrases
from pageside.phrases.phrase import Phrase


class Missing(NotFound, CustomStreamError, NotFoundError):
    """No such thread or item, or not this reader's: 404 before a stream, an error event within one."""


class StoreDown(StoreUnavailable, CustomStreamError):
    """The database went away: 503 before a stream, an error event with a way to retry within one."""

    def __init__(self, message: str | Phrase) -> None:
        super().__init__(message)
        self.allow_retry = True


def missing_thread(thread_id: str) -> Missing:
    """What to raise where `thread_id` is unknown or another reader's; the two cannot be told apart."""
    return Missing(phrases.NO_SUCH_THREAD.of(id=thread_id[:80]))


def missing_item(item_id: str) -> Missing:
    """As `missing_thread`, for an item."""
    return Missing(phrases.NO_SUCH_ITEM.of(id=item_id[:80]))
