"""An index brought up to date from the server: progress for every process, one at a time, and a failure in words."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from tests import admitted, small_book

from pageside import ids
from pageside.administration.reindexing import Reindexing, Updated, Volume
from pageside.errors import BookError, IndexMissing, NotFound
from pageside.identity.audience import Audience
from pageside.identity.looker import Looker
from pageside.knowledge.ingest import Progress, Report, silent
from pageside.storage.engine import Database
from pageside.wiring import knowing

OLGA, TESS, EVE = Looker("olga", None), Looker("tess", "tu"), Looker("eve", "other")
REPORT = Report(4, 20, 100, 100, 1, 2, 0, 1, 1.25, (), "g2")


class Missing:
    """An index that has not been made yet."""

    def status(self):
        raise IndexMissing("Nothing has been indexed yet.")


class Work:
    """An update that goes on when it is told to."""

    def __init__(self) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.ends: Report | Exception = REPORT
        self.heard = silent

    async def __call__(self, progress, wait_s):
        self.heard = progress
        progress(Progress("embedding", 3, 7))
        self.begun.set()
        await self.go_on.wait()
        if isinstance(self.ends, Exception):
            raise self.ends
        return self.ends


@pytest.fixture
async def database(store_url):
    opened = await Database.open(store_url)
    yield opened
    await opened.aclose()


@pytest.fixture
def work():
    return Work()


def process(database, work, **told):
    """What one of several processes knows of the one book."""
    made = Reindexing(database, **told)
    made.add(Volume("bees", "Bees", Missing(), work, Audience.of(organisations=["tu"])))  # type: ignore[arg-type]
    return made


async def state(reindexing, by=OLGA):
    (found,) = await reindexing.states(by)
    return found


async def until(condition):
    """Waits until what is asked for is so."""
    while not await condition():  # noqa: ASYNC110  # the database tells nobody that it has changed
        await asyncio.sleep(0.02)


async def test_every_process_sees_how_far_it_is_and_what_it_did(database, work):
    """While it goes on nobody else begins; afterwards everybody may."""
    here, there = process(database, work), process(database, work)
    before = await state(there)
    await here.begin(TESS, "bees")
    await work.begun.wait()

    async def told():
        return (await state(there)).updating is not None and (await state(there)).updating.done == 3

    await until(told)
    meanwhile = (await state(there)).updating
    with pytest.raises(Updated, match="tess is bringing"):
        await there.begin(OLGA, "bees")
    work.go_on.set()
    await here.settled()
    after = await state(there)
    await there.begin(OLGA, "bees")
    await there.settled()

    assert (before.generation, before.updating, before.last_report) == ("", None, "")
    assert (meanwhile.stage, meanwhile.done, meanwhile.total, meanwhile.by) == ("embedding", 3, 7, "tess")
    assert after.updating is None
    assert after.last_report == "4 pages, 20 passages: 1 added, 2 changed, 0 removed, in 1.2 seconds."


@pytest.mark.parametrize(
    ("error", "said"),
    [(BookError("The folder is gone."), "The folder is gone."), (KeyError("secret of ours"), "not foreseen")],
)
async def test_a_failure_says_why(database, work, error, said):
    """In the words of the error where it is meant for people, else in none of its own; then another may begin."""
    here = process(database, work)
    work.ends = error
    work.go_on.set()
    await here.begin(OLGA, "bees")
    await here.settled()
    failed = await state(here)
    work.ends = REPORT
    await here.begin(OLGA, "bees")
    await here.settled()

    assert said in failed.last_error
    assert "secret" not in failed.last_error
    assert (await state(here)).last_error == ""


async def test_what_a_dead_process_left_is_not_waited_for(database, work):
    """It said nothing for half a minute; whoever comes next may begin, and its words are not written over."""
    dead = process(database, work, now=lambda: ids.now() - timedelta(seconds=40))
    await dead.begin(OLGA, "bees")
    await work.begun.wait()
    here = process(database, Work())
    left = await state(here)
    await here.begin(OLGA, "bees")
    going_on = await state(here)
    await dead.aclose()
    after = await state(here)
    await here.aclose()
    closed = await state(here)

    assert "has ended" in left.last_error
    assert going_on.updating is not None
    assert after.updating is not None
    assert "stopped" in closed.last_error


async def test_books_of_others_are_not_there(database, work):
    """Neither shown nor begun; whoever sees all organisations sees all books."""
    here = process(database, work)
    with pytest.raises(NotFound):
        await here.begin(EVE, "bees")
    with pytest.raises(NotFound):
        await here.begin(OLGA, "ships")

    assert await here.states(EVE) == []
    assert [len(await here.states(by)) for by in (OLGA, TESS)] == [1, 1]


async def test_a_page_that_was_added_is_found_after_an_update(tmp_path):
    """The real index, from the server, while it is served."""
    book = small_book.write(tmp_path / "book")
    async with admitted.door(tmp_path) as door:
        services, reports = door.services, door.services.administration.reports
        (missing,) = await reports.index(OLGA)
        await knowing.index_book(services.settings, book, progress=silent)
        (first,) = await reports.index(OLGA)
        (book / "mead.md").write_text("# Mead\n\nMead is honey that has fermented with water.\n", "utf-8")
        await reports.reindex(OLGA, "")
        await services.administration.reindexing.settled()
        (second,) = await reports.index(OLGA)

    assert (missing.generation, missing.documents, missing.last_error) == ("", 0, "")
    assert second.documents == first.documents + 1
    assert second.generation != first.generation
    assert "1 added" in second.last_report
