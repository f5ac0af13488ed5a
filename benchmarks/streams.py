"""Many answers at once in one process: `python -m benchmarks.streams [--streams 500] [--rates 1 2 5 10]`.

A model without thought says the time at a fixed rate in every stream; the load, on a processor of its own, reads all
streams and sees how old each word is when it arrives. Some readers take nothing from the wire at all. Then: how much
memory a stream takes, how soon a lost one is had again, and how long long threads and long lists take.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import numpy as np
import psutil
import uvicorn
from benchmarks import limits
from benchmarks.turn_servers import BOOK, Telling
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    InferenceOptions,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)
from sqlalchemy import select

from pageside import ids, settings, telemetry
from pageside.answer.events import Answer, Completed, TextDelta, TutorEvent, Usage
from pageside.answer.question import Question
from pageside.conversation.server import TextbookServer
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Opening, Turn
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.tables import threads
from pageside.web import app as web
from pageside.wiring.serving import open_services

SERVER_PROCESSOR, LOAD_PROCESSOR = 0, 1
STAMP = re.compile(rb'"delta":"@(\d+\.\d+) "')
ITEMS, THREADS = 5_000, 10_000


class Clock:
    """Answers with the time at which each word is due, as often as the question says (`2 a second for 30 seconds`).

    A server that is late in making a word is late all the same, so the time is not when it was made.
    """

    async def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        rate, seconds = (float(number) for number in re.findall(r"[\d.]+", question.text)[:2])
        loop = asyncio.get_running_loop()
        due = loop.time()
        for _ in range(max(1, round(rate * seconds))):
            due += 1 / rate
            await asyncio.sleep(due - loop.time())
            yield TextDelta(f"@{due:.6f} ")  # the loop's clock is `time.monotonic`
        yield Completed(Answer("", (), outcome="answered", confidence=1.0, usage=Usage("clock")))


async def serve(database: str) -> None:
    """The server: Pageside's endpoint, store and runs over the clock."""
    os.sched_setaffinity(0, {SERVER_PROCESSOR})
    telemetry.configure(style="json", level="ERROR")
    with tempfile.TemporaryDirectory(prefix="streams-") as scratch:
        chosen = settings.load({}, data_dir=Path(scratch), database_url=database, **limits.OFF)
        async with open_services(chosen) as services:
            chat = TextbookServer(services.database, Clock())
            app = web.create(replace(services, chat=chat), BOOK)
            config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off", backlog=2048)
            await Telling(config).serve()
            await chat.aclose()


@dataclass(slots=True)
class Wire:
    """One stream on a socket of its own: how old each word was on arrival, in seconds."""

    port: int
    ages: list[float] = field(default_factory=list)
    first: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, text: str, *, reads: bool = True) -> None:
        """Asks in a new thread as a new guest, and reads to the end, or not at all."""
        sent = {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}
        body = json.dumps({"type": "threads.create", "params": {"input": sent}}).encode()
        head = "POST /chatkit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 16)
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        try:
            if not reads:
                writer.transport.pause_reading()
                self.first.set()
                await asyncio.Event().wait()
            rest = b""
            while chunk := await reader.read(1 << 16):
                now = time.monotonic()
                rest += chunk
                found = list(STAMP.finditer(rest))
                self.ages += [now - float(stamp[1]) for stamp in found]
                rest = rest[found[-1].end() if found else max(0, len(rest) - 200) :]
                if found:
                    self.first.set()
            if not self.ages:
                raise RuntimeError("a stream gave no word")
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def served(database: str) -> AsyncIterator[tuple[psutil.Process, int]]:
    """A server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.streams", "--serve", "--database", database]
    environment = {**os.environ, "CHATKIT_MAX_THREADS_PER_USER": str(THREADS * 2)}
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, env=environment)
    try:
        port = int((await process.stdout.readline()).decode()) if process.stdout else 0
        yield psutil.Process(process.pid), port
    finally:
        process.terminate()
        await process.wait()


async def together(server: psutil.Process, port: int, streams: int, rate: float, *, slow: int, seconds: float) -> str:
    """One row of the table: so many streams at this rate, `slow` of them never read."""
    before = server.memory_info().rss
    used, own, began = server.cpu_times(), time.process_time(), time.perf_counter()
    wires = [Wire(port) for _ in range(streams)]
    question = f"{rate} a second for {seconds} seconds"
    tasks = [asyncio.create_task(wire.ask(question, reads=n >= slow)) for n, wire in enumerate(wires)]
    opening = asyncio.gather(*(wire.first.wait() for wire in wires))
    await asyncio.wait([opening, *tasks], return_when=asyncio.FIRST_COMPLETED)
    opened = time.perf_counter() - began
    highest = server.memory_info().rss
    await asyncio.gather(*tasks[slow:])
    highest = max(highest, server.memory_info().rss)
    for task in tasks[:slow]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    wall, spent = time.perf_counter() - began, server.cpu_times()
    # Words said while streams were still being opened tell of the opening, not of the streams.
    ages = np.concatenate([np.array(wire.ages[len(wire.ages) // 4 :]) for wire in wires[slow:]]) * 1000
    middle, late, latest = np.percentile(ages, [50, 95, 100])
    return (
        f"| {streams} ({slow} unread) | {rate:g} | {opened:.1f} | {middle:.0f} / {late:.0f} / {latest:.0f} "
        f"| {(highest - before) / streams / 1000:.0f} "
        f"| {(spent.user + spent.system - used.user - used.system) / wall:.2f} "
        f"| {(time.process_time() - own) / wall:.2f} |"
    )


async def reconnects(address: str, times: int) -> tuple[float, float]:
    """Milliseconds from asking for a lost stream to its first frame: median and 95th percentile."""
    took = []
    async with httpx2.AsyncClient(base_url=address, timeout=30) as http:
        sent = {"content": [{"type": "input_text", "text": "20 a second for 20 seconds"}], "attachments": []}
        body = {"type": "threads.create", "params": {"input": {**sent, "inference_options": {}}}}
        async with http.stream("POST", "/chatkit", json=body, headers={"X-Pageside-Resume": "1"}) as response:
            run = response.headers["x-pageside-run"]
            async for line in response.aiter_lines():
                if "@" in line:
                    break
        for _ in range(times):
            began = time.perf_counter()
            async with http.stream("GET", f"/chatkit/runs/{run}/events", headers={"Last-Event-ID": "2"}) as again:
                await anext(again.aiter_bytes())
            took.append((time.perf_counter() - began) * 1000)
        await http.post(f"/chatkit/runs/{run}/stop")
    middle, late = np.percentile(took, [50, 95])
    return float(middle), float(late)


async def long_ones(address: str, database: str) -> list[str]:
    """Rows about one thread of many items and one reader of many threads."""
    async with httpx2.AsyncClient(base_url=address, timeout=60) as http:
        sent = {"content": [{"type": "input_text", "text": "9 a second for 1 seconds"}], "attachments": []}
        body = {"type": "threads.create", "params": {"input": {**sent, "inference_options": {}}}}
        told = (await http.post("/chatkit", json=body)).text
        thread_id = json.loads(told.partition("data: ")[2].partition("\n")[0])["thread"]["id"]
        await _fill(database, thread_id)
        rows = []
        for what, kind, params in (
            (f"first view of a thread of {ITEMS:,} items", "threads.get_by_id", {"thread_id": thread_id}),
            ("a page of 100 of its items", "items.list", {"thread_id": thread_id, "limit": 100, "order": "desc"}),
            (f"a page of 100 of {THREADS:,} threads", "threads.list", {"limit": 100, "order": "desc"}),
        ):
            took = []
            for _ in range(20):
                began = time.perf_counter()
                response = await http.post("/chatkit", json={"type": kind, "params": params})
                took.append((time.perf_counter() - began) * 1000)
                response.raise_for_status()
            middle, late = np.percentile(took, [50, 95])
            rows.append(f"| {what} | {middle:.1f} / {late:.1f} |")
        for what, kind, params, expected in (
            (f"all {ITEMS:,} items, page by page", "items.list", {"thread_id": thread_id}, ITEMS),
            (f"all {THREADS:,} threads, page by page", "threads.list", {}, THREADS),
        ):
            began, seen, after = time.perf_counter(), 0, {}
            while True:
                asked = {**params, "limit": 100, "order": "asc", **after}
                page = (await http.post("/chatkit", json={"type": kind, "params": asked})).json()
                seen += len(page["data"])
                if not page["has_more"]:
                    break
                after = {"after": page["after"]}
            if seen < expected:
                raise RuntimeError(f"{seen} seen of {expected}")
            rows.append(f"| {what} | {(time.perf_counter() - began) * 1000:.0f} in all |")
        return rows


async def _fill(url: str, thread_id: str) -> None:
    database = await Database.open(url)
    async with database._form.reading(None) as connection:  # whoever the guest is
        statement = select(threads.c.organisation, threads.c.subject).where(threads.c.id == thread_id)
        organisation, subject = (await connection.execute(statement)).one()
    store, turn = SqlStore(database), Turn(reader=Reader(subject, organisation))
    for number in range(ITEMS):
        text = AssistantMessageContent(text=f"Answer {number}: a node talks to others over topics.")
        item = AssistantMessageItem(
            id=ids.new("msg"), thread_id=thread_id, created_at=datetime.now(UTC), content=[text]
        )
        await store.add_thread_item(thread_id, item, turn)
    for number in range(THREADS):
        thread = ThreadMetadata(id=ids.new("thr"), created_at=datetime.now(UTC), title=f"Question {number}")
        opening = replace(turn, opening=Opening(thread.id))
        await store.save_thread(thread, opening)
        await store.add_thread_item(thread.id, _question(thread.id, f"Question {number}"), opening)
    await database.aclose()


def _question(thread_id: str, text: str) -> UserMessageItem:
    return UserMessageItem(
        id=ids.new("msg"),
        thread_id=thread_id,
        created_at=datetime.now(UTC),
        content=[UserMessageTextContent(text=text)],
        attachments=[],
        inference_options=InferenceOptions(),
    )


async def main() -> None:
    """Prints the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--database", default="", help="a new SQLite file when empty")
    arguments.add_argument("--streams", type=int, default=500)
    arguments.add_argument("--seconds", type=float, default=20)
    arguments.add_argument("--rates", type=float, nargs="+", default=[1, 2, 5, 10])
    chosen = arguments.parse_args()
    if chosen.serve:
        await serve(chosen.database)
        return
    os.sched_setaffinity(0, {LOAD_PROCESSOR})
    with tempfile.TemporaryDirectory(prefix="streams-") as scratch:
        url = chosen.database or f"sqlite:///{scratch}/chat.db"
        async with served(url) as (server, port):
            address = f"http://127.0.0.1:{port}"
            await Wire(port).ask("5 a second for 1 seconds")
            print(
                "| Streams | Words/s each | All open after, s | Age of a word, p50 / p95 / max, ms "
                "| kB a stream | Server's processor | Load's processor |\n|---|---|---|---|---|---|---|"
            )
            for rate in chosen.rates:
                for slow in (0, chosen.streams // 10):
                    row = await together(server, port, chosen.streams, rate, slow=slow, seconds=chosen.seconds)
                    print(row, flush=True)
            print("\n| | p50 / p95, ms |\n|---|---|")
            print("| a lost stream had again | {:.1f} / {:.1f} |".format(*await reconnects(address, 100)))
            print(*await long_ones(address, url), sep="\n")


if __name__ == "__main__":
    asyncio.run(main())
