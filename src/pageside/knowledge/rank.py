"""Many opinions about what is best, made one: fusing, folding and spreading; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import islice
from typing import TypeVar

import numpy as np

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


def fuse(
    lists: Sequence[Mapping[Key, float]], *, weights: Sequence[float] | None = None, depth: int = 100
) -> dict[Key, float]:
    """One score for everything among the best of any of `lists`, best first: each scaled by its own spread, summed.

    Mean and spread of a list are those of its best `depth`; a standard deviation from the mean counts a sixth. What
    a list does not name has a score of 0 there.

    Args:
        lists: Best first. Naming more than `depth` tells how those do that are best elsewhere.
        weights: What each list counts for; 1 each by default.

    Source: distribution-based score fusion, M. Mazzeschi 2023, in which what a list's best do not name gets nothing;
        here it gets what it has.
    """
    wanted = list(dict.fromkeys(key for scores in lists for key in islice(scores, depth)))
    fused = dict.fromkeys(wanted, 0.0)
    for scores, weight in zip(lists, weights or [1.0] * len(lists), strict=True):
        mean, spread = _spread(list(islice(scores.values(), depth)))
        for key in wanted:
            share = (scores.get(key, 0.0) - mean) / (6 * spread)
            fused[key] += weight * max(-1.0, min(1.0, share))
    return dict(sorted(fused.items(), key=lambda item: -item[1]))


def _spread(scores: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation; a quarter of the mean where there are too few to differ, or none of them does."""
    if not scores:
        return 0.0, 1.0
    mean = float(np.mean(scores))
    spread = float(np.std(scores)) if len(scores) > 2 else 0.0
    return mean, spread if spread > 1e-6 * abs(mean) + 1e-12 else abs(mean) / 4 or 1.0


def folded(items: Iterable[Item], *, text: Callable[[Item], str], alike: float = 0.9) -> list[Item]:
    """`items` without those whose text nearly repeats an earlier one's.

    Args:
        alike: From which share of common word triples, 0 to 1, two texts count as the same.
    """
    kept: list[tuple[Item, frozenset[tuple[str, ...]]]] = []
    for item in items:
        shingles = _shingles(text(item))
        if not any(_overlap(shingles, other) >= alike for _, other in kept):
            kept.append((item, shingles))
    return [item for item, _ in kept]


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = text.lower().split()
    return frozenset(tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2)))


def _overlap(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other)


def spread(items: Iterable[Item], *, group: Callable[[Item], Hashable], at_most: int) -> list[Item]:
    """`items` with no more than `at_most` of one group in front; the rest of it follows at the end, in order."""
    seen: Counter[Hashable] = Counter()
    front: list[Item] = []
    back: list[Item] = []
    for item in items:
        seen[group(item)] += 1
        (front if seen[group(item)] <= at_most else back).append(item)
    return front + back


def heard(
    items: Iterable[Item], others: Iterable[Item], *, group: Callable[[Item], Hashable], first: int
) -> list[Item]:
    """`items` with `others` put in behind the first few, each group once."""
    best = list(items)
    by_group: dict[Hashable, Item] = {}
    for item in (*best[:first], *others, *best[first:]):
        by_group.setdefault(group(item), item)
    return list(by_group.values())
