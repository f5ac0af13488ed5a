"""Settings to the one database."""

from __future__ import annotations

from datetime import timedelta

from pageside.settings import Settings
from pageside.storage import migrate
from pageside.storage.engine import Database


async def opened(settings: Settings) -> Database:
    """The conversations; a database that cannot be reached is tried again on every use."""
    return await Database.open(
        settings.store_url,
        prepare=migrate.prepare,
        pool_size=settings.database_pool_size,
        pool_overflow=settings.database_pool_overflow,
        busy_timeout=timedelta(seconds=settings.database_timeout_s),
        statement_timeout=timedelta(seconds=settings.database_statement_timeout_s),
    )
