"""The REST chat API where processes die, share answers, or are told to ration and to ask who is there."""

from __future__ import annotations

import asyncio
import json
import secrets
from contextlib import asynccontextmanager, suppress

import httpx2
import pytest
from tests import served, small_book
from tests.faults.test_interrupted import ASKED, SAID, two_processes
from tests.scripted_openai import ScriptedOpenAI
from tests.web.test_chat import heard

API = "/api/chatkit"
ROUTES = [
    ("POST", "/chat", {"message": "When is honey ripe?"}),
    ("POST", "/chat", {"message": "When is honey ripe?", "stream": True}),
    ("GET", "/threads/test-user", None),
    ("GET", "/threads/thr_1/messages", None),
    ("DELETE", "/threads/thr_1", None),
    ("POST", "/test?question=honey", None),
    ("POST", "/tools/execute", {"tool_name": "search_textbook", "arguments": {"query": "honey"}}),
]


@asynccontextmanager
async def begun(client, until, **request):
    """A question whose answer has come as far as `until`, and what was heard of it."""
    body = {"message": ASKED, "stream": True}
    async with client.http.stream("POST", f"{API}/chat", json=body, **request) as response:
        pieces = response.aiter_text()
        text = ""
        while until not in text:
            text += await anext(pieces)
        yield heard(text.rpartition("\n\n")[0] + "\n\n")


async def read(client, thread_id, until):
    """The last message, once it holds `until`."""
    async with asyncio.timeout(30):
        while until not in (row := await last(client, thread_id))["content"]:
            later = asyncio.Event()
            asyncio.get_running_loop().call_later(0.2, later.set)
            await later.wait()
    return row


async def last(client, thread_id):
    response = await client.http.get(f"{API}/threads/{thread_id}/messages")
    assert response.status_code == 200, response.text
    return response.json()["messages"][-1]


async def test_a_killed_answer_is_read_with_what_was_said(tmp_path, store_url):
    """By REST as by ChatKit: the words at once, and before long a word that they are not all."""
    with ScriptedOpenAI() as openai:
        openai.say(SAID, "Workers pass ", fault="hold")
        async with two_processes(tmp_path, openai, DATABASE_URL=store_url) as (ada, there, child):
            with suppress(httpx2.TransportError):
                async with begun(ada, "wide [1].") as told:
                    thread_id = told.of("thread.created")[0]["thread_id"]
                    before = await read(there, thread_id, "wide [1].")
                    child.kill()
            after = await read(there, thread_id, "Please try again.)*")
            openai.say(SAID)
            again = await there.http.post(f"{API}/chat", json={"message": ASKED, "thread_id": thread_id})

    assert after["content"] == f"{before['content']}\n\n*(The answer was interrupted here. Please try again.)*"
    assert after["id"] == before["id"]
    assert [(source["type"], source["relevance_score"]) for source in after["sources"]] == [("textbook", None)]
    assert again.json()["outcome"] == "answered"


async def test_a_repeated_question_is_heard_from_another_process(tmp_path, valkey):
    """While one process answers, the other passes the same answer on, whole, with its sources."""
    key = {"Idempotency-Key": "one"}
    with ScriptedOpenAI() as openai:
        openai.say(SAID, *["Workers pass through the slots. "] * 20, pause_s=0.05)
        async with two_processes(tmp_path, openai, REDIS_URL=valkey.url) as (ada, there, _):
            async with begun(ada, "wide [1].", headers=key) as told:
                answer = (await there.http.post(f"{API}/chat", json={"message": ASKED}, headers=key)).json()
            rows = (await ada.http.get(f"{API}/threads/{answer['thread_id']}/messages")).json()["messages"]

    assert told.of("thread.created")[0]["thread_id"] == answer["thread_id"]
    assert answer["status"] == "completed"
    assert answer["outcome"] in {"answered", "closest"}  # heard whole; how sure it is, is not asked here
    assert [row["content"] for row in rows] == [ASKED, answer["answer"]]
    assert rows[1]["sources"] == answer["sources"]
    assert len(openai.requests) == 1


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
def test_nobody_asks_without_a_name(jwt_server, method, path, body):
    """Where readers are known by tokens, each route answers 401 without one, and says how to bring it."""
    response = httpx2.request(method, jwt_server + API + path, json=body)

    assert response.status_code == 401, response.text
    assert response.headers["www-authenticate"].startswith("Bearer")


def test_health_and_the_description_need_no_name(jwt_server):
    """For a monitor and whoever reads about the API."""
    assert [httpx2.get(jwt_server + path).status_code for path in (f"{API}/health", "/docs", "/openapi.json")] == [
        200
    ] * 3


@pytest.fixture(scope="module")
def jwt_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokens")
    secret = "a secret of these tests that is long enough"
    with served.server(
        small_book.write(folder / "book"), folder / "data", AUTH_MODE="jwt", JWT_SECRET=secret, EMBEDDING_MODEL="none"
    ) as address:
        yield address


def test_trials_and_tools_count_as_questions(tmp_path):
    """Whoever has asked as often as they may, by whichever door, is told when to come again."""
    book = small_book.write(tmp_path / "book")
    with (
        served.server(
            book,
            tmp_path / "data",
            AUTH_MODE="header",
            EMBEDDING_MODEL="none",
            PAGESIDE_LIMIT_CHAT_READER="3/hour",
        ) as address,
        httpx2.Client(base_url=address, timeout=30) as client,
    ):
        secret = client.post(f"{API}/session", json={}).json()["client_secret"]
        tool = {"tool_name": "search_textbook", "arguments": {"query": "honey"}}
        bearer = {"Authorization": f"Bearer {secret}"}
        allowed = [
            client.post(f"{API}/chat", json={"message": "When is honey ripe?"}),
            client.post(f"{API}/test", params={"question": "When is honey ripe?"}),
            client.post(f"{API}/tools/execute", json=tool, headers=bearer),
        ]
        refused = [
            client.post(f"{API}/chat", json={"message": "When is honey ripe?", "stream": True}),
            client.post(f"{API}/test", params={"question": "When is honey ripe?", "stream": True}),
            client.post(f"{API}/tools/execute", json=tool, headers=bearer),
        ]
        read = client.get(f"{API}/threads/test-user")

    assert [response.status_code for response in allowed] == [200] * 3
    assert [response.status_code for response in refused] == [429] * 3
    assert all(int(response.headers["retry-after"]) > 0 for response in refused)
    assert read.status_code == 200


def test_a_trial_in_production_is_for_administrators(tmp_path):
    """A guest is refused there, before any model is asked."""
    book = small_book.write(tmp_path / "book")
    with (
        served.server(
            book,
            tmp_path / "data",
            PAGESIDE_ENVIRONMENT="production",
            PAGESIDE_SECRET=secrets.token_urlsafe(48),
            EMBEDDING_MODEL="none",
        ) as address,
        httpx2.Client(base_url=address, timeout=30) as client,
    ):
        refused = client.post(f"{API}/test", params={"question": "When is honey ripe?"})

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_without_chatkit_there_is_no_rest(tmp_path):
    """Switched off together, and not described either."""
    book = small_book.write(tmp_path / "book")
    with (
        served.server(book, tmp_path / "data", CHATKIT_ENABLED="false", EMBEDDING_MODEL="none") as address,
        httpx2.Client(base_url=address, timeout=30) as client,
    ):
        statuses = [client.request(method, API + path, json=body).status_code for method, path, body in ROUTES]
        paths = client.get("/openapi.json").json()["paths"]

    assert set(statuses) == {404}
    assert not [path for path in paths if path.startswith(API)], json.dumps(list(paths))
