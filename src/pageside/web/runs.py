"""Answers under way over HTTP: their stream, the way back to it after a lost connection, and stopping."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import closing, suppress
from datetime import timedelta
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, Depends, Header, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel
from starlette.types import Message, Receive, Scope, Send

from pageside.conversation.patience import Patience
from pageside.conversation.server import TextbookServer
from pageside.conversation.tape import Tape
from pageside.errors import BadRequest, Unavailable
from pageside.identity.reader import Reader

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_STREAMED = {**HEADERS, "Cache-Control": "no-store, no-transform"}  # what compresses would hold the frames back
RESUME = "X-Pageside-Resume"
RUN = "X-Pageside-Run"
SENDING_TIME = timedelta(minutes=1)
STOPPING_TIME = timedelta(seconds=10)
_NOT_STOPPED = "The answer is being stopped, but what was said is not saved yet."
_LONGEST_NUMBER = 9  # digits of a frame's

RunId = Annotated[str, Path(description=f"The `{RUN}` header of the answer.", max_length=100)]


class Stopped(BaseModel):
    """What became of an answer that was told to stop."""

    id: str
    status: Literal["stopped", "finished"]


class EventStream(StreamingResponse):
    """A run on the wire; whoever leaves it, or takes nothing for a minute, no longer counts as its listener."""

    def __init__(self, run: Tape, frames: AsyncIterator[bytes], *, headers: dict[str, str] | None = None) -> None:
        super().__init__(frames, media_type="text/event-stream", headers={**_STREAMED, **(headers or {})})
        self._run = run
        run.join()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Starlette listens for a disconnect only on older ASGI versions, and not while it waits for a frame on newer.
        try:
            async with anyio.create_task_group() as tasks:

                async def watch() -> None:
                    await self.listen_for_disconnect(receive)
                    tasks.cancel_scope.cancel()

                async def in_time(message: Message) -> None:
                    patience.begin()
                    await send(message)
                    patience.end()

                tasks.start_soon(watch)
                with closing(Patience(SENDING_TIME, tasks.cancel_scope.cancel)) as patience, suppress(OSError):
                    await self.stream_response(in_time)
                tasks.cancel_scope.cancel()
        finally:
            self._run.leave()


def plain(run: Tape, *, keepalive: timedelta) -> Response:
    """The whole run for a client that knows nothing of resuming."""
    return EventStream(run, run.frames(keepalive=keepalive))


def numbered(run: Tape, *, keepalive: timedelta, after: int = 0) -> Response:
    """The run for a client that comes back, from the frame after number `after`; 204 where nothing will follow.

    Raises:
        BadRequest: The run has no frame with that number.
    """
    if not run.has(after):
        raise BadRequest(f"Last-Event-ID: this answer has no event {after}; its last one is {run.length}.")
    if run.is_over_after(after):
        return Response(status_code=204, headers={**HEADERS, RUN: run.id})
    return EventStream(run, run.numbered_frames(after, keepalive=keepalive), headers={RUN: run.id})


def install(routes: APIRouter, server: TextbookServer, *, reader: Callable[..., Reader], keepalive: timedelta) -> None:
    """Adds the routes of `server`'s runs.

    Args:
        reader: Dependency that says who is asking.
        keepalive: Longest silence of a stream.
    """
    recognised = Depends(reader)

    @routes.get(
        "/chatkit/runs/{run_id}/events",
        summary="Come back to an answer",
        response_class=Response,
        responses={
            200: {"description": "What was missed, then what is to come.", "content": {"text/event-stream": {}}},
            204: {"description": "The answer has ended and nothing was missed."},
            400: {"description": "The answer has no such event."},
            404: {"description": "No such answer, not this reader's, or not kept any more: reload the conversation."},
        },
    )
    async def events(
        run_id: RunId,
        who: Reader = recognised,
        last: Annotated[str | None, Header(alias="Last-Event-ID", description="The last event that arrived.")] = None,
        after: Annotated[str | None, Query(description="The same, where no header can be set.")] = None,
    ) -> Response:
        """The events of an answer after the last one that arrived: those missed, then the rest as it is made."""
        number = _number(after if last is None else last)
        run = await server.run(run_id, who)
        if not run.has(number):
            await run.reach(number)
        return numbered(run, keepalive=keepalive, after=number)

    @routes.post(
        "/chatkit/runs/{run_id}/stop",
        summary="Stop an answer",
        responses={404: {"description": "No such answer, not this reader's, or not kept any more."}},
    )
    async def stop(run_id: RunId, response: Response, who: Reader = recognised) -> Stopped:
        """Ends the model's work and keeps what was said; asked again, it says the same."""
        run = await server.run(run_id, who)
        run.join()  # what is answered elsewhere is heard of for as long as somebody listens
        try:
            run.stop()
            async with asyncio.timeout(STOPPING_TIME.total_seconds()):
                await run.ended.wait()
        except TimeoutError:
            raise Unavailable(_NOT_STOPPED) from None
        finally:
            run.leave()
        if run.lost:
            raise Unavailable(_NOT_STOPPED)
        response.headers.update(HEADERS)
        return Stopped(id=run.id, status="stopped" if run.cut else "finished")


def comes_back(request: Request) -> bool:
    """Whether the client of `request` says that it comes back when its connection is lost."""
    return request.headers.get(RESUME) == "1"


def _number(told: str | None) -> int:
    if told is None or not told:
        return 0
    if not (told.isascii() and told.isdecimal()) or len(told) > _LONGEST_NUMBER:
        raise BadRequest("Last-Event-ID: send the `id` of the last event that arrived, a number.")
    return int(told)
