"""What every request is given: an id, a line in the log, and numbers; pure ASGI, so that streams are never buffered."""

from __future__ import annotations

import time
from typing import Final

import structlog
from fastapi.telemetry import TelemetryConfig
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pageside import telemetry
from pageside.telemetry import context, metrics, tracing
from pageside.telemetry.tracing import Span

log = structlog.get_logger(__name__)

NO_ROUTE: Final = "none"
# FastAPI's own would tell paths and messages of errors to whatever the environment names.
NO_TELEMETRY: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


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


class Observed:
    """Tells of every request when it has ended: in the log, in numbers, and in a trace where one is recorded."""

    def __init__(self, app: ASGIApp, *, book: str = "") -> None:
        """Requests about `book`, where a server has several."""
        self._app = app
        self._book = book

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        context.enter_book(self._book)
        answer = _Answer(scope, book=self._book)

        async def seen(message: Message) -> None:
            answer.see(message)
            await send(message)

        with tracing.serving(Headers(scope=scope).get("traceparent", "")) as span:
            try:
                await self._app(scope, receive, seen)
            except Exception as error:
                answer.fail()
                span.fail(error)
                raise
            finally:
                answer.end(span)


class _Answer:
    """What becomes of one request."""

    def __init__(self, scope: Scope, *, book: str) -> None:
        self._scope = scope
        self._book = book
        self._began = time.perf_counter()
        self._status = 0  # of an answer that never began: whoever asked went away
        self._bytes = 0
        self._stream = False
        self._first_s: float | None = None

    def see(self, message: Message) -> None:
        """Takes note of a part of the answer."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._stream = Headers(raw=message["headers"]).get("content-type", "").startswith("text/event-stream")
            if self._stream:
                metrics.STREAMS.labels(self._book).inc()
        elif message["type"] == "http.response.body":
            self._bytes += len(message.get("body", b""))
            if self._first_s is None and self._bytes:
                self._first_s = time.perf_counter() - self._began

    def fail(self) -> None:
        """Whoever stands in front makes an answer of the error, unless one has begun."""
        self._status = self._status or 500

    def end(self, span: Span) -> None:
        """Tells of it."""
        took_s = time.perf_counter() - self._began
        method, route = metrics.method(self._scope["method"]), template(self._scope)
        metrics.REQUESTS.labels(self._book, method, route, str(self._status)).inc()
        metrics.REQUEST_SECONDS.labels(self._book, method, route).observe(took_s)
        if self._stream:
            metrics.STREAMS.labels(self._book).dec()
            if self._first_s is not None:
                metrics.STREAM_FIRST_SECONDS.labels(self._book, route).observe(self._first_s)
        span.call(f"{method} {route}")
        span.note(
            {
                "http.request.method": method,
                "http.route": route,
                "http.response.status_code": self._status,
                "http.response.body.size": self._bytes,
                "enduser.pseudo.id": context.reader(),
                "pageside.book": self._book,
            }
        )
        log.info(
            "request",
            method=method,
            route=route,
            status=self._status,
            duration_ms=round(1000 * took_s, 1),
            bytes=self._bytes,
        )


def template(scope: Scope) -> str:
    """The template of the route that took a request, never its path; `none` where no route did."""
    path = getattr(scope.get("route"), "path", None)
    if not isinstance(path, str) or not path:
        return NO_ROUTE
    within: str = scope.get("root_path", "").removeprefix(scope.get("app_root_path", ""))  # of an application in ours
    return within + path
