"""How far the substitutions of one reStructuredText page may grow, each of which may hold others twice."""

from __future__ import annotations

from typing import Final

from docutils import nodes

LONGEST: Final = 2_000  # characters that a substitution stands for that holds others
MOST: Final = 1_000_000  # characters that all of a page stand for


def bounded(document: nodes.document) -> int:
    """Takes references out of `document` that would make it grow out of all proportion, leaving their names as words.

    Returns:
        How many were taken out.
    """
    sizes = _Sizes(document)
    refused = [
        reference
        for reference in document.findall(nodes.substitution_reference)
        if not sizes.spend(sizes.named(reference))
    ]
    for reference in refused:
        reference.replace_self(nodes.Text(reference.astext()))
    return len(refused)


class _Sizes:
    """What the substitutions of a page stand for, in characters."""

    def __init__(self, document: nodes.document) -> None:
        self._definitions = document.substitution_defs
        self._names = document.substitution_names
        self._known: dict[str, int] = {}
        self._left = MOST

    def named(self, reference: nodes.substitution_reference) -> str:
        """The name under which what `reference` means is defined; empty where it is not."""
        name = reference["refname"]
        return str(name if name in self._definitions else self._names.get(name.lower(), ""))

    def spend(self, name: str) -> bool:
        """Whether the substitution `name` may stand in the page once more."""
        size = self._size(name)
        if size > self._left or (size > LONGEST and self._within(name)):
            return False
        self._left -= size
        return True

    def _size(self, name: str) -> int:
        """Characters that `name` stands for; more than may be where it holds itself."""
        waiting, entered = [name], set[str]()
        while waiting:
            here = waiting[-1]
            within = self._within(here) if here not in self._known else []
            if here in self._known:
                waiting.pop()
            elif here not in entered:
                entered.add(here)
                waiting += [inner for inner in within if inner not in self._known and inner not in entered]
            else:
                own = len(self._definitions[here].astext()) + 1 if here else 0
                self._known[here] = own + sum(self._known.get(inner, MOST) for inner in within)
                waiting.pop()
        return self._known[name]

    def _within(self, name: str) -> list[str]:
        if not name:
            return []
        return [self.named(inner) for inner in self._definitions[name].findall(nodes.substitution_reference)]
