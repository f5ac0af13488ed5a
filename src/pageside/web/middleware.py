"""The id of every request; pure ASGI, so that streams are never buffered."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pageside import telemetry


class RequestIds:
    """Gives every request an id (`X-Request-ID` where the client sent a well-formed one) and echoes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = telemetry.adopt_request_id(Headers(scope=scope).get("x-request-id"))

        async def labelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        await self._app(scope, receive, labelled)
