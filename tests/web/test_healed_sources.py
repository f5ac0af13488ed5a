"""What readers are shown of earlier answers when the book has changed since."""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import asynccontextmanager

import pytest
from tests.chatkit_house import house
from tests.indexed_book import shelved

from pageside.conversation.healed import Sources
from pageside.knowledge.healing import Healer
from pageside.knowledge.index_embedded import EmbeddedIndex

API = "/api/chatkit"
PARTS = "module-1-hive/week-1-parts.md"
SENTENCE = "A queen excluder is a grid whose slots are 4.2 mm wide."


@asynccontextmanager
async def bees(folder):
    """The small book, a server over it and a reader."""
    async with shelved(folder / "shelf") as shelf:
        index = EmbeddedIndex(shelf.folder)
        sources = Sources(Healer(index), shelf.contents)
        async with house(folder, shelf.tutor, contents=shelf.contents, sources=sources) as home, home.client() as ada:
            yield shelf, ada
        await index.aclose()


@pytest.fixture
async def place(tmp_path):
    async with bees(tmp_path) as opened:
        yield opened


@pytest.fixture
async def said(place):
    """An answer that quotes `SENTENCE`."""
    told = await place[1].ask("How wide are the slots of a queen excluder?")
    assert SENTENCE in told.answer["content"][0]["text"]
    return told


async def seen(ada, thread_id):
    """What the three doors show of the source of `SENTENCE`: the record's, REST's and the address of the marker."""
    (record,) = (await ada.http.get(f"/chatkit/threads/{thread_id}/records")).json()["records"]
    (kept,) = [each for each in record["citations"] if each["quote"] == SENTENCE]
    rows = (await ada.http.get(f"{API}/threads/{thread_id}/messages")).json()["messages"]
    (source,) = [each for each in rows[-1]["sources"] if each["quote"] == SENTENCE]
    (answer,) = [item for item in await ada.items(thread_id) if item["type"] == "assistant_message"]
    (note,) = [
        each["source"] for each in answer["content"][0]["annotations"] if each["source"]["description"] == SENTENCE
    ]
    return kept, source, note["url"]


async def edit(shelf, change, page=PARTS):
    file = shelf.book / page
    file.write_text(change(file.read_text("utf-8")), encoding="utf-8")
    await shelf.reindex()


async def test_where_nothing_has_changed_everything_stands_as_it_was(place, said):
    """The record says so, and no source bears a word of it."""
    ada = place[1]
    before = [each["source"]["url"] for each in said.answer["content"][0]["annotations"]]
    kept, source, url = await seen(ada, said.thread_id)

    assert kept["now"] == {
        "state": "same",
        "url": kept["url"],
        "text": SENTENCE,
        "path": PARTS,
        "heading": "The queen excluder",
    }
    assert source["now"] is None
    assert url in before


async def test_the_record_says_where_the_sentence_stood(place, said):
    """Passage, span, context and hashes, so that it can be found again."""
    _, ada = place
    kept, _, _ = await seen(ada, said.thread_id)

    assert kept["heading_path"] == ["The parts of a hive", "The queen excluder"]
    assert kept["anchor"] == "excluder"
    assert (kept["start"], kept["end"]) == (0, len(SENTENCE))
    assert kept["prefix"] == ""
    assert kept["suffix"].split()[:8] == ["Workers", "pass", "through", "the", "slots,", "but", "the", "queen"]
    assert len(kept["text_sha256"]) == len(kept["page_sha256"]) == 64


async def test_a_sentence_that_moved_is_led_to(place, said):
    """Under a heading of another name, and on another page: every door gives the new address."""
    shelf, ada = place
    await edit(shelf, lambda page: page.replace("## The queen excluder {#excluder}", "## Excluding the queen"))
    renamed = await seen(ada, said.thread_id)
    text = (shelf.book / PARTS).read_text("utf-8")
    await edit(shelf, lambda page: page.replace(SENTENCE, ""))
    await edit(shelf, lambda page: f"{page}\n## Queens\n\n{SENTENCE}\n", "intro.md")
    elsewhere = await seen(ada, said.thread_id)

    assert SENTENCE in text
    assert [renamed[0]["now"][name] for name in ("state", "text", "heading")] == [
        "moved",
        SENTENCE,
        "Excluding the queen",
    ]
    assert "/week-1-parts#excluding-the-queen:~:text=" in renamed[0]["now"]["url"]
    assert renamed[1]["now"] == renamed[0]["now"]
    assert renamed[1]["url"] == renamed[2] == f"http://book.test{renamed[0]['now']['url']}"
    assert [elsewhere[0]["now"][name] for name in ("state", "path")] == ["moved", "intro.md"]
    assert elsewhere[2] == f"http://book.test{elsewhere[0]['now']['url']}"
    assert "#queens" in elsewhere[2]


async def test_a_sentence_that_reads_differently_is_shown_old_and_new(place, said):
    """The old quote stays what the answer rests on; beside it stands what the book says today."""
    shelf, ada = place
    await edit(shelf, lambda page: page.replace("4.2 mm wide", "4.3 mm wide"))
    kept, source, _ = await seen(ada, said.thread_id)

    assert kept["quote"] == SENTENCE
    assert kept["now"]["state"] == "changed"
    assert kept["now"]["text"] == SENTENCE.replace("4.2", "4.3")
    assert source["now"] == kept["now"]


async def test_a_sentence_that_goes_on_is_another_sentence(place, said):
    """Though all of the old one still stands in it."""
    shelf, ada = place
    await edit(shelf, lambda page: page.replace("4.2 mm wide.", "4.2 mm wide in Europe alone."))
    kept, _, _ = await seen(ada, said.thread_id)

    assert kept["now"]["state"] == "changed"
    assert kept["now"]["text"] == SENTENCE.replace("wide.", "wide in Europe alone.")


async def test_a_sentence_that_is_gone_is_said_to_be(place, said):
    """With its page, too."""
    shelf, ada = place
    await edit(shelf, lambda page: page.replace(SENTENCE, ""))
    without = (await seen(ada, said.thread_id))[0]["now"]
    (shelf.book / PARTS).unlink()
    await shelf.reindex()
    kept, source, _ = await seen(ada, said.thread_id)

    assert (without["state"], without["text"]) == ("gone", "")
    assert kept["now"]["state"] == source["now"]["state"] == "gone"
    assert kept["now"]["url"] == kept["url"]


async def test_a_change_that_is_taken_back_was_none(place, said):
    """What is known of one state of the book is not said of the next."""
    shelf, ada = place
    await edit(shelf, lambda page: page.replace("4.2 mm wide", "9 cm wide"))
    changed = (await seen(ada, said.thread_id))[0]["now"]["state"]
    await edit(shelf, lambda page: page.replace("9 cm wide", "4.2 mm wide"))

    assert changed == "changed"
    assert (await seen(ada, said.thread_id))[0]["now"]["state"] == "same"


async def test_without_an_index_sources_stand_as_they_were_stored(place, said):
    """The conversation can be read while the book is away."""
    shelf, ada = place
    (shelf.folder / "index" / "book" / "current").unlink()
    kept, source, url = await seen(ada, said.thread_id)

    assert "now" not in kept
    assert source["now"] is None
    assert url.endswith(kept["url"])


async def saved(ada, thread_id, form):
    return (await ada.http.get(f"{API}/threads/{thread_id}/export", params={"format": form})).text


async def test_a_saved_conversation_says_what_the_book_says_now(place, said):
    """Beside the proof: whether each claim holds, and what has become of each source."""
    shelf, ada = place
    before = json.loads(await saved(ada, said.thread_id, "json"))["items"][-1]
    words = await saved(ada, said.thread_id, "markdown")
    await edit(shelf, lambda page: page.replace("4.2 mm wide", "4.3 mm wide"))
    after = json.loads(await saved(ada, said.thread_id, "json"))["items"][-1]
    changed = await saved(ada, said.thread_id, "markdown")

    assert before["verified"]["holds"]
    assert {each["state"] for each in before["verified"]["sources"]} == {"same"}
    assert "The book has changed here" not in words
    assert "*When this was saved, the book supported" in words
    assert after["record"] == before["record"]
    assert not after["verified"]["holds"]
    assert {each["state"] for each in after["verified"]["claims"]} == {"changed"}
    assert "The book has changed here: “A queen excluder is a grid whose slots are 4.3 mm wide.”" in changed


async def test_an_archive_holds_what_verifying_needs(place, said):
    """Each conversation as JSON, with the proof of its answers and what is left of them."""
    _, ada = place
    packed = (await ada.http.get(f"{API}/me/export")).content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (name,) = [name for name in archive.namelist() if name.startswith("conversations/") and name.endswith(".json")]
        told = json.loads(archive.read(name))

    assert told["items"][-1]["verified"]["holds"]
    assert told["items"][-1]["record"]["seal"]
