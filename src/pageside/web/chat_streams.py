"""An answer of the REST chat API on its way: as server-sent events, or whole once it is there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import anyio
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from pageside.conversation.frames import KEEPALIVE
from pageside.conversation.spoken import Ended, Failed, Heard, Noticed, Opened, Said, Spoken
from pageside.conversation.tape import Tape
from pageside.errors import Unavailable
from pageside.web.chat_shapes import ChatAnswer, Given, LibraryDocs, Status, completed

Hearing = AsyncGenerator[Sequence[Heard], None]

_EXAMPLE: Final = """\
event: thread.created
data: {"thread_id": "thr_0d9f1c2b3a4e5f60718293a4", "user_id": "test-user"}

event: thread.message.delta
data: {"delta": "A node is a process", "role": "assistant"}

event: thread.message.completed
data: {"message_id": "msg_5a4e5f60718293a40d9f1c2b", "content": "A node is a process that computes [1].", "sources": []}

event: thread.run.completed
data: {"thread_id": "thr_0d9f1c2b3a4e5f60718293a4", "status": "completed"}
"""
EITHER: Final[dict[str, Any]] = {
    "description": "The answer; a stream of events where `stream` asks for it.",
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "string",
                "description": "`thread.created` of a new conversation, `thread.message.delta` for every piece of the "
                "text, `thread.message.completed`, `thread.run.completed`; `error` is the end where something fails.",
            },
            "example": _EXAMPLE,
        }
    },
    "headers": {"Cache-Control": {"description": "`no-store`.", "schema": {"type": "string"}}},
}


class AnswerFailed(Unavailable):
    """The answer failed after it had begun; what was said of it is in the conversation."""

    code = "answer_failed"


class AnswerLost(AnswerFailed):
    """As that, and asking the same again changes nothing, as the conversation has gone on since."""

    retryable = False


class ThreadCreated(Given):
    """A conversation has begun: `thread.created`."""

    thread_id: str
    user_id: str


class MessageDelta(Given):
    """More of the text: `thread.message.delta`."""

    delta: str
    role: str = "assistant"


class RunCompleted(Given):
    """The end: `thread.run.completed`."""

    thread_id: str | None
    status: Status


class StreamError(Given):
    """The end of an answer that failed: `error`."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(description="Stable name of what went wrong.")
    message: str
    retryable: bool


async def told(
    hearing: Hearing, *, thread_id: str | None, user_id: str, library_docs: LibraryDocs
) -> AsyncIterator[bytes]:
    """What is heard, as server-sent events; a comment where nothing is for long.

    Args:
        thread_id: The conversation that the message was sent to; None until a new one begins.
    """
    notices: list[Noticed] = []
    async with aclosing(hearing):
        async for chunk in hearing:
            frames = []
            for heard in chunk:
                match heard:
                    case Opened():
                        thread_id = heard.thread_id
                        frames.append(_event("thread.created", ThreadCreated(thread_id=thread_id, user_id=user_id)))
                    case Said():
                        frames.append(_event("thread.message.delta", MessageDelta(delta=heard.text)))
                    case Noticed():
                        notices.append(heard)
                    case Spoken():
                        frames.append(_event("thread.message.completed", completed(heard, notices, library_docs)))
                    case Failed():
                        frames.append(_event("error", StreamError(**_failure(heard))))
                    case Ended():
                        end = RunCompleted(thread_id=thread_id, status=_status(heard))
                        frames.append(_event("thread.run.completed", end))
            yield b"".join(frames) or KEEPALIVE


@dataclass(frozen=True, slots=True)
class Whole:
    """A run when all of it has been heard.

    Attributes:
        thread_id: The conversation it stands in; None for one that is kept nowhere.
    """

    thread_id: str | None
    message: Spoken
    notices: tuple[Noticed, ...]
    status: Status


async def whole(hearing: Hearing, *, thread_id: str | None) -> Whole | Failed:
    """What was heard, at its end; what failed is given, not raised, for whoever waits in a task group.

    Args:
        thread_id: The conversation that the message was sent to; None until a new one begins.
    """
    notices: list[Noticed] = []
    message = Spoken("", "")
    status: Status = "completed"
    async with aclosing(hearing):
        async for chunk in hearing:
            for heard in chunk:
                match heard:
                    case Opened():
                        thread_id = heard.thread_id
                    case Noticed():
                        notices.append(heard)
                    case Spoken():
                        message = heard
                    case Failed():
                        return heard
                    case Ended():
                        status = _status(heard)
                    case Said():
                        pass
    return Whole(thread_id, message, tuple(notices), status)


def answered(told: Whole, library_docs: LibraryDocs) -> ChatAnswer:
    """A run as the answer to a question."""
    shown = completed(told.message, told.notices, library_docs)
    fields = shown.model_dump(exclude={"content"})
    return ChatAnswer(thread_id=told.thread_id, answer=shown.content, status=told.status, **fields)


async def awaited(request: Request, run: Tape, hearing: Hearing, *, thread_id: str | None) -> Whole:
    """As `whole`, for a client that waits; one who leaves meanwhile no longer counts as a listener of the run.

    Raises:
        AnswerFailed: The answer did.
    """
    listening = True
    run.join()
    answer: Whole | Failed | None = None
    try:
        async with anyio.create_task_group() as tasks:

            async def watch() -> None:
                nonlocal listening
                await gone(request)
                listening = False
                run.leave()

            tasks.start_soon(watch)
            answer = await whole(hearing, thread_id=thread_id)
            tasks.cancel_scope.cancel()
    finally:
        if listening:
            run.leave()
    if isinstance(answer, Whole):
        return answer
    if answer is None:
        raise AnswerFailed("The answer ended early. Please try again.")
    raise (AnswerFailed if answer.retryable else AnswerLost)(answer.message)


async def gone(request: Request) -> None:
    """Returns when the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _event(name: str, shape: BaseModel) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), to_json(shape))


def _failure(heard: Failed) -> dict[str, Any]:
    return {"code": heard.code, "message": heard.message, "retryable": heard.retryable}


def _status(heard: Ended) -> Status:
    return "stopped" if heard.stopped else "completed"
