"""What every ChatKit client relies on when it reads, pages and changes its history."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.conformance.checks import check
from tests.conformance.denials import denied

DELTA = "assistant_message.content_part.text_delta"


async def long_thread(client, items):
    """A thread with at least so many items."""
    told = await client.ask("turn 0")
    kept = shown(told)
    while len(kept) < items:
        kept += shown(await client.ask(f"turn {len(kept)}", thread=told.thread_id))
    return told.thread_id


def shown(told):
    return [event["item"] for event in told.events if event["type"] == "thread.item.done"]


def kinds(items):
    return [item["type"] for item in items]


@check(14, 15)
async def test_a_thread_is_given_with_its_items_and_without_private_metadata(a):
    """`threads.get_by_id` after the first turn, and with it the title."""
    told = await a.ask("What is a servo motor?")
    thread = await a.call("threads.get_by_id", thread_id=told.thread_id)

    assert thread.get("title") == (await a.threads())[0].get("title")
    assert thread["metadata"] == {}
    assert thread["status"] == {"type": "active"}
    assert thread["items"]["data"] == shown(told) == await a.items(told.thread_id)


@check(14)
async def test_a_thread_is_given_with_its_oldest_twenty_items(a):
    """The rest is reached by `items.list` from the cursor given."""
    thread_id = await long_thread(a, 24)
    page = (await a.call("threads.get_by_id", thread_id=thread_id))["items"]
    rest = await a.call("items.list", thread_id=thread_id, order="asc", limit=100, after=page["after"])

    assert len(page["data"]) == 20
    assert page["has_more"] is True
    assert page["data"] + rest["data"] == await a.items(thread_id)


@check(16, 19)
async def test_pages_walk_all_items_once_in_either_direction(a):
    """45 items by twenties and by sevens; descending is ascending reversed."""
    thread_id = await long_thread(a, 45)
    down = await a.items(thread_id, order="desc", limit=20)
    up = await a.items(thread_id, order="asc", limit=7)

    assert len({item["id"] for item in down}) == len(down) >= 45
    assert down == up[::-1]


@check(18)
async def test_a_page_stays_where_it_was_while_items_arrive(a):
    """New items neither repeat nor hide older ones."""
    thread_id = await long_thread(a, 9)
    before = await a.items(thread_id, order="desc")
    page = await a.call("items.list", thread_id=thread_id, limit=4)
    await a.ask("meanwhile", thread=thread_id)
    rest = await a.call("items.list", thread_id=thread_id, limit=100, after=page["after"])

    assert page["data"] + rest["data"] == before


@check(17)
async def test_items_of_one_instant_keep_their_order(a):
    """Twenty threads answered at once: history is in the order of the stream."""
    told = await asyncio.gather(*(a.ask(f"q{number}") for number in range(20)))

    for each in told:
        assert [item["id"] for item in await a.items(each.thread_id)] == [item["id"] for item in shown(each)]


@pytest.mark.parametrize("limit", [0, -1, 9999, 10**9, 1e9])
@check(22)
async def test_any_number_is_a_limit(a, limit):
    """Clients in the field ask for 9999."""
    ids = [(await a.ask(f"thread {n}")).thread_id for n in range(2)]
    page = await a.call("threads.list", limit=limit, order="desc")

    assert page["data"]
    assert [thread["id"] for thread in page["data"]] == ids[::-1][: len(page["data"])]


@check(22)
async def test_a_page_holds_a_hundred_at_most(a):
    """However many are asked for."""
    thread_id = await long_thread(a, 101)
    page = await a.call("items.list", thread_id=thread_id, limit=9999)

    assert 20 <= len(page["data"]) <= 100
    assert page["has_more"] is True


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("threads.list", {"limit": "x"}),
        ("threads.list", {"order": "sideways"}),
        ("items.list", {"thread_id": "$thread", "order": "sideways"}),
        ("threads.list", {"after": "thr_unknown"}),
        ("items.list", {"thread_id": "$thread", "after": "msg_unknown"}),
    ],
)
@check(21, 22, 23)
async def test_a_page_that_cannot_be_is_refused(a, operation, params):
    """Never page one instead."""
    told = await a.ask("hi")
    params = {name: told.thread_id if value == "$thread" else value for name, value in params.items()}

    denied(await a.send(operation, **params), 400, 404, 422)


@check(24)
async def test_threads_come_newest_first_without_deleted_ones(a):
    """Pages of two walk all of them once."""
    ids = [(await a.ask(f"thread {n}")).thread_id for n in range(5)]
    await a.call("threads.delete", thread_id=ids[3])
    expected = [ids[4], ids[2], ids[1], ids[0]]

    assert [thread["id"] for thread in await a.threads(limit=2)] == expected
    assert [thread["id"] for thread in await a.threads(limit=3, order="asc")] == expected[::-1]


async def test_threads_come_by_last_activity(a, inside):
    """A thread written to again is first."""
    ids = [(await a.ask(f"thread {n}")).thread_id for n in range(3)]
    await a.ask("again", thread=ids[1])

    assert [thread["id"] for thread in await a.threads(limit=2)] == [ids[1], ids[2], ids[0]]


async def test_a_thread_used_meanwhile_is_never_listed_twice(a, inside):
    """The cursor is a place, not a thread that may move."""
    ids = [(await a.ask(f"thread {n}")).thread_id for n in range(4)]
    page = await a.call("threads.list", limit=2)
    await a.ask("again", thread=page["data"][-1]["id"])
    rest = await a.call("threads.list", limit=100, after=page["after"])

    assert [thread["id"] for thread in page["data"] + rest["data"]] == ids[::-1]


async def test_the_id_of_the_last_thread_is_a_cursor_too(a, inside):
    """For clients that page by it."""
    ids = [(await a.ask(f"thread {n}")).thread_id for n in range(3)]

    assert [t["id"] for t in (await a.call("threads.list", after=ids[1]))["data"]] == [ids[0]]


@check(38)
async def test_a_new_name_stays(a):
    """`threads.update`, also when the next answer comes."""
    told = await a.ask("hi")
    renamed = await a.call("threads.update", thread_id=told.thread_id, title="My motors")
    await a.ask("more", thread=told.thread_id)

    assert renamed["title"] == "My motors"
    assert (await a.threads())[0]["title"] == "My motors"
    assert (await a.call("threads.get_by_id", thread_id=told.thread_id))["title"] == "My motors"


async def test_a_name_is_one_line(a, inside):
    """White space is told from words."""
    told = await a.ask("hi")

    assert (await a.call("threads.update", thread_id=told.thread_id, title="  My\nmotors "))["title"] == "My motors"


@pytest.mark.parametrize("title", ["", "  \n "])
@check(38)
async def test_what_is_no_name_is_refused(a, title):
    """An empty title leaves the old one."""
    told = await a.ask("hi")
    before = await a.threads()

    denied(await a.send("threads.update", thread_id=told.thread_id, title=title))
    assert await a.threads() == before


@check(38)
async def test_an_endless_name_is_refused_or_clipped(a):
    """No list carries ten thousand characters of title."""
    told = await a.ask("hi")
    response = await a.send("threads.update", thread_id=told.thread_id, title="x" * 10_000)

    assert 200 <= response.status_code < 500
    assert len((await a.threads())[0].get("title", "")) < 10_000


@check(39)
async def test_a_deleted_thread_is_gone_with_its_items(a):
    """`{}`, and from then on it is not found."""
    told = await a.ask("hi")

    assert await a.call("threads.delete", thread_id=told.thread_id) == {}
    again = await a.send("threads.delete", thread_id=told.thread_id)
    assert again.status_code == 404 or again.json() == {}
    denied(await a.send("items.list", thread_id=told.thread_id), 404)
    denied(await a.send("threads.get_by_id", thread_id=told.thread_id), 404)
    assert await a.threads() == []


@check(41)
async def test_feedback_is_taken_and_changed(a):
    """Positive, again, then negative."""
    told = await a.ask("hi")
    rated = {"thread_id": told.thread_id, "item_ids": [told.answer["id"]]}

    assert await a.call("items.feedback", **rated, kind="positive") == {}
    assert await a.call("items.feedback", **rated, kind="positive") == {}
    assert await a.call("items.feedback", **rated, kind="negative") == {}
    denied(await a.send("items.feedback", **rated, kind="meh"))


@check(42)
async def test_trying_again_replaces_the_answer_and_keeps_the_question(a):
    """`threads.retry_after_item` on the last question."""
    told = await a.ask("hi")
    question = told.events[1]["item"]
    again = await a.tell("threads.retry_after_item", thread_id=told.thread_id, item_id=question["id"])
    items = await a.items(told.thread_id)

    assert again.types[0] == "stream_options"
    assert items == [question, *shown(again)]
    assert again.answer["id"] != told.answer["id"]


@check(43)
async def test_trying_again_at_the_first_question_forgets_everything_after_it(a):
    """Also where more follows than a page holds."""
    thread_id = await long_thread(a, 24)
    first = (await a.items(thread_id))[0]
    again = await a.tell("threads.retry_after_item", thread_id=thread_id, item_id=first["id"])

    assert await a.items(thread_id) == [first, *shown(again)]


@check(43)
async def test_an_answer_tried_again_knows_nothing_of_what_followed(a, questions):
    """Nor do those who answer."""
    first = await a.ask(f"{questions['echo']} apricot")
    await a.ask("banana", thread=first.thread_id)
    question = first.events[1]["item"]["id"]
    again = await a.tell("threads.retry_after_item", thread_id=first.thread_id, item_id=question)

    assert again.text == first.text


@check(44, 45)
async def test_only_after_a_question_can_be_tried_again(a):
    """Unknown items are not found, an answer is refused; nothing is deleted."""
    told = await a.ask("hi")
    before = await a.items(told.thread_id)

    denied(await a.send("threads.retry_after_item", thread_id=told.thread_id, item_id="msg_unknown"), 404)
    denied(await a.send("threads.retry_after_item", thread_id=told.thread_id, item_id=told.answer["id"]))
    assert await a.items(told.thread_id) == before


async def stopped(client, question):
    """A thread whose answer was left: many servers keep a hidden note of that."""
    async with client.asking(question) as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        await stream.until(DELTA)
    return thread_id


@check(78)
async def test_hidden_items_are_never_shown(a, questions):
    """No page and no event carries the note of a stopped answer."""
    thread_id = await stopped(a, questions["endless"])
    told = await a.ask("hi", thread=thread_id)
    texts = [
        json.dumps(told.events),
        (await a.send("threads.get_by_id", thread_id=thread_id)).text,
        (await a.send("items.list", thread_id=thread_id, limit=100)).text,
    ]

    assert not any("hidden_context" in text or "cancelled the stream" in text for text in texts)


@check(20)
async def test_hidden_items_never_leave_a_page_empty(a, questions):
    """Whoever pages one by one meets everything that is shown, and no page without an item before the last."""
    thread_id = await stopped(a, questions["endless"])
    await a.ask("hi", thread=thread_id)
    whole = await a.items(thread_id)
    page = await a.call("items.list", thread_id=thread_id, order="asc", limit=1)
    walked = page["data"]
    while page["has_more"]:
        page = await a.call("items.list", thread_id=thread_id, order="asc", limit=1, after=page["after"])
        assert page["data"]
        walked += page["data"]

    assert walked == whole
