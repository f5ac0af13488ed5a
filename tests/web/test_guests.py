"""A guest who signs in takes along what they have: whole, once, and from this browser alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import jwt
import pytest
from tests import sample_files, small_book, zygote
from tests.admitted import SECRET, by, door
from tests.chatkit_client import ChatKit

from pageside import ids
from pageside.conversation.sweeping import Sweep
from pageside.errors import Unavailable
from pageside.identity import roll
from pageside.identity.reader import Reader
from pageside.storage.files import LocalFiles
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details

TAKE_OVER = "/api/chatkit/me/guest"
QUESTION = "What does the queen excluder do?"
PICTURE = sample_files.picture()


def tomorrow():
    return ids.now() + timedelta(days=1)


def token(subject):
    return jwt.encode({"sub": subject, "exp": 4_000_000_000}, SECRET, algorithm="HS256")


@pytest.fixture
def book(tmp_path):
    """Indexed where the house looks for it."""
    written = small_book.write(tmp_path / "book")
    command = ["index", written, "--data-dir", tmp_path / "data"]
    zygote.run(command, cwd=tmp_path, env={"EMBEDDING_MODEL": "none"}).check_returncode()


@pytest.fixture
async def house(tmp_path, store_url, book):
    async with door(tmp_path, store_url=store_url, auth_mode="jwt", jwt_secret=SECRET) as opened:
        yield opened


@pytest.fixture
async def guest(tmp_path, store_url, house):
    """A browser in which somebody asked as a guest, before the server knew accounts."""
    async with door(tmp_path, store_url=store_url) as before, before.client() as browser:
        chat = ChatKit(browser)
        first = await chat.ask(QUESTION)
        form = {"file": ("hive.png", PICTURE, "image/png")}
        picture = (await browser.post("/chatkit/attachments", files=form)).json()
        second = await chat.ask("What is in this picture?", attachments=[picture["id"]])
        await chat.call("items.feedback", thread_id=first.thread_id, item_ids=[first.answer["id"]], kind="positive")
        yield browser.cookies, (first, second), picture


async def export(client, headers, thread_id):
    response = await client.get(f"/api/chatkit/threads/{thread_id}/export?format=json", headers=headers)
    told = response.json()
    told.pop("exported_at", None)
    return response.status_code, told


async def test_everything_goes_along(house, guest):
    """Threads with their items, opinions and files; nothing is left of the guest, and the cookie ends."""
    cookies, (first, second), picture = guest
    ada = by(token("ada"))
    async with house.client() as client:
        client.cookies = cookies
        taken = await client.post(TAKE_OVER, headers=ada)
        told = [await export(client, ada, each.thread_id) for each in (first, second)]
        file = await client.get(f"/chatkit/attachments/{picture['id']}", headers=ada)
        again = await client.post(TAKE_OVER, headers=ada)
    assert (taken.status_code, taken.json()) == (200, {"conversations": 2})
    assert "Max-Age=0" in taken.headers["set-cookie"]
    assert [status for status, _ in told] == [200, 200]
    items = [[item["id"] for item in found["items"]] for _, found in told]
    assert [items[0][-1], items[1][-1]] == [first.answer["id"], second.answer["id"]]
    assert [item["feedback"] for item in told[0][1]["items"] if "feedback" in item] == ["positive"]
    assert file.content == PICTURE
    assert again.json() == {"conversations": 0}


async def test_what_was_taken_over_goes_on(house, guest, tmp_path):
    """The account asks on in the guest's thread, beside its own; the sweep leaves the file where it is."""
    cookies, (first, _), picture = guest
    ada = by(token("ada"))
    async with house.client(**ada) as client:
        own = await ChatKit(client).ask(QUESTION)
        client.cookies = cookies
        await client.post(TAKE_OVER)
        await Sweep(house.services.database, LocalFiles(tmp_path / "data" / "files"), now=tomorrow).run()
        on = await ChatKit(client).ask("And how wide are its slots?", thread=first.thread_id)
        listed = {thread["id"] for thread in await ChatKit(client).threads()}
        file = await client.get(f"/chatkit/attachments/{picture['id']}")

    assert on.errors == []
    assert listed >= {own.thread_id, first.thread_id}
    assert len(listed) == 3
    assert file.status_code == 200


async def test_tasks_go_along_under_numbers_of_their_own(house, guest):
    """Counted on from the account's; what the guest did last can still be undone, and nothing is left of theirs."""
    cookies, _, _ = guest
    board = SqlTaskBoard(house.services.database)
    (known,) = [reader async for reader in roll.walk(house.services.database)]
    account = Reader("ada", known.organisation)
    async with board.work(account) as mine:
        await mine.add(Details(title="Her own"))
    async with board.work(known) as theirs:
        await theirs.add(Details(title="Milk", tags=("home",)))
        await theirs.add(Details(title="Lab"))
    async with board.work(known) as theirs:
        await theirs.update(1, Details(title="Oat milk"))
        await theirs.delete(2)
    async with house.client() as client:
        client.cookies = cookies
        await client.post(TAKE_OVER, headers=by(token("ada")))
        await client.post(TAKE_OVER, headers=by(token("ada")))
    async with board.work(account) as mine:
        taken = [(each.number, each.title, each.tags) for each in await mine.tasks()]
        undone = [(was.number, now.title) for was, now in await mine.undo()]
        number = (await mine.add(Details(title="New"))).number
    async with board.reading(known) as theirs:
        left = [*await theirs.tasks(), *await theirs.deleted()]

    assert taken == [(1, "Her own", ()), (2, "Oat milk", ("home",))]
    assert undone == [(2, "Milk"), (3, "Lab")]
    assert number == 4
    assert left == []
    assert [reader async for reader in roll.walk(house.services.database)] == [account]


async def test_two_who_take_over_at_once_share_nothing(house, guest):
    """Each thread is with the one or with the other, whole."""
    cookies, told, _ = guest
    async with house.client() as client:
        client.cookies = cookies
        answers = await asyncio.gather(*(client.post(TAKE_OVER, headers=by(token(who))) for who in ("ada", "eve")))
        found = [[(await export(client, by(token(who)), each.thread_id))[0] for each in told] for who in ("ada", "eve")]

    assert {answer.status_code for answer in answers} == {200}
    assert sum(answer.json()["conversations"] for answer in answers) == 2
    assert [sorted(pair) for pair in zip(*found, strict=True)] == [[200, 404], [200, 404]]


@pytest.mark.parametrize("cookie", ["", "forged", "gst_01jd.x.y"])
async def test_without_the_guests_own_cookie_nothing_is_taken(house, guest, cookie):
    """Nor by who knows a thread's id."""
    _, (first, _), _ = guest
    async with house.client() as client:
        if cookie:
            client.cookies.set("pageside_guest", cookie)
        taken = await client.post(TAKE_OVER, headers=by(token("eve")))
        status, _ = await export(client, by(token("eve")), first.thread_id)

    assert taken.json() == {"conversations": 0}
    assert status == 404


async def test_without_an_account_there_is_nowhere_to_take_it(house, guest, tmp_path, store_url):
    """Nobody is refused as nobody, a guest as a guest; the guest keeps all."""
    cookies, (first, _), _ = guest
    async with house.client() as client:
        client.cookies = cookies
        nobody = await client.post(TAKE_OVER)
    async with door(tmp_path, store_url=store_url) as guests, guests.client() as client:
        client.cookies = cookies
        still = await client.post(TAKE_OVER)
        status, _ = await export(client, {}, first.thread_id)

    assert (nobody.status_code, still.status_code, status) == (401, 403, 200)


async def test_files_that_cannot_be_read_leave_the_rest_with_the_guest(house, guest, monkeypatch):
    """It can be asked again, and nothing is lost."""
    cookies, told, _ = guest
    ada = by(token("ada"))

    async def broken(self, key):
        raise Unavailable("Files cannot be reached at the moment.")
        yield b""

    async with house.client() as client:
        client.cookies = cookies
        with monkeypatch.context() as patched:
            patched.setattr(LocalFiles, "pieces", broken)
            failed = await client.post(TAKE_OVER, headers=ada)
        taken = await client.post(TAKE_OVER, headers=ada)
        found = [(await export(client, ada, each.thread_id))[0] for each in told]

    assert failed.status_code == 503
    assert taken.status_code == 200
    assert found == [200, 200]
