"""A book whose places have all kinds of names, its index, and everything that answers from it without a model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import small_book
from tests.knowledge.small_index import HashingEmbedder

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.knowledge import ingest
from pageside.knowledge.contents import KeptContents
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.led import LedSearch
from pageside.knowledge.search import Search

PAGES = {
    **small_book.PAGES,
    "module-1-hive/tools.md": "# Tools\n\nA hive tool is a steel bar that parts boxes stuck together by propolis.\n",
    "module-2-harvest/tools.md": "# Tools\n\nAn uncapping knife takes the wax lids off the honey.\n",
    "module-2-harvest/königin.md": "# Die Königin 👑\n\nThe queen of a swarm is often marked with a dot of paint.\n",
    "module-3-year/week-5-spring.md": """---
title: "Chapter 3: Spring"
chapter: 3
---

# Chapter 3: Spring

In spring a colony grows fast and may swarm.

## Exercises

Count the frames of brood every week in spring.
""",
    "module-3-year/week-6-winter.md": """---
title: "Chapter 4: Winter"
chapter: 4
---

# Chapter 4: Winter

In winter the bees form a ball around their queen and keep it warm.

## Exercises

Weigh the hive once a month in winter.
""",
}


@dataclass(frozen=True, slots=True)
class Read:
    """The indexed book and what reads it."""

    folder: Path
    data_dir: Path
    index: EmbeddedIndex
    contents: KeptContents
    search: LedSearch
    embedder: HashingEmbedder

    def tutor(self, models: Models | None = None) -> Tutor:
        """Who answers from it; without a model, in its own sentences."""
        return Tutor(self.search, models or Models(), contents=self.contents)

    async def reindex(self) -> None:
        """Brings the index up to date with the folder."""
        await ingest.update(self.folder, data_dir=self.data_dir, embedder=self.embedder)


def write(folder: Path) -> Path:
    """Writes the pages below `folder` and gives it back."""
    for name, text in PAGES.items():
        page = folder / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    return folder


def index(folder: Path) -> Path:
    """The book written and indexed below `folder`, which is given back."""
    book = write(folder / "book")
    asyncio.run(ingest.update(book, data_dir=folder / "data", embedder=HashingEmbedder()))
    return folder


@asynccontextmanager
async def read(folder: Path) -> AsyncIterator[Read]:
    """What `index` made below `folder`, open for reading."""
    index, embedder = EmbeddedIndex(folder / "data"), HashingEmbedder()
    contents = KeptContents(index)
    search = LedSearch(Search(index, embedder), index, contents)
    try:
        yield Read(folder / "book", folder / "data", index, contents, search, embedder)
    finally:
        await index.aclose()
