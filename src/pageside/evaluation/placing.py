"""Where the gold places of a question file stand in an index; pure."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from pageside.evaluation.cases import Case, Gold
from pageside.knowledge.passage import Passage

_BARE: Final = re.compile(r"[\W_]+")
_RUN: Final = 5  # words
_OVERLAP: Final = 0.5  # of the shorter text's runs of words


@dataclass(frozen=True, slots=True)
class Placed:
    """The gold places of one question.

    Attributes:
        passages: For each gold place the ids of the passages that hold it; none where the book does not have it.
        lost: A sentence for each gold place that the book does not have.
    """

    passages: tuple[frozenset[str], ...]
    lost: tuple[str, ...]

    def ranks(self, ranking: Sequence[str]) -> tuple[int, ...]:
        """Of each gold place the rank, from 1, of the first passage that holds it; 0 where none does."""
        places = {id_: rank for rank, id_ in reversed(list(enumerate(ranking, start=1)))}
        return tuple(min((places[id_] for id_ in ids if id_ in places), default=0) for ids in self.passages)


def bare(text: str) -> str:
    """The letters and digits of a text, so that markup and white space do not count."""
    return _BARE.sub("", text).casefold()


def place(cases: Iterable[Case], passages: Sequence[Passage]) -> dict[str, Placed]:
    """For each question, by its id, where its gold places stand among `passages`."""
    shelf = _Shelf(passages)
    return {case.id: _placed(case, shelf) for case in cases}


class _Shelf:
    """The passages of a book, to be looked up in several ways."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self.ids = frozenset(passage.id for passage in passages)
        self._passages = passages
        self.by_path: Mapping[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            self.by_path[passage.path].append(passage)
        self._runs: dict[str, set[int]] | None = None
        self._bare: dict[str, str] = {}

    def bare(self, passage: Passage) -> str:
        if passage.id not in self._bare:
            self._bare[passage.id] = bare(passage.text)
        return self._bare[passage.id]

    def holding(self, quote: str) -> Iterable[Passage]:
        """Passages of any page that share enough runs of words with `quote`."""
        if self._runs is None:
            self._runs = defaultdict(set)
            for number, passage in enumerate(self._passages):
                for run in _runs(passage.text):
                    self._runs[run].add(number)
        counts: dict[int, int] = defaultdict(int)
        wanted = _runs(quote)
        for run in wanted:
            for number in self._runs.get(run, ()):
                counts[number] += 1
        for number, shared in counts.items():
            if shared >= _OVERLAP * min(len(wanted), len(_runs(self._passages[number].text))):
                yield self._passages[number]


def _runs(text: str) -> frozenset[str]:
    words = re.findall(r"\w+", text.casefold())
    size = min(_RUN, len(words))
    return frozenset(" ".join(words[at : at + size]) for at in range(len(words) - size + 1)) if words else frozenset()


def _placed(case: Case, shelf: _Shelf) -> Placed:
    found = [frozenset(passage.id for passage in _found(gold, shelf)) for gold in case.golds]
    lost = [_told(gold, shelf) for gold, ids in zip(case.golds, found, strict=True) if not ids]
    return Placed(tuple(found), tuple(lost))


def _found(gold: Gold, shelf: _Shelf) -> Iterable[Passage]:
    if gold.passage:
        return [passage for passages in shelf.by_path.values() for passage in passages if passage.id == gold.passage]
    if not gold.path:
        return shelf.holding(gold.quote)
    page = shelf.by_path.get(gold.path, [])
    if gold.quote:
        wanted = bare(gold.quote)
        return [
            each for each in page if wanted in shelf.bare(each) or (shelf.bare(each) and shelf.bare(each) in wanted)
        ]
    if gold.heading:
        wanted = bare(gold.heading)
        return [each for each in page if wanted in map(bare, each.heading_path)]
    return page


def _within(wanted: str, there: str) -> bool:
    """Whether one of two bare texts holds the other: a sentence in its passage, or a passage of a long quote."""
    return wanted in there or (bool(there) and there in wanted)


def _told(gold: Gold, shelf: _Shelf) -> str:
    if gold.passage:
        return f"no passage has the id {gold.passage!r}"
    if not gold.path:
        return f"no page holds {_short(gold.quote)!r}"
    if gold.path not in shelf.by_path:
        near = difflib.get_close_matches(gold.path, list(islice(shelf.by_path, 5000)), n=1)
        return f"the book has no page {gold.path!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    if gold.quote:
        return f"{gold.path} does not hold {_short(gold.quote)!r}"
    return f"{gold.path} has no section {gold.heading!r}"


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
