"""A plain ChatKit client: one operation a call, events as they arrive, nothing known of the server's inside."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

Event = dict[str, Any]
Metadata = Mapping[str, Any] | None


def message(text: str, **fields: Any) -> Event:
    """The `input` of an operation that sends `text`."""
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}, **fields}


@dataclass(slots=True)
class Stream:
    """An open answer, read event by event; `comments` counts the lines between events that are none."""

    response: httpx2.Response
    lines: AsyncIterator[str]
    events: list[Event] = field(default_factory=list)
    comments: int = 0

    async def next(self) -> Event | None:
        """The next event; None at the end of the stream."""
        async for line in self.lines:
            if line.startswith(":"):
                self.comments += 1
            elif line:
                assert line.startswith("data: "), line
                self.events.append(json.loads(line[6:]))
                return self.events[-1]
        return None

    async def until(self, kind: str) -> Event:
        """The next event of `kind`, whether its own type or that of the update it carries."""
        while (event := await self.next()) is not None:
            if kind in (event["type"], event.get("update", {}).get("type")):
                return event
        raise AssertionError(f"the stream ended without {kind}: {[event['type'] for event in self.events]}")

    async def rest(self) -> list[Event]:
        """Every event to the end."""
        while await self.next() is not None:
            pass
        return self.events


@dataclass(frozen=True, slots=True)
class Told:
    """A finished answer, as the events of its stream."""

    events: list[Event]

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    @property
    def thread_id(self) -> str:
        return next(event["thread"]["id"] for event in self.events if event["type"] == "thread.created")

    def done(self, kind: str) -> list[Event]:
        """The finished items of `kind`."""
        finished = [event["item"] for event in self.events if event["type"] == "thread.item.done"]
        return [item for item in finished if item["type"] == kind]

    def updates(self, kind: str) -> list[Event]:
        """The item updates of `kind`."""
        found = [event["update"] for event in self.events if event["type"] == "thread.item.updated"]
        return [update for update in found if update["type"] == kind]

    @property
    def deltas(self) -> str:
        return "".join(u["delta"] for u in self.updates("assistant_message.content_part.text_delta"))

    @property
    def text(self) -> str:
        return self.answer["content"][0]["text"]

    @property
    def answer(self) -> Event:
        (only,) = self.done("assistant_message")
        return only

    @property
    def errors(self) -> list[Event]:
        return [event for event in self.events if event["type"] == "error"]


@dataclass(frozen=True, slots=True)
class ChatKit:
    """One reader's client."""

    http: httpx2.AsyncClient
    path: str = "/chatkit"

    async def send(self, operation: str, metadata: Metadata = None, /, **params: Any) -> httpx2.Response:
        """The whole response to one operation."""
        body = {"type": operation, "params": params, **({"metadata": metadata} if metadata is not None else {})}
        return await self.http.post(self.path, json=body)

    async def raw(self, body: bytes) -> httpx2.Response:
        """The whole response to a body of any kind."""
        return await self.http.post(self.path, content=body, headers={"content-type": "application/json"})

    async def call(self, operation: str, **params: Any) -> Event:
        """The document that a JSON operation answers with."""
        response = await self.send(operation, **params)
        assert response.status_code == 200, response.text
        return response.json()

    async def tell(self, operation: str, metadata: Metadata = None, /, **params: Any) -> Told:
        """The whole answer that a streaming operation gives."""
        response = await self.send(operation, metadata, **params)
        return told(response)

    async def ask(self, text: str, *, thread: str = "", metadata: Metadata = None, **fields: Any) -> Told:
        """The answer to `text`, in a new thread or in `thread`."""
        if thread:
            return await self.tell(
                "threads.add_user_message", metadata, thread_id=thread, input=message(text, **fields)
            )
        return await self.tell("threads.create", metadata, input=message(text, **fields))

    @asynccontextmanager
    async def open(self, operation: str, **params: Any) -> AsyncIterator[Stream]:
        """An answer to be read while it is made; leaving the block leaves the answer."""
        async with self.http.stream("POST", self.path, json={"type": operation, "params": params}) as response:
            assert response.status_code == 200, (await response.aread()).decode()
            yield Stream(response, response.aiter_lines())

    @asynccontextmanager
    async def asking(self, text: str, *, thread: str = "") -> AsyncIterator[Stream]:
        """As `open`, for a question in a new thread or in `thread`."""
        where = {"thread_id": thread} if thread else {}
        operation = "threads.add_user_message" if thread else "threads.create"
        async with self.open(operation, **where, input=message(text)) as stream:
            yield stream

    async def items(self, thread_id: str, *, order: str = "asc", limit: int = 100) -> list[Event]:
        """Every item of a thread, walked page by page."""
        return await self._walk("items.list", thread_id=thread_id, order=order, limit=limit)

    async def threads(self, *, order: str = "desc", limit: int = 100) -> list[Event]:
        """Every thread, walked page by page."""
        return await self._walk("threads.list", order=order, limit=limit)

    async def _walk(self, operation: str, **params: Any) -> list[Event]:
        found: list[Event] = []
        page = await self.call(operation, **params)
        found += page["data"]
        while page["has_more"]:
            page = await self.call(operation, **params, after=page["after"])
            found += page["data"]
        assert "after" not in page
        return found


def told(response: httpx2.Response) -> Told:
    """The events of a response that is a finished stream; fails where a frame is not one."""
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].partition(";")[0] == "text/event-stream"
    frames = [frame for frame in response.text.split("\n\n") if frame and not frame.startswith(":")]
    assert all(frame.startswith("data: ") and "\n" not in frame for frame in frames)
    return Told([json.loads(frame[6:]) for frame in frames])
