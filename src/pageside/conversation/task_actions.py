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
from pageside.phrases import tasks as phrases
from pageside.phrases.phrase import Phrase
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
    register(server.actions, Buttons(board, server.store, lists))


def register(actions: Actions, buttons: Buttons) -> None:
    """Adds what `buttons` do to `actions`.

    Raises:
        ValueError: One of their types is taken.
    """
    actions.answer(COMPLETE, buttons.complete, payload=OfTask, of_widget=True)
    actions.answer(REOPEN, buttons.reopen, payload=OfTask, of_widget=True)
    actions.answer(EDIT, buttons.edit, payload=OfTask, of_widget=True)
    actions.answer(CLOSE, buttons.close, payload=Nothing, of_widget=True)
    actions.answer(RENAME, buttons.rename, payload=Rename, of_widget=True)
    actions.answer(DELETE, buttons.delete, payload=OfTask, of_widget=True)
    actions.answer(RESTORE, buttons.restore, payload=OfTask, of_widget=True)
    actions.answer(SHOW, buttons.show, payload=Show, of_widget=True)


class Buttons:
    """The buttons of lists of tasks; they act on the tasks of whoever presses them, and on no other's."""

    def __init__(self, board: TaskBoard, store: SqlStore, lists: TaskLists) -> None:
        self._board = board
        self._store = store
        self._lists = lists

    async def complete(self, taken: Taken[OfTask]) -> WidgetItem:
        """Marks a task as completed."""
        return await self._carry_out(
            taken, lambda work: _complete(work, taken.payload.task, taken.turn.language, done=True)
        )

    async def reopen(self, taken: Taken[OfTask]) -> WidgetItem:
        """Marks a task as not completed."""
        return await self._carry_out(
            taken, lambda work: _complete(work, taken.payload.task, taken.turn.language, done=False)
        )

    async def edit(self, taken: Taken[OfTask]) -> WidgetItem:
        """Opens the form for the title of a task, for as long as the list is not read anew."""
        return await self._carry_out(taken, lambda work: _edit(work, taken.payload.task))

    async def close(self, taken: Taken[Nothing]) -> WidgetItem:
        """Closes that form."""
        return await self._carry_out(taken, _nothing)

    async def rename(self, taken: Taken[Rename]) -> WidgetItem:
        """Gives a task another title; the form stays open where it cannot be kept."""
        told = taken.payload
        return await self._carry_out(
            taken, lambda work: _rename(work, told.task, told.title, taken.turn.language), edited=told.task
        )

    async def delete(self, taken: Taken[OfTask]) -> WidgetItem:
        """Deletes a task; its row stays, with a button that brings it back."""
        return await self._carry_out(taken, lambda work: _delete(work, taken.payload.task, taken.turn.language))

    async def restore(self, taken: Taken[OfTask]) -> WidgetItem:
        """Brings a deleted task back."""
        return await self._carry_out(taken, lambda work: _restore(work, taken.payload.task, taken.turn.language))

    async def show(self, taken: Taken[Show]) -> WidgetItem:
        """Makes the list one of other tasks."""
        sender = _list(taken)
        async with self._board.reading(taken.turn.reader) as reading:
            tasks = await reading.tasks(taken.payload.status)
        await _note(self._store, taken, "shown", task_lists.text(tasks, taken.turn.today, taken.turn.language))
        return self._shown(taken, sender, tasks, Done())

    async def _carry_out(self, taken: Taken[BaseModel], do: Do, *, edited: int = 0) -> WidgetItem:
        """The list after `do`, which is kept whole or not at all; where it cannot be, the list says why."""
        sender = _list(taken)
        listed = task_lists.numbers(sender)
        try:
            async with self._board.work(taken.turn.reader) as work:
                done = await do(work)
                tasks = await task_lists.found(work, listed)
        except (BadTask, NoSuchTask) as error:
            done = Done(said=error.said(taken.turn.language), edited=edited if isinstance(error, BadTask) else 0)
            async with self._board.reading(taken.turn.reader) as reading:
                tasks = await task_lists.found(reading, listed)
        if done.noted:
            await _note(self._store, taken, "acts", done.noted)
        return self._shown(taken, sender, tasks, done)

    def _shown(self, taken: Taken[BaseModel], sender: WidgetItem, tasks: Sequence[Task], done: Done) -> WidgetItem:
        view = self._lists.view(tasks, taken.turn)
        said = f"{done.said} · {task_lists.heading(tasks, taken.turn.language)}" if done.noted else done.said
        return task_lists.drawn(sender, replace(view, said=said, edited=done.edited, renamed=done.renamed))


async def _complete(work: Board, number: int, language: str, *, done: bool) -> Done:
    _, task = await work.complete(number, done=done)
    what, just = (phrases.COMPLETED, phrases.JUST_COMPLETED) if done else (phrases.REOPENED, phrases.JUST_REOPENED)
    return _did(task, what, just, language)


async def _rename(work: Board, number: int, title: str, language: str) -> Done:
    before, task = await work.update(number, Details(title=title))
    if before.title == task.title:
        return Done()
    said = phrases.JUST_RENAMED.said(language, number=number)
    return Done(said, formatting.renamed_line(before, task, language), renamed=(number, before.title))


async def _delete(work: Board, number: int, language: str) -> Done:
    return _did(await work.delete(number), phrases.DELETED, phrases.JUST_DELETED, language)


async def _restore(work: Board, number: int, language: str) -> Done:
    return _did(await work.restore(number), phrases.BROUGHT_BACK, phrases.JUST_BROUGHT_BACK, language)


async def _edit(work: Board, number: int) -> Done:
    return Done(edited=(await work.get(number)).number)


async def _nothing(_: Board) -> Done:
    return Done()


def _did(task: Task, what: Phrase, just: Phrase, language: str) -> Done:
    return Done(just.said(language, number=task.number), formatting.act_line(task, what, language))


def _list(taken: Taken[BaseModel]) -> WidgetItem:
    if taken.sender is None or not task_lists.is_list(taken.sender):
        raise InvalidInput("params.item_id: only a list of tasks has such a button.")
    return taken.sender


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
