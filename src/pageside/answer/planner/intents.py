"""What a reader wants done with their tasks, as one agent hands it to the next; values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from pageside.phrases.phrase import Phrase
from pageside.tasks.task import Details, Status

# `undo` brings back what was before the last act; `help` asks what can be done.
Intent = Literal["add", "list", "complete", "update", "delete", "undo", "help", "unknown"]

CHANGING: Final[frozenset[Intent]] = frozenset({"add", "complete", "update", "delete", "undo"})
DESTRUCTIVE: Final[frozenset[Intent]] = frozenset({"update", "delete"})
LEAST_CONFIDENCE: Final = 0.7  # below it nothing is changed, and the reader is asked


@dataclass(frozen=True, slots=True)
class Sought:
    """Which tasks a list is to show; `numbers` where it is asked after some by number."""

    numbers: tuple[int, ...] = ()
    status: Literal["all", "pending", "completed"] = "all"
    words: str = ""
    tag: str = ""
    priority: str = ""
    due_from: date | None = None
    due_to: date | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Which tasks are meant, as it was said; `every`, `among` and `but` may stand beside one other way of saying it.

    Attributes:
        numbers: Said by number, such as `42` in "task 42".
        words: Said by title, such as `milk` in "the milk task".
        places: Said by place in the list that was last shown, from 1; -1 for the last, -2 for the one before it.
        last: Whether it is the task, or the tasks, that were last spoken of: "it", "that one", "them".
        every: All of a kind, not one: "everything", "everything done", "everything overdue"; with `last`, "them".
        among: What they have in common: the tag in "everything tagged exam", the day in "the one due Friday".
        but: Those that are not meant, in "all but the milk one".
    """

    numbers: tuple[int, ...] = ()
    words: str = ""
    places: tuple[int, ...] = ()
    last: bool = False
    every: Literal["", "all", "pending", "completed", "overdue"] = ""
    among: Sought | None = None
    but: Target | None = None

    @property
    def is_empty(self) -> bool:
        """Whether none is named."""
        return self == Target()


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to be done.

    Attributes:
        details: What a new task is, or what is to be changed.
        target: Which tasks are to be changed.
        status: What an update makes of them; None where it leaves that.
        sought: What a list shows.
    """

    intent: Intent
    details: Details = field(default_factory=Details)
    target: Target = field(default_factory=Target)
    status: Status | None = None
    sought: Sought = field(default_factory=Sought)


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a message wants.

    Attributes:
        acts: In the order in which they were said; none where the message is not about tasks.
        confidence: 0 to 1, that `acts` are what is meant.
        book: What the message asks of the book besides; empty where nothing.
        question: What to ask the reader where confidence is low; empty for a question made from the acts.
            With full confidence, no acts and nothing for the book: what to say, as when they take a wish back.
    """

    acts: tuple[Act, ...] = ()
    confidence: float = 1.0
    book: str = ""
    question: str | Phrase = ""
