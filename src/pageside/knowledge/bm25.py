"""BM25 as SQLite's FTS5 computes it, taken apart into one weight for each term of each passage.

The weight of a term in a passage does not depend on the question, so a sparse vector can hold it: the dot product with
a question's terms, each 1, is the score that FTS5 gives.

Source: ext/fts5/fts5_aux.c of SQLite 3.46, `fts5Bm25Function`.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_K1: Final = 1.2
_B: Final = 0.75
_LEAST_IDF: Final = 1e-6  # of a term that more than half of the passages hold

Numbers = NDArray[np.uint32]
Weights = NDArray[np.float32]


@lru_cache(maxsize=131072)
def number(term: str) -> int:
    """The coordinate of `term` in a sparse vector, from 0 to 2**32 - 1.

    Two terms of one book share a number about once in 2**32 / (terms of the book) terms: then they count as one word.
    """
    return int.from_bytes(hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=4).digest())


def rarity(held: int, size: int) -> float:
    """The logarithm, above 0, of how rare a term is that `held` of `size` passages hold."""
    return math.log1p(size / (held + 0.5))


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of every passage of a book, counted.

    Attributes:
        held: For the number of each term, how many passages hold it.
    """

    numbers: Sequence[Numbers]
    frequencies: Sequence[Weights]
    lengths: Sequence[int]
    held: Mapping[int, int]

    def weights(self) -> Iterator[tuple[Numbers, Weights]]:
        """For each passage the numbers of its terms, each once, and the BM25 of each, above 0."""
        size = len(self.lengths)
        mean = sum(self.lengths) / size if size else 1.0
        for numbers, frequencies, length in zip(self.numbers, self.frequencies, self.lengths, strict=True):
            held = np.array([self.held[int(each)] for each in numbers], dtype=np.float64)
            idf = np.log((size - held + 0.5) / (held + 0.5))
            damped = frequencies + _K1 * (1 - _B + _B * length / mean)
            scores = np.where(idf > 0, idf, _LEAST_IDF) * frequencies * (_K1 + 1) / damped
            yield numbers, scores.astype(np.float32)


def counted(passages: Iterable[Sequence[Sequence[str]]], *, counting: Sequence[float]) -> Terms:
    """The terms of `passages`, each given as its columns of terms.

    Args:
        counting: What a term counts for in each column.
    """
    numbers: list[Numbers] = []
    frequencies: list[Weights] = []
    lengths: list[int] = []
    held: Counter[int] = Counter()
    for columns in passages:
        times: dict[int, float] = {}
        for terms, weight in zip(columns, counting, strict=True):
            for term in terms:
                times[number(term)] = times.get(number(term), 0.0) + weight
        held.update(times.keys())
        numbers.append(np.fromiter(times.keys(), dtype=np.uint32, count=len(times)))
        frequencies.append(np.fromiter(times.values(), dtype=np.float32, count=len(times)))
        lengths.append(sum(map(len, columns)))
    return Terms(numbers, frequencies, lengths, held)
