"""What of a passage a sentence may be held against: its statements, one by one and two side by side; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pageside.answer import grounding, orders, statements
from pageside.answer.grounding import Verdict
from pageside.answer.statements import Statement
from pageside.knowledge.passage import Passage

_LONGEST_CODE = 200  # characters of a code block that may support a sentence
_JUDGED = 4  # of a passage's statements, those with most words in common


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage that may support a sentence.

    Attributes:
        text: Exactly as in the passage.
        near: The headings, and the statement in front: what "it" in the quote may stand for.
        context: The headings and the whole passage.
        single: It is one statement, not two side by side.
    """

    text: str
    near: str
    context: str
    language: str
    single: bool

    def judge(self, sentence: str, *, similarity: float | None = None) -> Verdict:
        """How well this supports `sentence`; see `grounding.judge`."""
        return grounding.judge(
            sentence, self.text, context=self.context, near=self.near, similarity=similarity, language=self.language
        )

    def reaches(self, sentence: str, *, similarity: float | None = None) -> bool:
        """Whether the words of `sentence` allow this to support it; see `grounding.reaches`."""
        return grounding.reaches(
            sentence, self.text, context=self.context, similarity=similarity, language=self.language
        )

    def nearness(self, sentence: str) -> float:
        """Share of the words of `sentence` that stand here, 0 to 1."""
        return grounding.coverage(sentence, self.text, language=self.language)


def joined(quotes: Sequence[Quote]) -> Quote:
    """Several quotes as one, for a sentence that only all of them support."""
    return Quote(
        "\n\n".join(quote.text for quote in quotes),
        "\n".join(dict.fromkeys(quote.near for quote in quotes)),
        "\n".join(dict.fromkeys(quote.context for quote in quotes)),
        quotes[0].language,
        single=False,
    )


def likely(sentence: str, passage: Passage) -> Iterator[Quote]:
    """The quotes of `passage` that have most words in common with `sentence`, the shortest of equals first."""
    quotes = every(passage)
    shares = [grounding.coverage(sentence, quote.text, language=passage.language) for quote in quotes]
    ranked = sorted(range(len(quotes)), key=lambda at: (-shares[at], len(quotes[at].text)))
    for at in ranked[:_JUDGED]:
        yield quotes[at]


def every(passage: Passage) -> Sequence[Quote]:
    """Every statement of `passage`, and every two that stand side by side; none of a quiz, half of which is wrong."""
    if passage.labels.get("section_type") == "quiz":
        return ()
    return _quotes(passage.text, orders.without(" ".join(passage.heading_path)), passage.language)


@lru_cache(maxsize=512)
def _quotes(text: str, headings: str, language: str) -> Sequence[Quote]:
    ordered = orders.spans(text)
    cut = [
        each
        for each in statements.cut(text, language=language)
        if not each.asks
        # a listing of code has words of everything and says nothing of any
        and not (each.kind == "code" and len(each.text) > _LONGEST_CODE)
        and not any(start <= each.start < end for start, end in ordered)
    ]
    context = f"{headings}\n{text}"
    near = [headings, *(f"{headings}\n{each.text}" for each in cut)]
    singles = (Quote(each.text, near[at], context, language, single=True) for at, each in enumerate(cut))
    pairs = (
        Quote(text[one.start : other.end], near[at], context, language, single=False)
        for at, (one, other) in enumerate(pairwise(cut))
        if _side_by_side(one, other)
    )
    return (*singles, *pairs)


def _side_by_side(one: Statement, other: Statement) -> bool:
    said = ("prose", "list_item", "label")
    return one.kind in said and other.kind in said and (other.joined or one.leads)
