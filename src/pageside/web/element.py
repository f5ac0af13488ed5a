"""The built element: the scripts that pages of any site may carry, and what those load when they need it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import structlog
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response

from pageside.errors import NotFound
from pageside.web.kept import Folder

BUILT: Final = Path(__file__).parent / "static"
SCRIPTS: Final = ("chatkit.js", "loader.js")  # at the top; everything else stands below ASSETS
ASSETS: Final = "/-/widget"
HOW_TO_BUILD: Final = "The assistant was not built: run `make widget`, which needs Node or Python alone."

_HASHED: Final = re.compile(r"-[A-Z0-9]{8}\.\w+$")
_FOR_EVERYBODY: Final[Mapping[str, str]] = {
    # Modules are fetched by the rules of CORS, also from sites that are not listed: these files are no secret.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_SCRIPT: Final = {**_FOR_EVERYBODY, "Cache-Control": "public, max-age=300, must-revalidate"}
_FOR_EVER: Final = {**_FOR_EVERYBODY, "Cache-Control": "public, max-age=31536000, immutable"}
_ASKED_AGAIN: Final = {**_FOR_EVERYBODY, "Cache-Control": "public, no-cache"}
# Drawn in a frame without an origin, on any page: it can reach nothing but its own script, which bears this word in
# diagram.html. For WebKit there is no 'self' where there is no origin.
_DIAGRAMS: Final = {
    **_ASKED_AGAIN,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'nonce-diagram'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors *; sandbox allow-scripts"
    ),
}

log = structlog.get_logger(__name__)


def is_built(root: Path = BUILT) -> bool:
    """Whether the files are there; a source checkout has none before it builds them."""
    return all((root / name).is_file() for name in SCRIPTS)


def router(root: Path = BUILT) -> APIRouter:
    """The files below `root` as `widget/build.mjs` writes them."""
    routes = APIRouter(include_in_schema=False)
    folder = Folder(root)
    if not is_built(root):
        log.warning("element_missing", told=HOW_TO_BUILD)

    async def script(request: Request) -> Response:
        return await _file(request, request.url.path.removeprefix("/"), _SCRIPT)

    for name in SCRIPTS:
        routes.add_api_route(f"/{name}", script, methods=["GET", "HEAD"])

    @routes.api_route(ASSETS + "/{path:path}", methods=["GET", "HEAD"])
    async def asset(request: Request, path: str) -> Response:
        if path == "diagram.html":
            return await _file(request, path, _DIAGRAMS)
        return await _file(request, path, _FOR_EVER if _HASHED.search(path) else _ASKED_AGAIN)

    async def _file(request: Request, path: str, headers: Mapping[str, str]) -> Response:
        file = await run_sync(folder.find, path)
        if file is None:
            raise NotFound(f"There is no file {path!r} here." if await run_sync(is_built, root) else HOW_TO_BUILD)
        return await folder.answer(request, file, headers=headers, beside=True)

    return routes
