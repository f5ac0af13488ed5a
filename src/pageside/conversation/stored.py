"""Threads and their items as rows of the store and back: nothing a reader can see is lost on the way."""

from __future__ import annotations

from collections.abc import Mapping

from chatkit.types import HiddenContextItem, SDKHiddenContextItem, ThreadItem, ThreadMetadata
from chatkit.widgets import DynamicWidgetRoot
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Row

from pageside.conversation import clock
from pageside.conversation.record import AnsweredItem, AnswerRecord
from pageside.errors import InvalidInput
from pageside.storage import words

_ITEM: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
_ANSWER = "assistant_message"


def of_thread(thread: ThreadMetadata) -> dict[str, object]:
    """The columns of `thread` that may change.

    Raises:
        InvalidInput: It holds what is no text.
    """
    title = storable(thread.title)
    return {
        "title": title,
        "title_words": words.of_title(title),
        "details": _kept(thread, {"id", "title", "created_at", "items"}),
    }


def thread(row: Row[tuple[object, ...]]) -> ThreadMetadata:
    """The thread that `row` holds."""
    return ThreadMetadata.model_validate(
        {**row.details, "id": row.id, "title": row.title, "created_at": clock.local(row.created_at)}
    )


def of_item(item: ThreadItem) -> dict[str, object]:
    """The columns of `item` that may change when it is written again.

    Raises:
        InvalidInput: It holds what is no text.
    """
    record = item.record if isinstance(item, AnsweredItem) else None
    told = _kept(item, {"id", "thread_id", "type", "created_at"})
    return {
        "type": item.type,
        "hidden": isinstance(item, HiddenContextItem | SDKHiddenContextItem),
        "created_at": clock.instant(item.created_at),
        "data": told,
        "record": None if record is None else _kept(record, set()),
        "words": words.of_item(item.type, told) if isinstance(told, Mapping) else None,
    }


def item(row: Row[tuple[object, ...]]) -> ThreadItem:
    """The item that `row` holds; an answer comes with its record, so that writing it again keeps it."""
    fields = {
        **row.data,
        "id": row.id,
        "thread_id": row.thread_id,
        "type": row.type,
        "created_at": clock.local(row.created_at),
    }
    if row.type == _ANSWER and row.record is not None:
        return AnsweredItem.model_validate({**fields, "record": AnswerRecord.model_validate(row.record)})
    if "widget" in fields:
        # Read as one of the SDK's named classes, a widget loses every property the class does not know.
        fields["widget"] = DynamicWidgetRoot.model_validate(fields["widget"])
    return _ITEM.validate_python(fields)


def storable(told: object) -> object:
    """`told`, which is JSON, as both databases can hold it: without NUL, which PostgreSQL takes in no text.

    Raises:
        InvalidInput: It holds half a character, which could be written but never read again.
    """
    match told:
        case str():
            return _text(told)
        case list():
            return [storable(entry) for entry in told]
        case Mapping():
            return {_text(name): storable(entry) for name, entry in told.items()}
        case _:
            return told


def _kept(model: BaseModel, elsewhere: set[str]) -> object:
    try:
        return storable(model.model_dump(mode="json", exclude=elsewhere))
    except UnicodeEncodeError:
        raise _half_a_character() from None


def _text(told: str) -> str:
    try:
        told.encode()
    except UnicodeEncodeError:
        raise _half_a_character() from None
    return told.replace("\x00", "")


def _half_a_character() -> InvalidInput:
    return InvalidInput("A text holds half a character (a lone surrogate) and cannot be kept.")
