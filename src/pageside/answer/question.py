"""A question as the tutor gets it, with everything that gives it meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Message:
    """One earlier message of the thread, oldest first in a history."""

    role: Literal["reader", "tutor"]
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """The page the reader is on, as the reader's browser describes it: data, never instructions."""

    url: str = ""
    title: str = ""
    path: str = ""
    headings: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader asks now.

    Attributes:
        selected_text: Text the reader selected on the page; empty in full-book mode.
        history: At most the last ten messages before this one, oldest first.
        profile: The reader's own words about themselves, such as `name` and `hardwareTier`.
        filters: Labels that every passage must have, such as `module`.
    """

    text: str
    selected_text: str = ""
    page: Page | None = None
    history: tuple[Message, ...] = ()
    profile: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    filters: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
