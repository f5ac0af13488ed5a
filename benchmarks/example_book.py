"""How well the example book's own questions are found and answered.

    python -m benchmarks.example_book            figures on the half nobody tuned on
    python -m benchmarks.example_book --dev      the other half, question by question

The questions stand in `evals/physical-ai.jsonl`, each with the sentences that answer it; they were written before
there was a search. A passage is right when it holds a gold sentence; an answer is, when it cites one. A question the
book does not answer is rightly declined with `not_in_book`, and half rightly with `closest`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from pageside.answer.models import Models
from pageside.answer.question import Message, Page, Question
from pageside.answer.tutor import Tutor
from pageside.knowledge import ingest
from pageside.knowledge.embed import MiniLM
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.search import Search

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "examples" / "physical-ai" / "docs"
QUESTIONS = ROOT / "evals" / "physical-ai.jsonl"
_BARE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the question file."""

    id: str
    question: Question
    golds: tuple[tuple[str, str], ...]  # path, sentence


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question: the rank of each gold (0 where absent) and the answer's outcome."""

    case: Case
    ranks: tuple[int, ...]
    cited: bool
    outcome: str
    text: str


def cases(half: str) -> list[Case]:
    """The questions of one half, in the file's order."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    return [_case(row) for row in rows if row["half"] == half]


def _case(row: dict) -> Case:
    question = Question(
        text=row["question"],
        selected_text=row.get("selected_text", ""),
        page=Page(path=row["page"]) if row.get("page") else None,
        history=tuple(Message(role=said["role"], text=said["text"]) for said in row.get("history", [])),
    )
    return Case(row["id"], question, tuple((gold["path"], gold["quote"]) for gold in row.get("gold", [])))


def bare(text: str) -> str:
    """The letters and digits of a text, so that markup does not count."""
    return _BARE.sub("", text).casefold()


async def tried(case: Case, tutor: Tutor) -> Outcome:
    """Asks one question, and looks for its golds in what was gathered and what was cited."""
    gathered, answer = (), None
    async for event in tutor.answer(case.question):
        match type(event).__name__:
            case "Gathered":
                gathered = event.evidence
            case "Completed":
                answer = event.answer
    ranks = tuple(_rank(gold, gathered) for gold in case.golds)
    cited = any(
        path == citation.passage.path and (bare(quote) in bare(citation.quote) or bare(citation.quote) in bare(quote))
        for path, quote in case.golds
        for citation in answer.citations
    )
    return Outcome(case, ranks, cited, answer.outcome, answer.text)


def _rank(gold: tuple[str, str], gathered: tuple) -> int:
    path, quote = gold
    for place, evidence in enumerate(gathered, start=1):
        passage = evidence.found.passage
        if passage.path == path and bare(quote) in bare(passage.text):
            return place
    return 0


async def run(half: str) -> list[Outcome]:
    """Every question of one half, asked of a freshly made index."""
    with tempfile.TemporaryDirectory() as folder:
        embedder = MiniLM()
        await ingest.update(BOOK, data_dir=Path(folder), embedder=embedder)
        index = EmbeddedIndex(Path(folder))
        tutor = Tutor(Search(index, embedder), Models(), limit_passages=6)
        outcomes = [await tried(case, tutor) for case in cases(half)]
        await index.aclose()
    return outcomes


def report(outcomes: list[Outcome]) -> str:
    """The figures as a Markdown table."""
    answerable = [outcome for outcome in outcomes if outcome.case.golds]
    others = [outcome for outcome in outcomes if not outcome.case.golds]
    double = [outcome for outcome in answerable if len(outcome.case.golds) > 1]
    rows = [
        ("a gold passage first", sum(1 in outcome.ranks for outcome in answerable), len(answerable)),
        (
            "a gold passage among the first five",
            sum(any(0 < r <= 5 for r in o.ranks) for o in answerable),
            len(answerable),
        ),
        ("both passages of a two-section question among six", sum(all(o.ranks) for o in double), len(double)),
        ("the gold sentence is cited", sum(outcome.cited for outcome in answerable), len(answerable)),
        ("answered", sum(outcome.outcome == "answered" for outcome in answerable), len(answerable)),
        ("not in the book, and declined", sum(outcome.outcome == "not_in_book" for outcome in others), len(others)),
        ("not in the book, and not answered", sum(outcome.outcome != "answered" for outcome in others), len(others)),
    ]
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {right} of {all_} |" for name, right, all_ in rows)])


def main() -> None:
    """Prints the figures of one half."""
    options = argparse.ArgumentParser()
    options.add_argument("--dev", action="store_true", help="the half that may be tuned on, question by question")
    dev = options.parse_args().dev
    outcomes = asyncio.run(run("dev" if dev else "test"))
    if dev:
        for outcome in outcomes:
            told = outcome.text.replace("\n", " ")
            print(f"{outcome.case.id} {outcome.ranks} {'cited' if outcome.cited else '-'} {outcome.outcome}")
            print(f"    {outcome.case.question.text}\n    {told[:300]}")
        print(Counter(outcome.outcome for outcome in outcomes))
    print(report(outcomes))


if __name__ == "__main__":
    main()
