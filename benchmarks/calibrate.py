"""How well relevance and a search's confidence hold as probabilities: `python -m benchmarks.calibrate`.

`benchmarks.fit` fits them to the development half of the questions; Brier score, calibration error and AUC here are of
the other. Passages are judged on SQuAD, where the one right paragraph is known; whole searches on four kinds of
question, each counting the same: of real books, of SQuAD, of SQuAD's near misses that its page does not answer, and of
another book.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from benchmarks import questions, trials
from benchmarks.questions import SQUAD, Asked, Half
from benchmarks.search import indexed
from numpy.typing import NDArray

from pageside.evaluation import metrics
from pageside.knowledge import calibration, fitted
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.fitted import Logistic
from pageside.knowledge.index import Hit
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.search import Search

LIMIT = 5
BINS = 10
EVERY = 10  # of so many questions of SQuAD, and of those of another book, one is asked
# whose questions are asked of which book, to which they are foreign
FOREIGN = {
    "rust-book": ("hf-deep-rl-quizzes", "redux-docs"),
    "hf-deep-rl-quizzes": ("fastapi-en", "rust-book", "redux-docs"),
    "physical-ai-mraza-faq-and-checks": ("redux-docs", "rust-book", "d2l"),
    "fastapi-en": ("physical-ai-uneeza-quizzes", "d2l"),
    SQUAD: ("fastapi-en", "rust-book", "physical-ai-mraza-faq-and-checks"),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One question asked of one book, and what came of it."""

    kind: str
    question: Asked
    hits: tuple[Hit, ...]
    foreign: bool

    def right(self, hit: Hit) -> bool:
        """Whether the passage is of a page that answers."""
        return not self.foreign and hit.passage.path in self.question.pages

    @property
    def answered(self) -> bool:
        """Whether what a reader would be shown answers."""
        return any(map(self.right, self.hits[:LIMIT]))


@dataclass(frozen=True, slots=True)
class Row:
    """What a probability is fitted to: features, and whether it came true."""

    kind: str
    features: tuple[float, ...]
    true: bool


async def both(half: Half) -> list[tuple[str, list[Case], int]]:
    """The cases of `half` with vectors, then by words: what their fits are called by, and features to leave out."""
    indexer = trials.embedder()
    return [
        ("", await cases(half, indexer, indexer), 0),
        ("_by_words", await cases(half, None, indexer), 1),
    ]


async def cases(half: Half, embedder: RememberingEmbedder | None, indexer: RememberingEmbedder) -> list[Case]:
    """Every question of every set, asked of its own book and of those it is foreign to, where anything was found."""
    found: list[Case] = []
    for name in questions.sets():
        search = Search(EmbeddedIndex(await indexed(name, indexer)), embedder)
        own = [question for question in questions.asked(name) if question.half == half]
        for question in own[:: EVERY if name == SQUAD else 1]:
            kind = ("squad" if question.pages else "near miss") if name == SQUAD else "book"
            found.append(Case(kind, question, tuple(await search.hits(question.text)), foreign=False))
        strange = [each for other in FOREIGN.get(name, ()) for each in questions.asked(other) if each.half == half]
        found += [Case("foreign", each, tuple(await search.hits(each.text)), foreign=True) for each in strange[::EVERY]]
    return [case for case in found if case.hits]


def passages(found: Sequence[Case]) -> list[Row]:
    """Every passage a reader would be shown, but of real books, where not every right paragraph is known."""
    return [
        Row(case.kind, features, case.right(hit))
        for case in found
        if case.kind != "book"
        for hit, features in zip(case.hits[:LIMIT], calibration.relevance_features(case.hits), strict=False)
    ]


def whole(found: Sequence[Case]) -> list[Row]:
    """Every search."""
    return [Row(case.kind, calibration.confidence_features(case.hits), case.answered) for case in found]


def balanced(kinds: Sequence[str]) -> NDArray[np.float64]:
    """Weights under which every kind counts the same; they add up to how many there are."""
    counts = {kind: list(kinds).count(kind) for kind in set(kinds)}
    return np.array([len(kinds) / len(counts) / counts[kind] for kind in kinds])


def report(title: str, rows: Sequence[Row], given: Logistic, *, drop: int) -> None:
    """Prints how far `given` is from what came true of `rows`; `drop` leaves out so many features in front."""
    p = np.array([given(row.features[drop:]) for row in rows])
    true = np.array([float(row.true) for row in rows])
    weights = balanced([row.kind for row in rows])
    brier = np.average((p - true) ** 2, weights=weights)
    flat = np.average((np.average(true, weights=weights) - true) ** 2, weights=weights)
    order = p.argsort(kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    bins = np.minimum((share * BINS - 1e-9).astype(int), BINS - 1)
    error = (
        sum(abs(float((weights[order] * (p - true)[order])[bins == number].sum())) for number in range(BINS))
        / weights.sum()
    )
    auc = metrics.auc(np.column_stack([p, true]))
    print(f"| {title} | {len(rows)} | {brier:.3f} | {flat:.3f} | {error:.3f} | {auc:.3f} |")


def quantiles(rows: Sequence[Row], given: Logistic) -> None:
    """Prints what `given` says of each kind of question."""
    for kind in sorted({row.kind for row in rows}):
        of = [row for row in rows if row.kind == kind]
        told = " | ".join(
            f"{q:.2f}" for q in np.quantile([given(row.features) for row in of], [0.05, 0.25, 0.5, 0.75, 0.95])
        )
        print(f"| {kind} | {told} | {np.mean([row.true for row in of]):.2f} |")


async def main() -> None:
    """Prints the figures of the test half."""
    print(
        f"| probability | n | Brier | of a constant | ECE, {BINS} bins of equal mass | AUC |\n|---|---|---|---|---|---|"
    )
    found = await both("test")
    for suffix, held, drop in found:
        way = ", by words" if drop else ", with vectors"
        report("relevance" + way, passages(held), getattr(fitted, f"RELEVANCE{suffix.upper()}"), drop=drop)
        report("confidence" + way, whole(held), getattr(fitted, f"CONFIDENCE{suffix.upper()}"), drop=drop)
    print(
        "\n| confidence with vectors, at | 5 % | 25 % | 50 % | 75 % | 95 % | answered |\n|---|---|---|---|---|---|---|"
    )
    quantiles(whole(found[0][1]), fitted.CONFIDENCE)


if __name__ == "__main__":
    asyncio.run(main())
