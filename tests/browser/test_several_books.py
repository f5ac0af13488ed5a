"""The assistant beside each of several books: it knows its own, and its sources stay below its own address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests import small_book, zygote
from tests.browser.panel import Panel

SHIPS = "# Ships\n\n## The keel\n\nThe keel is the lowest timber of a ship, and everything is built upon it.\n"
LISTED = '[bees]\nfolder = "bees"\ntitle = "Keeping bees"\n[ships]\nfolder = "ships"\n'


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A server of two books."""
    folder = tmp_path_factory.mktemp("shelf")
    small_book.write(folder / "bees")
    (folder / "ships").mkdir()
    (folder / "ships" / "index.md").write_text(SHIPS, "utf-8")
    (folder / "books.toml").write_text(LISTED, "utf-8")
    words = ["serve", "--books", "books.toml", "--port", "0", "--data-dir", folder / "data"]
    with zygote.start(words, cwd=folder, stdout=zygote.PIPE) as process:
        try:
            yield next(line.split()[-1] for line in process.stdout if "http://" in line)
        finally:
            process.terminate()
            process.wait(timeout=30)


def test_the_list_leads_to_each_book_and_its_assistant(shelf, watch, page):
    """From the top to a book, a question, its source, and the marked sentence."""
    watch.allow_origin(shelf)
    page.goto(shelf)
    page.get_by_role("link", name="Keeping bees").click()
    bees = Panel(page, f"{shelf}/bees")
    bees.open().ask("What does smoke mask?")
    bees.markers.first.click()

    expect(page).to_have_url(re.compile(r"/bees/.*smoke"))
    page.wait_for_function("""() => (CSS.highlights.get("pageside-cited")?.size ?? 0) > 0""")
    assert "Smoke masks" in bees.highlighted()


def test_each_book_keeps_its_own_conversations(shelf, watch, page):
    """What was asked of one is not in the list of the other."""
    watch.allow_origin(shelf)
    ships = Panel(page, f"{shelf}/ships").visit("/")
    answer = ships.open().ask("What is the keel?")
    expect(answer).to_contain_text("lowest timber")

    bees = Panel(page, f"{shelf}/bees").visit("/")
    expect(bees.composer).to_be_visible()
    bees.ask("What does smoke mask?")
    expect(bees.questions).to_have_count(1)
    bees.button("Earlier conversations").click()
    expect(bees.chat.get_by_role("listitem")).to_have_count(1)
