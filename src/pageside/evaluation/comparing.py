"""What changed between two runs of the same questions: in answers, in support, and in the book; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pageside.evaluation.judging import Judged
from pageside.knowledge.index import DocumentRow
from pageside.knowledge.passage import Passage

What = Literal["broken", "let_through", "refused", "support_lost", "mended", "answerable", "source_changed", "reworded"]
GRAVE: Final = frozenset({"broken", "let_through", "refused", "support_lost"})

# The worst first: what an author has to look at stands on top.
TOLD: Mapping[What, str] = {
    "broken": "was right and is not",
    "let_through": "is not in the book and is answered now",
    "refused": "was answered and is not any more",
    "support_lost": "lost the support of some sentences",
    "mended": "was not right and is",
    "answerable": "was not answered and is",
    "source_changed": "is answered from a text that has changed",
    "reworded": "is answered in other words",
}


@dataclass(frozen=True, slots=True)
class Change:
    """A question that came out otherwise."""

    what: What
    before: Judged
    after: Judged


@dataclass(frozen=True, slots=True)
class Pages:
    """How a book changed, by the paths of its pages."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]


def changes(
    before: Sequence[Judged],
    after: Sequence[Judged],
    *,
    passages_before: Mapping[str, Passage],
    passages_after: Mapping[str, Passage],
) -> tuple[Change, ...]:
    """The questions that came out otherwise, the gravest first; each once, under what is gravest about it."""
    then = {each.case.id: each for each in before}
    order = list(TOLD)
    found = []
    for now in after:
        old = then.get(now.case.id)
        if old is None or old.result.error or now.result.error:
            continue
        what = _what(old, now, _sources(old, passages_before) - set(passages_after))
        if what is not None:
            found.append(Change(what, old, now))
    return tuple(sorted(found, key=lambda change: order.index(change.what)))


def _what(old: Judged, now: Judged, gone: set[str]) -> What | None:
    if old.right and not now.right:
        return "broken"
    if not now.case.answerable and now.answered and not old.answered:
        return "let_through"
    if old.answered and not now.answered and old.right is not False:
        return "refused"
    if _unsupported(now) > _unsupported(old):
        return "support_lost"
    if now.right and not old.right:
        return "mended"
    if now.answered and not old.answered:
        return "answerable"
    if gone:
        return "source_changed"
    if now.result.text != old.result.text and (now.answered or old.answered):
        return "reworded"
    return None


def _unsupported(each: Judged) -> int:
    return each.result.statements - each.result.supported


def _sources(each: Judged, passages: Mapping[str, Passage]) -> set[str]:
    """Ids of the book's passages that the answer cites; an id changes with path, heading and text."""
    return {source.passage for source in each.result.sources if source.passage in passages}


def pages(before: Sequence[DocumentRow], after: Sequence[DocumentRow]) -> Pages:
    """Which pages were added, changed and removed."""
    old, new = ({page.path: page.digest for page in each} for each in (before, after))
    return Pages(
        added=tuple(path for path in new if path not in old),
        changed=tuple(path for path in new if path in old and new[path] != old[path]),
        removed=tuple(path for path in old if path not in new),
    )
