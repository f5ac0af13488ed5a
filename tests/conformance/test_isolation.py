"""What is another reader's does not exist: B on A's conversations."""

from __future__ import annotations

from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from tests.chatkit_client import message
from tests.conformance import test_attachments as files
from tests.conformance.checks import check
from tests.conformance.denials import denied

NOBODYS = "thr_" + "0" * 30


@pytest.fixture
async def hers(a):
    return await a.ask("hi")


def operations(thread_id, item_id):
    """Every operation that names a thread."""
    action = {"type": "go", "payload": {}}
    return {
        "threads.get_by_id": {"thread_id": thread_id},
        "items.list": {"thread_id": thread_id},
        "threads.add_user_message": {"thread_id": thread_id, "input": message("mine?")},
        "threads.update": {"thread_id": thread_id, "title": "mine"},
        "threads.delete": {"thread_id": thread_id},
        "threads.retry_after_item": {"thread_id": thread_id, "item_id": item_id},
        "threads.custom_action": {"thread_id": thread_id, "action": action},
        "threads.sync_custom_action": {"thread_id": thread_id, "item_id": item_id, "action": action},
        "threads.add_client_tool_output": {"thread_id": thread_id, "result": {}},
        "threads.add_structured_input": {"thread_id": thread_id, "item_id": item_id, "input": {}},
        "items.feedback": {"thread_id": thread_id, "item_ids": [item_id], "kind": "positive"},
    }


def meant(response):
    """What a denial says, whatever the request was called."""
    return {name: value for name, value in response.json().items() if name != "request_id"}


@pytest.mark.parametrize("operation", sorted(operations("", "")))
@check(26, 27, 28, 29, 30, 31, 32)
async def test_another_readers_thread_is_not_found(a, b, hers, operation):
    """The same answer as for a thread that never was, before any event, and nothing changes."""
    before = await a.call("threads.get_by_id", thread_id=hers.thread_id)
    question = hers.events[1]["item"]["id"]

    foreign = await b.send(operation, **operations(hers.thread_id, question)[operation])
    random = await b.send(operation, **operations(NOBODYS, question)[operation])

    denied(foreign, 404)
    denied(random, 404)
    assert str(meant(foreign)).replace(hers.thread_id, NOBODYS) == str(meant(random))
    assert await a.call("threads.get_by_id", thread_id=hers.thread_id) == before


@check(24)
async def test_another_reader_has_no_threads(b, hers):
    """Lists hold one's own."""
    assert await b.threads() == []


@check(36)
async def test_an_item_belongs_to_its_thread(a, hers):
    """An item of one thread is not found in another of the same reader."""
    other = await a.ask("other")
    item = hers.events[1]["item"]["id"]
    taken = operations(other.thread_id, item)
    before = await a.items(other.thread_id)

    for operation in ("threads.retry_after_item", "items.feedback", "threads.add_structured_input"):
        denied(await a.send(operation, **taken[operation]), 404)
    denied(await a.send("items.list", thread_id=other.thread_id, after=item), 400, 404, 422)
    assert await a.items(other.thread_id) == before


async def test_an_unknown_attachment_leaves_no_thread(a, inside):
    """A message with one is refused whole."""
    denied(await a.send("threads.create", input=message("hi", attachments=["atc_" + "0" * 30])), 404)

    assert await a.threads() == []


def altered(secret):
    """`secret` with a letter or digit near its end changed; the very last one of base64 may count for nothing."""
    at = [n for n, letter in enumerate(secret) if letter.isalnum()][-3:][0]
    return secret[:at] + ("A" if secret[at] != "A" else "B") + secret[at + 1 :]


@asynccontextmanager
async def nobodies(target, guarded, known):
    """Clients that are not `known`: one without any identity, and one for each part of hers, altered."""
    told = dict(target.headers[0]) if target.elsewhere else {}
    if known.http.cookies:
        told["cookie"] = "; ".join(f"{name}={value}" for name, value in known.http.cookies.items())
    forged = [{name: altered(value)} for name, value in told.items()]
    async with AsyncExitStack() as clients:
        yield [await clients.enter_async_context(target.reader(guarded, headers)) for headers in [{}, *forged]]


@check(37)
async def test_whoever_is_nobody_is_refused_everywhere(target, guarded):
    """No identity, and a forged one: every operation on a reader's thread is refused and changes nothing.

    A server that lets strangers in takes whoever is nobody for somebody new, who finds nothing of anyone's.
    """
    known_as = target.headers[0] if target.elsewhere else {}
    async with target.reader(guarded, known_as) as known:
        hers = await known.ask("hi")
        before = await known.call("threads.get_by_id", thread_id=hers.thread_id)
        question = hers.events[1]["item"]["id"]
        async with nobodies(target, guarded, known) as clients:
            for nobody in clients:
                for operation, params in operations(hers.thread_id, question).items():
                    denied(await nobody.send(operation, **params), 401, 404)
                listed = await nobody.send("threads.list")
                assert listed.status_code == 401 or listed.json()["data"] == []

        assert len(clients) >= 2
        assert await known.call("threads.get_by_id", thread_id=hers.thread_id) == before


@check(37)
async def test_nobody_gets_at_a_file(target, guarded):
    """Not by its id, nor by its addresses without their secret or with another; its reader still has it afterwards."""
    known_as = target.headers[0] if target.elsewhere else {}
    async with target.reader(guarded, known_as) as known:
        announced, kept = await files.announced(known), await files.uploaded(known)
        async with nobodies(target, guarded, known) as clients:
            for nobody in clients:
                denied(await nobody.send("threads.create", input=message("hi", attachments=[kept["id"]])), 401, 404)
                denied(await nobody.send("attachments.delete", attachment_id=kept["id"]), 401, 404)
                for address in spoilt(kept["preview_url"]):
                    assert (await nobody.http.get(address)).status_code in {401, 403, 404}
                for address in spoilt(announced["upload_descriptor"]["url"]):
                    told = announced["upload_descriptor"] | {"url": address}
                    assert (await files.put({"upload_descriptor": told})).status_code in {401, 403, 404}

        assert (await files.seen(known, kept)).content == files.PNG
        assert (await files.put(announced)).status_code == 200


def spoilt(address):
    """An address without the secret it bears, and with another one; nothing where it bears none that can be seen."""
    plain, _, secret = address.partition("?")
    return [plain, f"{plain}?{altered(secret)}"] if secret else []
