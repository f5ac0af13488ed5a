"""A task, what may be said of one, and what cannot be meant; pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, get_args

from pageside.errors import InvalidInput, NotFound
from pageside.phrases import task_lists
from pageside.phrases.phrase import Phrase

Status = Literal["pending", "completed"]
Priority = Literal["low", "normal", "high"]

STATUSES: Final[tuple[Status, ...]] = get_args(Status)
PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)
MAX_TITLE: Final = 200  # characters
MAX_DESCRIPTION: Final = 2_000
MAX_TAGS: Final = 10
MAX_TAG: Final = 50
MAX_QUOTE: Final = 500  # of a passage; what is longer is cut
MAX_URL: Final = 4_000


class NoSuchTask(NotFound):
    """The reader has no task of this number; `number` is what was asked for."""

    code = "task_not_found"

    def __init__(self, number: int) -> None:
        super().__init__(task_lists.NO_SUCH_NUMBER.of(number=number))
        self.number = number


class NothingToUndo(NotFound):
    """Nothing was done with the reader's tasks that can still be undone."""

    code = "nothing_to_undo"

    def __init__(self) -> None:
        super().__init__(task_lists.NOTHING_TO_UNDO)


class BadTask(InvalidInput):
    """Something that was said of a task cannot be kept; the message says what."""

    code = "invalid_task"


@dataclass(frozen=True, slots=True)
class Passage:
    """The place in the book that a task is about.

    Attributes:
        url: Deep link to the quote; a path, or of http or https.
        quote: What the reader had selected, or the first sentence there.
    """

    title: str
    url: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing a reader wants to do.

    Attributes:
        number: Counted for each reader from 1, and never given twice.
        due: The day it should be done by.
        deleted_at: When it was deleted; it can be brought back for `board.KEPT` from then.
    """

    number: int
    title: str
    created_at: datetime
    updated_at: datetime
    description: str = ""
    status: Status = "pending"
    priority: Priority = "normal"
    due: date | None = None
    tags: tuple[str, ...] = ()
    passage: Passage | None = None
    completed_at: datetime | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """What is said of a task; None for what is not said. `no_due` takes its day away."""

    title: str | None = None
    description: str | None = None
    priority: Priority | None = None
    due: date | None = None
    no_due: bool = False
    tags: tuple[str, ...] | None = None
    passage: Passage | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return self == Details()


def checked(told: Details, *, new: bool, more: bool = False) -> Details:
    """`told` as it is kept: each text without what cannot be seen, and within its length.

    Args:
        new: Whether it is said of a task that is to be made, which needs a title.
        more: Whether something else is changed too, so that nothing need be told.

    Raises:
        BadTask: Something is too long, empty, or of no kind that is known.
    """
    if new and told.title is None:
        raise BadTask(task_lists.TITLE_NEEDED)
    if not new and not more and told.is_empty:
        raise BadTask("Nothing to change was said: give a title, a description, a date, a priority, tags or a status.")
    return Details(
        title=None if told.title is None else title(told.title),
        description=None if told.description is None else description(told.description),
        priority=None if told.priority is None else priority(told.priority),
        due=told.due,
        no_due=told.no_due and told.due is None,
        tags=None if told.tags is None else tags(told.tags),
        passage=None if told.passage is None else passage(told.passage),
    )


def title(told: str) -> str:
    """A title as it is kept: one line.

    Raises:
        BadTask: It is empty or longer than `MAX_TITLE`.
    """
    line = " ".join(_text(told).split())
    if not _shows(line):
        raise BadTask(task_lists.TITLE_EMPTY)
    if len(line) > MAX_TITLE:
        raise BadTask(task_lists.TITLE_TOO_LONG.of(length=len(line), most=MAX_TITLE))
    return line


def description(told: str) -> str:
    """What is said about a task as it is kept; lines stay.

    Raises:
        BadTask: It is longer than `MAX_DESCRIPTION`.
    """
    return _text(told, MAX_DESCRIPTION, task_lists.DESCRIPTION)


def passage(told: Passage) -> Passage:
    """A passage as it is kept: its texts cut to size.

    Raises:
        BadTask: Its address is too long, or leads elsewhere than to a page.
    """
    scheme = _SCHEME.match(told.url)
    if len(told.url) > MAX_URL or (scheme and scheme[1].lower() not in {"http", "https"}):
        raise BadTask("The address of the passage cannot be kept: give that of a page, with http or https.")
    return Passage(_cut(told.title, MAX_TITLE), told.url, _cut(told.quote, MAX_QUOTE))


def number(told: object) -> int:
    """The number of a task, also written as text: `5`, `"5"`, `"#5"`; never `true`, which Python takes for 1.

    Raises:
        BadTask: It is none.
    """
    if isinstance(told, str) and told.strip().removeprefix("#").isdecimal() and told.strip().isascii():
        told = int(told.strip().removeprefix("#")[:19])
    if isinstance(told, bool) or not isinstance(told, int) or not 1 <= told < 2**63:
        raise BadTask(f"{_shown(told)} is no number of a task: give a whole number from 1, such as 42.")
    return told


def status(told: object) -> Status:
    """A status.

    Raises:
        BadTask: There is none of this name.
    """
    for known in STATUSES:
        if told == known:
            return known
    raise BadTask(f"{_shown(told)} is no status: give one of {', '.join(STATUSES)}.")


def priority(told: object) -> Priority:
    """A priority.

    Raises:
        BadTask: There is none of this name.
    """
    for known in PRIORITIES:
        if told == known:
            return known
    raise BadTask(f"{_shown(told)} is no priority: give one of {', '.join(PRIORITIES)}.")


def tag(told: str) -> str:
    """A tag as it is kept: lower case, one word, without `#`.

    Raises:
        BadTask: It is empty or longer than `MAX_TAG`.
    """
    kept = "-".join(_text(told, MAX_TAG, task_lists.TAG_NAME).lstrip("#").casefold().split())
    if not _shows(kept):
        raise BadTask(task_lists.TAG_EMPTY)
    return kept


def tags(told: Iterable[str]) -> tuple[str, ...]:
    """Tags as they are kept: lower case, without `#`, each once, in the order given.

    Raises:
        BadTask: They are too many, or one is empty or too long.
    """
    kept = dict.fromkeys(map(tag, told))
    if len(kept) > MAX_TAGS:
        raise BadTask(task_lists.TOO_MANY_TAGS.of(count=len(kept), most=MAX_TAGS))
    return tuple(kept)


def day(told: object) -> date:
    """A day as `2026-11-30`.

    Raises:
        BadTask: It is none.
    """
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        raise BadTask(f"{_shown(told)} is no day: write it as 2026-11-30.") from None


def _text(told: str, limit: int = 0, what: Phrase | None = None) -> str:
    """`told` without control characters (line breaks stay) and what turns the order of letters around unseen."""
    seen = "".join(each for each in told if each in "\n\t" or _is_kept(each)).strip()
    if limit and len(seen) > limit:
        raise BadTask(task_lists.TOO_LONG.of(what=what, length=len(seen), most=limit))
    return seen


def _is_kept(letter: str) -> bool:
    return unicodedata.category(letter) not in _UNSEEN and letter not in _TURNING


def _shows(text: str) -> bool:
    """Whether anything of it can be seen."""
    return any(unicodedata.category(letter) not in _BLANK for letter in text)


def _cut(told: str, limit: int) -> str:
    text = " ".join(_text(told).split())
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


# Joiners stay, which emoji and several scripts need; so do letters that this Python does not know yet.
_UNSEEN: Final = frozenset({"Cc", "Cs", "Co"})
_BLANK: Final = _UNSEEN | {"Cf", "Zs", "Zl", "Zp"}
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SCHEME: Final = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.\-]*):")


def _shown(told: object) -> str:
    text = repr(told)
    return text if len(text) <= 40 else f"{text[:37]}...'"
