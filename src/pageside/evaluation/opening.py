"""A book opened to be asked: its index, its passages, and the tutor that readers get."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import anyio.to_thread
from numpy.typing import NDArray

from pageside.answer.tools import Finder
from pageside.answer.tutor import Tutor
from pageside.knowledge.contents import KeptContents
from pageside.knowledge.index import DocumentRow
from pageside.knowledge.ingest import Progress, Report
from pageside.knowledge.led import LedSearch
from pageside.knowledge.passage import Findings, Passage
from pageside.settings import Settings
from pageside.wiring import answering, knowing, library

_DEEP: Final = 10  # passages that figures of retrieval look at
_PATIENCE_S: Final = 60.0  # for another process that indexes the same
# What an index is made with: where two configurations differ in none of it, they share one.
_INDEXED_WITH: Final = (
    "embedding_model",
    "embedding_base_url",
    "max_page_bytes",
    "qdrant_url",
    "qdrant_prefix",
    "qdrant_quantization",
)


@dataclass(frozen=True, slots=True)
class Looked:
    """A search as the tutor made it first, and its ten best passages."""

    query: str
    ranking: tuple[Passage, ...]


class Watched:
    """A search that notes how it was asked first."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._asked: tuple[str, dict[str, Any]] | None = None

    async def find(self, question: str, **told: Any) -> Findings:
        """As the search that is watched."""
        if self._asked is None:
            self._asked = (question, {name: value for name, value in told.items() if name != "limit"})
        return await self._finder.find(question, **told)

    async def similarity(self, texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[Any]:
        """As the search that is watched."""
        return await self._finder.similarity(texts_a, texts_b)

    async def matches(self, question: str, texts: Sequence[str]) -> NDArray[Any]:
        """As the search that is watched."""
        return await self._finder.matches(question, texts)

    async def rarity(self, text: str) -> dict[str, float]:
        """As the search that is watched."""
        return await self._finder.rarity(text)

    async def looked(self) -> Looked:
        """The first search, made once more as deep as figures look."""
        if self._asked is None:
            return Looked("", ())
        query, told = self._asked
        findings = await self._finder.find(query, limit=_DEEP, **told)
        return Looked(query, tuple(found.passage for found in findings.passages))


@dataclass(frozen=True, slots=True)
class Opened:
    """A book, a configuration, and what answers from them.

    Attributes:
        tutor: A tutor on the search that is given.
        generation: Of the index.
        model: Name of what answers.
    """

    settings: Settings
    finder: Finder
    tutor: Callable[[Finder], Tutor]
    passages: Mapping[str, Passage]
    documents: tuple[DocumentRow, ...]
    generation: str
    model: str


async def indexed(
    settings: Settings, folder: Path, *, known_as: str, progress: Callable[[Progress], None]
) -> tuple[str, Report]:
    """An index of `folder` beside those that are served, brought up to date: its name, and what was done.

    Args:
        known_as: What the index is of; the same words, the same index.

    Raises:
        BookError: The folder cannot be used as a book.
        IndexBusy: Another process is indexing it.
    """
    told = "\n".join((known_as, *(str(getattr(settings, name)) for name in _INDEXED_WITH)))
    name = f"eval-{hashlib.blake2b(told.encode(), digest_size=6).hexdigest()}"
    return name, await knowing.index_book(settings, folder, progress=progress, wait_s=_PATIENCE_S, book=name)


@asynccontextmanager
async def opened(settings: Settings, *, name: str = knowing.BOOK) -> AsyncIterator[Opened]:
    """The book of the index `name`, answered as a server with these settings does.

    Raises:
        IndexMissing: Nothing has been indexed yet.
        IndexBroken: What was indexed cannot be read.
    """
    async with AsyncExitStack() as stack:
        index = await stack.enter_async_context(knowing.open_index(settings, book=name))
        search = await stack.enter_async_context(knowing.open_search(settings, book=name))
        contents = KeptContents(index)
        docs = await stack.enter_async_context(library.open_documentation(settings, index))
        finder = LedSearch(search, index, contents)
        models = answering.models(settings)
        stack.push_async_callback(models.aclose)
        passages = await index.passages()

        def tutor(finder: Finder) -> Tutor:
            return answering.tutor(settings, finder, models, contents=contents, docs=docs.library if docs else None)

        yield Opened(
            settings=settings,
            finder=finder,
            tutor=tutor,
            passages={passage.id: passage for passage in passages},
            documents=await index.documents(),
            generation=(await anyio.to_thread.run_sync(index.status)).generation,
            model=models.name,
        )


def shares_index(one: Settings, other: Settings) -> bool:
    """Whether two configurations can be asked of one index."""
    return all(getattr(one, name) == getattr(other, name) for name in _INDEXED_WITH)
