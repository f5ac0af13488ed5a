"""The book's table of contents: every module, page and section as an entry that can be named, found and led to."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final, Literal

import anyio
import anyio.to_thread

from pageside.knowledge.index import DocumentRow, Index
from pageside.knowledge.passage import NO_LABELS, Passage
from pageside.knowledge.reading import labels

Kind = Literal["group", "page", "section"]

COUNTING: Final = ("module", "week", "chapter", "lesson")  # labels that gather pages under a name of their own
_LAST: Final = "\U0010ffff"
_LONGEST_NAME: Final = 300  # characters of a name that are looked at
_WORD: Final = re.compile(r"[\w+#]+")
_COUNT: Final = re.compile(
    r"^(?:(?:module|part|unit|week|chapter|ch|lesson)\s+)?(?:\d+(?:\.\d+)*|[ivx]+(?=\s*[.:–—-]))\s*[.:)–—-]*\s+(?=\S)",
    re.IGNORECASE,
)
_PREFIXES: Final[Mapping[Kind, str]] = {"group": "mod", "page": "pag", "section": "sec"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the book that has a name.

    Attributes:
        id: Stays the same as long as the place is where it is, whatever else changes in the book.
        group: What it stands under: the module of a page, the page of a section; empty where there is none.
        url: Where the site shows it; of a group, its first page.
        anchor: Of a section, its fragment; else empty.
        paths: The pages it covers, in reading order; one, save for a group.
        headings: The page's title and every heading down to this one; of a group, its title alone.
        names: What it may be called by, normalised, the title first.
        numbers: The counting labels it answers to, such as `("week", "3")`.
        labels: The filter under which its passages are found; see `Index.search`.
    """

    id: str
    kind: Kind
    title: str
    group: str
    url: str
    anchor: str
    paths: tuple[str, ...]
    headings: tuple[str, ...]
    names: tuple[str, ...]
    numbers: frozenset[tuple[str, str]] = frozenset()
    labels: Mapping[str, str] = field(default_factory=lambda: NO_LABELS)

    @property
    def path(self) -> str:
        """The page, or the first of a group."""
        return self.paths[0]

    def holds(self, passage: Passage) -> bool:
        """Whether `passage` stands in this place."""
        if self.kind == "section":
            return passage.path == self.path and passage.heading_path[: len(self.headings)] == self.headings
        return passage.path in self.paths


class Register:
    """Entries by their names, to be found by a whole name or by its beginning."""

    def __init__(self, named: Iterable[tuple[str, Entry]]) -> None:
        rows = sorted(named, key=itemgetter(0))
        self._names = [name for name, _ in rows]
        self._entries = [entry for _, entry in rows]

    def called(self, name: str) -> tuple[Entry, ...]:
        """The entries with exactly this name."""
        return self._between(bisect_left(self._names, name), bisect_right(self._names, name))

    def beginning(self, start: str) -> tuple[Entry, ...]:
        """The entries with a name that begins so, each once."""
        return self._between(bisect_left(self._names, start), bisect_right(self._names, start + _LAST))

    def _between(self, first: int, end: int) -> tuple[Entry, ...]:
        return tuple({entry.id: entry for entry in self._entries[first:end]}.values())


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything of one generation of an index that has a name, in reading order: groups, pages, then sections.

    Attributes:
        titles: Groups and pages by their titles.
        names: Groups and pages by everything they may be called.
        sections: Sections by everything they may be called.
    """

    documents: tuple[DocumentRow, ...]
    entries: tuple[Entry, ...]
    by_id: Mapping[str, Entry]
    titles: Register
    names: Register
    sections: Register

    def page(self, path: str) -> Entry | None:
        """The page at `path` in the book."""
        return self.by_id.get(_id("page", path))

    def section(self, path: str, anchor: str) -> Entry | None:
        """The section of the page at `path` whose fragment is `anchor`."""
        return self.by_id.get(_id("section", path, anchor))


def normal(name: str) -> str:
    """The one form by which names are compared: no case, no punctuation, no `@` in front, single spaces."""
    bare = unicodedata.normalize("NFKC", name[:_LONGEST_NAME]).casefold()
    return " ".join(_WORD.findall(bare)) or " ".join(bare.split())


def collect(documents: Sequence[DocumentRow], passages: Sequence[Passage]) -> Contents:
    """The contents of a book of these pages and passages, both in reading order."""
    by_page: dict[str, list[Passage]] = {document.path: [] for document in documents}
    for passage in passages:
        if passage.path in by_page:
            by_page[passage.path].append(passage)
    pages = [_page(document, by_page[document.path]) for document in documents]
    groups = list(_groups(pages, by_page))
    sections = [entry for page in pages for entry in _sections(page, by_page[page.path])]
    whole = (*groups, *pages)
    return Contents(
        documents=tuple(documents),
        entries=(*whole, *sections),
        by_id=MappingProxyType({entry.id: entry for entry in (*whole, *sections)}),
        titles=Register((entry.names[0], entry) for entry in whole if entry.names),
        names=Register((name, entry) for entry in whole for name in entry.names),
        sections=Register((name, entry) for entry in sections for name in entry.names),
    )


def _id(kind: Kind, *place: str) -> str:
    digest = hashlib.sha256("\0".join((kind, *place)).encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_PREFIXES[kind]}_{digest[:20]}"


def _page(document: DocumentRow, passages: Sequence[Passage]) -> Entry:
    said = passages[0].labels if passages else {}
    names = _names(document.title, also=_file_name(document.path))
    return Entry(
        id=_id("page", document.path),
        kind="page",
        title=document.title,
        group=said.get("module", ""),
        url=document.url,
        anchor="",
        paths=(document.path,),
        headings=(passages[0].heading_path[0] if passages else document.title,),
        names=names,
        numbers=frozenset(
            (name, form) for name in COUNTING if name in said for form in labels.forms(name, str(said[name]))
        ),
        labels={"path": document.path},
    )


def _groups(pages: Sequence[Entry], by_page: Mapping[str, Sequence[Passage]]) -> Iterator[Entry]:
    """The labels that gather several pages; one of a single page is that page's own number."""
    gathered: dict[tuple[str, str], list[tuple[str, Entry]]] = {}
    for page in pages:
        said = by_page[page.path][0].labels if by_page[page.path] else {}
        for name in COUNTING:
            if value := said.get(name, ""):
                gathered.setdefault((name, labels.normal(name, value)), []).append((value, page))
    for (name, form), members in gathered.items():
        if len(members) > 1:
            title = members[0][0]
            yield Entry(
                id=_id("group", name, form),
                kind="group",
                title=title,
                group="",
                url=members[0][1].url,
                anchor="",
                paths=tuple(page.path for _, page in members),
                headings=(title,),
                names=_names(title),
                numbers=frozenset((name, each) for each in labels.forms(name, title)),
                labels={name: title},
            )


def _sections(page: Entry, passages: Sequence[Passage]) -> Iterator[Entry]:
    seen: set[str] = set()
    for passage in passages:
        if len(passage.heading_path) > 1 and passage.anchor and passage.anchor not in seen:
            seen.add(passage.anchor)
            yield Entry(
                id=_id("section", page.path, passage.anchor),
                kind="section",
                title=passage.heading,
                group=page.title,
                url=passage.url,
                anchor=passage.anchor,
                paths=page.paths,
                headings=passage.heading_path,
                names=_names(passage.heading),
                labels={"path": page.path},
            )


def _names(title: str, *, also: str = "") -> tuple[str, ...]:
    """`title` as a whole, without the number it begins with, and `also`; each once."""
    found = (normal(title), normal(_COUNT.sub("", title)), normal(also))
    return tuple(dict.fromkeys(name for name in found if name))


def _file_name(path: str) -> str:
    place = PurePosixPath(path)
    named = place.parent.name if place.stem.casefold() in {"index", "readme"} else place.stem
    return labels.readable(named) if named else ""


class KeptContents:
    """The contents of an index, read anew whenever its generation changes."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lock = anyio.Lock()
        self._generation = ""
        self._kept: Contents | None = None

    async def read(self) -> Contents:
        """The contents as the index has them now.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            IndexBroken: What was indexed cannot be read.
        """
        # The generation is looked at before the pages are: one that changes between is read again at the next look.
        status = await anyio.to_thread.run_sync(self._index.status)
        async with self._lock:
            if self._kept is None or self._generation != status.generation:
                documents, passages = await self._index.documents(), await self._index.passages()
                self._kept = await anyio.to_thread.run_sync(partial(collect, documents, passages))
                self._generation = status.generation
            return self._kept
