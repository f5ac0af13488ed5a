"""Where limits of frequency stand in front of routes; pure ASGI."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from pageside.conversation.links import PATH as UPLOADS
from pageside.errors import PagesideError
from pageside.identity.reader import Reader
from pageside.limiting.limiter import Kind, Limiter
from pageside.web import draining, problems

_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("chat", re.compile(r"POST (/chatkit|/api/chatkit/(chat|test|tools/execute)|/api/[^/]+/chat)")),
    ("sessions", re.compile(r"POST /api/chatkit/(session|refresh)")),
    ("uploads", re.compile(rf"POST {re.escape(UPLOADS)}|PUT {re.escape(UPLOADS)}/[^/]+")),
)


def kind(scope: Scope) -> Kind:
    """What a request is counted as."""
    asked = f"{scope['method']} {scope['path']}"
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(asked)), "other")


def peer(scope: Scope) -> str:
    """Whoever holds the other end of the connection; empty where that is unknown, as on a socket of the machine."""
    client = scope.get("client")
    return str(client[0]) if client else ""


class AddressLimits:
    """Refuses requests of an address that sends too many, before anything of them is read."""

    def __init__(self, app: ASGIApp, *, limiter: Limiter, address: Callable[[Scope], str] = peer) -> None:
        """Limits in front of `app`.

        Args:
            address: Tells where a request comes from.
        """
        self._app = app
        self._limiter = limiter
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                await self._limiter.require(kind(scope), "address", self._address(scope))
            except PagesideError as error:
                await _refuse(error, scope, receive, send)
                return
        await self._app(scope, receive, send)


class ReaderLimits:
    """Refuses requests of a reader or a session that sends too many, as soon as it is known whose they are.

    Questions are not counted here: an address takes them and other operations alike, and only who reads them can tell.
    """

    def __init__(self, app: ASGIApp, *, limiter: Limiter) -> None:
        self._app = app
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (asked := kind(scope)) != "chat":
            state = scope.get("state", {})
            try:
                await self._limiter.require(asked, "session", session_id(state.get("session")))
                await self._limiter.require(asked, "reader", named(state.get("reader")))
            except PagesideError as error:
                await _refuse(error, scope, receive, send)
                return
        await self._app(scope, receive, send)


def session_id(session: object) -> str:
    """How a session is counted; empty for none."""
    return str(getattr(session, "id", ""))


def named(reader: object) -> str:
    """How a reader is counted; empty for nobody."""
    return f"{reader.organisation}\n{reader.subject}" if isinstance(reader, Reader) else ""


async def _refuse(error: PagesideError, scope: Scope, receive: Receive, send: Send) -> None:
    receive, send = draining.lingering(scope, receive, send)
    await problems.refusal(error)(scope, receive, send)
