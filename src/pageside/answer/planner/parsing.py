"""What a reader wants done with their tasks: by rules, or by a configured model where the rules suspect tasks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import structlog
from agents import Agent, Runner
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from pageside import ids
from pageside.answer import delimiting, failures
from pageside.answer.events import Usage
from pageside.answer.models import Models
from pageside.answer.planner import believing, memory, rules, tracing
from pageside.answer.planner.intents import Act, Intent, Parsed, Sought, Target
from pageside.answer.question import Message, Page, Question
from pageside.tasks import task
from pageside.tasks.task import BadTask, Details, Priority, Status, Task

log = structlog.get_logger(__name__)

_LIMIT_S: Final = 20.0
_LIMIT_TOKENS: Final = 1_000
_LIMIT_TASKS: Final = 200  # whose titles a model is shown, the newest first
_LIMIT_TEXT: Final = 2_000  # characters of one earlier message, and of a selection
_MOST_ACTS: Final = 20

_QUESTION: Final = re.compile(
    r"^\W*(?:how|why|what|which|who|whose|when|where|is|are|was|were|does|do|did|should|explain|describe|define|compare)\b"
    r"|\?\s*$",
    re.IGNORECASE,
)
_OF_THEIRS: Final = re.compile(
    r"\b(?:my|mine|to-?\s?dos?|(?:the|our)\s+(?:task\s+)?list|remind\w*|undo|deadlines?)\b|#\d", re.IGNORECASE
)
_OF_TASKS: Final = re.compile(r"\btasks?\b", re.IGNORECASE)

Titles = Callable[[], Awaitable[Sequence[Task]]]


@dataclass(frozen=True, slots=True)
class Said:
    """A message and what gives it its meaning.

    Attributes:
        history: Messages before it, oldest first.
        today: The day it is where the reader is.
    """

    text: str
    history: tuple[Message, ...]
    today: date
    selected_text: str = ""
    page: Page | None = None

    @classmethod
    def of(cls, question: Question, history: Sequence[Message], *, today: date) -> Said:
        """What `question` says."""
        return cls(question.text, tuple(history), today, question.selected_text, question.page)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class WantedAct(_Strict):
    """One act, as a model tells it."""

    intent: Literal["add", "list", "complete", "update", "delete", "undo", "help"]
    title: str | None
    description: str | None
    due: str | None
    no_due: bool
    priority: Priority | None
    tags: list[str] | None
    status: Status | None
    show: Literal["all", "pending", "completed"] | None
    numbers: list[int]
    words: str
    places: list[int]
    last: bool
    every: Literal["", "all", "pending", "completed", "overdue"]


class Wanted(_Strict):
    """What a message wants, as a model tells it."""

    acts: list[WantedAct]
    book: str
    confidence: float = Field(ge=0, le=1)


class IntentParser:
    """Reads messages.

    Args:
        models: Ask a model only where one is configured; the embedded one leaves all to the rules.
    """

    def __init__(self, models: Models | None = None) -> None:
        self._models = models if models is not None and not models.embedded else None
        self.name = models.name if models is not None else "pageside-rules"

    def concerns(self, question: Question) -> bool:
        """Whether `question` may be about tasks, or answers what was asked about them; costs next to nothing.

        Where the rules find nothing to do, a model is asked only if the message names something of the reader's own
        or begins as an order: "How do I call a function?" and "Show me the code" have words of tasks in them, too, and
        must not cost another call of the model.
        """
        if not rules.suspects(question.text, history=question.history):
            return False
        today = question.today or ids.now().date()
        ruled = rules.parse(question.text, history=question.history, today=today)
        if ruled.acts or ruled.question:
            return True
        waits = memory.read(question.history).waiting is not None
        return self._models is not None and (waits or _may_be_about_tasks(question.text))

    def by_rules(self, said: Said) -> Parsed:
        """What `said` wants, by the rules alone."""
        return rules.parse(
            said.text, history=said.history, today=said.today, selected_text=said.selected_text, page=said.page
        )

    async def parse(self, said: Said, titles: Titles) -> tuple[Parsed, Usage]:
        """What `said` wants, and what it took to find out.

        A model that fails, takes too long or gives no such answer leaves it to the rules.

        Args:
            titles: Gives the reader's tasks, for a model to know what words mean.
        """
        ruled = self.by_rules(said)
        waiting = memory.read(said.history).waiting
        if self._models is None or (waiting is not None and (ruled.acts or ruled.question)):
            return ruled, Usage("")
        tasks = await titles()
        try:
            async with asyncio.timeout(min(_LIMIT_S, self._models.patience_s)):
                wanted, spent = await self._heard(self._models, said, tasks)
        except Exception as error:
            failure = failures.explain(error)
            if failure is None:
                raise
            log.warning("tasks_parsed_by_rules", kind=failure.kind)
            return ruled, Usage("")
        try:
            parsed = _parsed(wanted)
        except BadTask:
            log.warning("tasks_parsed_by_rules", kind="unusable")
            return ruled, spent
        own = said.text if waiting is None else f"{waiting.text} {said.text}"
        sure = believing.believed(
            parsed, own, said.history, ruled=ruled, tasks=tasks, today=said.today, place=_place(said)
        )
        return sure, spent

    async def _heard(self, models: Models, said: Said, tasks: Sequence[Task]) -> tuple[Wanted, Usage]:
        try:
            return await self._ask(models, said, tasks)
        except Exception as error:
            failure = failures.explain(error)
            if failure is None or not failure.temperature or not models.without_temperature():
                raise
        return await self._ask(models, said, tasks)

    async def _ask(self, models: Models, said: Said, tasks: Sequence[Task]) -> tuple[Wanted, Usage]:
        chosen = models.for_turn(_Unasked())
        agent = Agent(
            name="IntentModel",
            instructions=_instructions(),
            model=chosen.model,
            model_settings=replace(chosen.settings, max_tokens=_LIMIT_TOKENS, parallel_tool_calls=None),
            output_type=Wanted,
        )
        result = await Runner.run(agent, _asked(said, tasks), max_turns=1, run_config=tracing.RUN)
        used = result.context_wrapper.usage
        spent = Usage(models.name, input_tokens=used.input_tokens, output_tokens=used.output_tokens)
        return result.final_output_as(Wanted, raise_if_incorrect_type=True), spent


class _Unasked:
    """The scorer of a model that is never the embedded one."""

    async def similarity(self, texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[Any]:
        """Nobody asks.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a configured model needs no scorer")

    async def matches(self, question: str, texts: Sequence[str]) -> NDArray[Any]:
        """Nobody asks.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a configured model needs no scorer")

    async def rarity(self, text: str) -> dict[str, float]:
        """Nobody asks.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a configured model needs no scorer")


def _may_be_about_tasks(text: str) -> bool:
    """Whether `text` names something of the reader's own, or is no question and an order or about tasks."""
    if _OF_THEIRS.search(text):
        return True
    return not _QUESTION.search(text) and (rules.orders(text) or bool(_OF_TASKS.search(text)))


def _asked(said: Said, tasks: Sequence[Task]) -> str:
    """The message and what gives it meaning, as data that nothing in it can end."""
    newest = sorted(tasks, key=lambda each: each.number)[-_LIMIT_TASKS:]
    told: dict[str, object] = {
        "today": f"{said.today:%A} {said.today.isoformat()}",
        "tasks": [
            {"number": each.number, "title": each.title, "status": each.status}
            | ({"due": each.due.isoformat()} if each.due else {})
            for each in newest
        ],
        "earlier": [{"role": each.role, "text": each.text[:_LIMIT_TEXT]} for each in said.history],
        "selected_text": said.selected_text[:_LIMIT_TEXT],
        "page": said.page.title if said.page is not None else "",
        "message": said.text,
    }
    return delimiting.dump(told)


def _place(said: Said) -> str:
    page = f"{said.page.title} {' '.join(said.page.headings)}" if said.page is not None else ""
    return f"{said.selected_text} {page}"


def _parsed(wanted: Wanted) -> Parsed:
    """What a model told, as the rules would tell it.

    Raises:
        BadTask: Something in it is no day, no number, or too much.
    """
    if len(wanted.acts) > _MOST_ACTS:
        raise BadTask(f"{len(wanted.acts)} acts are too many.")
    return Parsed(tuple(map(_act, wanted.acts)), wanted.confidence, wanted.book.strip())


def _act(told: WantedAct) -> Act:
    intent: Intent = told.intent
    if intent == "list":
        return Act("list", sought=Sought(status=told.show or "all", words=told.words))
    details = Details(
        title=told.title,
        description=told.description or None,
        due=task.day(told.due) if told.due else None,
        no_due=told.no_due,
        priority=told.priority,
        tags=tuple(told.tags) if told.tags else None,
    )
    if intent in {"undo", "help"}:
        details = Details()
    target = Target() if intent == "add" else _target(told)
    return Act(intent, details, target, told.status if intent == "update" else None)


def _target(told: WantedAct) -> Target:
    if told.numbers:
        return Target(numbers=tuple(map(task.number, told.numbers)))
    if told.places:
        return Target(places=tuple(told.places))
    if told.last:
        return Target(last=True, every="all" if told.every else "")
    return Target(words=told.words.strip(), every=told.every)


@cache
def _instructions() -> str:
    return (resources.files("pageside.answer") / "prompts/tasks.md").read_text("utf-8").strip()
