"""The REST chat API of the whole server: its health, its tools, its description, and who may see what."""

from __future__ import annotations

import json
import re

import httpx2
import pytest
from tests import served, small_book
from tests.faults.machine import Machine

API = "/api/chatkit"
QUERY = {"query": "When is honey ripe?"}


@pytest.fixture
def browser(address):
    with httpx2.Client(base_url=address, timeout=30) as client:
        yield client


@pytest.fixture
def session(browser):
    """A session of a guest's: its id, and the headers that bring its secret."""
    told = browser.post(f"{API}/session", json={}).json()
    return told["session_id"], {"Authorization": f"Bearer {told['client_secret']}"}


def execute(browser, headers, tool="search_textbook", arguments=None, **fields):
    body = {"tool_name": tool, "arguments": QUERY if arguments is None else arguments, **fields}
    content = json.dumps(body).encode()  # which can hold half a character
    return browser.post(
        f"{API}/tools/execute", content=content, headers={**headers, "content-type": "application/json"}
    )


def test_health_says_that_all_is_well(browser):
    """With the promised words, to anybody."""
    health = browser.get(f"{API}/health")

    assert health.status_code == 200
    assert health.json() == {
        "status": "healthy",
        "chatkit_server": "operational",
        "rag_service": "healthy",
        "store": "operational",
        "told": [],
    }


def test_health_says_which_part_is_away(tmp_path):
    """Without an index or a database there is no answer: 503, and the part by its name."""
    with Machine(tmp_path) as machine, httpx2.Client(base_url=machine.address, timeout=30) as client:
        (tmp_path / "data" / "pageside.db").rename(tmp_path / "away.db")
        store = client.get(f"{API}/health")
        (tmp_path / "away.db").rename(tmp_path / "data" / "pageside.db")
        (tmp_path / "data" / "index").rename(tmp_path / "away")
        search = client.get(f"{API}/health")

    assert (store.status_code, store.json()["status"], store.json()["store"]) == (503, "unhealthy", "unavailable")
    assert store.json()["rag_service"] == "healthy"
    assert (search.status_code, search.json()["rag_service"]) == (503, "unavailable")
    assert search.json()["store"] == "operational"
    assert str(tmp_path) not in store.text + search.text


def test_health_says_that_answers_are_worse(tmp_path):
    """Without Redis where it is set: degraded, and still 200."""
    book = small_book.write(tmp_path / "book")
    with (
        served.server(book, tmp_path / "data", REDIS_URL="redis://127.0.0.1:1") as address,
        httpx2.Client(base_url=address, timeout=30) as client,
    ):
        health = client.get(f"{API}/health")

    assert (health.status_code, health.json()["status"]) == (200, "degraded")
    assert health.json()["chatkit_server"] == "degraded"
    assert "Redis" in health.json()["told"][0]


def test_the_textbook_is_searched_as_a_tool(browser, session):
    """In a session, with the result that programs know."""
    name, headers = session
    response = execute(browser, headers, session_id=name)
    result = response.json()["result"]
    (first, *_) = result["citations"]

    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert set(result) == {"status", "content", "citations", "confidence", "chunks_retrieved"}
    assert set(first) == {"source", "title", "section", "relevance", "text_preview", "url", "quote"}
    assert (result["status"], result["chunks_retrieved"]) == ("success", len(result["citations"]))
    assert first["source"] == "module-2-harvest/week-3-honey.md"
    assert first["quote"] == "Honey is ripe when its water content is below 18 percent."


def test_a_tool_takes_what_it_is_told_to(browser, session):
    """How many, of which labels, about which selection; the session's name may be left out."""
    _, headers = session
    few = execute(browser, headers, arguments={**QUERY, "max_results": 1}).json()["result"]
    labelled = execute(browser, headers, arguments={**QUERY, "filters": {"module": "Module 1"}}).json()["result"]
    selected = execute(browser, headers, arguments={"query": "", "selected_text": "Honey is ripe"}).json()["result"]

    assert few["chunks_retrieved"] == 1
    assert all("module-1" in each["source"] for each in labelled["citations"])
    assert selected["citations"][0]["source"] == "module-2-harvest/week-3-honey.md"


def test_sections_and_quotes_are_found_too(browser, session):
    """As over the Model Context Protocol; what cannot be looked for is a result that says why."""
    headers = session[1]
    places = execute(browser, headers, "find_section", {"name": "the extr"}).json()["result"]
    cited = execute(browser, headers, "lookup_citation", {"quote": "It keeps eggs out of the honey."}).json()["result"]
    nameless = execute(browser, headers, "find_section", {"name": " "}).json()["result"]
    malformed = execute(browser, headers, "lookup_citation", {"quote": 5})

    assert [each["title"] for each in places["sections"]] == ["The extractor"]
    assert places["count"] == 1
    assert (cited["match"], cited["section"]) == ("exact", "The queen excluder")
    assert (nameless["status"], nameless["error"]) == ("error", "invalid_input")
    assert malformed.status_code == 422


def test_what_a_search_cannot_do_is_a_result(browser, session):
    """With a status of its own, in words."""
    response = execute(browser, session[1], arguments={"query": " "})

    assert response.status_code == 200
    assert response.json()["result"]["status"] == "error"
    assert set(response.json()["result"]) == {"status", "error", "message"}


@pytest.mark.parametrize(
    ("fields", "status", "word"),
    [
        ({"tool": "rm_rf"}, 404, "search_textbook"),
        ({"tool": "x\ud800"}, 422, "tool_name"),
        ({"tool": None}, 422, "tool_name"),
        ({"arguments": {}}, 422, "arguments.query"),
        ({"arguments": {"query": 7}}, 422, "arguments.query"),
        ({"arguments": {"query": "\ud800"}}, 422, "half a character"),
        ({"arguments": {"query": "x", "filters": {"\ud800": 1}}}, 422, "arguments.filters"),
        ({"arguments": {"query": "x", "max_results": 0}}, 422, "max_results"),
        ({"arguments": {"query": "x", "max_results": 10**400}}, 422, "max_results"),
        ({"arguments": {"query": "x" * 8001}}, 413, "arguments.query"),
        ({"arguments": []}, 422, "arguments"),
        ({"session_id": "ses_of_another"}, 404, "ses_of_another"),
        ({"session_id": ""}, 404, "session"),
    ],
)
def test_what_a_tool_cannot_take_is_refused(browser, session, fields, status, word):
    """In words that name it; an unknown tool with those that there are."""
    response = execute(browser, session[1], **fields)

    assert response.status_code == status, response.text
    assert word in response.json()["detail"]


def test_a_tool_needs_a_session(browser, session):
    """A cookie is none, nor is another's id; a session that is over is none either."""
    name, headers = session
    without = execute(browser, {}, session_id=name)
    other = browser.post(f"{API}/session", json={}).json()
    crossed = execute(browser, headers, session_id=other["session_id"])
    browser.delete(f"{API}/session", headers=headers)
    over = execute(browser, headers, session_id=name)

    assert (without.status_code, without.headers["www-authenticate"].split()[0]) == (401, "Bearer")
    assert crossed.status_code == 404
    assert over.status_code == 401


def test_a_session_chats_and_looks_back(browser, session, address):
    """The secret is all that a client on another site needs; without it, nothing of this is to be seen."""
    _, headers = session
    with httpx2.Client(base_url=address, headers=headers, timeout=30) as client:
        answer = client.post(f"{API}/chat", json={"message": "When is honey ripe?"}).json()
        created = client.post(f"{API}/chat", json={"message": "When is honey ripe?", "stream": True}).text
        (who,) = re.findall(r'"user_id":"([^"]+)"', created)
        mine = client.get(f"{API}/threads/{who}")
        messages = client.get(f"{API}/threads/{answer['thread_id']}/messages")
    with httpx2.Client(base_url=address, timeout=30) as stranger:
        theirs = [
            stranger.get(f"{API}/threads/{who}"),
            stranger.get(f"{API}/threads/{answer['thread_id']}/messages"),
            stranger.post(f"{API}/chat", json={"message": "And?", "thread_id": answer["thread_id"]}),
            stranger.post(f"{API}/chat", json={"message": "And?", "user_id": who}),
            stranger.delete(f"{API}/threads/{answer['thread_id']}"),
        ]

    assert mine.json()["total"] == 2
    assert [row["content"] for row in messages.json()["messages"]] == ["When is honey ripe?", answer["answer"]]
    assert [response.status_code for response in theirs] == [404] * 5


def test_addresses_that_look_alike_are_told_apart(browser):
    """The search of one's own conversations, one of them to be saved, and its messages all have their place."""
    thread = browser.post(f"{API}/chat", json={"message": "When is honey ripe?"}).json()["thread_id"]
    found = browser.get(f"{API}/threads", params={"query": "honey"})
    saved = browser.get(f"{API}/threads/{thread}/export", params={"format": "json"})
    read = browser.get(f"{API}/threads/{thread}/messages")
    listed = browser.get(f"{API}/threads/{thread}")

    assert [each["id"] for each in found.json()["threads"]] == [thread]
    assert saved.json()["thread"]["id"] == thread
    assert len(read.json()["messages"]) == 2
    assert listed.status_code == 404


def test_the_api_describes_itself(browser):
    """As a page without scripts or anything from elsewhere, and as OpenAPI."""
    page = browser.get("/docs")
    document = browser.get("/openapi.json").json()

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    assert not re.search(r'(src|href)="(https?:)?//', page.text)
    assert all(path in page.text for path in document["paths"])
    assert "use_library_docs" in page.text
    assert "sources[].relevance_score" in page.text
    assert "event: thread.message.delta" in page.text
    assert browser.get("/-/docs").text == page.text
    assert browser.get("/-/openapi.json").json() == document
    assert browser.head("/docs").status_code == 200


def test_every_route_of_the_chat_is_described(browser):
    """In a sentence, with an example of what goes in, and with every status it is answered with."""
    document = browser.get("/openapi.json").json()
    routes = {
        (method, path): told
        for path, item in document["paths"].items()
        for method, told in item.items()
        if "chat" in told.get("tags", [])
    }
    models = document["components"]["schemas"]

    assert set(routes) == {
        ("post", f"{API}/chat"),
        ("get", f"{API}/threads/{{id}}"),
        ("get", f"{API}/threads/{{id}}/messages"),
        ("delete", f"{API}/threads/{{id}}"),
        ("get", f"{API}/health"),
        ("post", f"{API}/test"),
        ("post", f"{API}/tools/execute"),
    }
    for told in routes.values():
        assert told["summary"]
        assert told["description"]
        assert "HTTPValidationError" not in json.dumps(told)
        if body := told.get("requestBody"):
            name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert models[name]["examples"]
    for name in ("ChatAnswer", "ThreadRows", "MessageRows", "Deleted", "ChatHealth", "SearchGiven", "Problem"):
        assert models[name]["additionalProperties"] is False


def test_a_page_of_the_book_comes_before_the_description(tmp_path):
    """Where the book has a page at the same address, it is the book's; the description keeps its other one."""
    book = small_book.write(tmp_path / "book")
    (book / "start.md").write_text("---\nslug: /\n---\n\n# Our docs\n\nThe book's own page.\n", encoding="utf-8")
    with (
        served.server(book, tmp_path / "data") as address,
        httpx2.Client(base_url=address, timeout=30) as client,
    ):
        own = client.get("/docs").text
        described = client.get("/-/docs").text

    assert "The book's own page." in own
    assert "POST /api/chatkit/chat" in described
