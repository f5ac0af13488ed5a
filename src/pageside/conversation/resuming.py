"""A turn that rested: the question it was about, what has been said to it since, and what was left without a reply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chatkit.types import ClientToolCallItem, StructuredInputItem, ThreadItem, UserMessageItem

from pageside.answer.question import Question
from pageside.conversation import client_tools, forms
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.errors import InvalidInput
from pageside.phrases import refusals

_PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Rested:
    """A turn that goes on.

    Attributes:
        message: What the reader asked.
        since: What stands behind it, oldest first.
    """

    message: UserMessageItem
    since: tuple[ThreadItem, ...] = ()


async def last_turn(store: SqlStore, thread_id: str, turn: Turn) -> Rested:
    """The thread's last question and what stands behind it.

    Raises:
        Missing: There is no such thread, or it is not this reader's.
        InvalidInput: The thread has no question.
    """
    since: list[ThreadItem] = []
    after: str | None = None
    while True:
        page = await store.load_thread_items(thread_id, after, _PAGE_SIZE, "desc", turn)
        for item in page.data:
            if isinstance(item, UserMessageItem):
                return Rested(item, tuple(reversed(since)))
            since.append(item)
        if not page.has_more:
            raise InvalidInput(refusals.NOTHING_TO_GO_ON_WITH)
        after = page.after


def whole(question: Question, since: Iterable[ThreadItem]) -> Question:
    """`question` with what the page and the reader have said to it since."""
    items = list(since)
    replies = tuple(
        client_tools.reply(item)
        for item in items
        if isinstance(item, ClientToolCallItem) and item.status == "completed"
    )
    answered = [item for item in items if isinstance(item, StructuredInputItem) and item.status != "pending"]
    return replace(
        question,
        selected_text=question.selected_text or client_tools.selection(replies),
        surroundings=question.surroundings or client_tools.surroundings(replies),
        page=question.page or client_tools.page(replies),
        page_replies=replies,
        clarified=forms.said(answered[-1]) if answered else None,
    )


def left_open(earlier: Sequence[ThreadItem]) -> list[ThreadItem]:
    """The forms and calls among `earlier` that wait for a reply, as they are when the reader goes on without one."""
    left: list[ThreadItem] = []
    for item in earlier:
        if isinstance(item, StructuredInputItem) and item.status == "pending":
            left.append(forms.skipped(item))
        elif isinstance(item, ClientToolCallItem) and item.status == "pending":
            left.append(client_tools.unanswered(item))
    return left


async def require_call(store: SqlStore, thread_id: str, turn: Turn) -> None:
    """Returns if the page is being asked for something.

    Raises:
        InvalidInput: It is not, or has replied.
    """
    newest = (await store.load_thread_items(thread_id, None, 1, "desc", turn)).data
    call = newest[0] if newest else None
    if not isinstance(call, ClientToolCallItem) or call.status != "pending":
        raise InvalidInput(refusals.NOTHING_WAITS)


async def require_form(store: SqlStore, thread_id: str, item_id: str, turn: Turn) -> None:
    """Returns if the item is a form that waits for an answer.

    Raises:
        Missing: There is no such item, or it is not this reader's.
        InvalidInput: It is no form, or was answered or skipped.
    """
    item = await store.load_item(thread_id, item_id, turn)
    if not isinstance(item, StructuredInputItem):
        raise InvalidInput("params.item_id: this item is no form.")
    forms.require_pending(item)
