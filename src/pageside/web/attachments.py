"""The bytes of attachments over HTTP: up to the address that was given for them, and down to their owner alone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message, Scope

from pageside.conversation import filetypes, wire
from pageside.conversation.attachments import Attachments, Opened, missing
from pageside.conversation.links import PATH, Links
from pageside.conversation.turn import Turn
from pageside.errors import BadRequest, InvalidInput, PagesideError, TooLarge
from pageside.identity.reader import Reader
from pageside.phrases import uploads
from pageside.web import problems
from pageside.web.chatkit import asking

PATIENCE: Final = timedelta(seconds=60)

_STREAMED: Final = re.compile(rf"POST {re.escape(PATH)}|PUT {re.escape(PATH)}/[^/]+")
_PIECE: Final = 256 * 1024
_WRAPPING: Final = 20_000  # bytes of a multipart body around the file
# No cookie is looked at: the address alone says what may be done, so any page that was given one may use it.
_ANY_ORIGIN: Final = {"Access-Control-Allow-Origin": "*"}
_PREFLIGHT: Final = {
    **_ANY_ORIGIN,
    "Access-Control-Allow-Methods": "PUT",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "600",
}
_LOCKED: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


def streamed(scope: Scope) -> bool:
    """Whether a request brings a file, whose size is limited here, piece by piece, instead of by `Limits`."""
    return _STREAMED.fullmatch(f"{scope['method']} {scope['path']}") is not None


def router(
    attachments: Attachments, links: Links, *, reader: Callable[..., Reader] = asking, patience: timedelta = PATIENCE
) -> APIRouter:
    """The routes of `attachments`.

    Args:
        reader: Dependency that says who is asking.
        patience: How long an upload may pause.
    """
    routes = APIRouter(prefix=PATH, tags=["attachments"])
    recognised = Depends(reader)
    _take_forms(routes, attachments, recognised, patience)
    _take_bytes(routes, attachments, links, patience)
    _give(routes, attachments, links, recognised)
    return routes


def _take_forms(routes: APIRouter, attachments: Attachments, recognised: Any, patience: timedelta) -> None:
    @routes.post("", summary="Upload a file at once", response_class=Response, openapi_extra=_FORM)
    async def direct(request: Request, who: Reader = recognised) -> Response:
        """Takes the field `file` of a form; answers with the attachment, to be named in a message."""
        receive = _within(request, attachments.max_bytes + _WRAPPING, patience)
        turn = Turn(reader=who, origin=_origin(request))
        try:
            async with Request(request.scope, receive).form(max_files=1, max_fields=10) as form:
                file = form.get("file")
                if not isinstance(file, UploadFile) or not file.filename:
                    raise InvalidInput("file: send the file as the field `file` of a multipart form.")
                said = file.content_type or ""
                kept = await attachments.receive(_pieces(file), turn, name=file.filename, mime_type=said)
        except HTTPException as error:
            raise BadRequest(f"The form cannot be read: {error.detail}") from None
        return _document(wire.dump(kept))


def _take_bytes(routes: APIRouter, attachments: Attachments, links: Links, patience: timedelta) -> None:
    @routes.options("/{attachment_id}", include_in_schema=False)
    async def preflight(attachment_id: str) -> Response:
        return Response(status_code=204, headers=_PREFLIGHT)

    @routes.put("/{attachment_id}", summary="Upload an announced file", response_class=Response, openapi_extra=_BODY)
    async def upload(request: Request, attachment_id: str, token: str = "") -> Response:
        """Takes the bytes of a file at the address that `attachments.create` gave for it; no cookie is needed."""
        try:
            permit = links.permit("upload", attachment_id, token)
            pieces = Request(request.scope, _within(request, permit.size, patience)).stream()
            kept = await attachments.upload(permit, pieces, origin=_origin(request))
        except PagesideError as error:
            denial = problems.refusal(error, request.scope)
            denial.headers.update(_ANY_ORIGIN)
            return denial
        return _document(wire.dump(kept), headers=_ANY_ORIGIN)


def _give(routes: APIRouter, attachments: Attachments, links: Links, recognised: Any) -> None:
    @routes.get("/{attachment_id}", summary="Fetch a file", response_class=Response)
    async def fetch(attachment_id: str, who: Reader = recognised) -> Response:
        """The file, to be saved; only for the reader who sent it."""
        opened = await attachments.open(attachment_id, Turn(reader=who))
        headers = {"Cache-Control": "private, no-cache", "Content-Disposition": _disposition("attachment", opened.name)}
        return await _sent(opened, headers)

    @routes.get("/{attachment_id}/preview", summary="See a picture", response_class=Response)
    async def preview(attachment_id: str, token: str = "", who: Reader = recognised) -> Response:
        """The picture, to be shown; for the reader who sent it, known by cookie or by the address itself."""
        owner = links.permit("preview", attachment_id, token).reader if token else who
        opened = await attachments.open(attachment_id, Turn(reader=owner))
        if not filetypes.is_image(opened.mime_type):
            raise missing(attachment_id)
        headers = {
            "Cache-Control": "private, max-age=300",
            "Content-Disposition": _disposition("inline", opened.name),
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return await _sent(opened, headers)


async def _sent(opened: Opened, headers: dict[str, str]) -> Response:
    first = await anext(opened.pieces, b"")  # a file that is gone or cannot be read is refused before the first byte
    return StreamingResponse(
        _chained(first, opened.pieces),
        media_type=opened.mime_type,
        headers={**_LOCKED, **headers, "Content-Length": str(opened.size), "ETag": f'"{opened.sha256}"'},
    )


async def _chained(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    async with aclosing(rest):
        yield first
        async for piece in rest:
            yield piece


def _document(content: bytes, *, headers: dict[str, str] | None = None) -> Response:
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store", **(headers or {})})


def _disposition(how: str, name: str) -> str:
    """Source: RFC 6266, 4.3, and RFC 8187: the name in full for whoever reads `filename*`, in ASCII for the rest."""
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _within(request: Request, limit_bytes: int, patience: timedelta) -> Callable[[], Any]:
    """The request's messages, as long as their bodies stay within `limit_bytes` together and follow each other."""
    claimed = request.headers.get("content-length", "")
    if claimed.isdecimal() and (len(claimed) > len(str(limit_bytes)) or int(claimed) > limit_bytes):
        raise _too_large(limit_bytes)
    came = 0

    async def receive() -> Message:
        nonlocal came
        try:
            async with asyncio.timeout(patience.total_seconds()):
                message = await request.receive()
        except TimeoutError:
            raise BadRequest(uploads.STOPPED) from None
        if message["type"] == "http.disconnect":
            raise BadRequest("The upload was broken off.")
        came += len(message.get("body", b""))
        if came > limit_bytes:
            raise _too_large(limit_bytes)
        return message

    return receive


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(_PIECE):
        yield piece


def _too_large(limit_bytes: int) -> TooLarge:
    return TooLarge(uploads.UPLOAD_TOO_LARGE.of(most=limit_bytes))
