"""The book as pages to be looked at: which page stands at which address, and what it looks like."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import anyio.to_thread

from pageside.errors import NotFound
from pageside.knowledge.index import DocumentRow, Index
from pageside.knowledge.reading import naming, sites, view
from pageside.knowledge.reading.kinds import kind

FILES = "/-/files"
IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".svg": "image/svg+xml",
}
_WRITTEN = (".md", ".mdx", ".rst", ".ipynb", ".html", ".txt")


@dataclass(frozen=True, slots=True)
class Group:
    """Pages of one folder, under its readable name; the book's own top level has none."""

    title: str
    entries: tuple[DocumentRow, ...]


class Book:
    """The pages of a folder, under the addresses that the index gives them."""

    def __init__(self, root: Path, index: Index, *, base: str = "", title: str = "") -> None:
        """The pages of `root`.

        Args:
            base: The address they stand below, without a slash at the end.
            title: What the book is called; empty for what its site says, else its folder.
        """
        self._root = root.resolve()
        self._index = index
        self.base = base
        self._site = sites.detect(root, base_url=base or None)
        self.title = title or naming.book(self._root) or self._root.name

    def folder_titles(self, paths: Iterable[str]) -> dict[str, str]:
        """Readable names of the folders that `paths` lie in: what the site calls them, else their own names."""
        return naming.folders(self._root, {posixpath.dirname(path) for path in paths} - {""})

    async def entries(self) -> tuple[DocumentRow, ...]:
        """Every page, in reading order.

        Raises:
            IndexMissing: Nothing has been indexed yet.
        """
        return await self._index.documents()

    async def at(self, address: str) -> DocumentRow:
        """The page that stands at a URL path below the book's own; the first one at `/`.

        Raises:
            NotFound: No page stands there.
        """
        entries = await self.entries()
        wanted = _plain(f"{self.base}{address}")
        for entry in entries:
            if _plain(entry.url) == wanted:
                return entry
        if _plain(address) == "/" and entries:
            return entries[0]
        raise NotFound(f"No page of this book stands at {address!r}.")

    async def html(self, entry: DocumentRow) -> str:
        """What a page says, as safe HTML whose headings bear the anchors that citations link to.

        Raises:
            NotFound: The file has gone since it was indexed.
        """
        targets = {row.path: row.url for row in await self.entries()}

        def link(href: str) -> str:
            return _resolved(href, entry.path, targets, self.base)

        made = await anyio.to_thread.run_sync(view.html, self._root, self._site, entry.path, link)
        if made is None:
            raise NotFound(f"{entry.path!r} has gone since the book was indexed; run `pageside index` again.")
        return made

    def image(self, path: str) -> Path:
        """The file of a picture in the book's folder.

        Raises:
            NotFound: There is none, or the path leads outside the folder.
        """
        file = (self._root / path).resolve()
        if file.suffix.lower() not in IMAGES or not file.is_relative_to(self._root) or not file.is_file():
            raise NotFound(f"There is no picture {path!r} in this book.")
        return file


async def original(root: Path, index: Index, address: str) -> Path:
    """The file of the page that stands at a whole URL path and is shown as it is, a PDF.

    Raises:
        IndexMissing: Nothing has been indexed yet.
        NotFound: No such page stands there, or its file has gone since it was indexed.
    """
    wanted = _plain(address)
    for entry in await index.documents():
        if kind.kind_of(entry.path) == "pdf" and _plain(entry.url) == wanted:
            return await anyio.to_thread.run_sync(_within, root, entry.path)
    raise NotFound(f"No file of this book stands at {address!r}.")


def _within(root: Path, path: str) -> Path:
    file = (root / path).resolve()
    if not file.is_relative_to(root.resolve()) or not file.is_file():
        raise NotFound(f"{path!r} has gone since the book was indexed; run `pageside index` again.")
    return file


def grouped(entries: Sequence[DocumentRow], titles: dict[str, str]) -> list[Group]:
    """Pages by folder, in reading order.

    Args:
        titles: Readable names of folders; a folder without one is shown by its own.
    """
    folders: dict[str, list[DocumentRow]] = {}
    for entry in entries:
        folders.setdefault(posixpath.dirname(entry.path), []).append(entry)
    return [Group(titles.get(path, path), tuple(rows)) for path, rows in folders.items()]


def _plain(address: str) -> str:
    return "/" + unquote(urlsplit(address).path).strip("/")


def _resolved(href: str, path: str, targets: dict[str, str], base: str) -> str:
    """Where a link of the source leads on our pages: files of the book by their addresses, pictures by `FILES`."""
    split = urlsplit(href)
    if split.scheme or split.netloc or not split.path or split.path.startswith("/"):
        return href
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(split.path)))
    fragment = f"#{split.fragment}" if split.fragment else ""
    for candidate in _candidates(target):
        if candidate in targets:
            return targets[candidate] + fragment
    if posixpath.splitext(target)[1].lower() in IMAGES and not target.startswith(".."):
        return f"{base}{FILES}/{quote(target)}"
    return href


def _candidates(target: str) -> Iterator[str]:
    """The paths of pages that a link to `target` may mean: as it is written, without its suffix, made from another."""
    stem, suffix = posixpath.splitext(target)
    yield target
    yield from (f"{target}{written}" for written in _WRITTEN)
    yield from (f"{target}/index{written}" for written in _WRITTEN)
    if suffix.lower() in {".html", ".htm"}:
        yield from (f"{stem}{written}" for written in _WRITTEN)
