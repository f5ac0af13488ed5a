"""An HTML page as a tree whose elements know where in the source they begin, whatever its author left open."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pageside.knowledge.reading.kinds import taming

# An attribute that no author writes: with it every tag carries its place in the source through the parser.
_MARK = "\ue0f1"
# Elements that a parser repeats in every block until they are closed stay without a mark: those that differ in nothing
# it repeats three times at most, and those that differ without end.
_TAG = re.compile(
    r"<(?!(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>])[A-Za-z][^\s/<>]*", re.IGNORECASE
)
_STRAY = re.compile(rf" {_MARK}=\d+ ")
_NOTHING: Mapping[str, str] = MappingProxyType({})
_SPACE = " \t\r\n\f"


class Markup:
    """A page.

    Attributes:
        source: As it was given.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._starts = [found.start() for found in _TAG.finditer(source)]
        marked = _TAG.sub(lambda found: f"{found[0]} {_MARK}={found.start()} ", source.replace(_MARK, "\ufffd"))
        self._parser = LexborHTMLParser(taming.tamed(marked))
        self._last = (-1, (0, 0))

    @property
    def root(self) -> LexborNode | None:
        """The outermost element."""
        return self._parser.root

    @property
    def body(self) -> LexborNode | None:
        """What a browser shows."""
        return self._parser.body

    def first(self, selector: str) -> LexborNode | None:
        """The first element that the CSS `selector` finds."""
        return self._parser.css_first(selector)

    def all(self, selector: str) -> list[LexborNode]:
        """Every element that the CSS `selector` finds, in the order of the page."""
        return self._parser.css(selector)

    def start(self, node: LexborNode) -> int | None:
        """Where the start tag of `node` stands; None for one that only the parser put there."""
        said = node.attributes.get(_MARK) if node.is_element_node else None
        return int(said) if said and said.isdecimal() else None

    def place(self, start: int) -> tuple[int, int]:
        """The range of the words that follow the start tag at `start`: up to the next one, closing tags left out."""
        if self._last[0] != start:
            self._last = (start, self._place(start))
        return self._last[1]

    def _place(self, start: int) -> tuple[int, int]:
        following = bisect_right(self._starts, start)
        end = self._starts[following] if following < len(self._starts) else len(self.source)
        opened = self.source.find(">", start, end) + 1 if self.source.startswith("<", start) else start
        begin = opened or start
        while begin < end and self.source[begin] in _SPACE:
            begin += 1
        return (begin, self._trimmed(begin, end)) if begin < end else (start, max(start, end))

    def _trimmed(self, start: int, end: int) -> int:
        while end > start + 1:
            if self.source[end - 1] in _SPACE:
                end -= 1
                continue
            closing = self.source.rfind("</", start + 1, end) if self.source[end - 1] == ">" else -1
            if closing < 0 or ">" in self.source[closing : end - 1]:
                break
            end = closing
        return end


def attributes(node: LexborNode) -> Mapping[str, str]:
    """What the start tag of `node` says."""
    if not node.is_element_node:
        return _NOTHING
    return {name: unmarked(value or "") for name, value in node.attributes.items() if name != _MARK}


def children(node: LexborNode) -> Iterator[LexborNode]:
    """The nodes right below `node`."""
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def within(node: LexborNode) -> Iterator[LexborNode]:
    """Every node below `node`, in the order of the page, however deep."""
    waiting = [node.first_child]
    while waiting:
        here = waiting.pop()
        if here is None:
            continue
        yield here
        waiting += (here.next, here.first_child)


def text(node: LexborNode) -> str:
    """All characters of `node` and below it."""
    if node.is_text_node:
        return unmarked(node.text_content or "")
    return unmarked("".join(child.text_content or "" for child in within(node) if child.is_text_node))


def unmarked(said: str) -> str:
    """`said` without the marks that got into it where a tag's beginning is no tag."""
    return _STRAY.sub("", said) if _MARK in said else said
