"""Moderation: off unless asked for; what is flagged is refused in words and stored nowhere."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import structlog
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from tests.chatkit_client import message
from tests.chatkit_house import house, served
from tests.scripted_tutor import ScriptedTutor

from pageside import settings
from pageside.answer.moderating import EndpointModerator
from pageside.conversation.allowance import Allowance
from pageside.conversation.moderation import Moderation
from pageside.errors import SettingsError
from pageside.wiring import limiting

HURTFUL = "something hurtful"


@dataclass(slots=True)
class Endpoint:
    """`POST /v1/moderations`, which flags what says that it is hurtful, or answers with `answer`."""

    base_url: str = ""
    answer: Response | None = None
    holds: bool = False
    heard: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def moderate(self, request: Request) -> Response:
        body = await request.json()
        self.heard.append((request.headers["authorization"], body))
        if self.holds:
            await asyncio.Event().wait()
        flag = {"flagged": HURTFUL in body["input"], "categories": {}, "category_scores": {}}
        return self.answer or JSONResponse({"id": "modr-1", "model": body["model"], "results": [flag]})


@pytest.fixture
async def endpoint():
    made = Endpoint()
    app = Starlette(routes=[Route("/v1/moderations", made.moderate, methods=["POST"])])
    async with served(app) as address:
        made.base_url = f"{address}/v1"
        yield made


@asynccontextmanager
async def moderated(folder, endpoint, *, outage="allow", limit_s=5.0):
    """A house that asks the endpoint, and its reader."""
    asking = EndpointModerator(model="m", api_key=SecretStr("key"), base_url=endpoint.base_url, limit_s=limit_s)
    tutor = ScriptedTutor()
    allowance = Allowance(moderation=Moderation(asking, outage=outage))
    async with house(folder, tutor, allowance=allowance) as home, home.client() as ada:
        yield tutor, ada
    await asking.aclose()


@pytest.mark.parametrize(
    "written", [message(HURTFUL), message("Explain this", quoted_text=HURTFUL)], ids=["message", "selection"]
)
async def test_what_is_flagged_is_refused_and_kept_nowhere(tmp_path, endpoint, written):
    """In a new conversation and in one that goes on; no model sees it, and the log holds none of its words."""
    with structlog.testing.capture_logs() as lines:
        async with moderated(tmp_path, endpoint) as (tutor, ada):
            told = await ada.ask("What is a servo?")
            new = await ada.send("threads.create", input=written)
            more = await ada.send("threads.add_user_message", thread_id=told.thread_id, input=written)
            stored = await ada.items(told.thread_id)
            threads = await ada.threads()

    assert new.status_code == more.status_code == 422
    assert new.json()["code"] == "message_refused"
    assert "Please ask in other words" in new.json()["detail"]
    assert [len(threads), len(tutor.questions)] == [1, 1]
    assert HURTFUL not in str(stored) + str(lines)
    assert endpoint.heard[0] == ("Bearer key", {"model": "m", "input": "What is a servo?"})


async def test_looking_at_conversations_asks_nobody(tmp_path, endpoint):
    """The endpoint is told what readers write, and nothing else."""
    async with moderated(tmp_path, endpoint) as (_, ada):
        await ada.ask("What is a servo?")
        await ada.threads()

    assert len(endpoint.heard) == 1


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("key", status_code=500),
        PlainTextResponse("key", status_code=401),
        PlainTextResponse("no JSON"),
        JSONResponse({"results": []}),
        JSONResponse({"results": [{"flagged": "yes"}]}),
        JSONResponse({}),
    ],
    ids=["500", "401", "no JSON", "no results", "no flag", "nothing"],
)
@pytest.mark.parametrize(("outage", "status"), [("allow", 200), ("refuse", 503)])
async def test_an_outage_follows_the_setting(tmp_path, endpoint, answer, outage, status):
    """Let through, or refused as something that will pass; said in the log without the message."""
    endpoint.answer = answer
    with structlog.testing.capture_logs() as lines:
        async with moderated(tmp_path, endpoint, outage=outage) as (_, ada):
            told = await ada.send("threads.create", input=message("What is a servo?"))

    assert told.status_code == status
    assert status == 200 or told.json()["code"] == "moderation_unavailable"
    assert [line["outage"] for line in lines if line["event"] == "moderation_failed"] == [outage]
    assert "servo" not in str([line for line in lines if line["event"].startswith("moderation")])


async def test_an_endpoint_that_hangs_is_an_outage(tmp_path, endpoint):
    """After the seconds that one message may take."""
    endpoint.holds = True
    async with moderated(tmp_path, endpoint, outage="refuse", limit_s=0.2) as (_, ada):
        told = await ada.send("threads.create", input=message("q"))

    assert told.status_code == 503
    assert told.json()["retryable"] is True


async def test_a_host_may_bring_a_function_of_its_own(tmp_path):
    """Which may fail in any way."""

    async def moderator(text: str) -> bool:
        if "?" not in text:
            raise ZeroDivisionError
        return "hurt" in text

    async with house(tmp_path) as home, home.client() as ada:
        home.server.allowance.moderation.moderator = moderator
        home.server.allowance.moderation.outage = "refuse"
        answers = [await ada.send("threads.create", input=message(text)) for text in ("ok?", "hurt?", "fails")]

    assert [answer.status_code for answer in answers] == [200, 422, 503]


async def test_it_is_off_unless_a_model_is_set(tmp_path, monkeypatch):
    """A model without anything to ask it stops the start."""
    monkeypatch.chdir(tmp_path)
    async with limiting.open_limiter(settings.load({})) as limiter:
        async with limiting.open_allowance(settings.load({}), None, limiter) as allowance:
            assert allowance.moderation.moderator is None
        with pytest.raises(SettingsError, match="PAGESIDE_MODERATION_API_KEY"):
            async with limiting.open_allowance(settings.load({}, moderation_model="m"), None, limiter):
                pass
