"""Passages as evidence: which are given to the model, under which numbers, within which budget; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pageside.answer.events import Evidence
from pageside.knowledge.passage import Found

_TOKENS_PER_WORD = 1.35  # English prose and code through the tokenizers of current models; rounded up
_TOKENS_PER_WIDE_CHARACTER = 1.0


def tokens(text: str) -> int:
    """An estimate of what `text` costs a model, in tokens; rather too high than too low."""
    wide = sum(1 for character in text if ord(character) >= 0x2E80)
    by_words = len(text.split()) * _TOKENS_PER_WORD
    by_length = (len(text) - wide) / 4
    return round(max(by_words, by_length) + wide * _TOKENS_PER_WIDE_CHARACTER)


def gather(found: Sequence[Found], *, limit_passages: int = 6, limit_tokens: int = 3000) -> tuple[Evidence, ...]:
    """The passages a model is given, best first, numbered from 1.

    A passage that does not fit the budget is left out and a shorter one behind it may take its place; the best one is
    always there. A quiz never is: half of what it says is wrong on purpose.

    Args:
        limit_passages: At most so many, from 1.
        limit_tokens: What their texts may cost together, in tokens.
    """
    return extend((), found, limit_passages=limit_passages, limit_tokens=limit_tokens)


def extend(
    known: Sequence[Evidence], found: Iterable[Found], *, limit_passages: int, limit_tokens: int
) -> tuple[Evidence, ...]:
    """What `found` adds to `known`, numbered on from it; a passage already known is not added again.

    Args:
        limit_passages: At most so many new ones.
        limit_tokens: What the new ones may cost together, in tokens.
    """
    seen = {evidence.found.passage.id for evidence in known}
    added: list[Evidence] = []
    left = limit_tokens
    for candidate in found:
        if len(added) == limit_passages:
            break
        cost = tokens(candidate.passage.text)
        if candidate.passage.id in seen or candidate.passage.labels.get("section_type") == "quiz":
            continue
        if cost > left and (added or known):
            continue
        seen.add(candidate.passage.id)
        left -= cost
        added.append(Evidence(len(known) + len(added) + 1, candidate))
    return tuple(added)
