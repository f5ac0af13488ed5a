"""A Qdrant for tests: the interface that Qdrant publishes, over its client's local mode, in a process of its own.

How to use it:

- `qdrant_stand` is the server, empty for every test: `stand.url` for `QDRANT_URL`, `stand.key` for `QDRANT_API_KEY`.
- Every request and every answer is held against Qdrant's published schemas; what does not fit fails the test.
- `stand.fault(times=1, status=500)` makes requests go wrong; `stand.stop()` and `stand.start()` restart the process,
  which then has forgotten everything; `stand.halt()` and `stand.go_on()` stop it in the middle of its work.
- `stand.client()` is a client of it, closed in the end.
- `qdrant_server` is a client of a real server: of that at `QDRANT_URL`, when the tests run with one; else they skip.
"""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from pytest_socket import socket_allow_hosts
from qdrant_client import QdrantClient
from tests.child import Child

from pageside.knowledge import qdrant

KEY = "s3cret-qdrant-key"
SERVER = os.environ.get("QDRANT_URL", "")  # looked at before tests unset it
SERVER_KEY = os.environ.get("QDRANT_API_KEY", "")
ROOT = Path(__file__).parent.parent


class Stand(Child):
    """A server of this test run, at one port for all its life."""

    def __init__(self) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = KEY
        self._clients = ExitStack()

    def start(self) -> None:
        """Starts the process where it does not run, and waits until it answers."""
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.qdrant_process", str(self.port), self.key],
                stdin=subprocess.PIPE,
                cwd=ROOT,
            )
        transport = httpx2.HTTPTransport(retries=0)
        with httpx2.Client(transport=transport) as asking:
            for _ in range(600):
                try:
                    asking.get(f"{self.url}/_told").raise_for_status()
                except httpx2.TransportError:
                    assert self._process.poll() is None
                    select_nothing(0.05)
                else:
                    return
        raise AssertionError("the server did not start within 30 seconds")

    def fault(self, *, times: int, path: str = "", status: int = 0, delay_s: float = 0, garbage: bool = False) -> None:
        """Makes the next `times` requests go wrong whose method and path hold `path`."""
        body = {"times": times, "path": path, "status": status, "delay_s": delay_s, "garbage": garbage}
        httpx2.post(f"{self.url}/_fault", json=body).raise_for_status()

    def empty(self) -> None:
        """Forgets everything."""
        httpx2.post(f"{self.url}/_empty").raise_for_status()

    def asked(self) -> list[str]:
        """Method and path of every request."""
        return list(httpx2.get(f"{self.url}/_told").json()["asked"])

    def noted(self) -> list[str]:
        """What did not fit the published schemas."""
        return list(httpx2.get(f"{self.url}/_told").json()["noted"])

    def client(self, *, key: str = KEY, timeout_s: int = 30) -> QdrantClient:
        """A client, as the product makes it."""
        opened = qdrant.connected(self.url, api_key=key, timeout_s=timeout_s)
        self._clients.callback(opened.close)
        return opened

    def close_clients(self) -> None:
        """Closes what `client` gave."""
        self._clients.close()


def select_nothing(seconds: float) -> None:
    """Waits; a process that starts gives no sign."""
    select.select([], [], [], seconds)


@pytest.fixture(scope="session")
def qdrant_process() -> Iterator[Stand]:
    """The server process, started when first asked for."""
    stand = Stand()
    stand.start()
    yield stand
    stand.stop()


@pytest.fixture
def qdrant_stand(qdrant_process: Stand) -> Iterator[Stand]:
    """The server, empty; whatever did not fit Qdrant's published interface fails the test."""
    qdrant_process.start()
    qdrant_process.empty()
    yield qdrant_process
    qdrant_process.close_clients()
    qdrant_process.start()
    noted = qdrant_process.noted()
    qdrant_process.fault(times=0)

    assert noted == []


@pytest.fixture
def qdrant_server() -> Iterator[QdrantClient]:
    """A client of the real server; what tests made there, under prefixes that begin with `test_`, is taken away."""
    if not SERVER:
        pytest.skip("no Qdrant server; set QDRANT_URL (and QDRANT_API_KEY) to run this against one")
    socket_allow_hosts(["127.0.0.1", "::1", "localhost", str(urlsplit(SERVER).hostname)], allow_unix_socket=True)
    client = qdrant.connected(SERVER, api_key=SERVER_KEY, timeout_s=60)
    yield client
    for each in client.get_collections().collections:
        if each.name.startswith("test_"):
            client.delete_collection(each.name)
    client.close()
