"""Where in a page a reader's selection stands, whatever the browser made of its characters; pure."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final

from pageside.knowledge.passage import Passage

LONG_ENOUGH: Final = 16  # characters that tell a place in a whole book from others
_MOST_PLACES: Final = 3  # passages that a word found all over the page may stand for
_ENOUGH_OF_IT: Final = 0.6  # share of a selection whose lines must be found where the whole is not
_PIECE: Final = 6  # bare characters by which surroundings are compared
_ENOUGH_OF_PIECES: Final = 0.4  # a formula is on the clipboard up to three times
_STRAY: Final = 80  # bare characters of the page that may stand between those of a selection
_TRACE: Final = 0.1  # share of the pieces found that may be in a passage by chance
_WINDOW: Final = 400  # bare characters on either side of a place that surroundings are compared with, at most

# A browser copies neither list markers nor table rules, quote marks nor code fences.
_MARKUP: Final = re.compile(
    r"^[ \t]*(?:(?:[-*+>]|\d+[.)]|\#{1,6})[ \t]+)+|^[ \t]*(?:`{3,}|~{3,}).*$|^[ \t|:-]+$", re.MULTILINE
)
# What buttons over a block of code say, which a selection across them copies.
_BUTTONS: Final = re.compile(r"^\s*(?:copy(?: code| to clipboard)?|copied!?)\s*$", re.IGNORECASE | re.MULTILINE)
_NUMBER: Final = re.compile(r"^[ \t]*(\d+)(?:[ \t]+|$)", re.MULTILINE)
# Emphasis, code and table marks, permalink signs; dashes and quotes, which typesetting changes; spaces, which it moves.
_INVISIBLE: Final = re.compile(
    r"[\s*_`~|\\$¶\-\u00ad\u2010-\u2015\u2212\"'\u2018-\u201f\u00b4\u200b-\u200f\u2060\ufeff]+"
)


def bare(text: str) -> str:
    """What is left of `text` when everything is gone that a browser changes: case, spaces, dashes, quotes, markup."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", _MARKUP.sub("", text)).casefold())


def locate(quote: str, passages: Sequence[Passage], *, near: str = "") -> tuple[Passage, ...]:
    """The passages that `quote` lies in, in reading order; empty where it does not stand in the page.

    A long quote gives the first place it is found at; one of a word or two gives the passages that hold it as a word,
    three at most. Where the whole is not found, the places of its lines count; then the stretch of the page that has
    most of its pieces, as when it holds drawn formulas, numbers of lines, or what a button says. Of a quote that stands
    in several places, the one among the words of `near` is meant, where one is.

    Args:
        passages: Of one page, in reading order.
        near: Text around the selection, with or without it.
    """
    wanted = bare(quote)
    if not wanted or not passages:
        return ()
    page = _Page(passages)
    without = _unnumbered(_BUTTONS.sub("", quote))
    if bare(without) and not page.find(wanted):
        quote, wanted = without, bare(without)
    if found := page.find(wanted):
        if len(found) > 1 and (at := page.nearest(found, len(wanted), bare(near))) is not None:
            return page.within(at, at + len(wanted))
        if len(wanted) >= LONG_ENOUGH:
            return page.within(found[0], found[0] + len(wanted))
        return _holding(quote, passages) or page.spanned((at, at + len(wanted)) for at in found)[:_MOST_PLACES]
    return page.lines(quote) or page.nearly(wanted)


def _unnumbered(quote: str) -> str:
    """`quote` without the numbers before its lines, where they count them."""
    numbers = [int(found[1]) for found in _NUMBER.finditer(quote)]
    counting = len(numbers) > 1 and all(after == before + 1 for before, after in pairwise(numbers))
    return _NUMBER.sub("", quote) if counting else quote


def _holding(quote: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The first passages in whose text `quote` stands as whole words."""
    words = r"\W+".join(map(re.escape, re.findall(r"\w+", quote)))
    pattern = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
    return tuple(passage for passage in passages if words and pattern.search(passage.text))[:_MOST_PLACES]


class _Page:
    """A page's bare text, and which passage each of its characters comes from."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        shown = [bare(text) for text in _shown(passages)]
        self._text = "".join(shown)
        self._starts = [0, *accumulate(map(len, shown))][:-1]

    def find(self, wanted: str) -> list[int]:
        """Where `wanted` stands in the bare text."""
        return [match.start() for match in re.finditer(re.escape(wanted), self._text)]

    def nearest(self, places: Sequence[int], length: int, near: str) -> int | None:
        """Which of `places` has most of the pieces of `near` around it; None where no one place has the most."""
        wanted, width = _pieces(near), min(_WINDOW, len(near))
        shares = [len(wanted & _pieces(self._text[max(0, at - width) : at + length + width])) for at in places]
        best = max(shares)
        if not best:
            return None
        nearest = [at for at, share in zip(places, shares, strict=True) if share == best]
        held = {tuple(passage.id for passage in self.within(at, at + length)) for at in nearest}
        return nearest[0] if len(held) == 1 else None

    def within(self, start: int, end: int) -> tuple[Passage, ...]:
        """The passages that characters `start` to `end` of the bare text come from."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        return tuple(self._passages[first : last + 1])

    def spanned(self, spans: Iterable[tuple[int, int]]) -> tuple[Passage, ...]:
        """The passages of all these spans of the bare text, each once, in reading order."""
        held = {passage.id for span in spans for passage in self.within(*span)}
        return tuple(passage for passage in self._passages if passage.id in held)

    def lines(self, quote: str) -> tuple[Passage, ...]:
        """The passages of the lines of `quote`, where most of it is found line by line."""
        lines = [line for line in map(bare, quote.splitlines()) if line]
        places = ((line, self.find(line)) for line in lines if len(line) >= LONG_ENOUGH)
        spans = [(found[0], found[0] + len(line)) for line, found in places if found]
        if sum(end - start for start, end in spans) < _ENOUGH_OF_IT * sum(map(len, lines)):
            return ()
        return self.spanned(spans)

    def nearly(self, wanted: str) -> tuple[Passage, ...]:
        """The passages of the stretch that has most of the pieces of `wanted`; empty where it has too few."""
        pieces = _pieces(wanted)
        if len(wanted) < LONG_ENOUGH or not pieces:
            return ()
        held = [at for at in range(len(self._text) - _PIECE + 1) if self._text[at : at + _PIECE] in pieces]
        width = len(wanted) + _STRAY
        best: tuple[int, int, int] = (0, 0, 0)  # how many different pieces, from which of `held` to which
        counts: Counter[str] = Counter()
        first = 0
        for last, at in enumerate(held):
            counts[self._text[at : at + _PIECE]] += 1
            while at - held[first] > width:
                gone = self._text[held[first] : held[first] + _PIECE]
                counts[gone] -= 1
                if not counts[gone]:
                    del counts[gone]
                first += 1
            if len(counts) > best[0]:
                best = (len(counts), first, last)
        found, first, last = best
        if found < _ENOUGH_OF_PIECES * len(pieces):
            return ()
        return self._mostly(held[first : last + 1])

    def _mostly(self, places: Sequence[int]) -> tuple[Passage, ...]:
        """The passages that more than a trace of `places` are in."""
        counts = Counter(bisect_right(self._starts, at) - 1 for at in places)
        least = _TRACE * len(places)
        return tuple(self._passages[number] for number in sorted(counts) if counts[number] > least)


def _pieces(text: str) -> frozenset[str]:
    return frozenset(text[at : at + _PIECE] for at in range(len(text) - _PIECE + 1))


def _shown(passages: Sequence[Passage]) -> Iterator[str]:
    """Each passage as the page shows it: under its heading where that is a new one."""
    yield f"{passages[0].heading}\n{passages[0].text}"
    for before, passage in pairwise(passages):
        new = passage.heading_path != before.heading_path
        yield f"{passage.heading}\n{passage.text}" if new else passage.text
