"""Documentation looked up over MCP, of a real server in a process of its own: what it gives, and what goes wrong."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from pageside.knowledge.library import shelf
from pageside.knowledge.library.breaker import Breaker
from pageside.knowledge.library.context7 import Context7
from pageside.knowledge.library.shelf import Found, Memory, Shelf

QUESTION = "How do I create a PyTorch tensor?"
TENSORS = "https://docs.example.org/pytorch/tensors.md"


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@asynccontextmanager
async def shelved(url, *, key="", limit_s=3.0, **options):
    """A shelf of the server at `url`."""
    server = Context7(url, api_key=SecretStr(key) if key else None, timeout_s=limit_s)
    try:
        yield Shelf(server, limit_s=limit_s, **options)
    finally:
        await server.aclose()


@pytest.mark.parametrize("version", ["1.0.14", "1.0.30", "2.0.0", "4.1.1", "renamed"])
async def test_every_version_of_the_tools_is_asked(server, version):
    """A library is resolved, and its documentation comes in pieces that name their pages."""
    server.says(version=version)
    async with shelved(server.url) as docs:
        found = await docs.look_up("pytorch", QUESTION)

    assert (found.status, found.library, found.calls) == ("found", "PyTorch", 2)
    assert found.passages[0].url == TENSORS
    assert "torch.tensor" in found.passages[0].text
    assert len(server.asked()) == 2


async def test_what_was_looked_up_is_remembered(server):
    """The same question costs nothing again, and another one about the library a single call."""
    async with shelved(server.url) as docs:
        first, again = await docs.look_up("PyTorch", QUESTION), await docs.look_up("pytorch", QUESTION)
        other = await docs.look_up("PyTorch", "How do I save a PyTorch model?")

    assert (first.passages, again.calls, other.calls) == (again.passages, 0, 1)
    assert [call["tool"] for call in server.asked()] == ["resolve-library-id", "query-docs", "query-docs"]


async def test_two_readers_are_served_by_one_lookup(server):
    """What is public is kept once, whoever asked."""
    async with shelved(server.url) as docs:
        await docs.look_up("PyTorch", QUESTION)
        both = await asyncio.gather(docs.look_up("PyTorch", QUESTION), docs.look_up("PyTorch", QUESTION))

    assert [each.status for each in both] == ["found", "found"]
    assert len(server.asked()) == 2


async def test_what_is_old_is_looked_up_again(server):
    """Documentation after a quarter of an hour, the library's id after a day."""
    clock = Clock()
    async with shelved(server.url, kept=Memory(clock=clock)) as docs:
        await docs.look_up("PyTorch", QUESTION)
        clock.now += shelf.DOCS_FOR.total_seconds()
        later = await docs.look_up("PyTorch", QUESTION)
        clock.now += shelf.NAMES_FOR.total_seconds()
        much_later = await docs.look_up("PyTorch", QUESTION)

    assert (later.calls, much_later.calls) == (1, 2)


async def test_what_is_remembered_is_bounded():
    """The oldest goes first."""
    kept = Memory(most=3)
    for at in range(10):
        await kept.put(f"name {at}", b"text", lasting=shelf.DOCS_FOR)

    assert [at for at in range(10) if await kept.get(f"name {at}")] == [7, 8, 9]


async def test_nothing_private_leaves(server):
    """Addresses, links, telephone numbers and keys are taken out of what is asked, and it is cut."""
    told = (
        "How do I send mail to ada@example.org or +44 20 7946 0958 with PyTorch and sk-proj-abcdefgh12345678 from "
        "https://intranet.example/secret?" + " please" * 200
    )
    async with shelved(server.url) as docs:
        await docs.look_up("PyTorch", told)

    asked = " ".join(str(call["arguments"]) for call in server.asked())
    assert "How do I send mail to or with PyTorch and from" in asked
    assert not any(secret in asked for secret in ("ada@", "7946", "sk-proj", "intranet"))
    assert max(len(call["arguments"]["query"]) for call in server.asked()) <= 300


async def test_a_key_is_sent_where_there_is_one(server):
    """As a bearer token, with every request."""
    server.says(key="ctx7sk-1")
    async with shelved(server.url, key="ctx7sk-1") as docs:
        assert (await docs.look_up("PyTorch", QUESTION)).status == "found"

    assert set(server.seen()) == {"POST Bearer ctx7sk-1"}


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("slow", "timeout"),
        ("slow_docs", "timeout"),
        ("slow_hello", "timeout"),
        ("garbage", "refused"),
        ("half_json", "refused"),
        ("huge", "too_large"),
        ("gzip", "too_large"),
        ("500", "refused"),
        ("401", "key_refused"),
        ("429", "too_many_requests"),
        ("tool_error", "server_failed"),
        ("says_limit", "too_many_requests"),
        ("says_key", "key_refused"),
        ("says_error", "server_failed"),
    ],
)
async def test_what_goes_wrong_is_a_value(server, fault, reason):
    """Nobody is told but the log, which says why without the question; the breaker counts it."""
    server.says(fault=fault)
    with capture_logs() as logs:
        async with shelved(server.url, limit_s=0.5 if reason == "timeout" else 3.0) as docs:
            found = await docs.look_up("PyTorch", QUESTION)

    failed = next(line for line in logs if line["event"] == "library_docs_failed")
    assert found == Found("unavailable", "PyTorch", calls=1)
    assert failed["reason"] == reason
    assert "tensor" not in str(logs)


@pytest.mark.parametrize("version", ["insisting", "unlike"])
async def test_tools_that_do_not_fit_are_not_called(server, version):
    """A server that is something else, or wants what nobody knows."""
    server.says(version=version)
    with capture_logs() as logs:
        async with shelved(server.url) as docs:
            found = await docs.look_up("PyTorch", QUESTION)

    assert (found.status, server.asked()) == ("unavailable", [])
    assert "unfit" in [line.get("reason") for line in logs]


@pytest.mark.parametrize("fault", ["nobody", "others", "says_missing"])
async def test_nothing_to_be_found_is_no_failure(server, fault):
    """No library of that name, or none of its documentation: the breaker stays closed."""
    server.says(fault=fault)
    async with shelved(server.url, breaker=Breaker(failures=1)) as docs:
        found = await docs.look_up("PyTorch", QUESTION)

        assert (found.status, docs.breaker.state) == ("nothing_found", "closed")


async def test_a_library_that_nobody_has_is_not_asked_for_again(server):
    """For a while."""
    async with shelved(server.url) as docs:
        await docs.look_up("Quetzal", "How do I use Quetzal?")
        again = await docs.look_up("Quetzal", "How do I install Quetzal?")

    assert (again, len(server.asked())) == (Found("nothing_found"), 1)


async def test_a_huge_answer_within_bounds_is_cut(server):
    """What is read of it is bounded, and each piece of it."""
    server.says(fault="huge_text")
    async with shelved(server.url) as docs:
        found = await docs.look_up("PyTorch", QUESTION)

    assert [len(each.text) <= 3_000 for each in found.passages] == [True]


async def test_a_server_that_dies_in_the_middle_is_away(server):
    """And is found again when it is back."""
    server.says(fault="dies")
    async with shelved(server.url) as docs:
        lost = await docs.look_up("PyTorch", QUESTION)
        server.stop()
        server.says()
        back = await docs.look_up("PyTorch", QUESTION)

    assert (lost.status, back.status) == ("unavailable", "found")


async def test_the_breaker_opens_and_closes(server):
    """After failures nobody asks for a while; then one asks, and with an answer all do."""
    clock = Clock()
    server.says(fault="500")
    async with shelved(server.url, breaker=Breaker(failures=2, pause_s=30, clock=clock)) as docs:
        failed = [(await docs.look_up("PyTorch", QUESTION)).calls for _ in range(2)]
        before = len(server.seen())
        resting = await docs.look_up("PyTorch", QUESTION)
        unasked = len(server.seen())
        server.says()
        clock.now += 30
        found = await docs.look_up("PyTorch", QUESTION)

        assert (failed, resting, unasked) == ([1, 1], Found("unavailable", "PyTorch"), before)
        assert (found.status, docs.breaker.state) == ("found", "closed")


async def test_a_reader_who_leaves_says_nothing_of_the_server(server):
    """A lookup that is given up is no failure, and leaves nothing behind."""
    server.says(fault="slow")
    async with shelved(server.url, breaker=Breaker(failures=1)) as docs:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await docs.look_up("PyTorch", QUESTION)

        assert docs.breaker.state == "closed"


async def test_what_is_remembered_is_given_while_the_server_is_away(server):
    """The breaker keeps nobody from what is known."""
    async with shelved(server.url, breaker=Breaker(failures=1)) as docs:
        await docs.look_up("PyTorch", QUESTION)
        docs.breaker.failed()

        assert (await docs.look_up("PyTorch", QUESTION)).status == "found"
        assert (await docs.look_up("PyTorch", "How do I save one?")).status == "unavailable"


async def test_nothing_is_connected_to_before_a_question(server):
    """To be ready costs nothing."""
    async with shelved(server.url):
        pass

    assert server.seen() == []
