"""The real server of Context7, as npm gives it, over stdio and over HTTP; what it looks up stands here."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route
from tests.chatkit_house import served
from tests.library_server import DOCS

from pageside.knowledge.library.context7 import Context7
from pageside.knowledge.library.shelf import Shelf

pytestmark = pytest.mark.npm

PACKAGE = "@upstash/context7-mcp@4.1.1"
QUESTION = "How do I create a PyTorch tensor?"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> Path:
    """The package's program; without npm, or what it would fetch, tests skip and say so."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("there is no npm here")
    folder = tmp_path_factory.mktemp("context7")
    (folder / "package.json").write_text("{}", encoding="utf-8")
    done = subprocess.run(
        [npm, "install", "--no-save", "--no-audit", "--no-fund", PACKAGE], cwd=folder, capture_output=True, timeout=120
    )
    if done.returncode != 0:
        pytest.skip(f"npm cannot install {PACKAGE}: {done.stderr.decode()[-300:]}")
    return folder / "node_modules/@upstash/context7-mcp/dist/index.js"


@asynccontextmanager
async def upstream():
    """What the package asks: a search for libraries, and their documentation as text."""

    async def search(request: Request) -> JSONResponse:
        row = {"id": "/pytorch/pytorch", "title": "PyTorch", "description": "Tensors.", "totalSnippets": 12}
        return JSONResponse({"results": [row] if request.query_params["libraryName"] == "PyTorch" else []})

    async def context(request: Request) -> PlainTextResponse:
        return PlainTextResponse(DOCS.get(request.query_params["libraryId"], ""))

    routes = [Route("/v2/libs/search", search), Route("/v2/context", context)]
    async with served(Starlette(routes=routes)) as address:  # type: ignore[arg-type]  # any ASGI application will do
        yield address


def environment(api: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "CONTEXT7_API_URL": api}


@asynccontextmanager
async def over_stdio(program: Path, api: str):
    """A shelf of the program as a child of this process."""
    asked = StdioServerParameters(command="node", args=[str(program)], env=environment(api))
    with Path(os.devnull).open("w") as silence:  # noqa: ASYNC230  # nothing can block there
        server = Context7("", transport=lambda: stdio_client(asked, errlog=silence), timeout_s=30)
        try:
            yield server
        finally:
            await server.aclose()


@asynccontextmanager
async def over_http(program: Path, api: str):
    """A shelf of the program as a server of its own."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        "node",
        str(program),
        "--transport",
        "http",
        "--port",
        str(port),
        env=environment(api),
        stderr=asyncio.subprocess.PIPE,
    )
    server = Context7(f"http://127.0.0.1:{port}/mcp", timeout_s=30)
    try:
        assert process.stderr is not None
        while b"running on HTTP" not in await process.stderr.readline():
            pass
        yield server
    finally:
        await server.aclose()
        process.kill()
        await process.communicate()


WAYS = pytest.mark.parametrize("way", [over_stdio, over_http])


@WAYS
async def test_its_tools_are_discovered(program, way):
    """By what they take."""
    async with way(program, NOWHERE) as server, server.connected() as connection:
        assert connection.tools == "resolve-library-id and query-docs"


@WAYS
async def test_documentation_comes_through_it(program, way):
    """From a name to pieces that name their pages."""
    async with upstream() as api, way(program, api) as server:
        found = await Shelf(server).look_up("PyTorch", QUESTION, limit_s=30)

    assert (found.status, found.library, found.calls) == ("found", "PyTorch", 2)
    assert found.passages[0].url == "https://docs.example.org/pytorch/tensors.md"


@WAYS
async def test_a_lookup_that_fails_behind_it_is_no_documentation(program, way):
    """It says its errors as text; they are read as what they are."""
    async with way(program, NOWHERE) as server:
        found = await Shelf(server).look_up("PyTorch", QUESTION, limit_s=30)

    assert (found.status, found.passages) == ("unavailable", ())


async def test_a_library_it_does_not_have_is_nothing_found(program):
    """And no failure."""
    async with upstream() as api, over_stdio(program, api) as server:
        found = await Shelf(server).look_up("Quetzal", "How do I use Quetzal?", limit_s=30)

    assert found.status == "nothing_found"
