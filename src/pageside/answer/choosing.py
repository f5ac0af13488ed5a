"""Which statements of the found passages answer a question best; pure but for the similarities it is given."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from pageside.answer import asking, defining, framing, grounding
from pageside.answer.answerable import Place
from pageside.answer.asking import Wants
from pageside.answer.prompt import Numbered
from pageside.answer.statements import Statement
from pageside.knowledge import fitted, keywords

# Of what `merits` gives, in order.
NAMES: Final = (
    "likeness", "words", "relevance", "likeness_beside", "leads", "list_item", "few_words", "defines", "gives_reason",
    "kind_absent",
)  # fmt: skip
LIMIT_STATEMENTS: Final = 4
_FEW_WORDS: Final = 6
_OWN_WORDS: Final = 1.0
_SIDE_FROM: Final = 0.35
_DEFINES_FROM: Final = 0.5
_DEFINES_WITHIN: Final = 0.7
_LONGEST_TABLE: Final = 12
_LIMIT_ITEMS: Final = 8
_NEARLY_AS_GOOD: Final = 0.35
_MORE_BELOW_THE_QUESTION: Final = 2
_REPEATS: Final = 0.7

_ENDS: Final = re.compile(r"[.!?…][\"'”’)*_`]*$")
_DANGLES: Final = re.compile(
    r"(?:it|its|they|their|these|those|this|such|he|she|however|therefore|thus|also|but|and|so|instead|otherwise"
    r"|similarly|in contrast|on the other hand|for example|for instance|as a result|consequently|moreover|furthermore"
    r"|both)\b(?!\s+(?:book|chapter|section|module)\b)",
    re.IGNORECASE,
)


Rarity = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement of a passage, weighed.

    Attributes:
        number: Of the passage, as evidence.
        at: Index of the statement in its passage.
        cosines: Likeness to each facet of the question.
        merits: What `score` is made of; see `merits`.
        score: By which candidates of one question are ordered.
        headed: The heading over it asks the very question, so that what stands below it, in order, is the answer.
    """

    number: int
    at: int
    statement: Statement
    cosines: tuple[float, ...]
    merits: tuple[float, ...]
    score: float
    headed: bool = False


def weigh(
    wanted: Wants,
    passage: Numbered,
    cut: Sequence[Statement],
    cosines: Sequence[Sequence[float]],
    *,
    rarity: Rarity,
) -> list[Candidate]:
    """The statements of one passage as candidates; questions and blocks nobody asked for are left out.

    Args:
        cut: The statements of `passage`.
        cosines: A row for each statement, a column for each facet of `wanted`.
        rarity: Of the words of all passages found; see `rarity`.
    """
    place = Place(f"{passage.title}\n{passage.section}", passage.text, passage.relevance, passage.language)
    if passage.section_type in framing.FRAME and not framing.asked_for(wanted.facets[0]):
        return []
    headed = asking.asks_the_same(wanted.facets[0], passage.section.rpartition(" > ")[2])
    weighed = []
    for at, (statement, row) in enumerate(zip(cut, cosines, strict=True)):
        if not _quotable(statement, wanted):
            continue
        beside = max((cosines[by][0] for by in (at - 1, at + 1) if 0 <= by < len(cut)), default=0.0)
        told = merits(wanted, statement, place, cosine=max(row), beside=beside, rarity=rarity)
        score = sum(weight * each for weight, each in zip(fitted.MERITS, told, strict=True))
        if wanted.own:
            score += _OWN_WORDS * grounding.coverage(wanted.own, statement.text)
        weighed.append(Candidate(passage.number, at, statement, tuple(row), told, score, headed))
    return weighed


def rarity(passages: Iterable[Sequence[Statement]]) -> Rarity:
    """For each word of the statements of `passages` the logarithm of how rare it is among them, above 0."""
    words = [frozenset(keywords.terms(each.text, language="en")) for cut in passages for each in cut]
    counts = Counter(itertools.chain.from_iterable(words))
    return {word: math.log1p(len(words) / (count + 0.5)) for word, count in counts.items()}


def merits(
    wanted: Wants, statement: Statement, place: Place, *, cosine: float, beside: float, rarity: Rarity
) -> tuple[float, ...]:
    """What tells which of many statements answers best.

    The likeness to the question; the share of the question's words, the rare counting more; the log odds that the
    passage answers; the likeness of the better neighbour; whether it only leads to what follows, is a list item, is a
    few words; how plainly it defines what is asked for; whether it gives a reason where one is asked for; and whether
    it lacks the number, time or name that is asked for.
    """
    query, text = wanted.facets[0], statement.text
    sure = min(0.999, max(0.001, place.relevance))
    return (
        cosine,
        _covered(query, text, rarity),
        math.log(sure / (1 - sure)),
        beside,
        float(statement.leads and not wanted.items),
        float(statement.kind == "list_item"),
        float(len(text.split()) < _FEW_WORDS),
        max((defining.strength(subject, text) for subject in wanted.subjects), default=0.0),
        float(asking.gives_reason(query, text)),
        float(asking.misses(query, text)),
    )


def _covered(query: str, text: str, rarity: Rarity) -> float:
    rarest = max(rarity.values(), default=1.0)
    wanted = {word: rarity.get(word, rarest) for word in keywords.query(query, languages=["en"])}
    held = frozenset(keywords.terms(text, language="en"))
    return sum(weight for word, weight in wanted.items() if word in held) / (sum(wanted.values()) or 1.0)


def _quotable(statement: Statement, wanted: Wants) -> bool:
    if statement.kind == "code":
        return wanted.code and not statement.text.startswith("```mermaid")
    if statement.asks or statement.heads or statement.kind == "math":
        return False
    if statement.kind == "label" and not statement.leads:
        return False
    return statement.leads or len(statement.text.split()) >= 4 or len(statement.text) >= 12


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is quoted from one passage, in reading order."""

    number: int
    statements: tuple[Statement, ...]


def choose(
    wanted: Wants,
    candidates: Sequence[Candidate],
    passages: Mapping[int, Sequence[Statement]],
    *,
    limit: int = LIMIT_STATEMENTS,
) -> tuple[Chosen, ...]:
    """The statements to quote, by passage; passages in the order of their best statement.

    Args:
        passages: All statements of each passage, by its number.
        limit: At most so many sentences, not counting what belongs to them: list items, a lead-in, a code block.
    """
    picked = _one_block(_picked(wanted, candidates, limit))
    shown = any(candidate.statement.kind == "code" for candidate in picked)
    company = replace(wanted, code=wanted.code and not shown)
    order = list(dict.fromkeys(candidate.number for candidate in picked))
    chosen = []
    for number in order:
        places: set[int] = set()
        for candidate in (each for each in picked if each.number == number):
            places |= _with_company(candidate.at, passages[number], company)
        chosen.append(Chosen(number, tuple(passages[number][at] for at in sorted(places))))
    return tuple(chosen)


def _one_block(picked: Sequence[Candidate]) -> list[Candidate]:
    """`picked` with no code but the best block."""
    blocks = [candidate for candidate in picked if candidate.statement.kind == "code"]
    return [candidate for candidate in picked if candidate not in blocks[1:]]


def _picked(wanted: Wants, candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    ranked = sorted(candidates, key=lambda candidate: -candidate.score)
    if not ranked:
        return []
    said = () if wanted.compares else _definitions(wanted, ranked, candidates)
    if said:
        return list(said)
    headed = [candidate for candidate in ranked if candidate.headed]
    if headed:
        below = [candidate for candidate in candidates if candidate.number == headed[0].number]
        return sorted(below, key=lambda candidate: candidate.at)[: limit + _MORE_BELOW_THE_QUESTION]
    picked = [] if wanted.compares else ranked[:1]
    for side in range(1, len(wanted.facets)):
        best = max(ranked, key=lambda candidate: _of_side(wanted, candidate, side))
        if _of_side(wanted, best, side) >= _SIDE_FROM and not _repeats(best, picked):
            picked.append(best)
    floor = ranked[0].score - _NEARLY_AS_GOOD
    for candidate in ranked:
        if len(picked) >= limit or candidate.score < floor:
            break
        if not _repeats(candidate, picked):
            picked.append(candidate)
    return picked or ranked[:1]


def _of_side(wanted: Wants, candidate: Candidate, side: int) -> float:
    """How well a statement speaks for one side of a comparison: one that defines it does best."""
    return candidate.cosines[side] + 0.5 * defining.strength(wanted.subjects[side - 1], candidate.statement.text)


def _definitions(wanted: Wants, ranked: Sequence[Candidate], candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The best statement that defines the subject, the sentence after it, and another definition of it; or nothing."""
    strengths = [
        (max(defining.strength(subject, each.statement.text) for subject in wanted.subjects), each)
        for each in (ranked if wanted.subjects else ())
        if each.score >= ranked[0].score - _DEFINES_WITHIN
    ]
    good = [each for strength, each in strengths if strength > _DEFINES_FROM]
    if not good:
        return ()
    best = good[0]
    after = [
        each
        for each in candidates
        if (each.number, each.at) == (best.number, best.at + 1)
        and each.statement.joined
        and _ENDS.search(each.statement.text)
    ]
    other = [each for each in good[1:] if each.number != best.number and not _repeats(each, [best])]
    return (best, *after, *other[:1])


def _repeats(candidate: Candidate, picked: Sequence[Candidate]) -> bool:
    mine = set(keywords.terms(candidate.statement.text, language="en"))
    for other in picked:
        theirs = set(keywords.terms(other.statement.text, language="en"))
        if candidate is other or len(mine & theirs) / max(1, min(len(mine), len(theirs))) >= _REPEATS:
            return True
    return False


def _with_company(at: int, statements: Sequence[Statement], wanted: Wants) -> set[int]:
    """`at` and what it cannot be understood without: the sentence before, its list, the code it leads to."""
    places = {at}
    if statements[at].kind == "table_row":
        places.add(max(index for index in range(at + 1) if statements[index].heads))
    if statements[at].kind == "list_item":
        places |= _list_around(at, statements, whole=wanted.items)
    elif statements[at].joined and at > 0 and _DANGLES.match(statements[at].text) and not statements[at - 1].asks:
        places.add(at - 1)
    if statements[at].leads:
        places |= _led(at, statements, code=wanted.code)
    elif wanted.code:
        places |= _code_behind(at, statements)
    return places


def _list_around(at: int, statements: Sequence[Statement], *, whole: bool) -> set[int]:
    first = at
    while first > 0 and statements[first - 1].kind == "list_item":
        first -= 1
    lead = {first - 1} if first > 0 and statements[first - 1].leads else set()
    if whole:
        lead |= set(_items_from(first, statements))
    return lead


def _items_from(first: int, statements: Sequence[Statement]) -> range:
    end = first
    while end < len(statements) and statements[end].kind == "list_item" and end - first < _LIMIT_ITEMS:
        end += 1
    return range(first, end)


def _rows_from(first: int, statements: Sequence[Statement]) -> range:
    end = first + 1
    while end < len(statements) and statements[end].kind == "table_row" and not statements[end].heads:
        end += 1
    return range(first, min(end, first + _LONGEST_TABLE))


def _led(at: int, statements: Sequence[Statement], *, code: bool) -> set[int]:
    """What a statement that ends in a colon leads to."""
    following = statements[at + 1] if at + 1 < len(statements) else None
    if following is None:
        return set()
    if following.kind == "list_item":
        return set(_items_from(at + 1, statements))
    if following.heads:
        return set(_rows_from(at + 1, statements))
    if following.kind == "code" and not code and following.text.count("\n") > 30:
        return set()
    return {at + 1}


def _code_behind(at: int, statements: Sequence[Statement]) -> set[int]:
    """The next code block below `at`, or the one above it where there is none below."""
    blocks = [
        index
        for index, statement in enumerate(statements)
        if statement.kind == "code" and not statement.text.startswith("```mermaid")
    ]
    below = [index for index in blocks if index > at]
    if below:
        lead = {below[0] - 1} if statements[below[0] - 1].leads else set()
        return {below[0]} | lead
    return {blocks[-1]} if blocks else set()
