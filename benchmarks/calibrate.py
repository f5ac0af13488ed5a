"""Fits what knowledge/calibration.py says: `python -m benchmarks.calibrate`.

Coefficients come from the development half of the questions; Brier score, calibration error and AUC from the other.
Passages are judged on SQuAD, where the one right paragraph is known; whole searches on four kinds of question, each
counting the same: of real books, of SQuAD, of SQuAD's near misses that its page does not answer, and of another book.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from benchmarks import questions
from benchmarks.questions import SQUAD, Asked
from benchmarks.search import indexed
from numpy.typing import NDArray

from pageside.knowledge import calibration
from pageside.knowledge.embed import MiniLM
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.index import Hit
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.search import Search

LIMIT = 5
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


async def cases(embedder: RememberingEmbedder | None, indexer: RememberingEmbedder) -> list[Case]:
    """Every question of every set, asked of its own book and of those it is foreign to."""
    found: list[Case] = []
    for name in questions.sets():
        search = Search(EmbeddedIndex(await indexed(name, indexer)), embedder)
        for question in questions.asked(name):
            kind = ("squad" if question.pages else "near miss") if name == SQUAD else "book"
            found.append(Case(kind, question, tuple(await search.hits(question.text)), foreign=False))
        strange = [question for other in FOREIGN.get(name, ()) for question in questions.asked(other)]
        found += [Case("foreign", each, tuple(await search.hits(each.text)), foreign=True) for each in strange]
    return found


def fitted(
    features: NDArray[np.float64], truth: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Coefficients of a logistic regression, the intercept first; by Newton's method with a trace of ridge."""
    design = np.column_stack([np.ones(len(features)), features])
    beta = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ beta))
        gradient = design.T @ (weights * (truth - p)) - 1e-3 * beta
        hessian = (design * (weights * p * (1 - p))[:, None]).T @ design + 1e-3 * np.eye(len(beta))
        beta += np.linalg.solve(hessian, gradient)
    return beta


def report(title: str, p: NDArray[np.float64], truth: NDArray[np.float64], weights: NDArray[np.float64]) -> None:
    """Prints how far probabilities `p` are from what was true."""
    brier = np.average((p - truth) ** 2, weights=weights)
    flat = np.average((np.average(truth, weights=weights) - truth) ** 2, weights=weights)
    bins = np.minimum((p * 10).astype(int), 9)
    error = sum(
        abs(
            np.average(p[bins == b], weights=weights[bins == b])
            - np.average(truth[bins == b], weights=weights[bins == b])
        )
        * weights[bins == b].sum()
        for b in np.unique(bins)
    )
    order = p.argsort()
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    positive = truth == 1
    auc = (ranks[positive].sum() - positive.sum() * (positive.sum() + 1) / 2) / (positive.sum() * (~positive).sum())
    print(f"  {title}: Brier {brier:.3f} (constant {flat:.3f}), ECE {error / weights.sum():.3f}, AUC {auc:.3f}")


def balanced(kinds: Sequence[str]) -> NDArray[np.float64]:
    """Weights under which every kind counts the same; they add up to how many there are."""
    counts = {kind: list(kinds).count(kind) for kind in set(kinds)}
    return np.array([len(kinds) / len(counts) / counts[kind] for kind in kinds])


def judge(title: str, rows: Sequence[tuple[str, str, tuple[float, ...], bool]], *, drop: int) -> None:
    """Fits on the development rows and reports on the others; `drop` leaves out so many features in front."""
    print(title)
    halves = {half: [row for row in rows if row[1] == half] for half in ("dev", "test")}
    x, y, w = ({half: make(part) for half, part in halves.items()} for make in (
        lambda part: np.array([row[2][drop:] for row in part]),
        lambda part: np.array([float(row[3]) for row in part]),
        lambda part: balanced([row[0] for row in part]),
    ))  # fmt: skip
    beta = fitted(x["dev"], y["dev"], w["dev"])
    print(f"  Logistic({beta[0]:.3f}, ({', '.join(f'{value:.3f}' for value in beta[1:])}))")
    p = 1 / (1 + np.exp(-(beta[0] + x["test"] @ beta[1:])))
    report(f"test half, {len(p)} cases", p, y["test"], w["test"])
    for kind in sorted({row[0] for row in rows}):
        of = np.array([row[0] == kind for row in halves["test"]])
        quantiles = ", ".join(f"{q:.2f}" for q in np.quantile(p[of], [0.05, 0.25, 0.5, 0.75, 0.95]))
        print(f"    {kind:10} n {of.sum():5}  true {y['test'][of].mean():.2f}  p at 5/25/50/75/95 %: {quantiles}")


async def main() -> None:
    """Prints coefficients and figures with vectors, then by words alone."""
    indexer = RememberingEmbedder(MiniLM(), limit=50_000)
    for title, embedder, drop in (("with vectors", indexer, 0), ("by words", None, 1)):
        found = [case for case in await cases(embedder, indexer) if case.hits]
        passages = [
            (case.kind, case.question.half, features, case.right(hit))
            for case in found
            if case.kind != "book"
            for hit, features in zip(case.hits[:LIMIT], calibration.relevance_features(case.hits), strict=False)
        ]
        judge(f"relevance, {title}", passages, drop=drop)
        whole = [
            (case.kind, case.question.half, calibration.confidence_features(case.hits), case.answered) for case in found
        ]
        judge(f"confidence, {title}", whole, drop=drop)


if __name__ == "__main__":
    asyncio.run(main())
