"""`/api/chatkit/session` and `/api/chatkit/refresh`: the secret that a page chats with, begun, renewed and revoked."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from pageside.conversation import sessions
from pageside.errors import Forbidden, NotSupported, Unauthorized
from pageside.identity import secrets
from pageside.identity.hosted import Hosted
from pageside.identity.reader import Reader
from pageside.identity.secrets import Session
from pageside.web.chatkit import REST, asking
from pageside.web.recognition import Elsewhere, bearer, require_same
from pageside.wiring.admitting import Admission

_EXAMPLE: Final[JsonDict] = {"client_secret": "pgs_...", "session_id": "ses_01jd...", "expires_at": 1795000000}
_UNKNOWN: Final[dict[str, Any]] = {"description": "Nobody knows who is asking; `WWW-Authenticate` says what is amiss."}
_AWAY: Final[dict[str, Any]] = {"description": "Sessions cannot be kept or had at the moment."}


class SessionRequest(BaseModel):
    """Nothing needs to be said; what clients send beside is not looked at."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"example": {}})


class RefreshRequest(BaseModel):
    """Which session: its id, beside its secret as Bearer; or the secret itself."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"example": {"existing_session_id": "ses_01jd..."}})

    existing_session_id: Annotated[str, Field(min_length=1, max_length=secrets.LONGEST)]


class SessionMade(BaseModel):
    """A session; `expires_at` is when its secret stops being good, in seconds since 1970."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    client_secret: str
    session_id: str
    expires_at: int


def router(admission: Admission) -> APIRouter:
    """The routes of sessions; where a workflow is hosted by OpenAI, they are begun there."""
    routes = APIRouter(prefix=REST, tags=["sessions"])

    @routes.post(
        "/session",
        summary="Begin a session",
        responses={
            401: _UNKNOWN,
            403: {"description": "The request came under the secret of a session, which can be renewed instead."},
            503: _AWAY,
        },
    )
    async def begin(request: Request, response: Response, body: SessionRequest | None = None) -> SessionMade:
        """A secret for `POST /chatkit` and everything below `/api/chatkit`, to be sent as `Authorization: Bearer`.

        It is bound to the reader and to the site whose page asks. Where readers are guests, a page of another site gets
        a new guest.
        """
        response.headers["Cache-Control"] = "no-store"
        reader = _beginning(request, admission)
        if admission.hosted is not None:
            return await _hosted(admission.hosted, reader)
        return _made(*await admission.sessions.begin(reader, origin=_origin(request)))

    @routes.post(
        "/refresh",
        summary="Renew a session",
        responses={
            401: _UNKNOWN,
            404: {"description": "There is no such session, or it is not that of the secret."},
            503: _AWAY,
        },
    )
    async def refresh(request: Request, response: Response, body: RefreshRequest) -> SessionMade:
        """The same session with a new secret, for a secret that is good or has not expired for long."""
        response.headers["Cache-Control"] = "no-store"
        if admission.hosted is not None:
            return await _hosted(admission.hosted, asking(request))
        named, sent = body.existing_session_id, bearer(request.headers)
        secret = sent if sessions.is_secret(sent) or not sessions.is_secret(named) else named
        _require_secret(request, secret, admission)
        return _made(*await admission.sessions.renew(secret, origin=_origin(request), named=named))

    _ending(routes, admission)
    return routes


def _ending(routes: APIRouter, admission: Admission) -> None:
    @routes.delete(
        "/session",
        summary="End a session",
        status_code=204,
        response_class=Response,
        responses={401: _UNKNOWN, 501: {"description": "The sessions here are OpenAI's."}, 503: _AWAY},
    )
    async def end(request: Request) -> Response:
        """No secret of the session is good any more; conversations stay."""
        if admission.hosted is not None:
            raise NotSupported("Sessions that OpenAI hosts end by themselves.")
        secret = bearer(request.headers)
        _require_secret(request, secret, admission)
        await admission.sessions.revoke(secret, origin=_origin(request))
        return Response(status_code=204, headers={"Cache-Control": "no-store"})


def _beginning(request: Request, admission: Admission) -> Reader:
    """Whose session is to begin; a page of another site begins one for a guest who has been nobody before."""
    if getattr(request.state, "session", None) is not None:
        raise Forbidden("A session begins no other; renew it at /api/chatkit/refresh.")
    if isinstance(getattr(request.state, "refusal", None), Elsewhere):
        if admission.hosted is not None:
            raise Forbidden("Guests begin sessions from pages of this server alone.")
        return admission.guests.mint()[0]
    return asking(request)


def _require_secret(request: Request, secret: str, admission: Admission) -> None:
    """Returns if `secret` is one of ours, and neither a proxy nor a token names somebody else than whose it is."""
    if not sessions.is_secret(secret):
        raise Unauthorized("This needs the session's own client_secret, sent as `Authorization: Bearer ...`.")
    whose = admission.sessions.renewable(secret, _origin(request)).reader
    require_same(getattr(request.state, "vouched", None), whose)


async def _hosted(hosted: Hosted, reader: Reader) -> SessionMade:
    made = await hosted.begin(reader)
    return SessionMade(client_secret=made.secret, session_id=made.id, expires_at=made.expires_at)


def _made(session: Session, secret: str) -> SessionMade:
    return SessionMade(client_secret=secret, session_id=session.id, expires_at=int(session.expires_at.timestamp()))


def _origin(request: Request) -> str:
    return request.headers.get("origin", "")
