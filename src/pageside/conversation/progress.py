"""What a reader is told first: what is being done with their message, by its words alone."""

from __future__ import annotations

from collections.abc import Callable

from chatkit.types import ProgressUpdateEvent

from pageside.phrases import chat

Progress = Callable[[str, str], ProgressUpdateEvent]


def searching(text: str, language: str) -> ProgressUpdateEvent:
    """That the book is searched, whatever `text` says; said in `language`."""
    return ProgressUpdateEvent(text=chat.SEARCHING.said(language), icon="search")


def looking_at_tasks(concerns: Callable[[str], bool]) -> Progress:
    """As `searching`, but for what is about the reader's tasks.

    Args:
        concerns: Whether a message is about tasks alone.
    """

    def told(text: str, language: str) -> ProgressUpdateEvent:
        if not concerns(text):
            return searching(text, language)
        return ProgressUpdateEvent(text=chat.LOOKING_AT_TASKS.said(language), icon="notebook")

    return told
