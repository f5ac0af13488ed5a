"""Several books on one server: each at its own address, with its own index, settings, readers and conversations."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import jwt
import pytest
from tests import admitted, small_book
from tests.chatkit_client import message
from tests.databases import store_url

from pageside import settings
from pageside.errors import SettingsError
from pageside.settings import books
from pageside.web import shelf
from pageside.wiring import shelving

__all__ = ["store_url"]

LISTED = """
[bees]
folder = "bees"
title = "Bees for beginners"

[bees.settings]
CHATKIT_GREETING = "Ask the beekeeper"
CHATKIT_STARTERS = "When is honey ripe?"

[ships]
folder = "ships"

[ships.audience]
organisations = ["navy"]
roles = ["teacher"]
readers = ["grace"]
"""
SHIPS = "# Ships\n\n## The keel\n\nThe keel is the lowest timber of a ship, and everything is built upon it.\n"
JWT = "a secret for tests that is long enough"


@dataclass(frozen=True, slots=True)
class Library:
    """The application over two books, and clients of it."""

    app: object

    @asynccontextmanager
    async def client(self, subject: str = "", **claims: object):
        headers = admitted.by(_token(subject, **claims)) if subject else {}
        transport = httpx2.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=admitted.SITE, headers=headers) as client:
            yield client


def _token(subject: str, **claims: object) -> str:
    return jwt.encode({"sub": subject, "exp": 4_000_000_000, **claims}, JWT, algorithm="HS256")


def _written(folder, listed: str = LISTED):
    small_book.write(folder / "bees")
    (folder / "ships").mkdir(exist_ok=True)
    (folder / "ships" / "index.md").write_text(SHIPS, "utf-8")
    file = folder / "books.toml"
    file.write_text(listed, "utf-8")
    return file


@asynccontextmanager
async def library(folder, **chosen):
    loaded = settings.load(
        {}, data_dir=folder / "data", embedding_model="none", books=_written(folder), secret="s" * 40, **chosen
    )
    listed = books.read(loaded.books, loaded)
    for each in listed:
        await shelving.index(each, progress=lambda _: None)
    async with shelving.open_shelf(loaded, listed) as opened:
        yield Library(shelf.create(opened))


@pytest.fixture
async def home(tmp_path, store_url):
    async with library(tmp_path, database_url=store_url, auth_mode="jwt", jwt_secret=JWT) as opened:
        yield opened


async def _ask(client, book: str, text: str) -> tuple[str, str]:
    """The thread and the text of the answer."""
    answer = await client.post(f"/{book}/api/chatkit/chat", json={"message": text})
    assert answer.status_code == 200, answer.text
    return answer.json()["thread_id"], answer.json()["answer"]


async def _listed(client, book: str) -> list[dict[str, object]]:
    """The conversations that the reader has in `book`."""
    return list((await client.post(f"/{book}/chatkit", json=admitted.LIST)).json()["data"])


async def test_each_book_answers_from_its_own_pages(home):
    """What stands in the other is not in this one."""
    async with home.client("grace") as grace:
        _, of_bees = await _ask(grace, "bees", "What does smoke mask?")
        _, of_ships = await _ask(grace, "ships", "What is the keel?")
        _, nothing = await _ask(grace, "bees", "What is the keel?")

    assert "alarm scent" in of_bees
    assert "lowest timber" in of_ships
    assert "timber" not in nothing


async def test_links_lead_to_the_books_own_address(home):
    """And the page stands there, with links and files below the same address."""
    async with home.client("ada") as ada:
        told = await ada.post("/bees/api/chatkit/chat", json={"message": "What does smoke mask?"})
        url = told.json()["sources"][0]["url"]
        page = await ada.get(url.split("#")[0])

    assert url.startswith(("/bees/", f"{admitted.SITE}/bees/"))
    assert page.status_code == 200
    assert 'src="/bees/loader.js"' in page.text or "npm" in page.text
    assert 'href="/bees/-/book.css"' in page.text
    assert not [href for href in page.text.split('href="')[1:] if href.startswith("/") and not href.startswith("/bees")]


async def test_conversations_stay_with_their_book(home):
    """One of the other book is no conversation here, whatever is asked of it."""
    async with home.client("grace") as grace:
        thread, _ = await _ask(grace, "bees", "What does smoke mask?")
        await _ask(grace, "ships", "What is the keel?")
        told = [await grace.post(f"/{book}/chatkit", json=admitted.LIST) for book in ("bees", "ships")]
        here, there = ([each["id"] for each in answer.json()["data"]] for answer in told)
        more = {"type": "threads.add_user_message", "params": {"thread_id": thread, "input": message("And honey?")}}
        answers = [
            await grace.post("/ships/chatkit", json={"type": "threads.get_by_id", "params": {"thread_id": thread}}),
            await grace.post("/ships/chatkit", json={"type": "items.list", "params": {"thread_id": thread}}),
            await grace.post("/ships/chatkit", json=more),
            await grace.get(f"/ships/chatkit/threads/{thread}/records"),
            await grace.get(f"/ships/api/chatkit/threads/{thread}/messages"),
            await grace.delete(f"/ships/api/chatkit/threads/{thread}"),
        ]
        still = await grace.get(f"/bees/chatkit/threads/{thread}/records")

    assert here == [thread]
    assert len(there) == 1
    assert thread not in there
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert still.status_code == 200


@pytest.mark.parametrize(
    ("claims", "admitted_"),
    [
        ({"subject": "ada"}, False),
        ({"subject": "ada", "org_id": "army"}, False),
        ({"subject": "ada", "org_id": "navy"}, True),
        ({"subject": "ada", "roles": ["student", "teacher"]}, True),
        ({"subject": "grace"}, True),
        ({"subject": "navy", "org_id": "grace", "roles": ["navy"]}, False),
    ],
)
async def test_a_book_is_there_for_its_audience_alone(home, claims, admitted_):
    """Page, chat, search, what it is called: nothing of it is told to others."""
    async with home.client(**claims) as reader:
        answers = [
            await reader.get("/ships/"),
            await reader.get("/ships/chatkit/config"),
            await reader.post("/ships/chatkit", json=admitted.LIST),
            await reader.post("/ships/api/chatkit/chat", json={"message": "What is the keel?"}),
            await reader.get("/ships/openapi.json"),
        ]
        listed = (await reader.get("/")).text
    statuses = {answer.status_code for answer in answers}

    assert statuses == ({200} if admitted_ else {404})
    assert ("/ships/" in listed) == admitted_
    assert "Bees for beginners" in listed
    if not admitted_:
        assert not any("keel" in answer.text for answer in answers)


async def test_strangers_are_asked_to_sign_in(home):
    """And the open book's pages are everybody's."""
    async with home.client() as nobody:
        assert (await nobody.get("/ships/")).status_code == 401
        assert (await nobody.get("/bees/")).status_code == 200
        assert (await nobody.post("/bees/chatkit", json=admitted.LIST)).status_code == 401


async def test_each_book_has_settings_of_its_own(home):
    """The other keeps the server's."""
    async with home.client("grace") as grace:
        bees, ships = [(await grace.get(f"/{book}/chatkit/config")).json() for book in ("bees", "ships")]

    assert bees["title"] == "Bees for beginners"
    assert bees["greeting"] == "Ask the beekeeper"
    assert [prompt["prompt"] for prompt in bees["prompts"]] == ["When is honey ripe?"]
    assert ships["greeting"] is None
    assert ships["title"] == "ships"


async def test_a_session_of_one_book_is_good_for_the_person_in_another(home):
    """It says who asks; the audience is asked about anew at each book."""
    async with home.client("ada") as ada, home.client() as bearer:
        session = (await ada.post("/bees/api/chatkit/session", json={})).json()
        bearer.headers["authorization"] = f"Bearer {session['client_secret']}"
        await _ask(bearer, "bees", "What does smoke mask?")
        mine = (await ada.post("/bees/chatkit", json=admitted.LIST)).json()["data"]
        foreign = await bearer.post("/ships/chatkit", json=admitted.LIST)

    assert len(mine) == 1
    assert foreign.status_code == 404


async def test_erasing_at_the_top_erases_in_every_book(home):
    """And at a book, in that one."""
    async with home.client("grace") as grace, home.client("ada") as ada:
        for book in ("bees", "ships"):
            await _ask(grace, book, "What is the keel?")
        await _ask(ada, "bees", "What does smoke mask?")
        assert (await grace.delete("/ships/api/chatkit/me")).status_code == 204
        left = [
            len((await grace.post(f"/{book}/chatkit", json=admitted.LIST)).json()["data"]) for book in ("bees", "ships")
        ]
        assert (await grace.delete("/api/chatkit/me")).status_code == 204
        gone = [
            len((await grace.post(f"/{book}/chatkit", json=admitted.LIST)).json()["data"]) for book in ("bees", "ships")
        ]
        hers = await _listed(ada, "bees")

    assert left == [1, 0]
    assert gone == [0, 0]
    assert len(hers) == 1


async def test_the_top_says_how_the_server_is_and_has_no_chat(home):
    """A request without a book is told where the books are."""
    async with home.client("ada") as ada:
        health = (await ada.get("/health")).json()
        chat = await ada.post("/chatkit", json=admitted.LIST)
        lost = await ada.get("/trains/engines")
        short = await ada.get("/bees?theme=dark")

    assert health["status"] == "ok"
    assert health["books"] == {"bees": {"status": "ok"}, "ships": {"status": "ok"}}
    assert chat.status_code == 404
    assert lost.status_code == 404
    assert "listed at /" in lost.json()["detail"]
    assert short.headers["location"] == "/bees/?theme=dark"


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("", "lists no book"),
        ("[bees", "is no TOML"),
        ('[api]\nfolder = "bees"', "an address of the server itself"),
        ('[Bees]\nfolder = "bees"', "no address"),
        ('bees = "bees"', "a book is a table"),
        ("[bees]\ntitle = 'Bees'", "folder: Field required"),
        ('[bees]\nfolder = "bees"\ncolour = "red"', "colour: Extra inputs"),
        ('[bees]\nfolder = "bees"\n[bees.settings]\nCHATKIT_GREETNG = "x"', "did you mean CHATKIT_GREETING"),
        ('[bees]\nfolder = "bees"\n[bees.settings]\nDATABASE_URL = "x"', "is no setting of a single book"),
        ('[bees]\nfolder = "bees"\n[bees.settings]\nCHATKIT_TEMPERATURE = 9', "[bees]: CHATKIT_TEMPERATURE"),
        ('[bees]\nfolder = "bees"\n[bees.audience]\nrole = ["x"]', "audience.role: Extra inputs"),
    ],
)
def test_a_list_that_cannot_be_meant_is_explained(tmp_path, listed, says):
    """With the file, the book and what to write instead."""
    loaded = settings.load({}, books=_written(tmp_path, listed))

    with pytest.raises(SettingsError, match=re.escape(says)):
        books.read(loaded.books, loaded)


async def test_a_site_built_for_another_address_is_refused(tmp_path):
    """Its links would lead out of the book."""
    built = tmp_path / "bees" / "out"
    file = _written(tmp_path, f'[bees]\nfolder = "bees"\n[bees.settings]\nPAGESIDE_SITE = "{built}"')
    built.mkdir()
    (built / "index.html").write_text('<link rel="canonical" href="https://x.example/other/">', "utf-8")
    loaded = settings.load({}, data_dir=tmp_path / "data", embedding_model="none", books=file)
    listed = books.read(file, loaded)
    async with shelving.open_shelf(loaded, listed) as opened:
        with pytest.raises(SettingsError, match="built for /other, and the book stands at /bees/"):
            shelf.create(opened)
