"""Study tasks in a conversation: messages in, streams out, on both databases and without a model."""

from __future__ import annotations

import pytest
from tests.chatkit_house import house
from tests.databases import store_url
from tests.scripted_tutor import ScriptedTutor

from pageside.answer.planner.orchestrating import Orchestrator
from pageside.conversation import task_actions
from pageside.conversation.earlier import Earlier
from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details

__all__ = ["store_url"]

ADA = Reader(subject="ada")


class Home:
    """A house whose answerer keeps tasks in the database of its conversations."""

    def __init__(self, opened, board, tutor):
        self.house, self.board, self.tutor = opened, board, tutor

    async def tasks(self, reader=ADA):
        async with self.board.reading(reader) as board:
            return [(each.number, each.title, each.status) for each in await board.tasks()]

    async def add(self, *titles, reader=ADA):
        async with self.board.work(reader) as board:
            for title in titles:
                await board.add(Details(title=title))


@pytest.fixture
async def home(tmp_path, store_url):
    database = await Database.open(store_url, prepare=migrate.upgrade)
    board, tutor = SqlTaskBoard(database), ScriptedTutor()
    answerer = Orchestrator(tutor, board, earlier=Earlier(database))
    try:
        async with house(tmp_path, answerer, store_url=store_url) as opened:
            task_actions.install(opened.server, board)
            yield Home(opened, board, tutor)
    finally:
        await database.aclose()


@pytest.fixture
async def ada(home):
    async with home.house.client("ada") as client:
        yield client


async def test_a_task_is_added_by_saying_so(home, ada):
    """The reply names its number and its title, and the book is not searched."""
    told = await ada.ask("add buy milk")

    assert told.text == "✅ Task #1 created: **Buy milk**"
    assert not told.errors
    assert await home.tasks() == [(1, "Buy milk", "pending")]
    assert home.tutor.questions == []
