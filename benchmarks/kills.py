"""What is lost when the server is killed: `python -m benchmarks.kills [--kills 200] [--database URL]`.

Readers ask without a pause, each question under an idempotency key, and repeat a request whose connection broke, as a
careful client does. The server is killed with SIGKILL at random moments and started again. In the end every thread is
read and compared with what the readers were shown:

- lost: a message or an answer of which the reader saw the end (`thread.item.done`) and which is not stored so;
- doubled: a question that stands in the store more than once, or an answer that was given twice;
- stuck: a thread that could not be opened or asked again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import socket
import sys
import tempfile
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from pageside import cli

BOOK = "examples/physical-ai/docs"
TOPICS = ("a node", "a topic", "a URDF file", "a digital twin", "an action", "SLAM", "a service", "a launch file")
Event = dict[str, Any]


def live(book: str, data_dir: str, port: int, environment: dict[str, str]) -> None:
    """The server's life, in a process of its own."""
    os.environ.update(environment, PAGESIDE_LOG_LEVEL="ERROR", PAGESIDE_LIMIT_CHAT_READER="0")
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        sys.argv = ["pageside", "serve", book, "--data-dir", data_dir, "--port", str(port)]
        cli.main()


@dataclass(slots=True)
class Reader:
    """Asks, repeats what broke, and remembers what was shown whole."""

    address: str
    seed: int
    shown: dict[str, dict[str, Event]] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    broken: int = 0
    cookies: httpx2.Cookies | None = None

    async def ask_until(self, done: asyncio.Event) -> None:
        """Asks until `done`, three questions to a thread."""
        chance = random.Random(self.seed)
        thread_id, turns = "", 0
        async with httpx2.AsyncClient(base_url=self.address, timeout=30) as http:
            while not done.is_set():
                question = f"What is {chance.choice(TOPICS)}? ({self.seed}.{len(self.asked)})"
                if turns == 3:
                    thread_id, turns = "", 0
                thread_id = await self._asked(http, question, thread_id) or thread_id
                turns += 1
            self.cookies = http.cookies

    async def _asked(self, http: httpx2.AsyncClient, question: str, thread_id: str) -> str:
        """The thread in which the question was asked, however often the connection broke."""
        key = uuid.uuid4().hex
        sent = {"content": [{"type": "input_text", "text": question}], "attachments": [], "inference_options": {}}
        kind = "threads.add_user_message" if thread_id else "threads.create"
        params = {"input": sent, **({"thread_id": thread_id} if thread_id else {})}
        for _ in range(200):
            try:
                async with http.stream(
                    "POST", "/chatkit", json={"type": kind, "params": params}, headers={"Idempotency-Key": key}
                ) as response:
                    if response.status_code != 200:
                        await response.aread()
                        await asyncio.sleep(0.2)
                        continue
                    async for line in response.aiter_lines():
                        if line.startswith("data: "):
                            thread_id = self._see(json.loads(line[6:]), question, thread_id)
            except httpx2.TransportError:
                self.broken += 1
                await asyncio.sleep(0.1)
                continue
            return thread_id
        raise RuntimeError(f"never carried out: {question}")

    def _see(self, event: Event, question: str, thread_id: str) -> str:
        if event["type"] == "thread.created":
            thread_id = event["thread"]["id"]
        if event["type"] in {"thread.item.done", "thread.item.replaced"} and thread_id:
            item = event["item"]
            self.shown.setdefault(thread_id, {})[item["id"]] = item
            self.asked[question] = thread_id
            if item["type"] == "assistant_message":
                self.answered.add(question)
        return thread_id

    async def compared(self) -> Counter[str]:
        """What the store holds beside what was shown."""
        found: Counter[str] = Counter()
        async with httpx2.AsyncClient(base_url=self.address, cookies=self.cookies, timeout=60) as http:
            for thread_id, shown in self.shown.items():
                items = await self._items(http, thread_id)
                stored = {item["id"]: item for item in items}
                found["stuck"] += not items
                for item in shown.values():
                    if item["type"] in {"user_message", "assistant_message"}:
                        found["shown"] += 1
                        found["lost"] += stored.get(item["id"], {}).get("content") != item["content"]
                questions = [item["content"][0]["text"] for item in items if item["type"] == "user_message"]
                found["doubled"] += len(questions) - len(set(questions))
                found["stuck"] += not await self._goes_on(http, thread_id)
            found["threads"] = len(self.shown)
            found["doubled"] += await self._strays(http)
        found["questions"], found["broken"] = len(self.asked), self.broken
        found["answers shown whole"] = len(self.answered)
        return found

    async def _items(self, http: httpx2.AsyncClient, thread_id: str) -> list[Event]:
        params = {"thread_id": thread_id, "order": "asc", "limit": 100}
        response = await http.post("/chatkit", json={"type": "items.list", "params": params})
        return response.json()["data"] if response.status_code == 200 else []

    async def _goes_on(self, http: httpx2.AsyncClient, thread_id: str) -> bool:
        sent = {"content": [{"type": "input_text", "text": "hello"}], "attachments": [], "inference_options": {}}
        body = {"type": "threads.add_user_message", "params": {"thread_id": thread_id, "input": sent}}
        for _ in range(40):  # a lease of the killed process runs out by itself
            response = await http.post("/chatkit", json=body)
            if response.status_code == 200:
                return '"assistant_message"' in response.text
            await asyncio.sleep(0.5)
        return False

    async def _strays(self, http: httpx2.AsyncClient) -> int:
        """Threads that nobody was told of: the same question asked in a thread of its own."""
        known: set[str] = set(self.shown)
        after, strays = None, 0
        while True:
            params = {"limit": 100, "order": "asc", **({"after": after} if after else {})}
            page = (await http.post("/chatkit", json={"type": "threads.list", "params": params})).json()
            strays += sum(thread["id"] not in known for thread in page["data"])
            if not page["has_more"]:
                return strays
            after = page["after"]


async def answers(address: str, server: multiprocessing.process.BaseProcess) -> None:
    """Returns once the server answers."""
    async with httpx2.AsyncClient(base_url=address, timeout=2) as http:
        while True:
            if server.exitcode is not None:
                raise RuntimeError(f"the server ended with {server.exitcode}; try `pageside serve` by hand")
            try:
                if (await http.get("/health")).status_code == 200:
                    return
            except httpx2.TransportError:
                await asyncio.sleep(0.05)


async def main() -> None:
    """Prints what was lost and doubled."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=200)
    arguments.add_argument("--readers", type=int, default=4)
    arguments.add_argument("--longest", type=float, default=2.0, help="seconds a server lives after its start, at most")
    arguments.add_argument("--database", default="", help="a new SQLite file when empty")
    arguments.add_argument("--book", default=BOOK)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    chance = random.Random(chosen.seed)
    forking = multiprocessing.get_context("forkserver")
    forking.set_forkserver_preload(["pageside.cli", "pageside.web.app", "agents", "onnxruntime"])
    environment = {"DATABASE_URL": chosen.database} if chosen.database else {}
    with tempfile.TemporaryDirectory() as folder:

        def born() -> multiprocessing.process.BaseProcess:
            server = forking.Process(target=live, args=(chosen.book, folder, port, environment))
            server.start()
            return server

        server = born()
        await answers(address, server)
        readers = [Reader(address, seed) for seed in range(chosen.readers)]
        done = asyncio.Event()
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for reader in readers:
                group.create_task(reader.ask_until(done))
            for _ in range(chosen.kills):
                await asyncio.sleep(chance.uniform(0, chosen.longest))
                server.kill()
                await asyncio.to_thread(server.join)
                server = born()
                await answers(address, server)
            done.set()
        found = sum([await reader.compared() for reader in readers], Counter[str]())
        server.kill()
    print(f"{chosen.kills} kills in {time.perf_counter() - began:.0f} s, {chosen.readers} readers")
    for name in ("threads", "questions", "broken", "shown", "answers shown whole", "lost", "doubled", "stuck"):
        print(f"{name:>20}: {found[name]}")


if __name__ == "__main__":
    asyncio.run(main())
