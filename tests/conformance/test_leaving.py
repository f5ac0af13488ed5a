"""Leaving, stopping, coming back and sending again."""

from __future__ import annotations

import asyncio
import base64
import json

import httpx2
from tests.chatkit_client import ChatKit, message
from tests.chatkit_house import browser, house, served
from tests.conformance.checks import check

DELTA = "assistant_message.content_part.text_delta"
RESUME = {"X-Pageside-Resume": "1"}


def deltas(events):
    return "".join(event["update"]["delta"] for event in events if event.get("update", {}).get("type") == DELTA)


async def answers(client, thread_id):
    return [item for item in await client.items(thread_id) if item["type"] == "assistant_message"]


@check(67)
async def test_leaving_keeps_what_was_said(a):
    """The partial answer is there after a reload, and the thread goes on."""
    async with a.asking("endless") as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        for _ in range(5):
            await stream.until(DELTA)
    again = await a.ask("hi", thread=thread_id)
    first, _ = await answers(a, thread_id)

    assert again.errors == []
    assert first["content"][0]["text"].startswith(deltas(stream.events))


@check(68)
async def test_a_reader_who_takes_nothing_loses_nothing_by_leaving(a):
    """The body is never read; what the server said meanwhile is there after a reload."""
    body = {"type": "threads.create", "params": {"input": message("endless")}}
    async with a.http.stream("POST", "/chatkit", json=body):
        await asyncio.sleep(0.5)
    (thread,) = await a.threads()
    await a.ask("hi", thread=thread["id"])
    first, _ = await answers(a, thread["id"])

    assert first["content"][0]["text"].startswith("and on ")


@check(70)
async def test_leaving_before_the_first_word_leaves_no_empty_answer(a):
    """Only the question and its search stay."""
    async with a.asking("slow") as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        await stream.until("thread.item.added")
    await a.ask("hi", thread=thread_id)

    assert len(await answers(a, thread_id)) == 1


@check(40)
async def test_a_thread_deleted_while_it_answers_stays_deleted(a):
    """The stream ends and nothing comes back."""
    async with a.asking("endless") as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        await stream.until(DELTA)
        assert await a.call("threads.delete", thread_id=thread_id) == {}
        await stream.rest()

    assert await a.threads() == []
    assert (await a.send("threads.get_by_id", thread_id=thread_id)).status_code == 404


async def heard(response, count):
    """So many events of a stream that numbers them: number and event."""
    found, number = [], None
    async for line in response.aiter_lines():
        if line.startswith("id: "):
            number = int(line[4:])
        elif line.startswith("data: "):
            found.append((number, json.loads(line[6:])))
            if len(found) == count:
                break
    return found


@check(71)
async def test_who_resumes_misses_nothing(a):
    """What was heard before and after the connection was lost has no gap and no repetition."""
    body = {"type": "threads.create", "params": {"input": message("hi")}}
    async with a.http.stream("POST", "/chatkit", json=body, headers=RESUME) as response:
        run = response.headers["x-pageside-run"]
        first = await heard(response, 4)
    events = f"/chatkit/runs/{run}/events"
    async with a.http.stream("GET", events, headers={"Last-Event-ID": str(first[-1][0])}) as response:
        rest = await heard(response, 1000)
    (thread,) = await a.threads()

    assert [number for number, _ in first + rest] == list(range(1, len(first + rest) + 1))
    (answer,) = await answers(a, thread["id"])
    assert deltas(event for _, event in first + rest) == answer["content"][0]["text"]


@check(72)
async def test_stopping_ends_an_answer_and_losing_the_connection_does_not(a):
    """For a client that resumes."""
    body = {"type": "threads.create", "params": {"input": message("endless")}}
    async with a.http.stream("POST", "/chatkit", json=body, headers=RESUME) as response:
        run = response.headers["x-pageside-run"]
        first = await heard(response, 8)
    async with a.http.stream("GET", f"/chatkit/runs/{run}/events", params={"after": first[-1][0]}) as response:
        more = await heard(response, 20)
    stopped = await a.http.post(f"/chatkit/runs/{run}/stop")
    (thread,) = await a.threads()
    (answer,) = await answers(a, thread["id"])

    assert deltas(event for _, event in more)
    assert stopped.status_code < 300
    assert answer["content"][0]["text"].startswith(deltas(event for _, event in first + more))
    assert (await a.ask("hi", thread=thread["id"])).errors == []


@check(66)
async def test_the_same_request_under_one_key_is_done_once(a):
    """One thread, one message, one answer, and the same stream both times."""
    body = {"type": "threads.create", "params": {"input": message("hi")}}
    first, second = [await a.http.post("/chatkit", json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    (thread,) = await a.threads()

    assert (first.status_code, second.status_code) == (200, 200)
    assert thread["id"] in first.text
    assert thread["id"] in second.text
    assert [item["type"] for item in await a.items(thread["id"])] == ["user_message", "workflow", "assistant_message"]


@check(74)
async def test_what_is_no_speech_is_refused(a):
    """Not base64, not a sound, nothing at all: 4xx, or 501 where there is no model that listens."""
    for audio, kind in (("@@@", "audio/webm"), ("", "audio/webm"), (base64.b64encode(b"x").decode(), "text/plain")):
        response = await a.send("input.transcribe", audio_base64=audio, mime_type=kind)
        assert 400 <= response.status_code < 500 or response.status_code == 501


@check(17)
async def test_items_of_one_instant_keep_their_order(tmp_path):
    """Twenty threads answered at once by a tutor that does not wait: history is in the order of the stream."""
    async with house(tmp_path) as home, served(home.app) as address, browser(address) as ada:
        told = await asyncio.gather(*(ada.ask(f"q{number}") for number in range(20)))
        for each in told:
            streamed = [event["item"]["id"] for event in each.events if event["type"] == "thread.item.done"]
            assert [item["id"] for item in await ada.items(each.thread_id)] == streamed


@check(35)
async def test_no_field_of_a_request_moves_a_thread(a, b):
    """Ids and owners that a client makes up are passed over."""
    hers = await a.ask("hi")
    body = {
        "type": "threads.create",
        "params": {"input": message("mine"), "thread_id": hers.thread_id, "id": hers.thread_id, "user_id": "reader-a"},
        "metadata": {"thread_id": hers.thread_id, "subject": "reader-a"},
    }
    response = await b.http.post("/chatkit", json=body)
    (his,) = await b.threads()

    assert response.status_code == 200
    assert his["id"] != hers.thread_id
    assert len(await a.items(hers.thread_id)) == 3


@check(37)
async def test_nobody_is_told_anything(served_book):
    """A browser never seen before, on the server as it is run by default, finds nothing of anyone's."""
    async with (
        httpx2.AsyncClient(base_url=served_book, timeout=20) as known,
        httpx2.AsyncClient(base_url=served_book) as new,
    ):
        hers = await ChatKit(known).ask("What is a queen excluder?")
        nobody = ChatKit(new)
        listed = await nobody.send("threads.list")
        opened = await nobody.send("threads.get_by_id", thread_id=hers.thread_id)

    assert listed.status_code == 401 or listed.json()["data"] == []
    assert opened.status_code in {401, 404}
