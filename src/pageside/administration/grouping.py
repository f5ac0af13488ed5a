"""Questions of one meaning put together, and the words that several readers have in common; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Final

import numpy as np

from pageside.knowledge import keywords
from pageside.knowledge.embed import Vectors, unit

ALIKE: Final = 0.6  # likeness, of questions by what they mean
SAME_WORDS: Final = 0.4  # likewise, by the words they have in common
MOST_WORDS: Final = 8
FEWEST_READERS: Final = 2  # who wrote a word before others see it

_NONE: Final = -2.0  # less than any likeness


def groups(vectors: Vectors, *, alike: float = ALIKE) -> list[list[int]]:
    """The rows of `vectors` by group, each in order, the groups by their first row; every row is in exactly one.

    The two groups that are most alike become one, until no two are alike enough. How alike two groups are is the mean
    over all pairs of theirs. The same rows give the same groups, whatever stands between them.

    Args:
        vectors: Unit rows, some thousands at most: n of them take n times n numbers of memory.
        alike: From which likeness on, -1 to 1, groups are one.

    Source: Sokal, Michener, 1958: UPGMA, average linkage, by the update of Lance and Williams, 1967.
    """
    if not len(vectors):
        return []
    order = np.lexsort(np.asarray(vectors).T[::-1])  # so that ties do not depend on which question came first
    rows = np.asarray(vectors, dtype=np.float64)[order]
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, _NONE)
    held = [[int(at)] for at in order]
    sizes = np.ones(len(rows))
    while True:
        one, other = divmod(int(likeness.argmax()), len(rows))
        if likeness[one, other] < alike:
            break
        merged = (sizes[one] * likeness[one] + sizes[other] * likeness[other]) / (sizes[one] + sizes[other])
        likeness[one], likeness[:, one] = merged, merged
        likeness[other], likeness[:, other] = _NONE, _NONE
        likeness[one, one] = _NONE
        sizes[one] += sizes[other]
        held[one] += held[other]
        held[other] = []
    return sorted(sorted(group) for group in held if group)


def word_vectors(texts: Sequence[str]) -> Vectors:
    """A unit row for each of `texts`: which words it has; zeros where it has none that mean anything."""
    told = [frozenset(_words(text)) for text in texts]
    places = {word: at for at, word in enumerate(sorted(frozenset().union(*told)))}
    rows = np.zeros((len(texts), max(1, len(places))), dtype=np.float32)
    for row, words in zip(rows, told, strict=True):
        row[[places[word] for word in words]] = 1
    return unit(rows)


def shared_words(said: Iterable[tuple[Hashable, str]]) -> tuple[str, ...]:
    """The words that at least two readers wrote, those of most readers first.

    Args:
        said: Who wrote, and what.
    """
    by_word: dict[str, set[Hashable]] = defaultdict(set)
    for who, text in said:
        for word in _words(text):
            by_word[word].add(who)
    common = [(word, len(readers)) for word, readers in by_word.items() if len(readers) >= FEWEST_READERS]
    return tuple(word for word, _ in sorted(common, key=lambda each: (-each[1], each[0]))[:MOST_WORDS])


def _words(text: str) -> list[str]:
    return [word.casefold() for word in keywords.content(text)]
