"""Where a book's own site stands once its generator has built it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pageside.knowledge.reading.sites import docusaurus, mkdocs

_ABOVE = 3
_START = "index.html"


def folder(book: Path) -> Path | None:
    """The folder that the site of `book` was built into; None where it was not built, or has another generator."""
    book = book.resolve()
    for place in (book, *book.parents[:_ABOVE]):
        for candidate in _candidates(place, book):
            if (candidate / _START).is_file():
                return candidate
    return None


def _candidates(place: Path, book: Path) -> Iterator[Path]:
    if any((place / name).is_file() for name in docusaurus.CONFIGS):
        yield place / "build"
    for name in mkdocs.CONFIGS:
        if (place / name).is_file():
            said = mkdocs.read_config(place / name)
            docs = (place / str(said.get("docs_dir") or "docs")).resolve()
            if book.is_relative_to(docs) or docs.is_relative_to(book):  # else a site that only stands above it
                yield place / str(said.get("site_dir") or "site")
