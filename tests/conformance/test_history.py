"""What every ChatKit client relies on when it reads, pages and changes its history."""

from __future__ import annotations

import json

import pytest
from tests.conformance.checks import check


async def long_thread(client, turns):
    first = await client.ask("turn 0")
    for turn in range(1, turns):
        await client.ask(f"turn {turn}", thread=first.thread_id)
    return first.thread_id


@check(14, 15)
async def test_a_thread_is_given_with_its_items_and_without_private_metadata(a):
    """`threads.get_by_id` after the title was made."""
    told = await a.ask("hi")
    thread = await a.call("threads.get_by_id", thread_id=told.thread_id)

    assert thread["title"] == "Hi"
    assert thread["metadata"] == {}
    assert thread["status"] == {"type": "active"}
    assert [item["type"] for item in thread["items"]["data"]] == ["user_message", "workflow", "assistant_message"]


@check(14)
async def test_a_thread_is_given_with_its_oldest_twenty_items(a):
    """The rest is reached by `items.list` from the cursor given."""
    thread_id = await long_thread(a, 8)
    page = (await a.call("threads.get_by_id", thread_id=thread_id))["items"]
    rest = await a.call("items.list", thread_id=thread_id, order="asc", after=page["after"])

    assert len(page["data"]) == 20
    assert page["has_more"] is True
    assert page["data"] + rest["data"] == await a.items(thread_id)


@check(16, 19)
async def test_pages_walk_all_items_once_in_either_direction(a):
    """45 items by twenties; descending is ascending reversed."""
    thread_id = await long_thread(a, 15)
    down = await a.items(thread_id, order="desc", limit=20)
    up = await a.items(thread_id, order="asc", limit=7)

    assert len(down) == 45
    assert down == up[::-1]


@check(18)
async def test_a_page_stays_where_it_was_while_items_arrive(a):
    """New items neither repeat nor hide older ones."""
    thread_id = await long_thread(a, 3)
    before = await a.items(thread_id, order="desc")
    page = await a.call("items.list", thread_id=thread_id, limit=4)
    await a.ask("meanwhile", thread=thread_id)
    rest = await a.call("items.list", thread_id=thread_id, limit=100, after=page["after"])

    assert page["data"] + rest["data"] == before


@pytest.mark.parametrize("limit", [0, -1, 9999, 10**9, 1e9])
@check(22)
async def test_any_number_is_a_limit(a, limit):
    """Clients in the field ask for 9999; they get at most a hundred."""
    await a.ask("hi")

    assert (await a.send("threads.list", limit=limit, order="desc")).status_code == 200
    assert len((await a.call("threads.list", limit=limit))["data"]) == 1


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

    response = await a.send(operation, **params)

    assert response.status_code in {400, 404, 422}
    assert response.headers["content-type"] == "application/problem+json"


@check(24)
async def test_threads_come_by_last_activity(a):
    """A thread written to again is first; a deleted one is gone; pages of two walk all of them once."""
    ids = [(await a.ask(f"thread {n}")).thread_id for n in range(5)]
    await a.ask("again", thread=ids[1])
    await a.call("threads.delete", thread_id=ids[3])
    expected = [ids[1], ids[4], ids[2], ids[0]]

    assert [thread["id"] for thread in await a.threads(limit=2)] == expected
    assert [thread["id"] for thread in await a.threads(limit=3, order="asc")] == expected[::-1]


async def test_a_thread_used_meanwhile_is_never_listed_twice(a):
    """The cursor is a place, not a thread that may move."""
    ids = [(await a.ask(f"thread {n}")).thread_id for n in range(4)]
    page = await a.call("threads.list", limit=2)
    await a.ask("again", thread=page["data"][-1]["id"])
    rest = await a.call("threads.list", limit=100, after=page["after"])

    assert [thread["id"] for thread in page["data"] + rest["data"]] == ids[::-1]


async def test_the_id_of_the_last_thread_is_a_cursor_too(a):
    """For clients that page by it."""
    ids = [(await a.ask(f"thread {n}")).thread_id for n in range(3)]

    assert [t["id"] for t in (await a.call("threads.list", after=ids[1]))["data"]] == [ids[0]]


@check(38)
async def test_a_new_name_stays(a):
    """`threads.update`, also when the next answer comes."""
    told = await a.ask("hi")
    renamed = await a.call("threads.update", thread_id=told.thread_id, title="  My\nmotors ")
    await a.ask("more", thread=told.thread_id)

    assert renamed["title"] == "My motors"
    assert (await a.threads())[0]["title"] == "My motors"


@pytest.mark.parametrize("title", ["", "  \n ", "x" * 10_000])
@check(38)
async def test_what_is_no_name_is_refused(a, title):
    """Empty or endless titles leave the old one."""
    told = await a.ask("hi")

    assert (await a.send("threads.update", thread_id=told.thread_id, title=title)).status_code == 422
    assert (await a.threads())[0]["title"] == "Hi"


@check(39)
async def test_a_deleted_thread_is_gone_with_its_items(a):
    """`{}` once, 404 from then on."""
    told = await a.ask("hi")

    assert await a.call("threads.delete", thread_id=told.thread_id) == {}
    assert (await a.send("threads.delete", thread_id=told.thread_id)).status_code == 404
    assert (await a.send("items.list", thread_id=told.thread_id)).status_code == 404
    assert await a.threads() == []


@check(41)
async def test_feedback_is_taken_and_changed(a):
    """Positive, again, then negative."""
    told = await a.ask("hi")
    rated = {"thread_id": told.thread_id, "item_ids": [told.answer["id"]]}

    assert await a.call("items.feedback", **rated, kind="positive") == {}
    assert await a.call("items.feedback", **rated, kind="positive") == {}
    assert await a.call("items.feedback", **rated, kind="negative") == {}
    assert (await a.send("items.feedback", **rated, kind="meh")).status_code == 422


@check(42)
async def test_trying_again_replaces_the_answer_and_keeps_the_question(a):
    """`threads.retry_after_item` on the last question."""
    told = await a.ask("hi")
    question = told.events[1]["item"]
    again = await a.tell("threads.retry_after_item", thread_id=told.thread_id, item_id=question["id"])
    items = await a.items(told.thread_id)

    assert again.types[0] == "stream_options"
    assert [item["type"] for item in items] == ["user_message", "workflow", "assistant_message"]
    assert items[0] == question
    assert items[-1] == again.answer
    assert again.answer["id"] != told.answer["id"]


@check(43)
async def test_trying_again_at_the_first_question_forgets_everything_after_it(a):
    """Also where more follows than a page holds."""
    thread_id = await long_thread(a, 8)
    first = (await a.items(thread_id))[0]
    again = await a.tell("threads.retry_after_item", thread_id=thread_id, item_id=first["id"])

    assert len(await a.items(thread_id)) == 3
    assert "after <>" in again.text


@check(44, 45)
async def test_only_after_a_question_can_be_tried_again(a):
    """Unknown items are 404, an answer is 422; nothing is deleted."""
    told = await a.ask("hi")
    unknown = await a.send("threads.retry_after_item", thread_id=told.thread_id, item_id="msg_unknown")
    answer = await a.send("threads.retry_after_item", thread_id=told.thread_id, item_id=told.answer["id"])

    assert (unknown.status_code, answer.status_code) == (404, 422)
    assert len(await a.items(told.thread_id)) == 3


@check(20, 78)
async def test_hidden_items_are_never_shown(a):
    """A stopped answer leaves a note for the server; no page and no event carries it, and pages stay full."""
    async with a.asking("endless") as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        await stream.until("assistant_message.content_part.text_delta")
    told = await a.ask("hi", thread=thread_id)
    texts = [
        json.dumps(told.events),
        (await a.send("threads.get_by_id", thread_id=thread_id)).text,
        (await a.send("items.list", thread_id=thread_id)).text,
    ]

    assert not any("hidden" in text or "cancelled the stream" in text for text in texts)
    assert len((await a.call("items.list", thread_id=thread_id, limit=5))["data"]) == 5
