"""Sessions of a workflow that OpenAI hosts: the real call of its SDK, over real HTTP, to a server that speaks it."""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest
from tests.admitted import ELSEWHERE, door

from pageside.identity.hosted import user
from pageside.identity.reader import Reader

KEY = "not-a-key-of-anybody-8Lw2Xq7Zr4"
SESSION, REFRESH = "/api/chatkit/session", "/api/chatkit/refresh"


class OpenAI:
    """Speaks `POST /v1/chatkit/sessions`; a context manager.

    Attributes:
        asked: What came: headers and body of each request.
        refusals: Statuses to answer with before anything else.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.refusals: deque[int] = deque()
        openai = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                openai.asked.append(({name.lower(): value for name, value in self.headers.items()}, body))
                status = openai.refusals.popleft() if openai.refusals else 200
                assert self.path == "/v1/chatkit/sessions"
                told = openai.made(body) if status == 200 else {"error": {"message": f"no, {KEY}", "type": "x"}}
                answer = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Said nowhere."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def made(self, body: dict[str, Any]) -> dict[str, Any]:
        """As the reference of the API shows a session."""
        per_minute = body["rate_limits"]["max_requests_per_1_minute"]
        return {
            "id": f"cksess_{len(self.asked)}",
            "object": "chatkit.session",
            "client_secret": f"ek_{len(self.asked)}",
            "expires_at": 1_795_000_000 + body["expires_after"]["seconds"],
            "workflow": {**body["workflow"], "version": None, "state_variables": None, "tracing": {"enabled": True}},
            "user": body["user"],
            "rate_limits": {"max_requests_per_1_minute": per_minute},
            "max_requests_per_1_minute": per_minute,
            "status": "active",
            "chatkit_configuration": {
                "automatic_thread_titling": {"enabled": True},
                "file_upload": {"enabled": False, "max_file_size": None, "max_files": None},
                "history": {"enabled": True, "recent_threads": None},
            },
        }  # fmt: skip

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)
        self._server.server_close()


@pytest.fixture
def openai():
    with OpenAI() as served:
        yield served


@pytest.fixture
def hosted(openai):
    return {
        "workflow_id": "wf_68df4b13b3588190a09d19288d4610ec",
        "openai_api_key": KEY,
        "openai_base_url": openai.base_url,
        "session_ttl_s": 600,
        "workflow_requests_per_minute": 7,
    }


async def test_a_session_is_begun_at_openai(tmp_path, openai, hosted):
    """For the reader, of the workflow, for the time and at the rate that the settings say."""
    async with door(tmp_path, auth_mode="header", **hosted) as house, house.client(x_user_id="ada") as client:
        answer = await client.post(SESSION, json={})
    headers, body = openai.asked[0]

    assert answer.json() == {"client_secret": "ek_1", "session_id": "cksess_1", "expires_at": 1_795_000_600}
    assert answer.headers["cache-control"] == "no-store"
    assert body == {
        "user": "ada",
        "workflow": {"id": "wf_68df4b13b3588190a09d19288d4610ec"},
        "expires_after": {"anchor": "created_at", "seconds": 600},
        "rate_limits": {"max_requests_per_1_minute": 7},
    }
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers["openai-beta"] == "chatkit_beta=v1"


async def test_renewing_begins_anew_for_the_same_reader(tmp_path, openai, hosted):
    """That API renews nothing; whose session is named does not matter, for it is always the caller's own."""
    async with door(tmp_path, **hosted) as house, house.client() as client:
        first = await client.post(SESSION, json={})
        for named in ("cksess_1", "ek_1"):
            assert (await client.post(REFRESH, json={"existing_session_id": named})).status_code == 200
    users = [body["user"] for _, body in openai.asked]

    assert first.status_code == 200
    assert len(users) == 3
    assert len(set(users)) == 1
    assert users[0].startswith("gst_")


async def test_who_is_nobody_here_gets_nothing_there(tmp_path, openai, hosted):
    """Neither begun nor renewed; a guest is known on our own pages alone."""
    async with door(tmp_path, cors_origins=ELSEWHERE, **hosted) as house, house.client(origin=ELSEWHERE) as client:
        begun = await client.post(SESSION, json={})
        renewed = await client.post(REFRESH, json={"existing_session_id": "cksess_1"})
        ended = await client.delete(SESSION)

    assert (begun.status_code, renewed.status_code, ended.status_code) == (403, 401, 501)
    assert openai.asked == []


@pytest.mark.parametrize("statuses", [[500, 500], [429, 429], [401], [404], [400]])
async def test_what_openai_refuses_is_told_without_what_it_said(tmp_path, capfd, openai, hosted, statuses):
    """503 in our own words; our key is in no answer and no log."""
    openai.refusals.extend(statuses)
    async with door(tmp_path, **hosted) as house, house.client() as client:
        answer = await client.post(SESSION, json={})
        made = await client.post(SESSION, json={})
    told = answer.text + str(answer.headers) + made.text + "".join(capfd.readouterr())

    assert (answer.status_code, answer.json()["code"], made.status_code) == (503, "sessions_unavailable", 200)
    assert KEY not in told


async def test_a_passing_fault_is_tried_again(tmp_path, openai, hosted):
    """Once."""
    openai.refusals.append(500)
    async with door(tmp_path, **hosted) as house, house.client() as client:
        answer = await client.post(SESSION, json={})

    assert (answer.status_code, len(openai.asked)) == (200, 2)


def test_readers_of_one_name_in_two_organisations_are_two():
    """Whatever characters their names have."""
    names = [("ada", ""), ("ada", "school"), ("school/ada", ""), ("b/ada", "a"), ("ada", "a/b"), ("ada@x.example", "")]

    assert len({user(Reader(*name)) for name in names}) == len(names)
    assert user(Reader("ada@x.example")) == "ada@x.example"
