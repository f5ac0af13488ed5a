"""What happens while an answer is made, in the order it happens; every door (ChatKit, REST, CLI) reads this stream.

Searching, Gathered, then TextDelta and Cited in turn, then exactly one Completed. Where the question says that the page
or the reader can be asked, AskedPage or AskedBack may come in its place: the turn rests until they reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pageside.knowledge.passage import Found, Passage

Outcome = Literal["answered", "closest", "not_in_book", "conversation"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage the answer may cite, under the number it is cited by (from 1)."""

    number: int
    found: Found


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in the book that a sentence of the answer rests on.

    Attributes:
        marker: The number in the text, `[1]` for 1; counted by first appearance in the answer.
        quote: The supporting sentence or lines, exactly as they stand in `passage.text`.
        url: Deep link to the quote: `page#anchor:~:text=...`.
        relevance: Calibrated probability, 0 to 1, that the passage answers the question.
    """

    marker: int
    passage: Passage
    quote: str
    url: str
    relevance: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What the answer cost, as the model reports it."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer.

    Attributes:
        text: Markdown; `text` equals the TextDeltas joined.
        confidence: Calibrated probability, 0 to 1, that the answer is right.
    """

    text: str
    citations: tuple[Citation, ...]
    outcome: Outcome
    confidence: float
    usage: Usage


@dataclass(frozen=True, slots=True)
class Searching:
    """The search has begun, for `query` (the question made standalone)."""

    query: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """The search has ended; `evidence` is what the model is given, best first."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer's text, fit to be shown now."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A citation whose marker ends at character `at` of the text so far (code points)."""

    citation: Citation
    at: int


@dataclass(frozen=True, slots=True)
class Completed:
    """The end; nothing follows."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class AskedPage:
    """The page is asked for something it said it can tell; the question asked again with its reply goes on."""

    tool: str
    arguments: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class AskedBack:
    """The reader is asked what they mean; the question asked again with what they choose or write goes on.

    Attributes:
        options: Names of places to choose from, all different.
    """

    options: tuple[str, ...]


TutorEvent = Searching | Gathered | TextDelta | Cited | Completed | AskedPage | AskedBack
