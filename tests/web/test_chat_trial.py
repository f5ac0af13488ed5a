"""One question tried out over HTTP: answered as any other, and kept nowhere."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from tests.chatkit_house import browser, house, served
from tests.scripted_tutor import ScriptedTutor
from tests.web.test_chat import heard

from pageside.errors import IndexMissing
from pageside.identity.reader import Reader
from pageside.storage.tables import metadata
from pageside.web import chat_trial, problems

API = "/api/chatkit"


async def tried(client, question="What is a servo?", **params):
    return await client.http.post(f"{API}/test", params={"question": question, **params})


async def rows(home):
    """How many rows each table has, whosever they are."""
    async with home.database.reading(Reader("ada")) as connection:
        return [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in metadata.tables.values()
        ]


async def test_a_question_is_tried_out(home, ada):
    """With the shape of an answer that is kept, and no thread; nothing is stored."""
    response = await tried(ada)
    kept = await ada.http.post(f"{API}/chat", json={"message": "What is a servo?"})
    answer, usual = response.json(), kept.json()

    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert answer["thread_id"] is None
    assert set(answer) == set(usual)
    assert answer["sources"] == usual["sources"]
    assert (answer["answer"], answer["confidence"]) == (usual["answer"], usual["confidence"])


async def test_nothing_of_a_trial_is_stored(home, ada):
    """Not a row of any table."""
    before = await rows(home)
    await tried(ada)
    await tried(ada, stream=True)

    assert await rows(home) == before == [0] * len(before)


async def test_a_trial_is_streamed(ada):
    """The events of an answer, without a thread that was created."""
    told = heard((await tried(ada, stream=True)).text)

    assert told.names == ["thread.message.delta", "thread.message.completed", "thread.run.completed"]
    assert told.of("thread.run.completed") == [{"thread_id": None, "status": "completed"}]
    assert told.of("thread.message.completed")[0]["outcome"] == "answered"


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 422),
        ({"question": " "}, 422),
        ({"question": "x" * 8001}, 413),
        ({"question": "x", "stream": "perhaps"}, 422),
    ],
)
async def test_what_is_no_question_is_refused(home, ada, params, status):
    """Before anything is asked."""
    response = await ada.http.post(f"{API}/test", params=params)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert home.tutor.questions == []


async def test_a_trial_that_fails_says_so(home, ada):
    """As an answer that is kept does."""
    home.tutor.failure, home.tutor.fail_at = IndexMissing("Nothing has been indexed yet."), 1
    whole = await tried(ada)
    told = heard((await tried(ada, stream=True)).text)

    assert (whole.status_code, whole.json()["detail"]) == (503, "Nothing has been indexed yet.")
    assert told.names == ["error"]


@pytest.mark.parametrize("streamed", [True, False])
async def test_whoever_leaves_a_trial_stops_it(tmp_path, streamed):
    """The model is stopped."""
    tutor = ScriptedTutor(pause_before=4)
    async with house(tmp_path, tutor) as home, served(home.app) as address, browser(address) as ada:
        asking = asyncio.create_task(tried(ada, stream=streamed))
        await tutor.paused.wait()
        asking.cancel()
        async with asyncio.timeout(20):
            await tutor.left.wait()


@pytest.mark.parametrize(("roles", "status"), [(frozenset(), 403), ({"teacher"}, 403), ({"admin", "teacher"}, 200)])
async def test_in_production_it_is_for_administrators(home, roles, status):
    """Everybody else is told so, and no model is asked."""
    app = FastAPI()
    problems.install(app)
    who = Reader("ada", roles=frozenset(roles))
    app.include_router(chat_trial.router(home.server, everybody=False, reader=lambda: who))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://book.test") as http:
        response = await http.post(f"{API}/test", params={"question": "What is a servo?"})

    assert response.status_code == status
    assert len(home.tutor.questions) == (1 if status == 200 else 0)
