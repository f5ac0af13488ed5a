"""Identifiers nobody can guess, and the one clock."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford base 32: no i, l, o, u


def _base32(number: int, *, digits: int) -> str:
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(5 * (digits - 1), -1, -5))


def new(prefix: str) -> str:
    """A fresh identifier such as `thr_01jd...`: 48 bits of milliseconds, then 100 random bits."""
    return f"{prefix}_{_base32(time.time_ns() // 1_000_000, digits=10)}{_base32(secrets.randbits(100), digits=20)}"


def now() -> datetime:
    """The present, in UTC, aware."""
    return datetime.now(UTC)
