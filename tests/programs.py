"""Programs that speak the Model Context Protocol with a server, for tests: the SDK's client, and requests by hand.

How to use it:

- `async with connected(address, token) as client:` is the SDK's client before `address`, such as `http://host/mcp`.
- `message(method, **params)` is one JSON-RPC request, `HEADERS` what a client of the handshake era sends with it.
- `INSPECTOR` is the npm package that inspects servers; `inspector(folder)` installs it and gives its program.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

INSPECTOR = "@modelcontextprotocol/inspector@0.18.0"
HEADERS = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"}


@asynccontextmanager
async def connected(url: str, token: str = "", *, mode: Any = "auto", **headers: str) -> AsyncIterator[Client]:
    """The SDK's client; each header by name, `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        create_mcp_http_client({**bearer, **named}) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


def message(method: str, **params: Any) -> dict[str, Any]:
    """One request."""
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def token(reader: str, secret: str, **claims: Any) -> str:
    """A token for `reader`, signed with `secret`."""
    return jwt.encode({"sub": reader, "exp": 4_000_000_000, **claims}, secret, algorithm="HS256")


def inspector(folder: Path) -> list[str]:
    """The command of the inspector; without npm, or what it would fetch, tests skip and say so."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.skip("there is no npm here")
    (folder / "package.json").write_text("{}", encoding="utf-8")
    done = subprocess.run(
        [npm, "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", INSPECTOR],
        cwd=folder,
        capture_output=True,
        timeout=240,
    )
    if done.returncode != 0:
        said = f"npm cannot install {INSPECTOR}: {done.stderr.decode()[-300:]}"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    return [node, str(folder / "node_modules/@modelcontextprotocol/inspector/cli/build/cli.js")]
