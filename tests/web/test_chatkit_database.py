"""The database comes and goes; the chat says so and recovers by itself."""

from __future__ import annotations

import asyncio
import json
import shutil

import httpx2
import pytest
from tests import served as served_process
from tests import small_book
from tests.chatkit_client import ChatKit, message, told
from tests.chatkit_house import browser, house, served
from tests.scripted_tutor import ScriptedTutor

from pageside.errors import IndexMissing

DELTA = "assistant_message.content_part.text_delta"


@pytest.fixture
async def home(tmp_path):
    """Over a file, which can be moved and spoilt."""
    async with house(tmp_path) as opened:
        yield opened


def moved(path, target):
    """Moves the database with the files SQLite keeps beside it."""
    target.mkdir(exist_ok=True)
    for file in path.parent.glob(path.name + "*"):
        shutil.move(file, target / file.name)


async def test_without_its_file_the_chat_answers_503_and_comes_back(home, ada, tmp_path):
    """Moved away: words and a hint to try again; moved back: everything is there, without a restart."""
    kept = await ada.ask("hi")
    moved(home.path, tmp_path / "away")
    refusals = [
        await ada.send("threads.list"),
        await ada.send("threads.get_by_id", thread_id=kept.thread_id),
        await ada.send("threads.create", input=message("more")),
        await ada.send("threads.delete", thread_id=kept.thread_id),
    ]
    healthy = await home.database.healthy()
    moved(tmp_path / "away" / home.path.name, home.path.parent)

    assert [refusal.status_code for refusal in refusals] == [503] * 4
    assert {refusal.json()["code"] for refusal in refusals} == {"store_unavailable"}
    assert all("try again" in refusal.json()["detail"] for refusal in refusals)
    assert all(refusal.headers["retry-after"] for refusal in refusals)
    assert healthy is False
    assert await home.database.healthy() is True
    assert len(await ada.items(kept.thread_id)) == 3
    assert (await ada.ask("more", thread=kept.thread_id)).errors == []


async def test_a_file_put_in_its_place_is_the_one_that_counts(home, ada, tmp_path):
    """A restored copy is read at once; connections to the old file are dropped."""
    first = await ada.ask("first")
    await home.database.aclose()
    shutil.copy(home.path, tmp_path / "backup")
    await ada.ask("second")
    await home.database.aclose()
    (tmp_path / "backup").replace(home.path)

    assert [thread["id"] for thread in await ada.threads()] == [first.thread_id]


async def test_a_damaged_file_is_no_server_error(home, ada):
    """Not a database any more: 503, and the path is not told."""
    await ada.ask("hi")
    await home.database.aclose()
    home.path.write_bytes(b"this is no database" * 100)
    response = await ada.send("threads.list")

    assert response.status_code == 503
    assert str(home.path.parent) not in response.text


async def test_a_database_that_goes_while_the_answer_comes_is_told_in_words(tmp_path):
    """The stream ends with an error event; what was asked before it went is there when it is back."""
    tutor = ScriptedTutor(pause_before=4)
    async with house(tmp_path, tutor) as home, served(home.app) as url, browser(url) as ada:
        async with ada.asking("q") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await stream.until(DELTA)
            moved(home.path, tmp_path / "away")
            tutor.resume.set()
            events = await stream.rest()
        moved(tmp_path / "away" / home.path.name, home.path.parent)
        tutor.pause_before = -1
        again = await ada.tell("threads.retry_after_item", thread_id=thread_id, item_id=events[1]["item"]["id"])

    assert events[-1]["type"] == "error"
    assert events[-1]["allow_retry"] is True
    assert "try again" in events[-1]["message"]
    assert again.text == "A servo holds an angle [1]."


async def test_a_question_that_cannot_be_stored_is_refused_before_the_stream(tmp_path):
    """A status, no half-begun thread, and whoever answers was never asked."""
    tutor = ScriptedTutor()
    async with house(tmp_path, tutor) as home, home.client() as ada:
        moved(home.path, tmp_path / "away")
        response = await ada.send("threads.create", input=message("q"))
        moved(tmp_path / "away" / home.path.name, home.path.parent)

        assert response.status_code == 503
        assert await ada.threads() == []
        assert tutor.questions == []


async def test_our_own_errors_speak_for_themselves(tmp_path):
    """What a part says to a reader reaches the reader."""
    failure = IndexMissing("Nothing has been indexed yet.")
    async with house(tmp_path, ScriptedTutor(failure=failure, fail_at=0)) as home, home.client() as ada:
        answer = await ada.ask("q")

    assert [error["message"] for error in answer.errors] == ["Nothing has been indexed yet."]


async def test_the_unforeseen_is_logged_and_referred_to(tmp_path):
    """The reader gets the request's id, which is all that is needed to find it in the log."""
    tutor = ScriptedTutor(failure=RuntimeError("password=hunter2"), fail_at=3)
    async with house(tmp_path, tutor) as home, home.client() as ada:
        body = {"type": "threads.create", "params": {"input": message("q")}}
        response = await ada.http.post("/chatkit", json=body, headers={"x-request-id": "req-1234567890"})
        answer = told(response)
        workflow = answer.done("workflow")

    assert "req-1234567890" in answer.errors[0]["message"]
    assert "hunter2" not in response.text
    assert len(workflow) == 1


async def test_two_servers_share_one_database(tmp_path, store_url):
    """Both write at once; nothing is lost, order is kept, each sees the other's."""
    async with (
        house(tmp_path, store_url=store_url) as one,
        house(tmp_path, store_url=store_url) as two,
        one.client() as here,
        two.client() as there,
    ):
        first = await here.ask("begin")
        await asyncio.gather(*[(here, there)[n % 2].ask(f"thread {n}") for n in range(30)])
        await there.ask("more", thread=first.thread_id)

        threads = await here.threads()
        assert len(threads) == 31
        assert threads[0]["id"] == first.thread_id
        assert await here.items(first.thread_id) == await there.items(first.thread_id)


async def test_two_servers_answer_one_question_at_a_time_in_a_thread(tmp_path, store_url):
    """What one is answering, the other puts off."""
    tutor = ScriptedTutor(pause_before=4)
    async with (
        house(tmp_path, tutor, store_url=store_url) as one,
        served(one.app) as url,
        browser(url) as here,
        house(tmp_path, store_url=store_url) as two,
        two.client() as there,
    ):
        async with here.asking("q") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await stream.until(DELTA)
            busy = await there.send("threads.add_user_message", thread_id=thread_id, input=message("me too"))
            tutor.resume.set()
            await stream.rest()
        answered = await there.ask("now", thread=thread_id)

    assert (busy.status_code, busy.json()["code"]) == (409, "thread_busy")
    assert answered.text == "A servo holds an angle [1]."


async def test_without_its_server_the_chat_answers_503_and_comes_back(tmp_path, postgres):
    """PostgreSQL stopped: words and a hint to try again; started: everything is there, at the first request."""
    async with house(tmp_path, store_url=postgres.database()) as home, home.client() as ada:
        kept = await ada.ask("hi")
        postgres.stop()
        refusals = [
            await ada.send("threads.list"),
            await ada.send("threads.get_by_id", thread_id=kept.thread_id),
            await ada.send("threads.create", input=message("more")),
        ]
        postgres.start()
        items = await ada.items(kept.thread_id)
        again = await ada.ask("more", thread=kept.thread_id)

    assert [(refusal.status_code, refusal.json()["code"]) for refusal in refusals] == [(503, "store_unavailable")] * 3
    assert all("try again" in refusal.json()["detail"] for refusal in refusals)
    assert len(items) == 3
    assert again.errors == []


async def test_a_server_that_goes_while_the_answer_comes_is_told_in_words(tmp_path, postgres):
    """The stream ends with an error event; what was asked before it went is there when it is back."""
    tutor = ScriptedTutor(pause_before=4)
    async with (
        house(tmp_path, tutor, store_url=postgres.database()) as home,
        served(home.app) as url,
        browser(url) as ada,
    ):
        async with ada.asking("q") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await stream.until(DELTA)
            postgres.stop()
            tutor.resume.set()
            events = await stream.rest()
        postgres.start()
        tutor.pause_before = -1
        again = await ada.tell("threads.retry_after_item", thread_id=thread_id, item_id=events[1]["item"]["id"])

    assert events[-1]["type"] == "error"
    assert events[-1]["allow_retry"] is True
    assert "try again" in events[-1]["message"]
    assert again.text == "A servo holds an angle [1]."


async def test_a_real_server_goes_on_when_its_database_is_restarted(tmp_path, postgres):
    """`pageside serve` over PostgreSQL: asked, left without a database, asked again; its health says how it is."""
    book = small_book.write(tmp_path / "book")
    with served_process.server(book, tmp_path / "data", DATABASE_URL=postgres.database()) as url:
        async with httpx2.AsyncClient(base_url=url, timeout=60) as http:
            reader = ChatKit(http)
            first = await reader.ask("What does a servo do?")
            postgres.stop()
            refused = await reader.send("threads.list")
            down = (await http.get("/health")).json()
            page = await http.get("/")
            postgres.start()
            threads = await reader.threads()
            up = (await http.get("/health")).json()
            second = await reader.ask("What does a servo do?", thread=first.thread_id)

    assert (refused.status_code, page.status_code) == (503, 200)
    assert (down["status"], down["parts"]["database"]["status"]) == ("degraded", "unavailable")
    assert (up["status"], up["parts"]["database"]["status"]) == ("ok", "ok")
    assert [thread["id"] for thread in threads] == [first.thread_id]
    assert first.text
    assert second.text
    log = [json.loads(line) for line in (tmp_path / "server.log").read_text("utf-8").splitlines() if line[0] == "{"]
    assert {line["event"] for line in log if line["level"] == "error"} == {"store_unavailable"}
