"""How many statements each operation costs, exactly: one more is a decision, one for each item is a fault."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from chatkit.types import ThreadMetadata
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.chatkit_client import told
from tests.chatkit_house import house
from tests.conversation.test_store import NOON, answer, question

from pageside import ids
from pageside.conversation import stored
from pageside.conversation.turn import Turn
from pageside.identity.ownership import upsert
from pageside.identity.reader import Reader
from pageside.storage import tables

ADA = Turn(reader=Reader("ada"))
BEGINNINGS = ("BEGIN",)


@pytest.fixture
async def home(tmp_path, store_url):
    async with house(tmp_path, store_url=store_url) as opened:
        yield opened


@pytest.fixture
async def ada(home):
    async with home.client() as client:
        yield client


@pytest.fixture
async def asked(ada):
    """A thread of one question, answered; every connection has been used."""
    return (await ada.ask("What is a servo?")).thread_id


@contextmanager
def counting():
    """The statements sent within the block; what begins and ends a transaction is none."""
    seen: list[str] = []

    def note(connection, cursor, statement, parameters, context, several):
        if not statement.startswith(BEGINNINGS):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def cost(client, operation, **params):
    """How many statements one operation takes."""
    with counting() as seen:
        response = await client.send(operation, **params)
    assert response.status_code == 200, response.text
    if "event-stream" in response.headers["content-type"]:
        assert told(response).errors == []
    return len(seen)


async def full(home, *, threads=1, items=1):
    """The last of `threads` new threads, each with one message and then others, `items` in all."""
    begun = [
        {
            **stored.of_thread(ThreadMetadata(id="t", created_at=NOON)),
            "id": f"thr_{number}",
            "created_at": ids.now(),
            "updated_at": ids.now(),
            "activity": number,
            "last_seq": items,
        }
        for number in range(threads)
    ]
    filled = [
        {"thread_id": row["id"], "id": f"i{n}", "seq": n, **stored.of_item((answer if n else question)("t", "i"))}
        for row in begun
        for n in range(items)
    ]
    async with home.database.transaction(ADA.reader) as connection:
        for table, rows in ((tables.threads, begun), (tables.items, filled)):
            await connection.execute(upsert(table, ADA, rows=rows, replacing=["id"], dialect=connection.dialect.name))
    return begun[-1]["id"]


def asking(text="And a stepper?"):
    return {"content": [{"type": "input_text", "text": text}], "attachments": [], "inference_options": {}}


async def test_the_first_turn(ada, asked):
    """A claim, the reader's place on the roll, the thread with its question, its title, what was found, the answer."""
    assert await cost(ada, "threads.create", input=asking()) == 12


async def test_a_later_turn(ada, asked):
    """As many in a long conversation as in a short one."""
    assert await cost(ada, "threads.add_user_message", thread_id=asked, input=asking()) == 13


async def test_a_later_turn_of_a_long_conversation(home, ada, asked):
    """What came before costs nothing, but for the title that this one has not yet."""
    thread_id = await full(home, items=120)

    assert await cost(ada, "threads.add_user_message", thread_id=thread_id, input=asking()) == 14


async def test_a_hundred_items(home, ada, asked):
    """Whether a process died while it answered, and one statement, however many there are."""
    thread_id = await full(home, items=120)
    page = await ada.call("items.list", thread_id=thread_id, limit=100)

    assert await cost(ada, "items.list", thread_id=thread_id, limit=100) == 2
    assert await cost(ada, "items.list", thread_id=thread_id, limit=100, after=page["after"]) == 2
    assert await cost(ada, "items.list", thread_id=thread_id, limit=100, after="i50") == 3


async def test_a_hundred_threads(home, ada, asked):
    """One statement, however many there are."""
    await full(home, threads=120)
    page = await ada.call("threads.list", limit=100)

    assert await cost(ada, "threads.list", limit=100) == 1
    assert await cost(ada, "threads.list", limit=100, after=page["after"]) == 1


async def test_a_thread_with_its_items(home, ada, asked):
    """Whether a process died while it answered, the thread, and its first page."""
    thread_id = await full(home, items=120)

    assert await cost(ada, "threads.get_by_id", thread_id=thread_id) == 3


@pytest.mark.parametrize("count", [1, 100])
async def test_an_opinion_of_many_items(home, ada, asked, count):
    """What there is, all the opinions at once, and what they make of the turns."""
    thread_id = await full(home, items=120)
    about = [f"i{number}" for number in range(count)]

    assert await cost(ada, "items.feedback", thread_id=thread_id, item_ids=about, kind="positive") == 3
    assert await cost(ada, "items.feedback", thread_id=thread_id, item_ids=about, kind="negative") == 3


async def test_a_new_name(ada, asked):
    """Read and written."""
    assert await cost(ada, "threads.update", thread_id=asked, title="Servos") == 2


async def test_another_answer(home, ada, asked):
    """What follows the question goes at once, not item by item; the SDK reads back to the question page by page."""
    thread_id = await full(home, items=120)

    assert await cost(ada, "threads.retry_after_item", thread_id=thread_id, item_id="i0") == 16


async def test_a_deletion(home, ada, asked):
    """With everything in it; what is noted of its turns forgets whose they were."""
    thread_id = await full(home, items=120)

    assert await cost(ada, "threads.delete", thread_id=thread_id) == 5
