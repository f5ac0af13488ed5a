"""`docs/reference/mcp.md` says what the server for the Model Context Protocol says of itself."""

from __future__ import annotations

from contextlib import asynccontextmanager

from mcp import Client
from tests.admitted import door
from tests.repository import ROOT

from pageside.identity.reader import Reader
from pageside.wiring import mcp

PAGE = ROOT / "docs" / "reference" / "mcp.md"


@asynccontextmanager
async def connected(tmp_path):
    async def anything(_):
        """Nobody is counted."""

    async with door(tmp_path) as house:
        server = mcp.server(house.services, reader=lambda _: Reader("ada"), asking=anything, origin=lambda _: "")
        async with Client(server) as client:
            yield client


def fields(schema):
    """The names at the top of a schema; those that may be left out in brackets."""
    required = schema.get("required", ())
    names = schema.get("properties") or {}
    return ", ".join(f"`{name}`" if name in required else f"[`{name}`]" for name in names)


def gives(schema):
    return ", ".join(f"`{name}`" for name in schema["properties"])


def row(tool):
    hints = {
        "looks": tool.annotations.read_only_hint,
        "takes away": tool.annotations.destructive_hint and not tool.annotations.read_only_hint,
        "may be repeated": tool.annotations.idempotent_hint and not tool.annotations.read_only_hint,
    }
    told = ", ".join(name for name, holds in hints.items() if holds) or "adds"
    return f"| `{tool.name}` | {fields(tool.input_schema)} | {gives(tool.output_schema)} | {told} |"


async def test_the_reference_lists_every_tool(tmp_path):
    """With what it takes, what it gives, and what it may do."""
    async with connected(tmp_path) as client:
        tools = [row(tool) for tool in (await client.list_tools()).tools]
    page = PAGE.read_text("utf-8")

    assert len(tools) == 8
    assert [each for each in tools if each not in page] == []


async def test_the_reference_lists_resources_and_prompts(tmp_path):
    """Each template and each prompt with its arguments."""
    page = PAGE.read_text("utf-8")
    async with connected(tmp_path) as client:
        templates = [each.uri_template for each in (await client.list_resource_templates()).resource_templates]
        listed = (await client.list_prompts()).prompts
    prompts = [
        f"| `{prompt.name}` | " + ", ".join(f"`{a.name}`" if a.required else f"[`{a.name}`]" for a in prompt.arguments)
        for prompt in listed
    ]

    assert [each for each in (*templates, *prompts) if each not in page] == []
