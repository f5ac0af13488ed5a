"""A speech-to-text endpoint that says what a test tells it to, over real HTTP on a loopback port."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tests.chatkit_house import served


@dataclass(slots=True)
class Heard:
    """One request as it arrived."""

    key: str
    fields: Mapping[str, str]
    file_name: str
    file_type: str
    audio: bytes


@dataclass(slots=True)
class SpokenOpenAI:
    """`POST /v1/audio/transcriptions`.

    Attributes:
        body: What a request is answered with; a whole response where the test wants one.
        holds: Whether a request is never answered.
    """

    base_url: str = ""
    body: Response | None = None
    holds: bool = False
    heard: list[Heard] = field(default_factory=list)

    async def answer(self, request: Request) -> Response:
        form = await request.form()
        file = form["file"]
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        key = request.headers["authorization"].removeprefix("Bearer ")
        self.heard.append(Heard(key, fields, file.filename, file.content_type, await file.read()))
        await form.close()
        if self.holds:
            await asyncio.Event().wait()
        return self.body or JSONResponse({"text": " What is a queen excluder?\n"})


@asynccontextmanager
async def listening() -> AsyncIterator[SpokenOpenAI]:
    """The endpoint, on a free port."""
    spoken = SpokenOpenAI()
    app = Starlette(routes=[Route("/v1/audio/transcriptions", spoken.answer, methods=["POST"])])
    async with served(app) as address:
        spoken.base_url = f"{address}/v1"
        yield spoken
