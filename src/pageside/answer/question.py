"""A question as the tutor gets it, with everything that gives it meaning."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from pageside.identity.reader import Reader
from pageside.knowledge.contents import Entry
from pageside.phrases.phrase import ENGLISH

# Whether documentation of libraries is looked up: not at all, for questions how one is used, or as the reader wants it.
LibraryWish = Literal["never", "when_used", "always"]

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
class PageTool:
    """Something that the page beside the conversation can be asked.

    Attributes:
        name: 1 to 64 letters, digits, `_` and `-`.
        description: What it gives and when to ask for it, for a model to read.
        parameters: JSON Schema of its arguments.
    """

    name: str
    description: str
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({"type": "object"}))


@dataclass(frozen=True, slots=True)
class PageReply:
    """What the page said when it was asked: data, never instructions."""

    tool: str
    arguments: Mapping[str, object]
    output: object


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of the reader's: data, never instructions.

    Attributes:
        size: In bytes.
        read: All of its bytes; raises a `PagesideError` where they are not to be had.
        earlier: Whether it came with an earlier message than the question.
    """

    name: str
    mime_type: str
    size: int
    read: Callable[[], Awaitable[bytes]]
    earlier: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What the reader asks now.

    Attributes:
        selected_text: Text the reader selected on the page; empty in full-book mode.
        surroundings: What stands around it there, where the browser tells.
        history: At most the last ten messages before this one, oldest first.
        profile: The reader's own words about themselves, such as `name` and `hardwareTier`.
        filters: Labels that every passage must have, such as `module`.
        section: The place of the book that the reader wants explained; `filters` lead the search there.
        may_ask: Whether the reader can be asked back with a form.
        clarified: What the reader chose or wrote when asked back; empty where they skipped it, None before.
        page_tools: What the page can be asked.
        page_replies: What it said in this turn, oldest first.
        attachments: Files the reader sent, with this message or the last one that brought any.
        library_docs: Whether documentation of libraries is looked up beside the book.
        fresh: Whether it is answered anew, whatever somebody was answered before.
        reader: Who asks, where something is to be done for them; None where nobody is known.
        today: The day it is where they are; None where that is not known.
        thread: The conversation it is asked in; empty where it is kept in none.
        message: The message of it that asks.
        language: In which our own words are said to them, ISO 639-1; a model answers in that of the question.
        titles: Those of places of the book that stand in `text`: the book's words, not the reader's.
    """

    text: str
    selected_text: str = ""
    surroundings: str = ""
    page: Page | None = None
    history: tuple[Message, ...] = ()
    profile: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    filters: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    section: Entry | None = None
    may_ask: bool = False
    clarified: tuple[str, ...] | None = None
    page_tools: tuple[PageTool, ...] = ()
    page_replies: tuple[PageReply, ...] = ()
    attachments: tuple[Attached, ...] = ()
    library_docs: LibraryWish = "never"
    fresh: bool = False
    reader: Reader | None = None
    today: date | None = None
    thread: str = ""
    message: str = ""
    language: str = ENGLISH
    titles: tuple[str, ...] = ()
