"""Four processes of one server behind nginx: one database, one Valkey, one data folder. All of them are real."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpx2
import psutil
import pytest
from tests.faults.machine import Machine
from tests.repository import ROOT
from tests.scripted_openai import ScriptedOpenAI

MEMBERS = 4
DEPLOYED = ROOT / "deploy"


class Fleet:
    """The processes, and nginx in front of them.

    Attributes:
        members: The processes, each at an address that it keeps.
        address: Where nginx answers.
    """

    def __init__(self, folder: Path, nginx: str, environment: dict[str, str]) -> None:
        self.members = [Machine(folder, TRUSTED_PROXIES="127.0.0.1", **environment) for _ in range(MEMBERS)]
        self.folder = folder
        self._nginx = nginx
        self._port = free_port()
        self.address = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns when every process and nginx answer."""
        first, *others = self.members
        await asyncio.to_thread(first.start)  # it makes the index; the others find it
        await asyncio.gather(*(asyncio.to_thread(each.start) for each in others))
        self._process = await asyncio.to_thread(self._proxy)
        async with httpx2.AsyncClient(base_url=self.address) as http:
            while True:
                assert self._process.poll() is None, self.complaints
                with suppress(httpx2.TransportError):
                    if (await http.get("/health")).status_code == 200:
                        return

    def _proxy(self) -> subprocess.Popen[bytes]:
        place = self.folder / "nginx"
        (place / "proxy" / "extra").mkdir(parents=True)
        shutil.copy(DEPLOYED / "nginx.conf", place)
        servers = [f"    server 127.0.0.1:{each.port} max_fails=1 fail_timeout=2s;" for each in self.members]
        told = (DEPLOYED / "proxy" / "upstream.conf").read_text(encoding="utf-8")
        _, begin, block = told.partition("upstream pageside {")
        kept = [line for line in block.splitlines() if not line.strip().startswith("server ")]
        (place / "proxy" / "upstream.conf").write_text("\n".join([begin, *servers, *kept]), encoding="utf-8")
        (place / "proxy" / "listen.conf").write_text(f"listen 127.0.0.1:{self._port};", encoding="utf-8")
        directives = f"{'user root; ' if os.geteuid() == 0 else ''}daemon off;"
        command = [self._nginx, "-p", place, "-c", place / "nginx.conf", "-g", directives]
        with (place / "log").open("wb") as told:
            return subprocess.Popen(command, stdout=told, stderr=told, start_new_session=True)

    def stop(self) -> None:
        """Ends whatever runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=30)
        for each in self.members:
            each.kill()

    @property
    def complaints(self) -> str:
        """What nginx said of its work."""
        return (self.folder / "nginx" / "log").read_text(encoding="utf-8")

    def reader(self) -> httpx2.AsyncClient:
        """A new guest, who comes through nginx."""
        return httpx2.AsyncClient(base_url=self.address, timeout=90)

    def wanderer(self) -> httpx2.AsyncClient:
        """A new guest, each of whose requests goes to another process than the one before."""
        return httpx2.AsyncClient(base_url=self.address, timeout=60, transport=Round(self.members))


class Round(httpx2.AsyncBaseTransport):
    """Sends each request to the next process.

    Attributes:
        ports: Where requests went.
    """

    def __init__(self, members: Sequence[Machine]) -> None:
        self._inner = httpx2.AsyncHTTPTransport()
        self._ports = itertools.cycle(each.port for each in members)
        self.ports: list[int] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.ports.append(next(self._ports))
        request.url = request.url.copy_with(port=self.ports[-1])
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@asynccontextmanager
async def fleet(folder: Path, openai: ScriptedOpenAI, **environment: str) -> AsyncIterator[Fleet]:
    """A fleet that answers with the scripted model; ends with the block."""
    model = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url, "EMBEDDING_MODEL": "none"}
    opened = Fleet(folder, nginx(), {**model, **environment})
    try:
        await opened.start()
        yield opened
    finally:
        await asyncio.to_thread(opened.stop)


def nginx() -> str:
    """The program; without it tests skip and say so, and in CI they fail."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = "there is no nginx here"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def carried(member: Machine) -> int:
    """How many connections a process serves at this moment."""
    process = psutil.Process(member.pid)
    served = [each for each in process.net_connections("tcp") if each.status == psutil.CONN_ESTABLISHED]
    return sum(each.laddr.port == member.port for each in served)


@contextmanager
def talking(words: Sequence[str], *, pause_s: float, times: int) -> Iterator[ScriptedOpenAI]:
    """A model that says the same so many times, word by word."""
    with ScriptedOpenAI() as openai:
        for _ in range(times):
            openai.say(*words, pause_s=pause_s)
        yield openai


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
