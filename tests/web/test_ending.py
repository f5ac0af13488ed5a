"""A listener that is closed while connections hail on it."""

from __future__ import annotations

import asyncio
import socket
import sys
import threading
from collections import Counter
from contextlib import suppress

import pytest
import uvicorn

from pageside.web import ending

REQUEST = b"GET / HTTP/1.1\r\nHost: book\r\nConnection: close\r\n\r\n"
CALLERS = 8
TIMES = 3


async def greet(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"here"})


class Hail:
    """Callers who connect and ask without a pause until they are refused.

    Attributes:
        seen: What became of their connections: `answered`, `refused`, `broken`.
        begun: Set when the first has its answer.
    """

    def __init__(self, port):
        self.seen = Counter()
        self.begun = threading.Event()
        self._port = port
        self._callers = [threading.Thread(target=self._call) for _ in range(CALLERS)]
        for each in self._callers:
            each.start()

    def _call(self):
        while True:
            with socket.socket() as caller:
                caller.settimeout(30)
                try:
                    caller.connect(("127.0.0.1", self._port))
                except ConnectionRefusedError:
                    self.seen["refused"] += 1
                    return
                heard = b""
                with suppress(ConnectionError):
                    caller.sendall(REQUEST)
                    while more := caller.recv(4096):
                        heard += more
                self.seen["answered" if b"here" in heard else "broken"] += 1
                self.begun.set()

    async def over(self):
        for each in self._callers:
            await asyncio.to_thread(each.join)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a listener overlook who wants to connect")
async def test_whoever_is_connected_is_answered():
    """However many come in the moment of the close: each is answered or refused."""
    seen = Counter()
    for _ in range(TIMES):
        listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
        config = uvicorn.Config(greet, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        hail = Hail(listener.getsockname()[1])
        await asyncio.to_thread(hail.begun.wait)
        await ending.close_listeners(server, [listener])
        await hail.over()
        server.should_exit = True
        await serving
        seen += hail.seen

    assert seen["broken"] == 0
    assert seen["refused"] == CALLERS * TIMES
