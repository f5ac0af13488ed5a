"""Finding, for a sentence of an answer, the sentence of the book that supports it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from pageside.answer import grounding, statements
from pageside.answer.events import Evidence
from pageside.answer.quoting import Scorer
from pageside.answer.statements import Statement
from pageside.knowledge.passage import Passage

_JUDGED = 4  # of a passage's statements, those with most words in common


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
    exact = tuple(support for each in cited if (support := _by_words(sentence, each)))
    if exact:
        return exact
    for each in others:
        if _squeezed(sentence) in _squeezed(each.found.passage.text) and (support := _by_words(sentence, each)):
            return (support,)
    if alike := await _by_meaning(sentence, cited, scorer):
        return alike
    if together := _together(sentence, cited):
        return together
    found = (support for each in others if (support := _by_words(sentence, each)))
    return tuple(sorted(found, key=lambda support: -support.strength)[:1])


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
    wanted = _squeezed(sentence)
    squeezed = [(_squeezed(quote), quote) for quote in _quotes(passage)]
    same = [quote for text, quote in squeezed if text == wanted]
    holding = same or [quote for text, quote in squeezed if wanted and wanted in text]
    if holding:
        return Support(evidence, holding[0], 1.0)
    judged = [
        (grounding.judge(sentence, quote, context=context, language=language), quote)
        for quote, context, language in _likely(sentence, passage)
        if grounding.reaches(sentence, quote, context=context, language=language)
    ]
    best = max(judged, key=lambda pair: pair[0].strength, default=None)
    if best is None or not best[0].supported:
        return None
    return Support(evidence, best[1], best[0].strength)


async def _by_meaning(sentence: str, cited: Sequence[Evidence], scorer: Scorer) -> tuple[Support, ...]:
    likely = [
        (each, quote, context, language)
        for each in cited
        for quote, context, language in _likely(sentence, each.found.passage)
        # most are refused however alike they are, and a vector costs a hundred times as much as knowing that
        if grounding.reaches(sentence, quote, context=context, similarity=1.0, language=language)
        and grounding.judge(sentence, quote, context=context, similarity=1.0, language=language).supported
    ]
    if not likely:
        return ()
    cosines = (await scorer.similarity([sentence], [row[1] for row in likely]))[0].tolist()
    best: dict[int, Support] = {}
    for (each, quote, context, language), cosine in zip(likely, cosines, strict=True):
        verdict = grounding.judge(sentence, quote, context=context, similarity=cosine, language=language)
        known = best.get(each.number)
        if verdict.supported and (known is None or known.strength < verdict.strength):
            best[each.number] = Support(each, quote, verdict.strength)
    return tuple(best.values())


def _together(sentence: str, cited: Sequence[Evidence]) -> tuple[Support, ...]:
    """The best quote of each cited passage, where only all of them together support `sentence`."""
    best = [(each, next(_likely(sentence, each.found.passage), None)) for each in cited]
    rows = [(each, row) for each, row in best if row is not None]
    if len(rows) < 2:
        return ()
    joined = " ".join(row[0] for _, row in rows)
    context = "\n".join(row[1] for _, row in rows)
    verdict = grounding.judge(sentence, joined, context=context, language=rows[0][1][2])
    return tuple(Support(each, row[0], verdict.strength) for each, row in rows) if verdict.supported else ()


def _likely(sentence: str, passage: Passage) -> Iterator[tuple[str, str, str]]:
    """The quotes of `passage` that have most words in common with `sentence`, with their context and language."""
    context = f"{' '.join(passage.heading_path)}\n{passage.text}"
    quotes = _quotes(passage)
    shares = [grounding.coverage(sentence, quote, language=passage.language) for quote in quotes]
    ranked = sorted(range(len(quotes)), key=lambda at: (-shares[at], len(quotes[at])))
    for at in ranked[:_JUDGED]:
        yield quotes[at], context, passage.language


def _quotes(passage: Passage) -> Sequence[str]:
    """Every statement of `passage`, and every two that stand side by side."""
    return () if passage.labels.get("section_type") == "quiz" else _quotable(passage.text, passage.language)


@lru_cache(maxsize=512)
def _quotable(text: str, language: str) -> Sequence[str]:
    cut = [each for each in statements.cut(text, language=language) if not each.asks]
    pairs = [text[one.start : other.end] for one, other in pairwise(cut) if _side_by_side(one, other)]
    return (*(statement.text for statement in cut), *pairs)


def _side_by_side(one: Statement, other: Statement) -> bool:
    said = ("prose", "list_item", "label")
    return one.kind in said and other.kind in said and (other.joined or one.leads)


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold().rstrip(".")
