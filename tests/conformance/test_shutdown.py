"""The real process, told to end while it answers."""

from __future__ import annotations

import asyncio

import pytest
from tests import served, small_book
from tests.chatkit_house import browser
from tests.conformance.checks import check
from tests.scripted_openai import ScriptedOpenAI

pytestmark = pytest.mark.usefixtures("inside")

DELTA = "assistant_message.content_part.text_delta"


@check(73)
async def test_a_server_that_is_told_to_end_keeps_what_was_said(tmp_path):
    """SIGTERM in the middle of an answer: the stream ends, and the next start shows the partial answer."""
    book = small_book.write(tmp_path / "book")
    with ScriptedOpenAI() as openai:
        openai.say("A queen excluder is a grid whose slots are 4.2 mm wide [1]. ", "Workers pass ", fault="hold")
        openai.say("A queen excluder is a grid whose slots are 4.2 mm wide [1].")
        environment = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url}
        server = served.server(book, tmp_path / "data", **environment)
        address = await asyncio.to_thread(server.__enter__)
        async with browser(address) as ada:
            async with ada.asking("How wide are the slots of a queen excluder?") as stream:
                thread_id = (await stream.until("thread.created"))["thread"]["id"]
                await stream.until(DELTA)
                ending = asyncio.create_task(asyncio.to_thread(server.__exit__, None, None, None))
                events = await stream.rest()
            await ending
            cookies = ada.http.cookies
        server = served.server(book, tmp_path / "data", **environment)
        async with browser(await asyncio.to_thread(server.__enter__)) as ada:
            ada.http.cookies = cookies
            items = await ada.items(thread_id)
            told = await ada.ask("How wide are the slots of a queen excluder?", thread=thread_id)
        await asyncio.to_thread(server.__exit__, None, None, None)

    assert (events[-1]["type"], events[-1]["allow_retry"]) == ("error", True)
    assert [item["type"] for item in items] == ["user_message", "workflow", "assistant_message"]
    assert "slots are 4.2 mm wide" in items[2]["content"][0]["text"]
    assert told.errors == []
