"""An answer that one process made is given again by another, and not where anything that decides it differs."""

from __future__ import annotations

import shutil
from contextlib import AsyncExitStack

import pytest
from tests import admitted, small_book
from tests.scripted_openai import ScriptedOpenAI

from pageside import settings
from pageside.wiring import knowing

ASKED = "What does smoke mask?"
SAID = "Smoke masks the alarm scent [1]."


@pytest.fixture
def openai():
    with ScriptedOpenAI() as server:
        yield server


async def asked_of_both(folder, valkey, openai, *, differently: dict[str, object]) -> tuple[list[str], int]:
    """What two processes say to the same question, one after the other, and how often their model was asked."""
    same = {"redis_url": valkey.url, "openai_base_url": openai.base_url, "auth_mode": "header"}
    said = []
    for name, chosen in (("one", {"port": 8001}), ("two", {"port": 8002, **differently})):
        home = folder / name
        loaded = settings.load({}, data_dir=home / "data", embedding_model="none", **same, **chosen)
        if name == "two":
            shutil.copytree(folder / "one" / "data", home / "data", ignore=shutil.ignore_patterns("*.db*"))
        else:
            await knowing.index_book(loaded, small_book.write(home / "book"), progress=lambda _: None)
        async with AsyncExitStack() as stack:
            door = await stack.enter_async_context(admitted.door(home, **same, **chosen))
            client = await stack.enter_async_context(door.client())
            answer = await client.post("/api/chatkit/chat", json={"message": ASKED})
            said.append(answer.json()["answer"])
    return said, len(openai.requests)


async def test_processes_share_what_was_answered(tmp_path, valkey, openai):
    """Wherever each of them listens, and whatever folder it keeps."""
    openai.say(SAID)

    said, requests = await asked_of_both(tmp_path, valkey, openai, differently={"public_url": "https://book.example"})

    assert "alarm scent" in said[0]
    assert said == [said[0]] * 2
    assert requests == 1


@pytest.mark.parametrize(
    "differently",
    [{"model": "another"}, {"system_instructions": "You speak to beekeepers."}, {"refusal": "strict"}, {"repairs": 0}],
    ids=lambda chosen: next(iter(chosen)),
)
async def test_what_decides_an_answer_makes_it_another(tmp_path, valkey, openai, differently):
    """Each is asked of the model anew."""
    openai.say(SAID)
    openai.say(SAID)

    _, requests = await asked_of_both(tmp_path, valkey, openai, differently=differently)

    assert requests == 2
