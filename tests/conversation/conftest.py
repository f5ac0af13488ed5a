"""A real store, on each kind of database."""

from __future__ import annotations

import pytest
from tests.databases import PATIENCE

from pageside.conversation.store import SqlStore
from pageside.storage.engine import Database


@pytest.fixture
async def database(store_url):
    opened = await Database.open(store_url, busy_timeout=PATIENCE)
    yield opened
    await opened.aclose()


@pytest.fixture
def store(database):
    return SqlStore(database)
