"""What the reports speak in; none of it holds a reader's name, and words of readers only where it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

Outcome = Literal["answered", "closest", "not_in_book", "conversation", "failed", "stopped"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("answered", "closest", "not_in_book", "conversation", "failed", "stopped")

Sort = Literal["last", "started", "turns", "messages", "first_ms", "millionths", "negative"]
SORTS: Final[tuple[Sort, ...]] = ("last", "started", "turns", "messages", "first_ms", "millionths", "negative")


@dataclass(frozen=True, slots=True)
class Period:
    """Days of UTC, both included.

    Raises:
        ValueError: `first` is after `last`.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"A period cannot begin on {self.first} and end on {self.last}.")


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose turns a report is about.

    Attributes:
        organisation: Of the readers; empty on a server without, None for all of them.
        book: Its name; empty for the one book of a server, None for all books.
    """

    organisation: str | None = ""
    book: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """What turns add up to.

    Attributes:
        readers: How many different ones; of those who had their turns erased, none.
        outcomes: How many turns came out how, each of `OUTCOMES` named.
        cached: Of the turns, those answered from the cache.
        first_ms_p50: Milliseconds until the first text was shown, at the median turn that showed any, to half a percent
            or 3 ms; 0 without one.
        whole_ms_p50: Milliseconds until the end, likewise.
        beside_tokens: Of embeddings and reranking.
        millionths: Of the currency in which prices are set.
        positive: Opinions of readers.
    """

    turns: int
    readers: int
    threads: int
    outcomes: Mapping[Outcome, int]
    cached: int
    first_ms_p50: int
    first_ms_p95: int
    whole_ms_p50: int
    whole_ms_p95: int
    input_tokens: int
    output_tokens: int
    beside_tokens: int
    millionths: int
    positive: int
    negative: int


@dataclass(frozen=True, slots=True)
class DaySum:
    """A day of UTC; days without a turn are there, too."""

    day: date
    counts: Counts


@dataclass(frozen=True, slots=True)
class BookSum:
    """One of several books; the one book of a server has no name."""

    book: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class ReaderSum:
    """What one reader took, under a name that says nothing of who they are."""

    reader_hash: str
    turns: int
    threads: int
    tokens: int
    millionths: int
    last: datetime


@dataclass(frozen=True, slots=True)
class ThreadLine:
    """A conversation without its words.

    Attributes:
        messages: Of the reader and of the book, those of the period.
        first_ms_p50: Milliseconds until the first text of an answer was shown, in the median turn.
        first_ms_most: The same in the slowest, by which conversations are sorted.
        positive: Opinions of its answers.
    """

    id: str
    reader_hash: str
    organisation: str
    book: str
    started: datetime
    last: datetime
    messages: int
    turns: int
    outcomes: Mapping[Outcome, int]
    positive: int
    negative: int
    tokens: int
    millionths: int
    first_ms_p50: int
    first_ms_most: int


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Some conversations, and where the next page begins; None at the end."""

    lines: Sequence[ThreadLine]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a conversation, as its reader sees it; its text is hostile."""

    at: datetime
    by: Literal["reader", "book"]
    text: str
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class ThreadText:
    """The words of a conversation; that they were looked at is kept in the audit."""

    id: str
    title: str
    reader_hash: str
    said: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Section:
    """A place in a book, as it was when somebody asked."""

    book: str
    page: str
    anchor: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions of one meaning that the book does not answer.

    Attributes:
        key: The same as long as the group is found by the same turns.
        words: What at least two readers wrote, most common first; none where nobody shares a word.
        nearest: The section nearest to most of them.
        questions: As they were asked, newest first; empty for who may not read text. Hostile.
    """

    key: str
    turns: int
    readers: int
    words: tuple[str, ...]
    nearest: Section | None
    outcomes: Mapping[Outcome, int]
    last: datetime
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PassageLine:
    """A section, by what became of the questions that led to it.

    Attributes:
        closest: Questions it was only near to.
        declined: Questions that it was nearest to and that the book does not answer.
        asked_again: Questions after which the same reader soon asked for the same section again.
        unsure: Answers of low confidence.
        confusion: 0 to 1; what part of its questions at least went wrong, as far as so many questions can say.
        why: That in sentences, the gravest first.
    """

    section: Section
    questions: int
    readers: int
    closest: int
    declined: int
    negative: int
    positive: int
    asked_again: int
    unsure: int
    confusion: float
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedbackLine:
    """An opinion of one answer."""

    at: datetime
    book: str
    thread_id: str
    item_id: str
    reader_hash: str
    kind: Literal["positive", "negative"]
    outcome: Outcome
    confidence: float
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Updating:
    """An update of an index under way.

    Attributes:
        stage: `waiting` until the writer's place is free.
        done: Of `total` pages while reading, texts while embedding, passages while writing.
    """

    stage: Literal["waiting", "reading", "embedding", "writing"]
    done: int
    total: int
    by: str
    started: datetime


@dataclass(frozen=True, slots=True)
class IndexState:
    """The index of a book, as every process sees it.

    Attributes:
        generation: Empty where there is none yet.
        model: That embedded it; empty where it is searched by words alone.
        updating: None where nobody works on it.
        last_error: Why the last update failed, in words; empty where it did not.
        last_report: What the last update that somebody asked for here did, in words; empty where there was none.
    """

    book: str
    title: str
    generation: str
    built_at: datetime | None
    passages: int
    documents: int
    model: str = ""
    updating: Updating | None = None
    last_error: str = ""
    last_report: str = ""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """Somebody looked at words of readers, or did something; kept for 400 days, and changed by nobody.

    Attributes:
        what: `thread` (its words), `questions` (of the report on unanswered ones), `reindex` or `sign_in`.
    """

    at: datetime
    who: str
    what: str
    thread_id: str
    reader_hash: str
    reason: str
