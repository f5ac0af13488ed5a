"""Whose book it is: what is not for a reader is not there for them."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from pageside.errors import NotFound, PagesideError, Unauthorized
from pageside.identity.audience import Audience
from pageside.identity.reader import Reader
from pageside.web import problems

_OPEN = (
    "/health",
    "/health/live",
    "/health/ready",
    "/api/chatkit/health",
)  # whether a book works tells nothing of what it says


class Admitted:
    """Lets through whom the book is for, as the reader of this book; stands behind `Recognition`."""

    def __init__(self, app: ASGIApp, *, book: str, audience: Audience) -> None:
        self._app = app
        self._book = book
        self._audience = audience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.get("state", {})
        reader = state.get("reader")
        if scope["type"] == "http":
            if scope["path"] not in _OPEN and not self._audience.admits(reader):
                await problems.refusal(_refusal(state.get("refusal")), scope)(scope, receive, send)
                return
            if isinstance(reader, Reader):
                state["reader"] = reader.of_book(self._book)
        await self._app(scope, receive, send)


def _refusal(told: object) -> PagesideError:
    if isinstance(told, Unauthorized):
        return told
    return NotFound("There is no such book here, or it is not for you.")
