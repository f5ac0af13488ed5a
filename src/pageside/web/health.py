"""How the server is: the state of each part, at no cost."""

from __future__ import annotations

import asyncio
from typing import Literal

from anyio import to_thread
from fastapi import APIRouter
from pydantic import BaseModel

from pageside import __version__
from pageside.conversation.attachments import Attachments
from pageside.errors import IndexMissing, PagesideError, Unavailable
from pageside.knowledge.embed_prompt import PromptEmbedder
from pageside.storage.redis_server import RedisServer
from pageside.web import problems
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
        parts = {**await _looked_at(services), **_asked_lately(services)}
        whole = all(part.status == "ok" for part in parts.values())
        return Health(status="ok" if whole else "degraded", version=__version__, parts=parts)

    return routes


async def _looked_at(services: Services) -> dict[str, Part]:
    """The parts that are asked for their state; all at once, so that the slowest alone is waited for."""
    looking = {"database": _database(services), "index": _index(services)}
    if services.attachments:
        looking["files"] = _files(services.attachments)
    if services.redis:
        looking["redis"] = _redis(services.redis)
    return dict(zip(looking, await asyncio.gather(*looking.values()), strict=True))


def _asked_lately(services: Services) -> dict[str, Part]:
    """The parts that would cost money or a reader's patience to ask: how they did when they were last needed."""
    embedder, admission, moderation = services.embedder, services.admission, services.chat.allowance.moderation
    parts = {
        "model": _lately(services.models.name, failing=services.models.failing, without="no question is answered"),
        "embeddings": _lately(
            embedder.name if embedder else "none: keywords alone",
            failing=isinstance(embedder, PromptEmbedder) and embedder.failing,
            without="the search knows words alone",
        ),
    }
    if services.docs:
        told = f"looked up at {services.docs.place}"
        parts["library_docs"] = _lately(
            told, failing=services.docs.shelf.failing, without="answers are the book's alone"
        )
    if moderation.moderator is not None:
        without = "messages go unseen" if moderation.outage == "allow" else "no message is taken"
        parts["moderation"] = _lately("asked for each message", failing=moderation.failing, without=without)
    if services.settings.transcription_model:
        failing = services.chat.dictation.failing
        parts["dictation"] = _lately("asked for each recording", failing=failing, without="questions are typed")
    if admission.verifier is not None and admission.verifier.keys is not None:
        without = "the keys of before are used, if there are any"
        parts["sign_in_keys"] = _lately("fetched", failing=admission.verifier.keys.failing, without=without)
    return parts


def _lately(told: str, *, failing: bool, without: str) -> Part:
    if failing:
        return Part(status="unavailable", told=f"gave nothing when last asked; {without}")
    return Part(status="ok", told=told)


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
