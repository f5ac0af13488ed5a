"""Qdrant goes away, at the start and in between: what readers are told, what health says, that it goes on by itself."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from tests.chatkit_client import ChatKit, message, told
from tests.faults.machine import Machine

QUESTION = "What does the queen excluder do?"


@pytest.fixture
def machine(tmp_path, qdrant_stand):
    """A server of the small book whose index is in Qdrant."""
    environment = {
        "QDRANT_URL": qdrant_stand.url,
        "QDRANT_API_KEY": qdrant_stand.key,
        "PAGESIDE_QDRANT_TIMEOUT_S": "1",
        "EMBEDDING_MODEL": "none",
    }
    machine = Machine(tmp_path, **environment)
    yield machine
    machine.kill()


async def health(http: httpx2.AsyncClient) -> tuple[str, str, int]:
    """What `/health` says on the whole and of the index, and the status of the chat's own health."""
    parts = (await http.get("/health")).json()
    return parts["status"], parts["parts"]["index"]["status"], (await http.get("/api/chatkit/health")).status_code


async def asked(http: httpx2.AsyncClient):
    await http.get("/")
    return told(await ChatKit(http).send("threads.create", input=message(QUESTION)))


async def test_a_book_is_served_from_qdrant(machine, qdrant_stand):
    """The chat answers, health is well, and pages know their passages; the data folder holds no passages."""
    machine.start()
    async with machine.reader() as http:
        answer = await asked(http)
        state = await health(http)

    assert "queen" in answer.text
    assert state == ("ok", "ok", 200)
    assert not list(machine.folder.rglob("passages.sqlite"))
    assert any("points/query/batch" in request for request in qdrant_stand.asked())


async def test_while_qdrant_is_gone_the_chat_says_so_and_goes_on_when_it_is_back(machine, qdrant_stand):
    """An error that may be tried again, with neither address nor key; pages stay, and health says what is amiss."""
    machine.start()
    async with machine.reader() as http:
        await asked(http)
        qdrant_stand.halt()
        broken = await asked(http)
        state = await health(http)
        qdrant_stand.go_on()
        whole = await asked(http)
        after = await health(http)

    (error,) = broken.errors
    assert error["allow_retry"]
    assert "too slow" in error["message"]
    assert state == ("degraded", "unavailable", 503)
    assert "queen" in whole.text
    assert after == ("ok", "ok", 200)
    everything = f"{machine.lines}{broken}{whole}"
    assert qdrant_stand.key not in everything
    assert str(qdrant_stand.port) not in everything


async def test_a_server_starts_without_qdrant_and_indexes_the_book_when_it_is_there(machine, qdrant_stand):
    """Nobody has to start it again."""
    qdrant_stand.stop()
    machine.start()
    async with machine.reader() as http:
        page = await http.get("/")
        broken = await asked(http)
        state = await health(http)
        qdrant_stand.start()
        async with asyncio.timeout(60):
            while (await health(http))[0] != "ok":
                await asyncio.wait_for(http.get("/"), 10)
        whole = await asked(http)

    assert "cannot be reached" in page.text
    assert broken.errors[0]["allow_retry"]
    assert state == ("degraded", "unavailable", 503)
    assert "queen" in whole.text
    assert {"index_not_updated", "qdrant_unavailable"} <= {line["event"] for line in machine.lines}
