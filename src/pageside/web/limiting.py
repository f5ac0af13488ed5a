"""Where limits of frequency stand in front of routes; pure ASGI."""

from __future__ import annotations

import re
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from pageside.conversation.allowance import counted
from pageside.conversation.links import PATH as UPLOADS
from pageside.errors import PagesideError
from pageside.identity.reader import Reader
from pageside.identity.secrets import Session
from pageside.limiting.limiter import Kind, Limiter
from pageside.web import draining, problems

_KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("chat", re.compile(r"POST (/chatkit|/api/chatkit/(chat|test|tools/execute)|/api/.+/chat)")),
    ("sessions", re.compile(r"POST (/api/chatkit/(session|refresh)|/admin/sign-in)")),
    ("uploads", re.compile(rf"POST {re.escape(UPLOADS)}|PUT {re.escape(UPLOADS)}/[^/]+")),
)


def kind(scope: Scope) -> Kind:
    """What a request is counted as."""
    asked = f"{scope['method']} {scope['path']}"
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(asked)), "other")


class AddressLimits:
    """Refuses requests of an address that sends too many, before anything of them is read.

    It stands behind whoever puts the address into the request's state.
    """

    def __init__(self, app: ASGIApp, *, limiter: Limiter) -> None:
        self._app = app
        self._limiter = limiter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                await self._limiter.require(kind(scope), "address", scope.get("state", {}).get("address", ""))
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
                if isinstance(session := state.get("session"), Session):
                    await self._limiter.require(asked, "session", session.id)
                if isinstance(reader := state.get("reader"), Reader):
                    await self._limiter.require(asked, "reader", counted(reader))
            except PagesideError as error:
                await _refuse(error, scope, receive, send)
                return
        await self._app(scope, receive, send)


async def _refuse(error: PagesideError, scope: Scope, receive: Receive, send: Send) -> None:
    receive, send = draining.lingering(scope, receive, send)
    await problems.refusal(error, scope)(scope, receive, send)
