"""Limits and budgets through the front door: who is refused, what they are told, and what is left of it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from tests import served as process
from tests import small_book
from tests.chatkit_client import message
from tests.chatkit_house import browser, house, served
from tests.scripted_tutor import ScriptedTutor, asked_back, asked_page, searched

from pageside.conversation.allowance import Allowance
from pageside.conversation.budgets import Budget, Budgets, Prices
from pageside.errors import ModelUnavailable
from pageside.limiting.limiter import Limiter, Rules

QUESTION = {"type": "threads.create", "params": {"input": message("What is a queen excluder?")}}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def allowing(rule, *, whose="reader"):
    return Allowance(limiter=Limiter(Rules({("chat", whose): rule})))


def titles(told):
    return [event["title"] for event in told.events if event["type"] == "notice"]


async def test_a_reader_who_asks_too_often_is_told_when_to_come_back(tmp_path):
    """A refusal with a status, before anything is stored; another reader is not concerned."""
    async with house(tmp_path, allowance=allowing("2/minute")) as home, home.client() as ada, home.client("eve") as eve:
        for _ in range(2):
            await ada.ask("What is a servo?")
        refused = await ada.send("threads.create", input=message("q"))
        other = await eve.ask("What is a servo?")
        stored = await ada.threads()

    assert refused.status_code == 429
    assert refused.json()["code"] == "too_many_requests"
    assert refused.json()["retryable"] is True
    assert "2 are taken within a minute. Please wait" in refused.json()["detail"]
    assert 0 < int(refused.headers["retry-after"]) == int(refused.headers["ratelimit-reset"]) <= 60
    assert (refused.headers["ratelimit-limit"], refused.headers["ratelimit-remaining"]) == ("2", "0")
    assert refused.headers["ratelimit-policy"] == "2;w=60"
    assert other.text
    assert len(stored) == 2


async def test_looking_at_conversations_is_not_asking(tmp_path):
    """Lists, renaming and deleting cost no question; nor does a request that is sent again under its key."""
    async with house(tmp_path, allowance=allowing("2/minute")) as home, home.client() as ada:
        body, key = {"type": "threads.create", "params": {"input": message("q")}}, {"Idempotency-Key": "k"}
        answers = [await ada.http.post("/chatkit", json=body, headers=key) for _ in range(5)]
        for _ in range(20):
            (thread,) = await ada.threads()
        await ada.items(thread["id"])
        await ada.call("threads.update", thread_id=thread["id"], title="t")
        last = await ada.ask("q", thread=thread["id"])

    assert {answer.status_code for answer in answers} == {200}
    assert last.text


async def test_sixty_four_at_once_let_exactly_the_limit_through(tmp_path):
    """The rest are refused, and nothing of theirs is stored."""
    async with house(tmp_path, allowance=allowing("5/hour")) as home, home.client() as ada:
        answers = await asyncio.gather(*(ada.send("threads.create", input=message("q")) for _ in range(64)))
        stored = await ada.threads()

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 59
    assert len(stored) == 5


async def test_whoever_comes_near_the_limit_is_told_beside_the_answer(tmp_path):
    """As a notice in the conversation, with what is left."""
    async with house(tmp_path, allowance=allowing("20/hour")) as home, home.client() as ada:
        answers = [await ada.ask("q") for _ in range(20)]

    assert [bool(titles(told)) for told in answers] == [False] * 17 + [True] * 3
    assert titles(answers[-1]) == ["A short break soon"]
    assert "No more questions are taken from you for now" in str(answers[-1].events)


def budgeted(home, *, reader=None, server=None, **options):
    home.server.allowance = Allowance(
        budgets=Budgets(home.database, reader=reader or Budget(), server=server or Budget(), **options)
    )


@asynccontextmanager
async def spending(folder, store_url, tutor=None, **options):
    """A house with budgets on a day of its own, and a clock to turn."""
    async with house(folder, tutor, store_url=store_url) as home, home.client() as ada, home.client("eve") as eve:
        day = {"now": NOON}
        budgeted(home, now=lambda: day["now"], **options)
        yield day, ada, eve


async def refusal(client):
    answer = await client.send("threads.create", input=message("q"))
    assert answer.status_code == 429, answer.text
    return answer


async def test_a_readers_tokens_of_a_day_end(tmp_path, store_url):
    """Nineteen for each answer; then a refusal until midnight, for this reader alone."""
    async with spending(tmp_path, store_url, reader=Budget(tokens=40)) as (day, ada, eve):
        answers = [await ada.ask("q") for _ in range(3)]
        refused = await refusal(ada)
        await eve.ask("q")
        day["now"] += timedelta(hours=12)
        tomorrow = await ada.ask("q")

    assert refused.json()["code"] == "budget_spent"
    assert "You have asked all that you may ask in a day. Please come back in 12 hours" in refused.json()["detail"]
    assert refused.headers["retry-after"] == str(12 * 3600)
    assert titles(answers[1]) == []
    assert titles(answers[2]) == ["Nearly all of today's questions are asked"]
    assert titles(tomorrow) == []


async def test_what_all_may_spend_ends_for_all(tmp_path, store_url):
    """Whoever asked."""
    async with spending(tmp_path, store_url, server=Budget(tokens=30)) as (_, ada, eve):
        await ada.ask("q")
        await eve.ask("q")
        refused = await refusal(eve)

    assert "All questions that this server takes in a day have been asked" in refused.json()["detail"]


async def test_a_budget_of_money_counts_what_both_kinds_of_tokens_cost(tmp_path, store_url):
    """12 in and 7 out, at 1,000 and 4,000 a million: four hundredths an answer."""
    prices = Prices(input=1_000, output=4_000)
    async with spending(tmp_path, store_url, reader=Budget(cost=0.1), prices=prices) as (_, ada, _eve):
        for _ in range(3):
            await ada.ask("q")
        await refusal(ada)


async def test_answers_under_way_are_counted_before_they_say_what_they_cost(tmp_path, store_url):
    """Of sixteen at once as many begin as a usual answer fits into the budget; the rest are told so in words."""
    tutor = ScriptedTutor(pause_before=1)
    async with spending(tmp_path, store_url, tutor, reader=Budget(tokens=8_000)) as (_, ada, _eve):
        under_way = [asyncio.create_task(ada.send("threads.create", input=message("q"))) for _ in range(16)]
        ended, pending = set(), set(under_way)
        while len(ended) < 14:
            done, pending = await asyncio.wait(pending, timeout=30, return_when=asyncio.FIRST_COMPLETED)
            assert done
            ended |= done
        tutor.resume.set()
        answers = [await task for task in under_way]
    told = [answer.text if answer.status_code == 200 else answer.json()["detail"] for answer in answers]

    assert len(tutor.questions) == 2
    assert sum("You have asked all that you may ask in a day" in text for text in told) == 14


async def test_a_stopped_answer_stays_counted_as_a_usual_one(tmp_path, store_url):
    """Nobody saves by leaving before the cost is told."""
    tutor = ScriptedTutor(pause_before=3)
    async with house(tmp_path, tutor, store_url=store_url) as home, served(home.app) as url, browser(url) as ada:
        budgeted(home, reader=Budget(tokens=4_000))
        async with ada.asking("q") as stream:
            await stream.until("assistant_message.content_part.text_delta")
        await asyncio.wait_for(tutor.left.wait(), 30)
        await refusal(ada)


@pytest.mark.parametrize(
    "tutor",
    [
        ScriptedTutor(asked_back("Servo motors", "Stepper motors")),
        ScriptedTutor([*searched("q")], failure=ModelUnavailable("down"), fail_at=1),
    ],
    ids=["asked back", "model down"],
)
async def test_what_no_model_said_costs_nothing(tmp_path, store_url, tutor):
    """A question back is our own; a model that does not answer sends no bill."""
    async with spending(tmp_path, store_url, tutor, reader=Budget(tokens=1)) as (_, ada, _eve):
        for _ in range(3):
            assert (await ada.send("threads.create", input=message("q"))).status_code == 200


async def test_a_turn_that_rests_with_the_page_stays_counted(tmp_path, store_url):
    """The model asked for it."""
    tutor = ScriptedTutor(asked_page("Let me see.", "page"))
    async with spending(tmp_path, store_url, tutor, reader=Budget(tokens=4_000)) as (_, ada, _eve):
        await ada.send("threads.create", input=message("q"))
        await refusal(ada)


async def test_whoever_erases_everything_has_not_spent_less(tmp_path, store_url):
    """And what is left of them is no name of theirs."""
    async with spending(tmp_path, store_url, reader=Budget(tokens=10)) as (_, ada, _eve):
        await ada.ask("q")
        assert (await ada.http.delete("/api/chatkit/me")).status_code == 204
        await refusal(ada)


# The whole server, in a process of its own.


@pytest.fixture
def serve(tmp_path):
    small_book.write(tmp_path / "book")
    return lambda **environment: process.server(tmp_path / "book", tmp_path / "data", **environment)


async def test_an_address_is_refused_before_anything_is_read(serve):
    """Whatever the client says of itself: no forwarded address is believed of whoever is no proxy."""
    with serve(PAGESIDE_LIMIT_CHAT_ADDRESS="10/hour") as url:
        async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
            answers = await asyncio.gather(
                *(
                    client.post(
                        "/chatkit", json=QUESTION, headers={"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.{n}"}
                    )
                    for n in range(64)
                )
            )
            large = await client.post("/chatkit", content=b"x" * 5_000_000)
            page = await client.get("/")
    refused = [answer for answer in answers if answer.status_code == 429]

    assert len(refused) == 54
    assert large.status_code == 429
    assert "Too many questions from your network" in refused[0].json()["detail"]
    assert refused[0].headers["ratelimit-policy"] == "10;w=3600"
    assert "content-security-policy" in refused[0].headers
    assert "x-request-id" in refused[0].headers
    assert page.status_code == 200


async def test_behind_a_proxy_that_is_trusted_each_client_has_a_limit(serve):
    """By what the proxy added, and not by what the client wrote before it."""
    with serve(PAGESIDE_LIMIT_OTHER_ADDRESS="2/hour", TRUSTED_PROXIES="127.0.0.1") as url:
        async with httpx2.AsyncClient(base_url=url) as client:

            async def asked(*forwarded):
                return (await client.get("/", headers={"X-Forwarded-For": ", ".join(forwarded)})).status_code

            mine = [await asked(f"10.9.9.{n}", "203.0.113.7") for n in range(4)]
            other = await asked("203.0.113.8")
            network = [await asked(f"2001:db8:1:2::{n}") for n in range(4)]

    assert mine == network == [200, 200, 429, 429]
    assert other == 200


async def test_sessions_and_uploads_have_limits_of_their_own(serve):
    """By address and by reader; neither uses up what the other has."""
    settings = {"PAGESIDE_LIMIT_SESSIONS_ADDRESS": "3/hour", "PAGESIDE_LIMIT_UPLOADS_READER": "2/hour"}
    with serve(**settings) as url:
        async with httpx2.AsyncClient(base_url=url) as client:
            begun = [(await client.post("/api/chatkit/session", json={})).status_code for _ in range(5)]
            file = {"file": ("a.txt", b"Bees dance.", "text/plain")}
            sent = [(await client.post("/chatkit/attachments", files=file)).status_code for _ in range(4)]
            page = await client.get("/")

    assert begun == [200, 200, 200, 429, 429]
    assert sent == [200, 200, 429, 429]
    assert page.status_code == 200


async def test_a_session_asks_no_more_than_it_may(serve):
    """By REST and by ChatKit together."""
    with serve(PAGESIDE_LIMIT_CHAT_SESSION="2/hour") as url:
        async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
            secret = (await client.post("/api/chatkit/session", json={})).json()["client_secret"]
            bearer = {"Authorization": f"Bearer {secret}"}
            first = await client.post("/chatkit", json=QUESTION, headers=bearer)
            second = await client.post("/api/chatkit/chat", json={"message": "What is a queen?"}, headers=bearer)
            third = await client.post("/chatkit", json=QUESTION, headers=bearer)
            fourth = await client.post("/api/chatkit/chat", json={"message": "What is a queen?"}, headers=bearer)

    assert [each.status_code for each in (first, second, third, fourth)] == [200, 200, 429, 429]
    assert "from this page" in third.json()["detail"]


async def test_processes_that_share_a_redis_share_limits_and_go_on_without_it(tmp_path, valkey):
    """Two servers and sixty-four questions; then Redis is killed under load, and nobody sees an error."""
    rules = {"PAGESIDE_LIMIT_OTHER_READER": "0", "PAGESIDE_LIMIT_OTHER_ADDRESS": "22/hour", "REDIS_URL": valkey.url}
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        small_book.write(folder / "book")
    with (
        process.server(folders[0] / "book", folders[0] / "data", **rules) as one,
        process.server(folders[1] / "book", folders[1] / "data", **rules) as two,
    ):
        async with httpx2.AsyncClient(timeout=60) as client:
            assert [(await client.get(url)).status_code for url in (one, two)] == [200, 200]
            answers = await asyncio.gather(*(client.get(url + "/-/book.css") for _ in range(32) for url in (one, two)))
            before = [answer.status_code for answer in answers]
            under_load = [asyncio.create_task(client.get(f"{one}/-/book.css")) for _ in range(64)]
            valkey.stop()
            after = [(await task).status_code for task in under_load]
            after.append((await client.get(f"{one}/-/book.css")).status_code)
    log = (folders[0] / "server.log").read_text(encoding="utf-8")

    assert sorted(before) == [200] * 20 + [429] * 44
    assert set(after) <= {200, 429}
    assert "limits_counted_alone" in log
    assert "Traceback" not in log
