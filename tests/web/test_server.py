"""The server from outside: pages, health, identity and headers, over real HTTP."""

from __future__ import annotations

import json
import re

import httpx2
import pytest
from tests import served, small_book

from pageside.web import element

ASK = {
    "type": "threads.create",
    "params": {
        "input": {
            "content": [{"type": "input_text", "text": "When is honey ripe?"}],
            "attachments": [],
            "inference_options": {},
        }
    },
}


@pytest.fixture
def browser(address):
    with httpx2.Client(base_url=address, timeout=30) as client:
        yield client


def events(response):
    assert response.headers["content-type"].startswith("text/event-stream")
    return [json.loads(line[6:]) for line in response.text.splitlines() if line.startswith("data: ")]


def threads(browser):
    answer = browser.post("/chatkit", json={"type": "threads.list", "params": {}})
    return [thread["id"] for thread in answer.json()["data"]]


def test_the_book_is_shown_at_the_top(browser):
    """`/` shows the first page, with the contents and, where it was built, the assistant."""
    page = browser.get("/")

    assert page.status_code == 200
    assert "A colony of honey bees is one animal made of many." in page.text
    assert 'href="/docs/module-1-hive/week-1-parts"' in page.text
    assert ('<script src="/loader.js" defer' in page.text) == element.is_built()
    assert ("make widget" in page.text) != element.is_built()


def test_a_citation_leads_to_its_page_and_heading(browser):
    """The address in an answer is one this server shows, and the heading there bears the anchor."""
    final = [
        event["item"] for event in events(browser.post("/chatkit", json=ASK)) if event["type"] == "thread.item.done"
    ]
    source = final[-1]["content"][0]["annotations"][0]["source"]
    page, _, fragment = source["url"].partition("#")
    shown = browser.get(page)

    assert shown.status_code == 200
    assert f'id="{fragment.partition(":~:")[0]}"' in shown.text
    assert "Honey is ripe when its water content is below 18 percent." in shown.text


def test_links_between_pages_lead_to_pages(browser):
    """A link to a file of the book leads to where that file is shown."""
    shown = browser.get("/docs/module-2-harvest/week-3-honey").text
    target = re.search(r'href="([^"]+)">the supers', shown)

    assert target
    assert browser.get(target[1].partition("#")[0]).status_code == 200
    assert "module-1-hive/week-1-parts#the-supers" in target[1]


def test_a_monitor_may_ask_for_the_head_alone(browser):
    """`HEAD /` is answered as `GET /` is, without the page."""
    assert browser.head("/").status_code == 200


def test_an_unknown_page_is_not_found(browser):
    """A page says so, with the status a browser understands, and with the contents to go on from."""
    shown = browser.get("/docs/nowhere")

    assert shown.status_code == 404
    assert "No page of this book stands at" in shown.text
    assert 'href="/docs/module-1-hive/week-1-parts"' in shown.text


@pytest.mark.parametrize(
    "path", ["/-/files/..%2fsecret", "/-/files/intro.md", "/-/files/%2e%2e/data/secret", "/-/none.js"]
)
def test_no_other_file_is_served(browser, path):
    """Only pictures inside the book's folder, and our own assets."""
    assert browser.get(path).status_code == 404


def test_health_names_every_part(browser):
    """`ok` with the state of each part, and no cookie for a monitor to keep."""
    health = browser.get("/health")

    assert health.json()["status"] == "ok"
    assert set(health.json()["parts"]) == {"database", "index", "model", "embeddings", "files"}


def test_pages_forbid_what_they_never_do(browser):
    """No foreign script, no inline script, no sniffed type."""
    page = browser.get("/")

    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"
    assert not re.search(r"<script(?![^>]* src=)", page.text)
    assert not re.search(r"\son\w+=", page.text)


def test_a_request_id_is_echoed(browser):
    """A well-formed one is kept, a bad one is replaced."""
    assert (
        browser.get("/health", headers={"X-Request-ID": "trace-0123456789"}).headers["x-request-id"]
        == "trace-0123456789"
    )
    assert browser.get("/health", headers={"X-Request-ID": "a b"}).headers["x-request-id"].startswith("req_")


def test_a_browser_without_credentials_becomes_a_guest(browser, address):
    """Its cookie is signed, kept from scripts and other sites; with it the thread is found again, without it not."""
    begun = browser.post("/chatkit", json=ASK)
    cookie = begun.headers["set-cookie"]
    thread = events(begun)[0]["thread"]["id"]

    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "Path=/"))
    assert threads(browser) == [thread]
    with httpx2.Client(base_url=address, timeout=30) as stranger:
        assert threads(stranger) == []
        assert stranger.post(
            "/chatkit", json={"type": "threads.get_by_id", "params": {"thread_id": thread}}
        ).status_code == 404  # fmt: skip


def test_no_request_can_name_another_reader(browser, address):
    """Neither a forged cookie nor a header nor a field makes anybody somebody else."""
    thread = events(browser.post("/chatkit", json=ASK))[0]["thread"]["id"]
    token = browser.cookies["pageside_guest"]
    subject = token.split(".")[0]
    attempts = [
        {"headers": {"Cookie": f"pageside_guest={subject}.forged.signature"}},
        {"headers": {"Cookie": f"pageside_guest={token[:-3]}AAA"}},
        {"headers": {"X-User-ID": subject.strip('"')}},
        {"json": {"metadata": {"userInfo": {"id": subject}, "user_id": subject}}},
    ]
    for attempt in attempts:
        with httpx2.Client(base_url=address, timeout=30) as eve:
            body = {"type": "threads.get_by_id", "params": {"thread_id": thread}, **attempt.get("json", {})}
            denied = eve.post("/chatkit", json=body, headers=attempt.get("headers"))
            assert denied.status_code == 404


def test_without_the_database_everything_else_answers(tmp_path):
    """Chat is off with words, health says so, the book is shown; once the file is back, all is well again."""
    data = tmp_path / "data"
    with (
        served.server(small_book.write(tmp_path / "book"), data) as url,
        httpx2.Client(base_url=url, timeout=30) as browser,
    ):
        thread = events(browser.post("/chatkit", json=ASK))[0]["thread"]["id"]
        kept = {file: file.rename(tmp_path / file.name) for file in data.glob("pageside.db*")}
        denied = browser.post("/chatkit", json=ASK)
        health = browser.get("/health").json()

        assert denied.status_code == 503
        assert denied.headers["content-type"] == "application/problem+json"
        assert denied.json()["retryable"]
        assert "try again" in denied.json()["detail"].lower()
        assert health["status"] == "degraded"
        assert health["parts"]["database"]["status"] == "unavailable"
        assert browser.get("/").status_code == 200

        for file, moved in kept.items():
            moved.rename(file)
        assert browser.get("/health").json()["status"] == "ok"
        assert threads(browser) == [thread]
