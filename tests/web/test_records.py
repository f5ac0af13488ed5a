"""What is kept of answers beside their words, for the element to show; each reader's own alone."""

from __future__ import annotations

import pytest
from tests.web.test_isolation_matrix import PAIRS, named, place

from pageside import ids

__all__ = ["place"]


async def test_each_answer_says_what_it_rests_on(ada):
    """By the id of its item: how it came out, and its citations with how relevant they are."""
    said = await ada.ask("What is a servo?")
    told = await ada.http.get(f"/chatkit/threads/{said.thread_id}/records")

    assert told.status_code == 200
    assert told.headers["cache-control"] == "no-store"
    assert [each["item_id"] for each in told.json()["records"]] == [said.answer["id"]]
    for record in told.json()["records"]:
        assert 0 <= record["confidence"] <= 1
        assert record["outcome"] == "answered"
        assert record["citations"]
        for citation in record["citations"]:
            assert {"marker", "heading", "path", "url", "quote", "relevance"} <= citation.keys()
            assert 0 <= citation["relevance"] <= 1


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("pair", PAIRS)
async def test_what_is_not_the_readers_does_not_exist(place, pair):
    """404, in the words that answer a name nobody ever gave."""
    asker, owner = PAIRS[pair]
    theirs, nobodys = place.things[named(owner)][0].thread, ids.new("thr")
    own = place.things[named(asker)][0].thread
    async with place.home.client(asker.subject, asker.organisation) as client:
        client.http.headers["x-request-id"] = "the-same-for-both"
        foreign, random = [await client.http.get(f"/chatkit/threads/{each}/records") for each in (theirs, nobodys)]
        found = await client.http.get(f"/chatkit/threads/{own}/records")

    assert (foreign.status_code, random.status_code, found.status_code) == (404, 404, 200)
    assert foreign.text.replace(theirs, "x") == random.text.replace(nobodys, "x")
