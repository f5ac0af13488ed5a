"""Who has rows is told to nobody's transaction, and of a reader to that reader: nothing else of anybody."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import ProgrammingError
from tests.storage.rows import ADA, EVE, thread

from pageside.storage.engine import Database
from pageside.storage.tables import readers, threads


@pytest.fixture
async def database(postgres):
    opened = await Database.open(postgres.database())
    yield opened
    await opened.aclose()


def entry(reader):
    return insert(readers).values(organisation=reader.organisation, subject=reader.subject)


async def enrolled(database):
    for reader in (ADA, EVE):
        async with database.transaction(reader) as connection:
            await connection.execute(entry(reader))
            await connection.execute(thread(f"of {reader.subject}", reader))


async def test_a_reader_sees_and_strikes_no_other(database):
    """Neither by asking for all nor by naming one."""
    await enrolled(database)
    async with database.transaction(EVE) as connection:
        seen = (await connection.execute(select(readers.c.subject))).scalars().all()
        moved = (
            await connection.execute(update(readers).where(readers.c.subject == "ada").values(subject="x"))
        ).rowcount
        struck = (await connection.execute(delete(readers).where(readers.c.subject == "ada"))).rowcount

    assert (seen, moved, struck) == (["eve"], 0, 0)
    assert await database.roll() == [("school", "ada"), ("school", "eve")]


async def test_nobody_is_enrolled_by_another(database):
    """A row names whose transaction it is."""

    async def enrol():
        async with database.transaction(EVE) as connection:
            await connection.execute(entry(ADA))

    with pytest.raises(ProgrammingError, match="row-level security"):
        await enrol()


async def test_who_walks_the_roll_sees_the_roll_alone(database):
    """Page by page; in the same transaction not one row of theirs."""
    await enrolled(database)
    async with database._form.reading(None) as connection:
        listed = (await connection.execute(select(readers.c.subject).order_by(readers.c.subject))).scalars().all()
        rows = (await connection.execute(select(threads))).all()

    assert (listed, rows) == (["ada", "eve"], [])
    assert await database.roll(after=("school", "ada")) == [("school", "eve")]
    assert await database.roll(after=("school", "eve")) == []
