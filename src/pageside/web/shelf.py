"""Several books on one server: each is an application of its own below `/its-name`, and the top lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import jinja2
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pageside import __version__
from pageside.conversation.turn import Turn
from pageside.errors import NotFound, PagesideError
from pageside.identity.reader import Reader
from pageside.knowledge.reading import naming
from pageside.web import app, attachments, contract, element, mcp, metrics, pages, probes, problems
from pageside.web.chatkit import REST, asking
from pageside.web.middleware import NO_TELEMETRY
from pageside.wiring.serving import Services
from pageside.wiring.shelving import Shelf

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("pageside.web"), autoescape=True, undefined=jinja2.StrictUndefined
)

_OF_THE_TOP: Final = frozenset({"health", "metrics", "admin", ".well-known"})  # what is said of the whole server


@dataclass(frozen=True, slots=True)
class Spine:
    """A book as the list shows it."""

    address: str
    title: str
    pages: int


class BookHealth(BaseModel):
    """Whether a book has been indexed."""

    status: Literal["ok", "missing"]


class ShelfHealth(BaseModel):
    """`ok` when the database answers and every book has been indexed; each book tells more at its own `/health`."""

    status: Literal["ok", "degraded"]
    version: str
    database: Literal["ok", "unavailable"]
    books: dict[str, BookHealth]


class Books:
    """Hands each request to the book whose name its address begins with, else to the book that its site means.

    A site is told by the `Origin` of the request (RFC 6454, section 7), or, where a proxy gives a book a host of its
    own, by `Host`: browsers name no origin when they fetch from their own. Any other request goes to the top, and so
    does what the top says of the whole server.

    Args:
        sites: Books by origins, as browsers name them.
    """

    def __init__(self, top: ASGIApp, books: Mapping[str, ASGIApp], sites: Mapping[str, ASGIApp]) -> None:
        self._top = top
        self._books = books
        self._sites = sites
        self._hosts = {origin.partition("://")[2]: book for origin, book in sites.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, slash, rest = scope.get("path", "").removeprefix("/").partition("/")
        book = self._books.get(name) if scope["type"] == "http" else None
        if book is None:
            meant = None if scope["type"] != "http" or name in _OF_THE_TOP else self._meant(Headers(scope=scope))
            await (meant or self._top)(scope, receive, send)
        elif not slash:
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"/{name}/" + (f"?{query}" if query else ""), 307)(scope, receive, send)
        else:
            await book({**scope, "path": f"/{rest}", "raw_path": None}, receive, send)

    def _meant(self, headers: Headers) -> ASGIApp | None:
        by_origin = self._sites.get(headers.get("origin", "").lower())
        return by_origin or self._hosts.get(headers.get("host", "").lower())


def create(shelf: Shelf) -> ASGIApp:
    """The ASGI application over every book of `shelf`.

    Raises:
        SettingsError: A site to show is none, or was built for another address.
    """
    books = {each.name: app.create(services, each.folder) for each, services in shelf.books}
    sites = {origin: books[each.name] for each, _ in shelf.books for origin in each.origins}
    return Books(_top(shelf), books, sites)


def _top(shelf: Shelf) -> FastAPI:
    top = FastAPI(
        title="Pageside",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=NO_TELEMETRY,
    )
    problems.install(top)
    top.include_router(_health(shelf))
    opened = [services for _, services in shelf.books]
    top.include_router(metrics.router(shelf.shared.settings, shelf.shared.database, opened))
    top.include_router(probes.router(shelf.books[0][1].chat))
    top.include_router(_of_all_books(shelf))
    for _, services in shelf.books:
        top.include_router(mcp.metadata(services))
    if shelf.shared.attachments is not None:
        top.include_router(attachments.router(shelf.shared.attachments, shelf.shared.links))
    contract.close(top)
    app.look_after(top, shelf.shared, {each.name: each.title for each, _ in shelf.books})
    if any(each.origins for each, _ in shelf.books):
        top.include_router(element.router())  # a script's tag names no origin
    top.include_router(pages.assets())
    top.include_router(_list(shelf))
    app.guard(top, shelf.shared)
    return top


def _health(shelf: Shelf) -> APIRouter:
    routes = APIRouter()

    @routes.get("/health", summary="The state of the server", responses=problems.declared(429))
    async def health() -> ShelfHealth:
        """Always 200 while the server itself answers."""
        database = await shelf.shared.database.healthy()
        books = {each.name: BookHealth(status=await _indexed(services)) for each, services in shelf.books}
        whole = database and all(book.status == "ok" for book in books.values())
        return ShelfHealth(
            status="ok" if whole else "degraded",
            version=__version__,
            database="ok" if database else "unavailable",
            books=books,
        )

    return routes


async def _indexed(services: Services) -> Literal["ok", "missing"]:
    try:
        await run_sync(services.index.status)
    except PagesideError:
        return "missing"
    return "ok"


def _of_all_books(shelf: Shelf) -> APIRouter:
    """What concerns a reader in all books at once."""
    routes = APIRouter(prefix=REST, tags=["conversations"])

    @routes.delete("/me", summary="Delete all that is kept of you", status_code=204, response_class=Response)
    async def erase(who: Annotated[Reader, Depends(asking)]) -> Response:
        """Every conversation, opinion and file, of every book; answers under way are stopped."""
        for each, _ in shelf.books:
            await shelf.shared.keeping.erase(Turn(reader=who.of_book(each.name)))
        await shelf.shared.keeping.erase(Turn(reader=who))
        return Response(status_code=204, headers={"Cache-Control": "no-store"})

    return routes


def _list(shelf: Shelf) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    titles = {each.name: each.title or naming.book(each.folder) or each.folder.name for each, _ in shelf.books}

    @routes.api_route("/", methods=["GET", "HEAD"])
    async def front(request: Request) -> Response:
        reader = getattr(request.state, "reader", None)
        seen = [
            await _spine(services, titles[each.name]) for each, services in shelf.books if each.audience.admits(reader)
        ]
        shown = _templates.get_template("shelf.html").render(books=seen)
        return HTMLResponse(shown, headers={"Cache-Control": "no-store"})

    @routes.api_route("/{address:path}", methods=["GET", "HEAD"])
    async def nothing(address: str) -> Response:
        raise NotFound(f"No book stands at {'/' + address.split('/')[0]!r}; the books of this server are listed at /.")

    async def _spine(services: Services, title: str) -> Spine:
        try:
            count = len(await services.index.documents())
        except PagesideError:
            count = 0
        return Spine(f"{services.base}/", title, count)

    return routes
