"""The answerer of the house's own server under examination: it does what a question tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from tests import scripted_tutor
from tests.conformance.target import heard

from pageside.answer.events import Cited, TextDelta, TutorEvent
from pageside.answer.question import Question

LARGE = "and on and on " * 1_500
PIECES = 400


class Bot:
    """Cites, echoes, falls silent, fails, and goes on without an end, from the beginning or after megabytes."""

    async def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        for event in scripted_tutor.searched(question.text, scripted_tutor.PASSAGE):
            yield event
        match question.text.split()[0]:
            case "slow":
                await asyncio.Event().wait()
            case "endless" | "flood" as how:
                for _ in range(PIECES if how == "flood" else 0):
                    yield TextDelta(LARGE)
                    await asyncio.sleep(0)
                while True:
                    yield TextDelta("and on ")
                    await asyncio.sleep(0.01)
            case "echo":
                told = heard(*(message.text for message in question.history), question.text)
                words = [f"{word} " for word in told.split(" ")]
                for event in scripted_tutor.said(*words[:-1], words[-1].rstrip()):
                    yield event
            case _:
                for event in scripted_tutor.said("You asked ", f"“{question.text}” ", "[1]", scripted_tutor.citation()):
                    if "fail" in question.text and isinstance(event, Cited):
                        raise RuntimeError("the secret of the house")
                    yield event
