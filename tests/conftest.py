"""What every test rests on: no network but this machine's own, and an environment without settings."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts
from tests import served, small_book

from pageside import settings

CORPORA = Path(os.environ.get("CORPORA") or Path(__file__).parents[2] / "shared" / "corpora")

NOBODY = 65534

pytest_plugins = ("tests.databases", "tests.object_store", "tests.qdrant_stand", "tests.valkey")

# In CI the examples are the same every time, so few of them do; on a developer's machine they are new at every run.
hypothesis_settings.register_profile("pageside", deadline=None, max_examples=50)
hypothesis_settings.register_profile("ci", deadline=None, max_examples=20, derandomize=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "pageside")


def pytest_collection_modifyitems(items):
    """Tests of real books skip, saying so, where there are none."""
    if CORPORA.is_dir():
        return
    absent = pytest.mark.skip(reason=f"no real books in {CORPORA}; set CORPORA to a folder of them")
    for item in items:
        if "corpora" in item.keywords:
            item.add_marker(absent)


@pytest.fixture(scope="session")
def corpora() -> Path:
    return CORPORA


@pytest.fixture(autouse=True)
def this_machine_only():
    """A test that reaches for the network fails."""
    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)
    yield
    disable_socket(allow_unix_socket=True)
    enable_socket()


@pytest.fixture(scope="session")
def address(tmp_path_factory) -> Iterator[str]:
    """Where a real server process serves the small book to all tests that only visit."""
    folder = tmp_path_factory.mktemp("served")
    with served.server(small_book.write(folder / "book"), folder / "data") as url:
        yield url


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A folder in which rights hold: the superuser, whom none stop, is nobody for as long as the test lasts."""
    with tempfile.TemporaryDirectory() as name:
        if os.geteuid() != 0:
            yield Path(name)
            return
        os.chown(name, NOBODY, NOBODY)
        os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            os.seteuid(0)


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    """Settings of the machine that runs the tests do not reach them."""
    for field in settings.Settings.model_fields.values():
        for name in settings.variables(field):
            monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def logs_end_with_their_test():
    """A log that a test began is not written on after it, when what it writes to is closed."""
    yield
    for handler in list(logging.root.handlers):
        if type(handler) is logging.StreamHandler:  # pytest's own are of its own kinds
            logging.root.removeHandler(handler)
