"""What a reader reads of an HTML page, by a scan of its tags that builds no tree and knows nothing of the parser.

What is furniture and what is hidden is told by the rules of `elements`. Of a formula that a site has rendered, the TeX
it was made from is counted where the page holds it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from pageside.knowledge.reading.kinds import elements

_MARKUP: Final = re.compile(r"<!--|<[!?]|<(/?)([A-Za-z][^\s/>]*+)((?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+)>?")
_ATTRIBUTE: Final = re.compile(r"([^\s=/\"'>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_TEX: Final = re.compile(r"<annotation\b[^>]*\btex[^>]*>(.*?)</annotation", re.DOTALL | re.IGNORECASE)
_WORD: Final = re.compile(r"\w+")
_SINGLE: Final = frozenset(("base", "embed", "frame", "input", "link", "meta"))
_RAW: Final = frozenset(("iframe", "script", "style", "textarea", "title"))
_MAY_END_UNSAID: Final = frozenset(("dd", "dt", "li", "option", "p", "td", "th", "tr"))
_FORMULAS: Final = frozenset(("katex", "katex-display"))
_BORDERLESS: Final = elements.PHRASES - {"code", "rt"}
_LEAST_SHARE: Final = 0.5  # of the words of a page that its only <article> must hold to be taken for all of it


def words(source: str) -> str:
    """The words of the main content of the page `source`, in its order."""
    scan = _Scan(source)
    mains = list(islice(scan.regions(main=True), 2))
    if len(mains) == 1 and _WORD.search(found := scan.read(*mains[0], inside=True)):
        return found
    whole = scan.read(scan.body(), len(source), inside=False)
    articles = list(islice(scan.regions(main=False), 2))
    if len(articles) == 1:
        found = scan.read(*articles[0], inside=True)
        count = len(_WORD.findall(found))
        if count and count >= _LEAST_SHARE * len(_WORD.findall(whole)):
            return found
    return whole


class _Scan:
    """Goes through a page from tag to tag; looking far ahead without going there is paid from an allowance."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._allowance = 20 * len(source) + 1_000_000

    def body(self) -> int:
        """Where the page begins that a browser shows."""
        found = re.search(r"<body\b", self._source, re.IGNORECASE)
        return found.start() if found else 0

    def regions(self, *, main: bool) -> Iterator[tuple[int, int]]:
        """Where each main part of the page, or else each article, begins and ends."""
        at = 0
        while tag := _MARKUP.search(self._source, at):
            at, name = self._after(tag), (tag[2] or "").lower()
            if not name or tag[1]:
                continue
            if name in _RAW:
                at = self._end(name, at)
                continue
            given = _attributes(tag[3])
            is_one = (name == "main" or given.get("role") == "main") if main else name == "article"
            if is_one and not (main and elements.is_hidden(name, given)):
                yield at, self._end(name, at)

    def read(self, start: int, end: int, *, inside: bool) -> str:
        """What stands between `start` and `end`; `inside` says whether that is the main content."""
        return "".join(self._texts(start, end, inside=inside))

    def _texts(self, start: int, end: int, *, inside: bool) -> Iterator[str]:
        at = start
        while tag := _MARKUP.search(self._source, at, end):
            yield html.unescape(self._source[at : tag.start()])
            at, name = self._after(tag), (tag[2] or "").lower()
            if name:
                yield "" if name in _BORDERLESS else "\n"
            if not name or tag[1]:
                continue
            given = _attributes(tag[3])
            if name == "img" and not elements.is_hidden(name, given):
                yield _said_of_picture(given)
            elif formula := self._formula(name, given, at):
                yield f" {formula} "
                at = self._end(name, at)
            elif self._is_left_out(name, given, at, inside=inside):
                at = self._end(name, at)
        yield html.unescape(self._source[at:end])

    def _formula(self, name: str, given: Mapping[str, str], at: int) -> str:
        """The TeX of a formula that the element shows, or is."""
        if name == "script":
            return self._ahead(name, at) if given.get("type", "").startswith("math/tex") else ""
        if name not in {"math", "mjx-container"} and not _FORMULAS & set(given.get("class", "").split()):
            return ""
        found = _TEX.search(self._ahead(name, at))
        return html.unescape(found[1]) if found else given.get("alttext", "")

    def _is_left_out(self, name: str, given: Mapping[str, str], at: int, *, inside: bool) -> bool:
        if name == "header" and not inside:
            inside = self._allowance < 0 or "<h1" in self._ahead(name, at).lower()
        return elements.is_furniture(name, given, inside=inside)

    def _ahead(self, name: str, at: int) -> str:
        """What the element `name` holds whose start tag ends at `at`."""
        if self._allowance < 0:
            return ""
        held = self._source[at : self._end(name, at)]
        self._allowance -= len(held)
        return held

    def _after(self, tag: re.Match[str]) -> int:
        """Where the text goes on behind a tag, a comment or a declaration."""
        if tag[2]:
            return tag.end()
        closing = "-->" if tag[0] == "<!--" else ">"
        found = self._source.find(closing, tag.end())
        return found + len(closing) if found >= 0 else len(self._source)

    def _end(self, name: str, at: int) -> int:
        """Where the element `name` ends whose start tag ends at `at`."""
        if name in _SINGLE:
            return at
        depth = 1
        before = "<body(?=[\\s>])|" if name == "head" else ""
        bounds = re.compile(rf"{before}<(/?){re.escape(name)}(?=[\s/>])", re.IGNORECASE)
        for found in bounds.finditer(self._source, at):
            ends = found[1] != "" or name in _MAY_END_UNSAID
            depth += -1 if ends else int(name not in _RAW)
            if depth == 0:
                return found.start()
        return len(self._source)


def _said_of_picture(given: Mapping[str, str]) -> str:
    alt, title = given.get("alt", "").strip(), given.get("title", "").strip()
    return f" {alt} {title if title != alt else ''} "


def _attributes(said: str) -> dict[str, str]:
    if not said.strip(" /"):
        return {}
    return {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "") for found in _ATTRIBUTE.finditer(said)
    }
