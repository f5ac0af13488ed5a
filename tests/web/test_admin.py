"""The pages of administration, through the front door: questions are asked of real books, and looked at by others."""

from __future__ import annotations

import csv
import io
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2
import jwt
import pytest
from selectolax.lexbor import LexborHTMLParser
from tests import admitted, small_book
from tests.chatkit_client import ChatKit
from tests.databases import store_url

from pageside import settings
from pageside.identity.looker import Looker
from pageside.settings import books
from pageside.web import admin, shelf
from pageside.web.admin_entering import Gate
from pageside.web.admin_shown import Desk
from pageside.wiring import shelving
from pageside.wiring.shelving import Shelf

__all__ = ["store_url"]

JWT = "a secret for tests that is long enough"
LISTED = """
[bees]
folder = "bees"
title = "Bees for beginners"

[ships]
folder = "ships"
title = "Ships <of the line>"
"""
SHIPS = "# Ships\n\n## The keel\n\nThe keel is the lowest timber of a ship, and everything is built upon it.\n"
HOSTILE = "Which bank lends for a tractor? <img src=x onerror=alert(1)> https://evil.example"
REPORTS = ["", "threads", "usage", "feedback", "unanswered", "passages", "index", "audit"]
FILES = ["overview", "usage", "books", "readers", "threads", "feedback", "unanswered", "passages", "audit"]
ADMIN = {"roles": ["admin"], "org_id": "tu"}
READER = {"roles": ["admin", "admin:text"], "org_id": "tu"}


@dataclass
class Page:
    """An answer as a browser shows it."""

    response: httpx2.Response

    @property
    def html(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.response.text)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", self.html.css_first("main").text())

    @property
    def form(self) -> str:
        """The token of the page's forms."""
        return self.html.css_first("input[name=form]").attributes["value"] or ""

    @property
    def tiles(self) -> dict[str, str]:
        found = self.html.css(".tile")
        return {each.css_first(".what").text(): each.css_first(".big").text() for each in found}


@dataclass
class Browser:
    """Somebody before the pages, with their cookies."""

    http: httpx2.AsyncClient

    async def open(self, name: str = "", **query: str) -> Page:
        return Page(await self.http.get(f"/admin/{name}", params=query))

    async def send(self, name: str, *, form: str | None = None, **fields: str) -> Page:
        """Sends a form of the page at `name`, with its token unless another is given."""
        token = (await self.open(name)).form if form is None else form
        return Page(await self.http.post(f"/admin/{name}", data={"form": token, **fields}))

    async def table(self, name: str, **query: str) -> list[dict[str, str]]:
        """A report as a file, read as a spreadsheet does."""
        file = await self.http.get(f"/admin/{name}.csv", params=query)
        assert file.status_code == 200, file.text
        return list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"), newline="")))


@dataclass
class Place:
    """A server of two books in this process."""

    opened: Shelf
    app: Any
    threads: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def browser(self, subject: str = "", /, **claims: Any):
        """A browser; with a name, one behind which a proxy sends the token of somebody of that name."""
        headers = admitted.by(token(subject, **claims)) if subject else {}
        transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=admitted.SITE, headers=headers) as client:
            yield Browser(client)

    @asynccontextmanager
    async def reader(self, subject: str, book: str = "bees", **claims: Any):
        """A reader of a book."""
        async with self.browser(subject, **claims) as browser:
            yield ChatKit(browser.http, f"/{book}/chatkit")

    async def settled(self) -> None:
        """Returns when every turn so far is in the reports."""
        await self.opened.shared.administration.notes.settled()


def token(subject: str, **claims: Any) -> str:
    return jwt.encode({"sub": subject, "exp": 4_000_000_000, **claims}, JWT, algorithm="HS256")


@asynccontextmanager
async def place(folder, **chosen):
    small_book.write(folder / "bees")
    (folder / "ships").mkdir()
    (folder / "ships" / "index.md").write_text(SHIPS, "utf-8")
    file = folder / "books.toml"
    file.write_text(LISTED, "utf-8")
    given = {"auth_mode": "jwt", "jwt_secret": JWT, "embedding_model": "none", "secret": "s" * 40, **chosen}
    loaded = settings.load({}, data_dir=folder / "data", books=file, **given)
    listed = books.read(file, loaded)
    for each in listed:
        await shelving.index(each, progress=lambda _: None)
    async with shelving.open_shelf(loaded, listed) as opened:
        yield Place(opened, shelf.create(opened))


@pytest.fixture
async def home(tmp_path, store_url):
    async with place(tmp_path, database_url=store_url) as opened:
        yield opened


@pytest.fixture
async def small(tmp_path):
    """The same over SQLite alone, for what no database has a part in."""
    async with place(tmp_path) as opened:
        yield opened


@pytest.fixture
async def asked(home):
    """What two organisations asked of two books."""
    async with home.reader("ada", org_id="tu") as ada, home.reader("bob", org_id="tu") as bob:
        told = await ada.ask("When is honey ripe?")
        await ada.call("items.feedback", thread_id=told.thread_id, item_ids=[told.answer["id"]], kind="negative")
        home.threads.append(told.thread_id)
        hostile = await ada.ask(HOSTILE)
        home.threads.append(hostile.thread_id)
        again = await bob.ask("Which bank lends money for a tractor?")
        home.threads.append(again.thread_id)
    async with home.reader("cleo", "ships", org_id="tu") as cleo, home.reader("eve", org_id="other") as eve:
        await cleo.ask("What is the keel?")
        secret = await eve.ask("What does smoke mask?")
        home.threads.append(secret.thread_id)
    await home.settled()
    return home


async def test_pages_count_what_was_asked(asked):
    """Questions, readers, conversations and opinions of the looker's organisation, in all books or in one."""
    async with asked.browser("tess", **ADMIN) as tess:
        of_all, of_bees = await tess.open(), await tess.open(book="bees")
        threads = await tess.open("threads")
        usage, feedback = await tess.open("usage"), await tess.open("feedback")

    assert (of_all.tiles["Questions"], of_all.tiles["Readers"]) == ("4", "3")
    assert (of_bees.tiles["Questions"], of_bees.tiles["Readers"]) == ("3", "2")
    assert of_all.html.css_first("#outcomes-t") is not None
    assert len(threads.html.css("table.rows tbody tr")) == 4
    assert "Ships <of the line>" in usage.text
    assert "Bad" in feedback.text
    assert "When honey is ripe" in feedback.text


async def test_what_was_not_answered_is_gathered(asked):
    """Two readers asked for the same that the book does not say: one group, in words that both used."""
    async with asked.browser("tess", **ADMIN) as tess:
        page = await tess.open("unanswered")
        first = page.html.css(".groups > li")[0].text()

    assert "2 readers" in first
    assert "tractor" in first
    assert "evil" not in page.text


async def test_words_are_shown_to_who_says_why_and_the_look_is_kept(asked):
    """A conversation is text: nothing of it is markup, and nothing in it leads anywhere."""
    thread = asked.threads[1]
    async with asked.browser("tess", **READER) as tess:
        closed = await tess.open(f"threads/{thread}")
        unexplained = await tess.send(f"threads/{thread}", reason="  ")
        shown = await tess.send(f"threads/{thread}", reason="The reader asked me to")
        audit = await tess.open("audit")

    assert "tractor" not in closed.response.text
    assert unexplained.response.status_code == 400
    assert "tractor" not in unexplained.response.text
    assert HOSTILE in shown.html.css_first(".talk .reader").text()
    assert not shown.html.css("main img, main script, .talk a")
    assert "record of looks" in shown.text
    looks = [row.text() for row in audit.html.css("table.rows tbody tr")]
    assert len([row for row in looks if "The reader asked me to" in row and thread in row and "tess" in row]) == 1


async def test_words_are_not_shown_without_the_role(asked):
    """An administrator is told how many, not what; a look that was denied is no look."""
    thread = asked.threads[1]
    async with asked.browser("tess", **ADMIN) as tess:
        page = await tess.open(f"threads/{thread}")
        denied = await tess.send(f"threads/{thread}", form=page.form, reason="I am curious")
        questions = await tess.send("unanswered", form=page.form, reason="I am curious")
        audit = await tess.open("audit")

    assert not page.html.css("main form")
    assert denied.response.status_code == 403
    assert "tractor?" not in denied.response.text + questions.response.text
    assert "I am curious" not in audit.text


async def test_another_organisation_is_not_there(asked):
    """Not in figures, not in lists, not in files, and its conversations are none; an operator sees all."""
    secret = asked.threads[-1]
    async with asked.browser("tess", **READER) as tess, asked.browser("olga", roles=["operator"]) as olga:
        listed = {row["thread"] for row in await tess.table("threads")}
        forced = {row["thread"] for row in await tess.table("threads", organisation="other")}
        read = await tess.send(f"threads/{secret}", form=(await tess.open()).form, reason="Because")
        all_of_them = {row["thread"] for row in await olga.table("threads")}
        others = {row["thread"] for row in await olga.table("threads", organisation="other")}

    assert secret not in listed
    assert forced == listed
    assert read.response.status_code == 404
    assert all_of_them == listed | {secret}
    assert others == {secret}


async def test_every_report_is_a_file(asked):
    """Saved under a name with its days; kept by nobody on the way; each column has a name of its own."""
    async with asked.browser("tess", **ADMIN) as tess:
        files = {name: await tess.http.get(f"/admin/{name}.csv") for name in FILES}
        rows = {name: await tess.table(name) for name in FILES}
        unknown = await tess.http.get("/admin/secrets.csv")

    for name, file in files.items():
        named = rf'attachment; filename="pageside-{name}-\d{{4}}-\d\d-\d\d-\d{{4}}-\d\d-\d\d\.csv"'
        header = file.text.splitlines()[0].removeprefix("\ufeff").split(",")
        assert file.headers["content-type"].startswith("text/csv")
        assert re.search(named, file.headers["content-disposition"])
        assert file.headers["cache-control"] == "no-store"
        assert len(header) == len(set(header))
        assert rows[name] or name == "audit"
        assert "tractor?" not in file.text
    assert unknown.status_code == 404


async def test_conversations_are_sorted_and_paged(asked, monkeypatch):
    """Page after page, each conversation once, in the order that was chosen."""
    monkeypatch.setattr(admin, "_LIMIT", 1)
    async with asked.browser("tess", **ADMIN) as tess:
        page, seen = await tess.open("threads", sort="negative"), []
        for _ in range(6):
            seen += [row.css_first("a").attributes["href"] for row in page.html.css("table.rows tbody tr")]
            following = page.html.css_first("a[rel=next]")
            if following is None:
                break
            page = Page(await tess.http.get(f"/admin/threads{following.attributes['href']}"))

    assert len(seen) == len(set(seen)) == 4
    assert seen[0] == f"/admin/threads/{asked.threads[0]}"


async def test_an_index_is_brought_up_to_date(home, tmp_path):
    """A page that was added is answered from; the others go on meanwhile, and what was done is said."""
    (tmp_path / "ships" / "sails.md").write_text("# Sails\n\nA spinnaker is set before the wind.\n", "utf-8")
    async with home.browser("tess", **ADMIN) as tess:
        begun = await tess.send("index", book="ships")
        for _ in range(600):
            states = (await tess.http.get("/admin/index.json")).json()
            if not any(each["updating"] for each in states):
                break
            await _soon()
        page = await tess.open("index")
    async with home.reader("cleo", "ships", org_id="tu") as cleo:
        told = await cleo.ask("When is a spinnaker set?")

    assert (begun.response.status_code, begun.response.headers["location"]) == (303, "/admin/index")
    assert {each["book"] for each in states} == {"bees", "ships"}
    ships = next(card for card in page.html.css("[data-index]") if card.attributes["data-index"] == "ships")
    assert "In use" in ships.text()
    assert "before the wind" in told.text


async def test_a_book_that_is_not_there_is_not_indexed(small):
    """The name comes from a form."""
    async with small.browser("tess", **ADMIN) as tess:
        page = await tess.send("index", book="../etc")

    assert page.response.status_code == 404


async def _soon() -> None:
    """Lets others work."""
    await anyio.sleep(0.05)


async def test_pages_of_nothing_say_what_will_be_there(small):
    """Before anybody has asked."""
    async with small.browser("tess", **ADMIN) as tess:
        shown = {name: await tess.open(name) for name in REPORTS}

    for name, page in shown.items():
        assert page.response.status_code == 200
        assert page.html.css(".empty") or name == "index"
        assert "None" not in page.text


async def test_nobody_else_comes_in(small):
    """Every address but the sign-in leads there, for readers of another role too; nothing is kept on the way."""
    addresses = _addresses(small)
    async with small.browser() as nobody, small.browser("bob", roles=["student"]) as bob:
        answers = [
            await each.http.request(method, f"/admin{path}", params={"days": "7"})
            for each in (nobody, bob)
            for path, method in addresses - {("/sign-in", "GET"), ("/sign-in", "POST"), ("/assets/thr_1", "GET")}
        ]

    assert len(answers) >= 2 * 12
    for answer in answers:
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin/sign-in")
        assert answer.headers["cache-control"] == "no-store"


async def test_browsers_are_told_to_keep_nothing(small):
    """No cache, no frame, no search engine, no script but ours, and no address for other sites."""
    async with small.browser("tess", **ADMIN) as tess:
        answers = [(await tess.open(name)).response for name in ("", "threads", "sign-in", "no-such-page")]
        bare = await tess.http.get("/admin")

    assert [each.status_code for each in answers] == [200, 200, 303, 404]
    assert (bare.status_code, bare.headers["location"]) == (307, "/admin/")
    for told in (each.headers for each in answers):
        assert told["cache-control"] == "no-store"
        assert told["x-robots-tag"] == "noindex, nofollow"
        assert told["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in told["content-security-policy"]
        assert "unsafe" not in told["content-security-policy"]


def _addresses(home: Place) -> set[tuple[str, str]]:
    """Every address of the pages, with its method."""
    kept = home.opened.shared.administration
    gate = Gate(kept.entrance, kept.invitations, kept.roles, home.opened.shared.admission)
    paths = admin.pages(Desk(gate, kept.reports, {})).openapi()["paths"]
    return {(re.sub(r"\{\w+\}", "thr_1", path), method.upper()) for path, item in paths.items() for method in item}


async def test_every_form_needs_its_token(small):
    """Without one, or with one of another browser, nothing is done; every form is tried, whichever there are."""
    forms = {path for path, method in _addresses(small) if method != "GET"}
    async with small.browser("tess", **READER) as tess, small.browser("mallory", **READER) as mallory:
        foreign = (await mallory.open()).form
        await tess.open()
        refused = [
            (await tess.http.post(f"/admin{path}", data={"form": form, "reason": "x", "book": "bees"})).status_code
            for path in forms
            for form in ("", foreign)
        ]

    assert forms == {"/sign-in", "/sign-out", "/unanswered", "/threads/thr_1", "/index"}
    assert set(refused) == {403}


async def test_pages_of_other_sites_are_not_answered(tmp_path):
    """Not those of sites whose pages may ask the book, either: a hole in one of them is none in these."""
    foreign = (
        {"origin": "https://evil.example"},
        {"origin": "https://school.example"},
        {"origin": "null"},
        {"origin": admitted.SITE, "sec-fetch-site": "same-site"},
    )
    async with place(tmp_path, cors_origins="https://school.example") as home, home.browser("tess", **READER) as tess:
        answers = [
            await tess.http.request(method, "/admin/threads", headers=headers)
            for headers in foreign
            for method in ("GET", "POST")
        ]
        own = await tess.http.get("/admin/threads", headers={"origin": admitted.SITE, "sec-fetch-site": "same-origin"})

    assert {each.status_code for each in answers} == {403}
    assert "administration answers its own pages" in answers[2].text
    assert own.status_code == 200


async def test_a_token_is_pasted(small):
    """It is checked as every other, and then not needed: the cookie is for these pages alone, and for a while."""
    async with small.browser() as tess:
        before = await tess.open("sign-in")
        denied = await tess.send("sign-in", token=token("bob", roles=["student"]))
        forged = await tess.send("sign-in", token=token("bob", roles=["admin"])[:-2] + "xx")
        entered = await tess.send("sign-in", token=f" {token('tess', **ADMIN)}\n")
        inside = await tess.open("threads")
        left = await tess.http.post("/admin/sign-out", data={"form": inside.form})
        outside = await tess.open("threads")

    assert "admin" in before.text
    assert denied.response.status_code == 403
    assert "none of the roles" in denied.text
    assert forged.response.status_code == 403
    cookie = next(
        each for each in entered.response.headers.get_list("set-cookie") if each.startswith("pageside_admin=")
    )
    assert {"Path=/admin", "HttpOnly", "SameSite=Strict"} <= set(cookie.split("; "))
    assert inside.html.css_first(".who .name").text() == "tess"
    assert left.headers["location"] == "/admin/sign-in?left"
    assert outside.response.status_code == 303


async def test_a_link_opens_once(home):
    """As it is or pasted whole; a look at it uses nothing up, so that whoever previews links does no harm."""
    invitations = home.opened.shared.administration.invitations
    link = invitations.link(Looker("ada", None, True))
    async with home.browser() as ada, home.browser() as thief:
        for _ in range(2):
            shown = await ada.open("sign-in", token=link)
        entered = await ada.send("sign-in", form=shown.form, token=f"http://127.0.0.1:8000/admin/sign-in?token={link}")
        late = await thief.send("sign-in", token=link)

    assert shown.html.css_first("input[name=token]").attributes["value"] == link
    assert entered.response.status_code == 303
    assert late.response.status_code == 403
    assert "used" in late.text


async def test_guests_are_told_the_way_in(tmp_path):
    """A server that knows no roles has a page that says so, and makes nobody a guest who only looks after it."""
    async with place(tmp_path, auth_mode="guest") as home, home.browser() as guest:
        page = await guest.open("sign-in")
        wrong = await guest.send("sign-in", token="nonsense")

    assert "pageside admin" in page.text
    assert "pageside_guest" not in str(guest.http.cookies)
    assert wrong.response.status_code == 403


async def test_a_database_that_is_away_is_said(tmp_path):
    """In words, on a page, with a way to try again."""
    async with (
        place(tmp_path, database_url="postgresql://nobody@127.0.0.1:1/none") as home,
        home.browser("tess", **ADMIN) as tess,
    ):
        page = await tess.open("threads")

    assert page.response.status_code == 503
    assert page.html.css_first("main a").text() == "Try again"
