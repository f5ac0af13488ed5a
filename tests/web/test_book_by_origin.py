"""A book found by the site that asks, and what each book has of its own: sites, model, prompt, thresholds."""

from __future__ import annotations

from contextlib import ExitStack, asynccontextmanager

import httpx2
import pytest
from tests import admitted, small_book
from tests.scripted_openai import ScriptedOpenAI

from pageside import settings
from pageside.errors import SettingsError
from pageside.settings import books
from pageside.web import shelf
from pageside.wiring import shelving

BEES, SHIPS = "https://bees.example", "https://ships.example:8443"
SHIP_PAGE = "# Ships\n\n## The keel\n\nThe keel is the lowest timber of a ship, and everything is built upon it.\n"
LISTED = f"""
[bees]
folder = "bees"
title = "Bees"
origins = ["{BEES}"]

[ships]
folder = "ships"
title = "Ships"
origins = ["{SHIPS}"]
"""


def listed_in(folder, told: str = LISTED, **chosen):
    small_book.write(folder / "bees")
    (folder / "ships").mkdir(exist_ok=True)
    (folder / "ships" / "index.md").write_text(SHIP_PAGE, "utf-8")
    (folder / "books.toml").write_text(told, "utf-8")
    loaded = settings.load(
        {}, data_dir=folder / "data", embedding_model="none", books=folder / "books.toml", secret="s" * 40, **chosen
    )
    return loaded, books.read(loaded.books, loaded)


@asynccontextmanager
async def opened(folder, told: str = LISTED, **chosen):
    """A client of the application over both books."""
    loaded, listed = listed_in(folder, told, **chosen)
    for each in listed:
        await shelving.index(each, progress=lambda _: None)
    async with shelving.open_shelf(loaded, listed) as both:
        transport = httpx2.ASGITransport(shelf.create(both), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url=admitted.SITE) as client:
            yield client


async def asked(client, text: str, *, path: str = "", **headers: str) -> str:
    answer = await client.post(f"{path}/api/chatkit/chat", json={"message": text}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["answer"]


async def test_a_site_means_its_book(tmp_path):
    """By the origin its pages ask from, or by the host it has; an address that names a book is that book's."""
    async with opened(tmp_path, auth_mode="header") as client:
        by_origin = [(await client.get("/chatkit/config", headers={"origin": site})).json() for site in (BEES, SHIPS)]
        by_host = (await client.get("/chatkit/config", headers={"host": "ships.example:8443"})).json()
        keel = await asked(client, "What is the keel?", origin=SHIPS)
        nothing = await asked(client, "What is the keel?", origin=BEES)
        named = (await client.get("/bees/chatkit/config", headers={"host": "ships.example:8443"})).json()
        home = await client.get("/", headers={"host": "bees.example"})
        scripts = [(await client.get(name)).status_code for name in ("/loader.js", "/chatkit.js")]

    assert [config["title"] for config in by_origin] == ["Bees", "Ships"]
    assert by_host["title"] == "Ships"
    assert "lowest timber" in keel
    assert "lowest timber" not in nothing
    assert named["title"] == "Bees"
    assert "Bees" in home.text
    assert scripts == [200, 200]


async def test_a_site_may_speak_with_its_own_book_alone(tmp_path):
    """Browsers are told so, and a page that may not is refused where it acts."""
    ask = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    async with opened(tmp_path, auth_mode="guest") as client:
        preflight = await client.options("/chatkit", headers={"origin": BEES, **ask})
        allowed = await client.get("/bees/chatkit/config", headers={"origin": BEES})
        foreign = await client.get("/ships/chatkit/config", headers={"origin": BEES})
        acted = await client.post("/ships/chatkit", json=admitted.LIST, headers={"origin": BEES, "cookie": "a=b"})
        stranger = await client.get("/chatkit/config", headers={"origin": "https://evil.example"})

    assert preflight.headers["access-control-allow-origin"] == BEES
    assert allowed.headers["access-control-allow-origin"] == BEES
    assert "access-control-allow-origin" not in foreign.headers
    assert acted.status_code == 403
    assert stranger.status_code == 404


async def test_what_is_said_of_the_whole_server_is_said_to_every_site(tmp_path):
    """The health of all books, whatever host is asked."""
    async with opened(tmp_path) as client:
        health = (await client.get("/health", headers={"host": "bees.example"})).json()

    assert set(health["books"]) == {"bees", "ships"}


async def test_conversations_of_a_site_are_those_of_its_book(tmp_path):
    """Found again at the book's address, and not at another's."""
    async with opened(tmp_path, auth_mode="header") as client:
        await asked(client, "What is the keel?", origin=SHIPS)
        at_ships = (await client.post("/ships/chatkit", json=admitted.LIST)).json()["data"]
        at_bees = (await client.post("/chatkit", json=admitted.LIST, headers={"origin": BEES})).json()["data"]

    assert len(at_ships) == 1
    assert at_bees == []


async def test_each_book_has_a_model_a_prompt_and_thresholds_of_its_own(tmp_path):
    """A question goes to its book's model, with its book's prompt and key, and to no other."""
    with ExitStack() as stack:
        bees, ships = stack.enter_context(ScriptedOpenAI()), stack.enter_context(ScriptedOpenAI())
        ships.say("The keel is the lowest timber of a ship [1].")
        told = LISTED + "".join(
            f'\n[{name}.settings]\nOPENAI_BASE_URL = "{server.base_url}"\nOPENAI_API_KEY = "sk-{name}-0123456789"\n'
            f'CHATKIT_MODEL = "model-of-{name}"\nCHATKIT_SYSTEM_INSTRUCTIONS = "You speak to {who}."\n'
            f'PAGESIDE_REFUSAL = "{refusal}"\nPAGESIDE_UNSUPPORTED = "{unsupported}"\n'
            for name, server, who, refusal, unsupported in (
                ("bees", bees, "beekeepers", "strict", "drop"),
                ("ships", ships, "sailors", "generous", "mark"),
            )
        )
        async with opened(tmp_path, told) as client:
            answer = await asked(client, "What is the keel?", path="/ships")

    assert "lowest timber" in answer
    (request,) = ships.requests
    assert request.body["model"] == "model-of-ships"
    assert request.key == "sk-ships-0123456789"
    assert "You speak to sailors." in request.instructions
    assert "beekeepers" not in request.instructions
    assert bees.requests == []


def test_thresholds_are_a_books_own(tmp_path):
    """And the server's where it has none."""
    own = 'PAGESIDE_REFUSAL = "strict"\nPAGESIDE_MAX_SEARCHES_PER_TURN = 1\nPAGESIDE_TASKS = false\n'
    told = f"{LISTED}\n[bees.settings]\n{own}"
    _, (bees, ships) = listed_in(tmp_path, told, refusal="generous")

    assert (bees.settings.refusal, bees.settings.max_searches, bees.settings.tasks) == ("strict", 1, False)
    assert (ships.settings.refusal, ships.settings.tasks) == ("generous", True)


@pytest.mark.parametrize(
    ("origins", "says"),
    [
        ('"https://bees.example/shop"', "[bees]: origins"),
        ('"*"', "no origin"),
        ('"https://a.example,https://b.example"', "quotes of its own"),
        (f'"{SHIPS}"', "means [bees] already"),
    ],
)
def test_origins_that_cannot_be_meant_are_explained(tmp_path, origins, says):
    """An origin is a browser's, and means one book."""
    told = LISTED.replace(f'"{BEES}"', origins)

    with pytest.raises(SettingsError) as refused:
        listed_in(tmp_path, told)

    assert says in str(refused.value)
