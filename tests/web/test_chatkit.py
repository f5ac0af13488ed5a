"""`POST /chatkit` from outside: what a client sends and what it is shown."""

from __future__ import annotations

import pytest
from tests.chatkit_house import house


@pytest.fixture
async def home(tmp_path):
    async with house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def ada(home):
    async with home.client("ada") as client:
        yield client


async def test_a_new_thread_is_told_in_the_order_clients_expect(ada):
    """Thread, question, options, progress, search, then the answer from its first delta to its end."""
    told = await ada.ask("What is a servo?")

    assert told.types == [
        "thread.created",
        "thread.item.done",
        "stream_options",
        "progress_update",
        "thread.updated",
        "thread.item.added",
        "thread.item.updated",
        "thread.item.done",
        "thread.item.added",
        "thread.item.updated",
        "thread.item.updated",
        "thread.item.updated",
        "thread.item.updated",
        "thread.item.updated",
        "thread.item.updated",
        "thread.item.done",
    ]
    assert told.events[1]["item"]["type"] == "user_message"
    assert told.text == told.deltas == "A servo holds an angle [1]."
