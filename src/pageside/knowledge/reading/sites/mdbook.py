"""mdBook and books with a table of contents of their own: what is shown where, in which order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt

from pageside.knowledge.reading.sites import notation
from pageside.knowledge.reading.sites.notation import mapping
from pageside.knowledge.reading.sites.site import Root, Site, below_language, is_language, join
from pageside.knowledge.reading.tree import Tree

CONFIG = "book.toml"
SUMMARY = "SUMMARY.md"
TOCTREE = "_toctree.yml"


def configured(folder: Path, config_file: Path, *, base_url: str | None) -> Site | None:
    """The site that `config_file` describes; None when `folder` has nothing to do with it."""
    said = mapping(notation.read(config_file))
    book, html = mapping(said.get("book")), mapping(mapping(said.get("output")).get("html"))
    source = (config_file.parent / str(book.get("src", "src"))).resolve()
    top = base_url if base_url is not None else urlsplit(str(html.get("site-url", "/"))).path
    return _site(folder.resolve(), source, top, language=str(book.get("language", "en")))


def guessed(folder: Path, *, tree: Tree, base_url: str | None) -> Site | None:
    """The book whose `SUMMARY.md` lies in `folder` or above it; None where there is none."""
    folder = folder.resolve()
    found = [name for name in tree.files if PurePosixPath(name).name == SUMMARY]
    above = [parent for parent in folder.parents[:3] if (parent / SUMMARY).is_file()]
    sources = [(folder / name).parent for name in found] + above
    return _site(folder, sources[0], base_url or "/", language="en") if sources else None


def toctree(folder: Path, *, tree: Tree, base_url: str | None) -> Site | None:
    """The book whose order `_toctree.yml` gives, as Hugging Face courses have it; None where there is none."""
    found = [name for name in tree.files if PurePosixPath(name).name == TOCTREE]
    if not found:
        return None
    top = "" if base_url is None else base_url.rstrip("/")
    roots = [_language_root(folder, PurePosixPath(name).parent, top) for name in found]
    order = tuple(local for name in found for local in _locals(notation.read(folder / name)))
    if all(root.folder for root in roots):
        roots.append(Root("", top, "en"))
    return Site(kind="plain", base_url=top, language=roots[0].language, roots=tuple(roots), order=order)


def _language_root(folder: Path, local: PurePosixPath, top: str) -> Root:
    name = (folder.resolve() / local).name
    language = name if is_language(name) else "en"
    return Root(local.as_posix().removeprefix("."), below_language(top, language), language)


def _site(folder: Path, source: Path, top: str, *, language: str) -> Site | None:
    url = join(top, "/").rstrip("/")
    if source.is_relative_to(folder):
        root = Root(source.relative_to(folder).as_posix().removeprefix("."), url, language)
    elif folder.is_relative_to(source):
        root = Root("", url, language, inside=folder.relative_to(source).as_posix())
    else:
        return None
    order = tuple(_summary(source / SUMMARY))
    return Site(kind="mdbook", base_url=url, language=language, roots=(root,), order=order, slug_rule="mdbook")


def _summary(path: Path) -> Iterator[str]:
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    for token in MarkdownIt("commonmark").parse(text):
        for child in token.children or ():
            target = child.attrGet("href") if child.type == "link_open" else None
            if isinstance(target, str) and target.endswith(".md"):
                yield str(PurePosixPath(unquote(target)).with_suffix(""))


def _locals(item: object) -> Iterator[str]:
    if isinstance(item, list):
        for child in item:
            yield from _locals(child)
    elif isinstance(item, dict):
        local = item.get("local")
        if isinstance(local, str):
            yield local
        yield from _locals(item.get("sections"))
