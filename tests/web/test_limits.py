"""Bodies that are too large or too deep."""

from __future__ import annotations

import json

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from pageside.web.limits import Limits, deeper_than

NESTED = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


async def echo(scope, receive, send):
    body = await Request(scope, receive).body()
    await Response(body)(scope, receive, send)


@pytest.fixture
async def client():
    app = Limits(echo, max_bytes=100, max_depth=3)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://t") as opened:
        yield opened


@given(NESTED, st.integers(0, 6), st.booleans())
def test_depth_is_measured_as_json_means_it(value, limit, spaced):
    """Brackets in strings do not count, whatever is escaped in them."""
    body = json.dumps(value, indent=1 if spaced else None).encode()

    assert deeper_than(body, limit) is (depth(value) > limit)


@given(st.binary(max_size=200))
def test_depth_of_what_is_no_json_is_measured_too(body):
    """It never raises; the parser says what is wrong."""
    assert deeper_than(body, 200) is False


async def test_a_body_within_its_limits_arrives_whole(client):
    """Sent at once or in pieces."""

    async def pieces():
        yield b"a" * 60
        yield b"b" * 40

    assert (await client.post("/", content=b"a" * 100)).content == b"a" * 100
    assert (await client.post("/", content=pieces())).content == b"a" * 60 + b"b" * 40


async def test_a_body_over_its_limit_is_refused(client):
    """By what it says, and by what it is."""

    async def pieces():
        yield b"a" * 60
        yield b"b" * 41

    refused = [
        await client.post("/", content=b"a" * 101),
        await client.post("/", content=pieces()),
        await client.post("/", content=b"", headers={"content-length": "9" * 50}),
    ]

    assert [response.status_code for response in refused] == [413, 413, 413]
    assert refused[0].json()["detail"] == "The body is larger than 100 bytes."


async def test_a_body_that_is_too_deep_is_refused(client):
    """Four levels where three are allowed."""
    assert (await client.post("/", json=[[[1]]])).status_code == 200
    assert (await client.post("/", json=[[{"a": []}]])).status_code == 422


async def test_reading_has_no_body_to_limit(client):
    """GET passes."""
    assert (await client.get("/")).status_code == 200


async def test_a_client_that_leaves_while_sending_is_let_go():
    """No answer is made for nobody."""
    sent = []

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    await Limits(JSONResponse({}))({"type": "http", "method": "POST", "headers": []}, receive, send)

    assert sent == []
