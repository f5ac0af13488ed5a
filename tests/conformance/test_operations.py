"""Tools of the page, forms, widgets and actions, as any client meets them, with a real book behind the endpoint."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from tests.chatkit_client import message
from tests.chatkit_house import house
from tests.conformance.checks import check
from tests.conformance.denials import denied
from tests.indexed_book import shelved

OFFER = {"clientTools": ["get_selection"]}
SELECTED = "A queen excluder is a grid whose slots are 4.2 mm wide."


@asynccontextmanager
async def with_a_book(folder):
    async with (
        shelved(folder) as shelf,
        house(folder, shelf.tutor, contents=shelf.contents, max_messages=5) as home,
    ):
        yield home


@pytest.fixture
def own_house(tmp_path):
    return with_a_book(tmp_path)


@pytest.fixture
async def called(a, questions):
    """A thread whose last answer is a call of the page."""
    told = await a.ask(questions["tool"], metadata=OFFER)
    (call,) = told.done("client_tool_call")
    return told.thread_id, call


@pytest.fixture
async def formed(a, questions):
    """A thread whose last answer is a form."""
    told = await a.ask(questions["form"])
    (form,) = told.done("structured_input")
    return told.thread_id, form


@pytest.fixture
async def listed(a, questions):
    """A thread whose last answer has a widget."""
    told = await a.ask(questions["widget"])
    (widget,) = told.done("widget")
    return told.thread_id, widget


def actions(part):
    if isinstance(part, list):
        return [found for each in part for found in actions(each)]
    if not isinstance(part, dict):
        return []
    own = [part["onClickAction"]] if "onClickAction" in part else []
    return own + [found for each in part.values() for found in actions(each)]


def button(widget, *, streaming):
    """The first button of a widget that streams, or that does not."""
    found = [each for each in actions(widget["widget"]) if each.get("streaming", True) is streaming]
    if not found:
        pytest.skip("the widget has no such button")
    return {"type": found[0]["type"], "payload": found[0].get("payload")}


def answered(**values):
    return {"status": "answered", "answers": {name: {"values": each} for name, each in values.items()}}


async def submit(client, thread_id, form, submitted):
    return await client.send("threads.add_structured_input", thread_id=thread_id, item_id=form["id"], input=submitted)


async def now(client, thread_id, item):
    """An item as the history has it now."""
    (found,) = [each for each in await client.items(thread_id) if each["id"] == item["id"]]
    return found


@check(46)
async def test_a_call_of_the_page_is_answered_once(a, called):
    """Pending and last; completed by its output; refused the second time, before any stream."""
    thread_id, call = called
    before = await a.items(thread_id)
    done = await a.tell("threads.add_client_tool_output", thread_id=thread_id, result={"text": SELECTED})
    after = await a.items(thread_id)

    assert before[-1] == call
    assert call["status"] == "pending"
    assert done.text
    assert (await now(a, thread_id, call))["status"] == "completed"
    denied(await a.send("threads.add_client_tool_output", thread_id=thread_id, result={"text": SELECTED}))
    assert await a.items(thread_id) == after


async def test_what_the_page_told_reaches_the_answer(a, called, inside):
    """The selection is explained."""
    thread_id, _ = called
    done = await a.tell("threads.add_client_tool_output", thread_id=thread_id, result={"text": SELECTED})

    assert "4.2 mm" in done.text


@check(47)
@pytest.mark.parametrize("output", [None, "", [], {"text": {"deep": [[1]]}}, 7, {"text": "x" * 1_000_000}])
async def test_any_output_is_taken_or_refused(a, called, output):
    """Nothing, the wrong shape, a megabyte: never a fault, and the thread goes on."""
    thread_id, _ = called
    response = await a.send("threads.add_client_tool_output", thread_id=thread_id, result=output)

    if response.status_code == 200:
        assert '"code":"stream.error"' not in response.text
    else:
        denied(response)
    assert (await a.ask("What is a queen excluder?", thread=thread_id)).errors == []


@check(48)
async def test_a_message_does_not_wait_for_a_pending_call(a, called):
    """It is answered, and so is the one after it."""
    thread_id, _ = called

    for _ in range(2):
        again = await a.ask("What is a queen excluder?", thread=thread_id)
        assert (again.errors, bool(again.text)) == ([], True)


@check(49)
async def test_a_form_is_answered_once(a, formed):
    """Answered with an unknown question beside it, and with the others left out; then no more."""
    thread_id, form = formed
    choice = form["inputs"][0]
    value = choice["options"][0]["value"]
    first = await submit(a, thread_id, form, answered(**{choice["id"]: [value], "unknown": ["x"]}))
    kept = await now(a, thread_id, form)

    assert first.status_code == 200
    assert kept["status"] == "answered"
    assert kept["inputs"][0]["answer"] == {"values": [value], "skipped": False}
    assert all(other["answer"] == {"values": [], "skipped": True} for other in kept["inputs"][1:])
    denied(await submit(a, thread_id, form, answered(**{choice["id"]: [value]})))
    assert await now(a, thread_id, form) == kept


@check(49)
async def test_a_form_is_skipped(a, formed):
    """The thread says what to do instead."""
    thread_id, form = formed
    response = await submit(a, thread_id, form, {"status": "skipped", "answers": {}})

    assert response.status_code == 200
    assert (await now(a, thread_id, form))["status"] == "skipped"
    assert (await a.items(thread_id))[-1]["type"] == "assistant_message"


@check(50)
async def test_a_widget_comes_back_as_it_was_sent(a, listed):
    """Every property of it, also those newer than the server's own types."""
    thread_id, widget = listed

    assert await now(a, thread_id, widget) == widget
    assert widget in (await a.call("threads.get_by_id", thread_id=thread_id))["items"]["data"]


@check(51)
async def test_an_action_streams_or_fails_cleanly(a, listed):
    """A button answers in the thread; an item without buttons and an unknown type are refused, or end in an error."""
    thread_id, widget = listed
    pressed = button(widget, streaming=True)
    where = {"thread_id": thread_id}
    told = await a.tell("threads.custom_action", **where, item_id=widget["id"], action=pressed)
    question = (await a.items(thread_id))[0]
    wrong_item = await a.send("threads.custom_action", **where, item_id=question["id"], action=pressed)
    wrong_type = await a.send("threads.custom_action", **where, item_id=widget["id"], action={"type": "no.such"})

    assert told.text
    assert told.errors == []
    for response in (wrong_item, wrong_type):
        if response.status_code != 200:
            denied(response)
        else:
            assert '"type":"error"' in response.text


@check(52)
async def test_a_synchronous_action_gives_and_keeps_the_item(a, listed):
    """The list folds."""
    thread_id, widget = listed
    pressed = button(widget, streaming=False)
    answer = await a.call("threads.sync_custom_action", thread_id=thread_id, item_id=widget["id"], action=pressed)

    assert answer["updated_item"]["id"] == widget["id"]
    assert answer["updated_item"] != widget
    assert await now(a, thread_id, widget) == answer["updated_item"]


@check(64)
async def test_a_locked_thread_takes_nothing(a, inside):
    """The last message is answered, one more is refused before the stream and not stored."""
    told = await a.ask("What is a queen excluder?")
    for _ in range(4):
        await a.ask("What is a queen excluder?", thread=told.thread_id)
    before = await a.items(told.thread_id)

    denied(await a.send("threads.add_user_message", thread_id=told.thread_id, input=message("And more?")), 409)
    assert await a.items(told.thread_id) == before
    assert (await a.call("threads.get_by_id", thread_id=told.thread_id))["status"]["type"] == "locked"
