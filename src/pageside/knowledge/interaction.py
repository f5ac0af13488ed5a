"""Late interaction: each telling word of a question beside the word of a text that is likest to it, in its place; pure.

A sentence's own vector says what it is about. That it speaks of threads hides that it says nothing of their priority,
which the word "priority" shows when it finds no match.

Source: Khattab and Zaharia, "ColBERT", SIGIR 2020, section 3.2, with the states of a sentence encoder, by whole words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from pageside.knowledge import keywords
from pageside.knowledge.embed import Pieces, Vectors, unit

# What a word that stands in the text, and one that does not, come to in the mean where states can be compared.
_THERE: Final = 0.84
_ABSENT: Final = 0.35


def matches(question: str, asked: Pieces, texts: Sequence[str], told: Sequence[Pieces]) -> Vectors:
    """For each of `texts` a row, for each telling word of `question` a column: the best likeness to any of its words.

    Returns:
        Cosines, -1 to 1; no columns where the question has no telling word.
    """
    wanted = _words(question, asked, telling=True)
    rows = [_best(wanted, _words(text, pieces)) for text, pieces in zip(texts, told, strict=True)]
    return np.asarray(rows, dtype=np.float32).reshape(len(texts), len(wanted))


def by_words(question: str, texts: Sequence[str]) -> Vectors:
    """As `matches`, where no model reads them: a word matches where it stands in the text."""
    wanted = [keywords.terms(word, language="en") for word in keywords.content(question)]
    held = [frozenset(keywords.terms(text, language="en")) for text in texts]
    rows = [[_THERE if held_by.intersection(word) else _ABSENT for word in wanted] for held_by in held]
    return np.asarray(rows, dtype=np.float32).reshape(len(texts), len(wanted))


def _best(wanted: Vectors, there: Vectors) -> Vectors:
    return (wanted @ there.T).max(axis=1) if len(there) else np.zeros(len(wanted), dtype=np.float32)


def _words(text: str, pieces: Pieces, *, telling: bool = False) -> Vectors:
    """A unit row for each word of `text` that the model read: the mean of its pieces."""
    begins, ends = np.array(pieces.spans or ((0, 0),)).T
    rows = []
    for word, start, end in keywords.placed(text):
        of_word = (begins < end) & (ends > start)
        if of_word.any() and (not telling or keywords.content(word)):
            rows.append(pieces.states[of_word].mean(axis=0))
    return unit(np.array(rows)) if rows else np.empty((0, pieces.states.shape[1]), dtype=np.float32)
