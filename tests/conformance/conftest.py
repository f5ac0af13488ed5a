"""The endpoint under examination over real HTTP, readers A and B of it, and what became of every check."""

from __future__ import annotations

import os
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from pytest_socket import disable_socket, enable_socket, socket_allow_hosts
from tests import served as process
from tests import small_book
from tests.chatkit_house import house, served
from tests.conformance import target as targets
from tests.conformance.bot import Bot
from tests.conformance.checks import CHECKS, decided

from pageside.conversation.runs import Runs


@pytest.fixture(scope="session")
def target():
    return targets.chosen(os.environ)


@pytest.fixture(autouse=True)
def this_machine_only(target):
    """As everywhere; the server that is examined may stand elsewhere."""
    named = urlsplit(target.origin).hostname
    socket_allow_hosts(["127.0.0.1", "::1", "localhost", *([named] if named else [])], allow_unix_socket=True)
    yield
    disable_socket(allow_unix_socket=True)
    enable_socket()


@pytest.fixture
def inside(target):
    """For tests that play the model, stop the process, or hold this house to more than every server."""
    if target.elsewhere:
        pytest.skip(f"needs the inside of the house's own server, and {targets.URL} names another")


@pytest.fixture
def questions(target):
    return target.questions


@pytest.fixture
def own_house(tmp_path):
    """The house's own server, not yet opened; it takes answers of any length, and time to store them."""
    runs = Runs(grace=timedelta(seconds=2), limit_bytes=10**8)
    return house(tmp_path, Bot(), runs=runs, keepalive=timedelta(seconds=0.5), max_answer_chars=10**8)


@pytest.fixture
async def address(target, own_house):
    if target.elsewhere:
        yield target.origin
        return
    async with own_house as home, served(home.app) as url:
        yield url


@pytest.fixture
async def a(target, address):
    async with target.reader(address, target.headers[0]) as client:
        await emptied(target, client)
        yield client


@pytest.fixture
async def b(target, address):
    async with target.reader(address, target.headers[1]) as client:
        await emptied(target, client)
        yield client


async def emptied(target, client):
    """Forgets what a reader of another server said before: every test begins with no conversations."""
    if not target.elsewhere:
        return
    for thread in (await client.call("threads.list", limit=100))["data"]:
        await client.send("threads.delete", thread_id=thread["id"])


@pytest.fixture(scope="session")
def guarded(target, tmp_path_factory):
    """Where readers have to be recognised: the process as it is run by default, or the server elsewhere."""
    if target.elsewhere:
        yield target.origin
        return
    folder = tmp_path_factory.mktemp("guarded")
    with process.server(small_book.write(folder / "book"), folder / "data") as url:
        yield url


def pytest_collection_modifyitems(items):
    """Every report says which checks its test decides."""
    for item in items:
        item.user_properties += [("check", number) for number in decided(getattr(item, "function", None))]


def pytest_terminal_summary(terminalreporter):
    """How another server did, check by check: failed by one test, skipped by one, or passed by all."""
    if not os.environ.get(targets.URL):
        return
    by_outcome = {
        outcome: {
            number
            for report in terminalreporter.stats.get(outcome, ())
            for name, number in report.user_properties
            if name == "check"
        }
        for outcome in ("passed", "skipped", "failed", "error")
    }
    failed = by_outcome["failed"] | by_outcome["error"]
    skipped = by_outcome["skipped"] - failed
    passed = by_outcome["passed"] - failed - skipped
    terminalreporter.section(f"{len(failed | skipped | passed)} of {len(CHECKS)} checks of {os.environ[targets.URL]}")
    for word, numbers in (("passed", passed), ("failed", failed), ("skipped", skipped)):
        terminalreporter.write_line(f"{len(numbers):2} {word}: {' '.join(map(str, sorted(numbers)))}")
