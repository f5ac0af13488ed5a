"""Sections that speak of the book, or ask the reader, rather than tell; and who wants them all the same; pure."""

from __future__ import annotations

import re
from typing import Final

FRAME: Final = frozenset({"objectives", "prerequisites", "exercises", "further_reading"})
_ASKED_FOR: Final = re.compile(
    r"\b(?:learn|goals?|objectives?|outcomes?|prerequisites?|need to know|before (?:i|we) (?:start|begin)"
    r"|quiz(?:zes)?|exercises?|homework|projects?|read (?:next|more|further)|weeks?|chapters?|modules?|course|book)\b",
    re.IGNORECASE,
)


def asked_for(question: str) -> bool:
    """Whether `question` is about the book, its aims or its exercises, and so may be answered from such sections."""
    return bool(_ASKED_FOR.search(question))
