"""How much a section confuses its readers: a part of them, said with care where there are few; pure."""

from __future__ import annotations

import math
from typing import Final

UNSURE: Final = 0.5  # an answer less confident than this is one that the book hardly supports

_Z: Final = 1.96


def lower_bound(hits: int, n: int) -> float:
    """The least part, 0 to 1, of a whole that 95 of 100 samples like `hits` of `n` would leave open; 0 of nothing.

    Source: Wilson, JASA 22, 1927: the lower end of the score interval.
    """
    if n <= 0:
        return 0.0
    part, square = hits / n, _Z * _Z
    middle = part + square / (2 * n)
    spread = _Z * math.sqrt((part * (1 - part) + square / (4 * n)) / n)
    return min(1.0, max(0.0, (middle - spread) / (1 + square / n)))


def reasons(
    *, questions: int, declined: int, closest: int, negative: int, asked_again: int, unsure: int
) -> tuple[str, ...]:
    """Why a section stands in the list, in sentences, what most questions met first."""
    told = [
        (declined, "The book has no answer to {n} of {all} that led here."),
        (closest, "It is only near to {n} of {all}, and answers none of them."),
        (asked_again, "After {n} of {all} the same reader soon asked again."),
        (negative, "The answers to {n} of {all} were disliked."),
        (unsure, "The answers to {n} of {all} were unsure."),
    ]
    several = [(n, sentence) for n, sentence in told if n]
    return tuple(
        sentence.format(n=n, all=f"{questions} question{'' if questions == 1 else 's'}")
        for n, sentence in sorted(several, key=lambda each: -each[0])
    )
