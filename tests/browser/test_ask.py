"""The plain box beside the page, in a real browser."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium on this machine; install it to run these"
    ),
]


@pytest.fixture
def page(address):
    assert CHROMIUM, "CI needs Chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        opened = chromium.new_page(viewport={"width": 1280, "height": 900})
        complaints: list[str] = []
        opened.on(
            "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
        )
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(address)
        yield opened
        chromium.close()
        assert complaints == []


def ask(page, question):
    page.get_by_label("Your question").fill(question)
    page.get_by_role("button", name="Ask", exact=True).click()


def test_a_question_is_answered_with_its_source(page):
    """The book's sentence appears, its marker is a link, and the link opens the page at the sentence."""
    ask(page, "When is honey ripe?")
    answer = page.locator(".answered")
    expect(answer).to_contain_text("Honey is ripe when its water content is below 18 percent.")
    expect(answer.get_by_role("link", name="[1]")).to_have_attribute(
        "href", re.compile("week-3-honey#when-honey-is-ripe:~:text=")
    )
    answer.get_by_role("link", name="[1]").click()
    page.wait_for_url("**/docs/module-2-harvest/week-3-honey**")

    expect(page.get_by_role("heading", name="When honey is ripe")).to_be_in_viewport()


def test_a_conversation_survives_a_reload(page):
    """The thread is kept for the tab; what was asked and answered is there again, and a new one can be begun."""
    ask(page, "How many frames does the brood box hold?")
    expect(page.locator(".answered")).to_contain_text("eleven frames")
    page.reload()

    expect(page.locator(".asked")).to_have_text("How many frames does the brood box hold?")
    expect(page.locator(".answered")).to_contain_text("eleven frames")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".asked")).to_have_count(0)


def test_selected_text_is_asked_about(page, address):
    """Selecting a sentence sets it beside the question; the answer explains that passage."""
    page.goto(f"{address}/docs/module-1-hive/week-2-smoke")
    page.get_by_text("Smoke masks the alarm scent").select_text()
    expect(page.locator("#selected")).to_contain_text("Smoke masks")
    ask(page, "explain this")

    expect(page.locator(".answered")).to_contain_text("alarm scent")
    expect(page.locator(".answered .sources a").first).to_contain_text("smoke", ignore_case=True)


def test_a_question_of_markup_stays_text(page):
    """What a reader types is never taken for HTML."""
    ask(page, "<img src=x onerror=document.title='pwned'> honey?")
    expect(page.locator(".asked")).to_contain_text("<img src=x")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_enabled()

    assert page.title() != "pwned"


@pytest.mark.parametrize(("width", "height"), [(375, 667), (768, 1024), (1920, 1080)])
def test_the_page_fits_every_screen(page, width, height):
    """Nothing is cut off at the side."""
    page.set_viewport_size({"width": width, "height": height})

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_the_book_does_not_answer_leads_to_its_sections(page, address):
    """The nearest sections are links one can follow, not their Markdown."""
    ask(page, "Which bank offers the cheapest loan for a new tractor?")
    expect(page.locator(".answered")).to_contain_text("The book does not answer this")

    expect(page.locator(".answered")).not_to_contain_text("](")
    expect(page.locator(".answered > a").first).to_have_attribute("href", re.compile("^/docs/"))


@pytest.mark.parametrize("width", [390, 900])
def test_the_box_is_found_where_it_stands_below_the_page(page, width):
    """On a narrow screen a link leads down to it, and nothing lies over it."""
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_role("link", name="Ask the book").click()

    ask(page, "When is honey ripe?")
    expect(page.locator(".answered")).to_contain_text("18 percent")
