"""Finding, for a sentence of an answer, the sentence of the book that supports it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from pageside.answer import agreement, grounding, orders, quotable, statements
from pageside.answer.events import Evidence
from pageside.answer.quoting import Scorer

_NEAR = 0.75  # share of a sentence's words from which one statement alone speaks of the same
_HALF = 0.5
_JOINED = 6  # statements of which two may support a sentence together


@dataclass(frozen=True, slots=True)
class Support:
    """A place in the evidence that supports a sentence.

    Attributes:
        quote: Exactly as in the passage's text.
        strength: 0 to 1.
    """

    evidence: Evidence
    quote: str
    strength: float


async def find(
    sentence: str, cited: Sequence[Evidence], others: Sequence[Evidence], scorer: Scorer
) -> tuple[Support, ...]:
    """What supports `sentence`: the cited passages that do, together if need be; else another one; else nothing.

    Words are compared first; likeness of meaning is asked for only where they do not decide.

    Args:
        sentence: Plain words, without marks.
    """
    found = await _supporting(sentence, cited, others, scorer)
    return () if found and _refuted(sentence, found, [*cited, *others]) else found


async def _supporting(
    sentence: str, cited: Sequence[Evidence], others: Sequence[Evidence], scorer: Scorer
) -> tuple[Support, ...]:
    exact = tuple(support for each in cited if (support := _by_words(sentence, each)))
    if exact:
        return exact
    for each in others:
        if _bare(sentence) in _bare(each.found.passage.text) and (support := _by_words(sentence, each)):
            return (support,)
    if alike := await _by_meaning(sentence, cited, scorer):
        return alike
    if together := _together(sentence, cited):
        return together
    found = (support for each in others if (support := _by_words(sentence, each)))
    return tuple(sorted(found, key=lambda support: -support.strength)[:1])


def against(sentence: str, evidence: Sequence[Evidence]) -> tuple[str, tuple[Evidence, ...]]:
    """What stands between `sentence` and the statement nearest to it, and the passages, nearest first."""
    nearest = [
        (max((quote.nearness(sentence), quote.judge(sentence).reason) for quote in quotes), each)
        for each in evidence
        if (quotes := list(quotable.likely(sentence, each.found.passage)))
    ]
    nearest.sort(key=lambda row: -row[0][0])
    return (nearest[0][0][1] if nearest else ""), tuple(each for _, each in nearest)


def order(sentence: str, evidence: Sequence[Evidence]) -> Support | None:
    """The order to whoever answers that `sentence` repeats whole: it supports nothing, and may be shown as a quote."""
    wanted = _squeezed(sentence.strip("\"“”'‘’«» "))
    for each in evidence:
        for told in orders.among(each.found.passage.text):
            if wanted and _squeezed(told.strip("\"“”'‘’«» ")) == wanted:
                return Support(each, told, 1.0)
    return None


def _refuted(sentence: str, found: Sequence[Support], evidence: Sequence[Evidence]) -> bool:
    """Whether a statement that is nearer to `sentence` than its support says otherwise."""
    if max(each.strength for each in found) >= 1.0:
        return False
    quoted = "\n\n".join(each.quote for each in found)
    held = grounding.coverage(sentence, quoted, language=found[0].evidence.found.passage.language)
    least = max(_HALF, held if len(found) == 1 else min(held, _NEAR))
    return any(
        quote.single
        and quote.text != quoted
        and (quote.nearness(sentence) >= least or agreement.follows(sentence, quote.text, language=quote.language))
        and (verdict := quote.judge(sentence)).refuses
        # what one of two joined sentences lacks stands in the other
        and not (quote.text in quoted and verdict.lacks)
        for each in evidence
        for quote in quotable.likely(sentence, each.found.passage)
    )


def code(block: str, evidence: Sequence[Evidence]) -> Support | None:
    """The code block of the book that holds every line of `block`, a fenced one."""
    wanted = _lines(block)
    for each in evidence:
        for statement in statements.cut(each.found.passage.text, language=each.found.passage.language):
            if statement.kind == "code" and wanted and wanted <= _lines(statement.text):
                return Support(each, statement.text, 1.0)
    return None


def formula(block: str, evidence: Sequence[Evidence]) -> Support | None:
    """The place in the book where the formula `block` stands."""
    wanted = _squeezed(block.strip("$"))
    for each in evidence:
        for statement in statements.cut(each.found.passage.text, language=each.found.passage.language):
            if wanted and wanted in _squeezed(statement.text):
                return Support(each, statement.text, 1.0)
    return None


def table(block: str, evidence: Sequence[Evidence]) -> Support | None:
    """The row of the book's table that holds the last row of `block`, where the passage holds all of them."""
    rows = [_squeezed(line) for line in block.splitlines() if set(line) - set("|:- \t")]
    for each in evidence:
        held = {
            _squeezed(row.text): row.text for row in statements.cut(each.found.passage.text) if row.kind == "table_row"
        }
        if rows and all(row in held for row in rows):
            return Support(each, held[rows[-1]], 1.0)
    return None


def _lines(block: str) -> frozenset[str]:
    return frozenset(" ".join(line.split()) for line in block.strip().splitlines()[1:-1] if line.strip())


def _by_words(sentence: str, evidence: Evidence) -> Support | None:
    passage = evidence.found.passage
    wanted = _bare(sentence)
    quotes = quotable.every(passage)
    if same := next((quote for quote in quotes if _bare(quote.text) == wanted), None):
        return Support(evidence, same.text, 1.0)
    judged = [(quote.judge(sentence), quote) for quote in quotable.likely(sentence, passage) if quote.reaches(sentence)]
    supporting = [(verdict.strength, quote) for verdict, quote in judged if verdict.supported]
    # one sentence that suffices is a better citation than two with a few more words
    best = max(supporting, key=lambda pair: (pair[1].single, pair[0]), default=None)
    return Support(evidence, best[1].text, best[0]) if best else None


async def _by_meaning(sentence: str, cited: Sequence[Evidence], scorer: Scorer) -> tuple[Support, ...]:
    likely = [
        (each, quote)
        for each in cited
        for quote in quotable.likely(sentence, each.found.passage)
        # most are refused however alike they are, and a vector costs a hundred times as much as knowing that
        if quote.reaches(sentence, similarity=1.0) and quote.judge(sentence, similarity=1.0).supported
    ]
    if not likely:
        return ()
    cosines = (await scorer.similarity([sentence], [quote.text for _, quote in likely]))[0].tolist()
    best: dict[int, Support] = {}
    for (each, quote), cosine in zip(likely, cosines, strict=True):
        verdict = quote.judge(sentence, similarity=cosine)
        known = best.get(each.number)
        if verdict.supported and (known is None or known.strength < verdict.strength):
            best[each.number] = Support(each, quote.text, verdict.strength)
    return tuple(best.values())


def _together(sentence: str, cited: Sequence[Evidence]) -> tuple[Support, ...]:
    """Two statements of the cited passages, where only both together support `sentence`."""
    rows = [(each, quote) for each in cited for quote in quotable.likely(sentence, each.found.passage) if quote.single][
        :_JOINED
    ]
    best: tuple[Support, ...] = ()
    for one, other in combinations(rows, 2):
        verdict = quotable.joined((one[1], other[1])).judge(sentence)
        if verdict.supported and (not best or verdict.strength > best[0].strength):
            best = tuple(Support(each, quote.text, verdict.strength) for each, quote in (one, other))
    return best


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold().rstrip(".")


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    """A sentence without white space, emphasis and code marks."""
    return _squeezed(re.sub(r"(?<!\w)[*_]+(?=\S)|(?<=\S)[*_]+(?!\w)|`", "", text))
