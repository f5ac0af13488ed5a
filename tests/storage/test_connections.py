"""Connections to PostgreSQL: how many there are, and what is said when none can be made."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs
from tests.storage.rows import ADA, thread_ids
from tests.storage.wire import wire

from pageside.errors import StoreUnavailable
from pageside.storage import migrate
from pageside.storage.engine import Database

BACKENDS = "select count(*) from pg_stat_activity where datname = '{name}' and backend_type = 'client backend'"


@pytest.fixture
def url(postgres):
    return postgres.database()


@pytest.fixture
def backends(postgres, url):
    """How many connections the server has for this database."""
    name = url.rpartition("/")[2]
    return lambda: int(postgres.sql(BACKENDS.format(name=name)))


async def come_down_to(count, backends):
    """Waits until the server has no more connections than that: it hears of their end a little later."""
    async with asyncio.timeout(30):
        while await asyncio.to_thread(backends) > count:
            pass


async def test_the_pool_never_grows_beyond_its_bound(postgres, url, backends):
    """Sixty at once, each looking twice: as many connections as are allowed, and those beyond its size are closed."""
    async with wire(postgres.port) as way:
        database = await Database.open(way.url(url), pool_size=2, pool_overflow=3)
        inside, most = 0, 0

        async def visit():
            nonlocal inside, most
            async with database.reading(ADA):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1
            await thread_ids(database)

        await asyncio.gather(*[visit() for _ in range(60)])
        open_at_once = way.most_at_once
        await come_down_to(2, backends)
        await database.aclose()
        await come_down_to(0, backends)

    assert most <= 5
    assert open_at_once <= 5


async def test_units_of_work_broken_off_do_not_use_the_pool_up(url, backends):
    """Cancelled while they wait for a connection, a lock, an answer or nothing: all places are free again."""
    database = await Database.open(url, pool_size=1, pool_overflow=2)

    async def stay(unit):
        async with unit(ADA):
            await asyncio.Event().wait()

    for patience in (0, 0.001, 0.01, 0.05):
        started = [asyncio.create_task(stay(unit)) for unit in (database.transaction, database.reading) * 4]
        await asyncio.wait(started, timeout=patience)
        for task in started:
            task.cancel()
        await asyncio.wait(started)
    found = await asyncio.gather(*[thread_ids(database) for _ in range(6)])
    await come_down_to(1, backends)
    await database.aclose()

    assert found == [[]] * 6


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("target_session_attrs=standby", "is of the kind that target_session_attrs asks for"),
        ("options=-c%20nonsense%3D1", 'unrecognized configuration parameter "nonsense"'),
        ("options=-c%20statement_timeout%3Dsoon", "invalid value for parameter"),
    ],
)
async def test_a_server_that_does_not_take_us_as_we_come_is_an_outage(url, asked, told):
    """Whatever its reason, it is no mistake in a statement: the book goes on, and the log says why."""
    with capture_logs() as logs:
        database = await Database.open(f"{url}?{asked}")
        healthy = await database.healthy()
    with pytest.raises(StoreUnavailable, match="try again"):
        await thread_ids(database)
    await database.aclose()

    assert not healthy
    assert {line["event"] for line in logs} == {"store_unavailable"}
    assert told in logs[0]["reason"]
    for ask in (migrate.upgrade, migrate.current):
        with pytest.raises(StoreUnavailable) as failure:
            await ask(f"{url}?{asked}")
        assert told in str(failure.value)
