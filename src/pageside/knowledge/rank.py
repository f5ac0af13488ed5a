"""Many opinions about what is best, made one: fusing, folding and spreading; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


def fuse(lists: Sequence[Mapping[Key, float]], *, weights: Sequence[float] | None = None) -> dict[Key, float]:
    """One score for everything in any of `lists`, best first: each list scaled by its own spread, then summed.

    A list's scores are mapped so that three standard deviations below their mean become 0 and three above become 1;
    a list whose scores are all alike gives 0.5. What a list does not name gets nothing from it.

    Args:
        weights: What each list counts for; 1 each by default.

    Source: distribution-based score fusion, M. Mazzeschi 2023; the form of Qdrant's `Fusion.DBSF`.
    """
    fused: dict[Key, float] = {}
    for scores, weight in zip(lists, weights or [1.0] * len(lists), strict=True):
        for key, share in _scaled(scores).items():
            fused[key] = fused.get(key, 0.0) + weight * share
    return dict(sorted(fused.items(), key=lambda item: -item[1]))


def _scaled(scores: Mapping[Key, float]) -> dict[Key, float]:
    values = np.fromiter(scores.values(), dtype=np.float64, count=len(scores))
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    if spread < 1e-12:
        return dict.fromkeys(scores, 0.5)
    low = float(values.mean()) - 3 * spread
    return {key: (score - low) / (6 * spread) for key, score in scores.items()}


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
