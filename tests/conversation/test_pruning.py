"""What ends by itself, for readers who come back and for those who never do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import insert, select, update
from tests.conversation.test_store import answer, begun, order

from pageside import ids
from pageside.conversation import leases, remembered
from pageside.conversation.alongside import Claim, Seat
from pageside.conversation.attachments import UNSENT_FOR, Attachments
from pageside.conversation.links import Links
from pageside.conversation.pruning import ABANDONED, Pruned, Pruning
from pageside.conversation.store import SqlStore
from pageside.conversation.turn import Turn
from pageside.errors import Unavailable
from pageside.identity import roll
from pageside.identity.ownership import mine
from pageside.identity.reader import Reader
from pageside.storage import tables
from pageside.storage.files import LocalFiles
from pageside.tasks.board import KEPT
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details, NoSuchTask, NothingToUndo

QUARTER = timedelta(days=90)
LATER = QUARTER + timedelta(days=1)
READERS = [Turn(reader=Reader(f"r{number}", school)) for number in range(3) for school in ("", "school", "größe")]
ADA = READERS[0]


@pytest.fixture
def files(tmp_path):
    return LocalFiles(tmp_path / "files")


@pytest.fixture
def pruning(database, files):
    """As of today."""
    return Pruning(database, files)


@pytest.fixture
def later(database, files):
    """As of a quarter and a day from now."""
    return Pruning(database, files, now=lambda: ids.now() + LATER)


@pytest.fixture
def attachments(database, files):
    return Attachments(database, files, Links(SecretStr("the secret of these tests, and of no others")))


async def on_the_roll(database):
    return sorted([(reader.organisation, reader.subject) async for reader in roll.walk(database)])


async def bytes_of_a_file():
    yield b"a servo holds an angle"


async def upload(attachments, turn):
    return await attachments.receive(bytes_of_a_file(), turn, name="a.txt", mime_type="text/plain")


async def remember(database, turn, key="k"):
    claim = Claim(key=key, digest="d", thread_id=None, with_message=False, result="{}")
    async with database.transaction(turn.reader) as connection:
        await remembered.write(connection, claim, turn)


async def count(database, table, turn):
    async with database.reading(turn.reader) as connection:
        return len((await connection.execute(select(table).where(table.c.subject == turn.reader.subject))).all())


async def kept(files):
    return [each.key async for several in files.listed() for each in several]


async def test_everybody_who_has_rows_is_on_the_roll(database, store, attachments):
    """Whatever the first row is; once; in pages that leave nobody out."""
    threads, with_files, keyed = READERS[:3], READERS[3:6], READERS[6:]
    for turn in threads:
        await begun(store, turn)
        await begun(store, turn)
    for turn in with_files:
        await upload(attachments, turn)
    for turn in keyed:
        await remember(database, turn)

    assert await on_the_roll(database) == sorted((t.reader.organisation, t.reader.subject) for t in READERS)


async def test_a_long_roll_is_walked_to_its_end(database):
    """More readers than there are on a page."""
    several = [Turn(reader=Reader(f"r{number:04}")) for number in range(1_203)]
    async with database.transaction(several[0].reader) as connection:
        for turn in several if connection.dialect.name == "sqlite" else []:
            await roll.enrol(connection, turn)
    if connection.dialect.name != "sqlite":
        for turn in several:
            async with database.transaction(turn.reader) as connection:
                await roll.enrol(connection, turn)

    assert [subject for _, subject in await on_the_roll(database)] == [turn.reader.subject for turn in several]


async def test_old_conversations_go_and_younger_ones_stay(database, store, later):
    """By the last thing that was written in them, whoever they are of."""
    old = [await begun(store, turn) for turn in READERS]
    young = await begun(store, ADA)
    async with database.transaction(ADA.reader) as connection:
        await connection.execute(
            update(tables.threads)
            .where(tables.threads.c.id == young.id)
            .values(updated_at=ids.now() + timedelta(days=2))
        )
    foretold = await later.look(older_than=QUARTER)
    untouched = [await order(store, thread.id, turn) for thread, turn in zip(old, READERS, strict=True)]
    gone = await later.run(older_than=QUARTER)
    again = await later.run(older_than=QUARTER)

    assert foretold == gone == Pruned(threads=9)
    assert untouched == [["q0"]] * 9
    assert not again
    assert [thread.id for thread in (await store.load_threads(99, None, "desc", ADA)).data] == [young.id]
    assert await on_the_roll(database) == [("", "r0")]


async def test_what_was_written_in_lately_is_not_old(store, later):
    """However long ago it began."""
    thread = await begun(store, ADA)
    await store.add_thread_item(thread.id, answer(thread.id, "a"), ADA)

    assert not await later.look(older_than=LATER + timedelta(minutes=5))
    assert await later.look(older_than=LATER - timedelta(minutes=5)) == Pruned(threads=1)


async def test_without_an_age_conversations_are_kept_for_ever(store, database, attachments, files, later):
    """What nobody needs goes all the same: yesterday's requests, and files that were not sent."""
    thread = await begun(store, ADA)
    await upload(attachments, ADA)
    await remember(database, ADA)
    gone = await later.run(older_than=None)

    assert gone == Pruned(attachments=1, requests=1)
    assert await order(store, thread.id, ADA) == ["q0"]
    assert await kept(files) == []


async def test_what_is_of_today_stays(database, attachments, files, pruning):
    """Requests that may come again, and files about to be sent."""
    await upload(attachments, ADA)
    await remember(database, ADA)
    gone = await pruning.run(older_than=timedelta(days=1))

    assert not gone
    assert (await count(database, tables.requests, ADA), len(await kept(files))) == (1, 1)
    assert UNSENT_FOR == remembered.KEPT_FOR == timedelta(days=1)


async def test_a_reader_who_never_returns_leaves_nothing(database, attachments, files, later):
    """Neither a request nor a file, nor a place on the roll."""
    for turn in READERS[:2]:
        await remember(database, turn)
        await upload(attachments, turn)
    gone = await later.run(older_than=None)

    assert gone == Pruned(attachments=2, requests=2)
    assert await on_the_roll(database) == []
    assert await kept(files) == []


async def test_files_go_with_their_conversation(database, store, attachments, files, later):
    """Rows and bytes."""
    thread = await begun(store, ADA)
    file = await upload(attachments, ADA)
    async with database.transaction(ADA.reader) as connection:
        await connection.execute(
            update(tables.attachments)
            .where(tables.attachments.c.id == file.id)
            .values(thread_id=thread.id, status="attached")
        )
    foretold = await later.look(older_than=QUARTER)
    gone = await later.run(older_than=QUARTER)

    assert foretold == gone == Pruned(threads=1, attachments=1)
    assert await count(database, tables.attachments, ADA) == 0
    assert await kept(files) == []


async def plan(database, turn, *titles):
    """Tasks of the reader's, each in a unit of work."""
    for title in titles:
        async with SqlTaskBoard(database).work(turn.reader) as hers:
            await hers.add(Details(title=title))


async def test_a_deleted_task_goes_when_it_can_no_longer_be_brought_back(database, pruning, files):
    """The others stay for ever, and its number with them."""
    await plan(database, ADA, "Milk", "Lab")
    async with SqlTaskBoard(database).work(ADA.reader) as hers:
        await hers.delete(1)
    soon = Pruning(database, files, now=lambda: ids.now() + KEPT - timedelta(minutes=1))
    then = Pruning(database, files, now=lambda: ids.now() + KEPT + timedelta(minutes=1))
    early = await soon.run(older_than=None)
    foretold, gone, again = (
        await then.look(older_than=None),
        await then.run(older_than=None),
        await then.run(older_than=None),
    )
    async with SqlTaskBoard(database).work(ADA.reader) as hers:
        with pytest.raises(NoSuchTask):
            await hers.restore(1)
        with pytest.raises(NothingToUndo):
            await hers.undo()
        number = (await hers.add(Details(title="Bread"))).number

    assert (early, foretold, gone, again) == (Pruned(), Pruned(tasks=1), Pruned(tasks=1), Pruned())
    assert number == 3


async def test_tasks_go_with_a_reader_who_was_away_for_so_long(database, store, later):
    """Not while they write in a conversation; without an age never. Then nothing is left of them, nor on the roll."""
    there, away = READERS[0], READERS[1]
    for turn in (there, away):
        await plan(database, turn, "Milk")
    thread = await begun(store, there)
    async with database.transaction(there.reader) as connection:
        await connection.execute(
            update(tables.threads)
            .where(tables.threads.c.id == thread.id)
            .values(updated_at=ids.now() + timedelta(days=2))
        )
    kept = await later.run(older_than=None)
    foretold, gone = await later.look(older_than=QUARTER), await later.run(older_than=QUARTER)

    assert (kept, foretold, gone) == (Pruned(), Pruned(tasks=1), Pruned(tasks=1))
    assert await count(database, tables.tasks, there) == 1
    for table in (tables.tasks, tables.task_acts, tables.task_numbers):
        async with database.reading(away.reader) as connection:
            assert (await connection.execute(select(table).where(mine(table, away)))).all() == []
    assert await on_the_roll(database) == [("", "r0")]


async def test_a_reader_of_whom_only_numbers_are_left_is_struck(database, later):
    """Their last task was deleted and is gone."""
    await plan(database, ADA, "Milk")
    async with SqlTaskBoard(database).work(ADA.reader) as hers:
        await hers.delete(1)
    gone = await later.run(older_than=None)

    assert gone == Pruned(tasks=1)
    assert await on_the_roll(database) == []
    assert [await count(database, table, ADA) for table in (tables.task_acts, tables.task_numbers)] == [0, 0]


async def test_a_claim_on_nothing_goes_once_it_has_run_out(database, store, files):
    """Of a process that was killed after its conversation was deleted; one on a conversation stays with it."""
    thread = await begun(store, ADA)
    async with database.transaction(ADA.reader) as connection:
        for name in (thread.id, "thr_gone"):
            seat = Seat(name, holder="srv_1", lifetime=timedelta(seconds=8))
            assert await leases.take(connection, seat, ADA)
    soon = Pruning(database, files, now=lambda: ids.now() + ABANDONED / 2)
    then = Pruning(database, files, now=lambda: ids.now() + 2 * ABANDONED)
    await soon.run(older_than=None)
    before = await count(database, tables.leases, ADA)
    await then.run(older_than=None)

    assert (before, await count(database, tables.leases, ADA)) == (2, 1)
    assert await order(store, thread.id, ADA) == ["q0"]


async def test_very_many_go_too(database, store, later):
    """More than are taken at once."""
    first = await begun(store, ADA)
    async with database.transaction(ADA.reader) as connection:
        row = (await connection.execute(select(tables.threads).where(tables.threads.c.id == first.id))).one()._asdict()
        await connection.execute(insert(tables.threads), [{**row, "id": f"thr_{number}"} for number in range(1_100)])

    assert await later.run(older_than=QUARTER) == Pruned(threads=1_101)
    assert await on_the_roll(database) == []


async def test_two_processes_may_prune_at_once(store, database, files):
    """What is gone is gone for both."""
    for turn in READERS:
        await begun(store, turn)
    several = [Pruning(database, files, now=lambda: ids.now() + LATER) for _ in range(3)]
    await asyncio.gather(*(each.run(older_than=QUARTER) for each in several))

    assert await on_the_roll(database) == []


class Away(LocalFiles):
    """A place that can be reached, and lets nothing be deleted."""

    async def delete(self, key):
        raise Unavailable("The bucket is away.")


async def test_files_that_cannot_be_deleted_now_do_not_stop_it(tmp_path, database, attachments, files):
    """Their rows are gone, and the next sweep finds them."""
    for turn in READERS[:2]:
        await upload(attachments, turn)
    stuck = Away(tmp_path / "files")
    gone = await Pruning(database, stuck, now=lambda: ids.now() + LATER).run(older_than=QUARTER)

    assert gone == Pruned(attachments=2)
    assert await on_the_roll(database) == []
    assert len(await kept(files)) == 2


async def test_a_conversation_begun_while_it_runs_keeps_its_reader_on_the_roll(database, files):
    """Whoever writes and whoever tidies wait for each other."""
    store = SqlStore(database)
    later = Pruning(database, files, now=lambda: ids.now() + LATER)
    for _ in range(10):
        await remember(database, ADA)
        await asyncio.gather(later.run(older_than=None), begun(store, ADA))

        assert await on_the_roll(database) == [("", "r0")]
