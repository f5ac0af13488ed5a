"""Four processes behind nginx: any request may go to any of them, and any of them may die or be replaced."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from tests.chatkit_client import ChatKit
from tests.scale.fleet import carried, fleet, talking
from tests.scale.readers import LAST, QUESTIONS, SAID, Plain, Rest, Resuming, answered, said
from tests.web.listening import DELTA, coming_back
from tests.web.listening import asking as asking_by

from deploy import composed

WORDS = tuple(f"{word} " for word in SAID.split())
NAME = "PAGESIDE_SHUTDOWN_NOTICE_S"
NOTICE = {NAME: composed.services(composed.example())["pageside"].environment[NAME]}
KINDS = (Resuming, Plain, Rest, Resuming, Plain, Rest, Resuming, Plain, Rest, Resuming)


@pytest.fixture
def shared(postgres, valkey):
    """What all processes are told."""
    return {"DATABASE_URL": postgres.database(), "REDIS_URL": valkey.url}


@asynccontextmanager
async def asking(them, found):
    """Readers of every kind who ask until the block ends, and then to the end; `found` is what is stored then."""
    done = asyncio.Event()
    async with AsyncExitStack() as opened:
        readers = [
            kind(await opened.enter_async_context(them.reader()), f"r{number}") for number, kind in enumerate(KINDS)
        ]
        async with asyncio.TaskGroup() as group:
            for reader in readers:
                group.create_task(reader.run(done))
            yield readers
            done.set()
        for reader in readers:
            found.update(await kept(reader))


async def until(condition):
    while not condition():
        later = asyncio.Event()
        asyncio.get_running_loop().call_later(0.02, later.set)
        await later.wait()


async def kept(reader):
    """What the store holds beside what was shown: how often each whole answer is there, and each question."""
    found = Counter()
    for thread, shown in reader.shown.items():
        stored = await reader.items(thread)
        for item_id, item in shown.items():
            if item.get("type", "assistant_message") == "assistant_message":
                same = [said(each) for each in stored if each["id"] == item_id]
                found["once" if same == [item.get("text") or said(item)] else "not"] += 1
    for question, thread in reader.asked.items():
        stored = await reader.items(thread)
        found["questions"] += 1
        found["unanswered"] += not answered(stored, question)
        found["doubled"] += 0 if isinstance(reader, Rest) else [said(each) for each in stored].count(question) - 1
    return found


def of(kind, readers):
    return [reader for reader in readers if isinstance(reader, kind)]


def happened(readers):
    return sum((reader.seen for reader in readers), Counter())


async def test_a_process_killed_under_load_loses_nothing(tmp_path, shared):
    """What was told to its end is stored once; what was under way there is asked again elsewhere, and answered."""
    found = Counter()
    with talking(WORDS, pause_s=0.05, times=2000) as openai:
        async with fleet(tmp_path, openai, **shared) as them:
            async with asking(them, found) as readers:
                for victim in itertools.cycle(them.members):
                    await until(lambda victim=victim: carried(victim) > 2)
                    await asyncio.to_thread(victim.kill)
                    so_far = happened(readers)["answered"]
                    await until(lambda so_far=so_far: happened(readers)["answered"] > so_far + len(readers))
                    if all(happened(of(kind, readers))["anew"] for kind in (Resuming, Plain, Rest)):
                        break
                    await asyncio.to_thread(victim.start)
            seen = happened(readers)

    assert found["not"] == found["doubled"] == found["unanswered"] == 0
    assert found["questions"] == seen["answered"]
    assert found["once"] >= found["questions"]
    assert seen["resumed"] > 0


async def test_a_rolling_restart_fails_no_request(tmp_path, shared):
    """Each process ends when its answers have, and comes back, while readers ask: none of them notices."""
    found = Counter()
    with talking(WORDS, pause_s=0.02, times=2000) as openai:
        async with fleet(tmp_path, openai, PAGESIDE_SHUTDOWN_ANSWERS_S="20", **NOTICE, **shared) as them:
            async with asking(them, found) as readers:
                for each in them.members:
                    await until(lambda each=each: carried(each) > 0)
                    await asyncio.to_thread(each.terminate)
                    await asyncio.to_thread(each.start)
                so_far = happened(readers)["answered"]
                await until(lambda: happened(readers)["answered"] > so_far + len(readers))
            seen = happened(readers)

    assert set(seen) == {"answered", "resumed"}
    assert found["not"] == found["doubled"] == found["unanswered"] == 0
    assert found["questions"] == seen["answered"]


async def test_any_request_may_go_to_any_process(tmp_path, shared):
    """Guests, conversations, titles, sessions, files in two phases, tasks, ways back, stops: each to the next."""
    with talking(WORDS, pause_s=0.05, times=50) as openai:
        async with fleet(tmp_path, openai, **shared) as them, them.wanderer() as http:
            ada = ChatKit(http)
            told = await ada.ask(QUESTIONS[0])
            more = await ada.ask(QUESTIONS[1], thread=told.thread_id)
            titles = [each["title"] for _ in them.members for each in await ada.threads()]
            everywhere = [await ada.items(told.thread_id) for _ in them.members]

            file = await ada.call("attachments.create", name="hive.txt", size=9, mime_type="text/plain")
            sent = await http.put(file["upload_descriptor"]["url"], content=b"Eleven go")
            files = [(await http.get(f"/chatkit/attachments/{file['id']}")).content for _ in them.members]
            about = await ada.ask(QUESTIONS[0], attachments=[file["id"]])

            await ada.ask("add a task: read about smoke")
            tasks = [(await ada.ask("show my tasks")).events for _ in them.members]

            session = (await http.post("/api/chatkit/session", json={})).json()
            bearer = {"Authorization": f"Bearer {session['client_secret']}"}
            renewed = await http.post(
                "/api/chatkit/refresh", json={"existing_session_id": session["session_id"]}, headers=bearer
            )
            async with asking_by(ada, QUESTIONS[0]) as first:
                await first.until(DELTA)
            async with coming_back(ada, first.run, first.last) as second:
                await second.until(DELTA)
                stopped = (await http.post(f"/chatkit/runs/{first.run}/stop")).json()
                await second.rest()
            deleted = await ada.send("threads.delete", thread_id=told.thread_id)
            gone = {(await ada.send("threads.get_by_id", thread_id=told.thread_id)).status_code for _ in them.members}
            ports = http._transport.ports

    assert LAST in told.text
    assert LAST in more.text
    assert len(titles) == len(them.members)
    assert len(set(titles)) == 1
    assert all(items == everywhere[0] for items in everywhere)
    assert sent.status_code == 200
    assert set(files) == {b"Eleven go"}
    assert about.errors == []
    assert ["about smoke" in str(events) for events in tasks] == [True] * len(tasks)
    assert renewed.status_code == 200
    assert stopped == {"id": first.run, "status": "stopped"}
    assert second.heard[0][0] == first.last + 1
    assert deleted.status_code == 200
    assert gone == {404}
    assert set(ports) == {each.port for each in them.members}
