"""`/mcp`: a book's server for the Model Context Protocol over streamable HTTP, for the reader whose token comes along.

Every request stands for itself: no session is kept, so any process may take any request, and nothing is left of a
client that goes away.

Source: Model Context Protocol 2025-11-25 and 2026-07-28, Transports and Authorization; RFC 9728, sections 2, 3 and 5.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from mcp.server.mcpserver import Context
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pageside.errors import Forbidden, Unauthorized
from pageside.identity.reader import Reader
from pageside.settings import Settings
from pageside.settings.access import words
from pageside.web import problems
from pageside.web.chatkit import asking, session_of
from pageside.wiring import mcp as wired
from pageside.wiring.serving import Services

PATH: Final = "/mcp"
METADATA: Final = "/.well-known/oauth-protected-resource"

_HOST: Final = re.compile(r"(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE)


class ProtectedResource(BaseModel):
    """What a client needs to know to be let in (RFC 9728)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "resource": "https://book.example/mcp",
                "authorization_servers": ["https://login.example"],
                "bearer_methods_supported": ["header"],
                "resource_name": "Pageside",
            }
        }
    )

    resource: str
    authorization_servers: list[str] | None = Field(
        None, description="Who makes tokens for it; absent where no issuer is set (`JWT_ISSUER`)."
    )
    bearer_methods_supported: list[str] = ["header"]
    resource_name: str


class Door:
    """Lets requests through to the server of one book."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._server = wired.server(
            services,
            reader=_known,
            asking=self._admit,
            origin=lambda request: services.settings.base_url or _origin(request, services.settings),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request.

        Raises:
            PagesideError: It may not be served; what the app answers has the reason.
        """
        if scope["method"] != "POST":
            # No stream is offered that belongs to no request, and no session that could be ended.
            raise HTTPException(405, headers={"Allow": "POST"})
        request = Request(scope)
        require_own_page(Headers(scope=scope), self._services)
        asking(request)
        # A program is given no guest's cookie: it would lose it, and all its tasks.
        request.state.is_new, request.state.introduced = bool(request.state.introduced), ""
        manager = StreamableHTTPSessionManager(self._server.lowlevel, stateless=True)
        async with manager.run():  # of this request alone, so that all its tasks end with it
            await manager.handle_request(scope, receive, send)

    async def _admit(self, context: Context[Any, Any]) -> None:
        """Counts a search as what it is, a question; the request that brought it was counted as any other."""
        request = context.request_context.request
        if request is None:
            raise TypeError("a call over HTTP has no request")
        await self._services.limiter.require("chat", "address", getattr(request.state, "address", ""))
        await self._services.chat.allowance.within_limits(asking(request), session_of(request))


class Challenges:
    """Tells whom `/mcp` denies where it is written how to be let in.

    Source: RFC 9728, section 5.1.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, base: str) -> None:
        self._app = app
        self._settings = settings
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 401:
                headers = MutableHeaders(scope=message)
                place = f"{_origin(Request(scope), self._settings)}{METADATA}{self._base}{PATH}"
                headers["WWW-Authenticate"] = f'{headers["www-authenticate"]}, resource_metadata="{place}"'
            await send(message)

        await self._app(scope, receive, told)


def router(services: Services) -> APIRouter:
    """The endpoint of one book, and where a server of one book says how to be let in."""
    routes = APIRouter()
    routes.routes.append(Route(PATH, Door(services), include_in_schema=False))
    if not services.base:
        routes.include_router(metadata(services))
    return routes


def metadata(services: Services) -> APIRouter:
    """Where it is written how to be let in to the `/mcp` of one book; it stands at the top of the server.

    Source: RFC 9728, section 3.1: the path of what is protected follows the well-known one.
    """
    routes = APIRouter(tags=["programs"])
    place = f"{services.base}{PATH}"

    @routes.get(
        f"{METADATA}{place}",
        summary="How programs are let in",
        responses=problems.declared(429),
        response_model_exclude_none=True,
    )
    async def protected(request: Request, response: Response) -> ProtectedResource:
        """Which tokens `/mcp` takes, as the authorization of the Model Context Protocol asks."""
        response.headers["Cache-Control"] = "no-store"
        settings = services.settings
        issuers = [each for each in words(settings.jwt_issuer) if urlsplit(each).scheme in {"http", "https"}]
        return ProtectedResource(
            resource=f"{_origin(request, settings)}{place}",
            authorization_servers=issuers if settings.auth_mode == "jwt" and issuers else None,
            resource_name=services.title or "Pageside",
        )

    if not services.base:
        routes.get(METADATA, include_in_schema=False)(protected)
    return routes


def require_own_page(headers: Headers, services: Services) -> None:
    """Returns unless a page of a foreign site asks, also one whose name was bound to our address (DNS rebinding).

    A browser names the page's origin with every POST; a program that is no browser names none. A server that listens
    to its own machine alone is called by no other name.

    Raises:
        Forbidden: A foreign page asks.
    """
    settings, admission = services.settings, services.admission
    host, origin = headers.get("host", "").lower(), headers.get("origin", "").lower()
    local = _is_local(urlsplit(f"//{host}").hostname) if _HOST.fullmatch(host) else False
    if origin:
        if origin in {*settings.origins, admission.own_origin}:
            return
        if local and origin in {f"http://{host}", f"https://{host}"}:
            return
        raise Forbidden(
            "This request came from a page of another site. Ask whoever runs this server to list that site under "
            "CORS_ORIGINS, or to say where the server is reached (PAGESIDE_PUBLIC_URL)."
        )
    if not local and _is_local(settings.host) and not (admission.own_origin or settings.trusted_proxies):
        raise Forbidden(
            "This server listens to its own machine alone, and was called by another name. Ask whoever runs it to say "
            "where it is reached (PAGESIDE_PUBLIC_URL)."
        )


def _is_local(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


def _origin(request: Request, settings: Settings) -> str:
    """Where clients reach this server, without a slash at the end; the address they came to, where none is set."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host if _HOST.fullmatch(host) else 'localhost'}"


def _known(context: Context[Any, Any]) -> Reader:
    """The reader of the token, session or cookie that came with a call.

    Raises:
        Unauthorized: A guest asks of whom nothing came: what they had would be nobody's with the next call.
    """
    request = context.request_context.request
    if request is None:
        raise TypeError("a call over HTTP has no request")
    if request.state.is_new:
        raise Unauthorized(
            "Tasks are a reader's own, and this call does not say whose. Begin a session at /api/chatkit/session and "
            "send its client_secret as `Authorization: Bearer ...`."
        )
    return asking(request)
