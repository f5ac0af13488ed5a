"""The answerer in front of the tutor: it finds out whether a message is for the book, for tasks, or for both."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from pageside import ids
from pageside.answer.events import (
    Answer,
    AskedBack,
    AskedPage,
    Completed,
    ShownTasks,
    TextDelta,
    ToolCall,
    TutorEvent,
    Usage,
)
from pageside.answer.models import Models
from pageside.answer.planner import (
    deciding,
    formatting,
    joining,
    managing,
    memory,
    places,
    remembering,
    replying,
    resolving,
    tracing,
    validating,
)
from pageside.answer.planner.deciding import Ask, Plan
from pageside.answer.planner.intents import CHANGING, LEAST_CONFIDENCE, Parsed
from pageside.answer.planner.managing import Done
from pageside.answer.planner.parsing import IntentParser, Said
from pageside.answer.planner.remembering import AsAsked, Earlier
from pageside.answer.planner.steps import taken
from pageside.answer.question import Question
from pageside.answer.recalling import Answering
from pageside.answer.timing import timed
from pageside.errors import InvalidInput, NotFound, PagesideError
from pageside.identity.reader import Reader
from pageside.phrases import task_lists, tasks
from pageside.phrases.phrase import say
from pageside.tasks.board import Board, TaskBoard
from pageside.tasks.task import Task


@dataclass(frozen=True, slots=True)
class Told:
    """Something is to be said, and nothing to be done."""

    text: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Something could not be done, and so nothing was.

    Attributes:
        several: Whether more than that was asked for.
    """

    error: PagesideError
    several: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done.

    Attributes:
        tasks: Those on the board afterwards.
    """

    done: tuple[Done, ...]
    tasks: tuple[Task, ...]


Outcome = Ask | Told | Failed | Kept


@dataclass(frozen=True, slots=True)
class Reply:
    """What becomes of a message.

    Attributes:
        text: What is said of the reader's tasks; empty where the message was for the book alone.
        asked: What the reader has to be asked back, which `text` asks.
        shown: The tasks that are shown behind the text.
        book: What is left for the book; None where nothing is.
        spent: What understanding the message took.
    """

    text: str = ""
    asked: Ask | None = None
    shown: ShownTasks | None = None
    book: Question | None = None
    calls: tuple[ToolCall, ...] = ()
    spent: Usage = field(default_factory=lambda: Usage(""))


class Orchestrator:
    """Does what is to be done with the reader's tasks, and gives the tutor what is for the book.

    Args:
        tutor: Answers from the book.
        board: The tasks of all readers.
        models: Understand messages; without them, or where the embedded one is set, the rules do.
        earlier: The conversations of readers; without it, what questions bring with them.
        today: The day it is where nothing says where the reader is.
    """

    def __init__(
        self,
        tutor: Answering,
        board: TaskBoard,
        *,
        models: Models | None = None,
        earlier: Earlier | None = None,
        today: Callable[[], date] = lambda: ids.now().date(),
    ) -> None:
        tracing.keep_here()
        self._tutor = tutor
        self._board = board
        self._parser = IntentParser(models)
        self._earlier = earlier or AsAsked()
        self._today = today

    def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        """What happens while `question` is answered; see `Tutor.answer`.

        Where a message is plainly for the book, or nobody is known to ask, the tutor answers and nothing else happens.

        Raises:
            StoreUnavailable: Tasks cannot be reached.
        """
        if question.reader is None or not self._parser.concerns(question):
            return self._tutor.answer(question)
        return timed(self._answered(question, question.reader))

    async def _answered(self, question: Question, reader: Reader) -> AsyncGenerator[TutorEvent, None]:
        reply = await taken("Orchestrator", partial(self._reply, question, reader))
        if reply.asked is not None and question.may_ask and (options := _options(reply.asked, question.language)):
            yield AskedBack(options, reply.asked.question, reply.spent)
        elif reply.book is not None:
            events = joining.behind(reply.text, self._tutor.answer(reply.book), reply.shown, reply.calls, reply.spent)
            async with aclosing(events):
                async for event in events:
                    yield event
        else:
            yield TextDelta(reply.text)
            if reply.shown is not None:
                yield reply.shown
            usage = replace(reply.spent, model=reply.spent.model or self._parser.name)
            yield Completed(Answer(reply.text, (), "conversation", 1.0, usage, tool_calls=reply.calls))

    async def _reply(self, question: Question, reader: Reader) -> Reply:
        history = await taken("ContextManager", partial(remembering.recalled, question, self._earlier))
        said = Said.of(question, history, today=question.today or self._today())
        parsed, spent = await taken("IntentParser", partial(self._parser.parse, said, partial(self._titles, reader)))
        for_book = question
        if question.clarified is not None:
            parsed, said, for_book = await self._clarified(parsed, said, question, reader)
        if not parsed.acts and not parsed.question:
            return Reply(book=replace(for_book, text=parsed.book or question.text), spent=spent)
        rest = replace(for_book, text=parsed.book) if parsed.book else None
        if rest is not None and await self._rests(rest):
            return Reply(book=rest, spent=spent)  # nothing is done yet: the turn begins anew with what it waits for
        outcome = await self._outcome(parsed, said, question, reader)
        reply = await taken("ResponseFormatter", partial(_formatted, outcome, said.today, question.language))
        if reply.asked is None and rest is not None:
            rest = replace(rest, may_ask=False, page_tools=())  # what was done is not to be done again
            return replace(reply, book=rest, spent=spent)
        return replace(reply, spent=spent)

    async def _clarified(
        self, parsed: Parsed, said: Said, question: Question, reader: Reader
    ) -> tuple[Parsed, Said, Question]:
        """What the reader wants, who was asked back and chose or wrote something.

        What they were asked is found out again: it is what the same message would be answered with now.
        """
        async with self._board.reading(reader) as board:
            decision = await _decided(parsed, said, board, language=question.language)
        chosen = question.clarified or (task_lists.NO.said(question.language),)
        if not isinstance(decision, Ask):
            if not parsed.acts or parsed.book:
                return parsed, said, question  # it was the book that asked
            decision = Ask(formatting.unsure(question.language), sure=True)
        of_book = replace(question, clarified=None)
        if decision.sure and (agreed := deciding.agrees(" ".join(chosen))) is not None:
            wanted = replace(parsed, confidence=1.0, question="") if agreed else Parsed(question=tasks.NOTHING_CHANGED)
            return wanted, said, of_book
        understood = replying.clarified(chosen, parsed, [task.number for task in decision.tasks])
        if understood is None:  # words of their own, which say it in another way
            said = replace(said, text=" ".join(chosen))
            understood = self._parser.by_rules(said)
            if not understood.acts and not understood.question:
                understood = Parsed(book=said.text)
        return replace(understood, book=understood.book or parsed.book), said, of_book

    async def _outcome(self, parsed: Parsed, said: Said, question: Question, reader: Reader) -> Outcome:
        """What is done, all of it or nothing, or what keeps it from being done."""
        if not parsed.acts and parsed.confidence >= LEAST_CONFIDENCE:
            return Told(say(parsed.question, question.language))
        changes = any(act.intent in CHANGING for act in parsed.acts)
        try:
            async with self._board.work(reader) if changes else self._board.reading(reader) as board:
                decision = await _decided(parsed, said, board, anew=question.fresh, language=question.language)
                if isinstance(decision, Ask):
                    return decision
                plan = places.led_back(decision, question)
                calls = await taken("Validator", partial(_validated, plan, board))
                done = await taken("TaskManager", partial(managing.carry_out, calls, board))
                return Kept(done, tuple(await board.tasks()))
        except (InvalidInput, NotFound) as error:
            return Failed(error, several=len(parsed.acts) > 1)

    async def _rests(self, question: Question) -> bool:
        """Whether the tutor would ask back before it answers, as it does only where nothing says what is meant."""
        if question.page is not None or question.selected_text or question.attachments:
            return False
        async with aclosing(self._tutor.answer(question)) as events:
            async for event in events:
                return isinstance(event, AskedBack | AskedPage)
        return False

    async def _titles(self, reader: Reader) -> tuple[Task, ...]:
        async with self._board.reading(reader) as board:
            return tuple(await board.tasks())


async def _decided(parsed: Parsed, said: Said, board: Board, *, language: str, anew: bool = False) -> Plan | Ask:
    return deciding.decide(
        parsed,
        tasks=await board.tasks(),
        deleted=await board.deleted(),
        memory=memory.read(said.history),
        today=said.today,
        anew=anew,
        language=language,
    )


async def _validated(plan: Plan, board: Board) -> tuple[validating.Call, ...]:
    there = {task.number for task in await board.tasks()}
    return validating.calls(plan.aimed, board=there, deleted={task.number for task in await board.deleted()})


async def _formatted(outcome: Outcome, today: date, language: str) -> Reply:
    match outcome:
        case Told(text):
            return Reply(formatting.told(text))
        case Failed(error, several):
            return Reply(formatting.failed(error, language, several=several))
        case Ask():
            return Reply(formatting.asked(outcome.question, outcome.tasks), asked=outcome)
        case Kept(done, tasks):
            return _of_done(done, tasks, today, language)


def _of_done(done: tuple[Done, ...], tasks: tuple[Task, ...], today: date, language: str) -> Reply:
    texts = [formatting.done(done, language)]
    shown = formatting.touched(done, language)
    for each in done:
        if each.call.act.intent == "list":
            found = resolving.sought(each.call.act.sought, tasks, today=today)
            heading = formatting.heading(each.call.act.sought, found, language)
            texts.append(formatting.listed(heading, found, today=today, language=language))
            shown = ShownTasks(heading, found)
    text = "\n\n".join(part for part in texts if part) or formatting.help_(language)
    return Reply(text, shown=shown, calls=tuple(each.told for each in done))


def _options(asked: Ask, language: str) -> tuple[str, ...]:
    return (
        (task_lists.YES.said(language), task_lists.NO.said(language)) if asked.sure else formatting.options(asked.tasks)
    )
