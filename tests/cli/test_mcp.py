"""`pageside mcp`: real processes on a folder of Markdown, before the SDK's client and the inspector."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from tests import programs, small_book

PAGESIDE = str(Path(sys.executable).with_name("pageside"))


@pytest.fixture
def environment(tmp_path):
    """No key, no network, no service; the book is in the working directory."""
    small_book.write(tmp_path / "book")
    return {"PATH": os.environ["PATH"], "EMBEDDING_MODEL": "none", "PAGESIDE_DATA_DIR": str(tmp_path / "data")}


@asynccontextmanager
async def connected(folder, environment, *words):
    server = StdioServerParameters(command=PAGESIDE, args=["mcp", *words], env=environment, cwd=folder)
    async with Client(server) as client:
        yield client


async def called(client, tool, /, **arguments):
    told = await client.call_tool(tool, arguments)
    return told.content[0].text if told.is_error else told.structured_content


async def test_a_folder_of_markdown_is_a_book_and_a_list_of_tasks(tmp_path, environment):
    """For one local reader, whose tasks are there the next time; another reader's are apart."""
    async with connected(tmp_path, environment, "book") as client:
        found = await called(client, "search_textbook", query="When is honey ripe?")
        added = await called(client, "add_task", title="Read about smoke")
        pages = (await client.list_resources()).resources
        prompt = await client.get_prompt("explain", {"section": "extractor"})
    async with connected(tmp_path, environment) as client:
        again = await called(client, "list_tasks")
    async with connected(tmp_path, {**environment, "PAGESIDE_MCP_READER": "ada"}, "book") as client:
        others = await called(client, "list_tasks")
    async with connected(tmp_path, environment, "--reader", "ada") as client:
        await called(client, "add_task", title="Mine")
        named = await called(client, "list_tasks")

    assert "18 percent" in found["content"]
    assert found["citations"][0]["url"].startswith("/docs/module-2-harvest/week-3-honey#")
    assert added["task_id"] == 1
    assert len(pages) == len(small_book.PAGES)
    assert "spins the frames" in prompt.messages[0].content.text
    assert [each["title"] for each in again["tasks"]] == ["Read about smoke"]
    assert others["count"] == 0
    assert [each["title"] for each in named["tasks"]] == ["Mine"]


async def test_a_book_that_has_changed_is_read_again_while_answers_are_given(tmp_path, environment):
    """Nobody waits for what was indexed before."""
    async with connected(tmp_path, environment, "book") as client:
        await called(client, "search_textbook", query="honey")
    (tmp_path / "book" / "wasps.md").write_text("# Wasps\n\nA wasp keeps no honey at all.\n", "utf-8")
    async with connected(tmp_path, environment, "book") as client:
        found = {"match": "none"}
        while found["match"] == "none":
            found = await called(client, "lookup_citation", quote="A wasp keeps no honey at all.")

    assert found["source"] == "wasps.md"


async def test_links_are_whole_where_it_is_known_where_the_book_stands(tmp_path, environment):
    """A program has no page that they could be relative to."""
    given = {**environment, "PAGESIDE_BASE_URL": "https://bees.example"}
    async with connected(tmp_path, given, "book") as client:
        found = await called(client, "lookup_citation", quote="It keeps eggs out of the honey.")

    assert found["url"].startswith("https://bees.example/docs/module-1-hive/week-1-parts#excluder:~:text=")


async def test_one_of_several_books_is_named(tmp_path, environment):
    """Its tasks are apart from those of the others."""
    (tmp_path / "ships").mkdir()
    (tmp_path / "ships" / "index.md").write_text("# Ships\n\nThe keel is the lowest timber of a ship.\n", "utf-8")
    (tmp_path / "books.toml").write_text('[bees]\nfolder = "book"\n[ships]\nfolder = "ships"\n', "utf-8")
    given = {**environment, "PAGESIDE_BOOKS": "books.toml"}
    async with connected(tmp_path, given, "--book", "ships") as client:
        keel = await called(client, "lookup_citation", quote="The keel is the lowest timber of a ship.")
        await called(client, "add_task", title="Caulk the deck")
    async with connected(tmp_path, given, "--book", "bees") as client:
        listed = await called(client, "list_tasks")

    assert keel["match"] == "exact"
    assert listed["count"] == 0


@pytest.mark.parametrize(
    ("words", "given", "says"),
    [
        (["nowhere"], {}, "nowhere"),
        (["book"], {"PAGESIDE_MCP_READER": " ada"}, "PAGESIDE_MCP_READER"),
        (["book", "--book", "bees"], {}, "PAGESIDE_BOOKS names a file that lists several"),
        ([], {"PAGESIDE_BOOKS": "books.toml"}, "one of bees."),
    ],
)
def test_what_cannot_be_meant_is_said_on_standard_error(tmp_path, environment, words, given, says):
    """Standard output is the protocol's alone."""
    (tmp_path / "books.toml").write_text('[bees]\nfolder = "book"\n', "utf-8")
    done = subprocess.run(
        [PAGESIDE, "mcp", *words],
        cwd=tmp_path,
        env={**environment, **given},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode != 0
    assert says in done.stderr
    assert done.stdout == ""


def test_it_ends_with_its_input_and_says_nothing_but_messages(tmp_path, environment):
    """Also after what is no message; every line of standard output is one of JSON-RPC."""
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25",
         "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]  # fmt: skip
    lines = [*map(json.dumps, asked), "no message", '{"jsonrpc": "2.0", "id": 3, "method": "nothing/at-all"}']
    with subprocess.Popen(
        [PAGESIDE, "mcp", "book"],
        cwd=tmp_path,
        env={**environment, "PAGESIDE_LOG_LEVEL": "DEBUG"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        process.stdin.write("\n".join(lines) + "\n")
        process.stdin.flush()
        by_id = {}
        while 3 not in by_id:
            answer = json.loads(process.stdout.readline())
            by_id[answer.get("id")] = answer
        process.stdin.close()
        answers = [*by_id.values(), *map(json.loads, process.stdout)]

    assert process.returncode == 0
    assert by_id[1]["result"]["serverInfo"]["name"] == "pageside"
    assert "follow no order" in by_id[1]["result"]["instructions"]
    assert all(answer["jsonrpc"] == "2.0" for answer in answers)
    assert by_id[3]["error"]["code"] == -32601


@pytest.mark.npm
def test_the_inspector_sees_and_calls_all_of_it(tmp_path, environment):
    """In its CLI mode, over standard input and output."""
    program = programs.inspector(tmp_path)

    def inspected(*words):
        command = [*program, "--cli", PAGESIDE, "mcp", str(tmp_path / "book")]
        given = [f for name in ("EMBEDDING_MODEL", "PAGESIDE_DATA_DIR") for f in ("-e", f"{name}={environment[name]}")]
        done = subprocess.run([*command, *words, *given], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    tools = inspected("--method", "tools/list")["tools"]
    added = inspected("--method", "tools/call", "--tool-name", "add_task", "--tool-arg", "title=Milk")
    pages = inspected("--method", "resources/list")["resources"]

    assert len(tools) == 8
    assert added["structuredContent"]["success"] is True
    assert len(pages) == len(small_book.PAGES)
