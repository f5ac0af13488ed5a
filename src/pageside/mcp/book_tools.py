"""The tools of the book for the Model Context Protocol: search, sections by name, quotes by their words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar
from urllib.parse import urljoin

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field, RootModel

from pageside.answer import lookups, tools
from pageside.answer.lookups import Citation, KeptLookup, Places
from pageside.answer.tools import Finder, SearchError, SearchResult
from pageside.errors import PagesideError
from pageside.knowledge.contents import KeptContents
from pageside.knowledge.index import Index
from pageside.tasks.tools import Origin, hints

Asking = Callable[[Context[Any, Any]], Awaitable[None]]
T = TypeVar("T")

Page = Annotated[str, Field(description="Path or address of the page the reader is on.", max_length=2000)]


def register(
    server: MCPServer[Any],
    finder: Finder,
    contents: KeptContents,
    index: Index,
    *,
    asking: Asking,
    origin: Origin,
    max_query_chars: int,
) -> None:
    """Adds the three tools to `server`.

    Args:
        origin: Where the book stands; see `tasks.tools.register`.
        asking: Raises a `PagesideError` where a call may not search now.
        max_query_chars: Longest query.
    """
    given = _Tools(finder, KeptLookup(contents), index, asking=asking, origin=origin, max_query_chars=max_query_chars)
    looks = hints(reads=True)
    server.add_tool(given.search_textbook, title="Search the textbook", annotations=looks)
    server.add_tool(given.find_section, title="Find a section", annotations=looks)
    server.add_tool(given.lookup_citation, title="Look up a citation", annotations=looks)


class Searched(RootModel[SearchResult]):
    """What `search_textbook` gives; `relevance` and `confidence` are probabilities."""


class SectionsFound(RootModel[Places]):
    """What `find_section` gives, likeliest first."""


class CitationFound(RootModel[Citation]):
    """What `lookup_citation` gives: `exact`, `reworded`, or `none` where the book does not say so."""


class _Tools:
    """The tools as functions; what their docstrings say is what a model reads of them."""

    def __init__(
        self,
        finder: Finder,
        lookup: KeptLookup,
        index: Index,
        *,
        asking: Asking,
        origin: Origin,
        max_query_chars: int,
    ) -> None:
        self._finder = finder
        self._lookup = lookup
        self._index = index
        self._asking = asking
        self._origin = origin
        self._max_query_chars = max_query_chars

    async def search_textbook(
        self,
        query: Annotated[str, Field(description="What to look for, in a few words of the book's language.")],
        ctx: Context[Any, Any],
        max_results: Annotated[int, Field(ge=1, le=20)] = 5,
        page: Page = "",
    ) -> Searched:
        """Search the textbook: passages that answer the query, best first, each with a link and its probability."""
        if len(query) > self._max_query_chars:
            raise ToolError(f"The query is too long: at most {self._max_query_chars} characters are taken.")
        await self._admit(ctx)
        await ctx.report_progress(0, 1, "Searching the book")
        found = _given(await tools.search_textbook(self._finder, query, max_results=max_results, page=page))
        await ctx.report_progress(1, 1, f"{found.chunks_retrieved} passages found")
        origin = self._origin(ctx.request_context.request)
        return Searched(
            replace(found, citations=tuple(replace(each, url=urljoin(origin, each.url)) for each in found.citations))
        )

    async def find_section(
        self,
        name: Annotated[str, Field(description="A name, its beginning, or words of it, such as `week 3`.")],
        ctx: Context[Any, Any],
        limit: Annotated[int, Field(ge=1, le=lookups.MAX_PLACES)] = 5,
    ) -> SectionsFound:
        """Find modules, pages and sections of the textbook by name; the id of a section names it to the prompts."""
        await self._admit(ctx)
        found = _given(await lookups.find_section(self._lookup, name, limit=limit))
        origin = self._origin(ctx.request_context.request)
        return SectionsFound(
            replace(found, sections=tuple(replace(each, url=urljoin(origin, each.url)) for each in found.sections))
        )

    async def lookup_citation(
        self,
        quote: Annotated[str, Field(description="A sentence that the book is said to say, or a part of one.")],
        ctx: Context[Any, Any],
        page: Annotated[str, Field(description="Path or address of its page, if known.", max_length=2000)] = "",
    ) -> CitationFound:
        """Check a quote against the textbook: whether it says so, in which words, and where."""
        await self._admit(ctx)
        found = _given(await lookups.lookup_citation(self._index, quote, page=page))
        origin = self._origin(ctx.request_context.request)
        return CitationFound(replace(found, url=urljoin(origin, found.url) if found.url else ""))

    async def _admit(self, ctx: Context[Any, Any]) -> None:
        try:
            await self._asking(ctx)
        except PagesideError as error:
            raise ToolError(str(error)) from None


def _given(found: T | SearchError) -> T:
    if isinstance(found, SearchError):
        raise ToolError(found.message)
    return found
