"""What limits cost a request, and what a session costs: `python -m benchmarks.limits [--requests 2000] [--redis URL]`.

Everything is in one process, without a network but for Redis. Forms take turns, one request each, so that whatever
else the machine does meets all of them. First the limiter alone; then a request through the layers that limit, beside
the same application without them; then `POST /api/chatkit/session` of the whole application over SQLite, with limits
and without.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx2
import numpy as np
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from pageside import ids, settings, telemetry
from pageside.identity.reader import Reader
from pageside.identity.secrets import Session, SessionSecrets
from pageside.limiting.limiter import Limiter
from pageside.storage import redis_address
from pageside.storage.redis_server import RedisServer
from pageside.web import app
from pageside.web.limiting import AddressLimits, ReaderLimits
from pageside.wiring import limiting, serving

# As many windows as there are by default, and room in them.
NEVER_REACHED = {
    name: re.sub(r"\d+/", "100000000/", field.default)
    for name, field in settings.Settings.model_fields.items()
    if name.startswith("limit_")
}
OFF = dict.fromkeys(NEVER_REACHED, "0")

Asking = Callable[[int], Awaitable[object]]


class Known:
    """Puts into the request's state what recognition does: many addresses, and a reader at each."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._asked += 1
        number = self._asked % 1000
        scope["state"] = {"address": f"203.0.{number // 250}.{number % 250}", "reader": Reader(f"reader {number}")}
        await self._app(scope, receive, send)


async def measured(forms: Mapping[str, Asking], requests: int) -> dict[str, list[float]]:
    """Milliseconds of each request of each form, which take turns."""
    took: dict[str, list[float]] = defaultdict(list)
    for number in range(requests + 100):
        for name, ask in sorted(forms.items(), reverse=number % 2 == 1):
            began = time.perf_counter()
            await ask(number)
            if number >= 100:  # before that everything is done for the first time
                took[name].append((time.perf_counter() - began) * 1000)
    return took


async def told(forms: Mapping[str, Asking], requests: int) -> None:
    """Prints the figures of each form, and how far each is from the first."""
    took, names = await measured(forms, requests), list(forms)
    first = took[names[0]]
    for name in names:
        times = took[name]
        p50, p95, p99 = np.percentile(times, [50, 95, 99])
        more = p50 - float(np.median(first))
        print(f"| {name} | {p50:.3f} | {p95:.3f} | {p99:.3f} | {f'{more:+.3f}' if times is not first else ''} |")


def heading(what: str) -> None:
    """Prints the heading of a table."""
    print(f"\n| {what}, ms | p50 | p95 | p99 | more than the first |\n|---|---|---|---|---|")


def checking(limiter: Limiter) -> Asking:
    """One question as the limiter sees it: a window of an address, and two of a reader."""

    async def ask(number: int) -> None:
        await limiter.require("chat", "address", f"203.0.113.{number % 250}")
        await limiter.require("chat", "reader", f"reader {number % 1000}")

    return ask


def passing(client: httpx2.AsyncClient) -> Asking:
    """One request for a page."""

    async def ask(_: int) -> None:
        (await client.get("/")).raise_for_status()

    return ask


def beginning(client: httpx2.AsyncClient) -> Asking:
    """One session of a new guest."""

    async def ask(_: int) -> None:
        client.cookies.clear()
        (await client.post("/api/chatkit/session", json={})).raise_for_status()

    return ask


def reached(asgi: ASGIApp) -> httpx2.AsyncClient:
    """A client of an application in this process."""
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(asgi), base_url="http://book.test")


def small(limiter: Limiter | None) -> ASGIApp:
    """An application that does nothing, behind the layers that limit, or not."""

    async def answer(_: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    made = Starlette(routes=[Route("/", answer)])
    if limiter is not None:
        made.add_middleware(ReaderLimits, limiter=limiter)
        made.add_middleware(AddressLimits, limiter=limiter)
    made.add_middleware(Known)
    return made


async def main(requests: int, redis_url: str) -> None:
    """Measures and prints."""
    print(f"load before: {os.getloadavg()[0]:.2f}")
    rules = limiting.rules(settings.load({}, **NEVER_REACHED))
    async with AsyncExitStack() as stack:
        limiters = {"in this process": Limiter(rules)}
        if redis_url:
            server = RedisServer(redis_address.parse(redis_url), timeout=timedelta(milliseconds=500))
            stack.push_async_callback(server.aclose)
            limiters["through Redis"] = Limiter(rules, redis=server)

        heading("a limiter asked for one question")
        await told({name: checking(limiter) for name, limiter in limiters.items()}, requests)

        heading("a request that does nothing")
        forms = {"without limits": small(None)} | {name: small(limiter) for name, limiter in limiters.items()}
        clients = {name: await stack.enter_async_context(reached(form)) for name, form in forms.items()}
        await told({name: passing(client) for name, client in clients.items()}, requests)

        heading("a session begun, without HTTP")
        await told(await parts(stack), requests)

        heading("a session begun, through the whole application")
        whole = {"without limits": OFF, "with limits": NEVER_REACHED}
        sessions = {
            name: await stack.enter_async_context(reached(await served(stack, over))) for name, over in whole.items()
        }
        await told({name: beginning(client) for name, client in sessions.items()}, requests)
        if redis_url:
            print(f"\ncounted alone: {limiters['through Redis'].alone}")
    print(f"load after: {os.getloadavg()[0]:.2f}")


async def parts(stack: AsyncExitStack) -> Mapping[str, Asking]:
    """What a session is made of: its secret, and the row by which it can be revoked."""
    services = await stack.enter_async_context(serving.open_services(chosen(stack, OFF)))
    secrets, sessions = (
        SessionSecrets(SecretStr("the secret of this benchmark, and of nothing else")),
        services.admission,
    )
    session = Session("ses_1", Reader("ada"), "", ids.now())

    async def signed(_: int) -> None:
        secrets.write(session)

    async def kept(number: int) -> None:
        await sessions.sessions.begin(Reader(f"reader {number}"), origin="")

    return {"its secret signed": signed, "and its row written (SQLite)": kept}


async def served(stack: AsyncExitStack, overrides: Mapping[str, str]) -> ASGIApp:
    """The whole application over a book of one page and a database of its own."""
    services = await stack.enter_async_context(serving.open_services(chosen(stack, overrides)))
    return app.create(services, services.settings.data_dir)


def chosen(stack: AsyncExitStack, overrides: Mapping[str, str]) -> settings.Settings:
    """Settings with a folder of their own, and without vectors."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    return settings.load({}, data_dir=folder, embedding_model="none", **overrides)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--redis", default="", help="such as redis://127.0.0.1:6379/0")
    arguments = parser.parse_args()
    telemetry.configure(level="ERROR")
    asyncio.run(main(arguments.requests, arguments.redis))
