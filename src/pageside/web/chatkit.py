"""`POST /chatkit`: ChatKit requests in, JSON or a stream of server-sent events out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import anyio
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from pageside.conversation.runs import KEEPALIVE_EVERY, Run
from pageside.conversation.server import TextbookServer
from pageside.identity.reader import Reader

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
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
_OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}, "examples": _EXAMPLES}},
    }
}


class EventStream(StreamingResponse):
    """A run on the wire; leaving stops the run, whether the server was waiting, or blocked by a slow reader."""

    def __init__(self, run: Run, *, keepalive: timedelta) -> None:
        super().__init__(run.frames(keepalive=keepalive), media_type="text/event-stream", headers=HEADERS)
        self._run = run

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette listens for a disconnect only on older ASGI versions, and not while it waits for a frame on newer.
        try:
            async with anyio.create_task_group() as tasks:

                async def watch() -> None:
                    await self.listen_for_disconnect(receive)
                    tasks.cancel_scope.cancel()

                tasks.start_soon(watch)
                with suppress(OSError):
                    await self.stream_response(send)
                tasks.cancel_scope.cancel()
        finally:
            self._run.stop()


def asking(request: Request) -> Reader:
    """The reader whom the middleware in front has recognised."""
    reader = request.state.reader
    if not isinstance(reader, Reader):
        raise TypeError("no middleware says who is asking")
    return reader


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
        responses={200: {"content": {"application/json": {}, "text/event-stream": {}}}},
        openapi_extra=_OPENAPI,
    )
    async def chatkit(request: Request, who: Reader = recognised) -> Response:
        """Begins, continues, lists, renames and deletes conversations: one operation a request, named by `type`."""
        origin = f"{request.url.scheme}://{request.url.netloc}"
        answer = await server.receive(await request.body(), reader=who, origin=origin)
        if isinstance(answer, Run):
            return EventStream(answer, keepalive=keepalive)
        return Response(answer, media_type="application/json", headers=HEADERS)

    return routes
