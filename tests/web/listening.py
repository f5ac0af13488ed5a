"""A client that comes back, over real connections: an answer heard event by event, each with its id; and processes."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

from tests import served
from tests.chatkit_client import message

RESUME = {"X-Pageside-Resume": "1"}
DELTA = "assistant_message.content_part.text_delta"


class Listening:
    """An answer heard by a client that can come back, event by event, each with its id."""

    def __init__(self, response):
        self.response = response
        self.lines = response.aiter_lines()
        self.heard = []
        self.comments = 0

    @property
    def run(self):
        return self.response.headers["x-pageside-run"]

    @property
    def last(self):
        return self.heard[-1][0]

    @property
    def events(self):
        return [event for _, event in self.heard]

    async def next(self):
        number = None
        async for line in self.lines:
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: "):
                self.heard.append((number, json.loads(line[6:])))
                return self.heard[-1][1]
            elif line.startswith(":"):
                self.comments += 1
        return None

    async def until(self, kind):
        while (event := await self.next()) is not None:
            if kind in (event["type"], event.get("update", {}).get("type")):
                return event
        raise AssertionError(f"the stream ended without {kind}")

    async def rest(self):
        while await self.next() is not None:
            pass
        return self.heard


@asynccontextmanager
async def asking(ada, text, **headers):
    body = {"type": "threads.create", "params": {"input": message(text)}}
    async with ada.http.stream("POST", "/chatkit", json=body, headers={**RESUME, **headers}) as response:
        assert response.status_code == 200, (await response.aread()).decode()
        yield Listening(response)


@asynccontextmanager
async def coming_back(ada, run, after=None):
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    async with ada.http.stream("GET", f"/chatkit/runs/{run}/events", headers=headers) as response:
        assert response.status_code in (200, 204), (await response.aread()).decode()
        yield Listening(response)


def deltas(events):
    return "".join(event["update"]["delta"] for event in events if event.get("update", {}).get("type") == DELTA)


@asynccontextmanager
async def process_of(book, data_dir, environment):
    """A server process: its address, and the process."""
    server = served.running(book, data_dir, **environment)
    address, process = await asyncio.to_thread(server.__enter__)
    try:
        yield address, process
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)
