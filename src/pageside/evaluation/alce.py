"""Citation recall and precision as ALCE defines them; pure, whoever judges what follows from what.

Source: Gao, Yen, Yu, Chen, "Enabling large language models to generate text with citations", EMNLP 2023, section 3
(citation quality). The paper's judge is TRUE, a model of eleven billion parameters that is not to be had offline; the
figures mean what the judge that is given understands by support, and are comparable where the judge is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Entails = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer, and the texts that it cites, in the order of its marks."""

    text: str
    cited: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CitationScores:
    """Of one answer; the figures of several answers are the means of theirs.

    Attributes:
        recall: Share of the statements that all they cite together supports; None without a statement.
        precision: Share of the citations that do their part; None without a citation.
    """

    recall: float | None
    precision: float | None
    statements: int
    citations: int


def citation_scores(statements: Sequence[Statement], entails: Entails) -> CitationScores:
    """How well the citations of one answer support what it states.

    A citation does its part where the statement is supported, and it supports the statement alone, or the others do not
    support it without this one.

    Args:
        entails: Whether the claim (second) follows from the premise (first): one cited text, or several joined.
    """
    held = [_supported(each, entails) for each in statements]
    useful = [
        is_held and _does_its_part(each, at, entails)
        for each, is_held in zip(statements, held, strict=True)
        for at in range(len(each.cited))
    ]
    return CitationScores(
        recall=sum(held) / len(held) if held else None,
        precision=sum(useful) / len(useful) if useful else None,
        statements=len(held),
        citations=len(useful),
    )


def premises(statement: Statement) -> tuple[str, ...]:
    """Every text that `citation_scores` may hold the statement against: all it cites, each alone, and all but each."""
    if not statement.cited:
        return ()
    others = (_joined(_without(statement, at)) for at in range(len(statement.cited)) if len(statement.cited) > 1)
    return tuple(dict.fromkeys((_joined(statement.cited), *statement.cited, *others)))


def _supported(statement: Statement, entails: Entails) -> bool:
    return bool(statement.cited) and entails(_joined(statement.cited), statement.text)


def _does_its_part(statement: Statement, at: int, entails: Entails) -> bool:
    if entails(statement.cited[at], statement.text):
        return True
    others = _without(statement, at)
    return not (others and entails(_joined(others), statement.text))


def _without(statement: Statement, at: int) -> tuple[str, ...]:
    return (*statement.cited[:at], *statement.cited[at + 1 :])


def _joined(texts: Sequence[str]) -> str:
    return "\n\n".join(texts)
