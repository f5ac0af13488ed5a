"""What a turn costs beside the bare ChatKit SDK: `python -m benchmarks.turns [--database URL]`.

The same scripted model answers through three servers (`benchmarks.turn_servers`). Server and load have a processor
each; the forms take turns within the run, so that whatever else the machine does meets all of them. First one client
asks alone, then many at once, each question in a new thread. The processor time of the load is reported: where it
nears one, the load and not the server sets the pace.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import numpy as np

SERVER_PROCESSOR, LOAD_PROCESSOR = 0, 1
FORMS = ("bare", "kept", "whole")
BODY = {
    "type": "threads.create",
    "params": {
        "input": {
            "content": [{"type": "input_text", "text": "What is a node?"}],
            "attachments": [],
            "inference_options": {},
        }
    },
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question: seconds from asking to the first event, to the first word, and to the end."""

    first: float
    word: float
    end: float


async def ask(http: httpx2.AsyncClient) -> Turn:
    """One question in a new thread, its stream read to the end."""
    began = time.perf_counter()
    first = word = 0.0
    async with http.stream("POST", "/chatkit", json=BODY) as response:
        if response.status_code != 200:
            raise RuntimeError((await response.aread()).decode())
        whole = False
        async for chunk in response.aiter_bytes():
            first = first or time.perf_counter() - began
            word = word or (time.perf_counter() - began if b"text_delta" in chunk else 0.0)
            whole = whole or (b"assistant_message" in chunk and b"thread.item.done" in chunk)
        if not whole:
            raise RuntimeError("an answer broke off")
    return Turn(first, word, time.perf_counter() - began)


@contextlib.asynccontextmanager
async def served(form: str, database: str) -> AsyncIterator[str]:
    """A server of the form in a process of its own; gives its address."""
    command = [sys.executable, "-m", "benchmarks.turn_servers", form, "--processor", str(SERVER_PROCESSOR)]
    process = await asyncio.create_subprocess_exec(*command, "--database", database, stdout=subprocess.PIPE)
    try:
        port = await process.stdout.readline() if process.stdout else b""
        yield f"http://127.0.0.1:{port.decode().strip()}"
    finally:
        process.terminate()
        await process.wait()


async def alone(address: str, turns: int) -> list[Turn]:
    """One client, one question after the other."""
    async with httpx2.AsyncClient(base_url=address, timeout=60) as http:
        return [await ask(http) for _ in range(turns)]


async def together(address: str, clients: int, seconds: float) -> tuple[float, float]:
    """Streams a second with so many clients asking without a pause, and the share of its processor the load took."""
    done = 0
    ends = time.perf_counter() + seconds
    limits = httpx2.Limits(max_connections=clients, max_keepalive_connections=clients)

    async def client(http: httpx2.AsyncClient) -> None:
        nonlocal done
        while time.perf_counter() < ends:
            await ask(http)
            done += 1

    began, used = time.perf_counter(), time.process_time()
    # A jar of its own for every client, so that each is a reader of its own.
    async with contextlib.AsyncExitStack() as stack:
        jars = [
            await stack.enter_async_context(httpx2.AsyncClient(base_url=address, timeout=60, limits=limits))
            for _ in range(clients)
        ]
        await asyncio.gather(*(client(http) for http in jars))
    wall = time.perf_counter() - began
    return done / wall, (time.process_time() - used) / wall


def milliseconds(turns: list[Turn], part: str) -> str:
    """Median and 95th percentile."""
    middle, late = np.percentile([getattr(turn, part) * 1000 for turn in turns], [50, 95])
    return f"{middle:.1f} / {late:.1f}"


async def main() -> None:
    """Prints latencies and throughputs of every form, and their ratios to the bare SDK."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--database", default="", help="Pageside's database; a new SQLite file when empty")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--turns", type=int, default=40, help="questions of the single client in a round")
    arguments.add_argument("--clients", nargs="*", type=int, default=[1, 16, 64])
    arguments.add_argument("--seconds", type=float, default=4)
    chosen = arguments.parse_args()
    os.sched_setaffinity(0, {LOAD_PROCESSOR})
    turns: dict[str, list[Turn]] = defaultdict(list)
    rates: dict[Any, list[tuple[float, float]]] = defaultdict(list)
    async with contextlib.AsyncExitStack() as stack:
        addresses = {form: await stack.enter_async_context(served(form, chosen.database)) for form in FORMS}
        for address in addresses.values():
            await alone(address, 20)
        for _ in range(chosen.rounds):
            for form, address in addresses.items():
                turns[form] += await alone(address, chosen.turns)
            for clients in chosen.clients:
                for form, address in addresses.items():
                    rates[form, clients].append(await together(address, clients, chosen.seconds))
    report(turns, rates, chosen.clients)


def report(turns: dict[str, list[Turn]], rates: dict[Any, list[tuple[float, float]]], clients: list[int]) -> None:
    """Prints the two tables."""
    print("| server | first event, ms p50 / p95 | first word | end | added to the end, median |")
    print("|---|---|---|---|---|")
    plain = float(np.median([turn.end for turn in turns["bare"]]))
    for form, each in turns.items():
        added = (float(np.median([turn.end for turn in each])) - plain) * 1000
        shown = [milliseconds(each, part) for part in ("first", "word", "end")]
        print(f"| {form} | {' | '.join(shown)} | {added:+.1f} ms |")
    print("\n| server | " + " | ".join(f"{count} clients: streams/s, of bare, load" for count in clients) + " |")
    print("|---" * (len(clients) + 1) + "|")
    for form in turns:
        cells = []
        for count in clients:
            rate, load = (
                np.median([each[0] for each in rates[form, count]]),
                np.median([each[1] for each in rates[form, count]]),
            )
            base = np.median([each[0] for each in rates["bare", count]])
            cells.append(f"{rate:.1f}, {rate / base:.2f}, {load:.0%}")
        print(f"| {form} | {' | '.join(cells)} |")


if __name__ == "__main__":
    asyncio.run(main())
