"""What happens while an answer is made, in the order it happens; every door (ChatKit, REST, CLI) reads this stream.

Searching, Gathered, then TextDelta and Cited in turn, then exactly one Completed. Where the question says that the page
or the reader can be asked, AskedPage or AskedBack may come in its place: the turn rests until they reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pageside.knowledge.passage import Found, Passage
from pageside.tasks.task import Task

Outcome = Literal["answered", "closest", "not_in_book", "conversation"]

# What became of documentation of libraries: nobody asked for it; this server looks none up; the question names no
# library; the library has none on it; its server is away or too slow; it stood beside the book.
LibraryStatus = Literal["not_asked", "not_available", "not_needed", "nothing_found", "unavailable", "found"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage the answer may cite, under the number it is cited by (from 1)."""

    number: int
    found: Found


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in the book, a file of the reader's or documentation that a sentence of the answer rests on.

    Attributes:
        marker: The number in the text, `[1]` for 1; counted by first appearance in the answer.
        quote: The supporting sentence or lines, exactly as they stand in `passage.text`.
        url: Deep link to the quote: `page#anchor:~:text=...`.
        relevance: Calibrated probability, 0 to 1, that the passage answers the question.
        start: First character of `quote` in `passage.text`.
    """

    marker: int
    passage: Passage
    quote: str
    url: str
    relevance: float
    start: int = 0

    @property
    def end(self) -> int:
        """One past the last character of `quote` in `passage.text`."""
        return self.start + len(self.quote)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence or block of the answer that states something, and what became of it.

    Attributes:
        start: First character in the answer's text, its marks and lead aside.
        end: One past its last there, its citation marks included.
        markers: Of the citations that support it; none where nothing does.
        strength: Of the support, 0 to 1, by the checker whose version the answer names.
    """

    start: int
    end: int
    markers: tuple[int, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What the answer cost, tokens as the model reports them.

    Attributes:
        beside_tokens: Of embeddings and reranking, where an endpoint reports them.
        millionths: What all of it cost at the configured prices, in millionths of their currency.
        cached: Whether it was answered from the cache, and so cost nothing.
        searches: How often the book was searched, the first time included.
        docs: How often documentation of libraries was asked for.
        first_s: Seconds from the question to the first text shown.
        whole_s: Seconds from the question to the end.
    """

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    beside_tokens: int = 0
    millionths: int = 0
    cached: bool = False
    searches: int = 0
    docs: int = 0
    first_s: float = 0.0
    whole_s: float = 0.0


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool of the Model Context Protocol that was made for the answer.

    Attributes:
        result: What the tool gave, `structuredContent`; of a call that failed, its `error` as text.
    """

    name: str
    arguments: Mapping[str, object]
    result: Mapping[str, object]
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole answer.

    Attributes:
        text: Markdown; `text` equals the TextDeltas joined.
        confidence: Calibrated probability, 0 to 1, that the answer is right.
        claims: In order; sentences that state nothing are none.
        checker: Version of the checker that judged the claims.
        repaired: Sentences that the model had to say again to be supported.
        dropped: Sentences that nothing supports and that were left out.
        marked: Sentences that nothing supports and that were shown with a mark.
        library_docs: What became of documentation of libraries beside the book.
        tool_calls: What was done with the reader's tasks, in order; none where it was not kept in the end.
    """

    text: str
    citations: tuple[Citation, ...]
    outcome: Outcome
    confidence: float
    usage: Usage
    claims: tuple[Claim, ...] = ()
    checker: str = ""
    repaired: int = 0
    dropped: int = 0
    marked: int = 0
    library_docs: LibraryStatus = "not_asked"
    tool_calls: tuple[ToolCall, ...] = ()


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
        options: What to choose from, all different.
        question: What they are asked; empty for which part of the book they mean.
        usage: What it took to find out that they must be asked.
    """

    options: tuple[str, ...]
    question: str = ""
    usage: Usage = field(default_factory=lambda: Usage(""))


@dataclass(frozen=True, slots=True)
class ShownTasks:
    """The reader's tasks are to be shown as a list to act on.

    Attributes:
        heading: What the list shows, such as "3 open tasks".
        tasks: In the order in which they are shown; those just deleted among them, to be brought back.
    """

    heading: str
    tasks: tuple[Task, ...]


TutorEvent = Searching | Gathered | TextDelta | Cited | Completed | AskedPage | AskedBack | ShownTasks
