"""`/health/live` and `/health/ready`: for whatever starts processes and sends them requests."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from pageside.conversation.server import TextbookServer
from pageside.web import problems

_NOT_KEPT: Final = {"Cache-Control": "no-store"}


class Live(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """`ok` while requests are welcome, `ending` once the process was told to end."""

    status: Literal["ok", "ending"]


def router(chat: TextbookServer) -> APIRouter:
    """The routes of a process that answers as `chat`."""
    routes = APIRouter(prefix="/health")

    @routes.get("/live", summary="Whether the process answers", responses=problems.declared(429))
    async def live(response: Response) -> Live:
        """200 whatever else is amiss: a process that does not answer here is to be started anew."""
        response.headers.update(_NOT_KEPT)
        return Live()

    @routes.get(
        "/ready",
        summary="Whether to send requests here",
        responses={
            **problems.declared(429),
            503: {"model": Ready, "description": "The process is ending: send requests to another."},
        },
    )
    async def ready(response: Response) -> Ready:
        """200 until the process is told to end.

        A part that is away makes no process unready: it is away for all of them, and the pages of the book, which need
        none of it, would be gone as well.
        """
        response.headers.update(_NOT_KEPT)
        if not chat.ending:
            return Ready(status="ok")
        response.status_code = 503
        return Ready(status="ending")

    return routes
