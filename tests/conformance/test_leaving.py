"""Leaving, stopping, coming back and sending again."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import pytest
from tests.chatkit_client import message
from tests.conformance.checks import check

DELTA = "assistant_message.content_part.text_delta"
RESUME = {"X-Pageside-Resume": "1"}
MEGABYTES = 8_000_000


def deltas(events):
    return "".join(event["update"]["delta"] for event in events if event.get("update", {}).get("type") == DELTA)


async def answers(client, thread_id):
    return [item for item in await client.items(thread_id) if item["type"] == "assistant_message"]


@check(67)
async def test_leaving_keeps_what_was_said(a, questions):
    """The partial answer is there after a reload, and the thread goes on."""
    async with a.asking(questions["endless"]) as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        for _ in range(5):
            await stream.until(DELTA)
    again = await a.ask("hi", thread=thread_id)
    first, _ = await answers(a, thread_id)

    assert again.errors == []
    assert first["content"][0]["text"].startswith(deltas(stream.events))


@asynccontextmanager
async def sleeper(client, question):
    """A reader who asks, takes the first words, and then nothing more, with hardly any room between him and the server.

    Gives what he has taken.
    """
    body = json.dumps({"type": "threads.create", "params": {"input": message(question)}}).encode()
    url = client.http.base_url
    request = client.http.build_request("POST", client.path, content=body, headers={"content-type": "application/json"})
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.socket(socket.AF_INET6 if ":" in url.host else socket.AF_INET) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(connection, (url.host, url.port or 80))
        await loop.sock_sendall(
            connection, f"POST {request.url.raw_path.decode()} HTTP/1.1\r\n{head}\r\n".encode() + body
        )
        taken = b""
        while b"text_delta" not in taken:
            taken += await loop.sock_recv(connection, 1024)
        yield taken


@check(68)
async def test_a_reader_who_takes_nothing_holds_up_nobody_and_loses_nothing_by_leaving(a, b, questions):
    """Megabytes are said to whoever takes not even the first of them: more than any buffer on the way holds.

    Meanwhile he himself and another reader are answered, the other one megabytes, too; and all that was said to him is
    there after a reload.
    """
    async with sleeper(a, questions["flood"]) as taken:
        async with b.asking(questions["flood"]) as stream, asyncio.timeout(60):
            said = 0
            while said < MEGABYTES:
                said += len((await stream.until(DELTA))["update"]["delta"])
        async with asyncio.timeout(20):
            elsewhere = await a.ask("hi")
            other = await b.ask("hi")
    thread = next(each for each in await a.threads() if each["id"] in taken.decode(errors="replace"))
    again = await a.ask("hi", thread=thread["id"])
    first, _ = await answers(a, thread["id"])

    assert elsewhere.text
    assert other.text
    assert again.errors == []
    assert len(taken) < 100_000
    assert len(first["content"][0]["text"]) >= MEGABYTES


@check(70)
async def test_leaving_before_the_first_word_leaves_no_empty_answer(a, questions):
    """Only the question stays, and what was searched."""
    async with a.asking(questions["slow"]) as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        await stream.until("stream_options")
    await a.ask("hi", thread=thread_id)

    assert len(await answers(a, thread_id)) == 1


@check(40)
async def test_a_thread_deleted_while_it_answers_stays_deleted(a, questions):
    """The stream ends and nothing comes back."""
    async with a.asking(questions["endless"]) as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        await stream.until(DELTA)
        assert await a.call("threads.delete", thread_id=thread_id) == {}
        async with asyncio.timeout(10):
            await stream.rest()

    assert await a.threads() == []
    assert (await a.send("threads.get_by_id", thread_id=thread_id)).status_code == 404


@asynccontextmanager
async def resumable(client, question):
    """The stream of an answer that can be come back to, and where."""
    body = {"type": "threads.create", "params": {"input": message(question)}}
    async with client.http.stream("POST", client.path, json=body, headers=RESUME) as response:
        if "x-pageside-run" not in response.headers:
            pytest.skip("this server offers no way back to an answer")
        yield response, f"{client.path}/runs/{response.headers['x-pageside-run']}"


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
    async with resumable(a, "hi") as (response, run):
        first = await heard(response, 4)
    async with a.http.stream("GET", f"{run}/events", headers={"Last-Event-ID": str(first[-1][0])}) as response:
        rest = await heard(response, 1000)
    (thread,) = await a.threads()

    assert [number for number, _ in first + rest] == list(range(1, len(first + rest) + 1))
    (answer,) = await answers(a, thread["id"])
    assert deltas(event for _, event in first + rest) == answer["content"][0]["text"]


@check(72)
async def test_stopping_ends_an_answer_and_losing_the_connection_does_not(a, questions):
    """For a client that resumes."""
    async with resumable(a, questions["endless"]) as (response, run):
        first = await heard(response, 8)
    async with a.http.stream("GET", f"{run}/events", params={"after": first[-1][0]}) as response:
        more = await heard(response, 20)
    stopped = await a.http.post(f"{run}/stop")
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
    first, second = [await a.http.post(a.path, json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    (thread,) = await a.threads()
    kinds = [item["type"] for item in await a.items(thread["id"])]

    assert (first.status_code, second.status_code) == (200, 200)
    assert thread["id"] in first.text
    assert thread["id"] in second.text
    assert [kind for kind in kinds if kind.endswith("message")] == ["user_message", "assistant_message"]


@check(35)
async def test_no_field_of_a_request_moves_a_thread(a, b):
    """Ids and owners that a client makes up are passed over."""
    hers = await a.ask("hi")
    before = await a.items(hers.thread_id)
    body = {
        "type": "threads.create",
        "params": {"input": message("mine"), "thread_id": hers.thread_id, "id": hers.thread_id, "user_id": "reader-a"},
        "metadata": {"thread_id": hers.thread_id, "subject": "reader-a"},
    }
    response = await b.http.post(b.path, json=body)
    (his,) = await b.threads()

    assert response.status_code == 200
    assert his["id"] != hers.thread_id
    assert await a.items(hers.thread_id) == before
