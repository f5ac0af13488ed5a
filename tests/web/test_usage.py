"""What an answer took, in its record and summed by day, through the front door."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import SecretStr
from tests.answer.shelf import Shelf
from tests.chatkit_house import house
from tests.scripted_openai import ScriptedOpenAI

from pageside.answer.models import Models
from pageside.answer.question import Question
from pageside.answer.tutor import Tutor
from pageside.conversation.allowance import Allowance
from pageside.conversation.budgets import Prices
from pageside.conversation.usages import Usages
from pageside.storage import migrate
from pageside.storage.engine import Database

ASKED = "What does a servo motor hold?"
SAID = "A servo motor holds an angle that is commanded to it [1]."


@pytest.fixture
def openai():
    with ScriptedOpenAI() as server:
        yield server


@pytest.fixture
async def database(tmp_path):
    opened = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}", prepare=migrate.upgrade)
    yield opened
    await opened.aclose()


@pytest.fixture
async def models(openai):
    key = SecretStr("sk-test-0123456789abcdef")
    chosen = Models(api_key=key, base_url=openai.base_url, model="gpt-test", api="chat_completions", timeout_s=5)
    yield chosen
    await chosen.aclose()


async def test_an_answer_says_what_it_took(tmp_path, openai, models, database):
    """Two calls of the model and two searches; the sums hold it, too, and no reader."""
    usages = Usages(database, now=lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
    allowance = Allowance(usages=usages, prices=Prices(input=1.0, output=10.0))
    openai.call("search_textbook", {"query": "stepper"})
    openai.say(SAID)
    async with house(tmp_path, Tutor(Shelf(), models), allowance=allowance) as home, home.client() as ada:
        told = await ada.ask(ASKED)
        listed = (await ada.http.get(f"/chatkit/threads/{told.thread_id}/records")).json()["records"]
    took = listed[0]["usage"]
    (row,) = await usages.rows("2026-11-01")

    assert (took["model"], took["input_tokens"], took["output_tokens"], took["searches"]) == ("gpt-test", 240, 60, 2)
    assert took["cost"] == pytest.approx((240 * 1 + 60 * 10) / 1_000_000)
    assert 0 < took["first_s"] <= took["whole_s"]
    assert (row["day"], row["kind"], row["model"], row["turns"]) == ("2026-11-21", "answer", "gpt-test", 1)
    assert (row["input_tokens"], row["output_tokens"], row["searches"], row["millionths"]) == (240, 60, 2, 840)
    assert "ada" not in str(row)


async def test_sums_of_many_turns_add_up(database):
    """Written at once by several, and of each day and model its own."""
    usages = Usages(database, now=lambda: datetime(2026, 11, 21, 12, tzinfo=UTC))
    other = Usages(database, now=lambda: datetime(2026, 11, 22, 12, tzinfo=UTC))
    from_tutor = (await Tutor(Shelf(), Models()).complete(Question(ASKED))).usage
    for each in (usages, usages, other):
        await each.add("answer", from_tutor)
    rows = await usages.rows("2026-11-01")

    assert [(row["day"], row["turns"]) for row in rows] == [("2026-11-21", 2), ("2026-11-22", 1)]
    assert rows[0]["input_tokens"] == 2 * from_tutor.input_tokens


@pytest.mark.parametrize(("limit", "searches"), [(0, 1), (1, 2), (3, 4)])
async def test_a_model_searches_no_more_than_it_may(openai, models, limit, searches):
    """Whatever it asks for; the answer still comes."""
    for _ in range(limit + 1):
        openai.call("search_textbook", {"query": "stepper"})
    openai.say(SAID)
    answer = await Tutor(Shelf(), models, limit_searches=limit).complete(Question(ASKED))

    assert answer.usage.searches == searches
    assert answer.outcome == "answered"
