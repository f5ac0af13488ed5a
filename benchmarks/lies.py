"""How many lies are caught, and how many truths refused: `python -m benchmarks.lies [--half dev|test] [--time]`.

A scripted model says one sentence, with the number of the passage it is about, in place of a real one; everything else
is as it is served: the search, the prompt, the stream, the checks. Sentences are made from those of real books by rule
(`falsehoods`), or written by hand (`claims.jsonl`, which names the sentence of the book by its digest). Books are split
into halves by page; what the checks are tuned on is the development half.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import logging
import re
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, Final

import structlog
from agents import ModelSettings
from benchmarks import falsehoods, questions
from benchmarks.questions import SHARED, Half

from pageside.answer import grounding, outcomes, prompt, quoting, statements
from pageside.answer.events import Answer, Completed, TextDelta
from pageside.answer.models import Models, TurnModel
from pageside.answer.question import Question
from pageside.answer.quoting import QuotingModel, Scorer
from pageside.answer.tutor import Tutor
from pageside.knowledge import ingest
from pageside.knowledge.embed import MiniLM
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.passage import Passage
from pageside.knowledge.search import Search

BOOKS: Final = ("rust-book", "fastapi-en", "redux-docs", "d2l", "hf-deep-rl", "physical-ai-mraza", "physical-ai-uneeza")
_WRITTEN: Final = Path(__file__).with_name("claims.jsonl")
_PER_RULE: Final = 12  # of a book's half
_SEED: Final = 20_26


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence for the model to say.

    Attributes:
        source: The sentence of the book it was made from.
        lies: Whether the book says otherwise.
        kind: The rule that made it, or what was changed by hand.
    """

    book: str
    path: str
    source: str
    text: str
    lies: bool
    kind: str
    by_hand: bool = False


@dataclass(slots=True)
class Tally:
    """What became of the sentences of one kind."""

    passed: int = 0
    caught: int = 0
    unfound: int = 0

    @property
    def judged(self) -> int:
        return self.passed + self.caught


def half(book: str, path: str) -> Half:
    """The half of a page: as `split.json` has it, else by the digest of its path."""
    named = next((name for name, of in questions.BOOKS.items() if of == book), book)
    try:
        return questions.half(named, path)
    except KeyError:
        return "dev" if hashlib.sha256(f"{book}/{path}".encode()).digest()[0] % 2 else "test"


def digest(sentence: str) -> str:
    """What names a sentence of a book without repeating it."""
    return hashlib.sha256(" ".join(sentence.split()).encode()).hexdigest()[:16]


def sayable(passage: Passage) -> list[str]:
    """Sentences of a passage that can be changed: prose of 7 to 34 words, whole and English."""
    if passage.language != "en" or passage.labels.get("section_type") == "quiz":
        return []
    return [
        each.text
        for each in statements.cut(passage.text, language="en")
        if each.kind == "prose" and not each.asks and not each.leads and re.fullmatch(r"[A-Z`].{30,260}\.", each.text)
        if 7 <= len(each.text.split()) <= 34
    ]


def made(book: str, passages: Sequence[Passage], wanted: Half) -> Iterator[Case]:
    """Lies and truths by rule, at most `_PER_RULE` of each, spread over the half of the book."""
    rng = Random(f"{_SEED}{book}{wanted}")
    of_half = [passage for passage in passages if half(book, passage.path) == wanted]
    rng.shuffle(of_half)
    counts: Counter[str] = Counter()
    rules = [(True, kind, rule) for kind, rule in falsehoods.LIES.items()]
    rules += [(False, kind, rule) for kind, rule in falsehoods.TRUTHS.items()]
    for passage in of_half:
        said = sayable(passage)
        names = sorted({match.group() for match in falsehoods.NAMES.finditer(passage.text)})
        for sentence in said:
            for lies, kind, rule in rng.sample(rules, len(rules)):
                if counts[kind] >= _PER_RULE:
                    continue
                if text := next((new for new in rule(sentence, names, rng) if _differs(new, passage, lies=lies)), None):
                    counts[kind] += 1
                    yield Case(book, passage.path, sentence, text, lies, kind)
                    break
        for one, other in pairwise(said):
            if (
                counts["joined"] < _PER_RULE
                and f"{one} {other}" in passage.text
                and (text := falsehoods.joined(one, other))
            ):
                counts["joined"] += 1
                yield Case(book, passage.path, one, text, False, "joined")
                break


def _differs(text: str, passage: Passage, *, lies: bool) -> bool:
    """A lie must be no other sentence of the passage, which would be true after all."""
    return not lies or " ".join(text.split()) not in " ".join(passage.text.split())


def written(wanted: Half) -> Iterator[tuple[str, str, str, bool, str]]:
    """Book, digest, text, whether it lies, and what was changed, of each row written by hand."""
    with _WRITTEN.open(encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            if half(row["book"], row["path"]) == wanted:
                yield row["book"], row["digest"], row["text"], row["lies"], row["kind"]


@dataclass(slots=True)
class Saying(QuotingModel):
    """Says `text` with the number of the passage that holds `source`, in pieces of a word."""

    case: Case
    met: bool = False

    async def pieces(self, items: Any) -> AsyncIterator[str]:
        turn = prompt.read(items)
        number = next((each.number for each in turn.passages if self.case.source in each.text), 0)
        self.met = number > 0
        for word in f"{self.case.text.removesuffix('.')} [{number or 1}].".split(" "):
            yield f"{word} "


@dataclass(slots=True)
class Scripted(Models):
    """Gives every turn the model that says `case`."""

    model: Saying = field(init=False)
    temperature: None = None

    def __init__(self) -> None:
        Models.__init__(self)

    def say(self, case: Case) -> None:
        self.model = Saying(case)

    def for_turn(self, scorer: Scorer) -> TurnModel:
        return TurnModel(self.model, ModelSettings())


def passes(answer: Answer) -> bool:
    """Whether the sentence was shown as the book's."""
    return bool(answer.citations)


async def run(cases: Sequence[Case], searches: dict[str, Search], *, show: str) -> dict[tuple[bool, str], Tally]:
    """What became of each case, by kind."""
    tallies: dict[tuple[bool, str], Tally] = {}
    for case in cases:
        models = Scripted()
        models.say(case)
        answer = await Tutor(searches[case.book], models).complete(Question(case.source))
        kind = f"{case.kind} (by hand)" if case.by_hand else case.kind
        tally = tallies.setdefault((case.lies, kind), Tally())
        if not models.model.met:
            tally.unfound += 1
        elif passes(answer):
            tally.passed += 1
        else:
            tally.caught += 1
        wrong = models.model.met and passes(answer) == case.lies
        if wrong and show == ("lies" if case.lies else "truths"):
            print(f"\n[{kind}] {case.text}\n  book: {case.source}")
            for citation in answer.citations:
                print(f"  cited: {citation.quote!r}")
    return tallies


async def open_books(
    stack: AsyncExitStack, workplace: Path
) -> tuple[dict[str, Search], dict[str, tuple[Passage, ...]]]:
    """Each book, indexed by words; sentences are compared in meaning all the same."""
    searches, passages = {}, {}
    embedder = MiniLM()
    for book in BOOKS:
        folder = workplace / book
        await ingest.update(SHARED / "corpora" / book, data_dir=folder, embedder=None)
        index = EmbeddedIndex(folder)
        stack.push_async_callback(index.aclose)
        searches[book] = Search(index, embedder)
        passages[book] = await index.passages()
    return searches, passages


def by_hand(passages: dict[str, tuple[Passage, ...]], wanted: Half) -> Iterator[Case]:
    """The sentences written by hand whose source is still in its book."""
    known = {
        (book, digest(statement.text)): (passage.path, statement.text)
        for book, rows in passages.items()
        for passage in rows
        for statement in statements.cut(passage.text, language=passage.language)
    }
    for book, named, text, lies, kind in written(wanted):
        if (book, named) in known:
            path, source = known[book, named]
            yield Case(book, path, source, text, lies, kind, by_hand=True)


def table(tallies: dict[tuple[bool, str], Tally]) -> str:
    """Two tables: lies caught and truths refused, by kind and in all."""
    lines = []
    for lies, title in ((True, "| lie | caught | of | share |"), (False, "| truth | refused | of | share |")):
        lines += ["", title, "|---|---|---|---|"]
        rows = {kind: tally for (of, kind), tally in tallies.items() if of == lies}
        for label, some in (
            ("by rule", {kind: tally for kind, tally in rows.items() if "by hand" not in kind}),
            ("by hand", {kind: tally for kind, tally in rows.items() if "by hand" in kind}),
        ):
            lines += [_row(kind, [tally]) for kind, tally in sorted(some.items())]
            if some:
                lines.append(_row(f"**all {label}**", list(some.values())))
    return "\n".join(lines)


def _row(kind: str, tallies: Sequence[Tally]) -> str:
    caught, judged = sum(tally.caught for tally in tallies), sum(tally.judged for tally in tallies)
    return f"| {kind} | {caught} | {judged} | {caught / max(1, judged):.1%} |"


async def main() -> None:
    """Prints the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--half", choices=("dev", "test"), default="test")
    arguments.add_argument("--workplace", type=Path, default=Path("/tmp/pageside-lies"))  # noqa: S108  # a cache
    arguments.add_argument(
        "--show", choices=("lies", "truths", ""), default="", help="print what went wrong (dev only)"
    )
    arguments.add_argument("--written", action="store_true", help="only what was written by hand")
    chosen = arguments.parse_args()
    if chosen.show and chosen.half == "test":
        raise SystemExit("The test half is not looked at.")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    async with AsyncExitStack() as stack:
        searches, passages = await open_books(stack, chosen.workplace)
        rule = [] if chosen.written else [case for book in BOOKS for case in made(book, passages[book], chosen.half)]
        hand = list(by_hand(passages, chosen.half)) if _WRITTEN.is_file() else []
        began = time.perf_counter()
        tallies = await run([*rule, *hand], searches, show=chosen.show)
    print(table(tallies))
    unfound = sum(tally.unfound for tally in tallies.values())
    print(
        f"\n{len(rule)} by rule, {len(hand)} by hand; {unfound} left out, their passage not found; {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    asyncio.run(main())
