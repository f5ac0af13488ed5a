"""The keys that attachments' bytes are kept under, which say whose they are."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from typing import Final

from pageside.identity.reader import Reader

_LONGEST_PART: Final = 180  # of a key, in characters; file systems take 255


def new(attachment_id: str, reader: Reader) -> str:
    """A fresh key for the bytes of an attachment, which says whose they are: a sweep has nothing else to go by."""
    whose = json.dumps([reader.organisation, reader.subject], ensure_ascii=False).encode()
    folded = base64.b32encode(whose).decode("ascii").rstrip("=").lower()
    parts = [folded[at : at + _LONGEST_PART] for at in range(0, len(folded), _LONGEST_PART)]
    return "/".join([*parts, f"{attachment_id}~{secrets.token_hex(8)}"])


def read(key: str) -> tuple[Reader, str] | None:
    """Whose attachment the bytes under `key` are, and which; None for a key that is none of ours."""
    *parts, last = key.split("/")
    attachment_id, mark, _ = last.partition("~")
    folded = "".join(parts).upper()
    try:
        organisation, subject = json.loads(base64.b32decode(folded + "=" * (-len(folded) % 8)))
    except (binascii.Error, ValueError, TypeError):
        return None
    return (Reader(subject=subject, organisation=organisation), attachment_id) if mark else None
