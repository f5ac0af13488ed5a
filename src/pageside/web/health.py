"""How the server is: the state of each part, at no cost."""

from __future__ import annotations

from typing import Literal

from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel

from pageside import __version__
from pageside.conversation.attachments import Attachments
from pageside.errors import IndexMissing, PagesideError, Unavailable
from pageside.storage.redis_server import RedisServer
from pageside.web import problems
from pageside.wiring.library import Documentation
from pageside.wiring.serving import Services

_ALONE = "cannot be reached; answers go on, and each process knows and limits its own alone"


class Part(BaseModel):
    """One part, and a sentence about it."""

    status: Literal["ok", "missing", "unavailable"]
    told: str


class Health(BaseModel):
    """`ok` when every part works, `degraded` when one does not."""

    status: Literal["ok", "degraded"]
    version: str
    parts: dict[str, Part]


def router(services: Services) -> APIRouter:
    """`GET /health`."""
    routes = APIRouter()

    @routes.get("/health", summary="The state of each part", responses=problems.declared(429))
    async def health() -> Health:
        """`ok` when every part works, `degraded` when one does not; always 200 while the server itself answers."""
        parts = {
            "database": await _database(services),
            "index": await _index(services),
            "model": Part(status="ok", told=services.models.name),
            "embeddings": Part(
                status="ok", told=services.embedder.name if services.embedder else "none: keywords alone"
            ),
            **({"files": await _files(services.attachments)} if services.attachments else {}),
            **({"redis": await _redis(services.redis)} if services.redis else {}),
            **({"library_docs": _library_docs(services.docs)} if services.docs else {}),
        }
        whole = all(part.status == "ok" for part in parts.values())
        return Health(status="ok" if whole else "degraded", version=__version__, parts=parts)

    return routes


async def _database(services: Services) -> Part:
    if await services.database.healthy():
        return Part(status="ok", told="reachable")
    return Part(status="unavailable", told="cannot be reached; chat is off until it answers, the book is not")


async def _files(attachments: Attachments) -> Part:
    try:
        await attachments.check()
    except Unavailable:  # its message is for the operator, and health for anybody
        return Part(status="unavailable", told="cannot be kept; messages without files are answered as ever")
    return Part(status="ok", told="can be kept")


def _library_docs(docs: Documentation) -> Part:
    if docs.shelf.failing:
        return Part(status="unavailable", told="gave nothing when last asked; answers are the book's alone")
    return Part(status="ok", told=f"looked up at {docs.place}")


async def _redis(redis: RedisServer) -> Part:
    if await redis.healthy():
        return Part(status="ok", told=f"reachable; gone {redis.outages} times since the start")
    return Part(status="unavailable", told=_ALONE)


async def _index(services: Services) -> Part:
    try:
        status = await to_thread.run_sync(services.index.status)
    except IndexMissing as error:
        return Part(status="missing", told=str(error))
    except PagesideError as error:
        return Part(status="unavailable", told=str(error))
    return Part(status="ok", told=f"{status.documents} pages, {status.passages} passages")
