"""The questions that refusal is fitted to and judged by, each asked of its book and read as an answer would read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks import questions
from benchmarks.questions import Half
from benchmarks.search import WORKPLACE, indexed

from pageside.answer import answerable, asking, evidence
from pageside.answer.answerable import Place
from pageside.knowledge import ingest
from pageside.knowledge.embed import MiniLM
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.search import Search

ROOT = Path(__file__).parents[1]
EXAMPLE = "example"
# sets that ask about one book share its index
INDEX = {
    "hf-deep-rl": "hf-deep-rl-quizzes",
    "physical-ai-mraza": "physical-ai-mraza-faq-and-checks",
    "physical-ai-uneeza": "physical-ai-uneeza-quizzes",
}
# what a question of each kind counts for in a fit: readers' own words most, and traps as they are met
WEIGHTS = {"reader": 1.0, "near miss": 1.0, "off topic": 1.0, "quiz": 0.3, "SQuAD": 0.15, "SQuAD near miss": 0.1}
OF_BOOKS = ("reader", "near miss", "off topic")
_EVERY = 15  # of so many questions of SQuAD one is asked


@dataclass(frozen=True, slots=True)
class Trial:
    """A question, and the pages of its book that answer it; none where the book does not.

    Attributes:
        book: Name of the index.
        kind: One of `WEIGHTS`.
    """

    book: str
    kind: str
    id: str
    text: str
    half: Half
    pages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a trial.

    Attributes:
        signals: See `answerable.SIGNALS`; empty where nothing was found.
        answers: A passage found is of a page that answers.
    """

    trial: Trial
    signals: tuple[float, ...]
    answers: bool


def trials() -> list[Trial]:
    """All of them, both halves."""
    return [*_readers(), *_quizzes(), *_misses(), *_example(), *_squad()]


def _readers() -> Iterator[Trial]:
    for name in questions.OPEN_BOOKS:
        for each in questions.asked(name):
            yield Trial(INDEX.get(name, name), "reader", each.id, each.text, each.half, each.pages)


def _quizzes() -> Iterator[Trial]:
    for name in questions.BOOKS:
        for each in questions.asked(name):
            yield Trial(name, "quiz", each.id, each.text, each.half, each.pages)


def _misses() -> Iterator[Trial]:
    for row in rows(Path(__file__).with_name("near-misses.jsonl")):
        group = f"{row['book']}/{row['page'] or row['id']}"
        half = questions.half("near-misses", group)
        book, kind = INDEX.get(row["book"], row["book"]), row["kind"].replace("_", " ")
        yield Trial(book, kind, row["id"], row["question"], half, frozenset())


def _example() -> Iterator[Trial]:
    for row in rows(ROOT / "evals" / "physical-ai.jsonl"):
        if row.get("history") or row.get("selected_text") or row.get("page"):
            continue  # they are about more than their words
        if asking.in_another_language(row["question"], {"en"}):
            continue  # they are never answered outright
        pages = frozenset(gold["path"] for gold in row.get("gold", ()))
        kind = "reader" if pages else "near miss" if row.get("kind") != "off_topic" else "off topic"
        yield Trial(EXAMPLE, kind, row["id"], row["question"], row["half"], pages)


def _squad() -> Iterator[Trial]:
    for each in questions.asked(questions.SQUAD)[::_EVERY]:
        kind = "SQuAD" if each.pages else "SQuAD near miss"
        yield Trial(questions.SQUAD, kind, each.id, each.text, each.half, each.pages)


def rows(file: Path) -> list[dict]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


@cache
def embedder() -> RememberingEmbedder:
    """The one that every step shares, so that no sentence is embedded twice."""
    return RememberingEmbedder(MiniLM(), limit=100_000)


async def searches(books: Sequence[str]) -> dict[str, Search]:
    """A search over each of `books`, indexed if need be."""
    made = {}
    for book in books:
        if book == EXAMPLE:
            data_dir = WORKPLACE / "data" / EXAMPLE
            await ingest.update(ROOT / "examples" / "physical-ai" / "docs", data_dir=data_dir, embedder=embedder())
        else:
            data_dir = await indexed(book, embedder())
        made[book] = Search(EmbeddedIndex(data_dir), embedder())
    return made


async def tried(half: Half) -> list[Tried]:
    """Every trial of `half`, with what was found for it."""
    asked = [each for each in trials() if each.half == half]
    over = await searches(sorted({each.book for each in asked}))
    return [await _tried(each, over[each.book]) for each in asked]


async def _tried(trial: Trial, search: Search) -> Tried:
    found = evidence.gather((await search.find(trial.text, limit=6)).passages)
    places = [Place.of(each.found) for each in found]
    read = await answerable.signals(search, trial.text, places)
    return Tried(trial, read, answers=any(each.found.passage.path in trial.pages for each in found))
