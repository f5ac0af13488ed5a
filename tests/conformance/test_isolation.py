"""What is another reader's does not exist: B on A's conversations."""

from __future__ import annotations

import pytest
from tests.chatkit_client import message
from tests.conformance.checks import check

NOBODYS = "thr_" + "0" * 30


@pytest.fixture
async def hers(a):
    return await a.ask("hi")


def operations(thread_id, item_id):
    """Every operation that names a thread."""
    action = {"type": "go", "payload": {}}
    return {
        "threads.get_by_id": {"thread_id": thread_id},
        "items.list": {"thread_id": thread_id},
        "threads.add_user_message": {"thread_id": thread_id, "input": message("mine?")},
        "threads.update": {"thread_id": thread_id, "title": "mine"},
        "threads.delete": {"thread_id": thread_id},
        "threads.retry_after_item": {"thread_id": thread_id, "item_id": item_id},
        "threads.custom_action": {"thread_id": thread_id, "action": action},
        "threads.sync_custom_action": {"thread_id": thread_id, "item_id": item_id, "action": action},
        "threads.add_client_tool_output": {"thread_id": thread_id, "result": {}},
        "threads.add_structured_input": {"thread_id": thread_id, "item_id": item_id, "input": {}},
        "items.feedback": {"thread_id": thread_id, "item_ids": [item_id], "kind": "positive"},
    }


@pytest.mark.parametrize("operation", sorted(operations("", "")))
@check(26, 27, 28, 29, 30, 31, 32)
async def test_another_readers_thread_is_not_found(a, b, hers, operation):
    """The same answer as for a thread that never was, before any event, and nothing changes."""
    before = await a.items(hers.thread_id)
    question = hers.events[1]["item"]["id"]

    foreign = await b.send(operation, **operations(hers.thread_id, question)[operation])
    random = await b.send(operation, **operations(NOBODYS, question)[operation])

    assert foreign.status_code == random.status_code == 404
    assert foreign.json()["detail"].replace(hers.thread_id, NOBODYS) == random.json()["detail"]
    assert await a.items(hers.thread_id) == before
    assert (await a.threads())[0]["title"] == "Hi"


@check(24)
async def test_another_reader_has_no_threads(b, hers):
    """Lists hold one's own."""
    assert await b.threads() == []


@check(36)
async def test_an_item_belongs_to_its_thread(a, hers):
    """An item of one thread is not found in another of the same reader."""
    other = await a.ask("other")
    item = hers.events[1]["item"]["id"]

    for operation, params in operations(other.thread_id, item).items():
        if operation in {"threads.retry_after_item", "items.feedback"}:
            assert (await a.send(operation, **params)).status_code == 404
    assert (await a.send("items.list", thread_id=other.thread_id, after=item)).status_code == 404


async def test_an_unknown_attachment_leaves_no_thread(a):
    """A message with one is refused whole."""
    response = await a.send("threads.create", input=message("hi", attachments=["atc_" + "0" * 30]))

    assert response.status_code == 404
    assert await a.threads() == []
