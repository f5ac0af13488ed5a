"""What logs, metrics and traces cost a request: `python -m benchmarks.observing [--requests 2000] [--questions 150]`.

Everything is in one process, but for whoever takes the traces. Forms take turns, one request each, so that whatever
else the machine does meets all of them. Lines of the log are made as JSON and written to nowhere. First a request that
does nothing; then a question through the whole application over SQLite, which is quoted from a small book.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path

import httpx2
import numpy as np
from benchmarks.limits import OFF, Asking, measured, passing, reached, small
from fastapi import FastAPI
from starlette.applications import Starlette
from tests import small_book
from tests.chatkit_client import message

from pageside import settings, telemetry
from pageside.knowledge import ingest
from pageside.telemetry import tracing
from pageside.telemetry.otlp import OtlpTracer
from pageside.web import app
from pageside.web.middleware import Observed, RequestIds
from pageside.wiring import knowing, serving

BARE, OBSERVED, TRACED = "none of it", "log and metrics", "log, metrics and traces"


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


def _take(telling: Connection) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Taking)
    telling.send(server.server_port)
    server.serve_forever()


@contextmanager
def traced() -> Iterator[OtlpTracer]:
    """A tracer, and a process that takes what it sends."""
    listening, telling = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_take, args=(telling,), daemon=True)
    process.start()
    tracer = OtlpTracer(f"http://127.0.0.1:{listening.recv()}")
    try:
        yield tracer
    finally:
        tracer.close()
        process.kill()


def seen(asking: Asking, tracer: OtlpTracer | None) -> Asking:
    """`asking`, while spans go to `tracer`, or nowhere."""

    async def ask(number: int) -> None:
        if tracer is None:
            tracing.gather_no_more()
        else:
            tracing.gather(tracer)
        await asking(number)

    return ask


def bare(whole: FastAPI) -> FastAPI:
    """`whole` without what observes requests; what is counted farther within is counted all the same."""
    whole.user_middleware = [each for each in whole.user_middleware if each.cls not in {Observed, RequestIds}]
    return whole


def asking(client: httpx2.AsyncClient) -> Asking:
    """One question in a conversation of its own."""
    body = {"type": "threads.create", "params": {"input": message("What is a queen excluder?")}}

    async def ask(_: int) -> None:
        (await client.post("/chatkit", json=body)).raise_for_status()

    return ask


async def told(what: str, forms: Mapping[str, Asking], requests: int) -> None:
    """Prints the figures of each form, and its throughput by the median, as a share of that of the first."""
    took = await measured(forms, requests)
    first = np.median(took[BARE])  # means would tell of whatever else the machine does
    print(f"\n| {what}, ms | p50 | p95 | throughput |\n|---|---|---|---|")
    for name in forms:
        p50, p95 = np.percentile(took[name], [50, 95])
        print(f"| {name} | {p50:.3f} | {p95:.3f} | {100 * first / p50:.0f} % |")


async def main(requests: int, questions: int) -> None:
    """Measures and prints."""
    print(f"load before: {os.getloadavg()[0]:.2f}")
    async with AsyncExitStack() as stack:
        tracer = stack.enter_context(traced())
        idle = small(None)
        assert isinstance(idle, Starlette)
        watched = small(None)
        assert isinstance(watched, Starlette)
        watched.add_middleware(Observed)
        watched.add_middleware(RequestIds)
        plain, observed = [await stack.enter_async_context(reached(each)) for each in (idle, watched)]
        forms = {BARE: seen(passing(plain), None), OBSERVED: seen(passing(observed), None)}
        await told("a request that does nothing", {**forms, TRACED: seen(passing(observed), tracer)}, requests)

        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        book = small_book.write(folder / "book")
        overrides = {**OFF, "answer_cache_s": 0, "max_threads": 0, "embedding_model": "none"}
        opened = []
        for name in ("bare", "observed"):
            chosen = settings.load({}, data_dir=folder / name, **overrides)
            await knowing.index_book(chosen, book, progress=ingest.silent)
            services = await stack.enter_async_context(serving.open_services(chosen))
            opened.append(app.create(services, book))
        plain, observed = [await stack.enter_async_context(reached(each)) for each in (bare(opened[0]), opened[1])]
        forms = {BARE: seen(asking(plain), None), OBSERVED: seen(asking(observed), None)}
        await told("a question", {**forms, TRACED: seen(asking(observed), tracer)}, questions)
        tracing.gather_no_more()
    print(f"load after: {os.getloadavg()[0]:.2f}, threads: {threading.active_count()}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=150)
    arguments = parser.parse_args()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123  # it is no path of ours
        sys.stderr, shown = nowhere, sys.stderr
        telemetry.configure(style="json", level="INFO")
        sys.stderr = shown
        asyncio.run(main(arguments.requests, arguments.questions))
