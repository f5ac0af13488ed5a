"""What an answer comes to once it is whole: its outcome, and how sure it is, by the book alone."""

from __future__ import annotations

from pageside.answer import choosing
from pageside.answer.checking import Checker
from pageside.answer.events import Citation, Outcome
from pageside.answer.quoting import Scorer
from pageside.knowledge.library.texts import is_docs


def outcome(checker: Checker, opened: Outcome | None, *, has_evidence: bool) -> Outcome:
    """How the answer came out.

    Args:
        opened: What the model said in front of its text.
    """
    if opened == "not_in_book" or opened == "conversation":
        return opened
    if checker.supported and checker.citations and not of_book(checker):
        return "not_in_book"
    if checker.supported:
        return "closest" if opened == "closest" else "answered"
    if checker.declined:
        return "not_in_book"
    if checker.stated or opened == "closest":
        return "closest" if has_evidence else "not_in_book"
    return "answered" if checker.citations else "conversation"


async def confidence(scorer: Scorer, query: str, checker: Checker, came_out: Outcome) -> float:
    """How sure the quotes, and their hold on the text, make the answer: a probability, 0 to 1."""
    if came_out == "conversation":
        return 1.0
    cited = of_book(checker)
    if not cited:
        return 0.0
    quotes = [citation.quote for citation in cited]
    cosines = (await scorer.similarity(quotes, [query])).ravel().tolist()
    best = max(
        choosing.probability(query, citation.quote, _placed(citation), cosine=cosine)
        for citation, cosine in zip(cited, cosines, strict=True)
    )
    held = checker.supported / checker.stated if checker.stated else 1.0
    strength = sum(checker.strengths) / len(checker.strengths) if checker.strengths else 1.0
    return round(best * held * strength, 4)


def of_book(checker: Checker) -> tuple[Citation, ...]:
    """The citations that are of no documentation."""
    return tuple(each for each in checker.citations if not is_docs(each.passage))


def _placed(citation: Citation) -> choosing.Place:
    passage = citation.passage
    return choosing.Place("\n".join(passage.heading_path), passage.text, citation.relevance, passage.language)
