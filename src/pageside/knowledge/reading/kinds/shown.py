"""From what a page says to safe HTML for the plain view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import assert_never

from pageside.knowledge.reading.kinds.speech import DEEPEST, Close, Container, Open, Phrase, Said, Whole, Words
from pageside.knowledge.reading.writer import Writer, safe_address

_ELEMENTS: dict[Container, str] = {
    "item": "li",
    "quote": "blockquote",
    "note": "aside",
    "details": "details",
    "terms": "dl",
    "term": "dt",
    "definition": "dd",
    "footnote": "div",
    "table": "table",
    "row": "tr",
    "cell": "td",
}
_PHRASES: dict[Container, str] = {"link": "a", "strong": "strong", "emphasis": "em"}


def html(said: Iterable[Said], *, link: Callable[[str], str]) -> str:
    """`said` as HTML whose headings bear their anchors; no script, style or handler of the page's author is in it.

    Args:
        link: Where a link or a picture leads, given what its author wrote.
    """
    page = _Page(link)
    for piece in said:
        page.show(piece)
    return page.writer.finish(())


class _Page:
    """Writes each piece down."""

    def __init__(self, link: Callable[[str], str]) -> None:
        self.writer = Writer()
        self._link = link
        self._open: list[str] = []  # the element of each open container, empty where it has none
        self._anchors: set[str] = set()

    def show(self, piece: Said) -> None:
        match piece:
            case Open():
                self._open.append(self._begin(piece) if len(self._open) < DEEPEST else "")
            case Close():
                element = self._open.pop()
                if piece.container not in _PHRASES:
                    self.writer.end_paragraph()
                if element:
                    self.writer.close(element)
            case Words():
                self.writer.words(piece.text)
            case Phrase():
                self._phrase(piece)
            case Whole() if piece.kind == "math":
                self.writer.whole("div", piece.text.strip(), {"class": "math"})
            case Whole():
                self.writer.code(piece.text.strip("\n"), piece.language)
            case _:
                assert_never(piece)

    def _begin(self, piece: Open) -> str:
        if piece.container in _PHRASES:
            element = _PHRASES[piece.container]
            to = self._address(piece.target)
            self.writer.phrase(element, attributes={"href": to} if to else None)
            return element
        if piece.container == "paragraph":
            self.writer.end_paragraph()
            self.writer.paragraph()
            return ""
        element, attributes = self._element(piece)
        self.writer.block(element, attributes=attributes)
        return element

    def _element(self, piece: Open) -> tuple[str, dict[str, str]]:
        match piece.container:
            case "heading":
                is_new = piece.anchor and piece.anchor not in self._anchors
                self._anchors.add(piece.anchor)
                return f"h{piece.level}", {"id": piece.anchor} if is_new else {}
            case "list":
                return ("ul", {}) if piece.number is None else ("ol", {"start": str(piece.number)})
            case "label":
                return ("summary", {}) if self.writer.is_innermost("details") else ("p", {"class": "label"})
            case "note":
                return "aside", {"class": "admonition"}
            case "footnote":
                return "div", {"class": "footnote"}
            case _:
                return _ELEMENTS[piece.container], {}

    def _phrase(self, piece: Phrase) -> None:
        match piece.form:
            case "code":
                self.writer.inline_code(piece.text)
            case "math":
                self.writer.phrase("span", attributes={"class": "math"})
                self.writer.words(piece.text)
                self.writer.close("span")
            case "break":
                self.writer.open("br")
            case "picture":
                to = self._address(piece.target)
                if to:
                    self.writer.phrase("img", attributes={"src": to, "alt": piece.text})
                else:
                    self.writer.words(piece.text)
            case _:
                assert_never(piece.form)

    def _address(self, target: str) -> str:
        if not target or not safe_address(target):
            return ""
        return safe_address(self._link(target))
