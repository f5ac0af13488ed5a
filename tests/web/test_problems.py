"""Errors as problem documents."""

from __future__ import annotations

import httpx2
import pytest
from fastapi import FastAPI, HTTPException

from pageside import errors
from pageside.conversation.busy import Busy
from pageside.phrases import refusals
from pageside.web import problems
from pageside.web.middleware import RequestIds


@pytest.fixture
async def client():
    app = FastAPI()
    problems.install(app)
    app.add_middleware(RequestIds)

    @app.get("/raise/{name}")
    async def raising(name: str, number: int = 0):
        raise {
            "ours": errors.ThreadBusy("Busy with 'x'."),
            "store": errors.StoreUnavailable("Gone."),
            "busy": Busy(refusals.STILL_ANSWERING, retry_after_s=7),
            "http": HTTPException(403, "Not you."),
            "unforeseen": RuntimeError("password=hunter2"),
        }[name]

    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://t") as opened:
        yield opened


async def test_our_errors_say_what_they_are(client):
    """Status, code, words, whether to try again, and the request."""
    response = await client.get("/raise/ours", headers={"x-request-id": "req-12345678"})

    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:pageside:problem:thread_busy",
        "title": "Conflict",
        "status": 409,
        "detail": "Busy with 'x'.",
        "code": "thread_busy",
        "retryable": True,
        "request_id": "req-12345678",
    }


async def test_what_is_unavailable_says_when_to_come_back(client):
    """503 with Retry-After."""
    response = await client.get("/raise/store")

    assert response.status_code == 503
    assert 2 <= int(response.headers["retry-after"]) <= 8


async def test_what_is_under_way_says_how_long_it_may_take(client):
    """409 with the time that the denial itself names; one that knows no time names none."""
    busy, ours = await client.get("/raise/busy"), await client.get("/raise/ours")

    assert (busy.status_code, busy.headers["retry-after"]) == (409, "7")
    assert busy.json()["detail"] == refusals.STILL_ANSWERING.said("en", wait="7 seconds")
    assert "retry-after" not in ours.headers


async def test_the_unforeseen_shows_nothing_of_the_inside(client):
    """500, logged, without the exception's text; the request's id is there."""
    response = await client.get("/raise/unforeseen")

    assert response.status_code == 500
    assert response.json()["code"] == "internal"
    assert response.json()["request_id"]
    assert "hunter2" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("DELETE", "/raise/ours", 405, "method_not_allowed"),
        ("GET", "/raise/http", 403, "forbidden"),
        ("GET", "/raise/ours?number=x", 422, "invalid_input"),
    ],
)
async def test_every_other_refusal_has_the_same_shape(client, method, path, status, code):
    """404, 405, what a route raises, and what does not validate."""
    response = await client.request(method, path)

    assert response.status_code == response.json()["status"] == status
    assert response.json()["code"] == code
    assert response.json()["detail"]


def test_every_error_of_the_tree_has_its_own_code():
    """A client can tell them apart."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]

    assert len(kinds) > 10
    assert len({kind.code for kind in kinds}) == len(kinds)
