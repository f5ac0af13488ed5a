"""What is noted of turns: how they came out, without words or names, and nobody's once their conversation is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from tests import admitted
from tests.chatkit_client import ChatKit

from pageside import ids
from pageside.conversation.noting import SERVER
from pageside.conversation.pruning import Pruning
from pageside.conversation.turn import Turn
from pageside.identity.ownership import mine
from pageside.identity.reader import Reader
from pageside.knowledge.ingest import silent
from pageside.storage.files import LocalFiles
from pageside.storage.tables import threads, turns
from pageside.wiring import knowing

HEADER = {"auth_mode": "header", "trusted_proxies": "127.0.0.1"}


@pytest.fixture
async def door(tmp_path, store_url):
    async with admitted.door(tmp_path, store_url=store_url, **HEADER) as opened:
        await knowing.index_book(opened.services.settings, tmp_path / "book", progress=silent)
        yield opened


async def noted(door):
    """Every row, oldest first."""
    await door.services.administration.notes.settled()
    async with door.services.database.reading(SERVER.reader) as connection:
        found = await connection.execute(select(turns).where(mine(turns, SERVER)).order_by(turns.c.id))
        return [dict(row) for row in found.mappings()]


async def test_a_turn_is_noted_without_words_or_names(door):
    """What came out and what it took are there; the question, the answer and the reader's name are nowhere."""
    async with door.client(X_User_ID="ada.lovelace") as http:
        told = await ChatKit(http).ask("What is a queen excluder?")
    (row,) = await noted(door)

    assert (row["outcome"], row["thread_id"], row["item_id"]) == ("answered", told.thread_id, told.answer["id"])
    assert row["reader_hash"] == door.services.admission.pseudonyms.of(Reader("ada.lovelace"))
    assert (row["page"], row["anchor"]) == ("module-1-hive/week-1-parts.md", "excluder")
    assert row["whole_ms"] is not None
    assert "excluder?" not in repr(row)
    assert "ada.lovelace" not in repr(row)


async def test_an_opinion_is_noted_and_may_change(door):
    """The latest of each answer counts."""
    async with door.client(X_User_ID="ada") as http:
        reader = ChatKit(http)
        told = await reader.ask("What is a queen excluder?")
        seen = []
        await door.services.administration.notes.settled()
        for kind in ("positive", "negative"):
            await reader.call("items.feedback", thread_id=told.thread_id, item_ids=[told.answer["id"]], kind=kind)
            seen += [(row["positive"], row["negative"]) for row in await noted(door)]

    assert seen == [(1, 0), (0, 1)]


async def test_asking_for_the_same_section_again_is_noted_of_the_turn_before(door):
    """In the same conversation; another conversation says nothing of it."""
    async with door.client(X_User_ID="ada") as http:
        reader = ChatKit(http)
        first = await reader.ask("What is a queen excluder?")
        await reader.ask("How wide are the slots of a queen excluder?", thread=first.thread_id)
        await reader.ask("What is a queen excluder?")
    rows = await noted(door)

    assert [row["asked_again"] for row in rows] == [1, 0, 0]


@pytest.mark.parametrize("how", ["the conversation is deleted", "everything is", "it is pruned"])
async def test_what_is_deleted_leaves_counts_alone(door, tmp_path, how):
    """Nothing leads to the reader, their conversation or their words; that somebody asked still counts."""
    async with door.client(X_User_ID="eve") as http:
        await ChatKit(http).ask("What is a queen excluder?")
    async with door.client(X_User_ID="ada") as http:
        reader = ChatKit(http)
        told = await reader.ask("What is a queen excluder?")
        await noted(door)
        if how == "the conversation is deleted":
            await reader.call("threads.delete", thread_id=told.thread_id)
        elif how == "everything is":
            assert (await http.delete("/api/chatkit/me")).status_code == 204
        else:
            await _prune(door, tmp_path, "ada")
    eves, adas = await noted(door)

    assert [adas[name] for name in ("reader_hash", "thread_id", "asked_id", "item_id")] == [None] * 4
    assert adas["outcome"] == "answered"
    assert eves["reader_hash"]
    assert eves["thread_id"]


async def _prune(door, folder, subject):
    """Everything of the reader's is old, and goes."""
    turn = Turn(reader=Reader(subject))
    async with door.services.database.transaction(turn.reader) as connection:
        long_ago = ids.now() - timedelta(days=900)
        await connection.execute(update(threads).where(mine(threads, turn)).values(updated_at=long_ago))
    await Pruning(door.services.database, LocalFiles(folder / "data" / "files")).run(older_than=timedelta(days=800))
