"""ChatKit's JSON as it leaves: what the SDK leaves out is left out, and every time says its zone."""

from __future__ import annotations

from datetime import datetime

from chatkit.types import ThreadItemUpdatedEvent
from pydantic import BaseModel
from pydantic_core import to_json

from pageside.conversation import clock

_PUBLIC = {"exclude_metadata": True}


def dump(model: BaseModel) -> bytes:
    """`model` as JSON, without nulls and private metadata, times in UTC with a `Z`.

    Source: openai-chatkit 1.6.5, `chatkit/server.py`, `ChatKitServer._serialize`, which sends local times without zone.
    """
    if isinstance(model, ThreadItemUpdatedEvent):  # one for every piece of an answer, and without times
        return to_json(model, by_alias=True, exclude_none=True, context=_PUBLIC)
    return to_json(_zoned(model.model_dump(by_alias=True, exclude_none=True, context=_PUBLIC)))


def _zoned(value: object) -> object:
    match value:
        case datetime():
            return clock.instant(value)
        case dict():
            return {name: _zoned(entry) for name, entry in value.items()}
        case list():
            return [_zoned(entry) for entry in value]
        case _:
            return value
