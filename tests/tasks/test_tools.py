"""The five tools as a client of the protocol calls them."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from mcp import Client
from mcp.server.mcpserver import MCPServer
from tests.databases import store_url

from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.tasks import tools
from pageside.tasks.board_sql import SqlTaskBoard

__all__ = ["store_url"]

ADA, BOB = Reader(subject="ada"), Reader(subject="bob")


@pytest.fixture
async def kept(store_url):
    database = await Database.open(store_url)
    yield SqlTaskBoard(database)
    await database.aclose()


@asynccontextmanager
async def calling(kept, reader=ADA):
    server = MCPServer("test")
    tools.register(server, work=lambda _: kept.work(reader), reading=lambda _: kept.reading(reader))
    async with Client(server) as client:

        async def call(name, **arguments):
            told = await client.call_tool(name, arguments)
            if told.is_error:
                return told.content[0].text
            return told.structured_content

        call.client = client
        yield call


async def test_every_tool_does_what_it_is_called_for(kept):
    """With the results that the names promise."""
    async with calling(kept) as call:
        added = await call("add_task", title="Buy milk", description="Oat", due="2026-11-30", tags=["Home"])
        assert added.items() >= {"success": True, "task_id": 1, "title": "Buy milk"}.items()
        assert added["task"]["due"] == "2026-11-30"

        await call("add_task", title="Read chapter 3")
        assert await call("complete_task", task_id="2") is not None
        done = await call("complete_task", task_id=2)
        assert done.items() >= {"success": True, "completed": True, "task_id": 2}.items()

        changed = await call("update_task", task_id=1, title="Buy oat milk", due="")
        assert changed.items() >= {"success": True, "old_title": "Buy milk", "new_title": "Buy oat milk"}.items()
        assert changed["task"]["due"] is None
        assert changed["task"]["description"] == "Oat"

        listed = [await call("list_tasks", status=status) for status in ("all", "pending", "completed")]
        assert [[each["task_id"] for each in told["tasks"]] for told in listed] == [[1, 2], [1], [2]]
        assert [told["count"] for told in listed] == [2, 1, 1]

        gone = await call("delete_task", task_id="#1")
        assert gone.items() >= {"success": True, "message": "Task #1 was deleted."}.items()
        assert (await call("list_tasks"))["count"] == 1


async def test_the_reader_is_never_an_argument(kept):
    """And another's task does not exist."""
    async with calling(kept) as call:
        await call("add_task", title="secret")
        for tool in (await call.client.list_tools()).tools:
            assert not {"user_id", "reader", "subject", "ctx"} & tool.input_schema["properties"].keys()
    async with calling(kept, BOB) as call:
        assert (await call("list_tasks"))["tasks"] == []
        for name in ("complete_task", "delete_task"):
            assert "You have no task #1." in await call(name, task_id=1)


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("add_task", {"title": ""}, "title is empty"),
        ("add_task", {"title": "x" * 10_000}, "10000 characters long; at most 200"),
        ("add_task", {"title": "x", "due": "tomorrow"}, "is no day"),
        ("complete_task", {"task_id": True}, "is no number of a task"),
        ("complete_task", {"task_id": "five"}, "is no number of a task"),
        ("complete_task", {"task_id": 42}, "You have no task #42."),
        ("update_task", {"task_id": 1}, "Nothing to change was said"),
    ],
)
async def test_what_cannot_be_done_is_told_in_a_sentence(kept, name, arguments, says):
    """For a model, or whoever it speaks to, to read; nothing is changed."""
    async with calling(kept) as call:
        await call("add_task", title="Milk")
        assert says in await call(name, **arguments)
        assert [each["title"] for each in (await call("list_tasks"))["tasks"]] == ["Milk"]


async def test_tools_say_what_they_take_and_give_and_may_break(kept):
    """Schemas of both sides, and hints."""
    async with calling(kept) as call:
        told = {tool.name: tool for tool in (await call.client.list_tools()).tools}

    assert set(told) == {"add_task", "list_tasks", "complete_task", "update_task", "delete_task"}
    assert all(tool.output_schema for tool in told.values())
    assert told["list_tasks"].annotations.read_only_hint
    assert told["delete_task"].annotations.destructive_hint
    assert not told["add_task"].annotations.destructive_hint
    assert told["list_tasks"].input_schema["properties"]["status"]["enum"] == ["all", "pending", "completed"]
