"""Services over HTTP, taken away and given back under a running server: a walk through `docs/concepts/failure.md`.

As `test_parts.py`, with what a server asks over the network: each a process that is killed, halted and started.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import time

import pytest
from tests.admitted import Key, by
from tests.chatkit_client import ChatKit
from tests.faults.endpoint import ANSWER, HEARD, endpoint
from tests.faults.failure_table import Walk, asked
from tests.faults.machine import Machine
from tests.library_server import LibraryServer

QUICK = {"EMBEDDING_MODEL": "none"}
TENSOR = "How do I create a PyTorch tensor from a list?"


@pytest.fixture
def outside():
    """The process, not started yet."""
    with endpoint(started=False) as there:
        yield there


async def test_model(tmp_path, outside):
    """Nothing at its address, then one that takes the question and never answers, then nothing, then itself."""
    given = {"OPENAI_BASE_URL": outside.openai, "PAGESIDE_MODEL_TIMEOUT_S": "1", **QUICK}
    with Machine(tmp_path, **given) as machine:
        async with machine.reader() as http:
            walk = Walk("Model", http)
            early = await asked(http)
            await walk.at("down at start")
            outside.start()
            first = await asked(http)
            await walk.at("comes back")
            outside.halt()
            slow = await asked(http)
            await walk.at("slow")
            outside.stop()
            gone = await asked(http)
            await walk.at("goes down")
            outside.start()
            back = await asked(http)
            await walk.at("comes back")
    attempts = [line["attempt"] for line in machine.lines if line["event"] == "model_failed"]

    assert early.broken
    assert slow.broken
    assert gone.broken
    assert first.text == back.text == ANSWER
    assert attempts == [1, 2, 3] * 3


async def test_embeddings(tmp_path, outside):
    """The book is searched by its words meanwhile, also where it was never indexed before."""
    given = {"EMBEDDING_BASE_URL": outside.openai, "EMBEDDING_MODEL": "m", "EMBEDDING_TIMEOUT_S": "1"}
    with Machine(tmp_path, **given) as machine:
        async with machine.reader() as http:
            walk = Walk("Embeddings", http)
            early = await asked(http)
            await walk.at("down at start")
            outside.start()
            first = await asked_until_well(http)
            await walk.at("comes back")
            outside.halt()
            slow = await asked(http, "What does the queen excluder keep out of the honey?")
            await walk.at("slow")
            outside.stop()
            gone = await asked(http, "Why is there a queen excluder?")
            await walk.at("goes down")
            outside.start()
            await asked_until_well(http)
            await walk.at("comes back")

    assert all("queen" in reply.text for reply in (early, first, slow, gone))
    assert {"index_without_vectors", "embedder_unavailable"} <= {line["event"] for line in machine.lines}


async def asked_until_well(http):
    """An answer after which everything is well: what failed several times in a row is left alone for a while."""
    numbers = itertools.count()
    async with asyncio.timeout(60):
        while True:
            reply = await asked(http, f"How wide is the queen excluder? ({next(numbers)})")
            if (await http.get("/api/chatkit/health")).json()["status"] == "healthy":
                return reply


async def test_library_documentation(tmp_path):
    """Answers are the book's alone meanwhile."""
    docs = LibraryServer()
    given = {"CONTEXT7_ENABLED": "true", "CONTEXT7_URL": docs.url, "PAGESIDE_LIBRARY_DOCS_TIMEOUT_S": "2", **QUICK}
    machine = Machine(tmp_path, **given)
    (machine.folder / "book" / "scales.md").write_text(
        "# Scales\n\nScales add up with PyTorch.\n\n```python\nimport torch\n```\n"
    )
    try:
        with machine:
            async with machine.reader() as http:
                walk = Walk("Library documentation", http)
                early = await looked_up(http, "a")
                await walk.at("down at start")
                docs.start()
                first = await looked_up(http, "b")
                docs.halt()
                slow = await looked_up(http, "c")
                await walk.at("slow")
                docs.stop()
                gone = await looked_up(http, "d")
                await walk.at("goes down")
                docs.start()
                back = await looked_up(http, "e")
                await walk.at("comes back")
    finally:
        docs.stop()

    assert [each["library_docs"] for each in (early, first, slow, gone, back)] == [
        *("unavailable", "found", "unavailable", "unavailable", "found")
    ]


async def looked_up(http, word):
    """The answer by REST to a question of a library, in words that nobody used before."""
    body = {"message": f"{TENSOR} ({word})", "use_library_docs": True}
    told = await http.post("/api/chatkit/chat", json=body)
    assert told.status_code == 200, told.text
    return told.json()


async def test_moderation(tmp_path, outside):
    """Where nothing is taken unseen, nothing is taken meanwhile."""
    given = {
        "PAGESIDE_MODERATION_MODEL": "m",
        "PAGESIDE_MODERATION_BASE_URL": outside.openai,
        "PAGESIDE_MODERATION_OUTAGE": "refuse",
    }
    with Machine(tmp_path, **given, **QUICK) as machine:
        async with machine.reader() as http:
            walk = Walk("Moderation", http)
            early = await asked(http)
            await walk.at("down at start")
            outside.start()
            first = await asked(http)
            outside.halt()
            slow = await asked(http)
            await walk.at("slow")
            outside.stop()
            gone = await asked(http)
            await walk.at("goes down")
            outside.start()
            back = await asked(http)
            await walk.at("comes back")

    assert early.refused
    assert slow.refused
    assert gone.refused
    assert first.text == back.text


async def test_dictation(tmp_path, outside):
    """Recordings are refused with words; what is typed is answered."""
    given = {"PAGESIDE_TRANSCRIPTION_MODEL": "m", "PAGESIDE_TRANSCRIPTION_BASE_URL": outside.openai}
    with Machine(tmp_path, PAGESIDE_MODEL_TIMEOUT_S="1", **given, **QUICK) as machine:
        async with machine.reader() as http:
            walk = Walk("Dictation", http)
            early, typed = await dictated(http), await asked(http)
            await walk.at("down at start")
            outside.start()
            first = await heard(http)
            outside.halt()
            slow = await dictated(http)
            await walk.at("slow")
            outside.stop()
            gone = await dictated(http)
            await walk.at("goes down")
            outside.start()
            back = await heard(http)
            await walk.at("comes back")

    assert [each.status_code for each in (early, slow, gone)] == [503] * 3
    assert [each.json() for each in (first, back)] == [{"text": HEARD}] * 2
    assert "queen" in typed.text


async def dictated(http):
    audio = base64.b64encode(b"\x1aE\xdf\xa3 a recording").decode()
    return await ChatKit(http).send("input.transcribe", audio_base64=audio, mime_type="audio/webm")


async def heard(http):
    """A recording that is understood, however little time a busy machine left the endpoint at first."""
    async with asyncio.timeout(30):
        while (answer := await dictated(http)).status_code != 200:
            pass
    return answer


async def test_sign_in_keys(tmp_path, outside):
    """Nobody is let in before the keys were had once; after that they are good for as long as nothing newer comes."""
    key, other = Key("known"), Key("unknown")
    outside.publish({"keys": [key.published]})
    token = key.sign({"sub": "ada", "exp": time.time() + 3600})
    foreign = other.sign({"sub": "eve", "exp": time.time() + 3600})
    given = {"AUTH_MODE": "jwt", "JWT_JWKS_URL": f"{outside.url}/jwks.json", "JWT_ALGORITHM": "RS256"}
    with Machine(tmp_path, **given, **QUICK) as machine:
        async with machine.reader() as http:
            walk = Walk("Sign-in keys", http)
            http.headers.update(by(token))
            early = await asked(http)
            await walk.at("down at start")
            outside.start()
            async with asyncio.timeout(30):
                while (first := await asked(http)).response.status_code != 200:
                    pass
            outside.halt()
            slow = await asked(http)
            await walk.at("slow")
            outside.stop()
            gone = await asked(http)
            denied = await http.post("/chatkit", json={"type": "threads.list", "params": {}}, headers=by(foreign))
            await walk.at("goes down")
            outside.start()
            back = await asked(http)
            await walk.at("comes back")

    assert early.refused
    assert first.text == slow.text == gone.text == back.text
    assert denied.status_code == 401
