"""What is stored of an answer under way, and what becomes of it when its process died. On each kind of database."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from tests.chatkit_house import house
from tests.scripted_tutor import PASSAGE, ScriptedTutor, citation, said, searched

from pageside import ids
from pageside.conversation.turn import Turn
from pageside.identity.ownership import mine, owner
from pageside.identity.reader import Reader
from pageside.phrases.failures import CUT_SHORT, NOTHING_SAID
from pageside.storage.tables import items, leases

ADA = Turn(reader=Reader("ada"))
OFTEN = timedelta(milliseconds=20)


@asynccontextmanager
async def at_home(folder, store_url, tutor, **options):
    async with (
        house(folder, tutor, store_url=store_url, checkpoint_every=OFTEN, **options) as home,
        home.client() as ada,
    ):
        yield home, ada


async def rows(home, thread_id):
    """What is stored of the thread: type and data of each item."""
    async with home.database.reading(ADA.reader) as connection:
        found = await connection.execute(
            select(items.c.type, items.c.data)
            .where(mine(items, ADA), items.c.thread_id == thread_id)
            .order_by(items.c.seq)
        )
        return [(row.type, row.data) for row in found]


async def unfinished(home, ada):
    """The thread, once some of its answer is stored."""
    async with asyncio.timeout(5):
        while True:
            for thread in await ada.threads():
                if any(data.get("unfinished") for _, data in await rows(home, thread["id"])):
                    return thread["id"]


def texts(listed):
    return [item["content"][0]["text"] for item in listed if item["type"] == "assistant_message"]


async def test_an_answer_under_way_is_stored_with_its_citations(tmp_path, store_url):
    """Whoever opens the thread sees it; its end takes the same place, without the mark."""
    tutor = ScriptedTutor(pause_before=5)
    async with at_home(tmp_path, store_url, tutor) as (home, ada):
        asking = asyncio.create_task(ada.ask("q"))
        thread_id = await unfinished(home, ada)
        seen = await ada.items(thread_id)
        tutor.resume.set()
        whole = await asking
        after = await rows(home, thread_id)
        later = await ada.items(thread_id)

    assert texts(seen) == ["A servo holds an angle [1]"]
    assert seen[-1]["id"] == later[-1]["id"] == whole.answer["id"]
    assert later[-1]["content"][0]["text"] == "A servo holds an angle [1]."
    assert not any("unfinished" in data for _, data in after)


async def test_an_answer_that_takes_less_is_stored_once(tmp_path, store_url):
    """A short turn writes what it wrote before, and nothing more."""
    async with house(tmp_path, ScriptedTutor(), store_url=store_url) as home, home.client() as ada:
        answer = await ada.ask("q")
        async with home.database.reading(ADA.reader) as connection:
            places = (await connection.execute(select(items.c.seq).where(mine(items, ADA)))).scalars().all()

    assert sorted(places) == [1, 2, 3]
    assert answer.text


async def test_stopping_writes_over_what_was_stored(tmp_path, store_url):
    """One answer, without a mark and without a word of interruption."""
    tutor = ScriptedTutor(pause_before=5)
    async with at_home(tmp_path, store_url, tutor) as (home, ada):
        asking = asyncio.create_task(ada.ask("q"))
        thread_id = await unfinished(home, ada)
        await home.server._runs.stop(thread_id)
        await asking
        listed = await ada.items(thread_id)
        after = await rows(home, thread_id)

    assert texts(listed) == ["A servo holds an angle [1]"]
    assert not any("unfinished" in data for _, data in after)


@pytest.mark.parametrize("how", ["threads.get_by_id", "items.list", "threads.add_user_message"])
async def test_what_a_dead_process_left_is_closed_by_whoever_comes_next(tmp_path, store_url, how):
    """Once, and it says so; the words and their citations stay."""
    script = [*searched("q", PASSAGE), *said("A servo holds an angle [1]", citation(), ".")]
    async with at_home(tmp_path, store_url, ScriptedTutor(script)) as (home, ada):
        thread_id = (await ada.ask("q")).thread_id
        await leave_unfinished(home, thread_id)
        if how == "threads.add_user_message":
            await ada.ask("And?", thread=thread_id)
        else:
            await ada.call(how, thread_id=thread_id)
            await ada.call(how, thread_id=thread_id)
        listed = await ada.items(thread_id)

    (cut, *rest) = texts(listed)
    assert cut == f"A servo holds an angle [1].{CUT_SHORT}"
    assert all("interrupted" not in text for text in rest)
    assert next(item for item in listed if item["type"] == "assistant_message")["content"][0]["annotations"]


async def test_a_question_without_a_word_of_answer_says_so(tmp_path, store_url):
    """Where the process died before it said anything."""
    async with at_home(tmp_path, store_url, ScriptedTutor()) as (home, ada):
        answer = await ada.ask("q")
        async with home.database.transaction(ADA.reader) as connection:
            await connection.execute(
                delete(items).where(
                    mine(items, ADA), items.c.thread_id == answer.thread_id, items.c.type == "assistant_message"
                )
            )
        await claimed_by_the_dead(home, answer.thread_id)
        page = await ada.call("threads.get_by_id", thread_id=answer.thread_id)
        question = page["items"]["data"][0]["id"]
        retried = await ada.tell("threads.retry_after_item", thread_id=answer.thread_id, item_id=question)
        listed = await ada.items(answer.thread_id)

    assert texts(page["items"]["data"]) == [str(NOTHING_SAID)]
    assert texts(listed) == [retried.text]


async def test_a_whole_answer_whose_process_died_afterwards_stays_as_it_is(tmp_path, store_url):
    """Only its claim was not given back."""
    async with at_home(tmp_path, store_url, ScriptedTutor()) as (home, ada):
        answer = await ada.ask("q")
        await claimed_by_the_dead(home, answer.thread_id)
        before = await rows(home, answer.thread_id)
        await ada.call("threads.get_by_id", thread_id=answer.thread_id)
        after = await rows(home, answer.thread_id)

    assert before == after


async def leave_unfinished(home, thread_id):
    """Marks the thread's answer as one that was still under way when its process died."""
    async with home.database.transaction(ADA.reader) as connection:
        here = (mine(items, ADA), items.c.thread_id == thread_id, items.c.type == "assistant_message")
        data = (await connection.execute(select(items.c.data).where(*here))).scalar_one()
        await connection.execute(update(items).where(*here).values(data={**data, "unfinished": True}))
    await claimed_by_the_dead(home, thread_id)


async def claimed_by_the_dead(home, thread_id):
    """Leaves the claim that a process leaves which was killed a while ago."""
    async with home.database.transaction(ADA.reader) as connection:
        await connection.execute(
            insert(leases).values(
                **owner(ADA), thread_id=thread_id, holder="srv_dead", expires_at=ids.now() - timedelta(seconds=1)
            )
        )
