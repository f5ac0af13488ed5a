"""A book whose index is in Qdrant, served by a real process; what becomes of it without Qdrant is in `test_parts`."""

from __future__ import annotations

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
