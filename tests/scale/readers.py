"""Readers who ask without a pause while processes come and go, and remember what they were shown.

Each kind does what its client is documented to do when a connection breaks: one that resumes comes back to the answer
and asks again under the same key; a plain one looks at the conversation and asks again what has no answer.
"""

from __future__ import annotations

import asyncio
import json
import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx2
from tests.chatkit_client import ChatKit, message
from tests.web.listening import RESUME

Event = dict[str, Any]
QUESTIONS = ("How wide are the slots of a queen excluder?", "What does the queen excluder do?", "Who passes the slots?")
OVER = {204, 404}
SAID = (
    "A queen excluder is a grid whose slots are 4.2 mm wide [1]. "
    "Workers pass through the slots, but the queen is too broad for them [1]. "
    "It keeps eggs out of the honey [1]. "
)
LAST = "out of the honey"  # what is stored of an answer under way has not come so far


@dataclass(slots=True)
class Reader:
    """One guest; `run` asks until it is told to end.

    Attributes:
        shown: Items seen to their end, by thread and id.
        asked: Questions, each text once.
        seen: What happened: `failed` requests by status, `broken` connections, `resumed` streams, errors that were
            `told`, and questions asked `anew`, because their answer was interrupted.
        thread: The conversation that goes on.
        interrupted: Whether the last answer was.
    """

    http: httpx2.AsyncClient
    name: str
    shown: dict[str, dict[str, Event]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    thread: str = ""
    interrupted: bool = False

    async def run(self, until: asyncio.Event) -> None:
        """Asks question after question, three to a conversation."""
        while not until.is_set():
            if len(self.asked) % 3 == 0:
                self.thread = ""
            question = f"{QUESTIONS[len(self.asked) % 3]} ({self.name}.{len(self.asked)})"
            await self.ask(question)
            self.asked[question] = self.thread
            self.seen["answered"] += 1

    async def ask(self, question: str) -> None:
        """Returns when the question has its whole answer."""
        raise NotImplementedError

    def hear(self, event: Event) -> None:
        """Remembers what an event shows."""
        if event["type"] == "thread.created":
            self.thread = event["thread"]["id"]
        elif event["type"] in {"thread.item.done", "thread.item.replaced"}:
            self.shown.setdefault(self.thread, {})[event["item"]["id"]] = event["item"]
        elif event["type"] == "thread.item.removed":
            self.shown.setdefault(self.thread, {}).pop(event["item_id"], None)
        elif event["type"] == "error":
            self.seen[f"told: {event.get('message')}"] += 1

    def operation(self, question: str) -> Event:
        """The request that asks."""
        if self.thread:
            return {
                "type": "threads.add_user_message",
                "params": {"thread_id": self.thread, "input": message(question)},
            }
        return {"type": "threads.create", "params": {"input": message(question)}}

    async def items(self, thread: str) -> list[Event]:
        """What is stored of a conversation."""
        return await ChatKit(self.http).items(thread)

    async def retry(self, question: str) -> None:
        """Has the question of this conversation answered anew."""
        asked = next(item for item in await self.items(self.thread) if said(item) == question)
        params = {"thread_id": self.thread, "item_id": asked["id"]}
        self.seen["anew"] += 1
        await self.tell({"type": "threads.retry_after_item", "params": params})

    async def tell(self, body: Event) -> bool:
        """Sends an operation as a plain client and hears its stream; whether it ended as it should."""
        try:
            async with self.http.stream("POST", "/chatkit", json=body) as response:
                if response.status_code != 200:
                    self.seen[f"failed: {response.status_code}"] += 1
                    await response.aread()
                    return False
                before = sum(self.seen[each] for each in self.seen if each.startswith("told"))
                async for line in response.aiter_lines():
                    if line.startswith("data: "):
                        self.hear(json.loads(line[6:]))
                return before == sum(self.seen[each] for each in self.seen if each.startswith("told"))
        except httpx2.TransportError:
            self.seen["broken"] += 1
            return False


class Plain(Reader):
    """A ChatKit client that knows nothing of resuming."""

    async def ask(self, question: str) -> None:
        if await self.tell(self.operation(question)):
            return
        while not await self.settled(question):
            await turn()

    async def settled(self, question: str) -> bool:
        """Whether the question has its answer now, after another try."""
        try:
            if not self.thread:
                self.thread = await self._found(question)
            stored = await self.items(self.thread) if self.thread else []
        except (httpx2.TransportError, AssertionError):
            return False
        if any(said(item) == question for item in stored):
            if answered(stored, question):
                return True
            await self.retry(question)
            return False
        return await self.tell(self.operation(question))

    async def _found(self, question: str) -> str:
        """The conversation that the question began, if it has begun one."""
        for thread in await ChatKit(self.http).threads():
            if any(said(item) == question for item in await self.items(thread["id"])):
                return str(thread["id"])
        return ""


class Resuming(Reader):
    """A client that names its request and comes back, as the page's own does; leaves now and then by itself."""

    async def ask(self, question: str) -> None:
        body, key = self.operation(question), uuid.uuid4().hex
        chance = random.Random(question)
        while True:
            if await self._once(body, key, chance):
                return
            await turn()

    async def _once(self, body: Event, key: str, chance: random.Random) -> bool:
        heard: list[Event] = []
        run, last = "", 0
        try:
            async with self.http.stream(
                "POST", "/chatkit", json=body, headers={**RESUME, "Idempotency-Key": key}
            ) as response:
                if response.status_code != 200:
                    self.seen[f"failed: {response.status_code}"] += 1
                    await response.aread()
                    return False
                run = response.headers["x-pageside-run"]
                last = await self._listen(response, last, heard, leaving=chance.randrange(3, 30))
        except httpx2.TransportError:
            self.seen["broken"] += 1
        while run and (came := await self._again(run, last, heard)) != -1:
            last = came
        if whole(heard):
            return True
        if any(event["type"] == "error" for event in heard) and self.thread:
            question = body["params"]["input"]["content"][0]["text"]
            stored = await self.items(self.thread)
            if not answered(stored, question):
                await self.retry(question)
            return answered(await self.items(self.thread), question)
        return False

    async def _again(self, run: str, last: int, heard: list[Event]) -> int:
        """The last number heard after coming back; -1 where nothing more will come."""
        try:
            async with self.http.stream(
                "GET", f"/chatkit/runs/{run}/events", headers={"Last-Event-ID": str(last)}
            ) as response:
                if response.status_code in OVER:
                    return -1
                if response.status_code != 200:
                    self.seen[f"failed: {response.status_code}"] += 1
                    await turn()
                    return last
                self.seen["resumed"] += 1
                return await self._listen(response, last, heard)
        except httpx2.TransportError:
            self.seen["broken"] += 1
            return last

    async def _listen(self, response: httpx2.Response, last: int, heard: list[Event], leaving: int = 0) -> int:
        number = last
        async for line in response.aiter_lines():
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: "):
                assert number == last + 1 or number == 999_999_999, (last, number)
                last = number
                heard.append(json.loads(line[6:]))
                self.hear(heard[-1])
                if leaving and last >= leaving:
                    break
        return last


class Rest(Reader):
    """A program that asks over REST, under a key, and repeats what failed."""

    async def ask(self, question: str) -> None:
        body = {"message": question, "stream": True, **({"thread_id": self.thread} if self.thread else {})}
        key = uuid.uuid4().hex
        while not await self._once(body, key):
            if self.interrupted:
                self.seen["anew"] += 1
                self.interrupted, key = False, uuid.uuid4().hex
                body["thread_id"] = self.thread
            await turn()

    async def _once(self, body: Event, key: str) -> bool:
        try:
            async with self.http.stream(
                "POST", "/api/chatkit/chat", json=body, headers={"Idempotency-Key": key}
            ) as response:
                if response.status_code != 200:
                    self.seen[f"failed: {response.status_code}"] += 1
                    await response.aread()
                    return False
                return await self._hear(response)
        except httpx2.TransportError:
            self.seen["broken"] += 1
            return False

    async def _hear(self, response: httpx2.Response) -> bool:
        kind = ""
        async for line in response.aiter_lines():
            if line.startswith("event: "):
                kind = line[7:]
            elif line.startswith("data: "):
                told = json.loads(line[6:])
                if kind == "thread.created":
                    self.thread = told["thread_id"]
                elif kind == "thread.message.completed":
                    text = told["content"]
                    self.shown.setdefault(self.thread, {})[told["message_id"]] = {"text": text}
                elif kind == "error":
                    self.seen[f"told: {told['message']}"] += 1
                    self.interrupted = True
                elif kind == "thread.run.completed":
                    return bool(told["status"] == "completed")
        return False


def said(item: Event) -> str:
    """The text of a message."""
    return "".join(part.get("text", "") for part in item.get("content", ()) if isinstance(part, dict))


def answered(items: list[Event], question: str) -> bool:
    """Whether an answer that is whole stands behind the question, or behind the last of it where it stands twice."""
    at = max((n for n, item in enumerate(items) if said(item) == question), default=len(items))
    behind = [item["type"] for item in items[at + 1 :] if item["type"] in {"user_message", "assistant_message"}]
    texts = [said(item) for item in items[at + 1 :] if item["type"] == "assistant_message"]
    return behind[:1] == ["assistant_message"] and LAST in texts[0]


def whole(events: list[Event]) -> bool:
    """Whether a stream told an answer to its end."""
    done = [e["item"]["type"] for e in events if e["type"] in {"thread.item.done", "thread.item.replaced"}]
    return "assistant_message" in done and not any(event["type"] == "error" for event in events)


async def turn() -> None:
    """Lets a moment pass before another try, as clients do."""
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, later.set)
    await later.wait()
