"""`search_textbook`: the search as a tool, for a model in a turn and for everyone else who calls it by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

import structlog
from agents import FunctionTool, function_tool
from numpy.typing import NDArray

from pageside.answer import evidence as budget
from pageside.answer import prompt, statements
from pageside.errors import PagesideError
from pageside.knowledge import fragment
from pageside.knowledge.passage import NO_LABELS, Findings, Found

log = structlog.get_logger(__name__)

LIMIT_SEARCHES: Final = 3
_LIMIT_RESULTS: Final = 20
_PREVIEW_CHARACTERS: Final = 200


class Finder(Protocol):
    """What answering asks of a search."""

    async def find(
        self,
        question: str,
        *,
        limit: int = 5,
        filters: Mapping[str, str] | None = None,
        selected_text: str = "",
        surroundings: str = "",
        page: str = "",
        favours: Mapping[str, str] = NO_LABELS,
    ) -> Findings:
        """Passages that answer `question`, best first; see `Search.find`."""
        ...

    async def similarity(self, texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[Any]:
        """Cosines, a row for each of `texts_a` and a column for each of `texts_b`."""
        ...

    async def matches(self, question: str, texts: Sequence[str]) -> NDArray[Any]:
        """The best match of each telling word of `question` in each of `texts`; see `Search.matches`."""
        ...

    async def rarity(self, text: str) -> dict[str, float]:
        """How rare each word of `text` is in the book, 0, in every passage, to 1, in none; see `Search.rarity`."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """A passage as `search_textbook` lists it.

    Attributes:
        source: Path of the page in the book.
        relevance: Calibrated probability, 0 to 1, that the passage answers.
        url: Deep link to `quote`.
        quote: The sentence nearest to the query, exactly as in the book.
    """

    source: str
    title: str
    section: str
    relevance: float
    text_preview: str
    url: str
    quote: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What `search_textbook` gives.

    Attributes:
        content: The passages, numbered as in `citations`, for a model to read.
        confidence: Calibrated probability, 0 to 1, that the passages together answer.
    """

    content: str
    citations: tuple[Source, ...]
    confidence: float
    chunks_retrieved: int
    status: Literal["success"] = "success"


@dataclass(frozen=True, slots=True)
class SearchError:
    """Why `search_textbook` gives nothing, without internals."""

    error: str
    message: str
    status: Literal["error"] = "error"


async def search_textbook(
    finder: Finder,
    query: str,
    *,
    selected_text: str = "",
    max_results: int = 5,
    filters: Mapping[str, str] | None = None,
    page: str = "",
) -> SearchResult | SearchError:
    """What the book says about `query`; an error is a value, made for a caller that is a program.

    Args:
        max_results: 1 to 20; what lies outside is brought inside.
        filters: Labels that every passage must have.
        page: Path or address of the page the reader is on.
    """
    if not query.strip() and not selected_text.strip():
        return SearchError("invalid_input", "The query is empty: say what to look for.")
    limit = max(1, min(_LIMIT_RESULTS, max_results))
    try:
        found = await finder.find(query, limit=limit, filters=filters, selected_text=selected_text, page=page)
        quotes = [await _quote(finder, query or selected_text, each) for each in found.passages]
    except PagesideError as error:
        return SearchError(error.code, str(error))
    except Exception:
        # a tool of a program answers; what went wrong is for the log alone
        log.exception("search_tool_failed")
        return SearchError("internal", "The search failed. Try again in a moment.")
    sources = tuple(_source(each, quote) for each, quote in zip(found.passages, quotes, strict=True))
    content = "\n\n".join(
        f"[{number}] {' > '.join(each.passage.heading_path)}\n{each.passage.text}"
        for number, each in enumerate(found.passages, 1)
    )
    return SearchResult(content, sources, round(found.confidence, 4), len(sources))


async def _quote(finder: Finder, query: str, found: Found) -> str:
    cut = [each for each in statements.cut(found.passage.text, language=found.passage.language) if not each.asks]
    if not cut:
        return found.passage.text
    cosines = (await finder.similarity([query], [each.text for each in cut]))[0]
    return cut[int(cosines.argmax())].text


def _source(found: Found, quote: str) -> Source:
    passage = found.passage
    flat = " ".join(passage.text.split())
    return Source(
        source=passage.path,
        title=passage.heading_path[0] if passage.heading_path else passage.heading,
        section=passage.heading,
        relevance=round(found.relevance, 4),
        text_preview=flat if len(flat) <= _PREVIEW_CHARACTERS else f"{flat[:_PREVIEW_CHARACTERS].rstrip()} …",
        url=fragment.deep_link(passage, quote),
        quote=quote,
    )


class Desk:
    """The evidence of one turn: what the first search found, and what the model looks up besides.

    Args:
        limit_searches: How often the model may search again.

    Attributes:
        limit_searches: The same.
        searches: How often the book was searched in this turn, the first time included.
    """

    def __init__(
        self,
        finder: Finder,
        found: Sequence[Found],
        *,
        filters: Mapping[str, str],
        limit_passages: int,
        limit_tokens: int,
        limit_searches: int = LIMIT_SEARCHES,
    ) -> None:
        self._finder = finder
        self._filters = filters
        self._limits = {"limit_passages": limit_passages, "limit_tokens": limit_tokens}
        self.limit_searches = self._searches_left = limit_searches
        self.searches = 1
        self.evidence = budget.gather(found, **self._limits)

    async def search(self, query: str) -> str:
        """What a model is given when it searches again: only passages it does not have yet, numbered on."""
        if self._searches_left <= 0:
            return "No more searches in this turn: answer from the passages you have."
        self._searches_left -= 1
        self.searches += 1
        try:
            findings = await self._finder.find(query, limit=self._limits["limit_passages"], filters=self._filters)
        except PagesideError as error:
            return f"The search failed: {error}"
        added = budget.extend(self.evidence, findings.passages, **self._limits)
        self.evidence = (*self.evidence, *added)
        return prompt.result(added) if added else "Nothing new was found: try other words, or answer."

    def tool(self) -> FunctionTool:
        """`search` as a tool of the Agents SDK."""

        async def search_textbook(query: str) -> str:
            """Search the textbook again, with other words than before.

            Args:
                query: What to look for, in a few words of the book's language.
            """
            return await self.search(query)

        return function_tool(search_textbook, name_override=prompt.SEARCH_TOOL, strict_mode=False)
