"""A book whose pages are Markdown, a notebook, HTML, reStructuredText, text and PDF, through the front door."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from collections.abc import Iterator

import httpx2
import pypdfium2
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from tests import mixed_book, served
from tests.mixed_book import Asked

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
by_path = pytest.mark.parametrize("asked", mixed_book.ASKED, ids=lambda asked: asked.path)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("mixed")
    with served.server(mixed_book.write(folder / "book"), folder / "data") as url:
        yield url


@pytest.fixture
def browser(shelf) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=shelf, timeout=30) as client:
        yield client


def source(browser: httpx2.Client, question: str) -> dict[str, str]:
    """What the answer to `question` cites first."""
    words = {"content": [{"type": "input_text", "text": question}], "attachments": [], "inference_options": {}}
    told = browser.post("/chatkit", json={"type": "threads.create", "params": {"input": words}})
    events = [json.loads(line[6:]) for line in told.text.splitlines() if line.startswith("data: ")]
    items = [event["item"] for event in events if event["type"] == "thread.item.done"]
    return items[-1]["content"][0]["annotations"][0]["source"]


def words_at(browser: httpx2.Client, address: str) -> str:
    """What a reader reads below the heading, or on the page of a PDF, that `address` leads to."""
    page, _, fragment = address.partition("#")
    answer = browser.get(page)
    assert answer.status_code == 200
    anchor = fragment.partition(":~:")[0]
    if answer.headers["content-type"] == "application/pdf":
        text = pypdfium2.PdfDocument(answer.content)[int(anchor.removeprefix("page=")) - 1].get_textpage()
        return " ".join(text.get_text_range().split())
    assert f'id="{anchor}"' in answer.text
    after = answer.text.partition(f'id="{anchor}"')[2].partition(">")[2]
    section = re.split(r"<h[1-6]", after)[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", section)).split())


@by_path
def test_a_citation_leads_to_the_passage_whatever_kind_of_page_it_stands_on(browser, asked: Asked):
    cited = source(browser, asked.question)

    assert cited["url"].removeprefix("http://").partition("/")[2].partition(":~:")[0] == asked.url[1:]
    assert asked.sentence in words_at(browser, cited["url"])


def test_a_pdf_is_served_as_the_file_it_is(browser):
    answer = browser.get("/polar.pdf")

    assert answer.content == mixed_book.POLAR
    assert answer.headers["content-type"] == "application/pdf"
    assert "attachment" not in answer.headers.get("content-disposition", "")
    assert browser.get("/index.pdf").status_code == 404


@pytest.mark.parametrize("address", ["/", "/lift.html", "/ground/launch"])
def test_links_between_pages_of_different_kinds_lead_to_pages(browser, address: str):
    """Also where HTML calls a page by the name that its generator would give it."""
    shown = browser.get(address).text.partition("<main")[2].partition("</main>")[0]
    links = [
        httpx2.URL(str(browser.base_url)).join(address).join(link) for link in re.findall(r'href="([^"]+)"', shown)
    ]

    assert [str(link) for link in links if browser.get(link).status_code != 200] == []


def test_nothing_that_runs_comes_from_a_page_of_the_book(browser):
    shown = browser.get("/lift.html").text

    assert "document.body.remove" not in shown
    assert "Way home" not in shown


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "CI needs Chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on this machine")
@pytest.mark.parametrize(
    "asked", [asked for asked in mixed_book.ASKED if not asked.path.endswith(".pdf")], ids=lambda asked: asked.path
)
def test_a_browser_opens_a_citation_at_its_sentence(chromium: Browser, shelf: str, asked: Asked):
    """On a screen too small for the page."""
    with httpx2.Client(base_url=shelf, timeout=30) as client:
        address = str(httpx2.URL(shelf).join(source(client, asked.question)["url"]))
    page = chromium.new_page(viewport={"width": 700, "height": 160})
    page.goto(address)

    expect(page.locator("main").get_by_text(asked.sentence)).to_be_in_viewport()
    page.close()
