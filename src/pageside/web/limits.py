"""How much a request may bring, checked before anything reads it; pure ASGI."""

from __future__ import annotations

import re
from collections.abc import Callable

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pageside.errors import InvalidInput, PagesideError, TooLarge
from pageside.phrases import refusals
from pageside.web import dictated, draining, problems

MAX_BODY_BYTES = 1_000_000
MAX_JSON_DEPTH = 64
_WORTH_A_THREAD = 50_000
_OPENING = (b"[", b"{")
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)


def _whole(_: Scope) -> bool:
    return False


class Limits:
    """Refuses bodies that are too large (413) or nested too deep (422), whatever length they claim to have.

    A body is read here, whole, and handed on; so no route can forget the limit, and none sees half a body. Whoever is
    refused in the middle of sending still gets to read why.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        max_bytes: int = MAX_BODY_BYTES,
        max_depth: int = MAX_JSON_DEPTH,
        streamed: Callable[[Scope], bool] = _whole,
        dictated_bytes: int = 0,
    ) -> None:
        """Limits for `app`.

        Args:
            streamed: Whether a request is limited by whoever takes it, piece by piece.
            dictated_bytes: Largest body of a recording to be transcribed, where that is more than `max_bytes`.
        """
        self._app = app
        self._streamed = streamed
        self._max_bytes = max_bytes
        self._max_depth = max_depth
        self._dictated_bytes = max(max_bytes, dictated_bytes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "OPTIONS"}:
            await self._app(scope, receive, send)
            return
        receive, send = draining.lingering(scope, receive, send)
        if self._streamed(scope):
            await self._app(scope, receive, send)
            return
        try:
            body = await self._body(scope, receive)
        except PagesideError as error:
            await problems.refusal(error, scope)(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replayed(body, receive), send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        claimed = Headers(scope=scope).get("content-length", "")
        most = self._dictated_bytes
        if claimed.isdecimal() and (len(claimed) > len(str(most)) or int(claimed) > most):
            raise self._too_large()
        body = await self._read(receive)
        if body is not None and len(body) > self._max_bytes:
            await self._require_recording(body)
        if body is not None and body.lstrip()[:1] in _OPENING:
            await self._refuse_depth(body)
        return body

    async def _read(self, receive: Receive) -> bytes | None:
        parts: list[bytes] = []
        beginning, length = b"", 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            length += len(parts[-1])
            if len(beginning) < dictated.BEGINNING:
                beginning += parts[-1]
            if length > (self._dictated_bytes if dictated.may_be(beginning) else self._max_bytes):
                raise self._too_large()
            if not message.get("more_body", False):
                return b"".join(parts)

    async def _require_recording(self, body: bytes) -> None:
        if not await anyio.to_thread.run_sync(dictated.is_one, body):
            raise self._too_large()

    async def _refuse_depth(self, body: bytes) -> None:
        if len(body) < _WORTH_A_THREAD:
            deep = deeper_than(body, self._max_depth)
        else:
            deep = await anyio.to_thread.run_sync(deeper_than, body, self._max_depth)
        if deep:
            raise InvalidInput(f"The body is nested more than {self._max_depth} levels deep.")

    def _too_large(self) -> TooLarge:
        return TooLarge(refusals.BODY_TOO_LARGE.of(most=self._max_bytes))


def deeper_than(body: bytes, depth: int) -> bool:
    """Whether the JSON in `body` nests arrays and objects more than `depth` levels; never recurses."""
    level = 0
    for token in _TOKENS.finditer(body):
        match body[token.start()]:
            case 0x5B | 0x7B:
                level += 1
                if level > depth:
                    return True
            case 0x5D | 0x7D:
                level -= 1
            case _:
                pass
    return False


def _replayed(body: bytes, receive: Receive) -> Receive:
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay
