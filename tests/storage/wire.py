"""What goes over the wire to PostgreSQL: counted, broken off, or put into TLS on the way."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
# What a client says last before it waits: a query, or that the series of messages is to be answered (flush, sync).
AWAITED = (b"Q", b"H", b"S")


class Wire:
    """A way to a PostgreSQL server that knows what passes."""

    def __init__(self, port: int, tls: ssl.SSLContext | None) -> None:
        self.port = 0
        self.round_trips = 0
        self.connections = 0
        self.most_at_once = 0
        self.silent = asyncio.Event()
        self._server_port = port
        self._tls = tls
        self._under_way = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._met: set[asyncio.Task[None]] = set()

    def url(self, url: str, host: str = "127.0.0.1") -> str:
        """`url`, through here."""
        return url.replace(f"127.0.0.1:{self._server_port}", f"{host}:{self.port}")

    def break_off(self) -> None:
        """Ends every connection without a word."""
        for writer in self._open:
            writer.transport.abort()

    async def aclose(self) -> None:
        """Ends every connection and waits until nothing is under way."""
        self.break_off()
        await asyncio.gather(*self._met, return_exceptions=True)

    async def met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries one client's words to the server and back until one of them has enough."""
        self.connections += 1
        self._met.add(asyncio.current_task())
        self._under_way += 1
        self.most_at_once = max(self.most_at_once, self._under_way)
        there, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._open |= {writer, back}
        try:
            first, spoken = await self._greeted(reader, writer)
            back.write(first)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._asked(reader, back))
                both.create_task(self._answered(there, spoken))
        except* (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._under_way -= 1
            self._open -= {writer, back}
            for end in (writer, back):
                end.transport.abort()

    async def _greeted(self, reader, writer):
        """The client's first words to the server, and what to answer it through."""
        first = await _without_letter(reader)
        if first != SSL_REQUEST:
            return first, writer
        writer.write(b"S" if self._tls else b"N")
        if self._tls is None:
            return await _without_letter(reader), writer
        loop, protocol = asyncio.get_running_loop(), writer.transport.get_protocol()
        transport = await loop.start_tls(writer.transport, protocol, self._tls, server_side=True)
        if transport is None:
            raise ConnectionResetError
        return await _without_letter(reader), asyncio.StreamWriter(transport, protocol, reader, loop)

    async def _asked(self, reader, back):
        while True:
            kind = await reader.readexactly(1)
            length = await reader.readexactly(4)
            self.round_trips += kind in AWAITED
            back.write(kind + length + await reader.readexactly(int.from_bytes(length) - 4))

    async def _answered(self, there, writer):
        while chunk := await there.read(65_536):
            if not self.silent.is_set():
                writer.write(chunk)
        raise ConnectionResetError


async def _without_letter(reader):
    # The first message of a connection says its length at once.
    length = await reader.readexactly(4)
    return length + await reader.readexactly(int.from_bytes(length) - 4)


@asynccontextmanager
async def wire(port: int, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Wire]:
    """A way to the server at `port`."""
    way = Wire(port, tls)
    server = await asyncio.start_server(way.met, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        await way.aclose()
