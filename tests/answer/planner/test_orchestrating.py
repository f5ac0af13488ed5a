"""The orchestrator by itself: what it costs a question to the book, what it never sends, what a cancellation leaves."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import date

import pytest
from agents.tracing import get_trace_provider
from agents.tracing.processors import BackendSpanExporter
from pydantic import SecretStr
from tests.scripted_openai import ScriptedOpenAI
from tests.scripted_tutor import ScriptedTutor

from pageside.answer.events import AskedBack, Completed, ShownTasks, TextDelta, Usage
from pageside.answer.models import Models
from pageside.answer.planner import tracing
from pageside.answer.planner.orchestrating import Orchestrator
from pageside.answer.question import Message, Question
from pageside.errors import StoreUnavailable
from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details

ADA = Reader(subject="ada")


@pytest.fixture
async def board(tmp_path):
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}", prepare=migrate.upgrade)
    yield SqlTaskBoard(database)
    await database.aclose()


def _question(text, **more):
    return Question(text, reader=ADA, today=date(2026, 11, 23), **more)


async def _said(orchestrator, question):
    return [event async for event in orchestrator.answer(question)]


async def _titles(board):
    async with board.reading(ADA) as mine:
        return [task.title for task in await mine.tasks()]


async def test_nothing_is_ever_sent_to_openai(board, monkeypatch):
    """With a key in the environment, too: the exporter of the SDK is never given a span."""
    sent = []
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setattr(BackendSpanExporter, "export", lambda self, items, *more: sent.extend(items))
    with tracing.heard() as spans:
        await _said(Orchestrator(ScriptedTutor(), board), _question("add buy milk"))
    get_trace_provider().force_flush()

    assert len(spans) == 6
    assert sent == []


async def test_a_question_to_the_book_is_not_looked_at(board):
    """Nor is one of somebody who is nobody."""
    tutor = ScriptedTutor()
    with tracing.heard() as spans:
        await _said(Orchestrator(tutor, board), _question("What is a servo?"))
        await _said(Orchestrator(tutor, board), Question("add buy milk"))

    assert [question.text for question in tutor.questions] == ["What is a servo?", "add buy milk"]
    assert spans == []
    assert await _titles(board) == []


async def test_what_is_said_joined_is_the_answer(board):
    """Text, list, end; the calls of tools with their results."""
    events = await _said(Orchestrator(ScriptedTutor(), board), _question("add buy milk for friday"))
    text, shown, end = events

    assert isinstance(text, TextDelta)
    assert isinstance(shown, ShownTasks)
    assert isinstance(end, Completed)
    assert end.answer.text == text.text == "✅ Task #1 created: **Buy milk** (due Fri 27 Nov)"
    assert end.answer.outcome == "conversation"
    (call,) = end.answer.tool_calls
    assert (call.name, dict(call.arguments)) == ("add_task", {"title": "Buy milk", "due": "2026-11-27"})
    assert call.result["task_id"] == 1


class Stuck:
    """A board whose second act never ends, or fails."""

    def __init__(self, board, failure=None):
        self._board, self._failure = board, failure
        self.reached = asyncio.Event()
        self.reading = board.reading

    @asynccontextmanager
    async def work(self, reader):
        async with self._board.work(reader) as mine:
            mine.delete = self._delete
            yield mine

    async def _delete(self, number):
        self.reached.set()
        if self._failure is not None:
            raise self._failure
        await asyncio.Event().wait()


async def test_stopped_in_the_middle_nothing_was_done(board):
    """Of several acts none is kept."""
    async with board.work(ADA) as mine:
        await mine.add(Details(title="Buy milk"))
        await mine.add(Details(title="Lab"))
    stuck = Stuck(board)
    turn = asyncio.create_task(_said(Orchestrator(ScriptedTutor(), stuck), _question("mark 1 done and delete 2")))
    await stuck.reached.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn

    async with board.reading(ADA) as mine:
        assert [task.status for task in await mine.tasks()] == ["pending", "pending"]


async def test_a_board_that_is_away_says_so(board):
    """As its own error, which whoever tells the answer has words for."""
    async with board.work(ADA) as mine:
        await mine.add(Details(title="Buy milk"))
    away = Stuck(board, StoreUnavailable("The database cannot be reached."))
    with pytest.raises(StoreUnavailable):
        await _said(Orchestrator(ScriptedTutor(), away), _question("delete task 1"))


async def test_it_is_what_was_said_and_no_title(board):
    """The number in a title is none that was spoken of."""
    async with board.work(ADA) as mine:
        for title in ("Buy milk", "Delete #1", "Lab"):
            await mine.add(Details(title=title))
    history = (Message("reader", "add delete #1"), Message("tutor", "✅ Task #2 created: **Delete \\#1**"))
    await _said(Orchestrator(ScriptedTutor(), board), _question("delete it", history=history))

    assert await _titles(board) == ["Buy milk", "Lab"]


@pytest.mark.parametrize("api", ["responses", "chat_completions"])
async def test_what_a_model_took_is_told_also_where_the_reader_is_asked(board, api):
    """And its agent is a span of the same trace, below the one that reads messages."""
    async with board.work(ADA) as mine:
        await mine.add(Details(title="Buy milk"))
    act = dict.fromkeys(("title", "description", "due", "priority", "tags", "status", "show"))
    act |= {
        "intent": "complete",
        "no_due": False,
        "numbers": [1],
        "words": "",
        "places": [],
        "last": False,
        "every": "",
    }
    with ScriptedOpenAI() as openai, tracing.heard() as spans:
        models = Models(api_key=SecretStr("sk-test"), base_url=openai.base_url, model="gpt-test", api=api)
        openai.say(json.dumps({"acts": [act], "book": "", "confidence": 0.5}))
        question = _question("mark 1 as done", may_ask=True)
        (asked,) = await _said(Orchestrator(ScriptedTutor(), board, models=models), question)
        await models.aclose()

    assert asked == AskedBack(
        ("Yes", "No"), "🤔 Shall I mark #1 **Buy milk** as done? Say yes or no.", Usage("gpt-test", 120, 30)
    )
    assert [(each.name, each.parent) for each in spans][1:3] == [
        ("IntentModel", "IntentParser"),
        ("IntentParser", "Orchestrator"),
    ]
    async with board.reading(ADA) as mine:
        assert (await mine.get(1)).status == "pending"


@pytest.mark.parametrize(
    "text", ["How do I call a function?", "What must be done before winter?", "Why is it due to heat?"]
)
async def test_a_question_to_the_book_costs_no_second_call(board, text):
    """Though it has words in it that are also said of tasks."""
    tutor = ScriptedTutor()
    with ScriptedOpenAI() as openai:
        models = Models(api_key=SecretStr("sk-test"), base_url=openai.base_url, model="gpt-test")
        await _said(Orchestrator(tutor, board, models=models), _question(text))
        await models.aclose()

        assert [question.text for question in tutor.questions] == [text]
        assert openai.requests == []


async def test_a_yes_is_to_what_only_the_model_understood(board):
    """In words, as over REST: the message before is what the reader says yes to."""
    act = dict.fromkeys(("title", "description", "due", "priority", "tags", "status", "show"))
    act |= {"intent": "add", "no_due": False, "numbers": [], "words": "", "places": [], "last": False, "every": ""}
    act["title"] = "Buy milk"
    history = (
        Message("reader", "ponle buy milk todo"),
        Message("tutor", "🤔 Shall I add **Buy milk** to your tasks? Say yes or no."),
    )
    with ScriptedOpenAI() as openai:
        models = Models(api_key=SecretStr("sk-test"), base_url=openai.base_url, model="gpt-test")
        openai.say(json.dumps({"acts": [act], "book": "", "confidence": 0.95}))
        await _said(Orchestrator(ScriptedTutor(), board, models=models), _question("yes", history=history))
        await models.aclose()

    assert await _titles(board) == ["Buy milk"]
