"""A tutor that says what a test tells it to, as slowly as the test wants, and knows whether it was let finish."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field

from pageside.answer.events import (
    Answer,
    AskedBack,
    AskedPage,
    Citation,
    Cited,
    Completed,
    Evidence,
    Gathered,
    Outcome,
    Searching,
    TextDelta,
    TutorEvent,
    Usage,
)
from pageside.answer.question import Question
from pageside.knowledge.passage import Found, Passage

PASSAGE = Passage(
    id="p1",
    path="motors/servo.md",
    heading="Servo motors",
    heading_path=("Motors", "Servo motors"),
    anchor="servo-motors",
    url="/docs/motors/servo#servo-motors",
    text="A servo holds an angle. It measures where it stands and corrects the difference.",
    start=0,
    end=80,
    labels={"module": "Module 1"},
)
OTHER = Passage(
    id="p2",
    path="motors/stepper.md",
    heading="Stepper motors",
    heading_path=("Motors", "Stepper motors"),
    anchor="",
    url="/docs/motors/stepper",
    text="A stepper moves by counted steps.",
    start=0,
    end=33,
)


def citation(marker: int = 1, passage: Passage = PASSAGE) -> Citation:
    """A citation of the passage's first sentence."""
    quote = passage.text.partition(".")[0] + "."
    return Citation(marker=marker, passage=passage, quote=quote, url=f"{passage.url}:~:text=quote", relevance=0.9)


def searched(query: str, *passages: Passage) -> list[TutorEvent]:
    """A search for `query` that found `passages`."""
    found = tuple(Evidence(n, Found(passage, 0.8)) for n, passage in enumerate(passages, start=1))
    return [Searching(query), Gathered(found)]


def said(*pieces: str | Citation, outcome: Outcome = "answered") -> list[TutorEvent]:
    """An answer of `pieces`; a citation stands behind the text before it."""
    events: list[TutorEvent] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            events.append(TextDelta(piece))
        else:
            events.append(Cited(piece, at=len(text)))
    citations = tuple(piece for piece in pieces if isinstance(piece, Citation))
    usage = Usage(model="scripted", input_tokens=12, output_tokens=7)
    return [*events, Completed(Answer(text, citations, outcome=outcome, confidence=0.75, usage=usage))]


def asked_page(text: str, tool: str) -> list[TutorEvent]:
    """`text`, and then a question to the page instead of an end."""
    return [*([TextDelta(text)] if text else []), AskedPage(tool, {})]


def asked_back(*options: str) -> list[TutorEvent]:
    """A question back to the reader, with `options` to choose from."""
    return [AskedBack(options)]


def usual(query: str) -> list[TutorEvent]:
    """A search with two finds and an answer with one citation, in three pieces."""
    return [*searched(query, PASSAGE, OTHER), *said("A servo holds ", "an angle [1]", citation(), ".")]


@dataclass(slots=True)
class ScriptedTutor:
    """Answers every question with what `script` makes of it.

    Attributes:
        pause_before: The tutor waits for `resume` before it yields the event with this number; -1 never waits.
        failure: Raised instead of the event with the number `fail_at`.
        paused: Set while it waits.
        left: Set when an answer ended before its last event was taken.
    """

    script: Iterable[TutorEvent] | None = None
    pause_before: int = -1
    failure: Exception | None = None
    fail_at: int = -1
    questions: list[Question] = field(default_factory=list)
    yielded: int = 0
    resume: asyncio.Event = field(default_factory=asyncio.Event)
    paused: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        self.questions.append(question)
        whole = False
        try:
            for number, event in enumerate(self.script if self.script is not None else usual(question.text)):
                if number == self.pause_before:
                    self.paused.set()
                    await self.resume.wait()
                if number == self.fail_at and self.failure is not None:
                    raise self.failure
                self.yielded += 1
                yield event
                await asyncio.sleep(0)
            whole = True
        finally:
            if not whole:
                self.left.set()
