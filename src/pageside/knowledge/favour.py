"""Passages that suit a reader better than others, put in front of those that are nearly as relevant; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from pageside.knowledge.index import Hit
from pageside.knowledge.passage import Found, Passage
from pageside.knowledge.reading import labels

# How much likelier a passage that suits must be thought of: a judgement, for there are no questions to fit it to.
_ODDS: Final = 6.0


def ordered(hits: Sequence[Hit], relevances: Sequence[float], favours: Mapping[str, str]) -> tuple[Found, ...]:
    """`hits` as findings, best first; one that suits counts as several times as likely, and keeps its own relevance.

    Without `favours`, or where nothing suits, the order is that of `hits`.

    Args:
        relevances: Of each of `hits`.
        favours: Labels, or the `path`, of what suits.
    """
    found = [Found(hit.passage, relevance) for hit, relevance in zip(hits, relevances, strict=True)]
    likely = [each for each in found if suits(each.passage, favours)]
    if not likely:
        return tuple(found)
    # What suits moves up; what does not keeps the order among itself that the index gave it.
    rest = [each for each in found if each not in likely]
    merged: list[Found] = []
    for each in rest:
        while likely and _odds(likely[0]) * _ODDS >= _odds(each):
            merged.append(likely.pop(0))
        merged.append(each)
    return (*merged, *likely)


def of_page(favours: Mapping[str, str], path: str | None) -> Mapping[str, str]:
    """`favours` whose `path`, where there is one, is that of a page of the book."""
    if "path" not in favours:
        return favours
    return {**favours, "path": path or ""}


def suits(passage: Passage, favours: Mapping[str, str]) -> bool:
    """Whether `passage` has one of these labels, or names it in a heading, as "Tier 2: an edge kit" does."""
    return any(
        passage.path == value
        if name == "path"
        else has(name, value, labelled=passage.labels, headings=passage.heading_path)
        for name, value in favours.items()
    )


def has(name: str, value: str, *, labelled: Mapping[str, str], headings: Sequence[str]) -> bool:
    """Whether the label `name` is among `labelled` with this value, or one of `headings` names it by its number."""
    wanted = labels.normal(name, value)
    if name in labelled and wanted in labels.forms(name, labelled[name]):
        return True
    word = name.rpartition("_")[2]
    shape = rf"\b{re.escape(word)}[\s_-]*0*{wanted}\b"
    return wanted.isdigit() and any(re.search(shape, heading, re.IGNORECASE) for heading in headings)


def _odds(found: Found) -> float:
    return found.relevance / max(1e-9, 1 - found.relevance)
