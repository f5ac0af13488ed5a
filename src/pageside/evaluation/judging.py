"""Whether an answer is what its question wants: by gold places, and by what it has to say and must not; pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pageside.evaluation.cases import Case, Gold
from pageside.evaluation.placing import Placed, bare
from pageside.evaluation.results import Result

_MARKER: Final = re.compile(r"\[\d+\]")
_DECORATION: Final = re.compile(r"[*_`~]+")


def includes(answer: str, wanted: str) -> bool:
    """Whether `wanted` stands in `answer` as whole words; case, space, emphasis and citation marks do not count."""
    shown, sought = _plain(answer), _plain(wanted)
    before = r"(?<!\w)" if sought[:1].isalnum() else ""
    after = r"(?!\w)" if sought[-1:].isalnum() else ""
    return bool(re.search(f"{before}{re.escape(sought)}{after}", shown))


def _plain(text: str) -> str:
    bare_text = _DECORATION.sub("", _MARKER.sub("", unicodedata.normalize("NFKC", text)))
    return " ".join(bare_text.casefold().split())


@dataclass(frozen=True)
class Judged:
    """A question, what came of it, and what that is worth."""

    case: Case
    result: Result
    placed: Placed

    @cached_property
    def ranks(self) -> tuple[int, ...]:
        """Of each gold place the rank of the first passage that holds it; 0 where none among ten does."""
        return self.placed.ranks(self.result.ranking)

    @property
    def answered(self) -> bool:
        """Whether something was said as the book's answer."""
        return self.result.outcome == "answered"

    @cached_property
    def cited(self) -> tuple[bool, ...]:
        """Of each gold place, whether the answer cites a passage that holds it."""
        cited = {source.passage for source in self.result.sources}
        return tuple(bool(ids & cited) for ids in self.placed.passages)

    @cached_property
    def quoted(self) -> tuple[bool, ...]:
        """Of each gold place, whether the answer quotes it: its sentence where one is named, or a passage of it."""
        return tuple(
            any(_holds(gold, ids, source.passage, source.quote) for source in self.result.sources)
            for gold, ids in zip(self.case.golds, self.placed.passages, strict=True)
        )

    @cached_property
    def missing(self) -> tuple[tuple[str, ...], ...]:
        """What the answer had to say and does not."""
        return tuple(
            each for each in self.case.must_include if not any(includes(self.result.text, one) for one in each)
        )

    @cached_property
    def forbidden(self) -> tuple[str, ...]:
        """What the answer must not say and does."""
        return tuple(each for each in self.case.must_not_include if includes(self.result.text, each))

    @property
    def right(self) -> bool | None:
        """Whether the answer is right; None where the row says too little to tell.

        An answer is right when the question has one, nothing is said that must not be, and it holds what it must
        include, or, where that is not said, cites a passage with a gold place: with each of them for `two_sections`.
        """
        if not self.case.answerable:
            return False
        if self.forbidden or not self.answered:
            return False
        if self.case.must_include:
            return not self.missing
        if not self.case.golds:
            return None
        return all(self.cited) if self.case.kind == "two_sections" else any(self.cited)


def _holds(gold: Gold, ids: frozenset[str], passage: str, quote: str) -> bool:
    if passage not in ids:
        return False
    if not (gold.quote and gold.path):
        return True
    shown, wanted = bare(quote), bare(gold.quote)
    return bool(shown) and (wanted in shown or shown in wanted)
