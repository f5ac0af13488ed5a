"""Events as they stand on the wire, and the words of those that say that something went wrong."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from chatkit.types import ErrorEvent
from pydantic import BaseModel

from pageside.conversation import wire

KEEPALIVE = b": keepalive\n\n"
INTERRUPTED = "The answer was interrupted. Please try again."

Frames = AsyncGenerator[bytes, None]
Numbered = tuple[int, bytes]


def frame(event: BaseModel) -> bytes:
    """A ChatKit event as it stands on the wire."""
    return b"data: " + wire.dump(event) + b"\n\n"


def error_frame(message: str, *, allow_retry: bool = True) -> bytes:
    """A ChatKit error event as it stands on the wire."""
    return frame(ErrorEvent(code="custom", message=message, allow_retry=allow_retry))


def apology(request_id: str) -> str:
    """What a reader is told when something unforeseen happened; the details are in the log under `request_id`."""
    reference = f" If it keeps happening, mention {request_id}." if request_id else ""
    return f"Something went wrong while answering. Please try again.{reference}"
