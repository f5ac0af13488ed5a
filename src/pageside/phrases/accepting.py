"""Which languages a reader wants, as their client says with every request; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pageside.phrases.phrase import ENGLISH, LANGUAGES

_MAX_CHARS: Final = 500
_ACCEPTED: Final = re.compile(r"\s*([a-z]{2})(?:-[\w-]*)?\s*(?:;\s*q\s*=\s*(\d(?:\.\d{0,3})?))?\s*", re.IGNORECASE)


def languages(accepted: str) -> tuple[str, ...]:
    """The languages, ISO 639-1, that an `Accept-Language` header names, the best liked first.

    Source: RFC 9110, section 12.5.4.
    """
    weights: dict[str, float] = {}
    for match in filter(None, map(_ACCEPTED.fullmatch, accepted[:_MAX_CHARS].split(","))):
        weight = float(match[2] or 1)
        if weight > 0:
            weights.setdefault(match[1].lower(), weight)
    return tuple(sorted(weights, key=lambda name: -weights[name]))


def spoken(wanted: Sequence[str]) -> str:
    """The first of `wanted` that the server speaks; English where it speaks none of them."""
    return next((name for name in wanted if name in LANGUAGES), ENGLISH)
