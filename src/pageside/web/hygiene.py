"""What browsers are told and asked for the safety of readers: which sites may speak with us, and what our pages do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pageside.errors import Forbidden
from pageside.web import draining, problems

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
_TAKEN: Final = (
    "Accept, Accept-Language, Authorization, Content-Type, Idempotency-Key, Last-Event-ID, MCP-Protocol-Version, "
    "Mcp-Method, Mcp-Name, X-Pageside-Resume, X-Request-ID"
)
_SHOWN: Final = (
    "Content-Disposition, RateLimit-Limit, RateLimit-Policy, RateLimit-Remaining, RateLimit-Reset, Retry-After, "
    "WWW-Authenticate, X-Pageside-Run, X-Request-ID"
)
_REMEMBERED_S: Final = 600
_HSTS: Final = "max-age=31536000"  # of this host alone: the others are not ours to lock
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), "
        "magnetometer=(), microphone=(self), midi=(), payment=(), serial=(), usb=()"
    ),
}
_CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: https:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors 'self'"
)


class SecurityHeaders:
    """Forbids what our pages never do: foreign scripts, sniffed types, frames on sites that are not listed."""

    def __init__(self, app: ASGIApp, *, framed_by: Sequence[str] = (), strict_transport: bool = False) -> None:
        """Headers for every answer of `app` that does not say otherwise.

        Args:
            framed_by: Origins whose pages may show ours in a frame.
            strict_transport: Whether browsers that came over HTTPS are to come over nothing else for a year.
        """
        self._app = app
        self._strict_transport = strict_transport
        self._headers = {**_HEADERS, "Content-Security-Policy": " ".join((_CONTENT_SECURITY_POLICY, *framed_by))}
        if not framed_by:  # the older header cannot name sites
            self._headers["X-Frame-Options"] = "SAMEORIGIN"
        self._shared = "cross-origin" if framed_by else "same-origin"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                framed = "content-security-policy" in headers  # which says who may, and the older header cannot
                for name, value in self._headers.items():
                    if not (framed and name == "X-Frame-Options"):
                        headers.setdefault(name, value)
                public = "public" in headers.get("cache-control", "")
                headers.setdefault("Cross-Origin-Resource-Policy", self._shared if public else "same-origin")
                if self._strict_transport and scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", _HSTS)
            await send(message)

        await self._app(scope, receive, guarded if scope["type"] == "http" else send)


class CrossOrigin:
    """Lets the pages of listed origins speak with `app`, cookies and all, and answers what their browsers ask first.

    Nobody else is told anything, so that browsers keep our answers from them. No answer is kept for another origin.

    Source: the Fetch standard, section 3.2 (the CORS protocol).
    """

    def __init__(self, app: ASGIApp, *, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._origins:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        allowed = origin.lower() in self._origins
        if allowed and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            await send({"type": "http.response.start", "status": 204, "headers": _preflight(origin)})
            await send({"type": "http.response.body", "body": b""})
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.add_vary_header("Origin")
                if allowed:
                    answer["Access-Control-Allow-Origin"] = origin
                    answer["Access-Control-Allow-Credentials"] = "true"
                    answer["Access-Control-Expose-Headers"] = _SHOWN
            await send(message)

        await self._app(scope, receive, told)


class ForeignPages:
    """Refuses what a page of a foreign site makes a reader's browser do with the reader's cookies.

    Whoever sends no cookie has nothing to be abused, and no browser adds a Bearer token by itself. A client that says
    neither `Origin` nor `Sec-Fetch-Site` is no browser of this decade.

    Source: OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata headers" and "Verifying origin".
    """

    def __init__(self, app: ASGIApp, *, origins: Collection[str] = ()) -> None:
        """Guards `app`.

        Args:
            origins: Those whose pages may act for their readers, beside the server's own.
        """
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE and self._is_foreign(Headers(scope=scope)):
            receive, send = draining.lingering(scope, receive, send)
            error = Forbidden(
                "This request came from a page of another site. Open the book itself, or ask whoever runs this server "
                "to list that site under CORS_ORIGINS."
            )
            await problems.refusal(error, scope)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_foreign(self, headers: Headers) -> bool:
        if "cookie" not in headers or headers.get("authorization", "").lower().startswith("bearer "):
            return False
        if headers.get("sec-fetch-site") in {"same-origin", "none"}:
            return False
        origin = headers.get("origin")
        if origin is None:
            return "sec-fetch-site" in headers
        return origin.lower() not in self._origins and not _is_of(origin, headers.get("host", ""))


def _is_of(origin: str, host: str) -> bool:
    """Whether `origin` is this server's, by the host that the request names; a proxy may have taken its scheme away."""
    return bool(host) and origin.lower() in {f"http://{host.lower()}", f"https://{host.lower()}"}


def _preflight(origin: str) -> list[tuple[bytes, bytes]]:
    told = {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": _METHODS,
        "access-control-allow-headers": _TAKEN,
        "access-control-max-age": str(_REMEMBERED_S),
        "vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }
    return [(name.encode(), value.encode("latin-1")) for name, value in told.items()]
