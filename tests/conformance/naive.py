"""The ChatKit SDK's server as its documentation wires it, over a store in memory: `python -m tests.conformance.naive`.

The checks were not made on it; it shows which of them a server passes without further work. It does what the questions
in `OWN_QUESTIONS` ask of a bot, says where it listens, and serves until it is stopped.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import uvicorn
from benchmarks.bare_store import MemoryStore
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientToolCallItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdated,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    URLSource,
    UserMessageItem,
)
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse
from tests.conformance.target import OWN_QUESTIONS, heard

LARGE = "and on and on " * 1_500
PIECES = 400
CITED = Annotation(source=URLSource(title="Servo motors", url="http://book.test/docs/motors/servo"), index=3)
KNOWN = ("cited", "echo", "slow", "endless", "flood", "fail", "tool")
QUESTIONS = json.dumps({name: OWN_QUESTIONS[name] for name in KNOWN})


class Naive(ChatKitServer[dict[str, Any]]):
    """Streams what a question asks for, item by item."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: dict[str, Any]
    ) -> AsyncIterator[ThreadStreamEvent]:
        page = await self.store.load_thread_items(thread.id, after=None, limit=100, order="asc", context=context)
        messages = [_text(item) for item in page.data if isinstance(item, UserMessageItem | AssistantMessageItem)]
        asked = _text(input_user_message) if input_user_message else ""
        identifier = self.store.generate_item_id("message", thread, context)
        if asked == OWN_QUESTIONS["tool"]:
            call = {"name": "get_selection", "arguments": {}, "call_id": f"call_{identifier}"}
            yield ThreadItemDoneEvent(
                item=ClientToolCallItem(id=identifier, thread_id=thread.id, created_at=_now(), **call)
            )
            return
        item = AssistantMessageItem(id=identifier, thread_id=thread.id, created_at=_now(), content=[])
        yield ThreadItemAddedEvent(item=item)
        yield _updated(
            item, AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text=""))
        )
        text = ""
        async for piece in _pieces(asked, messages):
            text += piece
            yield _updated(item, AssistantMessageContentPartTextDelta(content_index=0, delta=piece))
        yield _updated(
            item, AssistantMessageContentPartAnnotationAdded(content_index=0, annotation_index=0, annotation=CITED)
        )
        content = AssistantMessageContent(text=text, annotations=[CITED])
        yield _updated(item, AssistantMessageContentPartDone(content_index=0, content=content))
        yield ThreadItemDoneEvent(item=item.model_copy(update={"content": [content]}))


async def _pieces(asked: str, messages: list[str]) -> AsyncIterator[str]:
    match asked.partition(" ")[0]:
        case "echo":
            yield heard(*messages)
        case "slow":
            await asyncio.Event().wait()
        case "endless" | "flood" as how:
            for _ in range(PIECES if how == "flood" else 0):
                yield LARGE
            while True:
                yield "and on "
                await asyncio.sleep(0.01)
        case _:
            yield f"You asked “{asked}”"
            if "fail" in asked:
                raise RuntimeError("the secret of the house")
            yield "."


def _text(item: UserMessageItem | AssistantMessageItem) -> str:
    return "".join(part.text for part in item.content)


def _now() -> datetime:
    return datetime.now()  # noqa: DTZ005  # as the SDK does


def _updated(item: AssistantMessageItem, update: ThreadItemUpdated) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(item_id=item.id, update=update)


class Telling(uvicorn.Server):
    """Says where it is once it listens."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        print(f"http://127.0.0.1:{self.servers[0].sockets[0].getsockname()[1]}/chatkit", flush=True)


def create() -> FastAPI:
    """The endpoint, as in the SDK's documentation."""
    server = Naive(MemoryStore())
    app = FastAPI()

    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        result = await server.process(await request.body(), {})
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(result.json, media_type="application/json")

    return app


if __name__ == "__main__":
    config = uvicorn.Config(create(), port=0, log_config=None, access_log=False, lifespan="off")
    asyncio.run(Telling(config).serve())
