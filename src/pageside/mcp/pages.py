"""The pages of the book as resources: as the index holds them, so that nothing is given which is not searched."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, urljoin

import anyio
import anyio.to_thread
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server as LowLevel
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError
from mcp.shared.exceptions import MCPError
from mcp_types import INTERNAL_ERROR, INVALID_PARAMS, ListResourcesResult, PaginatedRequestParams
from mcp_types import Resource as Listed

from pageside.errors import PagesideError
from pageside.knowledge.contents import Contents, Entry, KeptContents
from pageside.knowledge.index import Index
from pageside.knowledge.passage import Passage
from pageside.tasks.tools import Origin

MIME: Final = "text/markdown"
PAGE: Final = "book://pages/{+path}"
SECTION: Final = "book://sections/{section_id}"
PER_PAGE: Final = 100  # resources in one answer to resources/list


class Pages:
    """The text of pages and sections, by their names; sizes are counted once for each state of the index.

    Attributes:
        kept: The contents of the book.
    """

    def __init__(self, contents: KeptContents, index: Index) -> None:
        self.kept = contents
        self._index = index
        self._lock = anyio.Lock()
        self._known: Contents | None = None
        self._sizes: Mapping[str, int] = MappingProxyType({})

    async def contents(self) -> Contents:
        """The contents of this moment; raises as `KeptContents.read`."""
        return await self.kept.read()

    async def text(self, entry: Entry) -> str:
        """The page or section `entry` as Markdown."""
        held = await self.passages(entry)
        return await anyio.to_thread.run_sync(markdown, held)

    async def passages(self, entry: Entry) -> list[Passage]:
        """What the page or section `entry` says, in reading order."""
        return [each for path in entry.paths for each in await self._index.passages(path=path) if entry.holds(each)]

    async def sizes(self) -> Mapping[str, int]:
        """Bytes of each page's text, by its path."""
        known = await self.contents()
        async with self._lock:
            if self._known is not known:
                self._sizes = await anyio.to_thread.run_sync(_sizes, await self._index.passages())
                self._known = known
            return self._sizes


def register(server: MCPServer[Any], lowlevel: LowLevel[Any], pages: Pages, *, origin: Origin) -> None:
    """Lets `server` list and give the pages and sections of the book."""

    @server.resource(PAGE, name="page", title="A page of the book", mime_type=MIME)
    async def page(path: str) -> str:
        """A whole page as Markdown, by its path in the book, such as `ros2/nodes.md`."""
        try:
            entry = (await pages.contents()).page(path)
            if entry is None:
                raise ResourceNotFoundError(f"The book has no page {path[:200]!r}.")
            return await pages.text(entry)
        except PagesideError as error:
            raise ResourceError(str(error)) from None

    @server.resource(SECTION, name="section", title="A section of the book", mime_type=MIME)
    async def section(section_id: str) -> str:
        """A section as Markdown, by the id that `find_section` gives."""
        try:
            entry = (await pages.contents()).by_id.get(section_id)
            if entry is None or entry.kind == "group":
                raise ResourceNotFoundError(f"The book has no section with the id {section_id[:80]!r}.")
            return await pages.text(entry)
        except PagesideError as error:
            raise ResourceError(str(error)) from None

    async def listed(
        context: ServerRequestContext[Any, Any], params: PaginatedRequestParams | None
    ) -> ListResourcesResult:
        try:
            return await _listed(pages, params.cursor if params else None, origin=origin(context.request))
        except PagesideError as error:
            raise MCPError(code=INTERNAL_ERROR, message=str(error)) from None

    lowlevel.add_request_handler("resources/list", PaginatedRequestParams, listed)


def uri(path: str) -> str:
    """The resource of the page at `path`."""
    return PAGE.replace("{+path}", quote(path, safe="/"))


def markdown(passages: Sequence[Passage]) -> str:
    """What `passages` of one page say, in reading order, below the headings they stand under."""
    parts: list[str] = []
    above: tuple[str, ...] = ()
    for passage in passages:
        same = 0
        while same < min(len(above), len(passage.heading_path)) and above[same] == passage.heading_path[same]:
            same += 1
        new = passage.heading_path[same:]
        parts += [f"{'#' * min(6, level)} {heading}" for level, heading in enumerate(new, same + 1)]
        above = passage.heading_path
        if passage.text != passage.heading:  # a heading with nothing below it is its own passage
            parts.append(passage.text)
    return "\n\n".join(parts) + "\n"


def _sizes(passages: Sequence[Passage]) -> Mapping[str, int]:
    by_path: dict[str, list[Passage]] = {}
    for passage in passages:
        by_path.setdefault(passage.path, []).append(passage)
    return MappingProxyType({path: len(markdown(held).encode()) for path, held in by_path.items()})


async def _listed(pages: Pages, cursor: str | None, *, origin: str) -> ListResourcesResult:
    """One page of the list, in reading order; `cursor` says behind which page of the book it begins."""
    entries = [entry for entry in (await pages.contents()).entries if entry.kind == "page"]
    sizes = await pages.sizes()
    start = 0
    if cursor is not None:
        behind = _path(cursor)
        start = next((at for at, entry in enumerate(entries, 1) if entry.path == behind), 0)
        if not start:
            raise MCPError(code=INVALID_PARAMS, message="The book has changed since this list began: list it anew.")
    shown = entries[start : start + PER_PAGE]
    more = start + PER_PAGE < len(entries)
    return ListResourcesResult(
        resources=[
            Listed(
                uri=uri(entry.path),
                name=entry.path,
                title=entry.title,
                description=" · ".join(each for each in (entry.group, urljoin(origin, entry.url)) if each),
                mime_type=MIME,
                size=sizes.get(entry.path, 0),
            )
            for entry in shown
        ],
        next_cursor=base64.urlsafe_b64encode(shown[-1].path.encode()).decode() if more else None,
    )


def _path(cursor: str) -> str:
    try:
        return base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise MCPError(code=INVALID_PARAMS, message="This cursor is none of this list.") from None
