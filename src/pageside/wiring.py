"""The composition root: settings to parts, opened and closed as one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.conversation.server import TextbookServer
from pageside.errors import BookError, IndexBusy, SettingsError, StoreUnavailable
from pageside.identity.tokens import Guests, kept_secret
from pageside.knowledge import ingest
from pageside.knowledge.embed import Embedder, MiniLM
from pageside.knowledge.embed_openai import OpenAIEmbedder
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.ingest import Progress, Report
from pageside.knowledge.search import Search
from pageside.settings import Settings
from pageside.storage import migrate as migrations
from pageside.storage.engine import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a request may need, opened once."""

    settings: Settings
    embedder: Embedder | None
    search: Search
    models: Models
    tutor: Tutor
    database: Database
    chat: TextbookServer
    guests: Guests


def embedder(settings: Settings) -> Embedder | None:
    """The embedder the settings ask for; None where keywords alone are wanted."""
    if settings.embedding_model == "none":
        return None
    if not settings.embedding_model and not settings.embedding_base_url:
        return MiniLM()
    return OpenAIEmbedder(
        settings.embedding_model,
        base_url=settings.embedding_base_url,
        api_key=settings.embedding_api_key or settings.openai_api_key,
    )


def models(settings: Settings) -> Models:
    """The models the settings ask for; the embedded one without key and endpoint."""
    return Models(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.model,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        api=settings.model_api,
        timeout_s=settings.model_timeout_s,
    )


async def index_book(
    settings: Settings, book: Path, *, progress: Callable[[Progress], None] | None = None, wait_s: float = 0
) -> Report:
    """Brings the index up to date with `book`.

    Raises:
        BookError: The folder cannot be used as a book.
        IndexBusy: Another process is indexing and did not end within `wait_s` seconds.
    """
    return await ingest.update(
        book,
        data_dir=settings.data_dir,
        embedder=embedder(settings),
        max_page_bytes=settings.max_page_bytes,
        progress=progress,
        wait_s=wait_s,
    )


async def freshen(
    settings: Settings, book: Path, *, progress: Callable[[Progress], None] | None = None
) -> Report | None:
    """As `index_book`, but content with what another process is indexing at this moment."""
    try:
        return await index_book(settings, book, progress=progress)
    except IndexBusy:
        log.warning("index_busy", hint="another process is indexing; its generation is served when it is ready")
        return None


@asynccontextmanager
async def open_search(settings: Settings) -> AsyncIterator[Search]:
    """The search alone, for the command line."""
    index = EmbeddedIndex(settings.data_dir)
    try:
        yield Search(index, embedder(settings))
    finally:
        await index.aclose()


@asynccontextmanager
async def open_tutor(settings: Settings) -> AsyncIterator[Tutor]:
    """The tutor alone, for the command line."""
    async with open_search(settings) as search:
        chosen = models(settings)
        try:
            yield Tutor(search, chosen, instructions=settings.system_instructions)
        finally:
            await chosen.aclose()


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Every part of a server. A database that cannot be reached leaves the rest working and is retried.

    Raises:
        SettingsError: The settings contradict each other or the data folder cannot be written.
    """
    async with AsyncExitStack() as stack:
        search = await stack.enter_async_context(open_search(settings))
        chosen = models(settings)
        stack.push_async_callback(chosen.aclose)
        tutor = Tutor(search, chosen, instructions=settings.system_instructions)
        try:
            await migrate(settings)
        except StoreUnavailable as error:
            log.error("database_unavailable", reason=str(error))  # noqa: TRY400  # its sentence is enough
        database = await Database.open(settings.store_url)
        stack.push_async_callback(database.aclose)
        chat = TextbookServer(database, tutor, base_url=settings.base_url)
        stack.push_async_callback(chat.aclose)
        yield Services(
            settings=settings,
            embedder=embedder(settings),
            search=search,
            models=chosen,
            tutor=tutor,
            database=database,
            chat=chat,
            guests=Guests(settings.secret or _kept_secret(settings)),
        )


async def migrate(settings: Settings) -> str:
    """Brings the database to the newest revision and says which that is."""
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    await migrations.upgrade(settings.store_url)
    return await migrations.current(settings.store_url) or "none"


def _kept_secret(settings: Settings):  # type: ignore[no-untyped-def]
    try:
        return kept_secret(settings.data_dir)
    except OSError as error:
        raise SettingsError(
            f"PAGESIDE_DATA_DIR: {settings.data_dir} cannot be written ({error.strerror}); "
            "choose another folder or set PAGESIDE_SECRET."
        ) from None


__all__ = ["BookError", "Services", "embedder", "freshen", "index_book", "migrate", "models", "open_search"]
