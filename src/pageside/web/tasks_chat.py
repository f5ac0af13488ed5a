"""Readers by name: a message of theirs and its answer, and their conversations, which are those of `POST /chatkit`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field
from starlette.convertors import Convertor, register_url_convertor

from pageside.answer.planner.formatting import ASKED, FAILED
from pageside.conversation import listing, spoken
from pageside.conversation.server import TextbookServer
from pageside.conversation.tape import KEEPALIVE_EVERY
from pageside.conversation.turn import Turn
from pageside.errors import Forbidden
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.web import chat_streams, problems
from pageside.web.chat import MAX_OFFSET, MAX_PAGE, as_chatkit
from pageside.web.chat_shapes import MAX_ID_CHARS, Given, Taken
from pageside.web.chat_streams import Whole
from pageside.web.chatkit import KEY_PARAMETER, asking, key_of, languages_of, session_of
from pageside.web.runs import HEADERS

MAX_NAME_CHARS: Final = 1_000
_NAME: Final = Path(alias="user_id", max_length=MAX_NAME_CHARS, description="Who asks, as their token names them.")
_REFUSALS: Final = (400, 401, 403, 404, 409, 413, 422, 429, 503)


class _UserName(Convertor[str]):
    """A reader's name in an address, which may have slashes; what stands deeper under `/api/chatkit` is nobody's."""

    regex = "(?!chatkit/.+/)(?s:.+?)"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("user_name", _UserName())


class TaskMessage(Taken):
    """A message of the reader."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"message": "Add read chapter 3 for Friday", "conversation_id": None}]}
    )

    message: str = Field(description="What the reader says; at most `PAGESIDE_MAX_MESSAGE_CHARS` characters.")
    conversation_id: str | None = Field(
        None, max_length=MAX_ID_CHARS, description="The conversation to go on with; without it, a new one begins."
    )
    timezone: str | None = Field(
        None, max_length=100, description='Where it is today, such as `Europe/Berlin`; "tomorrow" is one day later.'
    )


class ToolCall(Given):
    """A call of a tool that was made for the answer; see the MCP server's `tools/list`."""

    name: str
    arguments: dict[str, Any]
    result: dict[str, Any] = Field(description="What the tool gave; `omitted` says so where that is too long.")


_SAID: Final[dict[str, Any]] = {
    "conversation_id": "thr_0d9f1c2b3a4e5f60718293a4",
    "response": "✅ Task #42 created: **Buy groceries**",
    "tool_calls": [
        {
            "name": "add_task",
            "arguments": {"title": "Buy groceries"},
            "result": {"success": True, "task_id": 42, "title": "Buy groceries"},
        }
    ],
    "success": True,
    "needs_clarification": False,
}


class TaskAnswer(Given):
    """What was done, and what is said of it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_SAID]})

    conversation_id: str
    response: str = Field(description="Markdown; a question that asks what is meant numbers what may be chosen.")
    tool_calls: list[ToolCall] = Field(description="What was done with the reader's tasks, in order.")
    success: bool = Field(description="False where what was asked for could not be done, or the answer was cut short.")
    needs_clarification: bool = Field(description="Whether the reader is asked what they mean; nothing was changed.")


class ConversationRow(Given):
    """A conversation in a list."""

    id: str
    title: str | None
    created_at: datetime


class ConversationRows(Given):
    """Some of a reader's conversations, those last written in first."""

    conversations: list[ConversationRow]


def router(
    server: TextbookServer,
    database: Database,
    *,
    reader: Callable[..., Reader] = asking,
    keepalive: timedelta = KEEPALIVE_EVERY,
) -> APIRouter:
    """The routes of `server`, whose conversations are in `database`; they come after all that begin with /api/chatkit.

    Args:
        reader: Dependency that says who is asking.
        keepalive: How often a run is looked after while it is silent.
    """
    routes = APIRouter(prefix="/api", tags=["tasks"])
    recognised = Depends(reader)

    @routes.post(
        "/{user_id:user_name}/chat",
        summary="Say something, and be answered",
        responses=problems.declared(*_REFUSALS),
        openapi_extra={"parameters": [KEY_PARAMETER]},
    )
    async def chat(
        request: Request,
        response: Response,
        user_id: Annotated[str, _NAME],
        asked: TaskMessage,
        who: Reader = recognised,
    ) -> TaskAnswer:
        """One message, about the reader's study tasks or to the book; its conversation is one of ChatKit's.

        A client that leaves stops the answer; what was said and done is kept.
        """
        require_same(user_id, who)
        run = await server.receive(
            as_chatkit(
                asked.message,
                thread_id=asked.conversation_id,
                metadata={"timezone": asked.timezone, "forms": False},
            ),
            reader=who,
            origin=f"{request.url.scheme}://{request.url.netloc}",
            languages=languages_of(request),
            key=key_of(request),
            session=session_of(request),
        )
        if isinstance(run, bytes):
            raise TypeError("a message is answered with a run")
        hearing = spoken.hear(run, spoken.stored(server.store, Turn(reader=who)), keepalive=keepalive)
        response.headers.update(HEADERS)
        return _answer(await chat_streams.awaited(request, run, hearing, thread_id=asked.conversation_id or None))

    _list(routes, database, recognised)
    return routes


def _list(routes: APIRouter, database: Database, recognised: Reader) -> None:
    @routes.get(
        "/{user_id:user_name}/conversations",
        summary="List your conversations, by name",
        responses=problems.declared(401, 403, 404, 422, 429, 503),
    )
    async def conversations(
        response: Response,
        user_id: Annotated[str, _NAME],
        who: Reader = recognised,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = MAX_PAGE,
        offset: Annotated[int, Query(ge=0, le=MAX_OFFSET, description="How many to pass over.")] = 0,
    ) -> ConversationRows:
        """Those last written in first, however they were begun."""
        require_same(user_id, who)
        response.headers.update(HEADERS)
        found = await listing.conversations(database, Turn(reader=who), limit=limit, offset=offset)
        rows = [ConversationRow(id=row.id, title=row.title, created_at=row.created_at) for row in found.rows]
        return ConversationRows(conversations=rows)


def require_same(user_id: str, who: Reader) -> None:
    """Returns if the name in the address is that of who asks.

    Raises:
        Forbidden: It is another, whether there is a reader of that name or not.
    """
    if user_id != who.subject:
        raise Forbidden(f"This address is for {user_id[:80]!r} alone, and you are {who.subject[:80]!r}: use your own.")


def _answer(told: Whole) -> TaskAnswer:
    text = told.message.text
    record = told.message.record
    calls = record.tool_calls if record is not None else ()
    failed = told.status != "completed" or text.startswith(FAILED) or any(call.failed for call in calls)
    return TaskAnswer(
        conversation_id=told.thread_id or "",
        response=text,
        tool_calls=[ToolCall(name=call.name, arguments=call.arguments, result=call.result) for call in calls],
        success=not failed,
        needs_clarification=told.message.asks or text.startswith(ASKED),
    )
