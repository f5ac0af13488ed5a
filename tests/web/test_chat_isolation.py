"""Every route of the REST chat API with what is not the reader's: not found, and nothing changes."""

from __future__ import annotations

import pytest
from tests.web.test_isolation_matrix import PAIRS, named, place

from pageside import ids

__all__ = ["place"]

API = "/api/chatkit"
# Each request with what it names: a thread, or a reader.
REQUESTS = {
    "ask in a thread": ("POST", "/chat", "thread", {"message": "q", "thread_id": "$"}),
    "ask in a thread, streamed": ("POST", "/chat", "thread", {"message": "q", "thread_id": "$", "stream": True}),
    "ask as a reader": ("POST", "/chat", "reader", {"message": "q", "user_id": "$"}),
    "ask as a reader, streamed": ("POST", "/chat", "reader", {"message": "q", "user_id": "$", "stream": True}),
    "list a reader's threads": ("GET", "/threads/$", "reader", None),
    "list a thread's threads": ("GET", "/threads/$", "thread", None),
    "read a thread": ("GET", "/threads/$/messages", "thread", None),
    "read on in a thread": ("GET", "/threads/$/messages?cursor=x~1", "thread", None),
    "delete a thread": ("DELETE", "/threads/$", "thread", None),
    "delete a thread under a key": ("DELETE", "/threads/$", "thread", "key"),
}
NAMES_NOTHING = {("POST", f"{API}/test")}
# Where the other's name is the asker's own too, a list shows whose rows are meant.
SAME_NAME = {"the same name elsewhere", "of no organisation", "of an organisation, asked by one of none"}


def told(text, names):
    for number, name in enumerate(names):
        text = text.replace(name, f"<{number}>")
    return text


def attempts():
    """Each request with each pair of readers that it can tell apart."""
    for case, (_, _, kind, _) in REQUESTS.items():
        for pair in PAIRS:
            if kind == "thread" or pair not in SAME_NAME:
                yield pytest.param(case, pair, id=f"{case}-{pair}")


def test_every_route_is_tried(place):
    """As the application lists them."""
    paths = place.home.app.openapi()["paths"]
    routes = {
        (method.upper(), path)
        for path, item in paths.items()
        for method, told in item.items()
        if "chat" in told.get("tags", [])
    }
    tried = {(method, f"{API}{path.partition('?')[0].replace('$', '{id}')}") for method, path, *_ in REQUESTS.values()}

    assert tried | NAMES_NOTHING == routes


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("case", "pair"), list(attempts()))
async def test_what_is_not_the_readers_does_not_exist(place, pair, case):
    """404, in the words that answer a name nobody ever gave; not a row of any table is other than before."""
    method, path, kind, body = REQUESTS[case]
    asker, owner = PAIRS[pair]
    theirs = place.things[named(owner)][0].thread if kind == "thread" else owner.subject
    nobodys = ids.new("thr") if kind == "thread" else "nobody-at-all"
    before = place.dump()
    answers = []
    async with place.home.client(asker.subject, asker.organisation) as client:
        client.http.headers["x-request-id"] = "the-same-for-both"
        for name in (theirs, nobodys):
            sent = (
                {key: name if value == "$" else value for key, value in body.items()}
                if body and body != "key"
                else None
            )
            headers = {"Idempotency-Key": ids.new("key")} if body == "key" else {}
            answers.append(await client.http.request(method, API + path.replace("$", name), json=sent, headers=headers))

    foreign, random = answers
    assert (foreign.status_code, random.status_code) == (404, 404), (foreign.text, random.text)
    assert told(foreign.text, [repr(theirs)]) == told(random.text, [repr(nobodys)])
    assert place.dump() == before


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("pair", PAIRS)
async def test_a_list_holds_ones_own_alone(place, pair):
    """Whoever else has the same name in another organisation."""
    asker, owner = PAIRS[pair]
    async with place.home.client(asker.subject, asker.organisation) as client:
        rows = (await client.http.get(f"{API}/threads/{asker.subject}")).json()

    own = {things.thread for things in place.things[named(asker)]}
    assert {row["id"] for row in rows["threads"]} == own
    assert rows["total"] == len(own)
    assert not own & {things.thread for things in place.things[named(owner)]}


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", ["%00", "a%00b", "%ED%A0%80", "%F0%9D", "%2e%2e", "x" * 9000])
async def test_an_address_that_can_be_of_nothing_is_of_nothing(place, name):
    """404, or 422 for what is longer than any name; never an error of the server's own."""
    async with place.home.client("ada", "school") as client:
        found = [
            await client.http.get(f"{API}/threads/{name}"),
            await client.http.get(f"{API}/threads/{name}/messages"),
            await client.http.delete(f"{API}/threads/{name}"),
        ]

    assert all(response.status_code in {404, 422} for response in found), [response.text for response in found]
