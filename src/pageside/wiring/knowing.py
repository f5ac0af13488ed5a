"""Settings to the index and the search."""

from __future__ import annotations

import asyncio
import importlib
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Final

import anyio.to_thread
import structlog

from pageside import backoff
from pageside.errors import IndexBusy, IndexMissing, IndexUnavailable, SettingsError, Unavailable
from pageside.knowledge import ingest
from pageside.knowledge.embed import Embedder, MiniLM
from pageside.knowledge.embed_prompt import PromptEmbedder
from pageside.knowledge.index import Index
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.ingest import Progress, Report
from pageside.knowledge.reading import sites
from pageside.knowledge.reading.folder import Rules
from pageside.knowledge.rerank import HttpReranker, Reranker
from pageside.knowledge.search import Search
from pageside.knowledge.sink import FolderSink, Sink
from pageside.settings import Settings

log = structlog.get_logger(__name__)

_FIRST_AGAIN_S: Final = 2.0
_LONGEST_AGAIN_S: Final = 30.0

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


@asynccontextmanager
async def open_prompt_embedder(settings: Settings) -> AsyncIterator[Embedder | None]:
    """As `open_embedder`, for readers who wait: one that is asked over the network answers in time or not at all."""
    async with open_embedder(settings) as chosen:
        if chosen is None or isinstance(chosen, MiniLM):
            yield chosen
        else:
            yield PromptEmbedder(chosen, limit_s=settings.embedding_timeout_s)


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


@asynccontextmanager
async def open_reranker(settings: Settings) -> AsyncIterator[Reranker | None]:
    """The reranking model the settings name, None without one; its connections closed in the end."""
    if not settings.rerank_url:
        yield None
        return
    key = settings.rerank_key.get_secret_value() if settings.rerank_key else ""
    reranker = HttpReranker(
        settings.rerank_url, model=settings.rerank_model, api_key=key, timeout_s=settings.rerank_timeout_s
    )
    try:
        yield reranker
    finally:
        await reranker.aclose()


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
        IndexUnavailable: The service that keeps the index does not answer.
    """
    site = (
        None if base_url is None else await anyio.to_thread.run_sync(partial(sites.detect, folder, base_url=base_url))
    )
    async with open_embedder(settings) as chosen, _open_sink(settings, book) as sink:
        return await ingest.update(
            folder,
            name=book,
            sink=sink,
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
    progress: Callable[[Progress], None] = ingest.silent,
    book: str = BOOK,
    base_url: str | None = None,
) -> Report | None:
    """As `index_book`, but content with what another process is indexing, and with a service that is away.

    Where vectors cannot be had and nothing was ever indexed, the book is searched by words alone for the time being.
    """
    indexing = partial(index_book, folder=folder, progress=progress, book=book, base_url=base_url)
    try:
        return await indexing(settings)
    except IndexBusy:
        log.warning("index_busy", hint="another process is indexing; its generation is served when it is ready")
    except IndexUnavailable as error:
        log.warning("index_not_updated", reason=str(error))
    except Unavailable as error:
        log.warning("index_without_vectors", reason=str(error))
        if not await _is_indexed(settings, book):
            with suppress(IndexBusy, IndexUnavailable):
                await indexing(settings.model_copy(update={"embedding_model": "none"}))
    return None


async def _is_indexed(settings: Settings, book: str) -> bool:
    async with open_index(settings, book=book) as index:
        try:
            await anyio.to_thread.run_sync(index.status)
        except IndexMissing:
            return False
        except IndexUnavailable:  # whatever there is, it is not to be replaced by less
            return True
    return True


@asynccontextmanager
async def catching_up(update: Callable[[], Awaitable[Report | None]]) -> AsyncIterator[None]:
    """Carries out `update` again and again, until it gives a report: as `freshen` does once nothing is in its way.

    More and more seldom, and never at the same moment as the other processes that wait for the same.
    """

    async def run() -> None:
        try:
            for failures in itertools.count(1):
                await anyio.sleep(backoff.pause_s(failures, first_s=_FIRST_AGAIN_S, longest_s=_LONGEST_AGAIN_S))
                if await update() is not None:
                    return
        except Exception:
            log.exception("index_not_updated")

    task = asyncio.create_task(run(), name="index-catching-up")
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def open_index(settings: Settings, *, book: str = BOOK) -> AsyncIterator[Index]:
    """The index of `book` in Qdrant where that is set, else in the data folder; it need not exist yet.

    Raises:
        SettingsError: Qdrant is set, and what it needs is not installed.
    """
    if settings.qdrant_url:
        async with _at_qdrant().open_index(settings, book=book) as kept:
            yield kept
        return
    index = EmbeddedIndex(settings.data_dir, book=book)
    try:
        yield index
    finally:
        await index.aclose()


@asynccontextmanager
async def _open_sink(settings: Settings, book: str) -> AsyncIterator[Sink]:
    if settings.qdrant_url:
        async with _at_qdrant().open_sink(settings, book=book) as sink:
            yield sink
    else:
        yield FolderSink(settings.data_dir, book=book)


def _at_qdrant() -> ModuleType:
    """The wiring of Qdrant, whose client is an extra and takes a second to load."""
    try:
        return importlib.import_module("pageside.wiring.at_qdrant")
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("pageside"):
            raise
        raise SettingsError(
            f"QDRANT_URL: {error.name} is not installed: run `pip install 'pageside[qdrant]'`, or unset QDRANT_URL."
        ) from None


@asynccontextmanager
async def open_search(settings: Settings, *, book: str = BOOK) -> AsyncIterator[Search]:
    """A search over an index of its own."""
    async with (
        open_index(settings, book=book) as index,
        open_embedder(settings) as chosen,
        open_reranker(settings) as reranker,
    ):
        yield Search(index, chosen, reranker=reranker)
