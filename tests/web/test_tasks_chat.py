"""The chat of readers by name, over HTTP: the same conversations as ChatKit's, for nobody but the one who is named."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from tests.chatkit_house import house
from tests.scripted_tutor import ScriptedTutor


async def say(client, text="What is a servo?", *, user="ada", status=200, headers=None, **fields):
    response = await client.http.post(f"/api/{user}/chat", json={"message": text, **fields}, headers=headers)
    assert response.status_code == status, response.text
    assert response.headers["cache-control"] == "no-store"
    return response.json()


async def listed(client, user="ada", status=200, **params):
    response = await client.http.get(f"/api/{user}/conversations", params=params)
    assert response.status_code == status, response.text
    return response.json()


async def test_a_message_is_answered_with_the_promised_fields(ada):
    """And no others; a question to the book, too."""
    answer = await say(ada)

    assert answer.pop("conversation_id").startswith("thr_")
    assert answer == {
        "response": "A servo holds an angle [1].",
        "tool_calls": [],
        "success": True,
        "needs_clarification": False,
    }


async def test_a_conversation_is_one_of_chatkits(ada):
    """Begun here it goes on there, and the other way round; the list has both, with three fields each."""
    begun = (await say(ada))["conversation_id"]
    there = await ada.ask("And a motor?", thread_id=begun)
    other = await ada.ask("What is a servo?")
    here = await say(ada, "And a motor?", conversation_id=other.thread_id)
    found = (await listed(ada))["conversations"]

    assert there.thread_id == begun
    assert here["conversation_id"] == other.thread_id
    assert [row["id"] for row in found] == [other.thread_id, begun]
    assert {tuple(row) for row in found} == {("id", "title", "created_at")}
    assert [row["title"] for row in found] == ["What is a servo", "What is a servo"]
    assert (await listed(ada, limit=1, offset=1))["conversations"] == found[1:]
