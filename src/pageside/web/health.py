"""How the server is: the state of each part, at no cost."""

from __future__ import annotations

from typing import Literal

from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel

from pageside import __version__
from pageside.errors import IndexMissing, PagesideError
from pageside.wiring.serving import Services


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

    @routes.get("/health", summary="The state of each part")
    async def health() -> Health:
        """`ok` when every part works, `degraded` when one does not; always 200 while the server itself answers."""
        parts = {
            "database": await _database(services),
            "index": await _index(services),
            "model": Part(status="ok", told=services.models.name),
            "embeddings": Part(
                status="ok", told=services.embedder.name if services.embedder else "none: keywords alone"
            ),
        }
        whole = all(part.status == "ok" for part in parts.values())
        return Health(status="ok" if whole else "degraded", version=__version__, parts=parts)

    return routes


async def _database(services: Services) -> Part:
    if await services.database.healthy():
        return Part(status="ok", told="reachable")
    return Part(status="unavailable", told="cannot be reached; chat is off until it answers, the book is not")


async def _index(services: Services) -> Part:
    try:
        status = await to_thread.run_sync(services.index.status)
    except IndexMissing as error:
        return Part(status="missing", told=str(error))
    except PagesideError as error:
        return Part(status="unavailable", told=str(error))
    return Part(status="ok", told=f"{status.documents} pages, {status.passages} passages")
