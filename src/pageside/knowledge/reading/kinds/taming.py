"""HTML that no parser takes for ever over: as deep as browsers go, and no tag with thousands of attributes."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

DEEPEST: Final = 512
MOST_ATTRIBUTES: Final = 1_000  # of one tag; a parser compares each with all before it

# A tag up to its end, or to a quote that nothing closes. No part is ever given back, so that a search takes one pass.
_TAG: Final = re.compile(r"<(/?)([A-Za-z][^\s/>]*+)(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
# What has no end tag, or one that may be left out, and headings: within itself it nests only with something between.
_WITHOUT_END: Final = frozenset((
    "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "h1", "h2", "h3", "h4", "h5", "h6", "head",
    "hr", "html", "img", "input", "li", "link", "meta", "optgroup", "option", "p", "param", "rb", "rp", "rt", "rtc",
    "source", "tbody", "td", "tfoot", "th", "thead", "track", "tr", "wbr",
))  # fmt: skip


def tamed(source: str) -> str:
    """The page `source` without the tags that lie too deep, their words kept, and without attributes by the thousand.

    Source: Chromium, `kMaximumHTMLParserDOMTreeDepth`.
    """
    return _TAG.sub(_Nesting().eased, source)


class _Nesting:
    """The elements that are open, outermost first; those from `DEEPEST` on have lost their tags."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._counts: Counter[str] = Counter()

    def eased(self, tag: re.Match[str]) -> str:
        name = tag[2].lower()
        if name in _WITHOUT_END:
            return _uncrowded(tag[0])
        if tag[1]:
            return tag[0] if self._closed(name) < DEEPEST else " <wbr"
        self._open.append(name)
        self._counts[name] += 1
        return _uncrowded(tag[0]) if len(self._open) <= DEEPEST else " <wbr"

    def _closed(self, name: str) -> int:
        """How deep the element lay that an end tag closes; 0 where none is open."""
        if not self._counts[name]:
            return 0
        while True:
            last = self._open.pop()
            self._counts[last] -= 1
            if last == name:
                return len(self._open)


def _uncrowded(tag: str) -> str:
    """The tag, with no more than the first of its attributes where they are more than a person would write."""
    if len(tag) < 2 * MOST_ATTRIBUTES:
        return tag
    bare = _QUOTED.sub(" ", tag).replace("/", " ")
    is_crowded = max(len(bare.split()), bare.count("=")) > MOST_ATTRIBUTES
    return " ".join(tag.split(maxsplit=2)[:2]) if is_crowded else tag
