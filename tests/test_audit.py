"""Known vulnerabilities in what we depend on: looked up where their database can be reached, and never overlooked."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from tests.chatkit_house import served

ROOT = Path(__file__).parents[1]
COMMAND = ["audit", "--frozen", "--no-dev", "--preview-features", "audit-command", "--no-progress"]
# Nobody answers there, or nobody may go there; whatever else goes wrong is a failure.
AWAY = ("error sending request for url", "Request failed after")
FOUND = 1  # what uv ends with where something is vulnerable


@pytest.fixture
def uv():
    found = shutil.which("uv") or (str(ROOT / ".uv" / "bin" / "uv") if (ROOT / ".uv" / "bin" / "uv").exists() else "")
    if not found:
        pytest.skip("there is no uv on this machine, which audits what it has locked")
    return found


async def audited(uv: str, *options: str) -> tuple[int, str]:
    """How uv ended, and what it said."""
    process = await asyncio.create_subprocess_exec(
        uv,
        *COMMAND,
        *options,
        cwd=ROOT,
        env={**os.environ, "UV_HTTP_RETRIES": "1", "NO_COLOR": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    code, text = process.returncode or 0, told.decode()
    if "unrecognized subcommand" in text or "unexpected argument" in text:
        pytest.skip("this uv is too old to audit; 0.10 and newer can")
    return code, text


async def test_nothing_we_depend_on_is_known_to_be_vulnerable(uv):
    """Asks osv.dev about every locked version."""
    code, told = await audited(uv)
    if code != FOUND and any(sign in told for sign in AWAY):
        pytest.skip(
            f"the database of vulnerabilities cannot be reached from here: {told.strip().splitlines()[-1].strip()}"
        )

    assert code == 0, told


async def test_a_vulnerable_dependency_would_be_found(uv):
    """Against a database of our own, which knows something bad of one package."""
    bad = {"id": "PYSEC-2026-1", "modified": "2026-01-01T00:00:00Z", "summary": "It bites."}
    asked = []

    async def batch(request: Request) -> JSONResponse:
        queries = (await request.json())["queries"]
        names = [query["package"]["name"] for query in queries]
        asked.extend(names)
        short = {"id": bad["id"], "modified": bad["modified"]}
        return JSONResponse({"results": [{"vulns": [short]} if name == "itsdangerous" else {} for name in names]})

    async def one(_: Request) -> JSONResponse:
        return JSONResponse({"schema_version": "1.6.0", "affected": [], **bad})

    routes = [Route("/v1/querybatch", batch, methods=["POST"]), Route("/v1/vulns/{name}", one)]
    async with served(Starlette(routes=routes)) as url:
        code, told = await audited(uv, "--service-url", url)

    assert {"itsdangerous", "limits", "starlette", "pyjwt"} <= set(asked)
    assert code == FOUND, told
    assert "PYSEC-2026-1" in told
