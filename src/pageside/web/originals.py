"""The pages of the book that are shown as the files they are: PDFs, which a browser has a viewer for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from pageside.knowledge.index import Index
from pageside.web.book import original


def viewed(framed_by: Sequence[str] = ()) -> Mapping[str, str]:
    """The policy of a file that browsers show in a viewer of their own, and who may frame it.

    Chrome's viewer is an embedded object with styles of its own, which the policy of our pages would forbid.
    """
    return {"Content-Security-Policy": " ".join(("frame-ancestors 'self'", *framed_by))}


def router(index: Index, root: Path, *, base: str = "", framed_by: Sequence[str] = ()) -> APIRouter:
    """Every PDF that is a page of the book, at its address; no other file.

    Args:
        base: The address the book stands below, without a slash at the end.
        framed_by: Origins whose pages may show them in a frame.
    """
    routes = APIRouter(include_in_schema=False)
    headers = {"Cache-Control": "public, max-age=300", **viewed(framed_by)}

    @routes.api_route("/{address:path}.pdf", methods=["GET", "HEAD"])
    async def lower(address: str) -> FileResponse:
        return await _file(f"/{address}.pdf")

    @routes.api_route("/{address:path}.PDF", methods=["GET", "HEAD"])
    async def upper(address: str) -> FileResponse:
        return await _file(f"/{address}.PDF")

    async def _file(address: str) -> FileResponse:
        file = await original(root, index, f"{base}{address}")
        return FileResponse(file, media_type="application/pdf", headers=headers, content_disposition_type="inline")

    return routes
