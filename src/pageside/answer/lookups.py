"""`find_section` and `lookup_citation`: the places of the book by their names, and quotes by their words, as tools.

An error is a value, made for a caller that is a program; see `tools.search_textbook`.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, TypeVar
from urllib.parse import unquote, urlsplit

import anyio.to_thread
import structlog

from pageside.answer.tools import SearchError
from pageside.errors import PagesideError
from pageside.knowledge import fragment, healing
from pageside.knowledge.contents import Contents, Entry, KeptContents, Kind
from pageside.knowledge.healing import Anchor
from pageside.knowledge.index import Index
from pageside.knowledge.lookup import Lookup
from pageside.knowledge.passage import Passage

log = structlog.get_logger(__name__)

FIND_TOOL: Final = "find_section"
CITATION_TOOL: Final = "lookup_citation"
MAX_PLACES: Final = 50
MAX_QUOTE_CHARS: Final = 2_000
_NAME_CHARS: Final = 200
_SEARCHED: Final = 8  # passages that may hold a quote
_SEARCHED_CHARS: Final = 600  # of a quote, as words to search by

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """A module, page or section as `find_section` lists it.

    Attributes:
        id: Stays the same as long as the place is where it is.
        under: The module of a page, the page of a section; empty where there is none.
        headings: The page's title and every heading down to the place.
        source: Path of the page in the book; of a module, of its first.
        url: Where the site shows it.
    """

    id: str
    kind: Kind
    title: str
    under: str
    headings: tuple[str, ...]
    source: str
    url: str


@dataclass(frozen=True, slots=True)
class Places:
    """What `find_section` gives, likeliest first; `count` is of `sections`."""

    sections: tuple[Place, ...]
    count: int
    status: Literal["success"] = "success"


@dataclass(frozen=True, slots=True)
class Citation:
    """What `lookup_citation` gives.

    Attributes:
        match: `exact` where the book says so word by word, `reworded` where it says it in other words, `none` where it
            does not say it; then all texts are empty.
        quote: What stands in the book, exactly as there.
        source: Path of the page in the book.
        passage: The text around the quote.
        url: Deep link to the quote.
    """

    match: Literal["exact", "reworded", "none"]
    quote: str = ""
    source: str = ""
    title: str = ""
    section: str = ""
    passage: str = ""
    url: str = ""
    status: Literal["success"] = "success"


class KeptLookup:
    """The lookup of the contents as they are, made anew when they are."""

    def __init__(self, contents: KeptContents) -> None:
        self._contents = contents
        self._known: Contents | None = None
        self._lookup: Lookup | None = None

    async def read(self) -> Lookup:
        """The lookup of this moment.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            IndexBroken: What was indexed cannot be read.
        """
        known = await self._contents.read()
        if self._lookup is None or self._known is not known:
            self._lookup = await anyio.to_thread.run_sync(Lookup, known)
            self._known = known
        return self._lookup

    async def find(self, name: str, *, limit: int) -> tuple[Entry, ...]:
        """The places that `name` may be meant for, likeliest first; see `Lookup.find`."""
        lookup = await self.read()
        return await anyio.to_thread.run_sync(lambda: lookup.find(name[:_NAME_CHARS], limit=limit))


async def find_section(lookup: KeptLookup, name: str, *, limit: int = 5) -> Places | SearchError:
    """The modules, pages and sections that `name` may be meant for.

    Args:
        name: A name, its beginning, or words of it; a slip of the finger is forgiven.
        limit: 1 to 50; what lies outside is brought inside.
    """
    if not name.strip():
        return SearchError("invalid_input", "The name is empty: say which section to look for.")
    found = await _answered(lookup.find(name, limit=max(1, min(MAX_PLACES, limit))))
    if isinstance(found, SearchError):
        return found
    return Places(tuple(place(entry) for entry in found), len(found))


async def lookup_citation(index: Index, quote: str, *, page: str = "") -> Citation | SearchError:
    """Where the book says `quote`, or says it in other words.

    Args:
        quote: A sentence or a part of one, of at most `MAX_QUOTE_CHARS` characters.
        page: Path or address of the page it is said to stand on, which is looked at first.
    """
    if not any(each.isalnum() for each in quote):
        return SearchError("invalid_input", "The quote is empty: give the words that the book is said to say.")
    if len(quote) > MAX_QUOTE_CHARS:
        return SearchError("invalid_input", f"The quote is too long: give at most {MAX_QUOTE_CHARS} characters of it.")
    return await _answered(_looked_up(index, quote, page))


async def _answered(asked: Awaitable[T]) -> T | SearchError:
    try:
        return await asked
    except PagesideError as error:
        return SearchError(error.code, str(error))
    except Exception:
        # a tool of a program answers; what went wrong is for the log alone
        log.exception("lookup_tool_failed")
        return SearchError("internal", "The book could not be looked into. Try again in a moment.")


def place(entry: Entry) -> Place:
    """`entry` as `find_section` lists it."""
    return Place(
        id=entry.id,
        kind=entry.kind,
        title=entry.title,
        under=entry.group,
        headings=entry.headings,
        source=entry.path,
        url=entry.url,
    )


async def _looked_up(index: Index, quote: str, page: str) -> Citation:
    path = await _path(index, page) if page.strip() else ""
    here = await index.passages(path=path) if path else ()
    hits = await index.search(quote[:_SEARCHED_CHARS], None, limit=_SEARCHED, filters={})
    elsewhere = [hit.passage for hit in hits if hit.passage.path != path]
    return await anyio.to_thread.run_sync(partial(_cited, quote, path, here, elsewhere))


async def _path(index: Index, told: str) -> str:
    """The page of the book that `told` names, by its path or its address; empty where it names none."""
    address = unquote(urlsplit(told.strip()).path).rstrip("/")
    for row in await index.documents():
        if told.strip() == row.path or address == unquote(urlsplit(row.url).path).rstrip("/"):
            return row.path
    return ""


def _cited(quote: str, path: str, here: Sequence[Passage], elsewhere: Sequence[Passage]) -> Citation:
    # Whole words, where a script parts its words.
    words = r"\s+".join(map(re.escape, quote.split()))
    wanted = re.compile(rf"(?<![A-Za-z0-9]){words}(?![A-Za-z0-9])" if quote.isascii() else words)
    for passage in (*here, *elsewhere):
        if found := wanted.search(passage.text):
            return _citation("exact", passage, found.group())
    healed = healing.heal(Anchor(path=path, heading_path=(), url="", quote=quote), here, elsewhere)
    if healed.passage is None:
        return Citation("none")
    return _citation("reworded", healed.passage, healed.text)


def _citation(match: Literal["exact", "reworded"], passage: Passage, quote: str) -> Citation:
    return Citation(
        match=match,
        quote=quote,
        source=passage.path,
        title=passage.heading_path[0] if passage.heading_path else passage.heading,
        section=passage.heading,
        passage=passage.text,
        url=fragment.deep_link(passage, quote),
    )
