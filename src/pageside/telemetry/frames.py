"""Errors as they may be told: which class, raised where; no message and no value, for both may quote a reader."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Final

_MOST_CAUSES: Final = 8
_MOST_FRAMES: Final = 60


def told(error: BaseException) -> str:
    """`error` and what led to it: of each its class, and where it went, the innermost call last."""
    return "\ncaused by\n".join(_one(each) for each in causes(error))


def causes(error: BaseException) -> Iterator[BaseException]:
    """`error`, then what it was raised for, and so on."""
    seen = set[int]()
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(seen) < _MOST_CAUSES:
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            current = current.exceptions[0]
        else:
            current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def name(error: BaseException) -> str:
    """The class of `error`, with its module."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _one(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__, limit=-_MOST_FRAMES)
    return "\n".join([name(error), *(f"  {_short(each.filename)}:{each.lineno} {each.name}" for each in frames)])


def _short(path: str) -> str:
    """A file's path from its package on: where a server is installed is nobody's matter."""
    return path.rpartition("/site-packages/")[2].rpartition("/src/")[2]
