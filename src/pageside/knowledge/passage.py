"""The values retrieval speaks in: a document, its blocks, and the passages cut from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

BlockKind = Literal[
    "heading",
    "paragraph",
    "list_item",
    "label",  # the title of an admonition, tab or <details>: belongs to what follows
    "quote",
    "code",
    "table",
    "math",
    "diagram",
    "definition",
    "footnote",
    "quiz",  # a question with its choices: searchable, never quoted as a statement
]

NO_LABELS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Block:
    """The smallest piece a passage is made of; a passage boundary never falls inside one, save between table rows.

    Attributes:
        text: What a reader of the page reads. Emphasis, links and JSX are gone; inline `code`, $math$ stay marked.
            Code is fenced, tables are pipe rows with header and rule first, display math stands in `$$`.
        start: First character of the block in the page's source.
        end: One past its last character there.
        level: Depth of a heading, 1 to 6; 0 for everything else.
        anchor: For a heading, the id the site gives it; empty for everything else.
    """

    kind: BlockKind
    text: str
    start: int
    end: int
    level: int = 0
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One page of the book.

    Attributes:
        path: Relative to the book's folder, with forward slashes.
        url: Where the site shows it, with the base URL, without a fragment.
        language: BCP 47 primary subtag of its prose, such as `en` or `ja`.
        labels: `module`, `week`, `chapter`, `hardware_tier` and whatever else the page says of itself.
        source: The page as decoded text; every `start` and `end` counts characters of this.
        digest: SHA-256 of the file's bytes, in hex.
        position: Place in the book's reading order, from 0.
    """

    path: str
    title: str
    url: str
    language: str
    labels: Mapping[str, str]
    source: str
    blocks: tuple[Block, ...]
    digest: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a page under one heading: what is searched, cited and linked to.

    Attributes:
        id: Unchanged as long as path, heading path and text are.
        heading: The nearest heading above, or the page's title.
        heading_path: The page's title and every heading down to `heading`.
        anchor: Fragment of the nearest heading; empty for the top of the page.
        url: The page's URL and `#anchor`.
        start: First character in the page's source.
        end: One past the last there.
        position: Place in the book's reading order, from 0.
    """

    id: str
    path: str
    heading: str
    heading_path: tuple[str, ...]
    anchor: str
    url: str
    text: str
    start: int
    end: int
    language: str = "en"
    labels: Mapping[str, str] = field(default_factory=lambda: NO_LABELS)
    position: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a search returned.

    Attributes:
        relevance: Calibrated probability, 0 to 1, that the passage answers the question.
    """

    passage: Passage
    relevance: float


@dataclass(frozen=True, slots=True)
class Selection:
    """What the reader selected on a page, located in the book.

    Attributes:
        passages: The passages the selection lies in, in reading order; empty where it was not found.
        quote: The selected text as it was sent.
    """

    quote: str
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search gives back.

    Attributes:
        passages: Best first; when a selection was found, its surroundings lead.
        confidence: Calibrated probability, 0 to 1, that `passages` together answer the question.
        selection: Where the selected text was found; absent when none was sent.
    """

    passages: tuple[Found, ...]
    confidence: float
    selection: Selection | None = None
