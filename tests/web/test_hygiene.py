"""What browsers are told, and what a page of another site can make them do: over a small application."""

from __future__ import annotations

import asyncio
import re

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from tests import served, small_book
from tests.chatkit_client import message

from pageside.web.hygiene import CrossOrigin, ForeignPages, SecurityHeaders

BOOK = "https://book.example"
EVIL = "https://evil.example"
COOKIE = {"Cookie": "pageside_guest=x"}
SENT = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, X-Pageside-Resume, X-Request-ID"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


async def answer(request: Request):
    if request.url.path == "/public":
        return PlainTextResponse("x", headers={"Cache-Control": "public, max-age=300"})
    if request.url.path == "/anybody":
        return PlainTextResponse("x", headers={"Access-Control-Allow-Origin": "*"})
    return PlainTextResponse((await request.body()).decode() or "ok")


def guarded(*, origins=(BOOK,), framed_by=(BOOK,), production=False, route=answer):
    app = Starlette(routes=[Route("/{path:path}", route, methods=METHODS)])
    app.add_middleware(ForeignPages, origins=origins)
    app.add_middleware(CrossOrigin, origins=origins)
    app.add_middleware(SecurityHeaders, framed_by=framed_by, strict_transport=production)
    return app


def browser(app, address="https://chat.example"):
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=address)


@pytest.fixture
async def ada():
    async with browser(guarded()) as client:
        yield client


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_a_listed_origin_may_ask_anything_with_the_headers_we_use(ada, method):
    """What its browser asks first is answered for every route, with the reader's credentials and never with `*`."""
    asked = {"Origin": BOOK, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": SENT.lower()}
    told = await ada.options("/api/chatkit/threads/thr_1", headers=asked)
    taken = {name.strip().lower() for name in told.headers["access-control-allow-headers"].split(",")}

    assert told.status_code == 204
    assert told.headers["access-control-allow-origin"] == BOOK
    assert told.headers["access-control-allow-credentials"] == "true"
    assert method in told.headers["access-control-allow-methods"].split(", ")
    assert taken >= {name.lower() for name in SENT.split(", ")}
    assert "Origin" in told.headers["vary"]


async def test_a_listed_origin_may_read_what_the_answer_says(ada):
    """The run to come back to, the request's id, and when to try again."""
    told = await ada.get("/x", headers={"Origin": BOOK})
    shown = told.headers["access-control-expose-headers"].split(", ")

    assert told.headers["access-control-allow-origin"] == BOOK
    assert told.headers["access-control-allow-credentials"] == "true"
    assert {"X-Pageside-Run", "X-Request-ID", "Retry-After", "RateLimit-Limit", "RateLimit-Reset"} <= set(shown)


@pytest.mark.parametrize(
    "origin", [EVIL, "null", f"{BOOK}.evil.example", "https://book.example:8443", "http://book.example"]
)
async def test_no_other_origin_is_told_anything(ada, origin):
    """Neither before nor with the answer; and what it gets is kept for no other."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    before, told = await ada.options("/x", headers=asked), await ada.get("/x", headers={"Origin": origin})

    assert "access-control-allow-origin" not in before.headers
    assert "access-control-allow-origin" not in told.headers
    assert told.headers["vary"] == "Origin"


async def test_an_answer_for_nobody_in_particular_is_still_kept_apart(ada):
    """What a cache keeps of a request without an origin would lack the headers that a listed one needs."""
    assert (await ada.get("/public")).headers["vary"] == "Origin"


async def test_what_any_site_may_have_stays_so(ada):
    """An upload's address is its own permission; a listed origin is named, for browsers refuse `*` with cookies."""
    assert (await ada.get("/anybody", headers={"Origin": EVIL})).headers["access-control-allow-origin"] == "*"
    assert (await ada.get("/anybody", headers={"Origin": BOOK})).headers["access-control-allow-origin"] == BOOK


async def test_without_a_list_there_is_nothing_to_say():
    """Not even `Vary`: every cache may keep pages for everybody."""
    async with browser(guarded(origins=(), framed_by=())) as client:
        told = await client.get("/public", headers={"Origin": BOOK})

    assert "access-control-allow-origin" not in told.headers
    assert "vary" not in told.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "told",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": "https://chat.example.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": EVIL},
        {"Origin": EVIL, "Authorization": "Basic YTpi"},
    ],
)
async def test_a_foreign_page_does_nothing_with_a_readers_cookie(ada, method, told):
    """It is refused before it does anything, in words."""
    refused = await ada.request(method, "/x", headers={**COOKIE, **told})

    assert refused.status_code == 403
    assert refused.json()["code"] == "forbidden"
    assert "CORS_ORIGINS" in refused.json()["detail"]


@pytest.mark.parametrize(
    "told",
    [
        {},  # curl
        {"Origin": "https://chat.example"},
        {"Origin": "https://CHAT.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://chat.example"},  # behind a proxy that speaks TLS for us, or does not
        {"Sec-Fetch-Site": "none"},
        {"Origin": BOOK},
        {"Origin": BOOK, "Sec-Fetch-Site": "cross-site"},
        {"Origin": EVIL, "Authorization": "Bearer x"},
    ],
)
async def test_our_own_pages_listed_ones_and_no_browsers_at_all_go_on(ada, told):
    """A Bearer token is added by nobody but whoever was given it."""
    assert (await ada.post("/x", headers={**COOKIE, **told}, content=b"body")).text == "body"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_is_allowed_to_links_of_other_sites(ada, method):
    """A link to the book is followed with the cookie, from wherever it is."""
    assert (await ada.request(method, "/x", headers={**COOKIE, "Sec-Fetch-Site": "cross-site"})).status_code == 200


async def test_without_a_cookie_there_is_nothing_to_abuse(ada):
    """A foreign page that asks for itself is whoever routes take it for."""
    assert (await ada.post("/x", headers={"Origin": EVIL}, content=b"x")).status_code == 200


async def test_every_answer_forbids_what_our_pages_never_do(ada):
    """Also a refusal; frames are for the listed sites."""
    refused = await ada.post("/x", headers={**COOKIE, "Origin": EVIL})
    policy = (await ada.get("/x")).headers["content-security-policy"]

    assert refused.headers["content-security-policy"] == policy
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert refused.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in refused.headers["permissions-policy"]
    assert "x-frame-options" not in refused.headers
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert policy.endswith(f"frame-ancestors 'self' {BOOK}")


async def test_frames_are_our_own_where_nobody_is_listed():
    """For older browsers too."""
    async with browser(guarded(origins=(), framed_by=())) as client:
        told = (await client.get("/public")).headers

    assert told["content-security-policy"].endswith("frame-ancestors 'self'")
    assert told["x-frame-options"] == "SAMEORIGIN"
    assert told["cross-origin-resource-policy"] == "same-origin"


async def test_only_what_is_public_may_be_used_by_listed_sites(ada):
    """A script of ours stands on their pages; what is a reader's is nothing to put on a page."""
    assert (await ada.get("/public")).headers["cross-origin-resource-policy"] == "cross-origin"
    assert (await ada.get("/x")).headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("production", "address", "told"),
    [
        (True, "https://chat.example", True),
        (True, "http://chat.example", False),
        (False, "https://chat.example", False),
    ],
)
async def test_https_stays_https_in_production(production, address, told):
    """Nobody is told so over HTTP, where anybody could say it, and no developer's machine is locked."""
    async with browser(guarded(production=production), address) as client:
        assert ("strict-transport-security" in (await client.get("/x")).headers) is told


async def test_nothing_here_holds_a_stream_back():
    """Each piece leaves as it is made, though a browser of a listed site reads it."""
    made = []

    async def pieces(_: Request):
        async def stream():
            for piece in ("one", "two"):
                made.append(f"made {piece}")
                yield piece

        return StreamingResponse(stream())

    async def receive():
        return await asyncio.Event().wait()

    async def send(message):
        if message["type"] == "http.response.body" and message["body"]:
            made.append(f"sent {message['body'].decode()}")

    scope = {"type": "http", "method": "GET", "path": "/x", "query_string": b"", "scheme": "https", "root_path": ""}
    headers = [(b"host", b"chat.example"), (b"origin", BOOK.encode())]
    await guarded(route=pieces)({**scope, "headers": headers, "http_version": "1.1"}, receive, send)

    assert made == ["made one", "sent one", "made two", "sent two"]


# The whole server, in a process of its own.


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hygiene")
    small_book.write(folder / "book")
    with served.server(folder / "book", folder / "data", CORS_ORIGINS=f"{BOOK}, http://localhost:3000") as address:
        yield address


@pytest.mark.parametrize("page", ["/", "/docs", "/nowhere"])
async def test_our_pages_need_no_more_than_the_policy_allows(url, page):
    """No script, style or handler stands in a page itself, and nothing comes from elsewhere."""
    async with httpx2.AsyncClient(base_url=url) as client:
        told = await client.get(page)

    assert told.headers["content-type"].startswith("text/html")
    assert "unsafe" not in told.headers["content-security-policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|(?:src|href)=.?https?://", told.text) == []


async def test_a_listed_site_chats_with_a_session_and_reads_all_it_needs(url):
    """From what its browser asks first to the last event of a stream that can be resumed."""
    asked = {"type": "threads.create", "params": {"input": message("What is a queen excluder?")}}
    async with httpx2.AsyncClient(base_url=url, timeout=60, headers={"Origin": BOOK}) as client:
        first = await client.options("/chatkit", headers={"Access-Control-Request-Method": "POST"})
        begun = await client.post("/api/chatkit/session", json={})
        bearer = {"Authorization": f"Bearer {begun.json()['client_secret']}", "X-Pageside-Resume": "1"}
        told = await client.post("/chatkit", json=asked, headers=bearer)
        refused = await client.post("/chatkit", json=asked, headers={"Authorization": "Bearer nobody"})

    assert first.status_code == 204
    assert told.status_code == 200
    assert "thread.item.done" in told.text
    assert told.headers["x-pageside-run"]
    assert refused.status_code == 401
    assert {each.headers["access-control-allow-origin"] for each in (first, begun, told, refused)} == {BOOK}


async def test_a_site_that_is_not_listed_changes_nothing_with_a_guests_cookie(url):
    """Though it names a thread of the guest's, by any route that changes something."""
    asked = {"type": "threads.create", "params": {"input": message("What is a queen excluder?")}}
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        told = await client.post("/chatkit", json=asked)
        thread = re.search(r"thr_\w+", told.text)[0]
        foreign = {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}
        answers = [
            await client.delete(f"/api/chatkit/threads/{thread}", headers=foreign),
            await client.delete("/api/chatkit/me", headers=foreign),
            await client.post("/chatkit", json=asked, headers=foreign),
            await client.post("/api/chatkit/chat", json={"message": "q"}, headers=foreign),
        ]
        left = await client.post("/chatkit", json={"type": "threads.list", "params": {}})

    assert {answer.status_code for answer in answers} == {403}
    assert [each["id"] for each in left.json()["data"]] == [thread]


async def test_any_site_may_send_a_file_to_the_address_it_was_given(url):
    """What browsers ask before that is still answered for everybody."""
    first = {"Origin": EVIL, "Access-Control-Request-Method": "PUT"}
    async with httpx2.AsyncClient(base_url=url) as client:
        told = await client.options("/chatkit/attachments/att_1", headers=first)

    assert told.headers["access-control-allow-origin"] == "*"
