"""What a reader is told first: what is being done with their message, by its words alone."""

from __future__ import annotations

from collections.abc import Callable

from chatkit.types import ProgressUpdateEvent

Progress = Callable[[str], ProgressUpdateEvent]


def searching(text: str) -> ProgressUpdateEvent:
    """That the book is searched, whatever `text` says."""
    return ProgressUpdateEvent(text="Searching the book", icon="search")


def looking_at_tasks(concerns: Callable[[str], bool]) -> Progress:
    """As `searching`, but for what is about the reader's tasks.

    Args:
        concerns: Whether a message is about tasks alone.
    """

    def told(text: str) -> ProgressUpdateEvent:
        return ProgressUpdateEvent(text="Looking at your tasks", icon="notebook") if concerns(text) else searching(text)

    return told
