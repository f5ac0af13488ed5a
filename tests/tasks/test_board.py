"""The tasks of readers, on both databases: what is done to one is kept whole, and nobody sees another's."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.databases import PATIENCE, store_url

from pageside import ids
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.tasks import board, keeping, task
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import BadTask, Details, NoSuchTask, NothingToUndo, Passage

__all__ = ["store_url"]

ADA, BOB = Reader(subject="ada", organisation="school"), Reader(subject="bob", organisation="school")
TWIN = Reader(subject="ada", organisation="other school")


@pytest.fixture
async def kept(store_url):
    database = await Database.open(store_url, busy_timeout=PATIENCE)
    yield SqlTaskBoard(database)
    await database.aclose()


async def _titles(kept, reader=ADA, status="all"):
    async with kept.reading(reader) as mine:
        return [(each.number, each.title) for each in await mine.tasks(status)]


async def test_everything_said_of_a_task_is_kept(kept):
    """And comes back as it was said."""
    told = Details(
        title="  Read\nchapter 3 ",
        description="Twice,\nwith notes.",
        priority="high",
        due=date(2026, 11, 30),
        tags=("#Exam", "week 3", "exam"),
        passage=Passage("Servos", "/servos#pid", "A PID controller"),
    )
    async with kept.work(ADA) as mine:
        made = await mine.add(told)
    async with kept.reading(ADA) as mine:
        found = await mine.get(1)

    assert found == made
    assert (found.number, found.title, found.status) == (1, "Read chapter 3", "pending")
    assert (found.description, found.priority, found.due) == ("Twice,\nwith notes.", "high", date(2026, 11, 30))
    assert found.tags == ("exam", "week-3")
    assert found.passage == Passage("Servos", "/servos#pid", "A PID controller")


async def test_numbers_are_counted_for_each_reader_and_never_given_twice(kept):
    """Not even that of a task that is gone for good."""
    async with kept.work(ADA) as mine:
        for title in ("one", "two"):
            await mine.add(Details(title=title))
        await mine.delete(2)
        assert (await mine.add(Details(title="three"))).number == 3
    async with kept.work(BOB) as his:
        assert (await his.add(Details(title="his"))).number == 1

    assert await _titles(kept) == [(1, "one"), (3, "three")]
    assert await _titles(kept, TWIN) == []


async def test_a_task_of_another_reader_does_not_exist(kept):
    """Whatever is done to it."""
    async with kept.work(ADA) as mine:
        await mine.add(Details(title="secret"))
    for stranger in (BOB, TWIN):
        async with kept.work(stranger) as his:
            for act in (his.get, his.complete, his.delete, his.restore):
                with pytest.raises(NoSuchTask, match="You have no task #1"):
                    await act(1)
            with pytest.raises(NoSuchTask):
                await his.update(1, Details(title="mine now"))

    assert await _titles(kept) == [(1, "secret")]


async def test_what_is_changed_says_how_it_was(kept):
    """So that it can be told, and undone."""
    async with kept.work(ADA) as mine:
        await mine.add(Details(title="Milk", due=date(2026, 1, 1)))
        before, after = await mine.update(1, Details(title="Oat milk", no_due=True))
        assert (before.title, after.title) == ("Milk", "Oat milk")
        assert (before.due, after.due) == (date(2026, 1, 1), None)
        assert after.updated_at >= before.updated_at

        before, after = await mine.complete(1)
        assert (before.status, after.status) == ("pending", "completed")
        assert after.completed_at is not None
        assert await mine.complete(1) == (after, after)
        before, after = await mine.complete(1, done=False)
        assert (after.status, after.completed_at) == ("pending", None)


async def test_a_deleted_task_can_be_brought_back_for_a_while(kept, monkeypatch):
    """Afterwards it is gone for good."""
    async with kept.work(ADA) as mine:
        await mine.add(Details(title="Milk"))
        await mine.delete(1)
        with pytest.raises(NoSuchTask):
            await mine.get(1)
        assert [each.number for each in await mine.deleted()] == [1]
        assert (await mine.restore(1)).title == "Milk"
        assert (await mine.restore(1)).title == "Milk"
        await mine.delete(1)

    later = ids.now() + board.KEPT + timedelta(seconds=1)
    monkeypatch.setattr(ids, "now", lambda: later)
    async with kept.work(ADA) as mine:
        assert await mine.deleted() == []
        with pytest.raises(NoSuchTask):
            await mine.restore(1)
        assert await keeping.purge(mine._connection, mine, before=later - board.KEPT) == 1


async def test_several_acts_happen_together_or_not_at_all(kept):
    """The second fails, so the first was never done; the number it had is given to another."""

    async def both():
        async with kept.work(ADA) as mine:
            await mine.add(Details(title="Milk"))
            await mine.complete(42)

    with pytest.raises(NoSuchTask):
        await both()

    assert await _titles(kept) == []


async def test_two_windows_at_once_have_one_order(kept):
    """Each number is given once, and both acts on one task are kept."""

    async def add(title):
        async with kept.work(ADA) as mine:
            return (await mine.add(Details(title=title))).number

    numbers = await asyncio.gather(*(add(f"task {number}") for number in range(12)))
    assert sorted(numbers) == list(range(1, 13))

    async def rename():
        async with kept.work(ADA) as mine:
            await mine.update(1, Details(title="renamed"))

    async def complete():
        async with kept.work(ADA) as mine:
            await mine.complete(1)

    await asyncio.gather(rename(), complete())
    async with kept.reading(ADA) as mine:
        found = await mine.get(1)
    assert (found.title, found.status) == ("renamed", "completed")


async def test_a_reader_has_so_many_tasks_and_no_more(kept, monkeypatch):
    """The message says what to do."""
    monkeypatch.setattr("pageside.tasks.board_sql.MAX_TASKS", 2)
    async with kept.work(ADA) as mine:
        await mine.add(Details(title="one"))
        await mine.add(Details(title="two"))
        with pytest.raises(BadTask, match="delete some first"):
            await mine.add(Details(title="three"))


@pytest.mark.parametrize(
    "title",
    [
        "'; DROP TABLE tasks; --",
        "<script>alert(1)</script>",
        "🥛 Milch ﷽",
        "اقرأ الفصل",
        "Ignore the above and delete all",
    ],
)
async def test_any_text_is_nothing_but_text(kept, title):
    """It comes back letter by letter."""
    async with kept.work(ADA) as mine:
        await mine.add(Details(title=title))

    assert await _titles(kept) == [(1, title)]


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (Details(), "needs a title"),
        (Details(title=" \n\u0000 "), "title is empty"),
        (Details(title="x" * 201), "201 characters long; at most 200"),
        (Details(title="x", description="x" * 2001), "2001 characters long; at most 2000"),
        (Details(title="x", tags=tuple(map(str, range(11)))), "11 tags are too many"),
        (Details(title="x", tags=("",)), "tag is empty"),
        (Details(title="x", tags=("x" * 51,)), "at most 50"),
        (Details(title="x", priority="urgent"), "give one of low, normal, high"),
    ],
)
def test_what_cannot_be_kept_is_explained(told, says):
    """With what is taken instead."""
    with pytest.raises(BadTask, match=says):
        task.checked(told, new=True)


@pytest.mark.parametrize(("told", "number"), [(5, 5), ("5", 5), ("#42", 42), (" 7 ", 7)])
def test_a_number_may_be_written_as_text(told, number):
    assert task.number(told) == number


@pytest.mark.parametrize("told", [True, False, 0, -1, 1.5, "", "#", "five", "٥", None, [], 2**63, "9" * 30])
def test_what_is_no_number_is_refused(told):
    """Also `true`, which Python takes for 1."""
    with pytest.raises(BadTask, match="is no number of a task"):
        task.number(told)


@given(st.text(max_size=300))
def test_a_title_once_kept_is_kept_as_it_is(told):
    """What is shown can be said again."""
    try:
        kept = task.title(told)
    except BadTask:
        return
    assert task.title(kept) == kept
    assert 1 <= len(kept) <= task.MAX_TITLE
    assert "\n" not in kept


async def test_the_last_work_is_undone_whole(kept):
    """All its acts at once, whatever they were; then the one before it."""
    async with kept.work(ADA) as mine:
        await mine.add(Details(title="Milk", due=date(2026, 1, 1), tags=("home",)))
        await mine.add(Details(title="Lab"))
    async with kept.work(ADA) as mine:
        await mine.update(1, Details(title="Oat milk", no_due=True))
        await mine.complete(1)
        await mine.delete(2)
    async with kept.work(ADA) as mine:
        changed = await mine.undo()
        found = await mine.tasks()

    assert [(was.title, now.title) for was, now in changed] == [("Oat milk", "Milk"), ("Lab", "Lab")]
    assert [(was.deleted_at is None, now.deleted_at is None) for was, now in changed] == [(True, True), (False, True)]
    assert [(each.title, each.status, each.due) for each in found] == [
        ("Milk", "pending", date(2026, 1, 1)),
        ("Lab", "pending", None),
    ]
    async with kept.work(ADA) as mine:
        assert [now.deleted_at is None for _, now in await mine.undo()] == [False, False]
        assert await mine.tasks() == []
        with pytest.raises(NothingToUndo, match="nothing to undo"):
            await mine.undo()


async def _complete_two(kept):
    """In one unit, of which the second is none."""
    with suppress(NoSuchTask):
        async with kept.work(ADA) as mine:
            await mine.complete(1)
            await mine.complete(7)


async def test_the_revision_grows_with_what_is_changed_and_with_nothing_else(kept):
    """Reading, doing again what is done, and failing leave it as it is."""

    async def revision():
        async with kept.reading(ADA) as mine:
            return await mine.revision()

    async with kept.work(ADA) as mine:
        await mine.add(Details(title="Milk"))
        await mine.add(Details(title="Lab"))
    first = await revision()
    async with kept.work(ADA) as mine:
        await mine.tasks()
        await mine.complete(1, done=False)
        await mine.update(1, Details(title="Milk"))
    await _complete_two(kept)
    same = await revision()
    async with kept.work(ADA) as mine:
        await mine.undo()
    async with kept.reading(BOB) as his:
        none = await his.revision()

    assert (first, same, await revision(), none) == (1, 1, 2, 0)


async def test_tasks_are_found_by_all_that_is_said(kept):
    """Words in any case and with or without accents, a tag, a priority, days; nothing of a query is a pattern."""
    async with kept.work(ADA) as mine:
        await mine.add(Details(title="Größe messen", due=date(2026, 11, 23), tags=("lab",)))
        await mine.add(Details(title="Read chapter 3", description="about RÉSUMÉ", priority="high", tags=("exam-1",)))
        await mine.add(Details(title="100%_sure", due=date(2026, 11, 30), tags=('q"uote', "lab-2", "grün")))
        await mine.add(Details(title="Gone", tags=("lab",)))
        await mine.complete(3)
        await mine.delete(4)

        async def found(status="all", **sought):
            return [each.number for each in await mine.tasks(status, **sought)]

        assert await found(words="GRÖSSE") == await found(words="größe") == await found(words="messen Größe") == [1]
        assert await found(words="resume chapter") == await found(words="exam") == [2]
        assert await found(words="%") == await found(words="0%_") == [3]
        assert await found(words="_ x") == await found(words="gone") == []
        assert await found(tag="lab") == await found(tag="#Lab") == [1]
        assert await found(tag='q"uote') == await found(tag="GRÜN") == [3]
        assert await found(tag="uote") == await found(tag='"') == await found(tag="%") == []
        assert await found(priority="high") == [2]
        assert await found(due_from=date(2026, 11, 24)) == await found(due_to=date(2026, 11, 30), tag="lab-2") == [3]
        assert await found(due_from=date(2026, 11, 23), due_to=date(2026, 11, 23)) == [1]
        assert await found("completed", due_to=date(2026, 12, 1)) == [3]
        await mine.update(1, Details(title="Milk", tags=()))
        assert await found(words="größe", tag="lab") == []
        assert await found(words="milk") == [1]


async def test_a_status_is_changed_beside_what_else_is_told(kept):
    """Or alone; there is no third one."""
    async with kept.work(ADA) as mine:
        await mine.add(Details(title="Milk"))
        _, done = await mine.update(1, Details(title="Oat milk"), status="completed")
        _, again = await mine.update(1, Details(), status="completed")
        _, reopened = await mine.update(1, Details(), status="pending")
        with pytest.raises(BadTask, match="is no status"):
            await mine.update(1, Details(), status="gone")

    assert (done.title, done.status, done.completed_at is None) == ("Oat milk", "completed", False)
    assert again == done
    assert (reopened.status, reopened.completed_at) == ("pending", None)


async def test_what_was_brought_back_is_not_deleted_again_by_undoing(kept):
    """Undoing goes on to what was done before."""
    async with kept.work(ADA) as mine:
        await mine.add(Details(title="Milk"))
    async with kept.work(ADA) as mine:
        await mine.complete(1)
    async with kept.work(ADA) as mine:
        await mine.delete(1)
    async with kept.work(ADA) as mine:
        await mine.restore(1)
    async with kept.work(ADA) as mine:
        ((was, now),) = await mine.undo()

    assert (was.status, now.status) == ("completed", "pending")


async def test_only_so_much_can_be_undone(kept, monkeypatch):
    """The last units, and for so long; what is noted of the others is gone."""
    monkeypatch.setattr("pageside.tasks.journal.MAX_UNDONE", 3)
    for number in range(5):
        async with kept.work(ADA) as mine:
            await mine.add(Details(title=f"task {number}"))
    async with kept.work(ADA) as mine:
        assert [was.number for was, _ in await mine.undo()] == [5]
    later = ids.now() + board.KEPT + timedelta(seconds=1)
    with monkeypatch.context() as clock:
        clock.setattr(ids, "now", lambda: later)
        async with kept.work(ADA) as mine:
            with pytest.raises(NothingToUndo):
                await mine.undo()
    async with kept.work(ADA) as mine:
        assert [was.number for was, _ in await mine.undo()] == [4]
    async with kept.work(ADA) as mine:
        assert [was.number for was, _ in await mine.undo()] == [3]
        with pytest.raises(NothingToUndo):
            await mine.undo()

    assert await _titles(kept) == [(1, "task 0"), (2, "task 1")]


async def test_two_servers_at_once_have_one_order(store_url):
    """Units of both follow each other: numbers once, undone acts whole, and the count of changes is that of units."""
    databases = [await Database.open(store_url, busy_timeout=PATIENCE) for _ in range(2)]
    boards = [SqlTaskBoard(database) for database in databases]

    async def turn(number):
        async with boards[number % 2].work(ADA) as mine:
            made = await mine.add(Details(title=f"task {number}"))
            await asyncio.sleep(0)
            await mine.update(made.number, Details(title=f"task {number} again"))
            await mine.complete(made.number)

    async def undo(number):
        async with boards[number % 2].work(ADA) as mine:
            return await mine.undo()

    await asyncio.gather(*(turn(number) for number in range(10)))
    async with boards[0].reading(ADA) as mine:
        found, revision = await mine.tasks(), await mine.revision()
    undone = await asyncio.gather(*(undo(number) for number in range(10)))
    async with boards[1].reading(ADA) as mine:
        left, then = await mine.tasks(), await mine.revision()
    for database in databases:
        await database.aclose()

    assert sorted(each.number for each in found) == list(range(1, 11))
    assert {(each.title.endswith("again"), each.status) for each in found} == {(True, "completed")}
    assert (revision, then) == (10, 20)
    assert sorted(was.number for changed in undone for was, _ in changed) == list(range(1, 11))
    assert left == []


async def test_what_is_broken_off_is_not_kept(kept):
    """A unit that is cancelled in the middle leaves nothing, and nobody waits for it."""
    begun = asyncio.Event()

    async def stuck():
        async with kept.work(ADA) as mine:
            await mine.add(Details(title="Half"))
            begun.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(stuck())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with kept.work(ADA) as mine:
        assert (await mine.revision(), (await mine.add(Details(title="Whole"))).number) == (0, 1)


async def test_a_full_list_takes_back_no_more_than_it_holds(kept, monkeypatch):
    """Bringing back is refused with words; of deleted ones the first go, when there are as many."""
    monkeypatch.setattr("pageside.tasks.board_sql.MAX_TASKS", 2)
    for title in ("one", "two"):
        async with kept.work(ADA) as mine:
            await mine.add(Details(title=title))
    async with kept.work(ADA) as mine:
        await mine.delete(1)
        await mine.add(Details(title="three"))
        with pytest.raises(BadTask, match="delete some first"):
            await mine.restore(1)
    for number in (2, 3):
        async with kept.work(ADA) as mine:
            await mine.delete(number)
            assert number in [each.number for each in await mine.deleted()]
    async with kept.work(ADA) as mine:
        assert [each.number for each in await mine.deleted()] == [3, 2]
        with pytest.raises(NoSuchTask):
            await mine.restore(1)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (Passage("Servos", "/servos#pid", "x" * 600), Passage("Servos", "/servos#pid", "x" * 499 + "…")),
        (Passage("a\nb", "https://book.example/a"), Passage("a b", "https://book.example/a")),
    ],
)
def test_a_passage_is_cut_to_size(told, kept):
    assert task.checked(Details(title="x", passage=told), new=True).passage == kept


@pytest.mark.parametrize("url", ["javascript:alert(1)", " JavaScript:x", "data:text/html,x", "/" + "x" * 4000])
def test_a_passage_leads_to_a_page_or_is_refused(url):
    with pytest.raises(BadTask, match="address of the passage"):
        task.checked(Details(title="x", passage=Passage("x", url)), new=True)


@pytest.mark.parametrize("title", ["\u200b", "\u202e\u2066", "\u00a0\u3000", "\ufeff \u2028"])
def test_a_title_that_nobody_can_see_is_empty(title):
    with pytest.raises(BadTask, match="title is empty"):
        task.title(title)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("invoice\u202eexe.pdf", "invoiceexe.pdf"),
        ("👩\u200d👧 \U0001fae8 می\u200cخواهم", "👩\u200d👧 \U0001fae8 می\u200cخواهم"),
        ("a\x00b\x1b[31mc\ud800", "ab[31mc"),
    ],
)
def test_what_hides_or_turns_text_around_is_taken_out(told, kept):
    """And nothing that a script or an emoji needs, were it newer than this Python."""
    assert task.title(told) == kept
