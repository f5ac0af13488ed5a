"""A small house around the ChatKit endpoint: a real database file, a scripted tutor, readers by header."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI, Request
from pydantic import SecretStr
from tests.chatkit_client import ChatKit
from tests.databases import PATIENCE, migrated_file
from tests.scripted_tutor import ScriptedTutor

from pageside.conversation.attachments import Attachments
from pageside.conversation.keeping import Keeping
from pageside.conversation.links import Links
from pageside.conversation.runs import Runs
from pageside.conversation.server import Answerer, TextbookServer
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.files import Files, LocalFiles
from pageside.web import attachments as web_attachments
from pageside.web import chat, chat_trial, chatkit, me, problems, records, tasks_chat
from pageside.web.limits import Limits
from pageside.web.middleware import RequestIds


def by_header(request: Request) -> Reader:
    """The reader whom the test names; a real server would never believe it."""
    return Reader(
        subject=request.headers.get("x-reader", "ada"), organisation=request.headers.get("x-organisation", "")
    )


@dataclass(frozen=True, slots=True)
class House:
    """Everything a test may look at."""

    app: FastAPI
    database: Database
    path: Path
    server: TextbookServer
    tutor: ScriptedTutor
    attachments: Attachments
    files: Files
    base_url: str = "http://book.test"

    @asynccontextmanager
    async def client(self, reader: str = "ada", organisation: str = "") -> AsyncIterator[ChatKit]:
        """A client in this process, for what needs no real connection."""
        transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(
            transport=transport,
            base_url=self.base_url,
            headers={"x-reader": reader, "x-organisation": organisation},
        ) as http:
            yield ChatKit(http)


@asynccontextmanager
async def house(
    folder: Path,
    tutor: Answerer | None = None,
    *,
    keepalive: timedelta = timedelta(seconds=15),
    runs: Runs | None = None,
    max_bytes: int = 1_000_000,
    store_url: str = "",
    files: Files | None = None,
    links: Links | None = None,
    file_limits: dict[str, int] | None = None,
    **options: Any,
) -> AsyncIterator[House]:
    """A house over the database in `folder`, created where there is none, or over the one at `store_url`.

    Args:
        files: Where readers' files are kept; a folder in `folder` where nothing is said.
        file_limits: Limits of `Attachments`.
    """
    path = folder / "chat.db"
    if not store_url and not path.exists():
        migrated_file(path)
    database = await Database.open(store_url or f"sqlite+aiosqlite:///{path}", busy_timeout=PATIENCE)
    kept = files or LocalFiles(folder / "files")
    addresses = links or Links(SecretStr("the secret of this house, and of no other"))
    attachments = Attachments(database, kept, addresses, **(file_limits or {}))
    answering = tutor if tutor is not None else ScriptedTutor()
    quick = runs or Runs(grace=timedelta(milliseconds=100))
    server = TextbookServer(database, answering, runs=quick, attachments=attachments, **options)
    app = FastAPI()
    problems.install(app)
    app.include_router(chatkit.router(server, reader=by_header, keepalive=keepalive))
    app.include_router(chat.router(server, database, reader=by_header, keepalive=keepalive))
    app.include_router(chat_trial.router(server, everybody=True, reader=by_header, keepalive=keepalive))
    app.include_router(web_attachments.router(attachments, addresses, reader=by_header))
    app.include_router(records.router(database, server.sources, reader=by_header))
    app.include_router(me.router(Keeping(database, kept, runs=quick), server.sources, reader=by_header))
    app.include_router(tasks_chat.router(server, database, reader=by_header, keepalive=keepalive))
    app.add_middleware(Limits, max_bytes=max_bytes, streamed=web_attachments.streamed)
    app.add_middleware(RequestIds)
    try:
        yield House(app, database, path, server, answering, attachments, kept)  # type: ignore[arg-type]
    finally:
        await server.aclose()
        await database.aclose()


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """`app` behind uvicorn on a free loopback port; gives its address."""
    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = _Quiet(config)
    task = asyncio.create_task(server.serve())
    await server.listening.wait()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


class _Quiet(uvicorn.Server):
    """uvicorn without signal handlers, which says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    def install_signal_handlers(self) -> None:
        """Signals belong to the test run."""


@asynccontextmanager
async def browser(address: str, reader: str = "ada") -> AsyncIterator[ChatKit]:
    """A client over real HTTP."""
    async with httpx2.AsyncClient(base_url=address, headers={"x-reader": reader}, timeout=20) as http:
        yield ChatKit(http)
