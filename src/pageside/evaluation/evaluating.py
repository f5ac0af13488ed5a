"""An evaluation from a question file to its figures: one configuration, two, or a book before and after."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from pageside import settings as knobs
from pageside.errors import InvalidInput
from pageside.evaluation import comparing, figures, opening, placing, revisions, running
from pageside.evaluation.cases import Case
from pageside.evaluation.comparing import Change, Pages
from pageside.evaluation.figures import Figure, Measure
from pageside.evaluation.journal import Journal
from pageside.evaluation.judging import Judged
from pageside.evaluation.opening import Opened
from pageside.evaluation.results import Result
from pageside.knowledge.ingest import Progress
from pageside.settings import Settings
from pageside.wiring import knowing


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of what.

    Attributes:
        folder: The folder of the book, indexed beside what is served; None for an index that is served.
        index: Which of the served ones, where there is no folder.
        compare: Settings of a second configuration, by their variables; None for none.
        against: A revision of git whose book is the second; empty for none.
        at_once: Questions under way at a time.
    """

    cases: tuple[Case, ...]
    settings: Settings
    folder: Path | None = None
    index: str = knowing.BOOK
    compare: Mapping[str, str] | None = None
    against: str = ""
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the runs that are compared, or the only one.

    Attributes:
        name: For people: `now`, or what sets it apart.
        lost: For each question, by its id, the gold places its book does not have.
    """

    name: str
    model: str
    generation: str
    pages: int
    judged: tuple[Judged, ...]
    figures: tuple[Figure, ...]

    @property
    def failed(self) -> tuple[Judged, ...]:
        return tuple(each for each in self.judged if each.result.error)

    @property
    def lost(self) -> dict[str, tuple[str, ...]]:
        """For each question, by its id, the gold places its book does not have."""
        return {each.case.id: each.placed.lost for each in self.judged if each.placed.lost}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How the run differs from another: `figures` are differences, this one minus the other."""

    other: Arm
    figures: tuple[Figure, ...]
    changes: tuple[Change, ...]
    pages: Pages


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of a question file."""

    arm: Arm
    comparison: Comparison | None
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class _Book:
    name: str
    settings: Settings
    index: str


async def evaluate(
    plan: Plan,
    *,
    journal: Journal | None = None,
    indexing: Callable[[Progress], None] = lambda at: None,
    asked: Callable[[str, Result], None] = lambda arm, result: None,
) -> Evaluation:
    """Asks every question, of both books or configurations where there are two.

    Args:
        indexing: Called while a book is indexed.
        asked: Called with the name of the run and each result.

    Raises:
        InvalidInput: What is to be compared cannot be.
        IndexMissing: Nothing has been indexed yet.
    """
    price = {"input_price": plan.settings.input_price, "output_price": plan.settings.output_price}
    measures = figures.priced(**price)
    async with AsyncExitStack() as stack:
        books = await _books(plan, stack, indexing)
        arms: list[tuple[Arm, Opened]] = []
        for book in books:
            opened = await stack.enter_async_context(opening.opened(book.settings, name=book.index))

            def tell(result: Result, name: str = book.name) -> None:
                asked(name, result)

            results = await running.run(plan.cases, opened, kept=journal, at_once=plan.at_once, done=tell)
            arms.append((_arm(book, opened, plan.cases, results, measures), opened))
    (arm, now), *others = arms
    comparison = None
    if others:
        other, then = others[0]
        comparison = Comparison(
            other=other,
            figures=figures.changes(other.judged, arm.judged, measures),
            changes=comparing.changes(
                other.judged, arm.judged, passages_before=then.passages, passages_after=now.passages
            ),
            pages=comparing.pages(then.documents, now.documents),
        )
    return Evaluation(arm, comparison, measures)


def _arm(
    book: _Book, opened: Opened, cases: Sequence[Case], results: Sequence[Result], measures: Sequence[Measure]
) -> Arm:
    placed = placing.place(cases, tuple(opened.passages.values()))
    judged = tuple(Judged(case, result, placed[case.id]) for case, result in zip(cases, results, strict=True))
    return Arm(
        name=book.name,
        model=opened.model,
        generation=opened.generation,
        pages=len(opened.documents),
        judged=judged,
        figures=figures.measured(judged, measures),
    )


async def _books(plan: Plan, stack: AsyncExitStack, indexing: Callable[[Progress], None]) -> list[_Book]:
    """What is asked: the book as it is and as it is configured, then what it is compared with."""
    if plan.compare is not None and plan.against:
        raise InvalidInput("--compare and --against ask for two comparisons at once; give one of them.")
    if plan.against and plan.folder is None:
        raise InvalidInput("--against needs the book's folder in its git repository; give it as --book.")
    books = [_Book("now", plan.settings, await _index(plan.settings, plan, indexing))]
    if plan.compare is not None:
        other = knobs.changed(plan.settings, plan.compare)
        if plan.folder is None and not opening.shares_index(plan.settings, other):
            raise InvalidInput(
                "--compare changes what an index is made with; give the book's folder as --book to have it made."
            )
        index = await _index(other, plan, indexing)
        books.append(_Book(_named(plan.compare), other, index))
    if plan.against and plan.folder is not None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pageside-")))
        then, commit = await revisions.write(plan.folder, plan.against, folder)
        known_as = f"{_known_as(plan.folder)} before"
        index, _report = await opening.indexed(plan.settings, then, known_as=known_as, progress=indexing)
        books.append(_Book(f"{plan.against} ({commit[:10]})", plan.settings, index))
    return books


async def _index(settings: Settings, plan: Plan, indexing: Callable[[Progress], None]) -> str:
    if plan.folder is None:
        return plan.index
    name, _report = await opening.indexed(settings, plan.folder, known_as=_known_as(plan.folder), progress=indexing)
    return name


def _known_as(folder: Path) -> str:
    return str(folder.resolve())


def _named(compare: Mapping[str, str]) -> str:
    """The settings that differ, for people; nothing that may be a secret."""
    hidden = ("KEY", "SECRET", "TOKEN", "PASSWORD", "URL")
    told = (f"{name}={'…' if name.endswith(hidden) and value else value}" for name, value in compare.items())
    return ", ".join(told)
