"""Settings to what becomes of readers' conversations and files in the course of time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import timedelta

import structlog

from pageside.conversation import pruning, sweeping
from pageside.conversation.pruning import Pruned, Pruning
from pageside.conversation.sweeping import Sweep
from pageside.settings import Settings
from pageside.storage.engine import Database
from pageside.wiring import databases, receiving

log = structlog.get_logger(__name__)

_LONGEST_DAYS = 36_500  # behind which the calendar ends sooner or later


@asynccontextmanager
async def pruned(settings: Settings, database: Database) -> AsyncIterator[None]:
    """Takes away what is old, now and once a day, beside whatever the block does."""
    walk = Pruning(database, receiving.files(settings))

    async def run() -> int:
        gone = await walk.run(older_than=age(settings))
        if gone:
            log.info("pruned", **asdict(gone))
        return 0

    async with sweeping.swept(run, every=pruning.EVERY):
        yield


async def prune(settings: Settings, *, older_than: timedelta | None) -> Pruned:
    """Takes away what is old, with bytes that no row speaks of; without an age, as the settings say.

    Raises:
        Unavailable: The database or the files cannot be reached; what was done stands.
    """
    database = await databases.opened(settings)
    try:
        files = receiving.files(settings)
        gone = await Pruning(database, files).run(older_than=older_than or age(settings))
        await Sweep(database, files).run()
        return gone
    finally:
        await database.aclose()


async def prunable(settings: Settings, *, older_than: timedelta | None) -> Pruned:
    """What `prune` would take away of rows.

    Raises:
        StoreUnavailable: The database cannot be reached.
    """
    database = await databases.opened(settings)
    try:
        return await Pruning(database, receiving.files(settings)).look(older_than=older_than or age(settings))
    finally:
        await database.aclose()


def age(settings: Settings) -> timedelta | None:
    """Since the last thing that was written in a conversation, how old it has to be to go; None for never."""
    return timedelta(days=min(settings.retention_days, _LONGEST_DAYS)) if settings.retention_days else None
