"""Rows for tests of the storage itself, which knows nothing of conversations."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from pageside.identity.reader import Reader
from pageside.storage.tables import threads

ADA = Reader("ada", "school")
EVE = Reader("eve", "school")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def thread(thread_id="t", owner=ADA, **columns):
    """A statement that writes a thread as the owner's."""
    values = {
        "id": thread_id,
        "organisation": owner.organisation,
        "subject": owner.subject,
        "details": {},
        "created_at": NOON,
        "updated_at": NOON,
        "activity": 0,
        "last_seq": 0,
    }
    return insert(threads).values({**values, **columns})


async def thread_ids(database, owner=ADA):
    """Every thread the owner's transaction sees, without asking for theirs."""
    async with database.reading(owner) as connection:
        return list((await connection.execute(select(threads.c.id).order_by(threads.c.id))).scalars())


async def count(connection):
    return (await connection.execute(select(func.count()).select_from(threads))).scalar_one()
