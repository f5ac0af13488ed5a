"""A message of a thread as the question it asks, with everything that gives it meaning."""

from __future__ import annotations

from collections.abc import Sequence

from chatkit.types import StructuredInputItem, ThreadItem, UserMessageItem

from pageside.answer.question import Question
from pageside.conversation import forms, resuming, sending, transcript, turn
from pageside.conversation.attachments import Attachments
from pageside.conversation.turn import Turn


async def ask(
    message: UserMessageItem, earlier: Sequence[ThreadItem], context: Turn, *, attachments: Attachments | None
) -> Question:
    """The question that `message` asks.

    Args:
        earlier: What stands before it in its thread, oldest first.
        attachments: Where files of readers are; without it, none were taken.
    """
    return Question(
        text=transcript.question_text(message) or sending.question(message, context.language),
        selected_text=_selected_text(message),
        surroundings=context.surroundings,
        page=context.page,
        history=transcript.history(_as_left(earlier)),
        profile=context.profile,
        filters=context.filters,
        attachments=await sending.read(attachments, message, earlier, context),
        may_ask=context.forms,
        page_tools=context.page_tools,
        fresh=context.alongside.anew,
        library_docs=context.library_docs,
        reader=context.reader,
        today=context.today,
        language=context.language,
        thread=message.thread_id,
        message=message.id,
    )


def _as_left(earlier: Sequence[ThreadItem]) -> list[ThreadItem]:
    """`earlier` with the forms about tasks as they are left by a reader who writes instead: it may answer them."""
    left = {item.id: item for item in resuming.left_open(earlier)}
    return [
        left.get(item.id, item) if isinstance(item, StructuredInputItem) and forms.about_tasks(item) else item
        for item in earlier
    ]


def _selected_text(message: UserMessageItem) -> str:
    choice = message.inference_options.tool_choice
    is_of_all = choice is not None and choice.id == turn.FULL_BOOK
    return "" if is_of_all else message.quoted_text or ""
