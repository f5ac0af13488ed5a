"""Real books: every page is read and cut, and the links that authors wrote lead to pages and anchors that exist."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest

from pageside.knowledge import chunk
from pageside.knowledge.passage import Document
from pageside.knowledge.reading import folder, sites

# Kind of site, then the share of links between pages whose page, and of those with a fragment whose anchor, is found.
# What is missing are links that are dead on the real site too, or lead to parts of it that are not in the corpus.
BOOKS = {
    "d2l": ("plain", 1.0, 1.0),
    "fastapi-en": ("mkdocs", 0.99, 1.0),
    "fastapi-ja": ("mkdocs", 0.97, 1.0),
    "hf-deep-rl": ("plain", 1.0, 1.0),
    "physical-ai-mraza": ("docusaurus", 1.0, 1.0),
    "physical-ai-uneeza": ("docusaurus", 0.75, 1.0),
    "react-native": ("docusaurus", 0.99, 0.9),
    "redux-docs": ("docusaurus", 1.0, 0.89),
    "rust-book": ("mdbook", 0.99, 0.98),
}
FENCE = re.compile(r"^([ \t]*)(`{3,}|~{3,}).*?^\s*\2`*\s*$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LINK = re.compile(
    r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(<?([^()\s>]+)>?(?:\s+[\"'][^)]*)?\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE
)
OWN_IDS = re.compile(r"<a[^>]*\b(?:id|name)=[\"']([^\"']+)")
NOT_A_PAGE = re.compile(r"\.(?:png|jpe?g|gif|svg|mp4|py|ipynb|webp|pdf|zip|txt|js|tsx?|json|bib|webm)$")

pytestmark = pytest.mark.corpora


@dataclass(frozen=True)
class Link:
    page: str
    target: str
    url: str
    fragment: str


@cache
def documents(book: Path) -> dict[str, Document]:
    read = folder.read(book, sites.detect(book))
    return {item.path: item for item in read if isinstance(item, Document)}


def address(url: str) -> str:
    return unquote(url).rstrip("/").removesuffix(".html")


def links(book: Path) -> Iterator[Link]:
    """Links to pages of the same book, with the address that the site makes of each."""
    site = sites.detect(book)
    pages = documents(book)
    routes = {root.url for root in site.roots if root.url}
    for page in pages.values():
        for found in LINK.finditer(COMMENT.sub("", FENCE.sub("", page.source))):
            target = (found[1] or found[2]).replace("\\_", "_")
            path, _, fragment = unquote(target).partition("#")
            path = path.partition("?")[0]
            if re.match(r"[a-zA-Z]+:|//|@|\{", target) or NOT_A_PAGE.search(path):
                continue
            if path.startswith("/") and routes and not any(path.startswith(route) for route in routes):
                continue
            if (
                path.startswith("../")
                and path.count("../") >= page.url.count("/")
                and not path.endswith((".md", ".mdx"))
            ):
                continue
            yield Link(page.path, target, resolved(path, page, pages, site), fragment)


def resolved(path: str, page: Document, pages: dict[str, Document], site: sites.Site) -> str:
    if not path:
        return address(page.url)
    if path.endswith((".md", ".mdx")):
        near = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), path.lstrip("/")))
        top = posixpath.normpath(posixpath.join(site.root(page.path).folder, path.lstrip("/")))
        file = pages.get(near) or pages.get(top)
        return address(file.url) if file else path
    return address(urljoin(unquote(page.url), path))


@pytest.mark.parametrize("book", BOOKS)
def test_links_between_pages_find_their_page_and_anchor(corpora: Path, book: str) -> None:
    """An author who links to a heading has looked up its id on the real site."""
    kind, pages_floor, anchors_floor = BOOKS[book]
    anchors: dict[str, set[str]] = defaultdict(set)
    for document in documents(corpora / book).values():
        own = set(OWN_IDS.findall(document.source))
        anchors[address(document.url)] |= own | {block.anchor for block in document.blocks if block.anchor}
    found = list(links(corpora / book))
    placed = [link for link in found if link.url in anchors]
    deep = [link for link in placed if link.fragment]
    met = [link for link in deep if link.fragment in anchors[link.url]]

    assert sites.detect(corpora / book).kind == kind
    assert len(placed) >= pages_floor * len(found), sorted({(x.page, x.target) for x in set(found) - set(placed)})
    assert len(met) >= anchors_floor * len(deep), sorted({(x.page, x.target) for x in set(deep) - set(met)})


@pytest.mark.parametrize("book", BOOKS)
def test_every_page_is_read_and_every_passage_is_sound(corpora: Path, book: str) -> None:
    """No page is missing, no block cut or lost, no range outside the page, no id given twice."""
    pages = documents(corpora / book)
    names = {path.relative_to(corpora / book).as_posix() for path in (corpora / book).rglob("*.md*")}
    seen: set[str] = set()

    assert names - set(pages) <= {"src/SUMMARY.md"}
    for document in pages.values():
        passages = chunk.split(document)
        words = iter([word for passage in passages for word in passage.text.split()])
        assert all(word in words for b in document.blocks if b.kind != "heading" for word in b.text.split())
        whole = [block.text for block in document.blocks if block.kind in {"code", "math", "diagram", "quiz"}]
        assert all(any(text in passage.text for passage in passages) for text in whole)
        assert all(0 <= passage.start < passage.end <= len(document.source) for passage in passages)
        assert all(before.start <= after.start for before, after in pairwise(passages))
        anchors = [block.anchor for block in document.blocks if block.kind == "heading" and block.anchor]
        assert len(set(anchors)) == len(anchors)
        ids = {passage.id for passage in passages}
        assert len(ids) == len(passages)
        assert not ids & seen
        seen |= ids
