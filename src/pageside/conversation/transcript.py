"""Earlier items of a thread as the history a question is read with."""

from __future__ import annotations

from collections.abc import Sequence

from chatkit.types import (
    AssistantMessageItem,
    ClientToolCallItem,
    HiddenContextItem,
    StructuredInputItem,
    ThreadItem,
    UserMessageInput,
    UserMessageItem,
)

from pageside.answer.question import Message
from pageside.conversation import client_tools, forms, sending

MAX_MESSAGES = 10
MAX_CHARS = 16_000
MAX_QUOTE_CHARS = 1_000
_WORTH_KEEPING = 200


def history(
    earlier: Sequence[ThreadItem], *, messages: int = MAX_MESSAGES, chars: int = MAX_CHARS
) -> tuple[Message, ...]:
    """The last messages of `earlier`, oldest first; items that are no messages do not count.

    The newest is whole, whatever its length: it is what a follow-up means.

    Args:
        earlier: Items before the question, oldest first.
        chars: Longest history, in characters; the oldest message that does not fit whole is shortened.
    """
    kept: list[Message] = []
    for message in reversed(_spoken(earlier)):
        if len(kept) == messages or (kept and chars <= 0):
            break
        if kept and len(message.text) > chars:
            if chars >= _WORTH_KEEPING:
                kept.append(Message(role=message.role, text=message.text[: chars - 1].rstrip() + "…"))
            break
        kept.append(message)
        chars -= len(message.text)
    return tuple(reversed(kept))


def question_text(message: UserMessageInput | UserMessageItem) -> str:
    """What the reader wrote, tags included, as one text."""
    return "".join(part.text for part in message.content).strip()


def _spoken(earlier: Sequence[ThreadItem]) -> list[Message]:
    """Everything that was said, oldest first; a text that the page was asked for is quoted by who asked about it."""
    said: list[Message] = []
    for item in earlier:
        match item:
            case StructuredInputItem():
                # one that still waits is left by the message that follows it
                said += forms.spoken(forms.skipped(item) if item.status == "pending" else item)
            case ClientToolCallItem() if said and said[-1].role == "reader":
                said[-1] = Message("reader", _with_quote(said[-1].text, client_tools.quote(item)))
            case _ if message := _message(item):
                said.append(message)
    return said


def _message(item: ThreadItem) -> Message | None:
    match item:
        case UserMessageItem():
            text = _with_quote(question_text(item) or sending.question(item), item.quoted_text or "")
            return Message(role="reader", text=text) if text else None
        case AssistantMessageItem():
            text = "".join(part.text for part in item.content).strip()
            return Message(role="tutor", text=text) if text else None
        case HiddenContextItem(content=str() as text):  # what readers did by button
            return Message(role="tutor", text=text)
        case _:
            return None


def _with_quote(text: str, quote: str) -> str:
    shown = quote.strip()[:MAX_QUOTE_CHARS]
    if not shown:
        return text
    block = "\n".join(f"> {line}" for line in shown.splitlines())
    return f"{block}\n\n{text}" if text else block
