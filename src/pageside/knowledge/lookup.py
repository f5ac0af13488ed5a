"""Entries of the contents found as somebody types, by beginnings of words, with a slip of the finger forgiven; pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Final

from pageside.knowledge.contents import Contents, Entry, normal

_LAST: Final = "\U0010ffff"
_FORGIVEN_FROM: Final = 4  # letters of a word in which one may be wrong
_MOST_WORDS: Final = 8
_KINDS: Final = {"group": 0, "page": 1, "section": 2}


class Lookup:
    """Finds entries of one book's contents."""

    def __init__(self, contents: Contents) -> None:
        self._entries = contents.entries
        self._titles = [normal(entry.title) for entry in contents.entries]
        found: dict[str, set[int]] = {}
        for number, entry in enumerate(contents.entries):
            for text in (*entry.names, *map(normal, entry.headings), normal(entry.group)):
                for word in text.split():
                    found.setdefault(word, set()).add(number)
        self._words = sorted(found)
        self._holding = [frozenset(found[word]) for word in self._words]

    def find(self, query: str, *, limit: int) -> tuple[Entry, ...]:
        """Entries that `query` may be meant for, likeliest first; its pages, in reading order, without one.

        A title that begins with the query comes before one that has its words, that before one whose page or module
        has them, and those that hold it in another spelling last; groups and pages come before sections.

        Args:
            limit: At most so many, from 1.
        """
        wanted = normal(query.strip().lstrip("@"))
        if not wanted:
            return tuple(entry for entry in self._entries if entry.kind == "page")[:limit]
        words = wanted.split()[:_MOST_WORDS]
        found = self._all(words, self._beginning) | self._within(wanted)
        if not found:
            found = self._all(words, self._alike)
        ranked = sorted(found, key=lambda number: self._rank(number, wanted, words))
        return tuple(self._entries[number] for number in ranked[:limit])

    def _rank(self, number: int, wanted: str, words: Sequence[str]) -> tuple[int, int, int]:
        entry, title = self._entries[number], self._titles[number]
        if title == wanted:
            tier = 0
        elif title.startswith(wanted):
            tier = 1
        elif all(any(own.startswith(word) for own in title.split()) for word in words):
            tier = 2
        elif wanted in title:
            tier = 3
        else:
            tier = 4
        return (tier, _KINDS[entry.kind], number)

    def _all(self, words: Iterable[str], matching: Callable[[str], Iterable[int]]) -> frozenset[int]:
        nothing: frozenset[int] = frozenset()
        each = [nothing.union(*(self._holding[at] for at in matching(word))) for word in words]
        return reduce(frozenset.intersection, each)

    def _beginning(self, word: str) -> range:
        return range(bisect_left(self._words, word), bisect_right(self._words, word + _LAST))

    def _alike(self, word: str) -> list[int]:
        """The words that begin as `word` does, or would with one letter added, left out, changed or swapped."""
        if len(word) < _FORGIVEN_FROM:
            return list(self._beginning(word))
        return [at for at, known in enumerate(self._words) if begins_alike(known, word)]

    def _within(self, wanted: str) -> frozenset[int]:
        """Entries whose title holds `wanted` anywhere, for scripts that put no spaces between words."""
        if len(wanted) < 2:
            return frozenset()
        return frozenset(number for number, title in enumerate(self._titles) if wanted in title)


def begins_alike(known: str, typed: str) -> bool:
    """Whether `known` begins with `typed`, give or take one letter: added, left out, changed, or two swapped."""
    at = next((n for n, (one, other) in enumerate(zip(known, typed, strict=False)) if one != other), None)
    if at is None:
        return len(typed) <= len(known) + 1
    rest = typed[at + 1 :]
    return (
        known[at + 1 :].startswith(rest)
        or known[at:].startswith(rest)
        or known[at + 1 :].startswith(typed[at:])
        or (known[at : at + 2] == typed[at : at + 2][::-1] and known[at + 2 :].startswith(typed[at + 2 :]))
    )
