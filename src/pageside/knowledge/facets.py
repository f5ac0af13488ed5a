"""The parts of a question that asks for two things at once, as a comparison does; pure."""

from __future__ import annotations

import re
from typing import Final

from pageside.knowledge import keywords

_MOST: Final = 3
_LONGEST_WORDS: Final = 40  # what is longer is a text somebody pasted
# Words that say that things are compared, and tell nothing of what they are.
_COMPARING: Final = re.compile(
    r"\b(?:difference|distinction|comparison|relation(?:ship)?|connection)s?\s+(?:between|of)\b"
    r"|\b(?:compare[ds]?|comparing|contrast|distinguish(?:es)?|tell\s+apart)\b"
    r"|\b(?:differs?|different|separates?|relates?)\b",
    re.IGNORECASE,
)
_EITHER: Final = (
    r"\b(?:and\s+)?then\b|\bversus\b|\bvs\.?(?=\s)|\bwhile\b"
    r"|\bas\s+opposed\s+to\b|\brather\s+than\b|\binstead\s+of\b|[;?]\s"
)
_JOINT: Final = re.compile(rf"{_EITHER}|,?\s\b(?:and|or|nor)\b", re.IGNORECASE)
_COMPARED: Final = re.compile(
    rf"{_EITHER}|,?\s\b(?:and|or)\b|\bfrom\b|\bwith\b|\bto\b|\bthan\b|\bagainst\b", re.IGNORECASE
)


def split(question: str) -> tuple[str, ...]:
    """What `question` asks for, part by part: `an LSTM` and `a GRU` of "How does an LSTM differ from a GRU?".

    Empty for a question that asks for one thing, as far as its words tell.
    """
    if len(question.split()) > _LONGEST_WORDS:
        return ()
    compared = bool(_COMPARING.search(question))
    bare = _COMPARING.sub(" ", question)
    parts = [" ".join(part.split()).strip(" ,;:?.!") for part in (_COMPARED if compared else _JOINT).split(bare)]
    told = [part for part in parts if _tells(part)]
    return tuple(told[:_MOST]) if len(told) > 1 else ()


def _tells(part: str) -> bool:
    """Whether `part` holds a word that is not of the kind all questions are made of."""
    return bool(keywords.content(part))
