"""What an index of a book gives, whatever engine is under it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pageside.knowledge.embed import Vectors
from pageside.knowledge.passage import Passage


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that an index found, with what each way of searching thinks of it.

    Attributes:
        score: By which hits are ordered; means nothing across searches.
        keyword: BM25, from 0 (no word in common) up.
        cosine: Likeness of the vectors, -1 to 1; NaN where there is none to compare.
        coverage: Share, 0 to 1, of the question's words that the passage or its headings hold, the rare counting more.
    """

    passage: Passage
    score: float
    keyword: float
    cosine: float
    coverage: float


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A page as the index remembers it.

    Attributes:
        digest: SHA-256 of the file's bytes, in hex.
        position: Place in the book's reading order, from 0.
        passages: How many were cut from it.
    """

    path: str
    title: str
    url: str
    language: str
    digest: str
    position: int
    passages: int


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an index is made of.

    Attributes:
        generation: Changes whenever anything a search can return changes.
        model: Name of the embedder its vectors come from; empty where it has none.
        languages: BCP 47 primary subtags of its passages, most frequent first.
    """

    generation: str
    book: str
    documents: int
    passages: int
    model: str
    dimensions: int
    languages: tuple[str, ...]
    built_at: datetime


class Index(Protocol):
    """The passages of one book, to be searched."""

    async def search(
        self, text: str, vector: Vectors | None, *, limit: int, filters: Mapping[str, str]
    ) -> tuple[Hit, ...]:
        """Passages nearest to the words of `text` and to `vector`, best first; by words alone without a vector.

        Args:
            limit: At most so many, from 1.
            filters: Every passage has all of these labels; also `path`, `language` and `book`.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            IndexBroken: What was indexed cannot be read.
        """
        ...

    async def passages(self, *, path: str | None = None) -> tuple[Passage, ...]:
        """All passages, or those of one page, in reading order."""
        ...

    async def counts(self, terms: Sequence[str]) -> dict[str, int]:
        """For each of `terms`, tokens as `keywords.query` gives them, how many passages or their headings hold it."""
        ...

    async def documents(self) -> tuple[DocumentRow, ...]:
        """All pages, in reading order."""
        ...

    def status(self) -> IndexStatus:
        """What the index is made of at this moment; may read files, so call it from a worker thread.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            IndexBroken: What was indexed cannot be read.
        """
        ...

    async def aclose(self) -> None:
        """Lets go of files and connections."""
        ...
