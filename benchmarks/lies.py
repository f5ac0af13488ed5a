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
from unittest import mock

import structlog
from agents import ModelSettings
from benchmarks import falsehoods, questions
from benchmarks.questions import SHARED, Half

from pageside.answer import prompt, statements, support
from pageside.answer.events import Cited
from pageside.answer.models import Models, TurnModel
from pageside.answer.question import Question
from pageside.answer.quoting import QuotingModel, Scorer
from pageside.answer.tutor import Tutor
from pageside.evaluation import alce
from pageside.evaluation.alce import Statement
from pageside.knowledge import ingest
from pageside.knowledge.embed import MiniLM
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.passage import Passage
from pageside.knowledge.search import Search

BOOKS: Final = ("rust-book", "fastapi-en", "redux-docs", "d2l", "hf-deep-rl", "physical-ai-mraza", "physical-ai-uneeza")
_WRITTEN: Final = Path(__file__).with_name("claims.jsonl")
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
    repaired: int = 0
    marked: int = 0
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


def made(book: str, passages: Sequence[Passage], wanted: Half, *, per_rule: int) -> Iterator[Case]:
    """Lies and truths by rule, at most `per_rule` of each, spread over the half of the book."""
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
                if counts[kind] >= per_rule:
                    continue
                if text := next((new for new in rule(sentence, names, rng) if _differs(new, passage, lies=lies)), None):
                    counts[kind] += 1
                    yield Case(book, passage.path, sentence, text, lies, kind)
                    break
        for one, other in pairwise(said):
            if (
                counts["joined"] < per_rule
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


class Saying(QuotingModel):
    """Says the sentence of a case with the number of the passage it is about, a word at a time.

    Asked to say it again, it gives the book's own sentence: what a model can do at best.
    """

    def __init__(self, case: Case) -> None:
        """Needs no scorer: it weighs nothing."""
        self.case = case
        self.met = False

    async def pieces(self, items: Any) -> AsyncIterator[str]:
        if isinstance(items, str) or not any(row.get("type") == "function_call" for row in items):
            yield self.case.source
            return
        number = next((each.number for each in prompt.read(items).passages if self.case.source in each.text), 0)
        self.met = number > 0
        for word in f"{self.case.text.removesuffix('.')} [{number or 1}].".split(" "):
            yield f"{word} "


class Scripted(Models):
    """Gives every turn the model that says one case; it counts as one in its own words, not as the embedded one."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        self.model = Saying(case)

    @property
    def embedded(self) -> bool:
        """It may say anything."""
        return False

    def for_turn(self, scorer: Scorer) -> TurnModel:
        """The model that says the case."""
        return TurnModel(self.model, ModelSettings())


@dataclass(slots=True)
class Outcome:
    """What became of all cases.

    Attributes:
        tallies: By whether they lie, and their kind.
        strengths: Of each, whether it lies and how strong its support is, 0 where it has none.
        shown: True sentences made of one sentence of the book, with what they cite.
        gold: Which sentence of the book each of those was made of.
    """

    tallies: dict[tuple[bool, str], Tally] = field(default_factory=dict)
    strengths: list[tuple[bool, float]] = field(default_factory=list)
    shown: list[Statement] = field(default_factory=list)
    gold: dict[str, str] = field(default_factory=dict)

    def citations(self) -> str:
        """Citation recall and precision after ALCE, exact: which sentence supports which is known."""
        of = alce.citation_scores(self.shown, lambda premise, claim: self.gold[claim] in premise)
        return f"Citations of {of.statements} true sentences: recall {of.recall:.3f}, precision {of.precision:.3f}."


async def run(cases: Sequence[Case], searches: dict[str, Search], *, show: str) -> Outcome:
    """What becomes of each case."""
    outcome = Outcome()
    for case in cases:
        models = Scripted(case)
        answer = await Tutor(searches[case.book], models).complete(Question(case.source))
        kind = f"{case.kind} (by hand)" if case.by_hand else case.kind
        tally = outcome.tallies.setdefault((case.lies, kind), Tally())
        if not models.model.met:
            tally.unfound += 1
            continue
        passed = bool(answer.citations) and not answer.repaired
        tally.passed += passed
        tally.caught += not passed
        tally.repaired += answer.repaired
        tally.marked += answer.marked
        outcome.strengths.append(
            (case.lies, max((claim.strength for claim in answer.claims), default=0.0) if passed else 0.0)
        )
        if not case.lies and case.kind != "joined":
            outcome.shown.append(Statement(case.text, tuple(each.quote for each in answer.citations if passed)))
            outcome.gold[case.text] = case.source
        if passed == case.lies and show == ("lies" if case.lies else "truths"):
            print(f"\n[{kind}] {case.text}\n  book: {case.source}")
            for citation in answer.citations:
                print(f"  cited: {citation.quote!r}")
    return outcome


def curve(strengths: Sequence[tuple[bool, float]]) -> str:
    """What a bar on the strength of the support would cost and gain."""
    lines = ["| least strength | lies caught | truths refused |", "|---|---|---|"]
    for bar in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0):
        shares = []
        for lies in (True, False):
            some = [strength for of, strength in strengths if of == lies]
            shares.append(sum(strength < bar for strength in some) / max(1, len(some)))
        lines.append(f"| {bar:.2f} | {shares[0]:.1%} | {shares[1]:.1%} |")
    return "\n".join(lines)


async def timed(book: str, workplace: Path) -> str:
    """Times of the embedded default over the questions of the development half about `book`, as it is installed."""
    embedder = MiniLM()
    folder = workplace / f"{book}-vectors"
    await ingest.update(SHARED / "corpora" / book, data_dir=folder, embedder=embedder)
    index = EmbeddedIndex(folder)
    tutor = Tutor(Search(index, embedder), Models())
    names = [name for name in questions.sets() if questions.BOOKS.get(name, name) == book]
    asked = [each.text for name in names for each in questions.asked(name) if each.half == "dev"]
    checking, first, whole = [0.0], [], []
    find = support.find

    async def measured(*told: Any) -> Any:
        began = time.perf_counter()
        try:
            return await find(*told)
        finally:
            checking[-1] += time.perf_counter() - began

    with mock.patch.object(support, "find", measured):
        await tutor.complete(Question("What is this book about?"))  # loads the model
        checking.clear()
        for text in asked:
            checking.append(0.0)
            began, verified = time.perf_counter(), 0.0
            async for event in tutor.answer(Question(text)):
                if isinstance(event, Cited) and not verified:
                    verified = time.perf_counter() - began
            whole.append(time.perf_counter() - began)
            first += [verified] if verified else []
    await index.aclose()
    rows = (("first verified sentence", first), ("whole answer", whole), ("of which checking", checking))
    at = [(label, statistics.quantiles(times, n=20)) for label, times in rows]
    return "\n".join(
        (
            "| embedded default, seconds | p50 | p95 |",
            "|---|---|---|",
            *(f"| {label} | {times[9]:.3f} | {times[18]:.3f} |" for label, times in at),
            f"\n{len(asked)} questions; checking is {sum(checking) / sum(whole):.1%} of the time.",
        )
    )


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
    for lies, title in ((True, "| lie | caught"), (False, "| truth | refused")):
        lines += ["", f"{title} | of | share | repaired | marked |", "|---|---|---|---|---|---|"]
        rows = {kind: tally for (of, kind), tally in tallies.items() if of == lies}
        for label, hand in (("by rule", False), ("by hand", True)):
            some = {kind: tally for kind, tally in rows.items() if ("by hand" in kind) == hand}
            lines += [_row(kind, [tally]) for kind, tally in sorted(some.items())]
            lines += [_row(f"**all {label}**", list(some.values()))] if some else []
    return "\n".join(lines)


def _row(kind: str, tallies: Sequence[Tally]) -> str:
    caught, judged, repaired, marked = (
        sum(getattr(tally, of) for tally in tallies) for of in ("caught", "judged", "repaired", "marked")
    )
    return f"| {kind} | {caught} | {judged} | {caught / max(1, judged):.1%} | {repaired} | {marked} |"


async def main() -> None:
    """Prints the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--half", choices=("dev", "test"), default="test")
    arguments.add_argument("--workplace", type=Path, default=Path("/tmp/pageside-lies"))  # a cache
    arguments.add_argument(
        "--show", choices=("lies", "truths", ""), default="", help="print what went wrong (dev only)"
    )
    arguments.add_argument("--sample", type=int, default=12, help="sentences by each rule of each book")
    arguments.add_argument("--written", action="store_true", help="only what was written by hand")
    arguments.add_argument("--time", action="store_true", help="how long checking takes, instead")
    chosen = arguments.parse_args()
    if chosen.show and chosen.half == "test":
        raise SystemExit("The test half is not looked at.")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if chosen.time:
        print(await timed("hf-deep-rl", chosen.workplace))
        return
    async with AsyncExitStack() as stack:
        searches, passages = await open_books(stack, chosen.workplace)
        rule = (
            []
            if chosen.written
            else [case for book in BOOKS for case in made(book, passages[book], chosen.half, per_rule=chosen.sample)]
        )
        hand = list(by_hand(passages, chosen.half)) if _WRITTEN.is_file() else []
        began = time.perf_counter()
        outcome = await run([*rule, *hand], searches, show=chosen.show)
    print(f"{table(outcome.tallies)}\n\n{curve(outcome.strengths)}\n\n{outcome.citations()}")
    unfound = sum(tally.unfound for tally in outcome.tallies.values())
    took = time.perf_counter() - began
    print(f"\n{len(rule)} by rule, {len(hand)} by hand; {unfound} left out, their passage not found; {took:.0f} s")


if __name__ == "__main__":
    asyncio.run(main())
