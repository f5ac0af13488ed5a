"""`POST /chatkit`: ChatKit requests in, JSON or a stream of server-sent events out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from pageside.conversation.server import TextbookServer
from pageside.conversation.tape import KEEPALIVE_EVERY
from pageside.errors import BadRequest, PagesideError
from pageside.identity.reader import Reader
from pageside.identity.secrets import Session
from pageside.phrases import accepting
from pageside.web import runs
from pageside.web.runs import HEADERS

REST = "/api/chatkit"  # where everything stands that is not the protocol itself
KEY = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,200}")
_EXAMPLES = {
    "ask": {
        "summary": "Begin a conversation",
        "value": {
            "type": "threads.create",
            "params": {
                "input": {
                    "content": [{"type": "input_text", "text": "What is a servo?"}],
                    "attachments": [],
                    "quoted_text": None,
                    "inference_options": {},
                }
            },
            "metadata": {"pageContext": {"url": "/motors", "title": "Motors", "path": "motors.md"}},
        },
    },
    "list": {"summary": "List conversations", "value": {"type": "threads.list", "params": {"limit": 20}}},
}
KEY_PARAMETER: dict[str, Any] = {
    "name": KEY,
    "in": "header",
    "description": "Names the request for a day: sent again, it is answered again and not carried out again.",
    "schema": {"type": "string", "pattern": f"^{_KEY.pattern}$"},
}
_OPENAPI: dict[str, Any] = {
    "parameters": [
        KEY_PARAMETER,
        {
            "name": runs.RESUME,
            "in": "header",
            "description": f"`1`: leaving stops nothing; `{runs.RUN}` of the answer names the run to come back to.",
            "schema": {"type": "string"},
        },
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "examples": _EXAMPLES}},
    },
}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {"application/json": {}, "text/event-stream": {}},
        "headers": {runs.RUN: {"description": "Of a stream that can be resumed.", "schema": {"type": "string"}}},
    },
    409: {
        "description": "The thread is answering, or the same request is under way elsewhere.",
        "headers": {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}},
    },
}


def asking(request: Request) -> Reader:
    """The reader whom the middleware in front has recognised.

    Raises:
        PagesideError: It recognised nobody, for the reason given.
    """
    reader = getattr(request.state, "reader", None)
    if isinstance(reader, Reader):
        return reader
    refusal = getattr(request.state, "refusal", None)
    if isinstance(refusal, PagesideError):
        raise refusal
    raise TypeError("no middleware says who is asking")


def router(
    server: TextbookServer, *, reader: Callable[..., Reader] = asking, keepalive: timedelta = KEEPALIVE_EVERY
) -> APIRouter:
    """The endpoint of `server`.

    Args:
        reader: Dependency that says who is asking.
        keepalive: Longest silence of a stream.
    """
    routes = APIRouter(tags=["chatkit"])
    recognised = Depends(reader)

    @routes.post(
        "/chatkit",
        summary="Speak the ChatKit protocol",
        response_class=Response,
        responses=_RESPONSES,
        openapi_extra=_OPENAPI,
    )
    async def chatkit(request: Request, who: Reader = recognised) -> Response:
        """Begins, continues, lists, renames and deletes conversations: one operation a request, named by `type`."""
        origin = f"{request.url.scheme}://{request.url.netloc}"
        resumes = runs.comes_back(request)
        answer = await server.receive(
            await request.body(),
            reader=who,
            origin=origin,
            languages=languages_of(request),
            key=key_of(request),
            resumes=resumes,
            session=session_of(request),
        )
        if isinstance(answer, bytes):
            return Response(answer, media_type="application/json", headers=HEADERS)
        return (runs.numbered if resumes else runs.plain)(answer, keepalive=keepalive)

    runs.install(routes, server, reader=reader, keepalive=keepalive)
    return routes


def session_of(request: Request) -> str:
    """The id of the session that `request` comes in; empty where it comes in none."""
    session = getattr(request.state, "session", None)
    return session.id if isinstance(session, Session) else ""


def languages_of(request: Request) -> tuple[str, ...]:
    """The languages that the client of `request` accepts, the best liked first; none where it does not say."""
    return accepting.languages(request.headers.get("accept-language", ""))


def key_of(request: Request) -> str:
    """The key that `request` comes under; empty where it comes under none.

    Raises:
        BadRequest: It is no key, or there are several.
    """
    told = request.headers.getlist(KEY)
    if not told:
        return ""
    if len(told) > 1 or not _KEY.fullmatch(told[0]):
        raise BadRequest(f"{KEY}: send one key of 1 to 200 visible ASCII characters, such as a UUID, or none.")
    return told[0]
