"""Order while others write: nothing is lost, doubled or skipped, on connections and in processes of their own."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from chatkit.store import NotFoundError
from chatkit.types import ThreadMetadata
from sqlalchemy import select
from tests.conversation.test_store import ADA, NOON, answer, begun, hidden, order, question
from tests.databases import PATIENCE
from tests.repository import ROOT

from pageside.conversation.refusals import Missing
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Opening
from pageside.storage.engine import Database
from pageside.storage.tables import feedback, items, threads

BUSY = """
import asyncio, sys
from tests.conversation.test_store import ADA, answer, order
from tests.databases import PATIENCE
from pageside.conversation.store import SqlStore
from pageside.storage.engine import Database

async def main(url, thread_id, name):
    database = await Database.open(url, busy_timeout=PATIENCE)
    store = SqlStore(database)
    mine = []
    for n in range(30):
        mine.append(f"{name}{n}")
        await store.add_thread_item(thread_id, answer(thread_id, mine[-1]), ADA)
        await store.put_feedback(thread_id, ["q0", mine[-1]], "positive" if n % 2 else "negative", ADA)
        if n % 3 == 2:
            await store.delete_thread_item(thread_id, mine.pop(-2), ADA)
        await store.save_item(thread_id, answer(thread_id, mine[0], str(n)), ADA)
        seen = await order(store, thread_id, direction="desc" if n % 2 else "asc", limit=4)
        assert len(seen) == len(set(seen)), seen
        there = [item for item in seen if item.startswith(name)]
        assert there == (mine[::-1] if n % 2 else mine), (there, mine)
    await database.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def elsewhere(store_url):
    """A second store on the same database, with connections of its own."""
    opened = await Database.open(store_url, busy_timeout=PATIENCE)
    yield SqlStore(opened)
    await opened.aclose()


@pytest.fixture
async def thread(store):
    return await begun(store)


async def page(store, thread_id, after, limit=2, direction="asc"):
    return await store.load_thread_items(thread_id, after, limit, direction, ADA)


async def filled(store, thread_id, names):
    for name in names:
        await store.add_thread_item(thread_id, answer(thread_id, name), ADA)


async def rows(database, *columns):
    """What the tables hold of Ada's, past the store."""
    async with database.reading(ADA.reader) as connection:
        return [tuple(row) for row in await connection.execute(select(*columns))]


async def test_many_writers_lose_nothing(store, elsewhere, thread):
    """Ten tasks over two pools; each writer's items stand in the order it wrote them, and every place is taken once."""
    names = [[f"{writer}-{n:02}" for n in range(12)] for writer in "abcdefghij"]
    await asyncio.gather(*[filled((store, elsewhere)[number % 2], thread.id, own) for number, own in enumerate(names)])
    found = await order(store, thread.id)

    assert sorted(found) == sorted(["q0", *[name for own in names for name in own]])
    assert [[name for name in found if name[0] == own[0][0]] for own in names] == names
    assert await order(elsewhere, thread.id, direction="desc", limit=7) == found[::-1]


async def test_one_item_written_by_all_is_one_item(store, elsewhere, thread):
    """Whoever comes first gives it its place."""
    await filled(store, thread.id, ["a"])
    await asyncio.gather(*[filled((store, elsewhere)[n % 2], thread.id, ["same"]) for n in range(12)])
    await filled(store, thread.id, ["z"])

    assert await order(store, thread.id) == ["q0", "a", "same", "z"]


@pytest.mark.parametrize("direction", ["asc", "desc"])
async def test_pages_read_while_items_arrive(store, elsewhere, thread, direction):
    """What was there at the first page is seen once and in order; oldest first, what arrives is seen at the end."""
    old = [f"old-{n:02}" for n in range(20)]
    await filled(store, thread.id, old)
    arriving = asyncio.create_task(filled(elsewhere, thread.id, [f"new-{n:02}" for n in range(40)]))
    seen = await order(store, thread.id, direction=direction, limit=3)
    await arriving
    there = (await order(store, thread.id))[: len(seen) if direction == "asc" else None]

    assert [name for name in seen if not name.startswith("new")] == (
        ["q0", *old] if direction == "asc" else [*old[::-1], "q0"]
    )
    assert seen == (there if direction == "asc" else there[::-1][-len(seen) :])


async def test_a_clock_that_goes_backwards_changes_no_order(store, thread):
    """Nor do equal times."""
    names = [f"i{n}" for n in range(9)]
    for n, name in enumerate(names):
        item = answer(thread.id, name)
        item.created_at = NOON - timedelta(hours=n // 2)
        await store.add_thread_item(thread.id, item, ADA)

    assert await order(store, thread.id, limit=2) == ["q0", *names]
    assert await order(store, thread.id, limit=2, direction="desc") == [*names[::-1], "q0"]


@pytest.mark.parametrize(("direction", "expected"), [("asc", ["c", "d", "e"]), ("desc", ["b", "a", "q0"])])
async def test_the_item_that_a_page_ended_with_may_be_deleted(store, thread, direction, expected):
    """The next page begins where that item stood, also when everything around it is gone."""
    await filled(store, thread.id, ["a", "b", "c", "d", "e"])
    first = await page(store, thread.id, None, limit=3, direction=direction)
    for item in first.data:
        await store.delete_thread_item(thread.id, item.id, ADA)
    second = await page(store, thread.id, first.after, limit=3, direction=direction)

    assert [item.id for item in second.data] == expected


async def test_an_item_deleted_and_written_again_is_new(store, thread):
    """It stands at the end; a page that ended with the old one goes on from where that stood."""
    await filled(store, thread.id, ["a", "b", "c"])
    first = await page(store, thread.id, None)
    await store.delete_thread_item(thread.id, "a", ADA)
    await filled(store, thread.id, ["a"])
    second = await page(store, thread.id, first.after, limit=9)

    assert [item.id for item in second.data] == ["b", "c", "a"]


async def test_an_item_rewritten_between_pages_stays_where_it_was(store, thread):
    """It is neither seen again nor missed."""
    await filled(store, thread.id, ["a", "b", "c"])
    first = await page(store, thread.id, None)
    await filled(store, thread.id, ["q0", "c"])
    second = await page(store, thread.id, first.after, limit=9)

    assert [item.id for item in [*first.data, *second.data]] == ["q0", "a", "b", "c"]


async def test_the_id_of_an_item_is_a_cursor_too(store, thread):
    """Some clients send the last id they saw; one that is not there, or not for them, is not found."""
    await filled(store, thread.id, ["a", "b"])
    await store.add_thread_item(thread.id, hidden(thread.id, "h"), ADA)
    after = await page(store, thread.id, "a")
    before = await page(store, thread.id, "a", direction="desc")

    assert [item.id for item in after.data] == ["b", "h"]
    assert [item.id for item in before.data] == ["q0"]
    for unknown in ("gone", "a~", "a~x", "~", "a~1234567890123456789", "a~²"):
        with pytest.raises(NotFoundError):
            await page(store, thread.id, unknown)
    with pytest.raises(NotFoundError):
        await store.load_thread_items(thread.id, "h", 2, "asc", replace(ADA, sees_hidden=False))


async def walk_threads(store, direction, between):
    """Ids of threads, page by page; `between` is called with the number of the page just read."""
    found, after, more, number = [], None, True, 0
    while more:
        told = await store.load_threads(2, after, direction, ADA)
        found += [thread.id for thread in told.data]
        after, more, number = told.after, told.has_more, number + 1
        await between(number)
    return found


@pytest.mark.parametrize("direction", ["asc", "desc"])
async def test_threads_deleted_while_they_are_listed(store, direction):
    """Also the one that the page before ended with."""
    made = [(await begun(store)).id for _ in range(7)]
    listed = made if direction == "asc" else made[::-1]

    async def between(number):
        if number == 2:
            for gone in (listed[3], listed[4], listed[0]):
                await store.delete_thread(gone, ADA)

    assert await walk_threads(store, direction, between) == [*listed[:4], *listed[5:]]


@pytest.mark.parametrize(("direction", "again"), [("asc", 1), ("desc", 0)])
async def test_threads_used_while_they_are_listed(store, direction, again):
    """Those that rest are shown once and in order; one in use is latest, so it comes again only where that is last."""
    made = [(await begun(store)).id for _ in range(7)]
    listed = made if direction == "asc" else made[::-1]

    async def between(number):
        if number == 2:
            await store.add_thread_item(listed[1], question(listed[1]), ADA)

    seen = await walk_threads(store, direction, between)
    assert [thread_id for thread_id in seen if thread_id != listed[1]] == [listed[0], *listed[2:]]
    assert Counter(seen)[listed[1]] == 1 + again


async def test_threads_used_at_once_are_in_one_order(store, elsewhere, database):
    """Each message makes its thread the latest; no two are equally late, and both ways show the same."""
    made = [(await begun(store)).id for _ in range(12)]

    async def use(number, thread_id):
        for _ in range(3):
            await (store, elsewhere)[number % 2].add_thread_item(thread_id, question(thread_id), ADA)

    await asyncio.gather(*[use(number, thread_id) for number, thread_id in enumerate(made)])
    marks = [mark for (mark,) in await rows(database, threads.c.activity)]
    latest_first = [thread.id for thread in (await store.load_threads(20, None, "desc", ADA)).data]
    latest_last = [thread.id for thread in (await elsewhere.load_threads(20, None, "asc", ADA)).data]

    assert len(set(marks)) == 12
    assert latest_first == latest_last[::-1]
    assert sorted(latest_first) == sorted(made)


async def test_an_answer_does_not_move_its_thread(store):
    """The list is in the order of what the reader wrote."""
    first, second = await begun(store), await begun(store)
    await filled(store, first.id, ["a"])

    assert [thread.id for thread in (await store.load_threads(9, None, "desc", ADA)).data] == [second.id, first.id]


async def test_a_thread_deleted_under_its_writers_stays_deleted(store, elsewhere, database):
    """Every writer is told, and nothing is left of it."""
    opening = replace(ADA, opening=Opening("thr_1"))
    await store.save_thread(ThreadMetadata(id="thr_1", created_at=NOON), opening)
    await store.add_thread_item("thr_1", question("thr_1", "q0"), opening)

    async def write_on(number):
        turn = opening if number == 0 else ADA
        for n in range(1000):
            await (store, elsewhere)[number % 2].add_thread_item("thr_1", answer("thr_1", f"{number}-{n}"), turn)

    writers = [asyncio.create_task(write_on(number)) for number in range(6)]
    while len(await order(store, "thr_1")) < 20:
        await asyncio.wait(writers, timeout=0)
    await elsewhere.delete_thread("thr_1", ADA)
    told = await asyncio.gather(*writers, return_exceptions=True)

    assert [type(error) for error in told] == [Missing] * 6
    assert await rows(database, threads.c.id) == []
    assert await rows(database, items.c.id) == []


async def test_opinions_given_at_once_are_each_given_whole(store, elsewhere, thread):
    """The last one counts, for all the items it was about."""
    names = [f"a{n}" for n in range(8)]
    await filled(store, thread.id, names)
    rounds = [
        ((store, elsewhere)[n % 2], names[::-1] if n % 3 else names, ("positive", "negative")[n // 2 % 2])
        for n in range(16)
    ]
    await asyncio.gather(*[one.put_feedback(thread.id, about, kind, ADA) for one, about, kind in rounds])
    kept = await store.load_feedback(thread.id, ADA)

    assert sorted(kept) == sorted(names)
    assert len(set(kept.values())) == 1


async def test_opinions_on_what_is_being_deleted(store, elsewhere, thread, database):
    """Kept or not found, and never left behind without their item."""
    names = [f"a{n:02}" for n in range(20)]
    await filled(store, thread.id, names)

    async def rate(name):
        try:
            await elsewhere.put_feedback(thread.id, [name, "q0"], "positive", ADA)
        except NotFoundError:
            return False
        return True

    done = await asyncio.gather(
        *[rate(name) for name in names],
        *[store.delete_thread_item(thread.id, name, ADA) for name in names[:10]],
        store.delete_after(thread.id, "a14", ADA),
    )
    left = await order(store, thread.id)
    rated = {item_id for (item_id,) in await rows(database, feedback.c.item_id)}

    assert left == ["q0", *names[10:15]]
    assert set(left[1:]) <= rated <= set(left)
    assert True in done


async def test_two_processes_at_work_in_one_thread(store, store_url, thread):
    """Adding, rewriting, deleting, rating and reading: each finds its own as it left it, whatever the other does."""
    command = [sys.executable, "-W", "ignore", "-c", BUSY, store_url, thread.id]
    workers = [
        await asyncio.create_subprocess_exec(*command, name, cwd=ROOT, stderr=asyncio.subprocess.PIPE)
        for name in ("x", "y")
    ]
    complaints = [(await worker.communicate())[1].decode() for worker in workers]
    found = await order(store, thread.id)

    assert complaints == ["", ""]
    assert Counter(name[0] for name in found) == {"q": 1, "x": 20, "y": 20}
    assert set(await store.load_feedback(thread.id, ADA)) == set(found)
