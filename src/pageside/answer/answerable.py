"""Whether what was found answers a question: a probability from a few signals that can be read one by one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from pageside.answer import asking, grounding, statements
from pageside.answer.statements import Statement
from pageside.knowledge import fitted, keywords
from pageside.knowledge.calibration import Scores
from pageside.knowledge.fitted import Bounds, Refusal
from pageside.knowledge.passage import Found, Passage

SIGNALS: Final = ("likeness", "regained", "matched", "names_absent", "apart", "kind_absent", "length")
COMPARED: Final = 3  # passages whose statements are compared with the question; of the others only the words count
_NEAR: Final = 3  # words between two that stand side by side in the question, at most
_BEST: Final = 3  # statements whose likeness counts, and whose words are looked at one by one
_COUNTED: Final = (4, 12)  # telling words of a question: with fewer it is no harder, and more tell no more
_LEFT_OUT: Final = 12  # words of a long question that are left out in turn


class Scorer(Protocol):
    """Tells how alike texts are in meaning, and how rare words are."""

    async def similarity(self, texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[Any]:
        """Cosines, a row for each of `texts_a` and a column for each of `texts_b`."""
        ...

    async def matches(self, question: str, texts: Sequence[str]) -> NDArray[Any]:
        """Cosines: for each of `texts` a row, for each telling word of `question` a column with its best match."""
        ...

    async def rarity(self, text: str) -> dict[str, float]:
        """How rare each word of `text` is in the book, 0, in every passage, to 1, in none."""
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """A passage that was found.

    Attributes:
        headings: Over it.
        relevance: Calibrated probability, 0 to 1, that it answers.
        language: BCP 47 primary subtag.
    """

    headings: str
    text: str
    relevance: float
    language: str = "en"

    @classmethod
    def of(cls, found: Found) -> Self:
        """`found` as it is read."""
        passage = found.passage
        return cls(_headings(passage), passage.text, round(found.relevance, 3), passage.language)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What in it may answer: neither questions nor headers of tables."""
        return _telling(self.text, self.language)


def _headings(passage: Passage) -> str:
    return "\n".join(passage.heading_path or (passage.heading,))


@lru_cache(maxsize=1024)
def _telling(text: str, language: str) -> tuple[Statement, ...]:
    return tuple(each for each in statements.cut(text, language=language) if not (each.asks or each.heads))


def _under(place: Place, statement: Statement) -> str:
    """`statement` below what it stands under: the headings, and of a row the head of its table."""
    cut = statements.cut(place.text, language=place.language)
    heads = [each.text for each in cut[: cut.index(statement)] if each.heads] if statement.kind == "table_row" else []
    return "\n".join((place.headings.replace("\n", " > "), *heads[-1:], statement.text))


def bounds(refusal: Refusal, *, rate: float | None = None, scores: Scores | None = None) -> Bounds:
    """How sure an answer must be.

    Args:
        rate: The share of all questions that may at most be answered although the book does not answer them; whatever
            `refusal` gives where there is none.
        scores: Of questions about the book, for `rate`; of those Pageside was developed with where there are none.
    """
    chosen = fitted.BOUNDS[refusal]
    if rate is None:
        return chosen
    least = (scores or Scores(*zip(*fitted.ANSWERS, strict=True))).threshold(rate)
    return Bounds(max(chosen.answered, least), chosen.closest, least)


async def judged(scorer: Scorer, query: str, places: Sequence[Place]) -> float:
    """The probability, 0 to 1, that `places`, best first, answer `query`; 0 without any."""
    read = await signals(scorer, query, places)
    return fitted.ANSWERABLE(read) if read else 0.0


async def signals(scorer: Scorer, query: str, places: Sequence[Place]) -> tuple[float, ...]:
    """What `judged` goes by, in the order of `SIGNALS`; nothing where no place states anything.

    How alike the question and the likeliest three statements are, -1 to 1; how much liker the likeliest is to the
    question without the word that suits it least, 0 to 1; how well the one of the three that holds all of the question
    best matches the word it matches least, -1 to 1; what `words` gives; and the logarithm of how many telling words the
    question has, for the more it has, the less of it any one statement says.

    Args:
        places: What was found, best first.
    """
    told = [(place, each) for place in places[:COMPARED] for each in place.statements]
    if not told:
        return ()
    cosines = await scorer.similarity([each.text for _, each in told], [query, *without_a_word(query)])
    order = np.argsort(-cosines[:, 0], kind="stable")[:_BEST]
    best = cosines[order, 0]
    nearest = [_under(*told[at]) for at in order]
    return (
        float(best.mean()),
        float(cosines.max() - best[0]),
        matched(await scorer.matches(asking.without_measure(query), nearest)),
        *words(query, places, await scorer.rarity(query)),
        math.log(min(max(_COUNTED[0], len(keywords.content(query))), _COUNTED[1])),
    )


def matched(matches: NDArray[Any]) -> float:
    """Of statements (rows) and words (columns), the best that the worst match of a statement gets; 1 without words."""
    return float(matches.min(axis=1).max()) if matches.size else 1.0


def without_a_word(query: str) -> list[str]:
    """`query` without each of its words in turn, stop words aside; nothing where it is one word."""
    said = query.split()
    telling = [at for at, word in enumerate(said) if keywords.content(word)] if len(said) > 1 else []
    return [" ".join((*said[:at], *said[at + 1 :])) for at in telling[:_LEFT_OUT]]


def words(query: str, places: Sequence[Place], rarity: Mapping[str, float]) -> tuple[float, ...]:
    """What the words of `query` tell, each from 0 to 1.

    Whether one of its names and numbers stands in no passage found; of its pairs of words, the share that nowhere stand
    near each other; and, where it asks for a number, a price, a time or a person, how far the statements that give one
    are from its other words, the rare counting more.

    Args:
        places: What was found, best first; one at least has a statement.
        rarity: Of the words of `query`, 0 to 1.
    """
    weights = {word: rare * rare for word, rare in rarity.items()}
    whole = sum(weights.values()) or 1.0
    told = [(place, each) for place in places[:COMPARED] for each in place.statements]
    held = [_words(f"{place.headings}\n{place.text}", place.language) for place in places]
    anywhere = frozenset().union(*held)
    return (
        _names_absent(query, places, anywhere),
        _apart(query, weights, places),
        _kind_absent(query, told, weights, whole),
    )


def _share_of(text: str, place: Place, weights: Mapping[str, float], whole: float) -> float:
    said, over = _words(text, place.language), _words(place.headings, place.language)
    return sum(weight * (1.0 if word in said else 0.5 * (word in over)) for word, weight in weights.items()) / whole


def _names_absent(query: str, places: Sequence[Place], anywhere: frozenset[str]) -> float:
    named = grounding.names(query) | grounding.numbers(query)
    counted = frozenset().union(*(grounding.numbers(f"{place.headings}\n{place.text}") for place in places))
    language = places[0].language
    return float(any(name not in anywhere | counted and not _words(name, language) <= anywhere for name in named))


def _apart(query: str, weights: Mapping[str, float], places: Sequence[Place]) -> float:
    order = keywords.terms(query, language=places[0].language)
    pairs = {(one, other) for one, other in pairwise(order) if one in weights and other in weights and one != other}
    texts = [_order(f"{place.headings}\n{place.text}", place.language) for place in places]
    apart = [pair for pair in pairs if not any(_stand_near(*pair, text) for text in texts)]
    return len(apart) / len(pairs) if pairs else 0.0


def _stand_near(one: str, other: str, places: Mapping[str, Sequence[int]]) -> bool:
    there = places.get(other, ())
    return any(abs(at - beside) <= _NEAR for at in places.get(one, ()) for beside in there)


def _kind_absent(
    query: str, told: Sequence[tuple[Place, Statement]], weights: Mapping[str, float], whole: float
) -> float:
    kind = asking.kind(query)
    if kind is None:
        return 0.0
    giving = (_share_of(each.text, place, weights, whole) for place, each in told if asking.gives(kind, each.text))
    return 1.0 - max(giving, default=0.0)


@lru_cache(maxsize=4096)
def _words(text: str, language: str) -> frozenset[str]:
    return frozenset(keywords.terms(text, language=language))


@lru_cache(maxsize=256)
def _order(text: str, language: str) -> Mapping[str, tuple[int, ...]]:
    """For each word of `text` the places, from 0, it stands at."""
    at: dict[str, list[int]] = {}
    for number, word in enumerate(keywords.terms(text, language=language)):
        at.setdefault(word, []).append(number)
    return {word: tuple(numbers) for word, numbers in at.items()}
