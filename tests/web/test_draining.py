"""Refusals of large bodies, as they reach clients that send everything before they read anything."""

from __future__ import annotations

import asyncio
import shutil
import socket
from datetime import timedelta
from urllib.parse import urlsplit

import httpx2
import pytest
from tests.chatkit_house import browser, house, served

from pageside.web import draining
from pageside.web.limits import Limits

LARGE = 10_000_000


@pytest.fixture
async def home(tmp_path):
    async with house(tmp_path, file_limits={"max_bytes": 1_000}) as opened:
        yield opened


@pytest.fixture
async def address(home):
    async with served(home.app) as url:
        yield url


async def unread(scope, receive, send):
    """An application that never asks for a body."""
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"no"})


def chunked(body, size=100_000):
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


async def send_for_ever(writing):
    async with asyncio.timeout(10):
        while True:
            writing.write(b"3e8\r\n" + b"x" * 1_000 + b"\r\n")
            await writing.drain()


def spoken(url, opening, *headers, body=b""):
    """The whole answer to a request, of which nothing is read before all of it is sent."""
    to = urlsplit(url)
    head = "\r\n".join([opening, f"Host: {to.netloc}", "Content-Type: application/json", *headers, "", ""])
    with socket.create_connection((to.hostname, to.port), timeout=20) as client:
        client.sendall(head.encode())
        client.sendall(body)
        return b"".join(iter(lambda: client.recv(65_536), b""))


@pytest.mark.parametrize(
    ("opening", "headers", "body"),
    [
        ("POST /chatkit HTTP/1.1", ["Connection: close", f"Content-Length: {LARGE}"], b" " * LARGE),
        ("POST /chatkit HTTP/1.1", ["Connection: close", "Transfer-Encoding: chunked"], chunked(b" " * LARGE)),
        ("POST /chatkit HTTP/1.1", [f"Content-Length: {LARGE}"], b" " * LARGE),
        ("POST /chatkit HTTP/1.0", [f"Content-Length: {LARGE}"], b" " * LARGE),
    ],
    ids=["length", "chunked", "kept alive", "1.0"],
)
async def test_whoever_sends_everything_first_still_reads_why_it_was_refused(address, opening, headers, body):
    """Ten megabytes of message: the whole 413 arrives, and then the end of the connection."""
    told = await asyncio.to_thread(spoken, address, opening, *headers, body=body)

    assert told.startswith(b"HTTP/1.1 413 ")
    assert b"\r\nconnection: close\r\n" in told.lower()
    assert told.endswith(b"}")


async def test_an_upload_that_is_too_large_is_refused_in_words(address):
    """More bytes than were announced for a file, at its own address."""
    async with browser(address) as ada:
        file = await ada.call("attachments.create", name="a.txt", size=1_000, mime_type="text/plain")
    to = urlsplit(file["upload_descriptor"]["url"])
    opening = f"PUT {to.path}?{to.query} HTTP/1.1"
    told = await asyncio.to_thread(
        spoken, address, opening, "Connection: close", f"Content-Length: {LARGE}", body=b"x" * LARGE
    )

    assert told.startswith(b"HTTP/1.1 413 ")
    assert told.endswith(b"}")


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
@pytest.mark.parametrize("option", ["--http1.1", "--http1.0"])
async def test_curl_shows_the_refusal(address, tmp_path, option):
    """It asks before it sends, or it sends while it listens."""
    (tmp_path / "body").write_bytes(b" " * LARGE)
    command = ["curl", "-sS", option, "--data-binary", f"@{tmp_path / 'body'}", f"{address}/chatkit"]
    curl = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await curl.communicate()

    assert b'"status":413' in told


async def test_the_answer_does_not_wait_for_the_body(address):
    """A client that listens while it sends is told before it has sent the rest."""
    to = urlsplit(address)
    reading, writing = await asyncio.open_connection(to.hostname, to.port)
    writing.write(f"POST /chatkit HTTP/1.1\r\nHost: h\r\nContent-Length: {LARGE}\r\n\r\n".encode())
    async with asyncio.timeout(5):
        head = await reading.readuntil(b"\r\n\r\n")
    writing.close()

    assert head.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(("name", "bound"), [("DRAINED_BYTES", 100_000), ("DRAINING_TIME", timedelta(seconds=0.2))])
async def test_nobody_is_listened_to_for_ever(monkeypatch, name, bound):
    """A body without an end is cut off: by its length, or by the clock."""
    monkeypatch.setattr(draining, name, bound)
    async with served(Limits(unread, max_bytes=10)) as url:
        to = urlsplit(url)
        _, writing = await asyncio.open_connection(to.hostname, to.port)
        writing.write(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(ConnectionError):
            await send_for_ever(writing)
        writing.close()


async def test_a_body_that_is_read_keeps_its_connection(address):
    """Refusals of whole requests are followed by others on the same connection."""
    async with httpx2.AsyncClient(base_url=address) as http:
        refused = await http.post("/chatkit", content=b"{not json")

    assert refused.status_code == 400
    assert "connection" not in refused.headers


async def test_whoever_answers_without_reading_is_given_the_same(tmp_path):
    """A streamed request, which the limits leave to its route."""
    async with served(Limits(unread, streamed=lambda scope: True)) as url:
        told = await asyncio.to_thread(
            spoken, url, "PUT / HTTP/1.1", "Connection: close", f"Content-Length: {LARGE}", body=b"x" * LARGE
        )

    assert told.startswith(b"HTTP/1.1 403 ")
    assert told.endswith(b"\r\n\r\nno")
