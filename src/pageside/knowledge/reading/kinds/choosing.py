"""Which files of a folder are pages of the book, beside those in Markdown, and where the site shows them.

A file is no page where its name or its folder says that it serves a tool: requirements, licences, robots.txt,
templates, static files, coverage. An HTML file is none where a generator made it: in the output folder of a site whose
sources are in the book. Of several files of one name in one folder the first is the page, in the order Markdown,
reStructuredText, notebook, HTML, text, PDF; the others are taken for other forms of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from pageside.knowledge.reading.kinds.kind import KINDS, kind_of, read_as
from pageside.knowledge.reading.sites import Site
from pageside.knowledge.reading.sites.site import join

_TOOLS: Final = re.compile(
    r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?|robots|humans|ads|app-ads|security|llms(?:-full)?|cmakelists"
    r"|(?:licen[cs]e|copying|notice|authors|contributors)s?(?:[-_.].*)?|manifest|sources|top_level|entry_points|cname"
    r"|dependency_links|installed-files|runtime|version|(?:.*[-_])?(?:wordlist|stopwords|vocab|spelling\w*)|bingsiteauth",
    re.IGNORECASE,
)
_FURNITURE: Final = re.compile(
    r"404|50\d|search|genindex(?:-\w+)?|(?:py-)?modindex|print|toc|offline|google[0-9a-f]{16}|yandex_\w+|_.*",
    re.IGNORECASE,
)
_PARTS_OF_TOOLS: Final = frozenset((
    "_includes", "_layouts", "_static", "_templates", "assets", "coverage", "htmlcov", "includes", "layouts",
    "overrides", "partials", "static", "template", "templates", "theme", "themes",
))  # fmt: skip
_OUTPUT_NAMES: Final = frozenset(("_site", "public", "site"))
_OUTPUT_SIGNS: Final = frozenset(
    ("objects.inv", "searchindex.js", "search_index.json", "sitemap.xml", "searchindex.json")
)
_SOURCES: Final = frozenset((".md", ".mdx", ".markdown", ".rst", ".ipynb"))
_MARKDOWN: Final = frozenset((".md", ".mdx", ".markdown"))
_RANKS: Final = {suffix: rank for rank, suffix in enumerate(KINDS, start=1)}
_TEMPLATE: Final = re.compile(r"\{%-?\s*(?:extends|block|include|macro|if|for|set)\b|\{\{[^{}\n]*\}\}")
_MOVED: Final = re.compile(r"<meta[^>]+http-equiv\s*=\s*[\"']?refresh", re.IGNORECASE)
_CANONICAL: Final = re.compile(
    r"<link(?=[^>]*\brel\s*=\s*[\"']?canonical\b)[^>]*\bhref\s*=\s*[\"']?(https?://[^\s\"'<>]+)", re.IGNORECASE
)
_LETTER: Final = re.compile(r"[^\W\d_]")
_ENTRY: Final = re.compile(r"\S+\s*(?:[=:;,]+|[<>=~!]=)\s*\S+")
_IDEOGRAM: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_HEAD: Final = 65_536
_LEAST_LETTERS = 0.5
_LEAST_WORDS_A_LINE = 2.5


def pages(files: Sequence[str]) -> tuple[str, ...]:
    """Those of `files` (a folder's, relative to it) that may be pages of a kind other than Markdown."""
    outputs = _outputs(files)
    return tuple(path for path in files if kind_of(path) and _may_be_page(path, outputs))


def twins(paths: Sequence[str]) -> dict[str, str]:
    """For each of `paths` that is another form of a page, that page."""
    first: dict[tuple[str, str], str] = {}
    found: dict[str, str] = {}
    for path in sorted(paths, key=_rank):
        pure = PurePosixPath(path)
        name = (pure.parent.as_posix(), pure.stem.casefold())
        if name in first and _rank(path)[0]:
            found[path] = first[name]
        first.setdefault(name, path)
    return found


def _rank(path: str) -> tuple[int, str]:
    suffix = PurePosixPath(path).suffix.lower()
    return (0 if suffix in _MARKDOWN else _RANKS.get(suffix, len(_RANKS) + 1), path)


def _may_be_page(path: str, outputs: frozenset[str]) -> bool:
    pure = PurePosixPath(path)
    kind = kind_of(path)
    folders = [part.casefold() for part in pure.parts[:-1]]
    if kind != "pdf" and not _PARTS_OF_TOOLS.isdisjoint(folders):
        return False
    if kind == "plain":
        return _TOOLS.fullmatch(pure.stem) is None
    if kind == "hypertext":
        return _FURNITURE.fullmatch(pure.stem) is None and not any(path.startswith(f"{top}/") for top in outputs)
    return True


def _outputs(files: Sequence[str]) -> frozenset[str]:
    """Folders that a generator fills from sources that are in the book."""
    signed = {PurePosixPath(path).parent for path in files if PurePosixPath(path).name in _OUTPUT_SIGNS}
    tops = {(parent.parent if parent.name == "search" else parent).as_posix() for parent in signed}
    for path in files:
        parts = PurePosixPath(path).parts[:-1]
        tops |= {"/".join(parts[: depth + 1]) for depth, part in enumerate(parts) if part in _OUTPUT_NAMES}
    sources = [path for path in files if PurePosixPath(path).suffix.lower() in _SOURCES]
    return frozenset(top for top in tops - {"."} if any(not path.startswith(f"{top}/") for path in sources))


def why_not(path: str, text: str) -> str:
    """Why the file at `path` that holds `text` is no page of the book; empty where it is one."""
    match kind_of(path):
        case "hypertext" if _MOVED.search(text[:_HEAD]):
            return "it only leads on to another address"
        case "hypertext" if len(_TEMPLATE.findall(text[:_HEAD])) > 1 and _TEMPLATE.match(text[:_HEAD].lstrip()):
            return "it is a template of a site"
        case "plain" if not is_prose(text):
            return "it holds data rather than prose"
        case _:
            return ""


def is_prose(text: str) -> bool:
    """Whether `text` is written for a person: mostly letters, in lines of several words."""
    sample = text[: 4 * _HEAD]
    solid = re.sub(r"\s+", "", sample)
    if not solid:
        return False
    if len(_IDEOGRAM.findall(solid)) > 0.3 * len(solid):
        return True
    lines = [line.split() for line in sample.splitlines() if line.strip()]
    entries = sum(_ENTRY.fullmatch(" ".join(line)) is not None for line in lines)
    letters = len(_LETTER.findall(solid)) / len(solid)
    words = sum(map(len, lines)) / len(lines)
    return letters >= _LEAST_LETTERS and words >= _LEAST_WORDS_A_LINE and 2 * entries <= len(lines)


def url(path: str, text: str, site: Site) -> str:
    """Where the site shows the page at `path`, of a kind other than Markdown, with the base URL.

    What a site serves as it is keeps the name of its file; what a generator makes a page of has the generator's
    address. An HTML page that names its own address is shown there, unless the site's address is known otherwise or
    the one it names is another page's.
    """
    kind = read_as(path, site)
    if kind in {"restructured", "notebook", None}:
        return site.url(path, {})
    root = site.root(path)
    local = PurePosixPath(root.local(path))
    if kind == "hypertext":
        named = _CANONICAL.search(text[:_HEAD])
        if named and not site.base_url and _names(named[1], local):
            return named[1].partition("#")[0]
        if local.stem.lower() == "index":
            return join(root.url, f"/{local.parent}/".replace("/./", "/"))
    return join(root.url, f"/{local}")


def _names(address: str, local: PurePosixPath) -> bool:
    """Whether `address` ends as the path of the page does."""
    given = [part for part in urlsplit(address).path.split("/") if part]
    own = [*local.parts[:-1], local.stem]
    if own[-1].lower() == "index":
        own = own[:-1]
    if given and given[-1].lower() in {"index.html", "index.htm"}:
        given = given[:-1]
    given = [*given[:-1], re.sub(r"\.html?$", "", given[-1])] if given else []
    return given[len(given) - len(own) :] == own if own else not given


def colliding(urls: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Each path of another kind than Markdown whose address a page before it has, with that page's path.

    Args:
        urls: Paths with their addresses.
    """
    taken: dict[str, str] = {}
    for path, address in sorted(urls, key=lambda pair: _rank(pair[0])):
        plain = address.rstrip("/")
        if plain in taken and _rank(path)[0]:
            yield path, taken[plain]
        taken.setdefault(plain, path)
