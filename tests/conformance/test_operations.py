"""Tools of the page, forms, widgets and actions, as any client meets them, with a real book behind the endpoint."""

from __future__ import annotations

import pytest
from tests.chatkit_client import message
from tests.chatkit_house import browser, house, served
from tests.conformance.checks import check
from tests.indexed_book import shelved

POINTS = "Can you explain this?"
FOREIGN = "Who painted the honey jar in the Louvre?"
OFFER = {"clientTools": ["get_selection"]}
SELECTED = "A queen excluder is a grid whose slots are 4.2 mm wide."


@pytest.fixture
async def a(tmp_path):
    async with (
        shelved(tmp_path) as shelf,
        house(tmp_path, shelf.tutor, contents=shelf.contents, max_messages=5) as home,
        served(home.app) as address,
        browser(address, "reader-a") as client,
    ):
        yield client


async def called(client):
    told = await client.ask(POINTS, metadata=OFFER)
    (call,) = told.done("client_tool_call")
    return told, call


async def formed(client):
    told = await client.ask(POINTS)
    (form,) = told.done("structured_input")
    return told.thread_id, form


async def listed(client):
    told = await client.ask(FOREIGN)
    (widget,) = told.done("widget")
    return told.thread_id, widget


def actions(part):
    if isinstance(part, list):
        return [found for each in part for found in actions(each)]
    if not isinstance(part, dict):
        return []
    own = [part["onClickAction"]] if "onClickAction" in part else []
    return own + [found for each in part.values() for found in actions(each)]


def taken(action):
    return {"type": action["type"], "payload": action["payload"]}


async def submit(client, thread_id, form, *, status="answered", **values):
    answers = {name: {"values": each} for name, each in values.items()}
    submitted = {"status": status, "answers": answers}
    return await client.send("threads.add_structured_input", thread_id=thread_id, item_id=form["id"], input=submitted)


@check(46)
async def test_a_call_of_the_page_is_answered_once(a):
    """Pending and last; completed by its output; refused the second time, before any stream."""
    told, call = await called(a)
    before = await a.items(told.thread_id)
    done = await a.tell("threads.add_client_tool_output", thread_id=told.thread_id, result={"text": SELECTED})
    after = await a.items(told.thread_id)
    again = await a.send("threads.add_client_tool_output", thread_id=told.thread_id, result={"text": SELECTED})

    assert before[-1] == call
    assert call["status"] == "pending"
    assert "4.2 mm" in done.text
    assert next(item for item in after if item["id"] == call["id"])["status"] == "completed"
    assert 400 <= again.status_code < 500
    assert await a.items(told.thread_id) == after


@check(47)
@pytest.mark.parametrize("output", [None, "", [], {"text": {"deep": [[1]]}}, 7, {"text": "x" * 1_000_000}])
async def test_any_output_is_taken_or_refused(a, output):
    """Nothing, the wrong shape, a megabyte: never a fault, and the thread goes on."""
    told, _ = await called(a)
    response = await a.send("threads.add_client_tool_output", thread_id=told.thread_id, result=output)

    assert response.status_code in {200, 413, 422}
    assert (await a.ask("What is a queen excluder?", thread=told.thread_id)).errors == []


@check(48)
async def test_a_message_does_not_wait_for_a_pending_call(a):
    """It is answered, and so is the one after it."""
    told, _ = await called(a)

    for _ in range(2):
        again = await a.ask("What is a queen excluder?", thread=told.thread_id)
        assert (again.errors, "4.2 mm" in again.text) == ([], True)


@check(49)
async def test_a_form_is_answered_once(a):
    """Answered with an unknown question beside it, and with the known one left out; then no more."""
    thread_id, form = await formed(a)
    choice = form["inputs"][0]
    value = choice["options"][0]["value"]
    first = await submit(a, thread_id, form, **{choice["id"]: [value], "unknown": ["x"]})
    second = await submit(a, thread_id, form, **{choice["id"]: [value]})
    kept = next(item for item in await a.items(thread_id) if item["id"] == form["id"])

    assert first.status_code == 200
    assert 400 <= second.status_code < 500
    assert kept["status"] == "answered"
    assert kept["inputs"][0]["answer"] == {"values": [value], "skipped": False}
    assert kept["inputs"][1]["answer"] == {"values": [], "skipped": True}


@check(49)
async def test_a_form_is_skipped(a):
    """The thread says what to do instead."""
    thread_id, form = await formed(a)
    response = await submit(a, thread_id, form, status="skipped")
    items = await a.items(thread_id)

    assert response.status_code == 200
    assert next(item for item in items if item["id"] == form["id"])["status"] == "skipped"
    assert items[-1]["type"] == "assistant_message"


@check(50)
async def test_a_widget_comes_back_as_it_was_sent(a):
    """Every property of it, also those newer than the server's own types."""
    thread_id, widget = await listed(a)

    assert (await a.items(thread_id))[-1] == widget
    assert (await a.call("threads.get_by_id", thread_id=thread_id))["items"]["data"][-1] == widget


@check(51)
async def test_an_action_streams_or_fails_cleanly(a):
    """A button answers in the thread; an item without buttons and an unknown type are refused."""
    thread_id, widget = await listed(a)
    button = taken(actions(widget["widget"])[0])
    where = {"thread_id": thread_id}
    told = await a.tell("threads.custom_action", **where, item_id=widget["id"], action=button)
    question = (await a.items(thread_id))[0]
    wrong_item = await a.send("threads.custom_action", **where, item_id=question["id"], action=button)
    wrong_type = await a.send("threads.custom_action", **where, item_id=widget["id"], action={"type": "no.such"})

    assert told.text
    assert told.errors == []
    assert 400 <= wrong_item.status_code < 500
    assert 400 <= wrong_type.status_code < 500


@check(52)
async def test_a_synchronous_action_gives_and_keeps_the_item(a):
    """The list folds."""
    thread_id, widget = await listed(a)
    fold = taken(actions(widget["widget"])[-1])
    answer = await a.call("threads.sync_custom_action", thread_id=thread_id, item_id=widget["id"], action=fold)

    assert answer["updated_item"]["id"] == widget["id"]
    assert answer["updated_item"] != widget
    assert (await a.items(thread_id))[-1] == answer["updated_item"]


@check(64)
async def test_a_locked_thread_takes_nothing(a):
    """The last message is answered, one more is refused before the stream and not stored."""
    told = await a.ask("What is a queen excluder?")
    for _ in range(4):
        await a.ask("What is a queen excluder?", thread=told.thread_id)
    before = await a.items(told.thread_id)
    more = await a.send("threads.add_user_message", thread_id=told.thread_id, input=message("And more?"))

    assert more.status_code == 409
    assert await a.items(told.thread_id) == before
    assert (await a.call("threads.get_by_id", thread_id=told.thread_id))["status"]["type"] == "locked"
