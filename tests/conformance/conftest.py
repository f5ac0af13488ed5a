"""The endpoint under examination: real HTTP on a loopback port, a bot with triggers, readers A and B."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from tests import scripted_tutor, small_book
from tests import served as process
from tests.chatkit_house import browser, house, served

from pageside.answer.events import TutorEvent
from pageside.answer.question import Question


class Bot:
    """Says back what it was asked and told before; `fail`, `slow` and `endless` in a question trigger the rest."""

    async def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        for event in scripted_tutor.searched(question.text, scripted_tutor.PASSAGE):
            yield event
        if "endless" in question.text:
            while True:
                yield scripted_tutor.TextDelta("and on ")
                await asyncio.sleep(0.01)
        if "slow" in question.text:
            await asyncio.Event().wait()
        heard = "; ".join(f"{message.role}: {message.text.partition(' after ')[0]}" for message in question.history)
        words = ["You asked ", f"“{question.text}” ", "[1]", scripted_tutor.citation(), f" after <{heard}>."]
        for event in scripted_tutor.said(*words):
            if "fail" in question.text and isinstance(event, scripted_tutor.Cited):
                raise RuntimeError("the secret of the house")
            yield event


@pytest.fixture
async def address(tmp_path):
    async with house(tmp_path, Bot()) as home, served(home.app) as url:
        yield url


@pytest.fixture
async def a(address):
    async with browser(address, "reader-a") as client:
        yield client


@pytest.fixture
async def b(address):
    async with browser(address, "reader-b") as client:
        yield client


@pytest.fixture
def served_book(tmp_path):
    """Where a real process serves the small book as it is served by default."""
    with process.server(small_book.write(tmp_path / "book"), tmp_path / "data") as url:
        yield url
