"""An earlier answer when the book has changed since: what it rests on is shown as it was, and as it is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests import served, small_book, zygote
from tests.browser.panel import Panel

RIPE = "When is honey ripe?"
SENTENCE = "Honey is ripe when its water content is below 18 percent."
HONEY = "module-2-harvest/week-3-honey.md"
CHANGED = "The book has changed here."


@pytest.fixture
def shelf(tmp_path):
    """The folder of a book, its index, and the address of a server over both."""
    folder = small_book.write(tmp_path / "book")
    with served.server(folder, tmp_path / "data") as address:
        yield folder, address


@pytest.fixture
def asked(shelf, watch, page):
    """The panel after an answer from `SENTENCE`."""
    watch.allow_origin(shelf[1])
    panel = Panel(page, shelf[1]).visit("/").open()
    expect(panel.ask(RIPE)).to_contain_text(SENTENCE)
    return panel


def edit(shelf, panel, old, new):
    """An author changes a page and indexes the book; the reader comes back to the conversation."""
    page = shelf[0] / HONEY
    page.write_text(page.read_text("utf-8").replace(old, new), encoding="utf-8")
    done = zygote.run(["index", shelf[0], "--data-dir", shelf[0].parent / "data"], cwd=shelf[0].parent, env={})
    assert done.returncode == 0, done.stderr
    panel.page.reload()
    expect(panel.answers).to_contain_text(SENTENCE)


def test_a_source_that_reads_differently_is_shown_old_and_new(shelf, asked):
    """In the list and on the marker's card; the marker says so to those who do not see it."""
    edit(shelf, asked, "below 18 percent", "below 20 percent")
    expect(asked.sources).to_contain_text(CHANGED)
    expect(asked.sources).to_contain_text(SENTENCE)
    expect(asked.sources).to_contain_text(SENTENCE.replace("18", "20"))
    asked.markers.first.hover()
    card = asked.chat.get_by_role("tooltip")

    expect(card).to_contain_text(CHANGED)
    expect(card).to_contain_text(SENTENCE.replace("18", "20"))
    expect(asked.markers.first).to_have_attribute("aria-label", re.compile(re.escape(CHANGED)))


def test_a_source_that_is_gone_is_said_to_be(shelf, asked):
    """Its old words stay, as what the answer was made from."""
    edit(shelf, asked, SENTENCE, "")

    expect(asked.sources).to_contain_text(CHANGED)
    expect(asked.sources).to_contain_text(SENTENCE)


def test_a_marker_leads_to_where_its_sentence_stands_today(shelf, asked):
    """Under a heading of another name nothing has changed for the reader but the address."""
    edit(shelf, asked, "## When honey is ripe", "## Ripeness")
    expect(asked.markers.first).to_have_attribute("href", re.compile("week-3-honey#ripeness"))
    expect(asked.sources).not_to_contain_text(CHANGED)
    asked.markers.first.click()
    asked.page.wait_for_url("**/week-3-honey#ripeness**")

    expect(asked.page.get_by_text(SENTENCE).first).to_be_in_viewport()
