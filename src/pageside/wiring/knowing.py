"""Settings to the index and the search."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import anyio.to_thread
import structlog

from pageside.errors import IndexBusy
from pageside.knowledge import ingest
from pageside.knowledge.embed import Embedder, MiniLM
from pageside.knowledge.index import Index
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.ingest import Progress, Report
from pageside.knowledge.reading import sites
from pageside.knowledge.reading.folder import Rules
from pageside.knowledge.search import Search
from pageside.settings import Settings

log = structlog.get_logger(__name__)

BOOK: Final = "book"  # the index of a server that has one book


def embedder(settings: Settings) -> Embedder | None:
    """The embedder the settings ask for; None where keywords alone are wanted."""
    if settings.embedding_model == "none":
        return None
    if not settings.embedding_model and not settings.embedding_base_url:
        return MiniLM()
    from pageside.knowledge.embed_openai import OpenAIEmbedder  # noqa: PLC0415  # a second to load, seldom wanted

    key = settings.embedding_api_key or settings.openai_api_key
    return OpenAIEmbedder(
        settings.embedding_model,
        base_url=settings.embedding_base_url or None,
        api_key=key.get_secret_value() if key else "",
    )


def embed_alike(one: Settings, other: Settings) -> bool:
    """Whether both ask for the same embedder, so that one will do for both."""
    names = ("embedding_model", "embedding_base_url", "embedding_api_key", "openai_api_key")
    return all(getattr(one, name) == getattr(other, name) for name in names)


@asynccontextmanager
async def open_embedder(settings: Settings) -> AsyncIterator[Embedder | None]:
    """The embedder the settings ask for, and its connections closed in the end."""
    chosen = embedder(settings)
    try:
        yield chosen
    finally:
        close: Callable[[], Awaitable[None]] | None = getattr(chosen, "aclose", None)
        if close is not None:
            await close()


async def index_book(
    settings: Settings,
    folder: Path,
    *,
    progress: Callable[[Progress], None],
    wait_s: float = 0,
    book: str = BOOK,
    base_url: str | None = None,
) -> Report:
    """Brings the index of `book` up to date with `folder`.

    Args:
        book: Letters, digits, `-` and `_`; names the index among those of the same settings.
        base_url: Where its pages are shown, such as `/robotics`; wins over what its site says.

    Raises:
        BookError: The folder cannot be used as a book.
        IndexBusy: Another process is indexing and did not end within `wait_s` seconds.
    """
    site = (
        None if base_url is None else await anyio.to_thread.run_sync(partial(sites.detect, folder, base_url=base_url))
    )
    async with open_embedder(settings) as chosen:
        return await ingest.update(
            folder,
            name=book,
            site=site,
            data_dir=settings.data_dir,
            embedder=chosen,
            rules=Rules(limit_bytes=settings.max_page_bytes),
            progress=progress,
            wait_s=wait_s,
        )


async def freshen(
    settings: Settings,
    folder: Path,
    *,
    progress: Callable[[Progress], None],
    book: str = BOOK,
    base_url: str | None = None,
) -> Report | None:
    """As `index_book`, but content with what another process is indexing at this moment."""
    try:
        return await index_book(settings, folder, progress=progress, book=book, base_url=base_url)
    except IndexBusy:
        log.warning("index_busy", hint="another process is indexing; its generation is served when it is ready")
        return None


@asynccontextmanager
async def open_index(settings: Settings, *, book: str = BOOK) -> AsyncIterator[Index]:
    """The embedded index of `book` in the data folder; it need not exist yet."""
    index = EmbeddedIndex(settings.data_dir, book=book)
    try:
        yield index
    finally:
        await index.aclose()


@asynccontextmanager
async def open_search(settings: Settings, *, book: str = BOOK) -> AsyncIterator[Search]:
    """A search over an index of its own."""
    async with open_index(settings, book=book) as index, open_embedder(settings) as chosen:
        yield Search(index, chosen)
