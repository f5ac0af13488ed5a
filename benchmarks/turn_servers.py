"""The servers that `benchmarks.turns` compares, each a process of its own: `python -m benchmarks.turn_servers FORM`.

All speak ChatKit over uvicorn and stream the same answer of the same scripted model, run by the Agents SDK:

- `bare`: the SDK's server as its documentation wires it, over a store in memory, with the whole history to the model.
- `kept`: Pageside's endpoint, store and runs, over the same model without a book.
- `whole`: Pageside as it is served: the same, and search, checking of every sentence, guests, limits and headers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn
from agents import Agent, ModelSettings, RunConfig, Runner
from benchmarks import limits
from benchmarks.bare_store import MemoryStore
from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from pageside import settings, telemetry
from pageside.answer.events import Answer, Completed, TextDelta, TutorEvent, Usage
from pageside.answer.models import Models, TurnModel
from pageside.answer.question import Question
from pageside.answer.quoting import QuotingModel, Scorer
from pageside.answer.tutor import Tutor
from pageside.conversation.server import TextbookServer
from pageside.web import app as web
from pageside.wiring import knowing
from pageside.wiring.serving import open_services

BOOK = Path(__file__).parents[1] / "examples" / "physical-ai" / "docs"
SENTENCE = "A node is one process that does one thing and talks to others over topics [1]. "
PIECES = tuple(f"{word} " for word in (SENTENCE * 6).split())


class Scripted(QuotingModel):
    """A model that says the same to everything, word by word and without thinking."""

    def __init__(self) -> None:
        """Needs no scorer: it weighs nothing."""

    async def pieces(self, items: Any) -> AsyncIterator[str]:
        for piece in PIECES:
            yield piece
            await asyncio.sleep(0)


class ScriptedModels(Models):
    """Gives every turn the scripted model."""

    def for_turn(self, scorer: Scorer) -> TurnModel:
        return TurnModel(Scripted(), ModelSettings())


class Bare(ChatKitServer[dict[str, Any]]):
    """As in the SDK's quick start."""

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: dict[str, Any]
    ) -> AsyncIterator[ThreadStreamEvent]:
        page = await self.store.load_thread_items(thread.id, after=None, limit=20, order="asc", context=context)
        agent = Agent(name="Tutor", model=Scripted())
        told = await simple_to_agent_input(page.data)
        known = AgentContext(thread=thread, store=self.store, request_context=context)
        result = Runner.run_streamed(agent, told, context=known, run_config=RunConfig(tracing_disabled=True))
        async for event in stream_agent_response(known, result):
            yield event


class Talker:
    """Answers with the model's words alone, run by the same SDK as everything here."""

    async def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        agent = Agent(name="Tutor", model=Scripted())
        result = Runner.run_streamed(agent, question.text, run_config=RunConfig(tracing_disabled=True))
        said = ""
        async for event in result.stream_events():
            if event.type == "raw_response_event" and event.data.type == "response.output_text.delta":
                said += event.data.delta
                yield TextDelta(event.data.delta)
        yield Completed(Answer(said, (), outcome="answered", confidence=1.0, usage=Usage("scripted")))


@asynccontextmanager
async def bare(scratch: Path, url: str) -> AsyncIterator[FastAPI]:
    """The SDK's own wiring."""
    server = Bare(MemoryStore())
    app = FastAPI()

    @app.post("/chatkit")
    async def chatkit(request: Request) -> Response:
        result = await server.process(await request.body(), {})
        if isinstance(result, StreamingResult):
            return StreamingResponse(result, media_type="text/event-stream")
        return Response(result.json, media_type="application/json")

    yield app


@asynccontextmanager
async def kept(scratch: Path, url: str) -> AsyncIterator[FastAPI]:
    """Pageside without the book."""
    async with _services(scratch, url) as services:
        chat = TextbookServer(services.database, Talker())
        yield web.create(replace(services, chat=chat), BOOK)
        await chat.aclose()


@asynccontextmanager
async def whole(scratch: Path, url: str) -> AsyncIterator[FastAPI]:
    """Pageside as it is served."""
    async with _services(scratch, url) as services:
        await knowing.index_book(services.settings, BOOK, progress=lambda _: None)
        chat = TextbookServer(services.database, Tutor(services.search, ScriptedModels()))
        await services.search.find("warm")
        yield web.create(replace(services, chat=chat), BOOK)
        await chat.aclose()


class Telling(uvicorn.Server):
    """Says its port on a line of its own when it listens."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


FORMS = {"bare": bare, "kept": kept, "whole": whole}


@asynccontextmanager
async def _services(scratch: Path, url: str) -> AsyncIterator[Any]:
    telemetry.configure(style="json", level="ERROR")
    chosen = settings.load({}, data_dir=scratch, database_url=url, **limits.OFF)
    async with open_services(chosen) as services:
        yield services


async def main() -> None:
    """Serves one form until it is stopped; says its port on a line of its own."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("form", choices=FORMS)
    arguments.add_argument("--processor", type=int, required=True)
    arguments.add_argument("--database", default="")
    chosen = arguments.parse_args()
    os.sched_setaffinity(0, {chosen.processor})
    with tempfile.TemporaryDirectory(prefix="turns-") as scratch:
        async with FORMS[chosen.form](Path(scratch), chosen.database) as app:
            config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off")
            await Telling(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
