"""Which large bodies are recordings to be transcribed, the one operation that may bring more than a page of text."""

from __future__ import annotations

import re
from typing import Final

from pydantic_core import from_json

OPERATION: Final = "input.transcribe"
_ENVELOPE_BYTES: Final = 10_000  # what stands around the recording
BEGINNING: Final = 1_000  # bytes in which a body says what it is
_NAMES_IT: Final = re.compile(rb'"type"\s*:\s*"input\.transcribe"')


def largest_body(audio_bytes: int) -> int:
    """Bytes of the largest body that a recording of `audio_bytes` can come in: base64 in an envelope."""
    return 4 * ((audio_bytes + 2) // 3) + _ENVELOPE_BYTES


def may_be(body: bytes) -> bool:
    """Whether a body that begins so may be a recording: it says so at once, or it is not read to its end."""
    return bool(_NAMES_IT.search(body[:BEGINNING]))


def is_one(body: bytes) -> bool:
    """Whether the whole body is that operation, and does not merely hold its name."""
    try:
        told = from_json(body)
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("type") == OPERATION
