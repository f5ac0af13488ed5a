"""What readers say of their tasks, carried out: `python -m benchmarks.tasks [--half dev|test] [--show]`.

Each row of `evals/tasks.jsonl` is said to the whole orchestrator with its embedded rules, over a board in SQLite that
holds the row's tasks and on which the last act of its history was really done. What counts is what became of the board,
what was shown and what was asked, not what was understood. Beside it stands a plain way of doing it: keywords for the
intent, and the title nearest to the message by MiniLM. Both get intervals of 95 %.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import json
import logging
import re
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from sqlalchemy import delete

from pageside.answer.events import Answer, Completed, TextDelta, TutorEvent, Usage
from pageside.answer.planner import formatting
from pageside.answer.planner.orchestrating import Orchestrator
from pageside.answer.question import Message, Page, Question
from pageside.evaluation import intervals
from pageside.identity.ownership import mine
from pageside.identity.reader import Reader
from pageside.knowledge.embed import MiniLM
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.storage.tables import task_acts
from pageside.storage.tables import tasks as table
from pageside.tasks import days
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details, Task

FILLER = "not of the row"
FILE = Path("evals/tasks.jsonl")
KINDS = ("right", "rightly asked", "needlessly asked", "wrong")
_ROW = re.compile(r"^\s*(?:\d+\.|-)\s+(?:\[[ x]\]\s+)?#(\d+)\b", re.MULTILINE)
_DONE = re.compile(r"✅ Task #(?P<number>\d+) (?P<what>\w+)[^*]*\*\*(?P<title>.*?)\*\*(?: → \*\*(?P<new>.*?)\*\*)?")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class State:
    """A task as far as rows speak of it."""

    title: str
    status: str = "pending"
    due: str | None = None
    priority: str = "normal"
    tags: frozenset[str] = frozenset()
    description: str = ""

    @classmethod
    def of(cls, task: Task) -> State:
        """What is on the board."""
        due = task.due.isoformat() if task.due else None
        return cls(task.title, task.status, due, task.priority, frozenset(task.tags), task.description)

    @classmethod
    def told(cls, item: Row) -> State:
        """What a row says."""
        told = {name: item[name] for name in ("status", "due", "priority", "description") if name in item}
        return cls(item["title"], tags=frozenset(item.get("tags", ())), **told)


Board = dict[int, State]


@dataclass
class Seen:
    """What came of a message."""

    before: Board
    after: Board
    text: str = ""
    book: bool = False
    asked: bool = False
    shown: frozenset[int] | None = None
    helped: bool = False
    undone: Board | None = field(default=None, repr=False)  # what the board is after the last act is undone


class Listening:
    """Stands where the book's tutor does, and hears whether it is asked."""

    def __init__(self) -> None:
        self.asked = False

    async def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        """Says nothing."""
        self.asked = True
        yield TextDelta("(book)")
        yield Completed(Answer("(book)", (), "answered", 1.0, Usage("none")))


def folded(title: str) -> str:
    """A title as rows compare it."""
    return " ".join(re.findall(r"\w+", title.casefold()))


def history(row: Row) -> tuple[Message, ...]:
    """The messages before."""
    return tuple(Message(each["role"], each["text"]) for each in row.get("history", ()))


def last_act(row: Row) -> re.Match[str] | None:
    """What the history says was done last."""
    told = [each["text"] for each in row.get("history", ()) if each["role"] == "tutor"]
    return next((match for text in reversed(told) if (match := _DONE.match(text))), None)


def boards(row: Row) -> tuple[Board, Board]:
    """The board that the row tells, and how it was before the last act of its history."""
    told = {item["number"]: State.told(item) for item in row.get("board", ())}
    before = dict(told)
    match = last_act(row)
    if match is None:
        return told, before
    number = int(match["number"])
    was = told.get(number, State(match["title"]))
    match match["what"]:
        case "created" if number == max([0, *told]):
            before.pop(number, None)
        case "deleted":
            told.pop(number, None)
            before[number] = was
        case "completed" | "reopened" as what:
            told[number] = replace(was, status="completed" if what == "completed" else "pending")
            before[number] = replace(was, status="pending" if what == "completed" else "completed")
        case "renamed":
            told[number] = was
            before[number] = replace(was, title=match["title"])
    return told, before


async def seeded(board: SqlTaskBoard, database: Database, reader: Reader, row: Row) -> tuple[Board, Board]:
    """The row's board, made of real acts, the last of them alone; gives what is on it, and what was before that act."""
    told, before = boards(row)
    last = [number for number in told if told[number] != before.get(number)] + [n for n in before if n not in told]
    async with board.work(reader) as work:
        for number in range(1, max([0, *told, *before]) + 1):
            if number in before:
                await _add(work, before[number])
            elif number not in told or number != max(told):
                await work.add(Details(title=FILLER))
    async with database.transaction(reader) as connection:
        turn = Turn(reader)
        await connection.execute(delete(table).where(mine(table, turn), table.c.title == FILLER))
        await connection.execute(delete(task_acts).where(mine(task_acts, turn)))
    for number in last:
        async with board.work(reader) as work:
            if number not in told:
                await work.delete(number)
            elif number not in before:
                await _add(work, told[number])
            elif told[number].status != before[number].status:
                await work.complete(number, done=told[number].status == "completed")
            else:
                await work.update(number, Details(title=told[number].title))
    return await _read(board, reader), before


@dataclass(frozen=True)
class Turn:
    """Whose statement it is."""

    reader: Reader


async def _add(work: Any, state: State) -> Task:
    due = date.fromisoformat(state.due) if state.due else None
    details = Details(state.title, state.description or None, state.priority, due, tags=tuple(sorted(state.tags)))  # type: ignore[arg-type]
    made: Task = await work.add(details)
    if state.status == "completed":
        await work.complete(made.number)
    return made


async def _read(board: SqlTaskBoard, reader: Reader) -> Board:
    async with board.reading(reader) as work:
        return {task.number: State.of(task) for task in await work.tasks()}


async def said(row: Row, board: SqlTaskBoard, database: Database) -> Seen:
    """What comes of a row through the orchestrator."""
    reader = Reader(subject=row["id"], organisation="school")
    before, undone = await seeded(board, database, reader, row)
    tutor = Listening()
    page = Page(**row["page"]) if row.get("page") else None
    question = Question(
        row["message"],
        selected_text=row.get("selected_text", ""),
        page=page,
        history=history(row),
        reader=reader,
        today=date.fromisoformat(row["today"]),
    )
    events = [event async for event in Orchestrator(tutor, board).answer(question)]
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    listed = formatting.LISTED in text and formatting.help_("en") not in text
    return Seen(
        before,
        await _read(board, reader),
        text,
        book=tutor.asked,
        asked=formatting.ASKED in text or (formatting.FAILED in text and not tutor.asked),
        shown=frozenset(int(each) for each in _ROW.findall(text)) if listed else None,
        helped=formatting.help_("en") in text,
        undone=undone,
    )


def judged(row: Row, seen: Seen) -> tuple[str, bool]:
    """Which of `KINDS` it is, and whether something was changed or deleted that should not have been."""
    wanted = row["expect"]
    changed = seen.before != seen.after
    if wanted["ask"]:
        offered = frozenset(int(each) for each in re.findall(r"#(\d+)", seen.text))
        fair = set(wanted.get("candidates", ())) <= offered
        if seen.asked and not changed and fair:
            return "rightly asked", False
        return "wrong", _destroyed(seen, seen.before)
    expected = _expected(wanted["acts"], seen)
    if seen.asked and not changed:
        return "needlessly asked", False
    right = _is_right(wanted, seen, expected)
    return ("right" if right else "wrong"), not right and _destroyed(seen, expected)


def _is_right(wanted: Row, seen: Seen, expected: Board) -> bool:
    acts = wanted["acts"]
    adds = [act for act in acts if act["intent"] == "add"]
    new = [seen.after[number] for number in sorted(seen.after) if number not in expected]
    kept = {number: state for number, state in seen.after.items() if number in expected}
    lists = [act for act in acts if act["intent"] == "list"]
    talk = not acts and not wanted["book"]
    return (
        _same(kept, expected)
        and len(new) == len(adds)
        and all(_is_added(state, act) for state, act in zip(new, adds, strict=True))
        and (seen.shown is not None) == bool(lists)
        and all(_is_shown(act, seen) for act in lists)
        and seen.helped == any(act["intent"] == "help" for act in acts)
        and (talk or seen.book == wanted["book"])
    )


def _expected(acts: Sequence[Row], seen: Seen) -> Board:
    """The tasks there were, after `acts`."""
    board = dict(seen.before)
    for act in acts:
        if act["intent"] == "undo":
            board = dict(seen.undone or {})
        for number in act.get("numbers", ()):
            if number not in board:
                continue
            if act["intent"] == "delete":
                del board[number]
            elif act["intent"] == "complete":
                board[number] = replace(board[number], status="completed")
            elif act["intent"] == "update":
                told = {name: act[name] for name in ("due", "priority", "status", "description") if name in act}
                titles = {"title": act["titles"][0]} if "titles" in act else {}
                tags = {"tags": board[number].tags | set(act["tags"])} if act.get("tags") else {}
                board[number] = replace(board[number], **told, **titles, **tags)
    return board


def _same(kept: Board, expected: Board) -> bool:
    return kept.keys() == expected.keys() and all(
        replace(state, title="") == replace(expected[number], title="")
        and folded(state.title) == folded(expected[number].title)
        for number, state in kept.items()
    )


def _is_added(state: State, act: Row) -> bool:
    return (
        folded(state.title) in {folded(title) for title in act["titles"]}
        and state.due == act.get("due")
        and state.priority == act.get("priority", "normal")
        and state.tags == frozenset(act.get("tags", ()))
        and ("description" not in act or folded(act["description"]) == folded(state.description))
    )


def _is_shown(act: Row, seen: Seen) -> bool:
    status = act.get("status", "")
    if "numbers" in act:
        return seen.shown == frozenset(act["numbers"])
    if status in {"pending", "completed"}:
        return seen.shown == frozenset(n for n, state in seen.after.items() if state.status == status)
    open_ = frozenset(n for n, state in seen.after.items() if state.status == "pending")
    return status != "all" or seen.shown is None or open_ < seen.shown or seen.shown == frozenset(seen.after)


def _destroyed(seen: Seen, expected: Board) -> bool:
    """Whether a task was deleted, completed or changed otherwise than expected."""
    return any(
        number not in seen.after or (seen.after[number] != state and seen.after[number] != expected.get(number))
        for number, state in seen.before.items()
        if number in expected
    )


# -- the plain way -----------------------------------------------------------------------------------------------------

_WORDS: tuple[tuple[str, str], ...] = (
    ("undo", r"\b(?:undo|bring .*back|restore)\b"),
    ("help", r"^help\b|what can (?:you|i) do"),
    ("delete", r"\b(?:delete|remove|get rid of|clear)\b"),
    ("complete", r"\b(?:done|complete|completed|finish|finished|tick|check off)\b"),
    ("update", r"\b(?:rename|change|move|update|set|postpone|make|tag)\b"),
    ("add", r"\b(?:add|remind me to|remind me|new task|create|todo)\b"),
    ("list", r"\b(?:show|list|what's|what)\b.*\b(?:tasks?|list|todos?|due)\b|^tasks?$"),
)


async def plainly(row: Row, embedder: MiniLM) -> Seen:
    """What keywords and the nearest title make of a row, on a board in memory."""
    before, undone = boards(row)
    after, text = dict(before), row["message"]
    seen = Seen(before, after, undone=undone)
    intent = next((name for name, words in _WORDS if re.search(words, text, re.IGNORECASE)), "book")
    day = days.find(text, date.fromisoformat(row["today"]))
    match intent:
        case "undo":
            seen.after = dict(undone)
        case "help":
            seen.helped = True
        case "list":
            seen.shown = frozenset(after)
        case "add":
            bare = text[: day.start] + text[day.end :] if day else text
            title = re.sub(
                r"^.*?\b(?:add|remind me to|remind me|new task|create|todo)\b[\s:]*", "", bare, flags=re.IGNORECASE
            )
            after[max([0, *after]) + 1] = State(title.strip(), due=day.day.isoformat() if day else None)
        case "book":
            seen.book = True
        case _:
            await _nearest(intent, row, seen, embedder, day.day if day else None)
    return seen


async def _nearest(intent: str, row: Row, seen: Seen, embedder: MiniLM, day: date | None) -> None:
    numbers = [int(each) for each in re.findall(r"\b(\d+)\b", row["message"]) if int(each) in seen.before]
    if not numbers and re.search(r"\b(?:it|that|this)\b", row["message"]) and (match := last_act(row)):
        numbers = [int(match["number"])]
    if not numbers and seen.before:
        titles = await embedder.passages([state.title for state in seen.before.values()])
        near = titles @ (await embedder.queries([row["message"]]))[0]
        if near.max() >= 0.3:
            numbers = [list(seen.before)[int(near.argmax())]]
    seen.asked = not numbers
    for number in (each for each in numbers if each in seen.after):
        new = re.search(r"\bto\s+(.+)$", row["message"])
        if intent == "delete":
            del seen.after[number]
        elif intent == "complete":
            seen.after[number] = replace(seen.after[number], status="completed")
        elif day:
            seen.after[number] = replace(seen.after[number], due=day.isoformat())
        elif new:
            seen.after[number] = replace(seen.after[number], title=new[1])


# -- figures -----------------------------------------------------------------------------------------------------------


def figures(judgements: Sequence[tuple[str, bool]]) -> dict[str, tuple[int, intervals.Estimate]]:
    """How many of each kind, and their share with its interval."""

    def counted(holds: Callable[[tuple[str, bool]], bool]) -> tuple[int, intervals.Estimate]:
        column = np.array([[float(holds(each))] for each in judgements])
        return int(column.sum()), intervals.estimate(column)

    kinds = {kind: counted(lambda each, kind=kind: each[0] == kind) for kind in KINDS}  # type: ignore[misc]
    return {**kinds, "wrong and destructive": counted(lambda each: each[1])}


def read(half: str) -> list[Row]:
    """The rows of one half; the other is not looked at."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return [row for line in lines if (row := json.loads(line))["half"] == half]


async def main(rows: Sequence[Row], half: str, *, show: bool) -> None:
    """Prints both ways' figures."""
    ours, plain = [], []
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite+aiosqlite:///{folder}/tasks.db", prepare=migrate.upgrade)
        board, embedder = SqlTaskBoard(database), MiniLM()
        for row in rows:
            seen = await said(row, board, database)
            ours.append(judged(row, seen))
            plain.append(judged(row, await plainly(row, embedder)))
            if show and ours[-1][0] not in {"right", "rightly asked"}:
                told = f"{ours[-1]} {row['id']}: {row['message']!r}\n   wanted {json.dumps(row['expect'])}"
                print(f"{told}\n   said {seen.text!r}\n   book {seen.book}")
        await database.aclose()
    _table(half, len(rows), figures(ours), figures(plain))
    asks = collections.Counter(row["expect"]["ask"] for row in rows)
    well = [sum(kind in {"right", "rightly asked"} for kind, _ in each) for each in (ours, plain)]
    print(f"\n{asks[True]} of {len(rows)} had to be asked back.")
    print(f"As they should be: {well[0]}, plainly {well[1]}; {well[0] / max(1, well[1]):.2f} times as many.")


def _table(half: str, many: int, ours: Mapping[str, Any], plain: Mapping[str, Any]) -> None:
    print(f"| {half}, {many} messages | as shipped | keywords and MiniLM |\n|---|---|---|")
    for kind in ours:
        cells = (f"{n} = {e.value:.1%} ({e.low:.1%} to {e.high:.1%})" for n, e in (ours[kind], plain[kind]))
        print(f"| {kind} | {' | '.join(cells)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("dev", "test"), default="dev")
    parser.add_argument("--show", action="store_true", help="print each message that went otherwise")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asked = parser.parse_args()
    asyncio.run(main(read(asked.half), asked.half, show=asked.show))
