"""One answer at a time in a thread, across processes, on each kind of database."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from chatkit.types import InferenceOptions, ThreadMetadata, UserMessageItem, UserMessageTextContent
from sqlalchemy import event, func, select
from sqlalchemy.engine import Engine
from tests.databases import in_thread

from pageside import ids
from pageside.conversation import clock
from pageside.conversation.alongside import Seat
from pageside.conversation.busy import Busy
from pageside.conversation.leases import LIFETIME, Leases, take
from pageside.conversation.turn import Opening, Turn
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.storage.tables import leases

AT_ONCE = timedelta(0)
FAR = timedelta(hours=1)
ADA = Reader("ada")


def turn(**fields):
    return Turn(reader=ADA, **fields)


def unheard():
    raise AssertionError("the claim was lost")


async def count(database):
    async with database.reading(ADA) as connection:
        return (await connection.execute(select(func.count()).select_from(leases))).scalar_one()


def question(stamp):
    content = [UserMessageTextContent(text="q")]
    return UserMessageItem(
        id="msg_1",
        thread_id="thr_1",
        created_at=stamp,
        content=content,
        attachments=[],
        inference_options=InferenceOptions(),
    )


async def took(database, **fields):
    """Whether a process that says nothing more has taken the thread."""
    async with database.transaction(ADA) as connection:
        return await take(connection, Seat("thr_1", **{"holder": "srv_dead", "lifetime": LIFETIME, **fields}), turn())


async def run_out(database):
    """Returns when the thread's claim holds no more."""
    async with asyncio.timeout(5):
        while await Leases(database, grace=AT_ONCE).remaining("thr_1", turn()):
            pass


def shifted(monkeypatch, by):
    """Sets this process's clock forward by `by`."""
    right = ids.now
    monkeypatch.setattr(ids, "now", lambda: right() + by)


async def test_a_thread_is_answered_by_one_at_a_time(database):
    """The second is told so, and when to try again; another thread is free; given back, it is free again."""
    one, two = Leases(database, grace=AT_ONCE), Leases(database, grace=AT_ONCE)
    async with one.held("thr_1", turn(), lost=unheard):
        with pytest.raises(Busy) as denied:
            async with two.held("thr_1", turn(), lost=unheard):
                raise AssertionError
        async with two.held("thr_2", turn(), lost=unheard):
            assert await count(database) == 2
    async with two.held("thr_1", turn(), lost=unheard):
        assert await count(database) == 1

    assert await count(database) == 0
    assert 1 <= denied.value.retry_after_s <= LIFETIME.total_seconds()
    assert str(denied.value).endswith(f"Try again in {denied.value.retry_after_s} seconds.")


async def test_of_many_who_ask_at_once_one_answers(database):
    """Whoever they are; nobody gets an error of the database."""
    inside, most, leave = 0, 0, asyncio.Event()

    async def answer():
        nonlocal inside, most
        async with Leases(database, grace=AT_ONCE).held("thr_1", turn(), lost=unheard):
            inside += 1
            most = max(most, inside)
            await leave.wait()
            inside -= 1

    async with asyncio.timeout(20):
        tasks = [asyncio.create_task(answer()) for _ in range(8)]
        while sum(task.done() for task in tasks) < 7:
            await asyncio.wait([task for task in tasks if not task.done()], return_when=asyncio.FIRST_COMPLETED)
        leave.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert most == 1
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [Busy] * 7


async def test_the_claim_of_a_process_that_died_runs_out(database):
    """A claim nobody renews holds for its lifetime and no longer."""
    assert await took(database, lifetime=timedelta(milliseconds=100))
    await run_out(database)
    async with Leases(database, grace=AT_ONCE).held("thr_1", turn(), lost=unheard):
        assert await count(database) == 1


async def test_a_claim_in_use_is_renewed(database):
    """However long the answer takes."""
    lively = Leases(database, grace=AT_ONCE, lifetime=timedelta(seconds=1))
    other = Leases(database, grace=timedelta(seconds=2.5))
    async with lively.held("thr_1", turn(), lost=unheard):
        with pytest.raises(Busy):
            async with other.held("thr_1", turn(), lost=unheard):
                raise AssertionError


async def test_a_claim_that_ends_soon_is_waited_for(database):
    """Within the grace."""
    assert await took(database, lifetime=timedelta(milliseconds=200))
    async with Leases(database, grace=timedelta(seconds=5)).held("thr_1", turn(), lost=unheard):
        assert await count(database) == 1


@pytest.mark.parametrize("by", [FAR, -FAR], ids=["ahead", "behind"])
async def test_a_process_whose_clock_is_wrong_takes_no_thread_from_another(postgres, monkeypatch, by):
    """On PostgreSQL, where processes have clocks of their own, its clock alone counts."""
    database = await Database.open(postgres.database())
    try:
        async with Leases(database, grace=AT_ONCE).held("thr_1", turn(), lost=unheard):
            shifted(monkeypatch, by)
            with pytest.raises(Busy) as denied:
                async with Leases(database, grace=AT_ONCE).held("thr_1", turn(), lost=unheard):
                    raise AssertionError
        assert denied.value.retry_after_s <= LIFETIME.total_seconds()
    finally:
        await database.aclose()


async def test_a_clock_set_back_leaves_no_thread_closed(database):
    """A claim from the future, beyond what any claim can have, is nobody's."""
    assert await took(database, lifetime=FAR)
    async with Leases(database, grace=AT_ONCE).held("thr_1", turn(), lost=unheard):
        assert await count(database) == 1


async def test_a_process_that_was_halted_learns_that_it_lost_the_thread(database, store_url):
    """Its claim ran out, another took over: it is told, and does not take the thread back."""
    told = asyncio.Event()

    async def other_process():
        database = await Database.open(store_url)
        await run_out(database)
        assert await took(database, holder="srv_other")
        await database.aclose()

    halted = Leases(database, grace=AT_ONCE, lifetime=timedelta(milliseconds=200))
    async with halted.held("thr_1", turn(), lost=told.set):
        in_thread(other_process())  # while it runs, this loop stands still
        async with asyncio.timeout(5):
            await told.wait()
    assert await count(database) == 1


@pytest.fixture
def statements():
    """What is said to the database, by its first word."""
    said: list[str] = []

    def listen(connection, cursor, statement, *_):
        said.append(" ".join(statement.replace("chatkit.", "").split()[:3]).lower())

    event.listen(Engine, "before_cursor_execute", listen)
    yield said
    event.remove(Engine, "before_cursor_execute", listen)


async def test_a_new_thread_is_claimed_without_a_transaction_of_its_own(store, database, statements):
    """With its first message; given up, it takes one."""
    context = turn(opening=Opening("thr_1"))
    stamp = clock.local(ids.now())
    async with Leases(database, grace=AT_ONCE).promised("thr_1", context, lost=unheard):
        await store.save_thread(ThreadMetadata(id="thr_1", created_at=stamp), context)
        assert statements == []
        await store.add_thread_item("thr_1", question(stamp), context)
        before = [said for said in statements if "begin" not in said]
        assert await count(database) == 1

    assert before == ["insert into leases", "insert into readers", "insert into threads", "insert into items"]
    assert statements[-1] == "delete from leases"
    assert await count(database) == 0


async def test_a_question_that_was_not_stored_claims_nothing(store, database, statements):
    """There is nothing to give up."""
    context = turn(opening=Opening("thr_1"))
    async with Leases(database, grace=AT_ONCE).promised("thr_1", context, lost=unheard):
        pass

    assert statements == []


async def test_a_message_promised_to_a_busy_thread_is_not_stored(store, database):
    """Message and claim, or neither."""
    stamp = clock.local(ids.now())
    first = turn(opening=Opening("thr_1"))
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=stamp), first)
    await store.add_thread_item("thr_1", question(stamp), first)
    assert await took(database)
    second = turn()
    async with Leases(database, grace=AT_ONCE).promised("thr_1", second, lost=unheard):
        with pytest.raises(Busy):
            await store.add_thread_item("thr_1", question(stamp).model_copy(update={"id": "msg_2"}), second)

    assert [item.id for item in (await store.load_thread_items("thr_1", None, 10, "asc", turn())).data] == ["msg_1"]
    assert await count(database) == 1
