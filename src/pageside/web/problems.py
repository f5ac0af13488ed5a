"""Every refusal as an RFC 9457 problem document: what happened, in words, with a stable code and the request's id."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Scope

from pageside import backoff, telemetry
from pageside.conversation.busy import Busy
from pageside.conversation.capacity import Overloaded
from pageside.errors import PagesideError, TooManyRequests, Unauthorized
from pageside.identity.denial import challenge
from pageside.limiting.limiter import LimitReached
from pageside.phrases import accepting, failures

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
_ABOUT_S = 5
_SHOWN_PROBLEMS = 5
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take requests of this kind.",
}
_DECLARED: dict[int, str] = {
    400: "It cannot be understood.",
    401: "Nobody knows who is asking.",
    403: "Who is asking may not do this.",
    404: "No such thing, or not this reader's.",
    405: "The address does not take this method.",
    409: "Not as things are: the conversation is answering, or closed, or the reader has as many as they may.",
    410: "It was carried out, and what it answered is lost.",
    413: "It is longer than is taken.",
    422: "A field cannot be accepted; `detail` names it.",
    429: "Too much at once: `Retry-After` says in how many seconds it is worth asking again.",
    501: "It is switched off here.",
    503: "A part that this needs does not answer; it may later.",
}


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI is told of a route that may refuse with `statuses`; `contract` describes the document itself."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": _DECLARED[status], "content": content} for status in statuses}


def install(app: FastAPI) -> None:
    """Makes `app` answer every error with a problem document, and never with an error's internals."""
    app.add_exception_handler(PagesideError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(Exception, _unforeseen)


def problem(
    *, status: int, code: str, detail: str, retryable: bool = False, headers: dict[str, str] | None = None
) -> Response:
    """A problem document.

    Args:
        code: Stable name of what went wrong, for programs.
        detail: What went wrong, for people.
        retryable: Whether the same request may succeed later.

    Source: RFC 9457, sections 3.1 and 3.2; `code`, `retryable` and `request_id` are extension members.
    """
    document = {
        "type": f"urn:pageside:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "retryable": retryable,
    }
    if request_id := telemetry.request_id():
        document["request_id"] = request_id
    return JSONResponse(
        document, status_code=status, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store", **(headers or {})}
    )


def refusal(error: PagesideError, scope: Scope) -> Response:
    """The problem document for one of our own errors, in the language that the request of `scope` asks for.

    One that will pass says when to come back.
    """
    return problem(
        status=error.status,
        code=error.code,
        detail=error.said(_language(scope)),
        retryable=error.retryable,
        headers=_headers(error),
    )


def _language(scope: Scope) -> str:
    return accepting.spoken(accepting.languages(Headers(scope=scope).get("accept-language", "")))


def _headers(error: PagesideError) -> dict[str, str]:
    """What headers say of `error`.

    Source: RFC 9110, section 10.2.3, for `Retry-After`; draft-ietf-httpapi-ratelimit-headers-06, section 3, for
    `RateLimit-*`, the last draft that has a field for each value.
    """
    if isinstance(error, LimitReached):
        standing = error.standing
        return {
            "Retry-After": str(error.retry_after_s),
            "RateLimit-Limit": str(standing.limit),
            "RateLimit-Remaining": str(standing.remaining),
            "RateLimit-Reset": str(standing.reset_s),
            "RateLimit-Policy": f"{standing.limit};w={standing.window_s}",
        }
    if isinstance(error, Busy | Overloaded | TooManyRequests):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, Unauthorized):
        return {"WWW-Authenticate": challenge(error)}
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"Retry-After": str(round(backoff.spread(_ABOUT_S)))}
    return {}


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, PagesideError):
        raise error
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("request_refused", code=error.code, status=error.status)
    return refusal(error, request.scope)


async def _malformed(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    parts = [f"{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in error.errors()]
    more = len(parts) - _SHOWN_PROBLEMS
    detail = "; ".join(parts[:_SHOWN_PROBLEMS]) + (f"; and {more} more." if more > 0 else ".")
    return problem(status=422, code="invalid_input", detail=detail)


async def _by_status(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    detail = _SENTENCES.get(status.value) if error.detail == status.phrase else str(error.detail)
    return problem(
        status=status.value,
        code=status.phrase.lower().replace(" ", "_").replace("-", "_"),
        detail=detail or f"{status.phrase}.",
        headers=dict(error.headers or {}),
    )


async def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("request_failed", exc_info=error)
    return problem(
        status=500,
        code="internal",
        detail=failures.WENT_WRONG_HERE.said(_language(request.scope)),
        retryable=True,
        headers={"X-Request-ID": telemetry.request_id()},  # whoever else adds it has let the error pass
    )
