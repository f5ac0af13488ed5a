"""The same request again, under the same key: done once, answered every time. On each kind of database."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import select
from tests import small_book
from tests.chatkit_client import message, told
from tests.chatkit_house import browser, house, served
from tests.scripted_openai import ScriptedOpenAI
from tests.scripted_tutor import ScriptedTutor
from tests.web.listening import process_of

from pageside import ids
from pageside.conversation.runs import Runs
from pageside.identity.reader import Reader
from pageside.storage.tables import requests

DELTA = "assistant_message.content_part.text_delta"
ADA = Reader("ada")


@pytest.fixture
def tutor():
    return ScriptedTutor()


@pytest.fixture
async def ada(tmp_path, store_url, tutor):
    """A reader of a server of each kind."""
    async with house(tmp_path, tutor, store_url=store_url) as home, home.client() as client:
        yield client


@asynccontextmanager
async def two_servers(folder, store_url, tutor, **options):
    """Readers of two servers, which share nothing but the database."""
    async with (
        house(folder, tutor, store_url=store_url, **options) as one,
        house(folder, tutor, store_url=store_url, **options) as two,
        one.client() as ada,
        two.client() as ada_there,
    ):
        yield ada, ada_there


async def send(client, key, operation, headers=None, **params):
    """The response to one operation under a key."""
    body = {"type": operation, "params": params}
    return await client.http.post("/chatkit", json=body, headers={"Idempotency-Key": key, **(headers or {})})


async def ask(client, key, text="What is a servo?", thread=""):
    if thread:
        return await send(client, key, "threads.add_user_message", thread_id=thread, input=message(text))
    return await send(client, key, "threads.create", input=message(text))


def texts(items, kind):
    return [item["content"][0]["text"] for item in items if item["type"] == kind]


async def everything(client):
    """Every item of every thread."""
    return [item for thread in await client.threads() for item in await client.items(thread["id"])]


async def test_a_message_sent_twice_is_one_message(ada, tutor):
    """The same stream, byte for byte; one thread, one message, one answer."""
    first = await ask(ada, "k1")
    second = await ask(ada, "k1")

    assert told(first).text == "A servo holds an angle [1]."
    assert second.text == first.text
    assert len(await ada.threads()) == 1
    assert len(tutor.questions) == 1
    assert len(texts(await everything(ada), "user_message")) == 1


async def test_a_message_in_a_thread_sent_twice_is_one_message(ada, tutor):
    """Also when another was sent in between."""
    thread = told(await ask(ada, "k1")).thread_id
    first = await ask(ada, "k2", "And then?", thread)
    await ask(ada, "k3", "Why?", thread)
    second = await ask(ada, "k2", "And then?", thread)

    assert second.text == first.text
    assert texts(await ada.items(thread), "user_message") == ["What is a servo?", "And then?", "Why?"]
    assert len(tutor.questions) == 3


async def test_a_repeated_request_joins_the_answer_under_way(tmp_path, store_url):
    """From its first frame; the first connection may be lost then."""
    tutor = ScriptedTutor(pause_before=4)
    async with (
        house(tmp_path, tutor, store_url=store_url) as home,
        served(home.app) as url,
        browser(url) as ada,
    ):
        body = {"type": "threads.create", "params": {"input": message("q")}}
        headers = {"Idempotency-Key": "k1"}
        async with ada.http.stream("POST", "/chatkit", json=body, headers=headers) as second:
            early = second.aiter_lines()
            async for line in early:
                if DELTA in line:
                    break
            async with ada.http.stream("POST", "/chatkit", json=body, headers=headers) as first:
                heard = first.aiter_lines()
                created = await anext(heard)
                tutor.resume.set()
                later = [created] + [line async for line in heard]
            rest = [line async for line in early]
        items = await everything(ada)

    assert created.startswith('data: {"type":"thread.created"')
    assert later[-len(rest) :] == rest
    assert told_text(later) == "A servo holds an angle [1]."
    assert len(tutor.questions) == 1
    assert [item["type"] for item in items] == ["user_message", "workflow", "assistant_message"]
    assert texts(items, "assistant_message") == ["A servo holds an angle [1]."]


def told_text(lines):
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    return "".join(event["update"]["delta"] for event in events if event.get("update", {}).get("type") == DELTA)


async def test_one_of_two_connections_may_go(tmp_path):
    """The answer ends when the last of them leaves, not the first."""
    tutor = ScriptedTutor(pause_before=4)
    async with house(tmp_path, tutor) as home, served(home.app) as url, browser(url) as ada:
        body = {"type": "threads.create", "params": {"input": message("q")}}
        headers = {"Idempotency-Key": "k1"}
        async with ada.http.stream("POST", "/chatkit", json=body, headers=headers) as first:
            lines = first.aiter_lines()
            await anext(lines)
            again = asyncio.create_task(ask(ada, "k1", "q"))
            (run,) = home.server._runs._active.values()
            while run._listeners < 2:
                await ada.threads()
        while run._listeners > 1:
            await ada.threads()
        tutor.resume.set()
        whole = told(await again)

    assert whole.text == "A servo holds an angle [1]."


async def test_the_same_key_for_another_request_is_refused(ada, tutor):
    """422, whatever differs; nothing happens."""
    thread = told(await ask(ada, "k1")).thread_id
    denials = [
        await ask(ada, "k1", "Something else?"),
        await ask(ada, "k1", "What is a servo?", thread),
        await send(ada, "k1", "threads.delete", thread_id=thread),
    ]

    assert [denial.status_code for denial in denials] == [422] * 3
    assert {denial.json()["code"] for denial in denials} == {"key_reused"}
    assert "key of its own" in denials[0].json()["detail"]
    assert len(tutor.questions) == 1
    assert len(await ada.threads()) == 1


async def test_where_the_reader_is_makes_no_other_request(ada, tutor):
    """A page that was turned meanwhile is no reason to ask twice."""
    body = {"type": "threads.create", "params": {"input": message("q")}}
    headers = {"Idempotency-Key": "k1"}
    first = await ada.http.post("/chatkit", json=body, headers=headers)
    elsewhere = {**body, "metadata": {"pageContext": {"url": "/there", "title": "There"}}}
    second = await ada.http.post("/chatkit", json=elsewhere, headers=headers)

    assert second.text == first.text
    assert len(tutor.questions) == 1


async def test_a_key_is_its_readers_own(tmp_path, store_url, tutor):
    """Another reader's, and another organisation's, stands for nothing."""
    async with (
        house(tmp_path, tutor, store_url=store_url) as home,
        home.client() as ada,
        home.client("eve") as eve,
        home.client("ada", "other") as namesake,
    ):
        answers = [told(await ask(client, "k1")) for client in (ada, eve, namesake)]

    assert len({answer.thread_id for answer in answers}) == 3
    assert len(tutor.questions) == 3


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "schlüssel", "a\tb"])
async def test_a_malformed_key_is_refused(tmp_path, key):
    """400, with what to send; nothing happens."""
    async with house(tmp_path) as home, home.client() as ada:
        body = {"type": "threads.create", "params": {"input": message("q")}}
        denial = await ada.http.post("/chatkit", json=body, headers=[(b"idempotency-key", key.encode("latin-1"))])
        twice = await ada.http.post("/chatkit", json=body, headers=[("idempotency-key", "a"), ("idempotency-key", "b")])

        assert denial.status_code == twice.status_code == 400
        assert "1 to 200 visible" in denial.json()["detail"]
        assert await ada.threads() == []


async def test_a_request_that_only_reads_is_done_every_time(ada):
    """Whatever key it names."""
    before = await send(ada, "k1", "threads.list")
    await ask(ada, "k2")
    after = await send(ada, "k1", "threads.list")

    assert before.json()["data"] == []
    assert len(after.json()["data"]) == 1


async def test_a_deletion_repeated_is_answered_as_before(ada):
    """`{}` under its key, 404 without."""
    thread = told(await ask(ada, "k1")).thread_id
    first = await send(ada, "k2", "threads.delete", thread_id=thread)
    second = await send(ada, "k2", "threads.delete", thread_id=thread)
    other = await send(ada, "k3", "threads.delete", thread_id=thread)

    assert first.json() == second.json() == {}
    assert other.status_code == 404


async def test_a_deletion_that_found_nothing_may_be_repeated(ada):
    """It is refused each time; nothing was done that could be remembered."""
    for _ in range(2):
        denial = await send(ada, "k1", "threads.delete", thread_id="thr_none")
        assert denial.status_code == 404


async def test_a_new_name_repeated_does_not_undo_a_later_one(ada):
    """The first answer comes again, the thread keeps its latest name."""
    thread = told(await ask(ada, "k1")).thread_id
    first = await send(ada, "k2", "threads.update", thread_id=thread, title="One")
    await send(ada, "k3", "threads.update", thread_id=thread, title="Two")
    again = await send(ada, "k2", "threads.update", thread_id=thread, title="One")

    assert again.content == first.content
    assert [thread["title"] for thread in await ada.threads()] == ["Two"]


async def test_an_opinion_repeated_does_not_undo_a_later_one(tmp_path, store_url, tutor):
    """The last one counts."""
    async with house(tmp_path, tutor, store_url=store_url) as home, home.client() as ada:
        answer = told(await ask(ada, "k1"))
        about = {"thread_id": answer.thread_id, "item_ids": [answer.answer["id"]]}
        for key, kind in (("k2", "positive"), ("k3", "negative"), ("k2", "positive")):
            response = await send(ada, key, "items.feedback", **about, kind=kind)
            assert response.json() == {}
        async with home.database.reading(ADA) as connection:
            kinds = (
                (await connection.exec_driver_sql("select kind from feedback")).scalars().all()
                if (connection.dialect.name == "sqlite")
                else (await connection.exec_driver_sql("select kind from chatkit.feedback")).scalars().all()
            )

    assert kinds == ["negative"]


async def test_an_answer_tried_again_is_tried_once(ada, tutor):
    """Repeating the retry does not throw its answer away."""
    first = told(await ask(ada, "k1"))
    question = first.done("user_message")[0]["id"]
    retried = await send(ada, "k2", "threads.retry_after_item", thread_id=first.thread_id, item_id=question)
    again = await send(ada, "k2", "threads.retry_after_item", thread_id=first.thread_id, item_id=question)

    assert again.text == retried.text
    assert len(tutor.questions) == 2


async def test_what_a_deleted_thread_answered_is_forgotten(tmp_path, store_url, tutor):
    """Its words stand nowhere, and its message does not come to life again."""
    async with house(tmp_path, tutor, store_url=store_url) as home, home.client() as ada:
        thread = told(await ask(ada, "k1")).thread_id
        await send(ada, "k2", "threads.update", thread_id=thread, title="Secret")
        await ada.call("threads.delete", thread_id=thread)
        asked = await ask(ada, "k1")
        renamed = await send(ada, "k2", "threads.update", thread_id=thread, title="Secret")
        async with home.database.reading(ADA) as connection:
            rows = (await connection.execute(select(requests.c.result))).scalars().all()

        assert asked.status_code == 404
        assert (renamed.status_code, renamed.json()["code"]) == (410, "result_gone")
        assert await ada.threads() == []
    assert not any(rows)


async def test_a_request_that_failed_before_anything_was_stored_may_be_repeated(ada, tutor):
    """A thread that is not there yet, a message too long: the key stays free."""
    denied = await ask(ada, "k1", "x" * 9_000)
    missing = await ask(ada, "k2", thread="thr_none")
    whole = await ask(ada, "k1")
    other = await ask(ada, "k2")

    assert (denied.status_code, missing.status_code) == (413, 404)
    assert told(whole).text == told(other).text == "A servo holds an angle [1]."


async def test_many_at_the_very_same_moment_are_one(ada, tutor):
    """In one server each hears the one answer."""
    answers = await asyncio.gather(*(ask(ada, "k1") for _ in range(8)))

    assert len({answer.text for answer in answers}) == 1
    assert told(answers[0]).text == "A servo holds an angle [1]."
    assert len(tutor.questions) == 1
    assert len(await ada.threads()) == 1


async def test_many_deletions_at_the_very_same_moment_are_one(ada):
    """Each is told that it is done."""
    thread = told(await ask(ada, "k1")).thread_id
    answers = await asyncio.gather(*(send(ada, "k2", "threads.delete", thread_id=thread) for _ in range(8)))

    assert [answer.json() for answer in answers] == [{}] * 8


@pytest.mark.parametrize("known", [False, True], ids=["new thread", "known thread"])
async def test_of_two_servers_one_answers(tmp_path, store_url, tutor, known):
    """The other says when to ask again; asked then, it tells the same from the store."""
    async with two_servers(tmp_path, store_url, tutor) as (ada, ada_there):
        thread = told(await ask(ada, "k0")).thread_id if known else ""
        for n in range(5):
            answers = await asyncio.gather(
                *(ask(client, f"k{n + 1}", "q", thread) for client in (ada, ada_there, ada, ada_there))
            )
            whole = [told(answer) for answer in answers if answer.status_code == 200]
            busy = [answer for answer in answers if answer.status_code != 200]

            assert whole
            assert {answer.status_code for answer in busy} <= {409}
            assert all(int(answer.headers["retry-after"]) >= 1 for answer in busy)
            assert {answer.answer["id"] for answer in whole} == {whole[0].answer["id"]}
            later = [told(await ask(client, f"k{n + 1}", "q", thread)) for client in (ada, ada_there)]
            assert {answer.answer["id"] for answer in later} == {whole[0].answer["id"]}
        items = await everything(ada)

    assert len(texts(items, "user_message")) == len(texts(items, "assistant_message")) == 5 + known
    assert len(tutor.questions) == 5 + known


async def test_of_two_servers_one_renames(tmp_path, store_url, tutor):
    """At the very same moment, many times: each is told the same, or when to ask again."""
    async with two_servers(tmp_path, store_url, tutor) as (ada, ada_there):
        thread = told(await ask(ada, "k0")).thread_id
        for n in range(10):
            answers = await asyncio.gather(
                *(
                    send(client, f"r{n}", "threads.update", thread_id=thread, title=f"Name {n}")
                    for client in (ada, ada_there)
                )
            )
            assert {answer.status_code for answer in answers} <= {200, 409}
            again = await send(ada_there, f"r{n}", "threads.update", thread_id=thread, title=f"Name {n}")
            assert again.json()["title"] == f"Name {n}"


async def test_another_server_tells_a_finished_answer_from_the_store(tmp_path, store_url, tutor):
    """Thread, message, options, then whole items: what a client needs to show the same."""
    async with two_servers(tmp_path, store_url, tutor) as (ada, ada_there):
        first = told(await ask(ada, "k1"))
        second = await ask(ada_there, "k1")
        third = await send(
            ada_there, "k1", "threads.create", {"X-Pageside-Resume": "1"}, input=message("What is a servo?")
        )
        follow = told(await ask(ada, "k2", "And?", first.thread_id))
        again = told(await ask(ada_there, "k2", "And?", first.thread_id))
        retry = {"thread_id": first.thread_id, "item_id": follow.done("user_message")[0]["id"]}
        retried = told(await send(ada, "k3", "threads.retry_after_item", **retry))
        retried_there = told(await send(ada_there, "k3", "threads.retry_after_item", **retry))

    assert told(second).types == ["thread.created", "thread.item.done", "stream_options"] + ["thread.item.done"] * 2
    assert told(second).thread_id == first.thread_id
    for kind in ("user_message", "workflow", "assistant_message"):
        assert told(second).done(kind) == first.done(kind)
        assert again.done(kind) == follow.done(kind)
    assert again.types[0] == "thread.item.done"
    assert third.headers["x-pageside-run"].startswith("run_")
    assert third.text.startswith("id: 1\ndata: ")
    assert retried_there.types[0] == "stream_options"
    assert retried_there.answer == retried.answer
    assert len(tutor.questions) == 3


async def test_frames_that_are_kept_no_more_are_told_from_the_store(tmp_path, store_url, tutor):
    """By the same server, a while later."""
    runs = Runs(kept_for=timedelta(0))
    async with house(tmp_path, tutor, store_url=store_url, runs=runs) as home, home.client() as ada:
        first = told(await ask(ada, "k1"))
        second = told(await ask(ada, "k1"))

    assert second.answer == first.answer
    assert second.updates(DELTA) == []


async def test_an_answer_that_was_stopped_is_not_begun_again(tmp_path, store_url):
    """What was kept of it is told, here and there; nothing says that it was interrupted."""
    tutor = ScriptedTutor(pause_before=5)
    async with (
        house(tmp_path, tutor, store_url=store_url) as home,
        house(tmp_path, tutor, store_url=store_url) as other,
        served(home.app) as url,
        browser(url) as ada,
        other.client() as ada_there,
    ):
        body = {"type": "threads.create", "params": {"input": message("What is a servo?")}}
        async with ada.http.stream("POST", "/chatkit", json=body, headers={"Idempotency-Key": "k1"}) as stream:
            async for line in stream.aiter_lines():
                if "annotation_added" in line:
                    break
        async with asyncio.timeout(5):
            await tutor.left.wait()
            (run,) = home.server._runs._shelf._by_id.values()
            await run.ended.wait()
        here, there = told(await ask(ada, "k1")), told(await ask(ada_there, "k1"))

    assert here.text == there.text == "A servo holds an angle [1]"
    assert here.errors == there.errors == []
    assert len(tutor.questions) == 1


async def test_keys_are_forgotten_after_a_day(tmp_path, store_url, tutor, monkeypatch):
    """The rows go when the reader comes with another key; then the request is a new one."""
    right = ids.now
    async with (
        house(tmp_path, tutor, store_url=store_url, runs=Runs(kept_for=timedelta(0))) as home,
        home.client() as ada,
    ):
        await ask(ada, "k1")
        monkeypatch.setattr(ids, "now", lambda: right() + timedelta(hours=25))
        await ask(ada, "k2")
        async with home.database.reading(ADA) as connection:
            keys = (await connection.execute(select(requests.c.key))).scalars().all()
        await ask(ada, "k1")

    assert keys == ["k2"]
    assert len(tutor.questions) == 3


async def test_the_description_names_the_headers_and_the_way_back(tmp_path):
    """What a client is written against."""
    async with house(tmp_path) as home:
        paths = home.app.openapi()["paths"]
    told_of = {parameter["name"] for parameter in paths["/chatkit"]["post"]["parameters"]}

    assert {"Idempotency-Key", "X-Pageside-Resume"} <= told_of
    assert "Retry-After" in paths["/chatkit"]["post"]["responses"]["409"]["headers"]
    assert "text/event-stream" in paths["/chatkit/runs/{run_id}/events"]["get"]["responses"]["200"]["content"]
    assert "post" in paths["/chatkit/runs/{run_id}/stop"]


async def test_a_server_that_died_while_answering_leaves_one_message(tmp_path, store_url):
    """Killed outright: repeated to another, the request tells what is stored, asks nobody, and says what to do."""
    book = small_book.write(tmp_path / "book")
    body = {
        "type": "threads.create",
        "params": {"input": message("How wide are the slots of a queen excluder?")},
    }
    headers = {"Idempotency-Key": "k1"}
    with ScriptedOpenAI() as openai:
        openai.say("A queen excluder is a grid whose slots are 4.2 mm wide [1]. ", "Workers pass ", fault="hold")
        environment = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url, "DATABASE_URL": store_url}
        async with (
            process_of(book, tmp_path / "data", environment) as (surviving, _),
            process_of(book, tmp_path / "data", environment) as (dying, child),
            browser(dying) as ada,
            browser(surviving) as ada_there,
        ):
            async with ada.http.stream("POST", "/chatkit", json=body, headers=headers) as stream:
                lines = stream.aiter_lines()
                while DELTA not in await anext(lines):
                    pass
                child.kill()
                with pytest.raises(httpx2.TransportError):
                    await drained(lines)
            ada_there.http.cookies = ada.http.cookies
            (thread,) = await ada_there.threads()
            busy = await ada_there.send("threads.add_user_message", thread_id=thread["id"], input=message("And?"))
            repeated, waited_s = await answered(ada_there, body, headers)
            openai.say("A queen excluder is a grid whose slots are 4.2 mm wide [1].")
            retry = {"thread_id": thread["id"], "item_id": repeated.done("user_message")[0]["id"]}
            retried = await ada_there.tell("threads.retry_after_item", **retry)
            items = await ada_there.items(thread["id"])

    assert busy.status_code == 409
    assert 1 <= int(busy.headers["retry-after"]) <= 8
    assert f"Try again in {busy.headers['retry-after']} second" in busy.json()["detail"]
    assert waited_s <= 9
    assert repeated.thread_id == thread["id"]
    assert [error["allow_retry"] for error in repeated.errors] == [True]
    assert "slots are 4.2 mm wide" in retried.text
    assert [item["type"] for item in items].count("user_message") == 1
    assert [item["type"] for item in items].count("assistant_message") == 1
    assert len(openai.requests) == 2


async def drained(lines):
    async for _ in lines:
        pass


async def answered(ada, body, headers):
    """The answer to a request that is sent again when the server says, and how long that took in seconds."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while True:
        response = await ada.http.post("/chatkit", json=body, headers=headers)
        if response.status_code != 409:
            return told(response), loop.time() - begun
        assert json.loads(response.text)["retryable"] is True
        later = asyncio.Event()
        loop.call_later(int(response.headers["retry-after"]), later.set)
        await later.wait()
