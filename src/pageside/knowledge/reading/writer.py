"""HTML that is safe and closed whatever is asked of it: every word escaped, every element ended, no live script."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

_SAFE_SCHEMES = frozenset(("http", "https", "mailto", "tel"))
_IGNORED_IN_ADDRESSES = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029\ufeff]")
_SINGLE = frozenset(("br", "hr", "img", "input"))
_MOST_OPEN = 200
_SIBLINGS = {
    "li": (("li",), ("ul", "ol")),
    "dt": (("dt", "dd"), ("dl",)),
    "dd": (("dt", "dd"), ("dl",)),
    "td": (("td", "th"), ("table",)),
    "th": (("td", "th"), ("table",)),
    "tr": (("tr",), ("table",)),
}
_LINES = frozenset(
    ("aside", "blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2", "h3",
     "h4", "h5", "h6", "li", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
     "tr", "ul")
)  # fmt: skip


def safe_address(address: str) -> str:
    """`address` where a link may lead there, else nothing: relative, http, https, mailto or tel."""
    bare = _IGNORED_IN_ADDRESSES.sub("", html.unescape(address))
    scheme, colon, _ = re.split(r"[/?#]", bare, maxsplit=1)[0].partition(":")
    return "" if colon and scheme.lower() not in _SAFE_SCHEMES else address.strip()


class Writer:
    """Writes one page."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._open: list[tuple[str, str]] = []  # element, and who opened it: a tag's name, or "" for Markdown
        self._paragraph = False  # whether words that come now stand in a paragraph
        self._headings: list[tuple[int, int]] = []  # where each heading's start tag stands in the output, and its level
        self._heading_from = -1

    def words(self, text: str) -> None:
        """Running text."""
        if text.strip():
            self._begin_paragraph()
        self._out.append(html.escape(text, quote=False))

    def paragraph(self) -> None:
        """Words that come now make a paragraph."""
        self._paragraph = True

    def end_paragraph(self) -> None:
        """The paragraph, if words have begun one, is over."""
        self._paragraph = False
        if any(element == "p" and not by for element, by in self._open[-4:]):
            self.close("p")

    def open(self, element: str, by: str = "", attributes: Mapping[str, str] | None = None) -> None:
        """Opens `element` on behalf of the tag `by`, or of Markdown."""
        if element in _SINGLE:
            self._begin_paragraph()
            self._out.append(f"<{element}{_attributes(attributes)}>")
            return
        if by and len(self._open) >= _MOST_OPEN:
            return
        self._open.append((element, by))
        self._out.append(f"<{element}{_attributes(attributes)}>")

    def block(self, element: str, by: str = "", attributes: Mapping[str, str] | None = None) -> None:
        """As `open`, for an element that no paragraph holds."""
        self.end_paragraph()
        self.open(element, by, attributes)

    def phrase(self, element: str, by: str = "", attributes: Mapping[str, str] | None = None) -> None:
        """As `open`, for an element that stands among words."""
        self._begin_paragraph()
        self.open(element, by, attributes)

    def close(self, element: str) -> None:
        """Closes the innermost `element` that Markdown opened, and all that is still open inside it."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index] == (element, ""):
                self._close_from(index)
                return

    def close_tag(self, by: str) -> None:
        """Closes what the tag `by` opened, unless Markdown opened a container since."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][1] == by:
                self._close_from(index)
                return
            if not self._open[index][1] and self._open[index][0] not in ("p", "em", "strong", "s", "a"):
                break
        self._out.append("\n")  # an end without a beginning still parts the words around it

    def close_innermost(self, *elements: str) -> None:
        """Closes the innermost of `elements`, whoever opened it, and all that is still open inside it."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] in elements:
                self._close_from(index)
                return

    def close_sibling(self, by: str) -> None:
        """Closes the item, term or cell that HTML lets stand open until the next one begins."""
        siblings, parents = _SIBLINGS.get(by, ((), ()))
        for index in range(len(self._open) - 1, -1, -1):
            element, opener = self._open[index]
            if not opener or element in parents or not siblings:
                return
            if element in siblings:
                self._close_from(index)
                return

    def is_innermost(self, element: str) -> bool:
        """Whether `element` is the one that was opened last."""
        return bool(self._open) and self._open[-1][0] == element

    def whole(self, element: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
        """A block that holds nothing but `text`."""
        self.end_paragraph()
        self._out.append(f"<{element}{_attributes(attributes)}>{html.escape(text, quote=False)}</{element}>\n")

    def code(self, text: str, language: str) -> None:
        """A block of code."""
        self.end_paragraph()
        shown = _attributes({"class": f"language-{language}"} if language else None)
        self._out.append(f"<pre><code{shown}>{html.escape(text, quote=False)}\n</code></pre>\n")

    def inline_code(self, text: str) -> None:
        """Code among words."""
        self._begin_paragraph()
        self._out.append(f"<code>{html.escape(text, quote=False)}</code>")

    def heading(self, level: int, by: str = "") -> None:
        """Opens a heading; it is given its id when the page is done, if it turns out to hold words."""
        self.end_paragraph()
        self._heading_from = len(self._out)
        self.open(f"h{level}", by)

    def end_heading(self, level: int, by: str = "") -> None:
        """Closes a heading."""
        if by:
            self.close_tag(by)
        else:
            self.close(f"h{level}")
        start, self._heading_from = self._heading_from, -1
        begun = start >= 0 and self._out[start].startswith(f"<h{level}")  # not by another heading inside this one
        if begun and re.sub(r"<[^>]*>", "", "".join(self._out[start:])).strip():
            self._headings.append((start, level))

    def finish(self, anchors: tuple[str, ...]) -> str:
        """The page; its headings, in order, with these ids."""
        self._close_from(0)
        for (position, level), anchor in zip(self._headings, anchors, strict=False):
            if anchor:
                self._out[position] = f"<h{level}{_attributes({'id': anchor})}>"
        return "".join(self._out)

    def _begin_paragraph(self) -> None:
        if self._paragraph:
            self._paragraph = False
            self._open.append(("p", ""))
            self._out.append("<p>")

    def _close_from(self, index: int) -> None:
        for element, _ in reversed(self._open[index:]):
            self._out.append(f"</{element}>\n" if element in _LINES else f"</{element}>")
        del self._open[index:]


def _attributes(attributes: Mapping[str, str] | None) -> str:
    return "".join(f' {name}="{html.escape(value)}"' for name, value in (attributes or {}).items())
