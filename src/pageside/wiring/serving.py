"""Settings to everything a server needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from pydantic import SecretStr

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.conversation.attachments import Attachments
from pageside.conversation.keeping import Keeping
from pageside.conversation.links import Links
from pageside.conversation.server import TextbookServer
from pageside.errors import SettingsError
from pageside.identity.tokens import kept_secret
from pageside.knowledge.contents import KeptContents
from pageside.knowledge.embed import Embedder
from pageside.knowledge.index import Index
from pageside.knowledge.led import LedSearch, by_words_alone
from pageside.knowledge.search import Search
from pageside.limiting.limiter import Limiter
from pageside.settings import Settings
from pageside.storage import migrate as migrations
from pageside.storage.engine import Database
from pageside.storage.redis_server import RedisServer
from pageside.wiring import admitting, answering, databases, dictating, keeping, knowing, limiting, receiving, sharing
from pageside.wiring.admitting import Admission


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a request may need, opened once."""

    settings: Settings
    index: Index
    embedder: Embedder | None
    search: Search
    contents: KeptContents
    models: Models
    tutor: Tutor
    database: Database
    chat: TextbookServer
    attachments: Attachments | None
    links: Links
    admission: Admission
    limiter: Limiter
    redis: RedisServer | None
    keeping: Keeping


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Every part of a server. A database that cannot be reached leaves the rest working and is tried again.

    Raises:
        SettingsError: The data folder cannot be written.
    """
    async with AsyncExitStack() as stack:
        secret = settings.secret or _kept_secret(settings)
        index = await stack.enter_async_context(knowing.open_index(settings))
        embedder = await stack.enter_async_context(knowing.open_embedder(settings))
        search = Search(index, embedder)
        chosen = answering.models(settings)
        stack.push_async_callback(chosen.aclose)
        contents = KeptContents(index)
        tutor = answering.tutor(settings, LedSearch(search, index, contents), chosen, contents=contents)
        database = await databases.opened(settings)
        stack.push_async_callback(database.aclose)
        admission = await stack.enter_async_context(admitting.open_admission(settings, database, secret))
        links = receiving.links(settings, secret)
        attachments = await stack.enter_async_context(receiving.open_attachments(settings, database, links))
        redis, runs = await stack.enter_async_context(sharing.open_runs(settings))
        limiter = await stack.enter_async_context(limiting.open_limiter(settings))
        chat = TextbookServer(
            database,
            tutor,
            runs=runs,
            base_url=settings.base_url,
            max_message_chars=settings.max_message_chars,
            attachments=attachments,
            max_messages=settings.max_messages,
            max_threads=settings.max_threads,
            contents=contents,
            words_alone=partial(by_words_alone, index, embedder),
            dictation=await stack.enter_async_context(dictating.open_dictation(settings)),
            allowance=await stack.enter_async_context(limiting.open_allowance(settings, database, limiter)),
        )
        stack.push_async_callback(chat.aclose)
        await stack.enter_async_context(keeping.pruned(settings, database))
        yield Services(
            settings=settings,
            index=index,
            embedder=embedder,
            search=search,
            contents=contents,
            models=chosen,
            tutor=tutor,
            database=database,
            chat=chat,
            attachments=attachments,
            links=links,
            admission=admission,
            limiter=limiter,
            redis=redis,
            keeping=Keeping(database, receiving.files(settings), runs=runs),
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
