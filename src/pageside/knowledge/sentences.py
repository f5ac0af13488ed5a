"""Where the sentences of a passage begin and end, and what else stands between them: items, rows, code, math."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["prose", "list_item", "code", "table_row", "math", "label"]

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)])[ \t]+\S")
_ROW = re.compile(r"[ \t]*\|")
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")

# What may hold dots that end nothing: code, math, addresses, file names and versions.
_OPAQUE = re.compile(
    r"(`+)(?!`).+?(?<!`)\1(?!`)|\$\$.+?\$\$|(?<![\\$\w])\$(?=\S)[^$\n]+?(?<=\S)\$(?![\w$])"
    r"|(?:https?|ftp)://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]]",
    re.DOTALL,
)
_END = re.compile(
    r"(?P<wide>[。！？｡]+[」』）】”’\")]*)"
    r"|(?P<danda>(?:[।॥۔؟]|\.{3}(?=[۔؟]))+[\"'”’»)\]]*)(?=\s|$)"
    r"|(?P<stop>(?:[.!?]+|…)[\"'”’»)\]*_]*)(?=\s|$)"
)
_WORD_BEFORE = re.compile(r"[^\s(\[\"'“‘«]+$")
_MEASURED = re.compile(r"(?:(?<![\w.,])\d{1,3}|[.,]\d+|\d{5})[$`]?[ \u00a0\u202f]?\Z")  # the letter behind it is a unit
_OPENERS = "\"'“‘«([`$*_"

_ABBREVIATIONS: Mapping[str, frozenset[str]] = {
    "en": frozenset(
        """
        e.g i.e cf viz vs dr mr mrs ms prof st jr sr fig figs eq eqs sec secs ch chap no nos vol vols pp ed eds al
        approx ca resp incl excl min max avg dept est inc ltd co corp jan feb mar apr jun jul aug sep sept oct nov dec
        a.k.a u.s u.k w.r.t def thm lem prop ref refs par para app rev
        """.split()  # noqa: SIM905 - read more easily as words
    ),
    "de": frozenset(
        """
        z.b d.h u.a o.ä bzw ca vgl usw abb tab bspw evtl ggf inkl nr s.o s.u sog z.t dr prof hr fr kap abschn
        """.split()  # noqa: SIM905
    ),
    "fr": frozenset({"p.ex", "c.-à-d", "cf", "ex", "fig", "éq", "env", "m", "mm", "mme", "dr", "vol", "chap"}),
    "es": frozenset({"p.ej", "ej", "sr", "sra", "dr", "dra", "fig", "ec", "cap", "pág", "núm", "aprox", "ud", "uds"}),
}
# These may end a sentence too: only a small letter after them says that they did not.
_EITHER_WAY = frozenset(
    {"etc", "usw", "al", "inc", "ltd", "co", "corp", "u.s", "u.k", "min", "max", "a.m", "p.m", "app", "ref", "def"}
)
_LABEL_WORDS = 12
_LABEL_IDEOGRAMS = 24
_LONGEST_NUMBER = 24
_LOOK_AHEAD = 200  # characters; the longest word that could matter is shorter
_IDEOGRAM = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_WORDLIKE = re.compile(r"\w")

TERM_BREAK = " · "  # stands between terms that make no sentence, such as tags
_IDENTIFIER = re.compile(r"[a-z]\w*(?:[_.(/]\w|\(|\d|[a-z][A-Z])")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text: `text[start:end]`, without white space at its ends."""

    start: int
    end: int
    kind: Kind


def split(text: str, *, language: str = "en") -> tuple[Span, ...]:
    """The units of `text` in order, none overlapping: what can be quoted one by one.

    A list item, a fenced block, a display formula and a table row are one unit each; a table's rule is none. A line of
    its own that ends like no sentence is a `label`.

    Args:
        language: BCP 47 primary subtag of the prose.
    """
    return tuple(_units(text, language))


def prose(text: str, *, language: str = "en") -> tuple[Span, ...]:
    """The sentences of one paragraph."""
    return tuple(_sentences(text, 0, len(text), language))


def _units(text: str, language: str) -> Iterator[Span]:
    lines = _lines(text)
    at = 0
    while at < len(lines):
        start, end = lines[at]
        line = text[start:end]
        if not line.strip():
            at += 1
            continue
        kind, after = _block(text, lines, at)
        start, end = _trimmed(text, start, lines[after - 1][1])
        if kind == "prose":
            yield from _paragraph(text, start, end, language)
        elif kind != "table_row" or not _RULE.fullmatch(line):
            yield Span(start, end, kind)
        at = after


def _lines(text: str) -> list[tuple[int, int]]:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    return lines


def _block(text: str, lines: list[tuple[int, int]], at: int) -> tuple[Kind, int]:
    """What begins on line `at`, and the line after its last."""
    line = text[slice(*lines[at])]
    fence = _FENCE.match(line)
    if fence:
        return "code", _closed(text, lines, at, re.compile(rf"[ \t]*{re.escape(fence[1])}+[ \t]*"))
    if line.lstrip().startswith("$$"):
        alone = line.strip()
        if len(alone) > 4 and alone.endswith("$$"):
            return "math", at + 1
        return "math", _closed(text, lines, at, re.compile(r".*\$\$[ \t]*"))
    if _ROW.match(line):
        return "table_row", at + 1
    kind: Kind = "list_item" if _ITEM.match(line) else "prose"
    after = at + 1
    while after < len(lines) and _continues(text[slice(*lines[after])]):
        after += 1
    return kind, after


def _closed(text: str, lines: list[tuple[int, int]], at: int, close: re.Pattern[str]) -> int:
    for after in range(at + 1, len(lines)):
        if close.fullmatch(text[slice(*lines[after])]):
            return after + 1
    return len(lines)


def _continues(line: str) -> bool:
    stripped = line.strip()
    return bool(stripped) and not (
        _FENCE.match(line) or _ITEM.match(line) or _ROW.match(line) or stripped.startswith("$$")
    )


def _paragraph(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    line = text[start:end]
    found = tuple(_sentences(text, start, end, language))
    closed = line.rstrip("\"'”’»)]*_`").endswith((".", "!", "?", "…", "。", "！", "？", "।", "۔", "؟"))
    long = len(line) > _LABEL_IDEOGRAMS if _IDEOGRAM.search(line) else len(line.split()) > _LABEL_WORDS
    short = not long or TERM_BREAK in line
    if len(found) == 1 and "\n" not in line and not closed and short:
        yield Span(start, end, "label")
    else:
        yield from found


def _sentences(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    begin = start
    held: Span | None = None
    for stop in (*_stops(text, start, end, language), end):
        left, right = _trimmed(text, begin, stop)
        begin = stop
        if left == right:
            continue
        if held and not _WORDLIKE.search(text, left, right):
            held = Span(held.start, right, "prose")  # a face or a mark belongs to what was said before
            continue
        if held:
            yield held
        held = Span(left, right, "prose")
    if held:
        yield held


def _stops(text: str, start: int, end: int, language: str) -> Iterator[int]:
    """Where each sentence but perhaps the last ends."""
    opaque = [match.span() for match in _OPAQUE.finditer(text, start, end)]
    begin, at = start, 0
    for mark in _END.finditer(text, start, end):
        while at < len(opaque) and opaque[at][1] <= mark.start():
            at += 1
        inside = at < len(opaque) and opaque[at][0] <= mark.start()
        if not inside and (not mark["stop"] or _ends(text, begin, mark, end, language)):
            begin = mark.end()
            yield begin


def _ends(text: str, begin: int, mark: re.Match[str], end: int, language: str) -> bool:
    """Whether the stop at `mark` ends the sentence that began at `begin`."""
    after = text[mark.end() : min(end, mark.end() + _LOOK_AHEAD)].lstrip()
    if not after:
        return True
    before = _WORD_BEFORE.search(text, max(begin, mark.start() - _LOOK_AHEAD), mark.start())
    word = before[0] if before else ""
    small = after.lstrip(_OPENERS)[:1].islower() and after[0] not in "`$"
    if len(word) == 1 and _MEASURED.search(text[begin : mark.start() - 1][-_LONGEST_NUMBER:]):
        return not small
    if mark["stop"].startswith(".") and not mark["stop"].startswith("..") and _abbreviated(word, language, small=small):
        return False
    if word.isdigit() and text[begin : mark.start()].strip() == word:
        return False  # a numbered item
    return not small or _IDENTIFIER.match(after) is not None


def _abbreviated(word: str, language: str, *, small: bool) -> bool:
    bare = word.casefold().strip("*_")
    known = bare in _ABBREVIATIONS["en"] or bare in _ABBREVIATIONS.get(language, ())
    if bare in _EITHER_WAY:
        return small
    # An initial, as in "J. Smith"; a lone letter that ends a sentence is nearly always marked as code or math.
    return known or (len(bare) == 1 and bare.isalpha() and word.isupper() and word != "I")


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
