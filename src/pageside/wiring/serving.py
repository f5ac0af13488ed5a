"""Settings to everything a server needs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

from pydantic import SecretStr

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.conversation import task_actions
from pageside.conversation.allowance import Allowance
from pageside.conversation.attachments import Attachments
from pageside.conversation.dictation import Dictation
from pageside.conversation.healed import Sources
from pageside.conversation.keeping import Keeping
from pageside.conversation.links import Links
from pageside.conversation.runs import Runs
from pageside.conversation.server import Answerer, TextbookServer
from pageside.errors import SettingsError
from pageside.identity.audience import EVERYBODY, Audience
from pageside.identity.tokens import kept_secret
from pageside.knowledge.contents import KeptContents
from pageside.knowledge.embed import Embedder
from pageside.knowledge.healing import Healer
from pageside.knowledge.index import Index
from pageside.knowledge.led import LedSearch, by_words_alone
from pageside.knowledge.search import Search
from pageside.limiting.limiter import Limiter
from pageside.settings import Settings
from pageside.settings.books import Listed
from pageside.storage import migrate as migrations
from pageside.storage.engine import Database
from pageside.storage.redis_server import RedisServer
from pageside.tasks.board import TaskBoard
from pageside.wiring import (
    administering,
    admitting,
    answering,
    databases,
    dictating,
    keeping,
    knowing,
    library,
    limiting,
    planning,
    receiving,
    sharing,
)
from pageside.wiring.administering import Administration
from pageside.wiring.admitting import Admission
from pageside.wiring.library import Documentation


@dataclass(frozen=True, slots=True)
class Shared:
    """What all books of a server have in common, opened once."""

    settings: Settings
    embedder: Embedder | None
    database: Database
    attachments: Attachments | None
    links: Links
    admission: Admission
    limiter: Limiter
    allowance: Allowance
    dictation: Dictation | None
    redis: RedisServer | None
    runs: Runs
    keeping: Keeping
    administration: Administration


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a request about one book may need, opened once.

    Attributes:
        name: Of the book, where there are several.
        base: The address it stands below, without a slash at the end; empty for the top of the server.
        board: What readers want to do; None where they are kept no tasks.
        title: What readers see; empty for what the book calls itself.
    """

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
    administration: Administration
    docs: Documentation | None = None
    board: TaskBoard | None = None
    name: str = ""
    base: str = ""
    title: str = ""
    audience: Audience = EVERYBODY


@asynccontextmanager
async def open_services(settings: Settings) -> AsyncIterator[Services]:
    """Every part of a server. A database that cannot be reached leaves the rest working and is tried again.

    Raises:
        SettingsError: The data folder cannot be written.
    """
    async with open_shared(settings) as shared, open_book(shared) as services:
        yield services


@asynccontextmanager
async def open_shared(settings: Settings) -> AsyncIterator[Shared]:
    """What all books have in common.

    Raises:
        SettingsError: The data folder cannot be written.
    """
    async with AsyncExitStack() as stack:
        secret = settings.secret or _kept_secret(settings)
        embedder = await stack.enter_async_context(knowing.open_prompt_embedder(settings))
        database = await databases.opened(settings)
        stack.push_async_callback(database.aclose)
        admission = await stack.enter_async_context(admitting.open_admission(settings, database, secret))
        links = receiving.links(settings, secret)
        attachments = await stack.enter_async_context(receiving.open_attachments(settings, database, links))
        redis, runs = await stack.enter_async_context(sharing.open_runs(settings))
        limiter = await stack.enter_async_context(limiting.open_limiter(settings))
        dictation = await stack.enter_async_context(dictating.open_dictation(settings))
        allowance = await stack.enter_async_context(limiting.open_allowance(settings, database, limiter))
        await stack.enter_async_context(keeping.pruned(settings, database))
        looked_after = await stack.enter_async_context(
            administering.open_administration(settings, database, embedder, secret, admission.pseudonyms)
        )
        yield Shared(
            settings=settings,
            embedder=embedder,
            database=database,
            attachments=attachments,
            links=links,
            admission=admission,
            limiter=limiter,
            allowance=allowance,
            dictation=dictation,
            redis=redis,
            runs=runs,
            keeping=Keeping(database, receiving.files(settings), runs=runs, pseudonyms=admission.pseudonyms),
            administration=looked_after,
        )


@asynccontextmanager
async def open_book(shared: Shared, listed: Listed | None = None) -> AsyncIterator[Services]:
    """One book over what all have in common.

    Args:
        listed: Which of several; None for the one book of the server.
    """
    settings = listed.settings if listed else shared.settings
    async with AsyncExitStack() as stack:
        index = await stack.enter_async_context(
            knowing.open_index(settings, book=listed.name if listed else knowing.BOOK)
        )
        embedder = shared.embedder
        if not knowing.embed_alike(settings, shared.settings):
            embedder = await stack.enter_async_context(knowing.open_prompt_embedder(settings))
        reranker = await stack.enter_async_context(knowing.open_reranker(settings))
        search = Search(index, embedder, remembered=settings.remembered_texts, reranker=reranker)
        chosen = answering.models(settings)
        stack.push_async_callback(chosen.aclose)
        contents = KeptContents(index)
        docs = await stack.enter_async_context(library.open_documentation(settings, index, redis=shared.redis))
        led = LedSearch(search, index, contents)
        tutor = answering.tutor(settings, led, chosen, contents=contents, docs=docs.library if docs else None)
        recalling = answering.recalling(settings, tutor, index, book=listed.name if listed else "", redis=shared.redis)
        knows_words_alone = partial(by_words_alone, index, embedder)
        sources = Sources(Healer(index), contents, search)
        board = planning.board(settings, shared.database)
        answerer = planning.orchestrator(recalling, chosen, shared.database, board)
        chat = _chat(shared, settings, answerer, board, contents, sources=sources, words_alone=knows_words_alone)
        stack.push_async_callback(chat.aclose)
        yield Services(
            settings=settings,
            index=index,
            embedder=embedder,
            search=search,
            contents=contents,
            models=chosen,
            tutor=tutor,
            database=shared.database,
            chat=chat,
            attachments=shared.attachments,
            links=shared.links,
            admission=shared.admission,
            limiter=shared.limiter,
            redis=shared.redis,
            keeping=shared.keeping,
            administration=shared.administration,
            docs=docs,
            board=board,
            name=listed.name if listed else "",
            base=f"/{listed.name}" if listed else "",
            title=listed.title if listed else "",
            audience=listed.audience if listed else EVERYBODY,
        )


def _chat(
    shared: Shared,
    settings: Settings,
    answerer: Answerer,
    board: TaskBoard | None,
    contents: KeptContents,
    *,
    sources: Sources,
    words_alone: Callable[[], Awaitable[bool]],
) -> TextbookServer:
    """The conversations of one book, with the buttons of lists of tasks where readers have some."""
    server = TextbookServer(
        shared.database,
        answerer,
        runs=shared.runs,
        base_url=settings.base_url,
        max_message_chars=settings.max_message_chars,
        attachments=shared.attachments,
        max_messages=settings.max_messages,
        max_threads=settings.max_threads,
        contents=contents,
        words_alone=words_alone,
        dictation=shared.dictation,
        allowance=shared.allowance,
        sources=sources,
        progress=planning.progress(board),
        notes=shared.administration.notes,
    )
    if board is not None:
        task_actions.install(server, board, base_url=settings.base_url)
    return server


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
