"""What the buttons of a list of tasks do, each at once: complete, rename, delete, bring back, show others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Annotated, Final, Literal

from chatkit.types import HiddenContextItem, ThreadItem, WidgetItem
from pydantic import BaseModel, Field

from pageside import ids
from pageside.answer.planner import formatting
from pageside.conversation import clock, task_lists
from pageside.conversation.actions import Actions, Taken
from pageside.conversation.refusals import Missing
from pageside.conversation.server import TextbookServer
from pageside.conversation.store import SqlStore
from pageside.conversation.task_lists import TaskLists
from pageside.conversation.turn import Turn
from pageside.errors import InvalidInput
from pageside.tasks.board import Board, TaskBoard
from pageside.tasks.task import BadTask, Details, NoSuchTask, Task

COMPLETE: Final = "tasks.complete"
REOPEN: Final = "tasks.reopen"
EDIT: Final = "tasks.edit"
CLOSE: Final = "tasks.close"
RENAME: Final = "tasks.rename"
DELETE: Final = "tasks.delete"
RESTORE: Final = "tasks.restore"
SHOW: Final = "tasks.show"

_MAX_WRITTEN: Final = 10_000  # characters of a title as it may be sent; how long one may be is the task's to say
_MAX_REMEMBERED: Final = 5  # acts of a list that the next message is read with


class OfTask(BaseModel):
    """Which task: by its number."""

    task: Annotated[int, Field(strict=True, ge=1, lt=2**63)]


class Rename(OfTask):
    """What the task is to be called."""

    title: str = Field(max_length=_MAX_WRITTEN)


class Show(BaseModel):
    """Which tasks are to be listed."""

    status: Literal["all", "pending", "completed"] = "all"


class Nothing(BaseModel):
    """Nothing need be said."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a button did.

    Attributes:
        said: What the list then says on top.
        noted: The same as the tutor would have said it in the conversation; empty where nothing was changed.
        renamed: The task that got another title, by number, and its title before.
        edited: The task whose title is being written; 0 for none.
    """

    said: str = ""
    noted: str = ""
    renamed: tuple[int, str] = (0, "")
    edited: int = 0


Do = Callable[[Board], Awaitable[Done]]


def install(server: TextbookServer, board: TaskBoard, *, base_url: str = "") -> None:
    """Lets lists of tasks in conversations of `server` be acted on, and shows them as the board is whenever they are
    read; before the first request.

    Args:
        base_url: Where readers see the book; empty for the address a request came to.
    """
    lists = TaskLists(board, base_url=base_url)
    before = server.store.shown

    async def shown(items: Sequence[ThreadItem], turn: Turn) -> list[ThreadItem]:
        return await lists.shown(items if before is None else await before(items, turn), turn)

    server.store.shown = shown
    register(server.actions, board, server.store, lists)


def register(actions: Actions, board: TaskBoard, store: SqlStore, lists: TaskLists) -> None:
    """Adds the actions of lists of tasks to `actions`; they act on the tasks of whoever takes them, on no other's.

    Raises:
        ValueError: One of their types is taken.
    """

    async def carried_out(taken: Taken[BaseModel], do: Do, *, edited: int = 0) -> WidgetItem:
        """The list after `do`, which is kept whole or not at all; where it cannot be, the list says why."""
        sender = _list(taken)
        listed = task_lists.numbers(sender)
        try:
            async with board.work(taken.turn.reader) as work:
                done = await do(work)
                tasks = await task_lists.found(work, listed)
        except (BadTask, NoSuchTask) as error:
            done = Done(said=str(error), edited=edited if isinstance(error, BadTask) else 0)
            async with board.reading(taken.turn.reader) as reading:
                tasks = await task_lists.found(reading, listed)
        if done.noted:
            await _note(store, taken, "acts", done.noted)
        return _shown(lists, taken, sender, tasks, done)

    async def complete(taken: Taken[OfTask]) -> WidgetItem:
        return await carried_out(taken, lambda work: _complete(work, taken.payload.task, done=True))

    async def reopen(taken: Taken[OfTask]) -> WidgetItem:
        return await carried_out(taken, lambda work: _complete(work, taken.payload.task, done=False))

    async def rename(taken: Taken[Rename]) -> WidgetItem:
        told = taken.payload
        return await carried_out(taken, lambda work: _rename(work, told.task, told.title), edited=told.task)

    async def delete(taken: Taken[OfTask]) -> WidgetItem:
        return await carried_out(taken, lambda work: _delete(work, taken.payload.task))

    async def restore(taken: Taken[OfTask]) -> WidgetItem:
        return await carried_out(taken, lambda work: _restore(work, taken.payload.task))

    async def edit(taken: Taken[OfTask]) -> WidgetItem:
        return await carried_out(taken, lambda work: _edit(work, taken.payload.task))

    async def close(taken: Taken[Nothing]) -> WidgetItem:
        return await carried_out(taken, _nothing)

    async def show(taken: Taken[Show]) -> WidgetItem:
        sender = _list(taken)
        async with board.reading(taken.turn.reader) as reading:
            tasks = await reading.tasks(taken.payload.status)
        await _note(store, taken, "shown", task_lists.text(tasks, taken.turn.today))
        return _shown(lists, taken, sender, tasks, Done())

    actions.answer(COMPLETE, complete, payload=OfTask, of_widget=True)
    actions.answer(REOPEN, reopen, payload=OfTask, of_widget=True)
    actions.answer(EDIT, edit, payload=OfTask, of_widget=True)
    actions.answer(CLOSE, close, payload=Nothing, of_widget=True)
    actions.answer(RENAME, rename, payload=Rename, of_widget=True)
    actions.answer(DELETE, delete, payload=OfTask, of_widget=True)
    actions.answer(RESTORE, restore, payload=OfTask, of_widget=True)
    actions.answer(SHOW, show, payload=Show, of_widget=True)


async def _complete(work: Board, number: int, *, done: bool) -> Done:
    _, task = await work.complete(number, done=done)
    return _did(task, "completed" if done else "reopened")


async def _rename(work: Board, number: int, title: str) -> Done:
    before, task = await work.update(number, Details(title=title))
    if before.title == task.title:
        return Done()
    noted = f"{formatting.DONE} Task #{number} renamed: {_bold(before)} → {_bold(task)}"
    return Done(f"#{number} renamed", noted, renamed=(number, before.title))


async def _delete(work: Board, number: int) -> Done:
    return _did(await work.delete(number), "deleted")


async def _restore(work: Board, number: int) -> Done:
    return _did(await work.restore(number), "brought back")


async def _edit(work: Board, number: int) -> Done:
    return Done(edited=(await work.get(number)).number)


async def _nothing(_: Board) -> Done:
    return Done()


def _did(task: Task, what: str) -> Done:
    return Done(f"#{task.number} {what}", f"{formatting.DONE} Task #{task.number} {what}: {_bold(task)}")


def _bold(task: Task) -> str:
    return f"**{formatting.literal(task.title)}**"


def _list(taken: Taken[BaseModel]) -> WidgetItem:
    if taken.sender is None or not task_lists.is_list(taken.sender):
        raise InvalidInput("params.item_id: only a list of tasks has such a button.")
    return taken.sender


def _shown(
    lists: TaskLists, taken: Taken[BaseModel], sender: WidgetItem, tasks: Sequence[Task], done: Done
) -> WidgetItem:
    view = lists.view(tasks, taken.turn)
    said = f"{done.said} · {task_lists.heading(tasks)}" if done.noted else done.said
    return task_lists.drawn(sender, replace(view, said=said, edited=done.edited, renamed=done.renamed))


async def _note(store: SqlStore, taken: Taken[BaseModel], kind: str, told: str) -> None:
    """Lets the next message be read with what was done by button, as if the tutor had said it last.

    A list has one note of each kind, so that pressing many buttons does not push the conversation out of what is read.
    """
    sender = _list(taken)
    note_id = f"hc_{kind}_{sender.id}"[:80]
    lines = [told]
    if kind == "acts":
        with suppress(Missing):
            earlier = await store.load_item(taken.thread.id, note_id, taken.turn)
            lines = [*str(getattr(earlier, "content", "")).split("\n"), told][-_MAX_REMEMBERED:]
    note = HiddenContextItem(
        id=note_id, thread_id=taken.thread.id, created_at=clock.local(ids.now()), content="\n".join(lines)
    )
    await store.delete_thread_item(taken.thread.id, note_id, taken.turn)
    await store.add_thread_item(taken.thread.id, note, taken.turn)
