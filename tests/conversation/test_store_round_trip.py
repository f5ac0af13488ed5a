"""What goes into the store comes out of it: every type of item, byte for byte as a client is sent it."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from chatkit.types import (
    ActiveStatus,
    Annotation,
    AssistantMessageContent,
    ClientToolCallItem,
    HiddenContextItem,
    LockedStatus,
    ThreadMetadata,
    URLSource,
    WidgetItem,
)
from chatkit.widgets import Button, Card, DynamicWidgetRoot, Text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conversation import item_strategies
from tests.conversation.test_store import ADA, NOON, answer, begun, question

from pageside.conversation import stored, wire
from pageside.conversation.record import AnsweredItem, AnswerRecord, KeptCitation
from pageside.conversation.turn import Opening
from pageside.errors import InvalidInput

THREAD = "thr_1"
ON_ONE_DATABASE = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
async def opened(store):
    """A store with one thread."""
    opening = replace(ADA, opening=Opening(THREAD))
    await store.save_thread(ThreadMetadata(id=THREAD, created_at=NOON), opening)
    await store.add_thread_item(THREAD, question(THREAD, "q0"), opening)
    return store


async def kept(store, item):
    """What is loaded after `item` was stored."""
    await store.add_thread_item(THREAD, item, ADA)
    return await store.load_item(THREAD, item.id, ADA)


def without_nul(told):
    match told:
        case str():
            return told.replace("\x00", "")
        case list():
            return [without_nul(entry) for entry in told]
        case dict():
            return {without_nul(name): without_nul(entry) for name, entry in told.items()}
        case _:
            return told


@pytest.mark.parametrize("kind", item_strategies.KINDS)
@ON_ONE_DATABASE
@given(drawn=st.data())
async def test_an_item_of_every_type_comes_back_as_it_was(opened, kind, drawn):
    """Whatever is in it, down to the order of names and how a number is written."""
    item = drawn.draw(item_strategies.items(kind, item_id="x", thread_id=THREAD))
    loaded = await kept(opened, item)

    assert type(loaded) is type(item)
    assert wire.dump(loaded) == wire.dump(item)
    assert loaded.model_dump_json() == item.model_dump_json()


@given(item_strategies.messages_with_files(item_id="x", thread_id=THREAD))
def test_a_message_with_files_comes_back_as_it_was(item):
    """As far as its row goes; the files have rows of their own."""
    row = SimpleNamespace(id="x", thread_id=THREAD, **stored.of_item(item))
    row.data = json.loads(json.dumps(row.data))

    assert stored.item(row).model_dump_json() == item.model_dump_json()


async def test_a_widget_keeps_what_the_sdk_does_not_know(opened):
    """Newer properties and components than the SDK's classes have."""
    told = {
        "type": "Card",
        "zebra": 1.0,
        "border": {"size": 2, "color": {"dark": "#fff", "light": "#000"}},
        "children": [
            {"type": "Text", "value": "a", "shimmer": 1e16},
            {"type": "Table", "children": [{"type": "Table.Row", "header": True, "children": []}]},
        ],
    }
    item = WidgetItem(
        id="w", thread_id=THREAD, created_at=NOON, widget=DynamicWidgetRoot.model_validate(told), copy_text="a"
    )
    loaded = await kept(opened, item)
    again = await kept(opened, loaded)

    assert wire.dump(again) == wire.dump(loaded) == wire.dump(item)
    assert json.loads(wire.dump(loaded))["widget"] == told


async def test_a_widget_of_the_sdks_own_classes_looks_the_same(opened):
    """It is read as one of any shape, and sent as it was."""
    widget = Card(size="sm", children=[Text(id="t", value="v"), Button(label="go", submit=True)])
    item = WidgetItem(id="w", thread_id=THREAD, created_at=NOON, widget=widget)

    assert wire.dump(await kept(opened, item)) == wire.dump(item)


@ON_ONE_DATABASE
@given(text=st.text(st.sampled_from('a\x00\n"\\u0é𝄞'), min_size=1))
async def test_only_nul_is_taken_out(opened, text):
    """PostgreSQL has no such character; everything beside it stays."""
    item = ClientToolCallItem(
        id="x", thread_id=THREAD, created_at=NOON, call_id="c", name=text, arguments={text: [text]}, output=text
    )
    loaded = await kept(opened, item)

    assert json.loads(loaded.model_dump_json()) == without_nul(json.loads(item.model_dump_json()))


async def test_a_title_without_its_nul(opened):
    """As everywhere else."""
    thread = await opened.load_thread(THREAD, ADA)
    await opened.save_thread(thread.model_copy(update={"title": "a\x00b", "metadata": {"n\x00": "\x00"}}), ADA)
    loaded = await opened.load_thread(THREAD, ADA)

    assert (loaded.title, loaded.metadata) == ("ab", {"n": ""})


@pytest.mark.parametrize("content", ["\ud800", ["\udfff"], {"\ud83d": 1}, {"a": {"b": "x\udc00"}}])
async def test_half_a_character_is_refused(opened, content):
    """In words, and before anything is stored: what was written so could never be read again."""
    with pytest.raises(InvalidInput, match="half a character"):
        await kept(opened, HiddenContextItem(id="x", thread_id=THREAD, created_at=NOON, content=content))
    with pytest.raises(InvalidInput, match="half a character"):
        await opened.save_thread(ThreadMetadata(id=THREAD, created_at=NOON, metadata={"c": content}), ADA)
    page = await opened.load_thread_items(THREAD, None, 10, "asc", ADA)

    assert [item.id for item in page.data] == ["q0"]


async def test_what_json_cannot_say_is_null(opened):
    """As ChatKit sends it."""
    content = [float("nan"), float("inf"), -float("inf"), 1.5]
    loaded = await kept(opened, HiddenContextItem(id="x", thread_id=THREAD, created_at=NOON, content=content))

    assert loaded.content == [None, None, None, 1.5]


@pytest.mark.parametrize("letter", ["a", "𝄞"])
async def test_a_text_of_a_million_characters(opened, letter):
    """Whole."""
    text = letter * 1_000_000

    assert (await kept(opened, answer(THREAD, "x", text))).content[0].text == text


async def test_an_answer_keeps_its_record_when_it_is_written_again(opened):
    """What was loaded may be saved; the record is never sent."""
    record = AnswerRecord(
        outcome="answered",
        confidence=0.5,
        citations=(
            KeptCitation(marker=1, path="p", heading="h", url="/u", quote="q\x00", relevance=0.1, labels={"a": "b"}),
        ),
        model="m",
        input_tokens=1,
        output_tokens=2,
    )
    source = URLSource(title="t", url="/u")
    content = [AssistantMessageContent(text="a", annotations=[Annotation(source=source, index=1)])]
    item = AnsweredItem(id="x", thread_id=THREAD, created_at=NOON, content=content, record=record)
    loaded = await kept(opened, await kept(opened, item))

    assert wire.dump(loaded) == wire.dump(item)
    assert b"confidence" not in wire.dump(loaded)
    assert (await opened.load_record(THREAD, "x", ADA)).citations[0].quote == "q"
    assert (await opened.load_record(THREAD, "x", ADA)).citations[0].labels == {"a": "b"}


async def test_a_thread_comes_back_as_it_was(store):
    """Status, allowed images and whatever an integration keeps with it."""
    fields = {
        "status": LockedStatus(reason="exam"),
        "allowed_image_domains": ["book.test"],
        "metadata": {"z": 1.0, "a": [1e16, None, {"ü": -0.0}]},
    }
    thread = await begun(store, title="T", **fields)
    loaded = await store.load_thread(thread.id, ADA)

    assert loaded.model_dump_json() == thread.model_dump_json()


async def test_renaming_and_answering_do_not_undo_each_other(store):
    """Each saves a copy loaded before the other's."""
    thread = await begun(store)
    one, other = await store.load_thread(thread.id, ADA), await store.load_thread(thread.id, ADA)
    one.title = "hers"
    await store.save_thread(one, replace(ADA, renames=True))
    other.title, other.metadata = "made", {"seen": 1}
    await store.save_thread(other, ADA)
    assert (await store.load_thread(thread.id, ADA)).title == "hers"
    await store.save_thread(one, replace(ADA, renames=True))
    loaded = await store.load_thread(thread.id, ADA)

    assert (loaded.title, loaded.metadata, loaded.status) == ("hers", {"seen": 1}, ActiveStatus())
