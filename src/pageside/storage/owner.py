"""Whose rows a unit of work may touch."""

from __future__ import annotations

from typing import Protocol


class Owner(Protocol):
    """One reader of one organisation; a `Reader` is one."""

    @property
    def organisation(self) -> str: ...
    @property
    def subject(self) -> str: ...
