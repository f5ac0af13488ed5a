"""A server that is killed outright while it answers: what its reader finds at the next one. Real processes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import httpx2
import pytest
from tests import small_book
from tests.chatkit_client import message
from tests.chatkit_house import browser
from tests.scripted_openai import ScriptedOpenAI
from tests.web.listening import DELTA, asking, coming_back, deltas, process_of

ASKED = "How wide are the slots of a queen excluder?"
SAID = "A queen excluder is a grid whose slots are 4.2 mm wide [1]. "
LEASE_S = 8


@asynccontextmanager
async def two_processes(tmp_path, openai, **environment):
    """Readers at a server that lives and at one that will die, which is given, too."""
    book = small_book.write(tmp_path / "book")
    quick = {"EMBEDDING_MODEL": "none"}
    settings = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url, **quick, **environment}
    async with (
        process_of(book, tmp_path / "data", settings) as (surviving, _),
        process_of(book, tmp_path / "data", settings) as (dying, child),
        browser(dying) as ada,
        browser(surviving) as there,
    ):
        await ada.threads()
        there.http.cookies = ada.http.cookies
        yield ada, there, child


def answered(items):
    return "".join(item["content"][0]["text"] for item in items if item["type"] == "assistant_message")


async def shown(client, thread_id, wanted, *, within_s=2 * LEASE_S):
    """The text of the last answer, once it ends with what is wanted."""
    async with asyncio.timeout(within_s):
        while not (text := answered(await client.items(thread_id))).endswith(wanted):
            later = asyncio.Event()
            asyncio.get_running_loop().call_later(0.2, later.set)
            await later.wait()
    return text


async def test_what_was_heard_is_not_lost_with_the_process(tmp_path, store_url):
    """The thread opens, shows the words at once, says before long that they are not all, and can be tried again."""
    with ScriptedOpenAI() as openai:
        openai.say(SAID, "Workers pass ", fault="hold")
        async with two_processes(tmp_path, openai, DATABASE_URL=store_url) as (ada, there, child):
            async with asking(ada, ASKED) as stream:
                thread_id = (await stream.until("thread.created"))["thread"]["id"]
                await stream.until(DELTA)
                before = await shown(there, thread_id, "wide [1].")
                child.kill()
                with pytest.raises(httpx2.TransportError):
                    await stream.rest()
            at_once = answered(await there.items(thread_id))
            later = await shown(there, thread_id, "Please try again.)*")
            page = await there.call("threads.get_by_id", thread_id=thread_id)
            gone = await there.http.get(f"/chatkit/runs/{stream.run}/events", headers={"Last-Event-ID": "3"})
            question = (await there.items(thread_id))[0]
            openai.say(SAID)
            retried = await there.tell("threads.retry_after_item", thread_id=thread_id, item_id=question["id"])
            items = await there.items(thread_id)

    assert before == at_once
    assert at_once.startswith("A queen excluder is a grid")
    assert later == f"{at_once}\n\n*(The answer was interrupted here. Please try again.)*"
    assert page["items"]["data"][-1]["content"][0]["text"] == later
    assert page["items"]["data"][-1]["content"][0]["annotations"]
    assert gone.status_code == 404
    assert retried.errors == []
    assert [item["type"] for item in items] == ["user_message", "workflow", "assistant_message"]
    assert "interrupted" not in items[-1]["content"][0]["text"]


async def test_the_next_question_finds_the_interruption_in_its_place(tmp_path):
    """Without opening the thread anew: what was cut short says so in front of the next question."""
    with ScriptedOpenAI() as openai:
        openai.say(SAID, "Workers pass ", fault="hold")
        async with two_processes(tmp_path, openai) as (ada, there, child):
            async with asking(ada, ASKED) as stream:
                thread_id = (await stream.until("thread.created"))["thread"]["id"]
                await stream.until(DELTA)
                child.kill()
                with pytest.raises(httpx2.TransportError):
                    await stream.rest()
            openai.say("Honey is ripe below 18 percent of water [1].")
            async with asyncio.timeout(2 * LEASE_S):
                while True:
                    answer = await there.send(
                        "threads.add_user_message", thread_id=thread_id, input=message("When is honey ripe?")
                    )
                    if answer.status_code == 200:
                        break
                    later = asyncio.Event()
                    asyncio.get_running_loop().call_later(1, later.set)
                    await later.wait()
            items = await there.items(thread_id)

    kinds = [item["type"] for item in items if item["type"] != "workflow"]
    assert kinds == ["user_message", "assistant_message"] * 2
    texts = [item["content"][0]["text"] for item in items if item["type"] == "assistant_message"]
    assert texts[0].endswith("Please try again.)*")
    assert "interrupted" not in texts[1]


async def test_another_server_says_that_the_answer_was_interrupted(tmp_path, valkey):
    """With Redis: who comes back to another process hears what was missed and then the end of it, once."""
    with ScriptedOpenAI() as openai:
        openai.say(SAID, "Workers pass ", fault="hold")
        async with two_processes(tmp_path, openai, REDIS_URL=valkey.url) as (ada, there, child):
            async with asking(ada, ASKED) as first:
                await first.until(DELTA)
                async with coming_back(there, first.run) as second:
                    await second.until(DELTA)
                    child.kill()
                    with pytest.raises(httpx2.TransportError):
                        await first.rest()
                    async with asyncio.timeout(2 * LEASE_S):
                        await second.rest()
            async with coming_back(there, first.run, first.last) as third:
                await third.rest()
            last = {"Last-Event-ID": str(second.last)}
            over = await there.http.get(f"/chatkit/runs/{first.run}/events", headers=last)
            stopped = await there.http.post(f"/chatkit/runs/{first.run}/stop")
            health = (await there.http.get("/health")).json()

    assert second.heard[: len(first.heard)] == first.heard
    assert second.events[-1]["type"] == "error"
    assert second.events[-1]["allow_retry"] is True
    assert "interrupted" in second.events[-1]["message"]
    assert third.heard[-1] == second.heard[-1]
    assert over.status_code == 204
    assert stopped.json() == {"id": first.run, "status": "stopped"}
    assert health["parts"]["redis"]["status"] == "ok"


async def test_two_processes_share_an_answer(tmp_path, valkey):
    """With Redis: the second process tells what was missed and the live rest of the first one's answer."""
    with ScriptedOpenAI() as openai:
        openai.say(*[f"Slots are {n} mm wide. " for n in range(20)], pause_s=0.05)
        async with two_processes(tmp_path, openai, REDIS_URL=valkey.url) as (ada, there, _):
            async with asking(ada, ASKED) as first:
                await first.until(DELTA)
            async with coming_back(there, first.run, first.last) as second:
                await second.rest()
            async with coming_back(ada, first.run) as whole:
                await whole.rest()

    assert first.heard + second.heard == whole.heard
    assert deltas(whole.events).count("mm wide") == 20
