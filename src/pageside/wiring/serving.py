"""Settings to everything a server needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.conversation.server import TextbookServer
from pageside.errors import SettingsError
from pageside.identity.tokens import Guests, kept_secret
from pageside.knowledge.embed import Embedder
from pageside.knowledge.index import Index
from pageside.knowledge.search import Search
from pageside.settings import Settings
from pageside.storage import migrate as migrations
from pageside.storage.engine import Database
from pageside.wiring import answering, knowing


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a request may need, opened once."""

    settings: Settings
    index: Index
    embedder: Embedder | None
    search: Search
    models: Models
    tutor: Tutor
    database: Database
    chat: TextbookServer
    guests: Guests


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Every part of a server. A database that cannot be reached leaves the rest working and is tried again.

    Raises:
        SettingsError: The data folder cannot be written.
    """
    async with AsyncExitStack() as stack:
        guests = Guests(settings.secret or _kept_secret(settings))
        index = await stack.enter_async_context(knowing.open_index(settings))
        embedder = await stack.enter_async_context(knowing.open_embedder(settings))
        search = Search(index, embedder)
        chosen = answering.models(settings)
        stack.push_async_callback(chosen.aclose)
        tutor = answering.tutor(settings, search, chosen)
        database = await Database.open(settings.store_url, prepare=migrations.upgrade)
        stack.push_async_callback(database.aclose)
        chat = TextbookServer(database, tutor, base_url=settings.base_url, max_message_chars=settings.max_message_chars)
        stack.push_async_callback(chat.aclose)
        yield Services(
            settings=settings,
            index=index,
            embedder=embedder,
            search=search,
            models=chosen,
            tutor=tutor,
            database=database,
            chat=chat,
            guests=guests,
        )


async def migrate(settings: Settings) -> str:
    """Brings the database to the newest revision and says which that is.

    Raises:
        StoreUnavailable: The database cannot be reached.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await migrations.upgrade(settings.store_url)
    return await migrations.current(settings.store_url) or "none"


def _kept_secret(settings: Settings) -> SecretStr:
    try:
        return kept_secret(settings.data_dir)
    except OSError as error:
        raise SettingsError(
            f"PAGESIDE_DATA_DIR: {settings.data_dir} cannot be written ({error.strerror}); "
            "choose another folder or set PAGESIDE_SECRET."
        ) from None
