"""Whether acts can be carried out: what is said of tasks, and that the tasks exist; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, assert_never

from pageside.answer.planner.intents import Act
from pageside.phrases import task_lists
from pageside.tasks import task
from pageside.tasks.task import BadTask, Details, NoSuchTask, Passage

UNDO: Final = "undo_last_change"
RESTORE: Final = "restore_task"

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Aimed:
    """An act whose tasks are known.

    Attributes:
        numbers: Of the tasks it is done to, in order; whatever was taken for numbers.
    """

    act: Act
    numbers: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A tool to be called.

    Attributes:
        act: What it is called for.
        passage: The place in the book that the reader was at, where a new task is to lead back there.
    """

    act: Act
    tool: str
    arguments: Mapping[str, object] = field(default_factory=lambda: _NOTHING)
    passage: Passage | None = None


def calls(aimed: Sequence[Aimed], *, board: Collection[int], deleted: Collection[int] = ()) -> tuple[Call, ...]:
    """The tools to be called for `aimed`, in order.

    Args:
        board: Numbers of the tasks that the reader has.
        deleted: Numbers of those that can be brought back.

    Raises:
        BadTask: Something said of a task cannot be kept, or is no number of a task.
        NoSuchTask: The reader has no task of that number.
    """
    there, gone = set(board), set(deleted)
    made: list[Call] = []
    for each in aimed:
        numbers = [task.number(told) for told in each.numbers]
        if each.act.intent == "undo":
            made += _undone(each.act, numbers, gone)
            continue
        for number in numbers:
            if number not in there:
                raise NoSuchTask(number)
        if each.act.intent == "delete":
            there -= set(numbers)  # nothing more can be done to it in the same message
        made += _calls(each.act, numbers)
    return tuple(made)


def _undone(act: Act, numbers: Sequence[int], deleted: Collection[int]) -> list[Call]:
    for number in numbers:
        if number not in deleted:
            raise NoSuchTask(number)
    return [Call(act, RESTORE, {"task_id": number}) for number in numbers] or [Call(act, UNDO)]


def _calls(act: Act, numbers: Sequence[int]) -> list[Call]:
    match act.intent:
        case "add":
            told = task.checked(act.details, new=True)
            return [Call(act, "add_task", _said(told), told.passage)]
        case "list":
            return [Call(act, "list_tasks", {"status": act.sought.status})]
        case "complete":
            return [Call(act, "complete_task", {"task_id": number}) for number in numbers]
        case "update":
            return [Call(act, "update_task", {"task_id": number, **_changes(act)}) for number in numbers]
        case "delete":
            return [Call(act, "delete_task", {"task_id": number}) for number in numbers]
        case "help" | "unknown" | "undo":
            return []
        case _:
            assert_never(act.intent)


def _changes(act: Act) -> dict[str, object]:
    status: dict[str, object] = {} if act.status is None else {"status": task.status(act.status)}
    if act.details.is_empty:
        if not status:
            raise BadTask(task_lists.NO_CHANGE_SAID)
        return status
    told = task.checked(act.details, new=False)
    return {**_said(told), **({"due": ""} if told.no_due else {}), **status}


def _said(told: Details) -> dict[str, object]:
    said: dict[str, object] = {
        "title": told.title,
        "description": told.description,
        "due": told.due.isoformat() if told.due else None,
        "priority": told.priority,
        "tags": list(told.tags) if told.tags is not None else None,
    }
    return {name: value for name, value in said.items() if value is not None}
