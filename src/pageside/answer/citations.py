"""The `[n]` of a text and the places in the book they stand for; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_ONE = r"(?:\[[ \t]*\d{1,3}(?:[ \t]*[,;–-][ \t]*\d{1,3})*[ \t]*\]|【\d{1,3}(?:†[^】\n]{0,40})?】)"
_TOKEN = re.compile(
    rf"""
      (?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)                  # code
    | \$\$.+?\$\$ | \$(?=[^\s$])[^$\n]*?(?<=[^\s\\])\$(?!\d)            # math
    | \\.                                                              # an escaped character
    | !?\[(?:[^\[\]\n]|\[[^\[\]\n]*\])*\]\([^)\n]*\)                    # a link or picture
    | <[^<>\n]+> | https?://[^\s<>\[\]]+                               # an address
    | (?P<marks>[ \t]*{_ONE}(?:,?[ \t]*{_ONE})*)(?!\(|:[ \t])
    """,
    re.VERBOSE | re.DOTALL,
)
_VERBATIM = re.compile(
    r"(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)|\$\$.+?\$\$|\$(?=[^\s$])[^$\n]*?(?<=[^\s\\])\$(?!\d)", re.DOTALL
)
_LOUD = re.compile(
    r"[*\[\]【】\\]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|^[#>+-]|~(?=~)|(?<=^\d)[.)](?=\s)|(?<=^\d\d)[.)](?=\s)",
    re.MULTILINE,
)
_ITEM = re.compile(r"^(?:[-*+]|\d{1,9}[.)])\s+|^>\s?")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^)\n]*\)")
_EMPHASIS = re.compile(r"(?<![\\\w*_])(\*{1,3}|_{1,3}|~~)(?=\S)(.+?)(?<=[^\s\\])\1(?!\w)")
_NUMBERED = re.compile(_ONE)
_SPAN = re.compile(r"(\d{1,3})(?:[ \t]*[–-][ \t]*(\d{1,3}))?")
_WIDEST_SPAN = 12


@dataclass(frozen=True, slots=True)
class Mark:
    """Numbers that stood together in a text.

    Attributes:
        at: Where they stood, in the text without them.
    """

    at: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Marked:
    """A text taken apart: its words, and where which numbers stood in them."""

    text: str
    marks: tuple[Mark, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Every number once, in order of appearance."""
        return tuple(dict.fromkeys(number for mark in self.marks for number in mark.numbers))


def read(text: str) -> Marked:
    """`text` without its citation marks, and the marks.

    Understands `[1]`, `[1][2]`, `[1, 2]`, `[1-3]` and `【1†source】`. Code, math, links, addresses and escaped brackets
    stay as they are, and so does `[0]`, which is an index: passages are numbered from 1.
    """
    parts: list[str] = []
    marks: list[Mark] = []
    length = at = 0
    for token in _TOKEN.finditer(text):
        if token["marks"] is None:
            continue
        numbers = _numbers(token["marks"])
        if not numbers:
            continue
        parts.append(text[at : token.start()])
        length += len(parts[-1])
        marks.append(Mark(length, numbers))
        at = token.end()
    parts.append(text[at:])
    return Marked("".join(parts), tuple(marks))


def _numbers(marks: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for one in _NUMBERED.finditer(marks):
        for span in _SPAN.finditer(one.group().partition("†")[0]):
            first, last = int(span[1]), int(span[2] or span[1])
            numbers += range(first, last + 1) if last - first < _WIDEST_SPAN else (first, last)
    return () if 0 in numbers else tuple(dict.fromkeys(numbers))


def write(text: str, marks: Iterable[Mark]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """`text` with `marks` set into it as `[1][2]`, and (number, one past its mark) for each, in order."""
    parts: list[str] = []
    ends: list[tuple[int, int]] = []
    length = at = 0
    for mark in sorted(marks, key=lambda mark: mark.at):
        piece = text[at : mark.at]
        if mark.numbers and piece and not piece[-1].isspace():
            piece += " "
        for number in mark.numbers:
            piece += f"[{number}]"
            ends.append((number, length + len(piece)))
        parts.append(piece)
        length += len(piece)
        at = mark.at
    parts.append(text[at:])
    return "".join(parts), tuple(ends)


def literal(text: str) -> str:
    """Markdown that shows the prose `text` as it is; its `code` and $math$ stay what they are."""
    return "".join(piece if kept else _LOUD.sub(r"\\\g<0>", piece) for piece, kept in _pieces(text))


def plain(text: str) -> str:
    """The words of a Markdown sentence: without emphasis, link targets, escapes and the sign of a list item."""
    bare = _ITEM.sub("", text.strip())
    return "".join(piece if kept else _bared(piece) for piece, kept in _pieces(bare)).strip()


def _bared(piece: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", piece)))


def _pieces(text: str) -> list[tuple[str, bool]]:
    """`text` in pieces, each with whether it is code or math, which nothing may touch."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for token in _VERBATIM.finditer(text):
        pieces += [(text[at : token.start()], False), (token.group(), True)]
        at = token.end()
    return [*pieces, (text[at:], False)]


def renumbered(marks: Sequence[Mark], markers: Mapping[int, int]) -> tuple[Mark, ...]:
    """`marks` with each number replaced by `markers[number]`; numbers that are not there are dropped."""
    kept = (
        Mark(mark.at, tuple(dict.fromkeys(markers[number] for number in mark.numbers if number in markers)))
        for mark in marks
    )
    return tuple(mark for mark in kept if mark.numbers)
