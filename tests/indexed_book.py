"""The small book indexed without an embedder, and everything that answers from it, with the real embedded model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import small_book

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.knowledge import ingest
from pageside.knowledge.contents import KeptContents
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.led import LedSearch
from pageside.knowledge.search import Search


@dataclass(frozen=True, slots=True)
class Shelved:
    """A book on the disk and what reads it.

    Attributes:
        book: The folder of its pages.
        folder: Where its index is.
    """

    book: Path
    folder: Path
    contents: KeptContents
    tutor: Tutor

    async def reindex(self) -> None:
        """Brings the index up to date with the pages as they are now."""
        await ingest.update(self.book, data_dir=self.folder, embedder=None)


@asynccontextmanager
async def shelved(
    folder: Path, models: Models | None = None, pages: dict[str, str] | None = None
) -> AsyncIterator[Shelved]:
    """The small book, or one of `pages`, in `folder`, with a tutor on `models`; the embedded one by default."""
    book = folder / "book"
    if pages is None:
        small_book.write(book)
    for name, text in (pages or {}).items():
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        (book / name).write_text(text, encoding="utf-8")
    await ingest.update(book, data_dir=folder / "index", embedder=None)
    index = EmbeddedIndex(folder / "index")
    contents = KeptContents(index)
    search = LedSearch(Search(index, None), index, contents)
    try:
        yield Shelved(book, folder / "index", contents, Tutor(search, models or Models(), contents=contents))
    finally:
        await index.aclose()
