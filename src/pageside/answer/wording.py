"""A sentence as checking reads it: its words in order, with stem, clause, and whether they carry meaning; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pageside.knowledge import keywords

_WORD: Final = re.compile(
    r"(?P<identifier>[A-Za-z_]\w*(?:(?:\.|::|_)\w+)+|\w+[_]\w*|\w*[a-z][A-Z]\w*)"
    r"|(?P<number>\d[\d,\u202f]*(?:\.\d+)*\w*)"
    r"|(?P<word>[^\W\d_]\w*(?:['’]\w+)?(?:\+\+|\#)?)"
    r"|(?P<stop>[,;:()\[\]—–.!?|\n])"
)
_MARKUP: Final = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|`+|\]\([^)\s]*\)|<[^<>\n]+>")
_CODE: Final = re.compile(r"`([^`\n]{1,40})`")
_JOINTS: Final = frozenset(
    "but because while whereas although though unless which so that if when since until and or then whose where".split()  # noqa: SIM905  # read more easily as words
)
_LIGHT: Final = frozenset(
    "always also both just often only still usually very never sometimes yet even really actually e.g i.e".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a sentence.

    Attributes:
        raw: As written, without emphasis and code marks.
        clause: Number of the clause it stands in, from 0.
        carries: It says something by itself: neither an article, a preposition, a particle nor a number.
        name: It is written as a name, identifier or code, and does not merely begin the sentence.
        begins: It is the first word of a sentence.
    """

    raw: str
    low: str
    stem: str
    clause: int
    carries: bool
    name: bool
    number: bool
    begins: bool


def plain(text: str) -> str:
    """`text` without emphasis, code marks, addresses of links and tags; `$x$` without its signs."""
    return re.sub(r"\$([^$\n]+)\$", r"\1", _MARKUP.sub(" ", text))


@lru_cache(maxsize=2048)
def words(text: str, language: str = "en") -> tuple[Word, ...]:
    """The words of `text` in order; those with a hyphen are two."""
    bare = plain(text)
    telling = frozenset(keywords.query(bare, languages=[language])) if bare.strip() else frozenset()
    code = frozenset(piece for span in _CODE.findall(text) for piece in re.findall(r"\w+", span))
    return tuple(_words(bare, language, telling, code))


def _words(text: str, language: str, telling: frozenset[str], code: frozenset[str]) -> Iterator[Word]:
    clause, begins = 0, True
    for match in _WORD.finditer(text):
        raw = match.group()
        if match["stop"]:
            # a stop inside a list of two such as "5 V, 6 V" parts them as much as one between sentences
            clause += 1
            begins = begins or raw in ".!?:|\n"
            continue
        low = raw.lower().replace("’", "'")
        if low in _JOINTS:
            clause += 1
        # the whole of an identifier comes before its parts
        stem = next(iter(keywords.terms(raw, language=language)), low)
        number = match["number"] is not None
        identifier = match["identifier"] is not None
        capital = raw[0].isupper() and (len(raw) > 1 or not begins) and low != "i"
        acronym = len(raw) > 1 and raw.isupper()
        yield Word(
            raw,
            low,
            stem,
            clause,
            carries=not number and stem in telling and low not in _LIGHT,
            name=identifier or acronym or raw in code or (capital and not begins),
            number=number,
            begins=begins,
        )
        begins = False


@lru_cache(maxsize=2048)
def stems(text: str, language: str = "en") -> frozenset[str]:
    """The stems of all words of `text`, and those of the parts of its identifiers."""
    return frozenset(keywords.terms(plain(text), language=language))


@lru_cache(maxsize=2048)
def content(text: str, language: str = "en") -> frozenset[str]:
    """The stems of the words of `text` that carry meaning."""
    return frozenset(word.stem for word in words(text, language) if word.carries)


def around(row: Sequence[Word], at: int, *, reach: int = 3, anywhere: bool = False) -> frozenset[str]:
    """Stems of the `reach` words that carry meaning on each side of place `at`, in its clause or `anywhere`."""
    here = row[at].clause
    before = [word.stem for word in reversed(row[:at]) if word.carries and (anywhere or word.clause == here)][:reach]
    behind = [word.stem for word in row[at + 1 :] if word.carries and (anywhere or word.clause == here)][:reach]
    return frozenset((*before, *behind))


def lows(row: Sequence[Word]) -> frozenset[str]:
    """Every form a word of `row` may be found by: as written in small letters, its stem, its parts."""
    return frozenset(each for word in row for each in (word.low, word.stem, *stems(word.raw)))


def holds(word: Word, held: frozenset[str]) -> bool:
    """Whether a name is among the forms `held`, if need be as a part of a longer one."""
    return (
        word.low in held
        or word.stem in held
        or any(word.low in other for other in held if len(other) > len(word.low) > 3)
    )
