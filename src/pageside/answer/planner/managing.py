"""Carrying out acts: calls of MCP tools over a session in memory that is bound to one reader, and nothing else.

The server opens nothing by itself: in each session it works on the board of one unit of work, so that several calls are
kept together or not at all. Beside the five tools that every client is served it has two that undo.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

from mcp import Client
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel

from pageside.answer.events import ToolCall
from pageside.answer.planner.validating import RESTORE, UNDO, Call
from pageside.errors import PagesideError
from pageside.tasks import task, tools
from pageside.tasks.board import Board
from pageside.tasks.task import BadTask, Task

_NAME: Final = "Study tasks"


class Undone(BaseModel):
    """What the tools that undo give: the numbers of the tasks that are again as they were."""

    success: bool
    task_ids: list[int]


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a task; None for one that was not there before, or is not there any more."""

    before: Task | None
    after: Task | None


@dataclass(frozen=True, slots=True)
class Done:
    """A call that was made.

    Attributes:
        changes: What became of which tasks, in order; the same before and after where nothing was to be done.
    """

    call: Call
    told: ToolCall
    changes: tuple[Change, ...] = ()


class NotDone(BadTask):
    """A call failed, and nothing of its unit of work may be kept.

    Attributes:
        call: Which it was.
    """

    def __init__(self, message: str, call: Call) -> None:
        super().__init__(message)
        self.call = call


async def carry_out(calls: Sequence[Call], board: Board) -> tuple[Done, ...]:
    """Makes `calls` in order, on the board of one reader.

    Raises:
        NotDone: One of them failed; whoever opened the unit of work must drop it.
        PagesideError: The board cannot be reached.
    """
    seen = _Seen(board)
    done: list[Done] = []
    here = _SEEN.set(seen)
    try:
        async with Client(_server()) as client:
            for call in calls:
                seen.passage = call.passage
                result = await client.call_tool(call.tool, dict(call.arguments))
                if result.is_error:
                    seen.failure = seen.failure or NotDone(_text(result.content), call)
                    break
                told = ToolCall(call.tool, dict(call.arguments), dict(result.structured_content or {}))
                done.append(Done(call, told, seen.taken()))
    finally:
        _SEEN.reset(here)
    if seen.failure is not None:
        raise seen.failure  # out here, for the session would wrap it in a group
    return tuple(done)


@dataclass(slots=True)
class _Seen:
    """The board that the tools of one session work on, and what they did there.

    Attributes:
        passage: Where the reader is; a task that is added leads there.
        failure: Why the last call failed, where the board says so.
    """

    board: Board
    passage: Any = None
    failure: Exception | None = None
    changes: list[Change] = field(default_factory=list)

    def taken(self) -> tuple[Change, ...]:
        """What was done since it was last asked."""
        changes, self.changes = tuple(self.changes), []
        return changes


class _Watched:
    """The board as the tools see it: what they change is noted, and a new task is given its place in the book."""

    def __init__(self, seen: _Seen) -> None:
        self._seen = seen
        self._board = seen.board

    def __getattr__(self, name: str) -> Any:
        return getattr(self._board, name)

    async def add(self, told: task.Details) -> Task:
        made = await self._board.add(replace(told, passage=self._seen.passage))
        self._seen.changes.append(Change(None, made))
        return made

    async def update(self, number: int, told: task.Details, **more: Any) -> tuple[Task, Task]:
        return self._noted(await self._board.update(number, told, **more))

    async def complete(self, number: int, *, done: bool = True) -> tuple[Task, Task]:
        return self._noted(await self._board.complete(number, done=done))

    async def delete(self, number: int) -> Task:
        gone = await self._board.delete(number)
        self._seen.changes.append(Change(gone, None))
        return gone

    async def restore(self, number: int) -> Task:
        back = await self._board.restore(number)
        self._seen.changes.append(Change(None, back))
        return back

    async def undo(self) -> Sequence[tuple[Task, Task]]:
        pairs = await self._board.undo()
        for before, after in pairs:
            self._seen.changes.append(
                Change(
                    before if before.deleted_at is None else None,
                    after if after.deleted_at is None else None,
                )
            )
        return pairs

    def _noted(self, pair: tuple[Task, Task]) -> tuple[Task, Task]:
        self._seen.changes.append(Change(*pair))
        return pair


# Of the session that a tool runs in: a session's tasks begin in the context of whoever opened it.
_SEEN: Final[ContextVar[_Seen]] = ContextVar("seen")


@asynccontextmanager
async def _opened(_: Context[Any, Any]) -> AsyncIterator[Any]:
    """The board for one call."""
    seen = _SEEN.get()
    seen.failure = None
    try:
        yield _Watched(seen)
    except Exception as error:  # the session would make a text of it, and whoever can act needs the error
        seen.failure = error
        raise


@cache
def _server() -> MCPServer[Any]:
    """The same for all sessions: to describe the tools takes longer than to call one."""
    server: MCPServer[Any] = MCPServer(_NAME, log_level="CRITICAL")
    tools.register(server, work=_opened, reading=_opened)
    _register_undo(server)
    return server


def _register_undo(server: MCPServer[Any]) -> None:
    @asynccontextmanager
    async def acting(context: Context[Any, Any]) -> AsyncIterator[Any]:
        try:
            async with _opened(context) as board:
                yield board
        except PagesideError as error:
            raise ToolError(str(error)) from None

    @server.tool(name=UNDO)
    async def undo_last_change(ctx: Context[Any, Any]) -> Undone:
        """Undo what was last done to the reader's study tasks."""
        async with acting(ctx) as board:
            return Undone(success=True, task_ids=[after.number for _, after in await board.undo()])

    @server.tool(name=RESTORE)
    async def restore_task(task_id: tools.Number, ctx: Context[Any, Any]) -> Undone:
        """Bring back a study task that was deleted within the last 30 days."""
        async with acting(ctx) as board:
            return Undone(success=True, task_ids=[(await board.restore(task.number(task_id))).number])


def _text(content: Sequence[Any]) -> str:
    return " ".join(str(getattr(part, "text", "")) for part in content).strip() or "It could not be done."
