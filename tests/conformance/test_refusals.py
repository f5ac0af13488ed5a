"""Bad input and what is switched off: a 4xx or 501 that says what is wrong, never a 500, never a broken stream."""

from __future__ import annotations

import asyncio
import base64
import json

import httpx2
import pytest
from tests.chatkit_client import message
from tests.conformance.checks import check
from tests.conformance.denials import denied
from tests.conformance.target import heard

CREATE = {"type": "threads.create", "params": {"input": message("hi")}}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{not json",
        b"[]",
        b'"text"',
        b"null",
        b"{}",
        b'{"type": "threads.list"}',
        b'{"type": "threads.list", "params": null}',
        b'{"type": "threads.list", "params": []}',
        b'{"params": {}}',
        b'{"type": "threads.run", "params": {}}',
        b'{"type": ["threads.list"], "params": {}}',
        b'{"type": "threads.list", "params": {"limit": NaN}}',
        b"\xff\xfe{}",
        b'{"type": "threads.create", "params": {"input": {"content": [{"type": "input_text", "text": "\\ud800"}]}}}',
    ],
)
@check(59)
async def test_what_is_no_request_is_400(a, body):
    """JSON, an object, a known type, params."""
    denied(await a.raw(body), 400)


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({}, "input"),
        ({"input": {}}, "content"),
        ({"input": message("hi") | {"content": "hi"}}, "content"),
        ({"input": message("hi") | {"inference_options": None}}, "inference_options"),
        ({"input": message("hi") | {"content": [{"type": "input_video", "text": "x"}]}}, "content"),
        ({"input": message("hi") | {"attachments": [1]}}, "attachments"),
        ({"input": message("hi") | {"content": []}}, "empty"),
        ({"input": message(" \n\x00")}, "empty"),
        ({"input": message("hi") | {"attachments": ["atc_1"] * 11}}, "attachments"),
    ],
)
async def test_a_field_that_is_wrong_is_named(a, params, named, inside):
    """422, and no thread is begun."""
    assert named in denied(await a.send("threads.create", **params), 422)
    assert await a.threads() == []


async def test_metadata_of_the_wrong_kind_is_refused_or_passed_over(a, inside):
    """It must be an object; what stands in it is taken where it is usable."""
    denied(await a.raw(json.dumps(CREATE | {"metadata": [1]}).encode()), 422)
    odd = {"userInfo": [1], "pageContext": "x", "selectedText": 7, "filters": {"module": {"a": 1}}}

    assert (await a.ask("hi", metadata=odd)).errors == []


async def test_a_message_over_its_limit_is_413(a, inside):
    """8,000 characters by default."""
    denied(await a.send("threads.create", input=message("x" * 8001)), 413)

    assert (await a.ask("x" * 8000)).errors == []


@check(60)
async def test_a_large_body_is_413_at_once(a):
    """Whether it says how large it is or not; in less time than it takes to read it as JSON and store it."""

    async def chunks():
        for _ in range(200):
            yield b" " * 100_000

    async with asyncio.timeout(10):
        denied(await a.raw(b"{" + b" " * 20_000_000), 413)
        denied(await a.http.post(a.path, content=chunks()), 413)
        denied(await a.raw(json.dumps(CREATE | {"metadata": {"x": "y" * 20_000_000}}).encode()), 413)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"type":"threads.list","params":{"x":' + b"["])
async def test_deep_json_is_refused(a, opening, inside):
    """A hundred thousand levels cost nothing."""
    denied(await a.raw(opening * 100_000), 413, 422)
    denied(await a.raw(opening * 1_000), 422)


@check(75)
@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("input.transcribe", {"audio_base64": base64.b64encode(b"RIFF").decode(), "mime_type": "audio/wav"}),
        ("attachments.create", {"name": "a.txt", "size": 3, "mime_type": "text/plain"}),
        ("attachments.delete", {"attachment_id": "atc_unknown"}),
    ],
)
async def test_what_is_switched_off_says_so(a, operation, params):
    """A server may not listen, or take no files; then it says 501 or 4xx in words."""
    response = await a.send(operation, **params)

    if response.status_code != 200:
        denied(response, 501, *range(400, 500))


async def test_nobody_listens_here(a, inside):
    """501 with words: this server was given no model that listens."""
    denied(await a.send("input.transcribe", audio_base64="aGVsbG8=", mime_type="audio/webm"), 501)


@check(74)
async def test_what_is_no_speech_is_refused(a):
    """Not base64, not a sound, nothing at all: 4xx, or 501 where there is no model that listens."""
    for audio, kind in (("@@@", "audio/webm"), ("", "audio/webm"), (base64.b64encode(b"x").decode(), "text/plain")):
        denied(await a.send("input.transcribe", audio_base64=audio, mime_type=kind), 501, *range(400, 500))


@pytest.mark.parametrize("item_ids", [[], ["msg_unknown"], ["x"] * 101])
async def test_feedback_on_nothing_is_refused(a, item_ids, inside):
    """Unknown items are 404; none or too many are 422."""
    told = await a.ask("hi")

    denied(await a.send("items.feedback", thread_id=told.thread_id, item_ids=item_ids, kind="positive"), 404, 422)


async def within(seconds, request):
    """The response to `request` if it comes in time, else nothing."""
    try:
        async with asyncio.timeout(seconds):
            return await request
    except TimeoutError:
        return None


@check(65)
async def test_two_questions_at_once_in_a_thread_never_interleave(a, questions):
    """While one is answered, the other is refused or waits; whatever comes of it, each answer follows its question."""
    told = await a.ask("hi")
    question = told.events[1]["item"]["id"]
    async with a.asking(questions["endless"], thread=told.thread_id) as stream:
        await stream.until("assistant_message.content_part.text_delta")
        busy = [
            await within(3, a.send("threads.add_user_message", thread_id=told.thread_id, input=message("me too"))),
            await within(3, a.send("threads.retry_after_item", thread_id=told.thread_id, item_id=question)),
        ]
    await a.ask("hi", thread=told.thread_id)
    kinds = [item["type"] for item in await a.items(told.thread_id) if item["type"].endswith("message")]

    for response in busy:
        if response is not None:
            denied(response, 409)
    assert kinds[::2] == ["user_message"] * (len(kinds) // 2)
    assert kinds[1::2] == ["assistant_message"] * (len(kinds) // 2)


async def test_a_busy_thread_says_so(a, inside):
    """By a code, and when to come back; nothing of the second question is kept."""
    told = await a.ask("hi")
    async with a.asking("slow", thread=told.thread_id):
        busy = await a.send("threads.add_user_message", thread_id=told.thread_id, input=message("me too"))

    assert (busy.status_code, busy.json()["code"]) == (409, "thread_busy")
    assert int(busy.headers["retry-after"]) >= 1
    assert "me too" not in json.dumps(await a.items(told.thread_id))


async def test_other_paths_and_methods_are_refused_alike(a, inside):
    """404 and 405 are problem documents too."""
    denied(await a.http.get("/nowhere"), 404)
    denied(await a.http.get("/chatkit"), 405)


@check(76)
async def test_many_readers_are_answered_each_their_own(a, b, questions):
    """Two hundred streams at once, a hundred of each reader; nobody sees another's words."""
    for client in (a, b):
        client.http.timeout = httpx2.Timeout(120)
    asked = [f"{questions['echo']} {n}" for n in range(200)]
    told = await asyncio.gather(*[(a, b)[n % 2].ask(question) for n, question in enumerate(asked)])

    assert [answer.text for answer in told] == [heard(question) for question in asked]
    assert all(answer.done("user_message")[0]["content"][0]["text"] == q for answer, q in zip(told, asked, strict=True))
    assert {thread["id"] for thread in await a.threads()} == {answer.thread_id for answer in told[::2]}
    assert {thread["id"] for thread in await b.threads()} == {answer.thread_id for answer in told[1::2]}
