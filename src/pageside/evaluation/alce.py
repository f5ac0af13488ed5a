"""Citation recall and precision as ALCE defines them, over any judge of entailment; pure.

ALCE judges with TRUE, a T5 of 11 billion parameters trained on natural language inference. It is not shipped and cannot
be fetched at run time, so figures made here name their judge: `by_rules` is the checker's own, which makes them figures
of agreement with the checker and not of truth; with `by_gold`, where it is known which sentence supports which, they
are exact.

Source: Gao, Yen, Yu, Chen, "Enabling Large Language Models to Generate Text with Citations", EMNLP 2023, section 3.3
(arXiv 2305.14627).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from pageside.answer import citations, grounding
from pageside.answer.events import Answer

Entails = Callable[[str, str], bool]  # (premise, claim): whether the premise says what the claim says


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer with the passages it cites, in its order.

    Attributes:
        text: Without markers.
        cited: Texts; none where it cites nothing.
    """

    text: str
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """How well the statements of an answer, or of many, are cited.

    Attributes:
        supported: For each statement, whether all it cites together entail it.
        relevant: For each citation, whether it counts.
    """

    supported: tuple[bool, ...]
    relevant: tuple[bool, ...]

    @property
    def recall(self) -> float:
        """Share of the statements that their citations support, 0 to 1; 0 without any statement."""
        return _share(self.supported)

    @property
    def precision(self) -> float:
        """Share of the citations that count, 0 to 1; 0 without any citation."""
        return _share(self.relevant)

    def __add__(self, other: Quality) -> Quality:
        """Both as one, each statement and each citation counting the same."""
        return Quality(self.supported + other.supported, self.relevant + other.relevant)


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def quality(statements: Sequence[Statement], entails: Entails) -> Quality:
    """How well `statements` are cited.

    A statement is supported when what it cites, joined, entails it; one without a citation never is. A citation counts
    when its statement is supported and it is not irrelevant: irrelevant is one that does not entail the statement by
    itself while the others do without it.
    """
    supported: list[bool] = []
    relevant: list[bool] = []
    for statement in statements:
        whole = bool(statement.cited) and entails(_joined(statement.cited), statement.text)
        supported.append(whole)
        relevant += [whole and not _is_irrelevant(at, statement, entails) for at in range(len(statement.cited))]
    return Quality(tuple(supported), tuple(relevant))


def _is_irrelevant(at: int, statement: Statement, entails: Entails) -> bool:
    others = (*statement.cited[:at], *statement.cited[at + 1 :])
    alone = entails(statement.cited[at], statement.text)
    return not alone and bool(others) and entails(_joined(others), statement.text)


def _joined(texts: Sequence[str]) -> str:
    return "\n\n".join(texts)


def of_answer(answer: Answer) -> tuple[Statement, ...]:
    """The statements of `answer` with the quotes they cite; sentences that state nothing are none."""
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    return tuple(
        Statement(
            citations.plain(citations.read(answer.text[claim.start : claim.end]).text),
            tuple(quotes[marker] for marker in claim.markers if marker in quotes),
        )
        for claim in answer.claims
    )


def by_rules(premise: str, claim: str) -> bool:
    """The checker's own judgement, without likeness of meaning: words, numbers, names, negation and roles."""
    return grounding.judge(claim, premise).supported


def by_gold(supports: Collection[tuple[str, str]]) -> Entails:
    """The judgement where truth is known.

    Args:
        supports: Every (sentence of the book, statement) of which the first supports the second by itself.
    """
    known = frozenset(supports)

    def entails(premise: str, claim: str) -> bool:
        return any(sentence in premise for sentence, supported in known if supported == claim)

    return entails
