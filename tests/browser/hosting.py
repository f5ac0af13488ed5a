"""A site of a test's own, under a strict policy, and a ChatKit server of the SDK alone behind it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import uvicorn
from benchmarks.bare_store import MemoryStore
from chatkit.actions import Action, ActionConfig
from chatkit.server import StreamingResult
from chatkit.store import AttachmentStore, NotFoundError
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    Attachment,
    AttachmentCreateParams,
    AttachmentUploadDescriptor,
    AudioInput,
    ClientEffectEvent,
    ClientToolCallItem,
    EntitySource,
    FileAttachment,
    LockedStatus,
    SyncCustomActionResponse,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    TranscriptionResult,
    UserMessageItem,
    WidgetItem,
)
from chatkit.widgets import Button, Card, Text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from tests.golden_streams import Sampler
from tests.repository import ROOT

STATIC = ROOT / "src" / "pageside" / "web" / "static"
POLICY = (
    "default-src 'none'; script-src {scripts}; style-src 'self'; connect-src {connects}; img-src 'self' data: blob:; "
    "font-src 'self'; frame-src {scripts}; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
LINES = 40
Context = dict[str, Any]


class Files(AttachmentStore[Context]):
    """Announces files, and takes them at `/upload`."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def create_attachment(self, input: AttachmentCreateParams, context: Context) -> Attachment:  # noqa: A002
        made = attachment(input.name, input.mime_type)
        target = AttachmentUploadDescriptor(url=f"{self._site.address}/upload", method="PUT")
        return made.model_copy(update={"upload_descriptor": target})

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        """Nothing is kept."""


class Store(MemoryStore):
    """The store of a quick start, which also knows the files that were announced."""

    async def save_attachment(self, attachment: Attachment, context: Context) -> None:
        """Known by its id alone."""

    async def load_attachment(self, attachment_id: str, context: Context) -> Attachment:
        return attachment("notes.txt", "text/plain")

    async def delete_attachment(self, attachment_id: str, context: Context) -> None:
        """Nothing is kept."""


class House(Sampler):
    """Answers by what the reader's message says; see `respond`."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Context
    ) -> AsyncIterator[ThreadStreamEvent]:
        text = "" if input_user_message is None else "".join(part.text for part in input_user_message.content)
        thread.title = thread.title or text or "Untitled"
        about = {"thread_id": thread.id, "created_at": datetime.now(UTC).replace(tzinfo=None)}
        match text:
            case "everything":
                async for event in super().respond(thread, input_user_message, context):
                    yield event
            case "effect":
                yield ClientEffectEvent(name="highlight", data={"anchor": "servo"})
                yield said("An effect.", about, self._id("msg"))
            case "tool":
                call = {"id": self._id("ctc"), "call_id": "call_1", "name": "whereabouts", "arguments": {"unit": "m"}}
                yield ThreadItemDoneEvent(item=ClientToolCallItem(**call, **about))
            case "link":
                yield self._linked(about)
            case "long":
                async for event in self._long(about):
                    yield event
            case "widget":
                yield ThreadItemDoneEvent(item=WidgetItem(id="wid_1", widget=buttons("Press"), **about))
            case "locked":
                thread.status = LockedStatus(reason="The lesson is over.")
                yield said("The last word.", about, self._id("msg"))
            case "broken":
                raise RuntimeError("scripted")
            case _:
                yield said(f"You said: {text}", about, self._id("msg"))

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Context
    ) -> AsyncIterator[ThreadStreamEvent]:
        about = {"thread_id": thread.id, "created_at": datetime.now(UTC).replace(tzinfo=None)}
        yield said(f"Action {action.type} {json.dumps(action.payload)}", about, self._id("msg"))

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Context
    ) -> SyncCustomActionResponse:
        assert sender
        return SyncCustomActionResponse(updated_item=sender.model_copy(update={"widget": buttons("Pressed")}))

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: Any, context: Context) -> None:
        """Taken, and seen by the test as a request."""

    async def transcribe(self, audio_input: AudioInput, context: Context) -> TranscriptionResult:
        return TranscriptionResult(text="What was dictated")

    def _id(self, kind: str) -> str:
        self.made = getattr(self, "made", 0) + 1
        return f"{kind}_{self.made}"

    def _linked(self, about: Context) -> ThreadItemDoneEvent:
        place = EntitySource(
            id="ch7", title="Chapter seven", interactive=True, data={"page": "7"}, preview="lazy", icon="book-open"
        )
        text = "Read [the page](chatkit-link://open?page=7) first."
        content = AssistantMessageContent(text=text, annotations=[Annotation(source=place, index=len(text) - 1)])
        return ThreadItemDoneEvent(item=AssistantMessageItem(id=self._id("msg"), content=[content], **about))

    async def _long(self, about: Context) -> AsyncIterator[ThreadStreamEvent]:
        item_id, text = self._id("msg"), ""
        empty = AssistantMessageItem(id=item_id, content=[AssistantMessageContent(text="")], **about)
        yield ThreadItemAddedEvent(item=empty)
        for number in range(1, LINES + 1):
            line = f"Line {number}.\n\n"
            text += line
            update = AssistantMessageContentPartTextDelta(content_index=0, delta=line)
            yield ThreadItemUpdatedEvent(item_id=item_id, update=update)
            await asyncio.sleep(0.04)
        yield said(text, about, item_id)


def said(text: str, about: Context, item_id: str) -> ThreadItemDoneEvent:
    """A whole answer."""
    return ThreadItemDoneEvent(
        item=AssistantMessageItem(id=item_id, content=[AssistantMessageContent(text=text)], **about)
    )


def buttons(label: str) -> Card:
    """One button that the page handles, one that the server streams to, one that it answers at once."""
    here = ActionConfig(type="here", payload={"n": 1}, handler="client")
    there = ActionConfig(type="there", payload={"n": 2})
    at_once = ActionConfig(type="at.once", payload={"n": 3}, streaming=False)
    return Card(
        children=[
            Text(value=label),
            Button(label="On the page", onClickAction=here),
            Button(label="On the server", onClickAction=there),
            Button(label="At once", onClickAction=at_once),
        ]
    )


def attachment(name: str, mime_type: str) -> FileAttachment:
    """A file as the server names it."""
    return FileAttachment(id="atc_1", name=name, mime_type=mime_type)


@dataclass
class Site:
    """The site, on a thread of its own; a context manager.

    Attributes:
        pages: What stands at which path, as HTML.
        scripts: Where scripts may come from, and `connects` whom they may speak with.
        bodies: What was posted to `/chatkit`.
        headers: With which headers, lower case.
        refusals: How many requests are refused with 401 from now on.
    """

    pages: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    scripts: str = "'self'"
    connects: str = "'self'"
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    refusals: int = 0

    def __post_init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(64)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.house = House(Store(), attachment_store=Files(self))
        routes = [
            Route("/chatkit", self._chatkit, methods=["POST"]),
            Route("/chatkit/threads/{thread}/records", self._records),  # asked of the server the script comes from
            Route("/upload", self._upload, methods=["PUT", "POST"]),
            Route("/-/widget/{path:path}", self._element),
            Route("/{path:path}", self._page),
        ]
        app = Starlette(routes=routes)
        config = uvicorn.Config(app, lifespan="off", ws="none", log_level="critical", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()

    def told(self, operation: str) -> list[dict[str, Any]]:
        """The parameters of every request of this kind, in order."""
        return [body["params"] for body in self.bodies if body["type"] == operation]

    async def _chatkit(self, request: Request) -> Response:
        body = await request.body()
        self.bodies.append(json.loads(body))
        self.headers.append(dict(request.headers))
        if self.refusals:
            self.refusals -= 1
            return JSONResponse({"code": "unauthorized", "detail": "Who asks?"}, status_code=401)
        try:
            answer = await self.house.process(body, {})
        except NotFoundError:
            return JSONResponse({"code": "not_found", "detail": "There is no such conversation."}, status_code=404)
        if isinstance(answer, StreamingResult):
            return StreamingResponse(answer, media_type="text/event-stream")
        return Response(answer.json, media_type="application/json")

    async def _records(self, request: Request) -> Response:
        return JSONResponse({"records": []})

    async def _upload(self, request: Request) -> Response:
        await request.body()
        return JSONResponse(attachment("notes.txt", "text/plain").model_dump(mode="json"))

    async def _element(self, request: Request) -> Response:
        return FileResponse(STATIC / request.path_params["path"])

    async def _page(self, request: Request) -> Response:
        path = request.path_params["path"]
        if path in ("chatkit.js", "loader.js"):
            return FileResponse(STATIC / path)
        if path in self.files:
            return FileResponse(self.files[path])
        if path not in self.pages:
            return Response(status_code=404)
        policy = POLICY.format(scripts=self.scripts, connects=self.connects)
        return Response(self.pages[path], media_type="text/html", headers={"Content-Security-Policy": policy})
