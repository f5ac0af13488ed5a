"""What else goes wrong with the ways to the parts: crowds, half-open connections, names, certificates, slow readers."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from tests.chatkit_client import ChatKit
from tests.faults.endpoint import endpoint
from tests.faults.failure_table import asked
from tests.faults.machine import Machine
from tests.scripted_openai import ScriptedOpenAI
from tests.web.listening import DELTA, asking

QUICK = {"EMBEDDING_MODEL": "none"}
DATABASE = {"PAGESIDE_DATABASE_TIMEOUT_S": "1", "PAGESIDE_DATABASE_STATEMENT_TIMEOUT_S": "1"}
CROWD = 200


def resident_mb(machine):
    """What the server's process has in memory."""
    status = Path(f"/proc/{machine.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1000


async def test_a_crowd_while_the_database_hangs_and_while_it_is_gone(tmp_path, postgres):
    """Two hundred at once are all refused in bounded time and memory, and when it is back all are answered."""
    url = f"{postgres.database()}?connect_timeout=1"
    with Machine(tmp_path, DATABASE_URL=url, **QUICK, **DATABASE) as machine:
        async with machine.reader() as http:
            first = await asked(http)
            before_mb = resident_mb(machine)
            postgres.halt()
            try:
                hanging = await crowd(machine)
            finally:
                postgres.go_on()
            await asyncio.to_thread(postgres.stop)
            gone = await crowd(machine)
            after_mb = resident_mb(machine)
            await asyncio.to_thread(postgres.start)
            back = await asked(http)

    assert {response.status_code for response in (*hanging, *gone)} == {503}
    assert len({response.headers["retry-after"] for response in (*hanging, *gone)}) > 1, "all are to come back together"
    assert after_mb - before_mb < 60
    assert first.text == back.text


async def crowd(machine):
    """What two hundred readers are answered who open their conversations at once."""
    limits = httpx2.Limits(max_connections=CROWD)
    client = httpx2.AsyncClient(base_url=machine.address, timeout=60, limits=limits)
    async with client as http, asyncio.timeout(60):
        return await asyncio.gather(*(ChatKit(http).send("threads.list") for _ in range(CROWD)))


async def test_the_database_gone_and_back_in_the_middle_of_an_answer(tmp_path, postgres):
    """The answer is told to its end, and stored as it was told."""
    with ScriptedOpenAI() as openai:
        words = [f"Slot {n} is for workers. " for n in range(30)]
        openai.say("A queen excluder is a grid whose slots are 4.2 mm wide [1]. ", *words, pause_s=0.1)
        model = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url, "PAGESIDE_REPAIRS": "0"}
        with Machine(tmp_path, DATABASE_URL=postgres.database(), **model, **QUICK) as machine:
            async with machine.reader() as http:
                await http.get("/")
                guest = ChatKit(http)
                async with guest.asking("How wide are the slots of a queen excluder?") as stream:
                    thread_id = (await stream.until("thread.created"))["thread"]["id"]
                    await stream.until(DELTA)
                    await asyncio.to_thread(postgres.stop)
                    await asyncio.to_thread(postgres.start)
                    events = await stream.rest()
                stored = [item for item in await guest.items(thread_id) if item["type"] == "assistant_message"]
    told = [event["item"] for event in events if event["type"] == "thread.item.done"]

    assert "error" not in [event["type"] for event in events]
    assert stored == [item for item in told if item["type"] == "assistant_message"]
    assert "Slot 29" in stored[0]["content"][0]["text"]


async def test_names_that_do_not_resolve(tmp_path):
    """Each part is said to be away, the server starts and shows the book, and no address is told to readers."""
    away = {
        "DATABASE_URL": "postgresql://pageside:hunter2@database.invalid/pageside",
        "REDIS_URL": "redis://:hunter2@redis.invalid:6379/0",
        "OPENAI_BASE_URL": "http://model.invalid/v1",
    }
    with Machine(tmp_path, **away, **QUICK) as machine:
        async with machine.reader() as http:
            page, refused = await http.get("/"), await asked(http)
            parts = (await http.get("/health")).json()["parts"]

    assert page.status_code == 200
    assert refused.refused
    assert parts["database"]["status"] == parts["redis"]["status"] == "unavailable"
    assert "invalid" not in refused.response.text + str(parts)
    assert "hunter2" not in str(machine.lines)
    assert any("host of database.invalid" in line.get("reason", "") for line in machine.lines)


async def test_a_way_that_speaks_no_tls(tmp_path, valkey):
    """A model and a Redis that are asked by TLS and answer in plain words: away, as far as anybody can tell."""
    with endpoint() as outside:
        given = {
            "OPENAI_BASE_URL": outside.openai.replace("http:", "https:"),
            "REDIS_URL": valkey.url.replace("redis:", "rediss:"),
        }
        with Machine(tmp_path, **given, **QUICK) as machine:
            async with machine.reader() as http:
                broken = await asked(http)
                parts = (await http.get("/health")).json()["parts"]

    assert broken.broken
    assert "SSL" not in str(broken.answer)
    assert parts["model"]["status"] == parts["redis"]["status"] == "unavailable"


async def test_a_redis_that_takes_a_second_for_everything(tmp_path, valkey):
    """Answers do not wait for it, and it is counted as lost by those who cannot wait."""
    async with slowed(valkey, by_s=1.2) as url:
        with Machine(tmp_path, REDIS_URL=url, PAGESIDE_LIMIT_CHAT_READER="1000/hour", **QUICK) as machine:
            async with machine.reader() as http:
                first = await asked(http)
                others = await asyncio.gather(*(asked(http) for _ in range(20)))

    assert {reply.text for reply in others} == {first.text}
    assert "limits_redis_lost" in {line["event"] for line in machine.lines}


@asynccontextmanager
async def slowed(valkey, *, by_s):
    """The URL of a server that passes everything on, and every answer late."""

    async def passed(reader, writer, late_s):
        while piece := await reader.read(65536):
            await asyncio.sleep(late_s)
            writer.write(piece)
            await writer.drain()

    open_now = set()

    async def connected(reader, writer):
        open_now.add(asyncio.current_task())
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", valkey.port)
        try:
            await asyncio.gather(passed(reader, inner_writer, 0), passed(inner_reader, writer, by_s))
        finally:
            inner_writer.close()
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield valkey.url.replace(f":{valkey.port}", f":{port}")
    finally:
        server.close()
        for task in open_now:
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


async def test_readers_who_do_not_read_take_no_memory(tmp_path):
    """Two hundred listen to a long answer and take none of it: the server keeps it once."""
    with ScriptedOpenAI() as openai:
        openai.say(*[f"Slot {n} of the grid is for workers and for nobody else but them. " for n in range(1450)])
        model = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url, "PAGESIDE_REPAIRS": "0"}
        with Machine(tmp_path, **model, **QUICK) as machine:
            async with machine.reader() as http:
                await http.get("/")
                ada = ChatKit(http)
                async with asking(ada, "How wide are the slots of a queen excluder?") as heard:
                    await heard.until(DELTA)
                    before_mb = resident_mb(machine)
                    deaf = [unread(machine, heard.run, http.cookies) for _ in range(CROWD)]
                    await heard.rest()
                    after_mb = resident_mb(machine)
                again = await asked(http, "What does the queen excluder do?")
                for connection in deaf:
                    connection.close()
    size_mb = sum(len(str(event)) for _, event in heard.heard) / 1e6

    assert size_mb > 0.3, "too short to tell"
    assert after_mb - before_mb < CROWD * 0.3
    assert again.answer is not None


def unread(machine, run, cookies):
    """A connection that asks for an answer from its beginning and never reads."""
    connection = socket.create_connection(("127.0.0.1", urlsplit(machine.address).port))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    head = f"GET /chatkit/runs/{run}/events HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n"
    connection.sendall(head.encode())
    return connection
