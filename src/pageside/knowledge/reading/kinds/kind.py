"""What every kind of page but Markdown has in common: what a file says, and who can read it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final, Literal, Protocol, cast

from pageside.knowledge.passage import Block
from pageside.knowledge.reading.markdown import Flaw
from pageside.knowledge.reading.sites import Site

Kind = Literal["restructured", "notebook", "hypertext", "plain", "pdf"]

# In the order in which one of several files of the same name is taken for the page.
KINDS: Final[Mapping[str, Kind]] = {
    ".rst": "restructured",
    ".ipynb": "notebook",
    ".html": "hypertext",
    ".htm": "hypertext",
    ".txt": "plain",
    ".pdf": "pdf",
}
EDITION: Final = "2"  # raised whenever the same file of such a kind would give another document
_NO_FACTS: Mapping[str, object] = MappingProxyType({})


class Unreadable(ValueError):
    """The file is not what its name says, or is locked; `str(error)` says so to a person, and what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a file may go before it is left out.

    Attributes:
        pages: Of a PDF.
        seconds: For reading one PDF.
    """

    pages: int = 5_000
    seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands.

    Attributes:
        root: The book's folder.
        path: Relative to it, with forward slashes.
    """

    root: Path
    path: str
    site: Site
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says.

    Attributes:
        source: The text its blocks were cut from; every `start` and `end` counts characters of this.
        blocks: In the order of the page.
        flaws: What the author should know; line 0 speaks of the whole file.
        facts: What the page says of itself, as front matter does.
        title: What it calls itself where neither `facts` nor a heading says it.
        language: What it says its prose is written in.
        anchored: Whether its headings have the ids of the page as it is shown; otherwise the site makes them.
    """

    source: str
    blocks: tuple[Block, ...]
    flaws: tuple[Flaw, ...] = ()
    facts: Mapping[str, object] = field(default_factory=lambda: _NO_FACTS)
    title: str = ""
    language: str = ""
    anchored: bool = False


class Reader(Protocol):
    """A module that reads one kind of page."""

    def read(self, content: bytes, place: Place) -> Reading:
        """What `content` says.

        Raises:
            Unreadable: It is no file of this kind, or is locked.
        """
        ...

    def show(self, content: bytes, place: Place, link: Callable[[str], str]) -> str:
        """The page as safe HTML whose headings bear the anchors of `read`.

        Raises:
            Unreadable: As `read`.
        """
        ...

    def counted(self, source: str) -> str:
        """The words of a page's source for its reader, found without what makes the blocks."""
        ...


def kind_of(path: str) -> Kind | None:
    """The kind of page that a file of this name is; None for Markdown and for what is no page."""
    return KINDS.get(PurePosixPath(path).suffix.lower())


def read(content: bytes, place: Place) -> Reading:
    """What the page `content` says, which is of the kind that its path tells.

    Raises:
        Unreadable: It is no file of this kind, or is locked.
    """
    return _reader(place.path, place.site).read(content, place)


def show(content: bytes, place: Place, link: Callable[[str], str]) -> str:
    """The page `content` as safe HTML whose headings bear the anchors of `read`.

    Args:
        link: Where a link or a picture of the page leads, given what its author wrote.

    Raises:
        Unreadable: As `read`.
    """
    return _reader(place.path, place.site).show(content, place, link)


def counted(source: str, path: str, site: Site) -> str:
    """The words of the page at `path` for its reader, found without what makes the blocks."""
    return _reader(path, site).counted(source)


def read_as(path: str, site: Site) -> Kind | None:
    """As `kind_of`, on this site: a text that Sphinx makes a page of is written in its markup."""
    kind = kind_of(path)
    return "restructured" if kind == "plain" and site.kind == "sphinx" else kind


def _reader(path: str, site: Site) -> Reader:
    """Who reads the page at `path`; its parser is loaded when the first such page is there."""
    # A module has the functions of the protocol, which the import system cannot say.
    return cast("Reader", importlib.import_module(f"pageside.knowledge.reading.kinds.{read_as(path, site)}"))
