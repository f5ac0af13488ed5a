"""Bad input and what is switched off: a 4xx or 501 that says what is wrong, never a 500, never a broken stream."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.chatkit_client import message
from tests.conformance.checks import check

CREATE = {"type": "threads.create", "params": {"input": message("hi")}}


def refused(response, *statuses):
    assert response.status_code in statuses, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    assert {"type", "title", "detail", "code", "request_id"} <= document.keys()
    assert not any(word in response.text for word in ("Traceback", "sqlalchemy", "pydantic", "SELECT"))
    return document["detail"]


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
    refused(await a.raw(body), 400)


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
async def test_a_field_that_is_wrong_is_named(a, params, named):
    """422, and no thread is begun."""
    assert named in refused(await a.send("threads.create", **params), 422)
    assert await a.threads() == []


async def test_metadata_of_the_wrong_kind_is_refused_or_passed_over(a):
    """It must be an object; what stands in it is taken where it is usable."""
    refused(await a.raw(json.dumps(CREATE | {"metadata": [1]}).encode()), 422)
    odd = {"userInfo": [1], "pageContext": "x", "selectedText": 7, "filters": {"module": {"a": 1}}}

    assert (await a.ask("hi", metadata=odd)).errors == []


async def test_a_message_over_its_limit_is_413(a):
    """8,000 characters by default."""
    refused(await a.send("threads.create", input=message("x" * 8001)), 413)

    assert (await a.ask("x" * 8000)).errors == []


@check(60)
async def test_a_large_body_is_413_at_once(a):
    """Whether it says how large it is or not."""

    async def chunks():
        for _ in range(200):
            yield b" " * 100_000

    refused(await a.raw(b"{" + b" " * 20_000_000), 413)
    refused(await a.http.post("/chatkit", content=chunks()), 413)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"type":"threads.list","params":{"x":' + b"["])
async def test_deep_json_is_refused(a, opening):
    """A hundred thousand levels cost nothing."""
    refused(await a.raw(opening * 100_000), 413, 422)
    refused(await a.raw(opening * 1_000), 422)


@check(75)
async def test_what_is_switched_off_says_so(a):
    """501 with words: this server was given no model that listens."""
    response = await a.send("input.transcribe", audio_base64="aGVsbG8=", mime_type="audio/webm")

    refused(response, 501)


@pytest.mark.parametrize("item_ids", [[], ["msg_unknown"], ["x"] * 101])
@check(41)
async def test_feedback_on_nothing_is_refused(a, item_ids):
    """Unknown items are 404; none or too many are 422."""
    told = await a.ask("hi")

    refused(await a.send("items.feedback", thread_id=told.thread_id, item_ids=item_ids, kind="positive"), 404, 422)


@check(65)
async def test_two_questions_at_once_in_a_thread_never_interleave(a):
    """One is answered, the other is told that the thread is busy."""
    told = await a.ask("hi")
    async with a.asking("slow", thread=told.thread_id):
        busy = await a.send("threads.add_user_message", thread_id=told.thread_id, input=message("me too"))
        again = await a.send("threads.retry_after_item", thread_id=told.thread_id, item_id=told.events[1]["item"]["id"])

    refused(busy, 409)
    refused(again, 409)
    assert busy.json()["code"] == "thread_busy"
    assert "me too" not in json.dumps(await a.items(told.thread_id))


async def test_other_paths_and_methods_are_refused_alike(a):
    """404 and 405 are problem documents too."""
    refused(await a.http.get("/nowhere"), 404)
    refused(await a.http.get("/chatkit"), 405)


@check(76)
async def test_many_readers_are_answered_each_their_own(a, b):
    """Sixty streams at once; nobody sees another's words."""
    told = await asyncio.gather(*[(a, b)[n % 2].ask(f"question {n}") for n in range(60)])

    assert all(f"“question {n}”" in answer.text for n, answer in enumerate(told))
    assert len({answer.thread_id for answer in told}) == 60
    assert {len(await a.threads()), len(await b.threads())} == {30}
