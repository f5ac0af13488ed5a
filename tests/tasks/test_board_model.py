"""The board against a plain model: whatever is done in whatever order, in units kept or dropped, both agree."""

from __future__ import annotations

import asyncio
import copy
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from tests.databases import store_url

from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.tasks import board
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import BadTask, Details, NoSuchTask, NothingToUndo

__all__ = ["store_url"]

READERS = {name: Reader(name, "school") for name in ("ada", "eve")}
TITLES = st.sampled_from(["Milk", "Bread", "'; DROP TABLE tasks", "🥛 اقرأ", "%_\\"])
DUES = st.sampled_from([None, date(2026, 1, 2), date(2026, 2, 3)])
NUMBERS = st.integers(1, 9)
ACTS = st.one_of(
    st.tuples(st.just("add"), TITLES, DUES),
    st.tuples(st.just("update"), NUMBERS, TITLES),
    st.tuples(st.just("status"), NUMBERS, st.sampled_from(["pending", "completed"])),
    st.tuples(st.just("complete"), NUMBERS, st.booleans()),
    st.tuples(st.just("delete"), NUMBERS),
    st.tuples(st.just("restore"), NUMBERS),
    st.tuples(st.just("undo")),
)
MOST = 3  # tasks of a reader here, so that the limit is met
REFUSED = {NoSuchTask: "no such", BadTask: "bad", NothingToUndo: "nothing"}


@dataclass
class One:
    title: str
    due: date | None = None
    done: bool = False
    deleted: int = 0  # the how manieth deletion it was

    @property
    def told(self):
        return self.title, self.due, self.done


@dataclass
class Model:
    """What a reader has; every unit that changed something notes how each task it touched was."""

    tasks: dict[int, One] = field(default_factory=dict)
    last: int = 0
    revision: int = 0
    units: dict[int, dict[int, One | None]] = field(default_factory=dict)
    open: int = 0
    deletions: int = 0

    def note(self, number):
        self.begin()
        notes = self.units.setdefault(self.open, {})
        notes.setdefault(number, copy.copy(self.tasks.get(number)))

    def begin(self):
        if not self.open:
            self.revision += 1
            self.open = self.revision

    def room(self, further):
        if sum(not one.deleted for one in self.tasks.values()) + further > MOST:
            raise BadTask("full")

    def there(self, number):
        if number not in self.tasks or self.tasks[number].deleted:
            raise NoSuchTask(number)
        return self.tasks[number]

    def change(self, number, **columns):
        one = self.there(number)
        if any(getattr(one, name) != value for name, value in columns.items()):
            self.note(number)
            for name, value in columns.items():
                setattr(one, name, value)

    def do(self, act, *told):
        match act, *told:
            case "add", title, due:
                self.room(1)
                self.last += 1
                self.note(self.last)
                self.tasks[self.last] = One(title, due)
            case "update", number, title:
                self.change(number, title=title)
            case "status", number, status:
                self.change(number, done=status == "completed")
            case "complete", number, done:
                self.change(number, done=done)
            case "delete", number:
                self.delete(number)
            case "restore", number:
                self.restore(number)
            case ("undo",):
                self.undo()

    def delete(self, number):
        self.deletions += 1
        self.change(number, deleted=self.deletions)
        waiting = sorted((one.deleted, number) for number, one in self.tasks.items() if one.deleted)
        for _, oldest in waiting[:-MOST]:
            del self.tasks[oldest]
            self.units = {
                unit: {n: was for n, was in notes.items() if n != oldest} for unit, notes in self.units.items()
            }
        self.units = {unit: notes for unit, notes in self.units.items() if notes}

    def restore(self, number):
        if number not in self.tasks:
            raise NoSuchTask(number)
        if not self.tasks[number].deleted:
            return
        self.room(1)
        self.begin()
        about = [unit for unit, notes in self.units.items() if number in notes]
        if about:
            before = self.units[max(about)][number]
            if before is not None and before.told == self.tasks[number].told:
                del self.units[max(about)][number]
        self.tasks[number].deleted = 0
        self.units = {unit: notes for unit, notes in self.units.items() if notes}

    def undo(self):
        if not self.units:
            raise NothingToUndo
        notes = self.units.pop(max(self.units))
        self.begin()
        for number, before in notes.items():
            if before is None:
                self.deletions += 1
                self.tasks[number].deleted = self.deletions
            else:
                self.tasks[number] = before
        self.room(0)

    @property
    def shown(self):
        return {number: one.told for number, one in self.tasks.items() if not one.deleted}


async def do(mine, act, *told):
    match act, *told:
        case "add", title, due:
            await mine.add(Details(title=title, due=due))
        case "update", number, title:
            await mine.update(number, Details(title=title))
        case "status", number, status:
            await mine.update(number, Details(), status=status)
        case "complete", number, done:
            await mine.complete(number, done=done)
        case "delete", number:
            await mine.delete(number)
        case "restore", number:
            await mine.restore(number)
        case ("undo",):
            await mine.undo()


class Machine(RuleBasedStateMachine):
    """Units of work of two readers; what fails drops its unit, or is passed over and the unit goes on."""

    runner: asyncio.Runner
    database: Database
    serial = 0

    @initialize()
    def begin(self):
        Machine.serial += 1
        self.boards = SqlTaskBoard(self.database)
        self.readers = {name: Reader(f"{name}{Machine.serial}", "school") for name in READERS}
        self.models = {name: Model() for name in READERS}

    @rule(who=st.sampled_from(["ada", "ada", "eve"]), acts=st.lists(ACTS, min_size=1, max_size=4), strict=st.booleans())
    def work(self, who, acts, strict):
        """All of it or nothing, where an act that is refused ends it."""
        attempt = copy.deepcopy(self.models[who])
        attempt.open = 0
        expected = []
        for act in acts:
            tried = copy.deepcopy(attempt)
            try:
                tried.do(*act)
            except tuple(REFUSED) as refusal:
                expected.append(type(refusal))
                if strict or act[0] == "undo":
                    break
            else:
                expected.append(None)
                attempt = tried
        dropped = expected[-1] is not None and (strict or acts[len(expected) - 1][0] == "undo")
        found = self.runner.run(self._work(self.readers[who], acts[: len(expected)], strict))

        assert found == expected
        if not dropped:
            self.models[who] = attempt

    async def _work(self, reader, acts, strict):
        found = []
        with suppress(*REFUSED):
            async with self.boards.work(reader) as mine:
                for act in acts:
                    try:
                        await do(mine, *act)
                        found.append(None)
                    except tuple(REFUSED) as refusal:
                        found.append(type(refusal))
                        if strict or act[0] == "undo":
                            raise
        return found

    @invariant()
    def agree(self):
        """What is shown, what can be brought back, and the count of changes."""
        for who, reader in getattr(self, "readers", {}).items():
            shown, deleted, revision = self.runner.run(self._look(reader))
            model = self.models[who]
            assert shown == model.shown
            assert deleted == {number for number, one in model.tasks.items() if one.deleted}
            assert revision == model.revision

    async def _look(self, reader):
        async with self.boards.reading(reader) as mine:
            shown = {each.number: (each.title, each.due, each.status == "completed") for each in await mine.tasks()}
            return shown, {each.number for each in await mine.deleted()}, await mine.revision()


def test_whatever_is_done_the_board_agrees_with_a_plain_model(store_url, monkeypatch):
    """Numbers, limits, undoing, bringing back, and units that are dropped."""
    monkeypatch.setattr("pageside.tasks.board_sql.MAX_TASKS", MOST)
    monkeypatch.setattr(board, "MAX_TASKS", MOST)
    with asyncio.Runner() as runner:
        database = runner.run(Database.open(store_url))
        bound = type("Bound", (Machine,), {"runner": runner, "database": database})
        try:
            run_state_machine_as_test(bound, settings=settings(max_examples=30, stateful_step_count=20, deadline=None))
        finally:
            runner.run(database.aclose())
