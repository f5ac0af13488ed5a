"""The book, rendered simply, with the assistant beside it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import jinja2
from anyio.to_thread import run_sync
from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from markupsafe import Markup

from pageside.errors import IndexMissing, IndexUnavailable, NotFound, PagesideError
from pageside.web import element
from pageside.web.book import FILES, IMAGES, Book, Group, grouped
from pageside.web.reference import PAGE, Reference
from pageside.wiring.serving import Services

_ASSETS = {"book.css": "text/css; charset=utf-8", "book.js": "text/javascript; charset=utf-8"}
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
_FOR_EVERYBODY = {"Cache-Control": "public, max-age=300"}
_FOR_ONE = {"Cache-Control": "no-store"}

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("pageside.web"), autoescape=True, undefined=jinja2.StrictUndefined
)


def assets() -> APIRouter:
    """Style and script of the pages that this server makes itself."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/-/{name}")
    async def asset(name: str) -> Response:
        if name not in _ASSETS:
            raise NotFound(f"There is no file {name!r} here.")
        content = resources.files("pageside.web").joinpath("assets", name).read_bytes()
        return Response(content, media_type=_ASSETS[name], headers=_FOR_EVERYBODY)

    return routes


def router(services: Services, root: Path, reference: Reference) -> APIRouter:
    """Every page of the book at the address its own site gives it, and the pictures on them.

    Args:
        reference: Stands at an address of its own, where the book has no page.
    """
    routes = APIRouter(include_in_schema=False)
    book = Book(root, services.index, base=services.base, title=services.title)

    @routes.get(FILES + "/{path:path}")
    async def picture(path: str) -> Response:
        file = book.image(path)
        return FileResponse(file, media_type=IMAGES[file.suffix.lower()], headers=_FOR_EVERYBODY)

    @routes.api_route("/{address:path}", methods=["GET", "HEAD"])
    async def page(address: str) -> Response:
        if f"/{address}" == PAGE and not await _stands(book, address):
            return await reference.page()
        try:
            shown = await _page(book, address)
        except (IndexMissing, IndexUnavailable) as error:
            return _html(
                {"title": book.title, "body": Markup("<h1>{}</h1><p>{}</p>").format(book.title, error)}, book, 503
            )
        except NotFound as error:
            lost = Markup("<h1>Not found</h1><p>{}</p>").format(error)
            return _html({"title": "Not found", "body": lost, "contents": await _contents(book)}, book, 404)
        beside = {
            "chat": services.settings.chatkit_enabled,
            "built": await run_sync(element.is_built),
            "how_to_build": element.HOW_TO_BUILD,
        }
        return _html({**shown, **beside}, book, 200)

    return routes


async def _stands(book: Book, address: str) -> bool:
    try:
        await book.at(f"/{address}")
    except PagesideError:
        return False
    return True


async def _page(book: Book, address: str) -> dict[str, object]:
    entries = await book.entries()
    entry = await book.at(f"/{address}")
    body = await book.html(entry)
    place = entries.index(entry)
    return {
        "title": entry.title,
        "path": entry.path,
        "language": entry.language,
        "body": Markup(body if "<h1" in body else f"<h1>{Markup.escape(entry.title)}</h1>{body}"),  # noqa: S704  # safe by `render`
        "contents": await _contents(book),
        "before": entries[place - 1] if place else None,
        "after": entries[place + 1] if place + 1 < len(entries) else None,
    }


async def _contents(book: Book) -> list[Group]:
    entries = await book.entries()
    return grouped(entries, book.folder_titles(entry.path for entry in entries))


def _html(shown: Mapping[str, object], book: Book, status: int) -> HTMLResponse:
    language = str(shown.get("language", "en"))
    bare: dict[str, object] = {"path": "", "contents": [], "before": None, "after": None, "chat": False}
    text = _templates.get_template("page.html").render(
        **{
            **bare,
            **shown,
            "language": language,
            "book_title": book.title,
            "base": book.base,
            "rtl": language in _RIGHT_TO_LEFT,
        }
    )
    return HTMLResponse(text, status_code=status, headers=_FOR_ONE)
