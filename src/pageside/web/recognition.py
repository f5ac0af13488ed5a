"""Who is asking, found out once for each request: by a session, a token, a trusted proxy or a guest's cookie.

Nobody is turned away here, for the pages of the book are everybody's: a route that needs a reader refuses with the
reason that is left for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pageside.conversation import sessions
from pageside.errors import PagesideError, Unauthorized
from pageside.identity.claims import nameable
from pageside.identity.denial import TokenDenied
from pageside.identity.proxies import Proxies, is_loopback
from pageside.identity.reader import Reader
from pageside.identity.secrets import Session
from pageside.identity.tokens import GUEST_LIFETIME
from pageside.telemetry import context
from pageside.wiring.admitting import Admission

log = structlog.get_logger(__name__)

GUEST_COOKIE: Final = "pageside_guest"
USER_HEADER: Final = "X-User-ID"
TEST_READER: Final = "test-user"

_BEARER = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)


class Elsewhere(Unauthorized):
    """A page of another site asks, to which a browser may not give a guest's cookie: it needs a session."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who asks; `cookie` is to be kept by a browser that has none yet."""

    reader: Reader
    session: Session | None = None
    cookie: str = ""


class Addresses:
    """Puts into the request's state where it comes from (`address`), behind the proxies that are believed."""

    def __init__(self, app: ASGIApp, *, proxies: Proxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers, at = Headers(scope=scope), peer(scope)
            told = self._proxies.client(at, headers.getlist("x-forwarded-for"))
            scope.setdefault("state", {})["address"] = told
            scheme = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
            if scheme in {"http", "https"} and (self._proxies.trust(at) or is_loopback(at)):
                scope["scheme"] = scheme
        await self._app(scope, receive, send)


class Recognition:
    """Puts into the request's state who asks (`reader`) and by which session (`session`), or why nobody (`refusal`).

    `vouched` is whom a proxy or a token of somebody else's speaks for, also beside a session. `introduced` is the
    cookie of a guest who is new; a route that takes it away lets them stay unknown.
    """

    def __init__(self, app: ASGIApp, *, admission: Admission) -> None:
        self._app = app
        self._admission = admission

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state["session"], state["introduced"] = None, ""
        try:
            found = await self._recognise(scope, Headers(scope=scope))
        except PagesideError as refusal:
            if isinstance(refusal, TokenDenied) and scope["path"] != "/metrics":  # which has a token of its own
                log.info("token_denied", reason=refusal.reason)
            state["refusal"] = refusal
        else:
            state["reader"], state["session"], state["introduced"] = found.reader, found.session, found.cookie
            context.enter_reader(self._admission.pseudonyms.of(found.reader))

        async def introduced(message: Message) -> None:
            if message["type"] == "http.response.start" and (cookie := state["introduced"]):
                headers = MutableHeaders(scope=message)
                if "public" not in headers.get("cache-control", ""):
                    headers.append("Set-Cookie", baked(cookie, secure=self._admission.secure))
            await send(message)

        await self._app(scope, receive, introduced)

    async def _recognise(self, scope: Scope, headers: Headers) -> Recognised:
        token = bearer(headers)
        named = self._named(scope, headers) if self._admission.mode == "header" else None
        scope["state"]["vouched"] = named
        if sessions.is_secret(token):
            session = await self._admission.sessions.recognise(token, origin=headers.get("origin", ""))
            require_same(named, session.reader)
            return Recognised(session.reader, session)
        match self._admission.mode:
            case "header":
                return Recognised(self._by_header(scope, named))
            case "jwt":
                scope["state"]["vouched"] = reader = await self._by_token(token)
                return Recognised(reader)
            case "guest":
                return self._by_cookie(token, headers)

    async def _by_token(self, token: str) -> Reader:
        if not token or self._admission.verifier is None:
            raise Unauthorized("Sign in: this needs a token, sent as `Authorization: Bearer ...`.")
        return await self._admission.verifier.reader(token)

    def _named(self, scope: Scope, headers: Headers) -> Reader | None:
        """Whom a proxy names; None where it names nobody.

        Raises:
            Unauthorized: Somebody names a reader who is not believed, or the name can be nobody's.
        """
        told = headers.getlist(USER_HEADER)
        if not told:
            return None
        if not self._believed(scope):
            raise Unauthorized(
                f"{USER_HEADER} is believed only from the proxies that the server trusts (TRUSTED_PROXIES)."
            )
        try:
            name = told[0].encode("latin-1").decode("utf-8")
        except UnicodeError:
            name = ""
        if len(told) > 1 or not name or not nameable(name):
            raise Unauthorized(f"{USER_HEADER}: send one name of at most 250 characters.")
        return Reader(subject=name)

    def _by_header(self, scope: Scope, named: Reader | None) -> Reader:
        if named is not None:
            return named
        if self._admission.trusts_loopback and is_loopback(peer(scope)):
            return Reader(subject=TEST_READER)
        raise Unauthorized(f"Sign in: the proxy in front of this server has to say who asks, as {USER_HEADER}.")

    def _believed(self, scope: Scope) -> bool:
        at = peer(scope)
        return self._admission.proxies.trust(at) or (self._admission.trusts_loopback and is_loopback(at))

    def _by_cookie(self, token: str, headers: Headers) -> Recognised:
        if token:
            raise TokenDenied(
                "This server knows readers as guests and takes no tokens of others. Begin a session instead.",
                reason="guests_only",
            )
        away = comes_from_elsewhere(headers, self._admission.own_origin)
        if not away or headers.get("origin", "").lower() in self._admission.origins:
            reader = self._admission.guests.recognise(_cookie(headers, GUEST_COOKIE))
            if reader is not None:
                return Recognised(reader)
        if away:
            raise Elsewhere("Begin a session at /api/chatkit/session, and send its client_secret as a Bearer token.")
        reader, proof = self._admission.guests.mint()
        return Recognised(reader, cookie=proof)


def peer(scope: Scope) -> str:
    """The machine at the other end of the connection; empty where that is no machine."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def bearer(headers: Headers) -> str:
    """The Bearer token that came along; empty where none did.

    Raises:
        TokenDenied: There are several, or what stands there is no token.
    """
    told = headers.getlist("authorization")
    schemes = [value.partition(" ")[0].lower() for value in told]
    if "bearer" not in schemes:
        return ""
    found = _BEARER.fullmatch(told[0])
    if len(told) > 1 or found is None:
        raise TokenDenied("Send one token, as `Authorization: Bearer ...`.", reason="malformed")
    return found[1]


def require_same(vouched: Reader | None, reader: Reader) -> None:
    """Returns unless a proxy or a token speaks for somebody else than `reader`, whose session it is.

    Raises:
        TokenDenied: It does.
    """
    if vouched is not None and (vouched.subject, vouched.organisation) != (reader.subject, reader.organisation):
        raise TokenDenied("The session belongs to another reader. Begin a new one.", reason="another_reader")


def comes_from_elsewhere(headers: Headers, own_origin: str = "") -> bool:
    """Whether a page of another site asks, as browsers say of every request that could do something.

    Args:
        own_origin: Where this server is reached, in lower case, if the request's own `Host` does not say so.
    """
    origin = headers.get("origin")
    if origin is None:
        return False
    if site := headers.get("sec-fetch-site"):
        return site not in {"same-origin", "none"}
    host = headers.get("host", "").lower()
    return origin.lower() not in {f"http://{host}", f"https://{host}", own_origin}


def baked(proof: str, *, secure: bool) -> str:
    """The cookie of a guest, as `Set-Cookie` sends it."""
    lifetime = int(GUEST_LIFETIME.total_seconds())
    cookie = f"{GUEST_COOKIE}={proof}; Path=/; Max-Age={lifetime}; HttpOnly; SameSite=Lax"
    return f"{cookie}; Secure" if secure else cookie


def _cookie(headers: Headers, name: str) -> str:
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""
