"""Conversations that are full: the last message is answered, then the thread is locked, whoever asks at once."""

from __future__ import annotations

import asyncio

import pytest
from tests.chatkit_client import message
from tests.chatkit_house import house
from tests.scripted_tutor import ScriptedTutor

from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader
from pageside.phrases import refusals

ADA = Turn(reader=Reader("ada"))
LOCKED = {"type": "locked", "reason": refusals.FULL.en}


@pytest.fixture
async def home(tmp_path):
    async with house(tmp_path, max_messages=2) as opened:
        yield opened


@pytest.fixture
async def ada(home):
    async with home.client() as client:
        yield client


async def full(client):
    """A thread with its last message, and that message's stream."""
    first = await client.ask("What is a servo?")
    return first, await client.ask("And a stepper?", thread=first.thread_id)


def updates(told):
    return [event["thread"] for event in told.events if event["type"] == "thread.updated"]


def asked(told):
    return next(item for item in told.done("user_message"))["id"]


async def test_the_last_message_is_answered_and_then_the_thread_is_locked(ada):
    """Told at the end of the stream, with a reason, and stored."""
    first, last = await full(ada)

    assert last.errors == []
    assert last.text
    assert [thread["status"] for thread in updates(first)] == [{"type": "active"}]
    assert last.events[-1]["thread"]["status"] == LOCKED
    assert (await ada.call("threads.get_by_id", thread_id=first.thread_id))["status"] == LOCKED
    assert (await ada.threads())[0]["status"] == LOCKED


async def test_one_message_more_is_refused_before_the_stream(ada):
    """409 with words, and nothing is stored."""
    first, _ = await full(ada)
    before = await ada.items(first.thread_id)
    refused = await ada.send("threads.add_user_message", thread_id=first.thread_id, input=message("more"))

    assert refused.status_code == 409
    assert refused.json()["code"] == "thread_closed"
    assert refused.json()["detail"] == refusals.FULL.en
    assert await ada.items(first.thread_id) == before


async def test_a_full_thread_can_still_be_read_renamed_and_deleted(ada):
    """Only new messages are refused."""
    first, last = await full(ada)
    rated = await ada.send("items.feedback", thread_id=first.thread_id, item_ids=[last.answer["id"]], kind="positive")
    renamed = await ada.call("threads.update", thread_id=first.thread_id, title="Mine")

    assert rated.status_code == 200
    assert (renamed["title"], renamed["status"]) == ("Mine", LOCKED)
    assert len(await ada.items(first.thread_id)) == 6
    assert (await ada.send("threads.delete", thread_id=first.thread_id)).status_code == 200


async def test_the_last_answer_can_be_tried_again(ada):
    """It adds no message, so it finds room, and the thread stays full."""
    first, last = await full(ada)
    again = await ada.tell("threads.retry_after_item", thread_id=first.thread_id, item_id=asked(last))

    assert again.text
    assert (await ada.threads())[0]["status"] == LOCKED


async def test_trying_an_earlier_answer_again_makes_room(ada):
    """What followed is gone, so the thread opens, and takes as many messages as are gone."""
    first, _ = await full(ada)
    again = await ada.tell("threads.retry_after_item", thread_id=first.thread_id, item_id=asked(first))
    more = await ada.ask("And a stepper?", thread=first.thread_id)

    assert updates(again)[-1]["status"] == {"type": "active"}
    assert more.errors == []
    assert (await ada.threads())[0]["status"] == LOCKED


async def test_a_thread_that_is_locked_for_another_reason_is_not_opened(home, ada):
    """A retry is refused there, as every message is."""
    first = await ada.ask("What is a servo?")
    store = home.server.store
    thread = await store.load_thread(first.thread_id, ADA)
    shut = type(thread).model_validate(thread.model_dump() | {"status": {"type": "locked", "reason": "exam week"}})
    await store.save_thread(shut, ADA)
    retried = await ada.send("threads.retry_after_item", thread_id=first.thread_id, item_id=asked(first))

    assert retried.status_code == 409
    assert "exam week" in retried.json()["detail"]


async def test_of_two_last_messages_at_once_one_is_answered(home, ada):
    """Whichever comes first; the other is told that the thread answers, or that it is full."""
    first = await ada.ask("What is a servo?")
    body = {"thread_id": first.thread_id}
    one, other = await asyncio.gather(
        *(ada.send("threads.add_user_message", **body, input=message(text)) for text in ("one", "other"))
    )
    stored = await ada.items(first.thread_id)

    assert sorted([one.status_code, other.status_code]) == [200, 409]
    assert [item["type"] for item in stored].count("user_message") == 2


async def test_a_lower_limit_closes_and_a_higher_one_opens(tmp_path):
    """What counts is how many messages there are, not what an earlier limit made of the thread."""
    async with house(tmp_path, max_messages=2) as home, home.client() as ada:
        first, _ = await full(ada)
    async with house(tmp_path, max_messages=3) as home, home.client() as ada:
        third = await ada.ask("more", thread=first.thread_id)
    async with house(tmp_path, max_messages=1) as home, home.client() as ada:
        refused = await ada.send("threads.add_user_message", thread_id=first.thread_id, input=message("more"))

    assert third.errors == []
    assert refused.status_code == 409


@pytest.mark.parametrize("failure", [RuntimeError("the secret of the house"), None])
async def test_a_last_answer_that_fails_or_is_left_leaves_the_thread_full(tmp_path, failure):
    """It can be tried again."""
    tutor = ScriptedTutor()
    async with house(tmp_path, tutor, max_messages=2) as home, home.client() as ada:
        first = await ada.ask("What is a servo?")
        if failure is not None:
            tutor.failure, tutor.fail_at = failure, 3
            last = await ada.ask("And a stepper?", thread=first.thread_id)
            tutor.fail_at = -1
            item = asked(last)
        else:
            tutor.pause_before = 3
            sending = asyncio.create_task(
                ada.send("threads.add_user_message", thread_id=first.thread_id, input=message("And a stepper?"))
            )
            await tutor.paused.wait()
            await home.server.aclose()
            await sending
            item = [each["id"] for each in await ada.items(first.thread_id) if each["type"] == "user_message"][-1]
        status = (await ada.threads())[0]["status"]
    tutor.pause_before = -1
    async with house(tmp_path, tutor, max_messages=2) as home, home.client() as ada:
        again = await ada.tell("threads.retry_after_item", thread_id=first.thread_id, item_id=item)

    assert status == LOCKED
    assert again.text


async def test_renaming_while_the_last_answer_comes_is_not_undone(tmp_path, store_url):
    """Neither in the database nor in what the stream shows of the thread that it locks."""
    tutor = ScriptedTutor()
    async with house(tmp_path, tutor, max_messages=2, store_url=store_url) as home, home.client() as ada:
        first = await ada.ask("What is a servo?")
        tutor.pause_before = 4
        sending = asyncio.create_task(
            ada.tell("threads.add_user_message", thread_id=first.thread_id, input=message("And a stepper?"))
        )
        await tutor.paused.wait()
        await ada.call("threads.update", thread_id=first.thread_id, title="Mine")
        tutor.resume.set()
        last = await sending

        assert updates(last)[-1]["title"] == "Mine"
        assert (await ada.threads())[0]["title"] == "Mine"
