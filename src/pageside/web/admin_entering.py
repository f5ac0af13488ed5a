"""Who may come into the administration: by a role, by a link good once, or by a token; and by which forms they act.

Everything below the address of the administration passes `Entered`, which lets nobody in without a `Looker`, tells
every browser to keep nothing, and never answers pages of other sites, whichever of them may speak with the chat.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pageside.administration.reports import Entrance
from pageside.errors import Forbidden, Unauthorized
from pageside.identity.denial import TokenDenied
from pageside.identity.invitations import STAY_LIFETIME, Invitations
from pageside.identity.looker import Looker, Roles, looker
from pageside.identity.reader import Reader
from pageside.web import problems
from pageside.web.recognition import comes_from_elsewhere
from pageside.wiring.admitting import Admission

ROOT: Final = "/admin"
SIGN_IN: Final = f"{ROOT}/sign-in"
ASSETS: Final = f"{ROOT}/assets/"
STAY_COOKIE: Final = "pageside_admin"
FORM_COOKIE: Final = "pageside_admin_forms"

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",  # with `no-referrer`, browsers would not say that a form is ours
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Gate:
    """What says who comes in.

    Attributes:
        admission: How readers are known here; tokens are checked as theirs are.
    """

    entrance: Entrance
    invitations: Invitations
    roles: Roles
    admission: Admission

    def recognised(self, reader: object, cookie: str) -> Looker | None:
        """Who asks, by the roles of a reader or by the cookie of somebody who came in; None for nobody."""
        by_role = looker(reader, self.roles) if isinstance(reader, Reader) else None
        if by_role is not None or not cookie:
            return by_role
        stay = self.invitations.read_stay(cookie)
        return stay.looker if stay is not None else None

    async def enter(self, told: str) -> tuple[Looker, str]:
        """Who comes in by what they pasted: a link, or what stands in it, or a token; and by which, in words.

        Raises:
            PagesideError: It lets nobody in; the message says why.
        """
        token = _within(told.strip())
        verifier = self.admission.verifier
        if verifier is None or self.invitations.read_link(token) is not None:
            return await self.entrance.enter(token), "By a link"
        try:
            reader = await verifier.reader(token)
        except TokenDenied:
            return await self.entrance.enter(token), "By a link"  # which says what is wrong with links
        if (found := looker(reader, self.roles)) is None:
            raise Forbidden(f"The token is good, but has none of the roles {listed(self.roles)}.")
        return found, "By a token"


class Entered:
    """Lets lookers in, and everybody else to the sign-in alone."""

    def __init__(self, app: ASGIApp, *, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, state = Headers(scope=scope), scope.setdefault("state", {})
        told = cookies(headers)
        form_key = told.get(FORM_COOKIE, "")
        new_key = "" if form_key else secrets.token_urlsafe(24)
        stay = told.get(STAY_COOKIE, "")
        state["looker"] = self._gate.recognised(state.get("reader"), stay)
        state["form"] = _form_token(form_key or new_key, stay)
        state["introduced"] = ""  # who looks after a server need not be a guest
        public = scope["path"].startswith(ASSETS)

        async def told_so(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    if not (public and name == "Cache-Control"):
                        answer.setdefault(name, value)
                if new_key and not public:
                    answer.append("Set-Cookie", baked(FORM_COOKIE, new_key, secure=self._gate.admission.secure))
            await send(message)

        if comes_from_elsewhere(headers, self._gate.admission.own_origin):
            refused = Forbidden("The administration answers its own pages alone.")
            await problems.refusal(refused, scope)(scope, receive, told_so)
        elif state["looker"] is None and scope["path"] != SIGN_IN and not public:
            await RedirectResponse(SIGN_IN, 303)(scope, receive, told_so)
        else:
            await self._app(scope, receive, told_so)


async def posted(request: Request) -> FormData:
    """The fields of a form of ours.

    Raises:
        Forbidden: It was not given to this browser.
    """
    fields = await request.form()
    if not hmac.compare_digest(field(fields, "form").encode(), str(request.state.form).encode()):
        raise Forbidden("This form has become too old. Open the page again, and send it from there.")
    return fields


def field(fields: FormData, name: str) -> str:
    """A field of a form, without space around it; empty where there is none, or a file."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def known(request: Request) -> Looker:
    """Who looks.

    Raises:
        Unauthorized: Nobody whom `Entered` let in.
    """
    found = getattr(request.state, "looker", None)
    if not isinstance(found, Looker):
        raise Unauthorized("Sign in first.")
    return found


def cookies(headers: Headers) -> dict[str, str]:
    """What cookies say; nothing where they cannot be read."""
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def baked(name: str, value: str, *, secure: bool, max_age_s: int | None = None) -> str:
    """A cookie of the administration, as `Set-Cookie` sends it; without an age it goes with the browser."""
    age = "" if max_age_s is None else f"; Max-Age={max_age_s}"
    cookie = f"{name}={value}; Path={ROOT}{age}; HttpOnly; SameSite=Strict"
    return f"{cookie}; Secure" if secure else cookie


def staying(gate: Gate, found: Looker) -> str:
    """The cookie of somebody who came in."""
    age = int(STAY_LIFETIME.total_seconds())
    return baked(STAY_COOKIE, gate.invitations.stay(found), secure=gate.admission.secure, max_age_s=age)


def listed(roles: Roles) -> str:
    """The roles that open the administration, as a sentence names them."""
    return _named(sorted({*roles.admin, *roles.operator}))


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "that would do"


def _form_token(key: str, stay: str) -> str:
    """What a form has to bring: it fits one browser, and whoever came in there."""
    return hmac.new(key.encode(), stay.encode(), hashlib.sha256).hexdigest()


def _within(told: str) -> str:
    """The token of a link that was pasted whole."""
    if not told.startswith(("http://", "https://")):
        return told
    try:
        found: Iterable[str] = parse_qs(urlsplit(told).query).get("token", ())
    except ValueError:
        return told
    return next(iter(found), told)
