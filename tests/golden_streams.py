"""Streams of real servers as files that the element's tests read: what they are made of, and how they are kept."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.bare_store import MemoryStore
from chatkit.server import ChatKitServer, StreamingResult, stream_widget
from chatkit.types import (
    ClientEffectEvent,
    CustomSummary,
    CustomTask,
    DurationSummary,
    EndOfTurnItem,
    FileSource,
    FileTask,
    GeneratedImage,
    GeneratedImageItem,
    GeneratedImageUpdated,
    ImageTask,
    NoticeEvent,
    ProgressUpdateEvent,
    SearchTask,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdated,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    URLSource,
    UserMessageItem,
    WidgetComponentUpdated,
    WidgetItem,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import Badge, Card, Col, Text
from tests.chatkit_client import ChatKit, Event, Metadata, message
from tests.repository import ROOT

FOLDER = ROOT / "widget" / "golden"
RESUME = {"X-Pageside-Resume": "1"}
_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC).replace(tzinfo=None)
_IDS = re.compile(r"\b([a-z]{2,4})_(?:[0-9a-hjkmnp-tv-z]{30}|[0-9a-f]{8})\b")
_TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z?")
_SEALS = re.compile(r"token=[^\"&\\]+")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One stream, the items that were shown before it, and those that the server lists after it.

    Attributes:
        anew: The message that was to be answered anew; empty where the stream is of another request.
        output: What the page answered a tool's call with; None likewise.
    """

    frames: str
    before: Sequence[Event]
    after: Sequence[Event]
    anew: str = ""
    output: Event | None = None

    def files(self) -> tuple[str, str]:
        """The frames and the items as they are kept: ids counted, times and seals all the same."""
        document = {"before": self.before, "after": self.after, "anew": self.anew, "output": self.output}
        told = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)
        numbers: dict[str, str] = {}

        def counted(found: re.Match[str]) -> str:
            return numbers.setdefault(found[0], f"{found[1]}_{len(numbers) + 1}")

        frames, rest = (_SEALS.sub("token=sealed", _TIMES.sub("2026-01-01T12:00:00Z", text))
                        for text in (self.frames, told))  # fmt: skip
        return _IDS.sub(counted, frames), _IDS.sub(counted, rest) + "\n"


def paths(name: str) -> tuple[Path, Path]:
    """Where the stream called `name` is kept, and its items."""
    return FOLDER / f"{name}.sse", FOLDER / f"{name}.json"


async def record(client: ChatKit, operation: str, metadata: Metadata = None, /, **params: Any) -> Recorded:
    """The stream that an operation is answered with."""
    thread_id = params.get("thread_id", "")
    before = await client.items(thread_id) if thread_id else []
    body = {"type": operation, "params": params, "metadata": metadata or {}}
    response = await client.http.post(client.path, json=body, headers=RESUME)
    assert response.status_code == 200, response.text
    thread_id = thread_id or re.search(r'"thread":\{"id":"([^"]+)', response.text)[1]  # type: ignore[index]
    anew = params["item_id"] if operation == "threads.retry_after_item" else ""
    return Recorded(response.text, before, await client.items(thread_id), anew, params.get("result"))


async def asked(client: ChatKit, text: str, metadata: Metadata = None, *, thread: str = "", **fields: Any) -> Recorded:
    """The stream that answers `text`, in a new thread or in `thread`."""
    if thread:
        return await record(
            client, "threads.add_user_message", metadata, thread_id=thread, input=message(text, **fields)
        )
    return await record(client, "threads.create", metadata, input=message(text, **fields))


class Sampler(ChatKitServer[dict[str, Any]]):
    """Streams one of every kind of event and update that the tutor has no use for."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: dict[str, Any]
    ) -> AsyncIterator[ThreadStreamEvent]:
        about = {"thread_id": thread.id, "created_at": _NOON}
        yield ProgressUpdateEvent(text="Thinking", icon="sparkle")
        yield NoticeEvent(level="warning", message="A **slow** model", title="Heads up")
        yield ClientEffectEvent(name="highlight", data={"anchor": "#servo"})
        for part in (_thinking(about), _working(about), _painting(about), _removing(about)):
            for event in part:
                yield event
        async for event in stream_widget(thread, _writing(), generate_id=lambda _: "msg_written"):
            yield event
        for event in _widget(about):
            yield event
        thread.title = "One of everything"
        yield ThreadItemDoneEvent(item=EndOfTurnItem(id="end_1", **about))


def _updated(item_id: str, update: ThreadItemUpdated) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)


def _thinking(about: dict[str, Any]) -> list[ThreadStreamEvent]:
    first, second = ThoughtTask(content="A servo has"), ThoughtTask(title="Compare", content="And a stepper counts.")
    whole = ThoughtTask(content="A servo has a sensor.", status_indicator="complete")
    begun = WorkflowItem(id="wf_thought", workflow=Workflow(type="reasoning", tasks=[]), **about)
    ended = Workflow(type="reasoning", tasks=[whole, second], summary=DurationSummary(duration=3))
    return [
        ThreadItemAddedEvent(item=begun),
        _updated("wf_thought", WorkflowTaskAdded(task_index=0, task=first)),
        _updated("wf_thought", WorkflowTaskUpdated(task_index=0, task=whole)),
        _updated("wf_thought", WorkflowTaskAdded(task_index=1, task=second)),
        ThreadItemDoneEvent(item=begun.model_copy(update={"workflow": ended})),
    ]


def _working(about: dict[str, Any]) -> list[ThreadStreamEvent]:
    tasks = [
        SearchTask(title_query="servo", queries=["servo"], sources=[URLSource(title="Servo", url="https://e.test/s")]),
        FileTask(title="Read", sources=[FileSource(title="Notes", filename="notes.pdf")]),
        ImageTask(title="Draw"),
        CustomTask(title="Check", icon="check", content="All of it."),
    ]
    workflow = Workflow(type="custom", tasks=tasks, summary=CustomSummary(title="Prepared", icon="book-open"))
    return [
        ThreadItemDoneEvent(item=WorkflowItem(id="wf_work", workflow=workflow, **about)),
        ThreadItemDoneEvent(item=TaskItem(id="tsk_1", task=CustomTask(title="Alone", content="One task."), **about)),
    ]


def _painting(about: dict[str, Any]) -> list[ThreadStreamEvent]:
    picture = GeneratedImage(id="img_1", url="data:image/png;base64,AAAA")
    return [
        ThreadItemAddedEvent(item=GeneratedImageItem(id="msg_picture", **about)),
        _updated("msg_picture", GeneratedImageUpdated(image=picture, progress=0.5)),
        ThreadItemDoneEvent(item=GeneratedImageItem(id="msg_picture", image=picture, **about)),
    ]


def _removing(about: dict[str, Any]) -> list[ThreadStreamEvent]:
    kept = TaskItem(id="tsk_2", task=CustomTask(title="Before"), **about)
    return [
        ThreadItemDoneEvent(item=kept),
        ThreadItemReplacedEvent(item=kept.model_copy(update={"task": CustomTask(title="After")})),
        ThreadItemDoneEvent(item=TaskItem(id="tsk_3", task=CustomTask(title="Gone"), **about)),
        ThreadItemRemovedEvent(item_id="tsk_3"),
    ]


def _widget(about: dict[str, Any]) -> list[ThreadStreamEvent]:
    badge = Badge(id="state", label="Off", color="danger")
    item = WidgetItem(id="msg_widget", widget=Card(children=[Col(children=[badge])]), copy_text="On", **about)
    on = Badge(id="state", label="On", color="success")
    return [
        ThreadItemAddedEvent(item=item),
        _updated("msg_widget", WidgetComponentUpdated(component_id="state", component=on)),
        ThreadItemDoneEvent(item=item.model_copy(update={"widget": Card(children=[Col(children=[on])])})),
    ]


async def _writing() -> AsyncIterator[Card]:
    for words in ("", "A servo ", "A servo holds.", "A servo holds."):
        yield Card(children=[Text(id="words", value=words, streaming=not words.endswith("."))])
    yield Card(children=[Text(id="words", value="A servo holds."), Text(id="more", value="Angles.")])


async def sampled() -> Recorded:
    """The stream of a server that is the SDK's alone."""
    server = Sampler(MemoryStore())
    context: dict[str, Any] = {}
    body = json.dumps({"type": "threads.create", "params": {"input": message("One of everything")}})
    told = await server.process(body, context)
    assert isinstance(told, StreamingResult)
    frames = b"".join([frame async for frame in told]).decode()
    thread_id = json.loads(frames.partition("\n")[0][6:])["thread"]["id"]
    page = await server.store.load_thread_items(thread_id, None, 100, "asc", context)
    return Recorded(frames, [], [_public(item) for item in page.data])


def _public(item: ThreadItem) -> Event:
    return json.loads(item.model_dump_json(exclude_none=True))
