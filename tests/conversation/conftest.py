"""A real store on a real file."""

from __future__ import annotations

import pytest

from pageside.conversation.store import SqlStore
from pageside.storage import migrate
from pageside.storage.engine import Database


@pytest.fixture
async def database(tmp_path):
    url = f"sqlite:///{tmp_path / 'chat.db'}"
    await migrate.upgrade(url)
    opened = await Database.open(url)
    yield opened
    await opened.aclose()


@pytest.fixture
def store(database):
    return SqlStore(database)
