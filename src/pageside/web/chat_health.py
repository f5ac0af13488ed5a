"""`GET /api/chatkit/health`: whether questions can be answered, at no cost."""

from __future__ import annotations

from typing import Literal

from anyio import to_thread
from fastapi import APIRouter, Response
from pydantic import ConfigDict, Field

from pageside.errors import PagesideError
from pageside.knowledge import led
from pageside.knowledge.embed_prompt import PromptEmbedder
from pageside.web.chat_shapes import Given
from pageside.web.chatkit import REST
from pageside.web.runs import HEADERS
from pageside.wiring.serving import Services


class ChatHealth(Given):
    """`healthy` when everything works, `degraded` when answers are worse for it, `unhealthy` when there can be none."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "healthy",
                    "chatkit_server": "operational",
                    "rag_service": "healthy",
                    "store": "operational",
                    "told": [],
                }
            ]
        }
    )

    status: Literal["healthy", "degraded", "unhealthy"]
    chatkit_server: Literal["operational", "degraded", "unavailable"] = Field(
        description="Answering and what goes with it: `degraded` where files or Redis are away."
    )
    rag_service: Literal["healthy", "degraded", "unavailable"] = Field(
        description="The search: `degraded` where it knows words alone, `unavailable` without an index."
    )
    store: Literal["operational", "unavailable"] = Field(description="The database of conversations.")
    told: list[str] = Field(description="What is amiss, in words.")


def router(services: Services) -> APIRouter:
    """The route over `services`."""
    routes = APIRouter(prefix=REST, tags=["chat"])

    @routes.get(
        "/health",
        summary="Whether questions can be answered",
        responses={503: {"model": ChatHealth, "description": "They cannot: `told` says which part is to blame."}},
    )
    async def health(response: Response) -> ChatHealth:
        """Looks at every part and calls no model; for anybody, without a reader."""
        told: list[str] = []
        store = await services.database.healthy()
        if not store:
            told.append("The database cannot be reached; conversations are off until it answers.")
        search = await _search(services, told)
        beside = await _beside(services, told)
        if services.models.failing:
            told.append("The model gave no answer when it was last asked; questions may fail until it does.")
        able = store and search != "unavailable"
        status: Literal["healthy", "degraded", "unhealthy"] = "degraded" if told else "healthy"
        if not able:
            response.status_code = 503
        response.headers.update(HEADERS)
        return ChatHealth(
            status=status if able else "unhealthy",
            chatkit_server="unavailable" if not able else "operational" if beside else "degraded",
            rag_service=search,
            store="operational" if store else "unavailable",
            told=told,
        )

    return routes


async def _search(services: Services, told: list[str]) -> Literal["healthy", "degraded", "unavailable"]:
    try:
        await to_thread.run_sync(services.index.status)
        words_alone = await led.by_words_alone(services.index, services.embedder)
    except PagesideError:  # its message is for the operator, and health for anybody
        told.append("There is no index that can be read; no question can be answered before the book is indexed.")
        return "unavailable"
    if words_alone:
        told.append("The index has no vectors of the present model; the search knows words alone.")
        return "degraded"
    if isinstance(services.embedder, PromptEmbedder) and services.embedder.failing:
        told.append("The embedding model gave nothing when it was last asked; the search knows words alone.")
        return "degraded"
    return "healthy"


async def _beside(services: Services, told: list[str]) -> bool:
    whole = True
    if services.redis is not None and not await services.redis.healthy():
        told.append("Redis cannot be reached; answers under way are known to their own process alone.")
        whole = False
    try:
        if services.attachments is not None:
            await services.attachments.check()
    except PagesideError:  # its message is for the operator, and health for anybody
        told.append("Files cannot be kept; messages without files are answered as ever.")
        whole = False
    return whole
