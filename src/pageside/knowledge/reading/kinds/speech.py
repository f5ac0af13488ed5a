"""What a page says, piece by piece: the form in which every parser hands it on to become blocks or HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Container = Literal[
    "heading",
    "paragraph",
    "list",
    "item",
    "quote",
    "note",  # an admonition
    "label",  # the title of a note, a tab or of details
    "details",
    "terms",
    "term",
    "definition",
    "footnote",
    "table",
    "row",
    "cell",
    "link",
    "strong",
    "emphasis",
]


@dataclass(frozen=True, slots=True)
class Open:
    """A container begins; whatever opens it, closes it.

    Attributes:
        start: Where it begins in the page's source.
        level: Of a heading, 1 to 6.
        anchor: Of a heading, the id that links may lead to.
        target: Of a link, the address as it is written.
        number: Of an ordered list, its first number.
    """

    container: Container
    start: int
    level: int = 0
    anchor: str = ""
    target: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """A container ends at `end` of the page's source."""

    container: Container
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """Running text; its white space reads as single spaces."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stands among words without being words.

    Attributes:
        text: The code, the formula without its marks, the words that stand for a picture; nothing for a line break.
        target: Address of a picture.
    """

    form: Literal["code", "math", "picture", "break"]
    text: str
    start: int
    end: int
    target: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """A block that is kept as it is written.

    Attributes:
        language: Of code, as its author calls it; empty where nobody says.
    """

    kind: Literal["code", "math", "diagram"]
    text: str
    start: int
    end: int
    language: str = ""


Said = Open | Close | Words | Phrase | Whole

DEEPEST = 60  # containers within containers; what is opened further in only parts the words around it
