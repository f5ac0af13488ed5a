"""A page of any kind as the reading floor makes it, for the tests of each kind."""

from __future__ import annotations

from pathlib import Path

from pageside.knowledge import chunk
from pageside.knowledge.passage import Document
from pageside.knowledge.reading import folder, sites, view, words
from pageside.knowledge.reading.folder import Rules


def written(book: Path, **files: str | bytes) -> Path:
    """`book` with these files in it."""
    for name, content in files.items():
        path = book / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return book


def documents(book: Path, rules: Rules = folder.DEFAULT) -> tuple[dict[str, Document], list[str]]:
    """The pages of a folder by path, and what was wrong."""
    found = list(folder.read(book, sites.detect(book), rules=rules))
    read = {item.path: item for item in found if isinstance(item, Document)}
    return read, [str(item) for item in found if not isinstance(item, Document)]


def page(book: Path, name: str, content: str | bytes) -> Document:
    """The only page of a folder."""
    return documents(written(book, **{name: content}))[0][name]


def blocks(document: Document) -> list[tuple[str, str]]:
    """Kind and text of each block."""
    return [(block.kind, block.text) for block in document.blocks]


def anchors(document: Document) -> list[tuple[str, str]]:
    """Text and anchor of each heading."""
    return [(block.text, block.anchor) for block in document.blocks if block.kind == "heading"]


def shown(book: Path, name: str) -> str:
    """The page as the plain view shows it."""
    return view.html(book, sites.detect(book), name, lambda href: href) or ""


def counted(book: Path, document: Document) -> tuple[int, int]:
    """How many words the page holds for its reader, and how many of them stand in its passages."""
    said = folder.words_of(document, sites.detect(book))
    return said.total(), (said & held(document)).total()


def held(document: Document) -> words.Counter[str]:
    """The words of a page's passages and headings."""
    passages = chunk.split(document)
    return words.tally("\n".join((*(block.text for block in document.blocks if block.kind == "heading"),
                                  *(passage.text for passage in passages))))  # fmt: skip
