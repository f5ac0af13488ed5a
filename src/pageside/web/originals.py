"""The pages of the book that are shown as the files they are: PDFs, which a browser has a viewer for."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from pageside.knowledge.index import Index
from pageside.web.book import original

_HEADERS = {
    "Cache-Control": "public, max-age=300",
    # The viewer of Chrome is an embedded object with styles of its own, which the policy of our pages would forbid.
    "Content-Security-Policy": "frame-ancestors 'self'",
}


def router(index: Index, root: Path) -> APIRouter:
    """Every PDF that is a page of the book, at its address; no other file."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/{address:path}.pdf", methods=["GET", "HEAD"])
    async def lower(address: str) -> FileResponse:
        return await _file(f"/{address}.pdf")

    @routes.api_route("/{address:path}.PDF", methods=["GET", "HEAD"])
    async def upper(address: str) -> FileResponse:
        return await _file(f"/{address}.PDF")

    async def _file(address: str) -> FileResponse:
        file = await original(root, index, address)
        return FileResponse(file, media_type="application/pdf", headers=_HEADERS, content_disposition_type="inline")

    return routes
