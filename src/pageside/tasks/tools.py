"""The five tools of a list of tasks, for the Model Context Protocol: whoever calls them acts for one reader alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any, Literal
from urllib.parse import urljoin

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field

from pageside.errors import PagesideError
from pageside.tasks import task
from pageside.tasks.board import Board
from pageside.tasks.task import Details, Priority, Status, Task

Opening = Callable[[Context[Any, Any]], AbstractAsyncContextManager[Board]]
Origin = Callable[[Any], str]

# Any, so that `true` is not taken for 1 on the way in; `task.number` says what is a number.
Number = Annotated[
    Any,
    Field(
        description="The task's number, such as 42.",
        json_schema_extra={"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^#?[0-9]+$"}]},
    ),
]
Title = Annotated[str, Field(description=f"What is to be done, 1 to {task.MAX_TITLE} characters.")]
Description = Annotated[str, Field(description=f"More about it, at most {task.MAX_DESCRIPTION} characters.")]
Due = Annotated[str, Field(description="The day it should be done by, as 2026-11-30.")]
Tags = Annotated[list[str], Field(description=f"At most {task.MAX_TAGS}.")]


class TaskRow(BaseModel):
    """A task as the tools tell of it."""

    task_id: int
    title: str
    description: str
    status: Status
    priority: Priority
    due: str | None
    tags: list[str]
    url: str | None
    created_at: str
    updated_at: str
    completed_at: str | None


class Added(BaseModel):
    """What `add_task` gives."""

    success: bool
    task_id: int
    title: str
    task: TaskRow


class Listed(BaseModel):
    """What `list_tasks` gives; `count` is of `tasks`."""

    tasks: list[TaskRow]
    count: int


class Completed(BaseModel):
    """What `complete_task` gives."""

    success: bool
    completed: bool
    task_id: int
    title: str
    task: TaskRow


class Updated(BaseModel):
    """What `update_task` gives; the titles are equal where something else was changed."""

    success: bool
    task_id: int
    old_title: str
    new_title: str
    task: TaskRow


class Deleted(BaseModel):
    """What `delete_task` gives."""

    success: bool
    message: str
    task_id: int
    title: str


def _as_kept(_: Any) -> str:
    return ""


def register(server: MCPServer[Any], *, work: Opening, reading: Opening, origin: Origin = _as_kept) -> None:
    """Adds the five tools to `server`.

    Args:
        work: Opens the tasks of the reader for whom a call is made, to change them.
        reading: The same, to look at them.
        origin: Where the book stands, such as `https://book.example`, by the request that a transport knows of; empty
            where nothing is known, and addresses of passages stay as they are.
    """
    tools = _Tools(work, reading, origin)
    server.add_tool(tools.add_task, title="Add a task", annotations=hints(repeatable=False))
    server.add_tool(tools.list_tasks, title="List tasks", annotations=hints(reads=True))
    server.add_tool(tools.complete_task, title="Complete a task", annotations=hints())
    server.add_tool(tools.update_task, title="Change a task", annotations=hints(destroys=True))
    server.add_tool(tools.delete_task, title="Delete a task", annotations=hints(destroys=True))


class _Tools:
    """The tools as functions; what their docstrings say is what a model reads of them."""

    def __init__(self, work: Opening, reading: Opening, origin: Origin) -> None:
        self._work = work
        self._reading = reading
        self._origin = origin

    async def add_task(
        self,
        title: Title,
        ctx: Context[Any, Any],
        description: Description = "",
        due: Due | None = None,
        priority: Priority | None = None,
        tags: Tags | None = None,
    ) -> Added:
        """Put something on the reader's list of study tasks."""
        async with _acting(self._work, ctx) as board:
            made = await board.add(
                Details(
                    title=title,
                    description=description or None,
                    due=task.day(due) if due else None,
                    priority=priority,
                    tags=tuple(tags) if tags is not None else None,
                )
            )
            return Added(success=True, task_id=made.number, title=made.title, task=self._row(made, ctx))

    async def list_tasks(
        self, ctx: Context[Any, Any], status: Literal["all", "pending", "completed"] = "all"
    ) -> Listed:
        """The reader's study tasks, by number."""
        async with _acting(self._reading, ctx) as board:
            found = [self._row(each, ctx) for each in await board.tasks(status)]
            return Listed(tasks=found, count=len(found))

    async def complete_task(self, task_id: Number, ctx: Context[Any, Any]) -> Completed:
        """Mark a study task as done."""
        async with _acting(self._work, ctx) as board:
            _, done = await board.complete(task.number(task_id))
            return Completed(
                success=True, completed=True, task_id=done.number, title=done.title, task=self._row(done, ctx)
            )

    async def update_task(
        self,
        task_id: Number,
        ctx: Context[Any, Any],
        title: Title | None = None,
        description: Description | None = None,
        due: Annotated[str | None, Field(description="The day, as 2026-11-30; empty for none.")] = None,
        priority: Priority | None = None,
        tags: Tags | None = None,
        status: Annotated[Status | None, Field(description="`pending` takes up again what was completed.")] = None,
    ) -> Updated:
        """Change what is said of a study task; what is left out stays."""
        async with _acting(self._work, ctx) as board:
            before, after = await board.update(
                task.number(task_id),
                Details(
                    title=title,
                    description=description,
                    due=task.day(due) if due else None,
                    no_due=due == "",
                    priority=priority,
                    tags=tuple(tags) if tags is not None else None,
                ),
                status=status,
            )
            return Updated(
                success=True,
                task_id=after.number,
                old_title=before.title,
                new_title=after.title,
                task=self._row(after, ctx),
            )

    async def delete_task(self, task_id: Number, ctx: Context[Any, Any]) -> Deleted:
        """Take a study task off the list; it can be brought back for 30 days."""
        async with _acting(self._work, ctx) as board:
            gone = await board.delete(task.number(task_id))
            return Deleted(
                success=True, message=f"Task #{gone.number} was deleted.", task_id=gone.number, title=gone.title
            )

    def _row(self, told: Task, ctx: Context[Any, Any]) -> TaskRow:
        return row(told, origin=self._origin(ctx.request_context.request))


@asynccontextmanager
async def _acting(opening: Opening, context: Context[Any, Any]) -> AsyncIterator[Board]:
    try:
        async with opening(context) as board:
            yield board
    except PagesideError as error:
        raise ToolError(str(error)) from None


def hints(*, reads: bool = False, destroys: bool = False, repeatable: bool = True) -> ToolAnnotations:
    """What a client is told of a tool before it is called: nothing that it does reaches beyond this server."""
    return ToolAnnotations(
        read_only_hint=reads, destructive_hint=destroys, idempotent_hint=repeatable, open_world_hint=False
    )


def row(told: Task, *, origin: str = "") -> TaskRow:
    """`told` as the tools tell of it, its passage at `origin`."""
    return TaskRow(
        task_id=told.number,
        title=told.title,
        description=told.description,
        status=told.status,
        priority=told.priority,
        due=told.due.isoformat() if told.due else None,
        tags=list(told.tags),
        created_at=told.created_at.isoformat(),
        updated_at=told.updated_at.isoformat(),
        completed_at=told.completed_at.isoformat() if told.completed_at else None,
        url=urljoin(origin, told.passage.url) if told.passage else None,
    )
