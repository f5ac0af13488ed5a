"""Threads and items in SQL: order, ownership, wholeness."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    EndOfTurnItem,
    HiddenContextItem,
    InferenceOptions,
    Thread,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)
from chatkit.types import Page as ItemPage

from pageside import ids
from pageside.conversation.turn import Opening, Turn
from pageside.errors import InvalidInput
from pageside.identity.reader import Reader

ADA = Turn(reader=Reader("ada", "school"))
EVE = Turn(reader=Reader("eve", "school"))
NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001  # as the SDK stamps


def question(thread_id, item_id="", text="q"):
    return UserMessageItem(
        id=item_id or ids.new("msg"),
        thread_id=thread_id,
        created_at=NOON,
        content=[UserMessageTextContent(text=text)],
        inference_options=InferenceOptions(),
    )


def answer(thread_id, item_id, text="a"):
    content = [AssistantMessageContent(text=text)]
    return AssistantMessageItem(id=item_id, thread_id=thread_id, created_at=NOON, content=content)


def hidden(thread_id, item_id, note=None):
    return HiddenContextItem(id=item_id, thread_id=thread_id, created_at=NOON, content={"note": note})


def ended(thread_id, item_id):
    return EndOfTurnItem(id=item_id, thread_id=thread_id, created_at=NOON)


async def begun(store, turn=ADA, **fields):
    """A thread with one question."""
    thread = ThreadMetadata(id=ids.new("thr"), created_at=NOON, **fields)
    opening = replace(turn, opening=Opening(thread.id))
    await store.save_thread(thread, opening)
    await store.add_thread_item(thread.id, question(thread.id, "q0"), opening)
    return thread


async def order(store, thread_id, turn=ADA, direction="asc", limit=20):
    found, after, more = [], None, True
    while more:
        page = await store.load_thread_items(thread_id, after, limit, direction, turn)
        found += [item.id for item in page.data]
        after, more = page.after, page.has_more
    return found


async def test_a_thread_comes_into_being_with_its_first_message(store):
    """Until then nothing is written, so nothing is left behind."""
    thread = ThreadMetadata(id="thr_1", created_at=NOON)
    opening = replace(ADA, opening=Opening("thr_1"))
    await store.save_thread(thread, opening)
    before = await store.load_threads(10, None, "desc", ADA)
    await store.add_thread_item("thr_1", question("thr_1"), opening)

    assert before.data == []
    assert (await store.load_threads(10, None, "desc", ADA)).data == [thread]


async def test_a_deleted_thread_is_not_written_again(store):
    """Neither by the turn that began it, nor by one that goes on in it."""
    thread = ThreadMetadata(id="thr_1", created_at=NOON)
    opening = replace(ADA, opening=Opening("thr_1"))
    await store.save_thread(thread, opening)
    await store.add_thread_item("thr_1", question("thr_1"), opening)
    await store.delete_thread("thr_1", ADA)

    for turn in (opening, ADA):
        with pytest.raises(NotFoundError):
            await store.save_thread(thread, turn)
        with pytest.raises(NotFoundError):
            await store.add_thread_item("thr_1", answer("thr_1", "a"), turn)
    assert (await store.load_threads(10, None, "desc", ADA)).data == []


async def test_a_thread_may_be_saved_with_its_items(store):
    """The SDK hands over a `Thread` where its type says `ThreadMetadata`."""
    thread = await begun(store)
    await store.save_thread(
        Thread(**thread.model_dump() | {"title": "T"}, items=ItemPage(data=[answer(thread.id, "x")])), ADA
    )

    loaded = await store.load_thread(thread.id, ADA)
    assert type(loaded) is ThreadMetadata
    assert Thread(**loaded.model_dump(), items=ItemPage()).title == "T"


async def test_items_of_one_instant_keep_their_order(store):
    """45 with equal times, walked in pages of 20 either way."""
    thread = await begun(store)
    expected = ["q0", *[f"a{n:02}" for n in range(44)]]
    for item_id in expected[1:]:
        await store.add_thread_item(thread.id, answer(thread.id, item_id), ADA)

    assert await order(store, thread.id) == expected
    assert await order(store, thread.id, direction="desc") == expected[::-1]


async def test_an_item_written_again_keeps_its_place(store):
    """Whether it is added or saved; the later words count."""
    thread = await begun(store)
    for item_id in ("a", "b"):
        await store.add_thread_item(thread.id, answer(thread.id, item_id), ADA)
    await store.add_thread_item(thread.id, answer(thread.id, "a", "more"), ADA)
    await store.save_item(thread.id, answer(thread.id, "q0", "other kind"), ADA)

    assert await order(store, thread.id) == ["q0", "a", "b"]
    assert (await store.load_item(thread.id, "a", ADA)).content[0].text == "more"
    assert (await store.load_item(thread.id, "q0", ADA)).type == "assistant_message"


async def test_the_same_item_id_in_another_thread_is_another_item(store):
    """Some models give every message one id."""
    one, two = await begun(store), await begun(store, EVE)
    await store.add_thread_item(one.id, answer(one.id, "__fake_id__", "hers"), ADA)
    await store.add_thread_item(two.id, answer(two.id, "__fake_id__", "his"), EVE)

    assert (await store.load_item(one.id, "__fake_id__", ADA)).content[0].text == "hers"
    assert (await store.load_item(two.id, "__fake_id__", EVE)).content[0].text == "his"


async def test_a_taken_id_moves_nothing_to_another_reader(store):
    """Beginning a thread under another reader's id fails and changes nothing."""
    thread = await begun(store, title="hers")
    opening = replace(EVE, opening=Opening(thread.id))
    await store.save_thread(ThreadMetadata(id=thread.id, created_at=NOON), opening)

    with pytest.raises(Exception, match=r"(?i)unique constraint"):
        await store.add_thread_item(thread.id, question(thread.id), opening)
    assert (await store.load_thread(thread.id, ADA)).title == "hers"
    assert await order(store, thread.id) == ["q0"]


async def test_what_comes_out_is_a_copy(store):
    """Changing it changes nothing stored; what went in may be changed afterwards."""
    thread = ThreadMetadata(id="thr_1", created_at=NOON, metadata={"n": 1})
    opening = replace(ADA, opening=Opening("thr_1"))
    await store.save_thread(thread, opening)
    thread.metadata["n"] = 2
    item = question("thr_1", "q0", "before")
    await store.add_thread_item("thr_1", item, opening)
    item.content[0].text = "after"
    loaded = await store.load_thread("thr_1", ADA)
    loaded.metadata["n"] = 3

    assert (await store.load_thread("thr_1", ADA)).metadata == {"n": 1}
    assert (await store.load_item("thr_1", "q0", ADA)).content[0].text == "before"


async def test_hidden_items_are_for_the_server_alone(store):
    """Pages for a client are full without them; the server sees all."""
    thread = await begun(store)
    for n in range(6):
        make = hidden if n % 2 else answer
        await store.add_thread_item(thread.id, make(thread.id, f"i{n}"), ADA)
    client = replace(ADA, sees_hidden=False)
    page = await store.load_thread_items(thread.id, None, 3, "asc", client)

    assert [item.id for item in page.data] == ["q0", "i0", "i2"]
    assert await order(store, thread.id, client, limit=1) == ["q0", "i0", "i2", "i4"]
    assert len(await order(store, thread.id)) == 7
    assert (await store.load_item(thread.id, "i1", ADA)).content == {"note": None}


async def test_messages_before_an_item_pass_over_the_rest(store):
    """Oldest first, the nearest kept, the item itself and what follows left out."""
    thread = await begun(store)
    for n in range(12):
        await store.add_thread_item(thread.id, (ended if n % 2 else answer)(thread.id, f"i{n}"), ADA)
    found = await store.messages_before(thread.id, "i10", limit=3, context=ADA)

    assert [item.id for item in found] == ["i4", "i6", "i8"]


async def test_deleting_an_item_twice_is_deleting_it(store):
    """Guardrails remove what was never stored."""
    thread = await begun(store)
    await store.delete_thread_item(thread.id, "q0", ADA)
    await store.delete_thread_item(thread.id, "q0", ADA)

    assert await order(store, thread.id) == []


async def test_everything_after_an_item_goes_at_once(store):
    """The item itself stays."""
    thread = await begun(store)
    for n in range(25):
        await store.add_thread_item(thread.id, answer(thread.id, f"a{n}"), ADA)
    await store.delete_after(thread.id, "a1", ADA)

    assert await order(store, thread.id) == ["q0", "a0", "a1"]


async def test_the_last_opinion_counts(store):
    """Of each item; what is hidden takes none, and one item that takes none leaves all as they were."""
    thread = await begun(store)
    await store.add_thread_item(thread.id, answer(thread.id, "a"), ADA)
    await store.add_thread_item(thread.id, hidden(thread.id, "h"), ADA)
    await store.put_feedback(thread.id, ["q0", "a", "a"], "positive", ADA)
    await store.put_feedback(thread.id, ["a"], "negative", ADA)
    for unfit in ("h", "gone"):
        with pytest.raises(NotFoundError, match=unfit):
            await store.put_feedback(thread.id, ["q0", unfit], "negative", ADA)

    assert await store.load_feedback(thread.id, ADA) == {"q0": "positive", "a": "negative"}


async def test_nothing_of_another_readers_can_be_reached(store):
    """Every method, on a thread that exists but is not theirs."""
    thread = await begun(store)
    item = answer(thread.id, "q0", "taken over")
    attempts = [
        store.load_thread(thread.id, EVE),
        store.save_thread(thread, EVE),
        store.load_thread_items(thread.id, None, 10, "asc", EVE),
        store.load_item(thread.id, "q0", EVE),
        store.load_record(thread.id, "q0", EVE),
        store.messages_before(thread.id, "q0", limit=1, context=EVE),
        store.add_thread_item(thread.id, item, EVE),
        store.save_item(thread.id, item, EVE),
        store.delete_thread(thread.id, EVE),
        store.delete_after(thread.id, "q0", EVE),
        store.put_feedback(thread.id, ["q0"], "positive", EVE),
        store.load_threads(10, thread.id, "desc", EVE),
    ]
    for attempt in attempts:
        with pytest.raises(NotFoundError, match="There is no"):
            await attempt
    await store.delete_thread_item(thread.id, "q0", EVE)

    assert await order(store, thread.id) == ["q0"]
    assert (await store.load_item(thread.id, "q0", ADA)).type == "user_message"
    assert await store.load_feedback(thread.id, EVE) == {}


async def test_a_transaction_that_fails_leaves_nothing(store):
    """Whole or absent: the thread is not there without the message that could not be written."""
    opening = replace(ADA, opening=Opening("thr_1"))
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=NOON), opening)
    with pytest.raises(InvalidInput, match="half a character"):
        await store.add_thread_item("thr_1", hidden("thr_1", "q0", "\ud800"), opening)

    assert (await store.load_threads(10, None, "desc", ADA)).data == []
