"""What every request passes through, as pure ASGI so that streams are never buffered."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pageside import telemetry
from pageside.identity.tokens import GUEST_LIFETIME, Guests

GUEST_COOKIE = "pageside_guest"
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
}


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


class SecurityHeaders:
    """Forbids what our pages never do: foreign scripts, sniffed types, foreign frames."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)


class GuestCookies:
    """Puts the reader into `scope["state"]["reader"]`: the guest whose signed cookie came along, else a new one.

    A forged or damaged cookie is not an error: its bearer becomes somebody new.
    """

    def __init__(self, app: ASGIApp, *, guests: Guests, secure: bool) -> None:
        self._app = app
        self._guests = guests
        self._secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reader = self._guests.recognise(_cookie(Headers(scope=scope), GUEST_COOKIE))
        token = ""
        if reader is None:
            reader, token = self._guests.mint()
        scope.setdefault("state", {})["reader"] = reader

        async def introduced(message: Message) -> None:
            if message["type"] == "http.response.start" and token:
                headers = MutableHeaders(scope=message)
                if "public" not in headers.get("cache-control", ""):
                    headers.append("Set-Cookie", self._baked(token))
            await send(message)

        await self._app(scope, receive, introduced)

    def _baked(self, token: str) -> str:
        lifetime = int(GUEST_LIFETIME.total_seconds())
        cookie = f"{GUEST_COOKIE}={token}; Path=/; Max-Age={lifetime}; HttpOnly; SameSite=Lax"
        return f"{cookie}; Secure" if self._secure else cookie


def _cookie(headers: Headers, name: str) -> str:
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""
