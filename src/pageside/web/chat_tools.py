"""`POST /api/chatkit/tools/execute`: the tools of the book, for programs that act for a reader with a session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeVar

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field, ValidationError

from pageside.answer import lookups, tools
from pageside.answer.lookups import KeptLookup
from pageside.answer.prompt import SEARCH_TOOL
from pageside.answer.tools import Finder, SearchError
from pageside.conversation.allowance import Allowance
from pageside.conversation.turn import MAX_SELECTION_CHARS
from pageside.errors import InvalidInput, NotFound, TooLarge, Unauthorized
from pageside.identity.reader import Reader
from pageside.knowledge.contents import KeptContents
from pageside.knowledge.index import Index
from pageside.web import problems
from pageside.web.chat_shapes import MAX_ID_CHARS, MAX_LABELS, Given, Taken
from pageside.web.chatkit import REST, asking, session_of
from pageside.web.runs import HEADERS

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound=Taken)

MAX_RESULTS: Final = 20

_CITATION: Final[dict[str, Any]] = {
    "source": "ros2/nodes.md",
    "title": "Nodes",
    "section": "What a node is",
    "relevance": 0.91,
    "text_preview": "A node is a process that computes. Nodes talk over topics …",
    "url": "/ros2/nodes#what-a-node-is:~:text=A%20node%20is",
    "quote": "A node is a process that computes.",
}
_RESULT: Final[dict[str, Any]] = {
    "status": "success",
    "content": "[1] Nodes > What a node is\nA node is a process that computes.",
    "citations": [_CITATION],
    "confidence": 0.91,
    "chunks_retrieved": 1,
}


class ToolRequest(Taken):
    """Which tool, with what, in which session."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"tool_name": SEARCH_TOOL, "arguments": {"query": "What is a node?"}, "session_id": "ses_01jd3v"}
            ]
        }
    )

    tool_name: str = Field(max_length=MAX_ID_CHARS)
    arguments: dict[str, Any] = Field(
        default_factory=dict,
        description=f"Of `{SEARCH_TOOL}`: `query`, and where wanted `selected_text`, `max_results`, `filters`, `page`. "
        f"Of `{lookups.FIND_TOOL}`: `name`, `limit`. Of `{lookups.CITATION_TOOL}`: `quote`, `page`.",
    )
    session_id: str | None = Field(
        None, max_length=MAX_ID_CHARS, description="The session whose secret is the Bearer; another is not found."
    )


class SearchArguments(Taken):
    """What `search_textbook` is asked."""

    query: str
    selected_text: str | None = Field(None, max_length=MAX_SELECTION_CHARS)
    max_results: int = Field(5, ge=1, le=MAX_RESULTS)
    filters: dict[str, str] | None = Field(None, max_length=MAX_LABELS)
    page: str | None = Field(None, max_length=2000)


class FindArguments(Taken):
    """What `find_section` is asked."""

    name: str
    limit: int = Field(5, ge=1, le=lookups.MAX_PLACES)


class QuoteArguments(Taken):
    """What `lookup_citation` is asked."""

    quote: str
    page: str | None = Field(None, max_length=2000)


class CitationGiven(Given):
    """A passage that was found; `relevance` is the probability that it answers."""

    source: str
    title: str
    section: str
    relevance: Annotated[float, Field(ge=0, le=1)]
    text_preview: str
    url: str
    quote: str


class SearchGiven(Given):
    """What the book says, best first; `confidence` is the probability that all of it together answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RESULT]})

    status: Literal["success"]
    content: str
    citations: list[CitationGiven]
    confidence: Annotated[float, Field(ge=0, le=1)]
    chunks_retrieved: int


class PlaceGiven(Given):
    """A module, page or section; `source` is the path of its page."""

    id: str
    kind: Literal["group", "page", "section"]
    title: str
    under: str
    headings: list[str]
    source: str
    url: str


class PlacesGiven(Given):
    """The places that may be meant, likeliest first; `count` is of `sections`."""

    status: Literal["success"]
    sections: list[PlaceGiven]
    count: int


class QuoteGiven(Given):
    """Whether the book says it, and where; with `match: "none"` all texts are empty."""

    status: Literal["success"]
    match: Literal["exact", "reworded", "none"]
    quote: str
    source: str
    title: str
    section: str
    passage: str
    url: str


class SearchFailed(Given):
    """Why the tool gave nothing."""

    status: Literal["error"]
    error: str
    message: str


class ToolResult(Given):
    """What the tool gave."""

    result: SearchGiven | PlacesGiven | QuoteGiven | SearchFailed


Tool = Callable[[Mapping[str, Any]], Awaitable[ToolResult]]


class _Tools:
    """The tools of one book, each from its arguments as they came."""

    def __init__(self, finder: Finder, contents: KeptContents, index: Index, *, max_query_chars: int) -> None:
        self._finder = finder
        self._names = KeptLookup(contents)
        self._index = index
        self._max_query_chars = max_query_chars

    def offered(self) -> dict[str, Tool]:
        """All of them by name."""
        return {
            SEARCH_TOOL: self._search,
            lookups.FIND_TOOL: self._find,
            lookups.CITATION_TOOL: self._look_up,
        }

    async def _search(self, arguments: Mapping[str, Any]) -> ToolResult:
        asked = _read(SearchArguments, arguments)
        if len(asked.query) > self._max_query_chars:
            raise TooLarge(f"arguments.query: at most {self._max_query_chars} characters are taken.")
        found = await tools.search_textbook(
            self._finder,
            asked.query,
            selected_text=asked.selected_text or "",
            max_results=asked.max_results,
            filters=asked.filters,
            page=asked.page or "",
        )
        return _given(SearchGiven, found)

    async def _find(self, arguments: Mapping[str, Any]) -> ToolResult:
        asked = _read(FindArguments, arguments)
        return _given(PlacesGiven, await lookups.find_section(self._names, asked.name, limit=asked.limit))

    async def _look_up(self, arguments: Mapping[str, Any]) -> ToolResult:
        asked = _read(QuoteArguments, arguments)
        found = await lookups.lookup_citation(self._index, asked.quote, page=asked.page or "")
        return _given(QuoteGiven, found)


def router(
    finder: Finder,
    contents: KeptContents,
    index: Index,
    allowance: Allowance,
    *,
    max_query_chars: int,
    reader: Callable[..., Reader] = asking,
) -> APIRouter:
    """The route of the tools of one book.

    Args:
        allowance: Says how often they may be used.
        max_query_chars: Longest query.
        reader: Dependency that says who is asking.
    """
    routes = APIRouter(prefix=REST, tags=["chat"])
    offered = _Tools(finder, contents, index, max_query_chars=max_query_chars).offered()
    recognised = Depends(reader)

    @routes.post(
        "/tools/execute",
        summary="Use a tool of the book",
        responses=problems.declared(400, 401, 404, 413, 422, 429, 503),
    )
    async def execute(request: Request, response: Response, asked: ToolRequest, who: Reader = recognised) -> ToolResult:
        """Needs a session's `client_secret` as Bearer. What a search cannot do is a `result` with `status: "error"`."""
        session_id = require_session(request, asked.session_id)
        tool = offered.get(asked.tool_name)
        if tool is None:
            raise NotFound(f"There is no tool {asked.tool_name[:80]!r}; there are: {', '.join(sorted(offered))}.")
        await allowance.within_limits(who, session_id)
        response.headers.update(HEADERS)
        return await tool(asked.arguments)

    return routes


def require_session(request: Request, named: str | None) -> str:
    """The session whose secret the request brings, if it names no other.

    Raises:
        Unauthorized: It brings none.
        NotFound: It names another.
    """
    session_id = session_of(request)
    if not session_id:
        raise Unauthorized("Tools need a session: send its client_secret as `Authorization: Bearer ...`.")
    if named is not None and named != session_id:
        raise NotFound(f"There is no session {named[:80]!r} of yours, or its secret is not the one sent.")
    return session_id


def _given(shape: type[SearchGiven | PlacesGiven | QuoteGiven], found: DataclassInstance) -> ToolResult:
    failed = isinstance(found, SearchError)
    return ToolResult(result=(SearchFailed if failed else shape).model_validate(asdict(found)))


def _read(shape: type[T], told: Mapping[str, Any]) -> T:
    try:
        read = shape.model_validate(told)
        read.model_dump_json()
    except ValidationError as error:
        parts = error.errors(include_url=False, include_input=False)
        complaint = "; ".join(f"arguments.{'.'.join(map(str, part['loc']))}: {part['msg']}" for part in parts[:5])
        raise InvalidInput(f"{complaint}.") from None
    except ValueError:
        raise InvalidInput("arguments: a text holds half a character (a lone surrogate).") from None
    return read
