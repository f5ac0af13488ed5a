"""Whether the quotes a reader is shown carry the sentences they stand behind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from numpy.typing import NDArray

from pageside.answer import citations, grounding
from pageside.answer.events import Answer, Citation
from pageside.evaluation import alce
from pageside.evaluation.alce import CitationScores, Statement

Similarity = Callable[[Sequence[str], Sequence[str]], Awaitable[NDArray[Any]]]


async def scores(answer: Answer, similarity: Similarity) -> CitationScores:
    """Citation recall and precision of an answer, by ALCE's definition.

    What is cited is the quote and not its whole passage: the sentence that a reader can see. The judge is the checker's
    own comparison of two texts, so that this finds sentences that were let through by more than their quotes, and
    quotes that are not needed; it cannot find what that comparison takes for support and is none.
    """
    by_marker = {citation.marker: citation for citation in answer.citations}
    statements: list[Statement] = []
    headings: dict[str, str] = {}
    for claim in answer.claims:
        cited = [by_marker[marker] for marker in claim.markers if marker in by_marker]
        text = citations.plain(citations.read(answer.text[claim.start : claim.end]).text)
        statements.append(Statement(text, tuple(each.quote for each in cited)))
        headings[text] = _headings(cited)
    alike = await _alike(statements, similarity)

    def entails(premise: str, claim: str) -> bool:
        if _squeezed(claim) in _squeezed(premise):
            return True
        likeness = alike.get((premise, claim))
        return grounding.judge(claim, premise, context=headings[claim], similarity=likeness).supported

    return alce.citation_scores(statements, entails)


async def _alike(statements: Sequence[Statement], similarity: Similarity) -> dict[tuple[str, str], float]:
    """The cosine of each statement and whatever it is held against, where the words do not say it already."""
    alike: dict[tuple[str, str], float] = {}
    for each in statements:
        premises = [one for one in alce.premises(each) if _squeezed(each.text) not in _squeezed(one)]
        if premises:
            cosines = (await similarity([each.text], premises))[0].tolist()
            alike |= {(premise, each.text): cosine for premise, cosine in zip(premises, cosines, strict=True)}
    return alike


def _headings(cited: Sequence[Citation]) -> str:
    return "\n".join(dict.fromkeys(heading for each in cited for heading in each.passage.heading_path))


def _squeezed(text: str) -> str:
    return "".join(citations.plain(text).split()).casefold()
