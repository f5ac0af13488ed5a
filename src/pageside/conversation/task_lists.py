"""A reader's tasks as a list in the conversation: a row for each, with what can be done about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Final
from urllib.parse import quote

from chatkit.types import ThreadItem, WidgetItem
from chatkit.widgets import DynamicWidgetRoot, WidgetTemplate

from pageside.answer.planner import formatting
from pageside.conversation import footnotes
from pageside.conversation.turn import Turn
from pageside.phrases import task_lists as phrases
from pageside.phrases import tasks as facts
from pageside.phrases.phrase import ENGLISH, Phrase
from pageside.tasks.board import Board, TaskBoard
from pageside.tasks.task import Passage, Task

KEY: Final = "tasks.list"
MAX_ROWS: Final = 100  # more tasks than these are counted below the list
FOLDED: Final = 8  # rows that are seen before a reader asks for more

_KINDS: Final[Mapping[str, tuple[Phrase, Phrase]]] = {
    "open": (phrases.OPEN_TASKS, phrases.OPEN_TASKS),
    "completed": (phrases.COMPLETED_TASKS, phrases.AND_COMPLETED),
    "deleted": (phrases.DELETED_TASKS, phrases.AND_DELETED),
}
_BUTTONS: Final[Mapping[str, Phrase]] = {
    "undo": phrases.UNDO,
    "save": phrases.SAVE,
    "cancel": phrases.CANCEL,
    "rename": phrases.RENAME,
    "delete": phrases.DELETE,
    "show": phrases.SHOW,
    "pending": phrases.OPEN,
    "completed": phrases.COMPLETED,
    "all": phrases.ALL,
    "empty": phrases.LIST_EMPTY,
}
_KEPT_IN_URL: Final = "!#$%&'*+,-./:;=?@_~"
_QUOTE_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class View:
    """What a list shows.

    Attributes:
        tasks: In the order of its rows; those just deleted among them.
        today: The day it is where the reader is.
        said: What stands on top in place of a count, such as what was just done.
        edited: The number of the task whose title is being written; 0 for none.
        renamed: A task that was just renamed, by number, and its title before.
        site: Where the book's site-relative URLs are rooted.
        language: In which all but the reader's own words is said, ISO 639-1.
    """

    tasks: Sequence[Task]
    today: date
    said: str = ""
    edited: int = 0
    renamed: tuple[int, str] = (0, "")
    site: str = ""
    language: str = ENGLISH


def item(view: View, *, item_id: str, thread_id: str, created_at: datetime) -> WidgetItem:
    """The list as an item of a conversation."""
    return WidgetItem(
        id=item_id,
        thread_id=thread_id,
        created_at=created_at,
        widget=root(view),
        copy_text=text(view.tasks, view.today, view.language),
    )


def drawn(sender: WidgetItem, view: View) -> WidgetItem:
    """`sender` as `view` shows it."""
    return sender.model_copy(update={"widget": root(view), "copy_text": text(view.tasks, view.today, view.language)})


def root(view: View) -> DynamicWidgetRoot:
    """The list as ChatKit's components; titles are words in them, whatever they say."""
    shown = view.tasks[:MAX_ROWS]
    return _template().build(
        {
            "key": KEY,
            "limit": max([FOLDED, *(at for at, task in enumerate(shown, start=1) if task.number == view.edited)]),
            "status": _line(view.said) or heading(view.tasks, view.language),
            "rows": [_row(task, view) for task in shown],
            "left": len(view.tasks) - len(shown),
            "words": _words(len(view.tasks) - len(shown), view.language),
        }
    )


def is_list(widget: WidgetItem) -> bool:
    """Whether `widget` is such a list."""
    return widget.widget.key == KEY


def numbers(widget: WidgetItem) -> list[int]:
    """The numbers of the tasks that the list has a row for, in their order."""
    rows = widget.widget.children
    keys = [row.key or "" for row in rows] if isinstance(rows, list) else []
    return [int(key) for key in keys if key.isdecimal()]


async def found(board: Board, wanted: Iterable[int]) -> list[Task]:
    """The tasks of these numbers as they are, in this order; those that are gone for good are left out."""
    known = {task.number: task for task in (*await board.deleted(), *await board.tasks())}
    return [known[number] for number in wanted if number in known]


class TaskLists:
    """Lists that are read again, as the board is by then.

    Args:
        base_url: Where readers see the book; empty for the address a request came to.
    """

    def __init__(self, board: TaskBoard, *, base_url: str = "") -> None:
        self._board = board
        self._base_url = base_url

    async def shown(self, items: Sequence[ThreadItem], turn: Turn) -> list[ThreadItem]:
        """`items`, in which each list of tasks shows them as they are today."""
        listed = {each.id: numbers(each) for each in items if isinstance(each, WidgetItem) and is_list(each)}
        if not listed:
            return [*items]
        async with self._board.reading(turn.reader) as board:
            known = {task.number: task for task in await found(board, {n for each in listed.values() for n in each})}
        return [
            _redrawn(each, self.view([known[n] for n in listed[each.id] if n in known], turn))
            if isinstance(each, WidgetItem) and each.id in listed
            else each
            for each in items
        ]

    def view(self, tasks: Sequence[Task], turn: Turn) -> View:
        """What a list of `tasks` shows whoever asks."""
        return View(tasks, turn.today, site=self._base_url or turn.origin, language=turn.language)


def heading(tasks: Sequence[Task], language: str) -> str:
    """How many tasks of each kind there are, such as "2 open tasks, 1 completed"."""
    kinds = ["deleted" if task.deleted_at else "completed" if task.status == "completed" else "open" for task in tasks]
    counts = [(count, *_KINDS[kind]) for kind in _KINDS if (count := kinds.count(kind))]
    if not counts:
        return phrases.NO_TASKS.said(language)
    (count, first, _), *others = counts
    said = first.said(language, n=count)
    for n, _, further in others:
        said = phrases.NEXT.said(language, some=said, more=further.of(n=n))
    return said


def text(tasks: Sequence[Task], today: date, language: str) -> str:
    """The list as Markdown, a line for each task."""
    gone = f" ({facts.IS_DELETED.said(language)})"
    rows = [
        formatting.row(task, today=today, language=language) + (gone if task.deleted_at else "")
        for task in tasks[:MAX_ROWS]
    ]
    return "\n".join([f"{formatting.LISTED} {heading(tasks, language)}", *rows])


def _redrawn(kept: WidgetItem, view: View) -> WidgetItem:
    """`kept` itself, with what was done last on top and its undo, while that is still so; else as `view` has it."""
    status = kept.widget.model_dump().get("status")
    said = status.get("text", "") if isinstance(status, dict) else ""
    same = replace(view, said=said, renamed=_renamed(kept))
    if root(same).model_dump(exclude_none=True) == kept.widget.model_dump(exclude_none=True):
        return kept
    return drawn(kept, view)


def _renamed(widget: WidgetItem) -> tuple[int, str]:
    """The task that was renamed in the list last, and its title before."""
    waiting: list[object] = [widget.widget.model_dump()]
    while waiting:
        match waiting.pop():
            case {"key": "undo", "onClickAction": {"payload": {"task": int(number), "title": str(before)}}}:
                return number, before
            case {"children": list(children)}:
                waiting += children
    return 0, ""


def _row(task: Task, view: View) -> dict[str, object]:
    number, before = view.renamed
    return {
        "number": task.number,
        "title": _line(task.title),
        "facts": " · ".join(_facts(task, view.today, view.language)),
        "late": _is_late(task, view.today),
        "done": task.status == "completed",
        "deleted": task.deleted_at is not None,
        "edited": task.number == view.edited,
        "before": phrases.IT_WAS.said(view.language, before=before) if task.number == number else "",
        "was": before,
        "title_of": phrases.TITLE_OF.said(view.language, number=task.number),
        "passage": _link(task.passage, view.site, view.language) if task.passage else "",
    }


def _facts(task: Task, today: date, language: str) -> Iterable[str]:
    """What is known of a task besides its title, each in words."""
    yield f"#{task.number}"
    if task.deleted_at is not None:
        yield facts.IS_DELETED.said(language)
        return
    if task.status == "completed":
        yield facts.IS_COMPLETED.said(language)
    if task.due is not None:
        due = facts.OVERDUE if _is_late(task, today) else facts.DUE
        yield due.said(language, day=_when(task.due, today, language))
    if task.priority != "normal":
        yield formatting.PRIORITIES[task.priority].said(language)
    if task.tags:
        yield " ".join(f"#{_line(tag)}" for tag in task.tags)


def _is_late(task: Task, today: date) -> bool:
    return task.due is not None and task.due < today and task.status == "pending" and task.deleted_at is None


def _when(told: date, today: date, language: str) -> str:
    match (told - today).days:
        case 0:
            return facts.TODAY.said(language)
        case 1:
            return facts.TOMORROW.said(language)
        case _:
            day = formatting.day(told, language)
            return day if told.year == today.year else facts.DAY_OF_YEAR.said(language, day=day, year=told.year)


def _link(passage: Passage, site: str, language: str) -> str:
    """The place in the book as a link in Markdown, whatever its title says."""
    title = _line(passage.title) or _line(passage.quote)[:_QUOTE_CHARS] or facts.IN_THE_BOOK.said(language)
    url = quote(footnotes.absolute(footnotes.speakable(passage.url), site=site), safe=_KEPT_IN_URL)
    return f"[{formatting.literal(title)}]({url})"


def _line(told: str) -> str:
    return " ".join(footnotes.speakable(told).split())


def _words(left: int, language: str) -> dict[str, str]:
    """What the template says beside what is known of tasks, by its names."""
    told = {name: phrase.said(language) for name, phrase in _BUTTONS.items()}
    return {**told, "left": phrases.NOT_SHOWN.said(language, count=left)}


@cache
def _template() -> WidgetTemplate:
    written = (resources.files("pageside.conversation") / "templates/tasks.widget").read_text("utf-8")
    return WidgetTemplate(json.loads(written))
