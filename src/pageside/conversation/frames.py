"""Events as they stand on the wire, and the words of those that say that something went wrong."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from chatkit.types import ErrorEvent
from pydantic import BaseModel

from pageside.conversation import wire
from pageside.phrases import failures
from pageside.phrases.phrase import ENGLISH, Phrase, say

KEEPALIVE = b": keepalive\n\n"

Frames = AsyncGenerator[bytes, None]
Numbered = tuple[int, bytes]


def frame(event: BaseModel) -> bytes:
    """A ChatKit event as it stands on the wire."""
    return b"data: " + wire.dump(event) + b"\n\n"


def error_frame(message: str | Phrase, *, language: str = ENGLISH, allow_retry: bool = True) -> bytes:
    """A ChatKit error event as it stands on the wire, in `language` where it is ours."""
    return frame(ErrorEvent(code="custom", message=say(message, language), allow_retry=allow_retry))


def apology(request_id: str) -> Phrase:
    """What a reader is told when something unforeseen happened; the details are in the log under `request_id`."""
    return failures.WENT_WRONG_AS.of(id=request_id) if request_id else failures.WENT_WRONG
