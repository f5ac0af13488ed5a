"""The server of documentation for tests of what asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.library_server import LibraryServer, running


@pytest.fixture(scope="module")
def process() -> Iterator[LibraryServer]:
    """One process for all tests of a module."""
    with running() as server:
        yield server


@pytest.fixture
def server(process) -> LibraryServer:
    """The same, with nothing asked of it yet and nothing amiss."""
    process.says()
    return process
