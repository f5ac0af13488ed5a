"""The ChatKit endpoint in this process, over each kind of database, and a reader of it."""

from __future__ import annotations

import pytest
from tests.chatkit_house import house


@pytest.fixture
async def home(tmp_path, store_url):
    async with house(tmp_path, store_url=store_url) as opened:
        yield opened


@pytest.fixture
async def ada(home):
    async with home.client("ada") as client:
        yield client
