"""A way to a server that can be shut, and that has a name of the network, for which browsers trust a page less."""

from __future__ import annotations

import asyncio
import threading
from typing import Self
from urllib.parse import urlsplit

import psutil


class Gate:
    """Carries bytes to a server and back, on a thread of its own; a context manager.

    Attributes:
        address: Of the server, through here.
    """

    def __init__(self, server: str, host: str = "127.0.0.1") -> None:
        self._to = urlsplit(server).port
        self._host = host
        self._port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._open: set[asyncio.StreamWriter] = set()
        self._met: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server

    def __enter__(self) -> Self:
        self._thread.start()
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.shut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        self._loop.close()

    @property
    def address(self) -> str:
        return f"http://{self._host}:{self._port}"

    def open(self) -> None:
        """Lets everybody through."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(timeout=10)

    def shut(self) -> None:
        """Lets nobody through, and breaks off who is on the way."""
        asyncio.run_coroutine_threadsafe(self._break_off(), self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._listener = await asyncio.start_server(self._meet, self._host, self._port)
        self._port = self._listener.sockets[0].getsockname()[1]

    async def _break_off(self) -> None:
        self._listener.close()
        for writer in self._open:
            writer.transport.abort()
        await asyncio.gather(*self._met)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met = asyncio.current_task()
        assert met
        self._met.add(met)
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        ends = {writer, back}
        self._open |= ends
        await asyncio.gather(_carry(reader, back), _carry(there, writer))
        self._open -= ends
        self._met.discard(met)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until one end has enough; then the other has, too."""
    try:
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.transport.abort() if writer.transport.is_closing() else writer.close()


def name_on_the_network() -> str:
    """An address of this machine that is not only its own: browsers take pages from there for insecure."""
    found = [one.address for each in psutil.net_if_addrs().values() for one in each if one.family.name == "AF_INET"]
    return next(address for address in found if not address.startswith("127."))
