"""How often the embedded tutor answers rightly, and how often it declines what the book does not say.

    python -m benchmarks.answers    figures on the half nobody tuned on

An answer is right when it quotes the gold answer: its words stand in the quotes (SQuAD), or most of them do (books,
whose gold answers are in other words). A book is also asked what another world asks: SQuAD questions, which it cannot
answer. SQuAD's own unanswerable questions are near misses, made to look answerable.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from benchmarks import questions, trials
from benchmarks.questions import Half
from benchmarks.search import indexed

from pageside.answer import asking, evidence, prompt, statements
from pageside.answer.events import Answer
from pageside.answer.models import Models
from pageside.answer.question import Question
from pageside.answer.quoting import QuotingModel
from pageside.answer.tutor import Tutor
from pageside.knowledge import keywords
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.search import Search

_MOST = 0.5  # of the gold answer's words


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the answers it may have; none where the book does not answer.

    Attributes:
        kind: `answerable`, `foreign` (about another world) or `near_miss`.
        exact: The answer must stand in the quotes word by word.
    """

    text: str
    gold: tuple[str, ...]
    kind: str
    exact: bool


def cases(name: str, half: Half, *, limit: int) -> list[Case]:
    """What the book of set `name` is asked: at most `limit` of each kind."""
    halves = {asked.id: asked.half for asked in questions.asked(name)}
    if name == questions.SQUAD:
        rows = [row for row in _rows("squad2-dev-questions") if halves[row["id"]] == half]
        answerable = [
            Case(row["question"], tuple(row["answers"]), "answerable", True) for row in rows if row["answerable"]
        ]
        misses = [Case(row["question"], (), "near_miss", True) for row in rows if not row["answerable"]]
        return [*_spread(answerable, limit), *_spread(misses, limit)]
    own = [
        Case(row["question"], (_joined(row["answer"]),), "answerable", False)
        for row in _rows(name)
        if halves[row["id"]] == half and _joined(row["answer"])
    ]
    return [*_spread(own, limit), *(Case(case.text, (), "foreign", True) for case in _spread(_squad(half), limit // 2))]


def _squad(half: Half) -> list[Case]:
    return [case for case in cases(questions.SQUAD, half, limit=10_000) if case.kind == "answerable"]


def _joined(answer: object) -> str:
    return " ".join(map(str, answer)) if isinstance(answer, list) else str(answer or "")


def _spread(rows: Sequence[Case], limit: int) -> list[Case]:
    step = max(1, len(rows) // limit)
    return list(rows[::step][:limit])


def _rows(name: str) -> Iterator[dict[str, object]]:
    file = questions.SHARED / "questions" / f"{name}.jsonl"
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def right(case: Case, text: str) -> bool:
    """Whether `text` holds the gold answer of `case`."""
    if case.exact:
        said = _squeezed(text)
        return any(_squeezed(gold) in said for gold in case.gold)
    said_words = set(keywords.terms(text, language="en"))
    for gold in case.gold:
        wanted = keywords.query(re.sub(r"```.*?```", " ", gold, flags=re.DOTALL) or gold, languages=["en"])
        if wanted and sum(word in said_words for word in wanted) / len(wanted) >= _MOST:
            return True
    return False


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def quoted(answer: Answer) -> str:
    """Everything an answer quotes."""
    return "\n".join(citation.quote for citation in answer.citations)


async def searching(name: str) -> Search:
    """A search over the book of set `name`, indexed if need be."""
    embedder = trials.embedder()
    return Search(EmbeddedIndex(await indexed(name, embedder)), embedder)


async def measure(name: str, half: Half, *, limit: int) -> dict[str, object]:
    """Shares of right, wrong and declined answers for one set."""
    tutor = Tutor(await searching(name), Models())
    counts: Counter[tuple[str, str]] = Counter()
    sure: list[tuple[float, bool]] = []
    began = time.process_time()
    asked = cases(name, half, limit=limit)
    for case in asked:
        answer = await tutor.complete(Question(case.text))
        is_right = bool(case.gold) and right(case, quoted(answer))
        counts[case.kind, f"{answer.outcome}{' right' if is_right else ''}"] += 1
        sure.append((answer.confidence if answer.outcome == "answered" else 0.0, is_right))
    return {"set": name, "seconds": (time.process_time() - began) / len(asked), "counts": counts, "sure": sure}


def shown(rows: Sequence[dict[str, object]]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| questions | n | answered, right | answered, not right | closest (right) | not in book |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        counts = row["counts"]
        assert isinstance(counts, Counter)
        for kind in dict.fromkeys(kind for kind, _ in counts):
            of = {outcome: number for (each, outcome), number in counts.items() if each == kind}
            total = sum(of.values())
            near, near_right = of.get("closest", 0), of.get("closest right", 0)
            lines.append(
                f"| {row['set']}, {kind} | {total} | {of.get('answered right', 0)} | {of.get('answered', 0)} "
                f"| {near + near_right} ({near_right}) | {of.get('not_in_book', 0) + of.get('conversation', 0)} |"
            )
    return "\n".join(lines)


def calibration(rows: Sequence[dict[str, object]]) -> str:
    """How confidence compares with being right, in five bands."""
    pairs = [pair for row in rows for pair in row["sure"] if pair[0] > 0]  # type: ignore[attr-defined]
    lines = ["| confidence | answers | mean confidence | right |", "|---|---|---|---|"]
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        band = [pair for pair in pairs if low <= pair[0] < low + 0.2 or (low == 0.8 and pair[0] == 1.0)]
        if band:
            mean, share = np.mean([pair[0] for pair in band]), np.mean([pair[1] for pair in band])
            lines.append(f"| {low:.1f} to {low + 0.2:.1f} | {len(band)} | {mean:.2f} | {share:.2f} |")
    return "\n".join(lines)


async def contests(name: str, half: Half, *, limit: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each answerable question what `choosing.merits` says of every statement, and which hold the gold answer."""
    search = await searching(name)
    model = QuotingModel(search)
    made = []
    for case in (case for case in cases(name, half, limit=limit) if case.gold):
        found = await search.find(case.text, limit=6)
        turn = prompt.read(prompt.compose(Question(case.text), case.text, evidence.gather(found.passages), found))
        cut = {each.number: statements.cut(each.text, language=each.language) for each in turn.passages}
        candidates = await model.weighed(asking.wants(case.text), turn.passages, cut)
        golden = np.array([right(case, candidate.statement.text) for candidate in candidates])
        if golden.any() and not golden.all():
            made.append((np.array([candidate.merits for candidate in candidates]), golden))
    return made


def fit_merits(contests: Sequence[tuple[np.ndarray, np.ndarray]], *, ridge: float = 1.0) -> np.ndarray:
    """Weights under which a statement with the gold answer is the likeliest pick (conditional logit, by Newton)."""
    weights = np.zeros(contests[0][0].shape[1])
    for _ in range(60):
        slope, bend = -ridge * weights, ridge * np.eye(len(weights))
        for x, golden in contests:
            scores = x @ weights
            p = np.exp(scores - scores.max())
            p /= p.sum()
            among_gold = p * golden / max((p * golden).sum(), 1e-12)
            mean = x.T @ p
            slope += x.T @ (among_gold - p)
            bend += (x * p[:, None]).T @ x - np.outer(mean, mean)
        weights += 0.7 * np.linalg.solve(bend, slope)
    return weights


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--half", choices=["dev", "test"], default="test")
    parser.add_argument("--limit", type=int, default=150, help="questions of each kind and set")
    given = parser.parse_args()
    names = (*questions.BOOKS, questions.SQUAD)
    measured = [await measure(name, given.half, limit=given.limit) for name in names]
    print(shown(measured), calibration(measured), sep="\n\n")
    print(f"\n{np.mean([row['seconds'] for row in measured]):.2f} CPU seconds an answer")


if __name__ == "__main__":
    asyncio.run(main())
