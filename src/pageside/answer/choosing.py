"""Which statements of the found passages answer a question best; pure but for the similarities it is given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from pageside.answer import asking, grounding
from pageside.answer.asking import Wants
from pageside.answer.prompt import Numbered
from pageside.answer.statements import Statement
from pageside.knowledge import keywords
from pageside.knowledge.calibration import Logistic

# Printed by `python -m benchmarks.answers --fit`, from the development half of the questions; see `features`.
ANSWERS: Final = Logistic(-2.14, (1.92, 1.40, 1.19, -1.22, -0.68))
ANSWERED_FROM: Final = 0.42
CLOSEST_FROM: Final = 0.25

LIMIT_STATEMENTS: Final = 4
# Sections that speak of the book, or ask the reader, rather than tell; quoted only to who asks about them.
_FRAME: Final = frozenset({"objectives", "prerequisites", "exercises", "further_reading"})
_ASKS_FOR_FRAME: Final = re.compile(
    r"\b(?:learn|goals?|objectives?|outcomes?|prerequisites?|need to know|before (?:i|we) (?:start|begin)"
    r"|exercises?|homework|projects?|read (?:next|more|further)|weeks?|chapters?|modules?|course|book)\b",
    re.IGNORECASE,
)
_LONGEST_TABLE: Final = 12
_LIMIT_ITEMS: Final = 8
_NEARLY_AS_GOOD: Final = 0.15
_MORE_BELOW_THE_QUESTION: Final = 2
_REPEATS: Final = 0.7

_DANGLES: Final = re.compile(
    r"(?:it|its|they|their|these|those|this|such|he|she|however|therefore|thus|also|but|and|so|instead|otherwise"
    r"|similarly|in contrast|on the other hand|for example|for instance|as a result|consequently|moreover|furthermore"
    r"|both)\b(?!\s+(?:book|chapter|section|module)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement of a passage, weighed.

    Attributes:
        number: Of the passage, as evidence.
        at: Index of the statement in its passage.
        cosines: Likeness to each facet of the question.
        features: What `probability` judges by; see `features`.
        score: By which candidates of one question are ordered.
        headed: The heading over it asks the very question, so that what stands below it, in order, is the answer.
    """

    number: int
    at: int
    statement: Statement
    cosines: tuple[float, ...]
    features: tuple[float, ...]
    score: float
    headed: bool = False

    @property
    def probability(self) -> float:
        """That this statement answers the question."""
        return ANSWERS(self.features)


def weigh(
    wanted: Wants, passage: Numbered, cut: Sequence[Statement], cosines: Sequence[Sequence[float]]
) -> list[Candidate]:
    """The statements of one passage as candidates; questions and blocks nobody asked for are left out.

    Args:
        cut: The statements of `passage`.
        cosines: A row for each statement, a column for each facet of `wanted`.
    """
    place = Place(f"{passage.title}\n{passage.section}", passage.text, passage.relevance, passage.language)
    if passage.section_type in _FRAME and not _ASKS_FOR_FRAME.search(wanted.facets[0]):
        return []
    headed = asking.asks_the_same(wanted.facets[0], passage.section.rpartition(" > ")[2])
    weighed = []
    for at, (statement, row) in enumerate(zip(cut, cosines, strict=True)):
        if not _quotable(statement, wanted):
            continue
        judged = features(wanted.facets[0], statement.text, place, cosine=max(row))
        score = judged[0] + 0.25 * judged[1] + 0.3 * judged[2] + _bonus(wanted, statement)
        score += 0.08 if wanted.defines and passage.section_type == "glossary" else 0.0
        weighed.append(Candidate(passage.number, at, statement, tuple(row), judged, score, headed))
    return weighed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands.

    Attributes:
        headings: Over its passage.
        text: Of its passage.
        relevance: Calibrated probability, 0 to 1, that the passage answers.
        language: BCP 47 primary subtag of the passage.
    """

    headings: str
    text: str
    relevance: float
    language: str = "en"


def features(query: str, statement: str, place: Place, *, cosine: float) -> tuple[float, ...]:
    """What tells whether `statement` answers `query`.

    The likeness of both; the share of the question's words the statement holds, those in its headings at half; the
    relevance of its passage; the share of names and numbers in the question that the passage lacks; and 1 where the
    question asks for a number, a time or a name and the statement has none.
    """
    covered = grounding.coverage(query, statement, context=place.headings, language=place.language)
    return (cosine, covered, place.relevance, _lacking(query, place), float(asking.misses(query, statement)))


@lru_cache(maxsize=256)  # asked for every statement of a place
def _lacking(query: str, place: Place) -> float:
    named = grounding.names(query) | grounding.numbers(query)
    if not named:
        return 0.0
    text = f"{place.headings}\n{place.text}"
    held = set(keywords.terms(text, language=place.language)) | grounding.numbers(text)
    lacking = [
        name for name in named if name not in held and not set(keywords.terms(name, language=place.language)) <= held
    ]
    return len(lacking) / len(named)


def _quotable(statement: Statement, wanted: Wants) -> bool:
    if statement.kind == "code":
        return wanted.code and not statement.text.startswith("```mermaid")
    if statement.asks or statement.heads or statement.kind == "math":
        return False
    if statement.kind == "label" and not statement.leads:
        return False
    return statement.leads or len(statement.text.split()) >= 4 or len(statement.text) >= 12


def _bonus(wanted: Wants, statement: Statement) -> float:
    bonus = -0.05 if statement.leads and not wanted.items else 0.0
    if wanted.own:
        bonus += 0.3 * grounding.coverage(wanted.own, statement.text)
    if wanted.defines and _says_what(wanted.defines, statement.text):
        bonus += 0.15
    elif wanted.defines and _says_what(wanted.defines.split()[-1], statement.text):
        bonus += 0.1
    return bonus


def _says_what(subject: str, text: str) -> bool:
    """Whether `text` begins as a definition of `subject` does."""
    name = re.escape(subject)
    verb = r"(?:is|are|means|refers? to|was|were|stands? for)"
    return bool(re.match(rf"\W*(?:an?|the)?\s*{name}\b(?:[^.]{{0,40}}\b{verb}\b|\W*[:—–-])", text, re.IGNORECASE))


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
    headed = [candidate for candidate in ranked if candidate.headed]
    if headed:
        below = [candidate for candidate in candidates if candidate.number == headed[0].number]
        return sorted(below, key=lambda candidate: candidate.at)[: limit + _MORE_BELOW_THE_QUESTION]
    picked = ranked[:1]
    for side in range(1, len(wanted.facets)):
        best = max(ranked, key=lambda candidate: candidate.cosines[side])
        if best.cosines[side] >= 0.35 and not _repeats(best, picked):
            picked.append(best)
    floor = ranked[0].score - _NEARLY_AS_GOOD
    for candidate in ranked[1:]:
        if len(picked) >= limit or candidate.score < floor:
            break
        if not _repeats(candidate, picked):
            picked.append(candidate)
    return picked


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


def probability(query: str, quote: str, place: Place, *, cosine: float) -> float:
    """That `quote` answers `query`, 0 to 1.

    Args:
        cosine: Likeness of query and quote.
    """
    return ANSWERS(features(query, quote, place, cosine=cosine))
