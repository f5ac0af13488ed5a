"""The pages of administration in a real browser: for everybody, at every size, without a script, and nothing amiss."""

from __future__ import annotations

import csv
import re

import httpx2
import pytest
from playwright.sync_api import Page, expect
from tests import served, small_book, zygote
from tests.browser.test_access import SIZES, violations

SHIPS = "# Ships\n\n## The keel\n\nThe keel is the lowest timber of a ship, and everything is built upon it.\n"
LISTED = '[bees]\nfolder = "bees"\ntitle = "Keeping bees"\n[ships]\nfolder = "ships"\n'
HOSTILE = "Which bank lends for a tractor? <img src=https://evil.example/x onerror=alert(1)>"
REPORTS = ["", "threads", "usage", "feedback", "unanswered", "passages", "index", "audit"]


class Server:
    """A server of two books, of which two guests asked something.

    Attributes:
        thread: A conversation whose words are hostile.
    """

    def __init__(self, address: str, folder) -> None:
        self.address = address
        self.folder = folder
        self.thread = ""

    def ask(self) -> None:
        for question in ("When is honey ripe?", HOSTILE):
            with httpx2.Client(base_url=self.address) as guest:
                guest.get("/bees/")
                for text in (question, "Which bank lends for a tractor?"):
                    told = guest.post("/bees/api/chatkit/chat", json={"message": text}).raise_for_status().json()
                    self.thread = told["thread_id"] if text == HOSTILE else self.thread
                listed = {"type": "items.list", "params": {"thread_id": told["thread_id"], "limit": 10}}
                items = guest.post("/bees/chatkit", json=listed).raise_for_status().json()["data"]
                answers = [item["id"] for item in items if item["type"] == "assistant_message"]
                rated = {"thread_id": told["thread_id"], "item_ids": answers[:1], "kind": "negative"}
                guest.post("/bees/chatkit", json={"type": "items.feedback", "params": rated}).raise_for_status()

    def link(self, *options: str) -> str:
        """A link into the administration, as the command line makes it."""
        words = ["admin", "--name", "Tess", "--url", self.address, "--data-dir", self.folder / "data", *options]
        with zygote.start(words, cwd=self.folder, stdout=zygote.PIPE) as process:
            return process.stdout.read().strip()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("administered")
    small_book.write(folder / "bees")
    (folder / "ships").mkdir()
    (folder / "ships" / "index.md").write_text(SHIPS, "utf-8")
    (folder / "books.toml").write_text(LISTED, "utf-8")
    words = ["serve", "--books", "books.toml", "--port", "0", "--data-dir", folder / "data"]
    with zygote.start(words, cwd=folder, env=served.UNLIMITED, stdout=zygote.PIPE) as process:
        try:
            address = next(line.split()[-1] for line in process.stdout if "http://" in line)
            opened = Server(address, folder)
            opened.ask()
            yield opened
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture
def entered(server, new_context, watch):
    """Somebody who opened the link, in a profile of their own: size, theme and whatever else is wanted."""
    watch.allow_origin(server.address)

    def enter(*options: str, **profile) -> Page:
        page = new_context(**profile).new_page()
        page.goto(server.link(*options))
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        return page

    return enter


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def amiss(page: Page) -> list[str]:
    """What axe finds at three sizes and in two themes, and where the page is wider than its window."""
    found = []
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{size}: {overflow(page)} px too wide"] if overflow(page) > 0 else []
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            found += [f"{size}, {theme}: {each}" for each in violations(page)]
    return found


@pytest.mark.parametrize("part", [["", "threads", "usage", "feedback"], ["unanswered", "passages", "index", "audit"]])
def test_axe_finds_nothing(server, entered, part):
    """Every page, full of what was asked; and none is wider than the window."""
    page = entered("--text")
    found = {}
    for name in part:
        page.goto(f"{server.address}/admin/{name}")
        found[name] = amiss(page)

    assert {name: told for name, told in found.items() if told} == {}


def test_axe_finds_nothing_beside_the_reports(server, entered, watch):
    """A conversation before and after it is read, a page that is not there, and the sign-in."""
    watch.allow("404")  # the browser notes it, too
    page = entered("--text")
    page.goto(f"{server.address}/admin/threads/{server.thread}")
    found = {"closed": amiss(page)}
    page.get_by_label("Reason").fill("To look at it")
    page.get_by_role("button", name="Read this conversation").click()
    expect(page.locator(".talk .reader").first).to_be_visible()
    found["read"] = amiss(page)
    page.goto(f"{server.address}/admin/no-such-page")
    found["lost"] = amiss(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You have signed out.")).to_be_visible()
    found["sign-in"] = amiss(page)

    assert {name: told for name, told in found.items() if told} == {}


def test_every_page_fits_a_small_phone(server, entered):
    """320 pixels, and the text enlarged to twice its size."""
    page = entered("--text", viewport={"width": 320, "height": 640})
    wide = {}
    for name in REPORTS:
        page.goto(f"{server.address}/admin/{name}")
        wide[name] = overflow(page)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        wide[f"{name}, enlarged"] = overflow(page)

    assert {name: width for name, width in wide.items() if width > 0} == {}


def test_it_works_by_keyboard(server, entered):
    """Past the navigation, through the choice of days to a report, and into the figures of a chart."""
    page = entered()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="7 days")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/admin/\?days=7$"))
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    table = page.get_by_role("region", name="Questions a day, as a table")
    expect(table).to_be_hidden()
    page.get_by_text("As a table: Questions a day").focus()
    page.keyboard.press("Enter")

    expect(table.get_by_role("row")).to_have_count(8)


def test_a_phone_has_its_navigation_in_a_menu(server, entered):
    """Closed above the page; what was chosen goes along."""
    page = entered(viewport={"width": 375, "height": 667})
    page.goto(f"{server.address}/admin/?days=7&book=bees")
    link = page.get_by_role("navigation", name="Administration").get_by_role("link", name="Unanswered")
    expect(link).to_be_hidden()
    page.locator("#contents summary").click()
    link.click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Unanswered")
    expect(page).to_have_url(re.compile(r"days=7&book=bees"))


def test_what_readers_wrote_is_text(server, entered):
    """Nothing of it is loaded, run or followed; the look is on the record, and words stay away without a reason."""
    page = entered("--text")
    page.goto(f"{server.address}/admin/threads/{server.thread}")
    page.get_by_label("Reason").fill("A reader asked")
    page.get_by_role("button", name="Read this conversation").click()
    expect(page.locator(".talk .reader").first).to_contain_text(HOSTILE)
    assert page.locator("main img").count() == 0
    page.locator("main").get_by_role("link", name="record of looks").click()

    expect(page.get_by_role("row").filter(has_text="A reader asked")).to_contain_text(server.thread)


def test_a_report_is_saved(server, entered, tmp_path):
    """As a file with a name, that has what the page shows."""
    page = entered()
    page.get_by_role("link", name="Conversations").click()
    with page.expect_download() as told:
        page.get_by_role("link", name="Download CSV").click()
    told.value.save_as(tmp_path / "report.csv")
    with (tmp_path / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    assert re.fullmatch(r"pageside-threads-[\d-]+\.csv", told.value.suggested_filename)
    assert server.thread in {row["thread"] for row in rows}


def test_an_update_is_followed(server, entered):
    """The button begins it, the page keeps up by itself, and says what was done."""
    (server.folder / "ships" / "sails.md").write_text("# Sails\n\nA spinnaker is set before the wind.\n", "utf-8")
    page = entered()
    page.goto(f"{server.address}/admin/index")
    card = page.locator("[data-index=ships]")
    card.get_by_role("button", name="Bring up to date").click()
    expect(card).to_have_attribute("data-updating", "no", timeout=60_000)

    expect(card.get_by_text("In use")).to_be_visible()
    expect(card.locator("dd").first).to_have_text("2")


def test_an_update_that_fails_says_why(server, entered):
    """In words; the book is answered from as before."""
    (server.folder / "ships").rename(server.folder / "away")
    try:
        page = entered()
        page.goto(f"{server.address}/admin/index")
        card = page.locator("[data-index=ships]")
        card.get_by_role("button", name="Bring up to date").click()
        expect(card.get_by_text("The last update failed")).to_be_visible(timeout=60_000)
    finally:
        (server.folder / "away").rename(server.folder / "ships")

    expect(card.locator(".note.bad")).to_contain_text("ships")


def test_it_works_without_scripts(server, entered):
    """Sign in, choose, read: plain HTML; and a chart is there."""
    page = entered(java_script_enabled=False)
    page.get_by_role("combobox", name="Book").select_option("bees")
    page.get_by_role("button", name="Show").click()

    expect(page).to_have_url(re.compile("book=bees"))
    expect(page.get_by_role("img", name=re.compile("Questions a day"))).to_be_visible()
    expect(page.locator("#theme")).to_be_hidden()


def test_charts_are_there_in_forced_colours(server, entered):
    """Marks have the colour of text, and no two outcomes only differ in colour."""
    page = entered(forced_colors="active")
    marks = page.locator("#outcomes-t ~ rect[class^=look]")
    drawn = marks.evaluate_all("(all) => all.map((one) => getComputedStyle(one).stroke)")
    ink = page.evaluate("getComputedStyle(document.body).color")
    looks = set(marks.evaluate_all("(all) => all.map((one) => one.getAttribute('class'))"))
    filled = page.locator("#outcomes-t ~ rect[fill^=url]")
    patterns = set(filled.evaluate_all("(all) => all.map((one) => one.getAttribute('fill'))"))

    assert drawn
    assert set(drawn) == {ink}
    assert len(patterns) == len(looks) > 1


def test_nobody_else_comes_in(server, page, watch):
    """A guest learns how to get in, and nothing else; a link that was used is one no more."""
    watch.allow_origin(server.address)
    watch.allow("403")
    link = server.link()
    page.goto(f"{server.address}/admin/threads")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_text("pageside admin", exact=True)).to_be_visible()
    page.get_by_label("The link").fill(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.get_by_role("button", name="Sign out").click()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("used before")
