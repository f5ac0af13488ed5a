"""The tutor: from a question to a stream of checked, cited text, by one path for every model."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

import structlog
from agents import Agent, RunConfig, Runner, RunResultStreaming, StopAtTools
from agents.stream_events import StreamEvent

from pageside.answer import (
    aim,
    attached,
    checking,
    clarifying,
    concluding,
    failures,
    file_search,
    file_talk,
    outcomes,
    page_tools,
    prompt,
)
from pageside.answer.attached import Given
from pageside.answer.checking import Checker
from pageside.answer.clarifying import Advice, Places
from pageside.answer.events import (
    Answer,
    AskedBack,
    AskedPage,
    Cited,
    Completed,
    Gathered,
    Searching,
    TextDelta,
    TutorEvent,
    Usage,
)
from pageside.answer.models import Models, TurnModel
from pageside.answer.question import Question
from pageside.answer.tools import LIMIT_SEARCHES, Desk, Finder
from pageside.errors import ModelUnavailable
from pageside.knowledge import fragment
from pageside.knowledge.passage import Findings

log = structlog.get_logger(__name__)

_ATTEMPTS: Final = 3
_FIRST_WAIT_S: Final = 0.5
_MODEL_CALLS: Final = LIMIT_SEARCHES + 3


@dataclass(slots=True)
class _Turn:
    """What is known of one question while it is answered."""

    question: Question
    query: str
    findings: Findings
    desk: Desk
    checker: Checker
    given: Given = attached.NOTHING
    opening: outcomes.Opening = field(default_factory=outcomes.Opening)
    spent: Usage = field(default_factory=lambda: Usage(""))
    heard: bool = False
    cut_short: bool = False
    asked_page: list[AskedPage] = field(default_factory=list)


class Tutor:
    """Answers questions from the book.

    Args:
        limit_passages: Passages a model is given for one search.
        limit_tokens: What their texts may cost together, in tokens.
        instructions: Added to the built-in prompt by the operator.
        limit_s: Seconds an answer may take, from the search's end to the last word.
        link: The address of a quote in a passage.
        contents: What the book has; without it, the reader cannot be asked which place they mean.
    """

    def __init__(
        self,
        search: Finder,
        models: Models,
        *,
        limit_passages: int = 6,
        limit_tokens: int = 3000,
        instructions: str = "",
        limit_s: float = 180.0,
        link: checking.Link = fragment.deep_link,
        contents: Places | None = None,
    ) -> None:
        self._search = search
        self._models = models
        self._limit_passages = limit_passages
        self._limit_tokens = limit_tokens
        self._instructions = prompt.instructions(instructions)
        self._limit_s = limit_s
        self._link = link
        self._contents = contents

    async def complete(self, question: Question) -> Answer:
        """The whole answer to `question`.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            ModelUnavailable: The model fails; the message says what a reader can do.
        """
        async with aclosing(self.answer(question)) as events:
            async for event in events:
                if isinstance(event, Completed):
                    return event.answer
        raise ModelUnavailable("The answer ended early. Try again.")

    async def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        """What happens while `question` is answered; closing the generator stops the model at once.

        A model that fails before its first word is asked again, up to three times in all. One that fails later raises,
        and what was said before stands.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            ModelUnavailable: The model fails; the message says what a reader can do.
        """
        resolved = await clarifying.resolve(question, aim.query(question), self._contents)
        match resolved:
            case AskedPage() | AskedBack():
                yield resolved
            case Advice(text):
                yield TextDelta(text)
                yield Completed(Answer(text, (), "conversation", 1.0, Usage(self._models.name)))
            case Question():
                async with aclosing(self._searched(resolved)) as events:
                    async for event in events:
                        yield event

    async def _searched(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        query, named = aim.query(question), aim.named_by(question)
        yield Searching(named if aim.points_at_page(question) else query)
        findings = await self._find(question, query)
        if aim.points_at_page(question) and aim.is_lost(question.page, findings):
            findings = await self._find(question, named) if named != query else Findings((), 0.0)
            query = named
        given = await attached.give(question.attachments, sees=self._models.sees, embedded=self._models.embedded)
        own = await file_search.find(query, given.passages, self._search)
        desk = Desk(
            self._search,
            file_search.beside(findings.passages, own, limit=self._limit_passages),
            filters=question.filters,
            limit_passages=self._limit_passages,
            limit_tokens=self._limit_tokens,
        )
        yield Gathered(desk.evidence)
        checker = Checker(lambda: desk.evidence, self._search, self._link)
        turn = _Turn(question, query, findings, desk, checker, given)
        mention = file_talk.searched if own else file_talk.aside
        aside = mention(question.text, given.files) if self._models.embedded else ""
        for event in checker.say(attached.note(given) + aside):
            yield event
        async with aclosing(self._reply(turn)) as said:
            async for event in said:
                yield event
        yield turn.asked_page[0] if turn.asked_page else Completed(await self._completed(turn))

    async def _find(self, question: Question, query: str) -> Findings:
        return await self._search.find(
            query,
            limit=self._limit_passages,
            filters=question.filters,
            selected_text=question.selected_text,
            surroundings=question.surroundings,
            page=aim.address(question.page),
            favours=aim.favours(question),
        )

    async def _reply(self, turn: _Turn) -> AsyncGenerator[TextDelta | Cited, None]:
        checker, opening = turn.checker, turn.opening
        async with aclosing(self._heard(turn)) as pieces:
            async for piece in pieces:
                begins = not opening.decided
                rest = opening.feed(piece)
                if begins and opening.decided:
                    for event in self._opened(turn):
                        yield event
                if opening.outcome == "not_in_book":
                    break
                for event in await checker.feed(rest):
                    yield event
        if turn.asked_page:
            for event in await checker.close():
                yield event
            return
        if not opening.decided:
            rest = opening.close()
            for event in [*self._opened(turn), *await checker.feed(rest)]:
                yield event
        for event in [*(await checker.close()), *self._closed(turn)]:
            yield event

    def _opened(self, turn: _Turn) -> list[TextDelta | Cited]:
        """What is said in front of the model's text."""
        if turn.opening.outcome == "conversation":
            turn.checker.talk(f"{_known(turn.question)} {turn.given.known}")
            return []
        selection = turn.findings.selection
        lost = selection is not None and not selection.passages
        said = turn.checker.say(outcomes.SELECTION_NOT_FOUND if lost else "")
        if aim.points_at_page(turn.question) and aim.is_lost(turn.question.page, turn.findings):
            said += turn.checker.say(aim.PAGE_NOT_FOUND)
        if turn.opening.outcome == "closest":
            return said + turn.checker.say(outcomes.CLOSEST_LEAD)
        if turn.opening.outcome == "not_in_book":
            return said + turn.checker.say(outcomes.declined(turn.desk.evidence))
        return said

    def _closed(self, turn: _Turn) -> list[TextDelta | Cited]:
        """What is said behind the model's text."""
        checker = turn.checker
        if turn.opening.outcome != "not_in_book" and not checker.text.strip():
            raise ModelUnavailable("The language model gave an empty answer. Try again.")
        said = checker.say(outcomes.CUT_SHORT) if turn.cut_short else []
        if turn.opening.outcome in {"not_in_book", "conversation"} or checker.supported:
            return said
        if checker.declined or checker.stated or turn.opening.outcome == "closest":
            return said + checker.say(outcomes.nearest(turn.desk.evidence))
        return said

    async def _completed(self, turn: _Turn) -> Answer:
        checker = turn.checker
        outcome = concluding.outcome(checker, turn.opening.outcome, has_evidence=bool(turn.desk.evidence))
        return Answer(
            text=checker.text,
            citations=checker.citations,
            outcome=outcome,
            confidence=await concluding.confidence(self._search, turn.query, checker, outcome),
            usage=turn.spent,
        )

    async def _heard(self, turn: _Turn) -> AsyncGenerator[str, None]:
        """The model's text, piece by piece, asked for again while nothing has been heard."""
        deadline = asyncio.get_running_loop().time() + self._limit_s
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with aclosing(self._run(turn, deadline)) as pieces:
                    async for piece in pieces:
                        yield piece
            except Exception as error:
                failure = failures.explain(error)
                if failure is None:
                    raise
                log.warning("model_failed", kind=failure.kind, attempt=attempt, heard=turn.heard)
                if turn.heard or not failure.retry or attempt == _ATTEMPTS:
                    # the cause may quote the key or the question: it goes no further
                    raise ModelUnavailable(failure.message) from None
                await self._wait(failure, attempt)
            else:
                return

    async def _wait(self, failure: failures.Failure, attempt: int) -> None:
        if failure.temperature and self._models.without_temperature():
            return
        backoff_s = _FIRST_WAIT_S * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311  # spreads retries, hides nothing
        await asyncio.sleep(max(failure.wait_s, backoff_s))

    async def _run(self, turn: _Turn, deadline: float) -> AsyncGenerator[str, None]:
        chosen = self._models.for_turn(self._search)
        result = self._started(turn, chosen)
        events = result.stream_events()
        try:
            async for event in _before(deadline, events, patience_s=self._models.patience_s):
                for piece in _text(event, turn):
                    turn.heard = True
                    yield piece
            turn.cut_short = turn.cut_short or chosen.ending.reason == "length"
        except Exception:
            # an answer at its length limit is one, though the SDK raises
            if not (turn.cut_short and turn.heard):
                raise
        finally:
            result.cancel()
            await _closed_quietly(events)
            used = result.context_wrapper.usage
            turn.spent = Usage(
                self._models.name,
                turn.spent.input_tokens + used.input_tokens,
                turn.spent.output_tokens + used.output_tokens,
            )

    def _started(self, turn: _Turn, chosen: TurnModel) -> RunResultStreaming:
        asking = page_tools.for_model(page_tools.left(turn.question), turn.asked_page.append)
        agent = Agent(
            name="Tutor",
            instructions=self._instructions,
            model=chosen.model,
            model_settings=chosen.settings,
            tools=[turn.desk.tool(), *asking],
            tool_use_behavior=StopAtTools(stop_at_tool_names=[tool.name for tool in asking]),
        )
        return Runner.run_streamed(
            agent,
            prompt.compose(turn.question, turn.query, turn.desk.evidence, turn.findings, given=turn.given),
            max_turns=_MODEL_CALLS,
            run_config=RunConfig(tracing_disabled=True),
        )


async def _before(
    deadline: float, events: AsyncIterator[StreamEvent], *, patience_s: float
) -> AsyncIterator[StreamEvent]:
    """`events`, as long as each comes in time after the one before it, and before `deadline` on the loop's clock.

    The client's own timeout is about bytes: a model that says one byte a second never meets it.

    Raises:
        TimeoutError: One did not.
    """
    now = asyncio.get_running_loop().time
    while True:
        async with asyncio.timeout_at(min(deadline, now() + patience_s)):
            try:
                event = await anext(events)
            except StopAsyncIteration:
                return
        yield event


async def _closed_quietly(events: AsyncIterator[StreamEvent]) -> None:
    close: Callable[[], object] | None = getattr(events, "aclose", None)
    if isinstance(events, AsyncGenerator) and close is not None:
        await events.aclose()


def _text(event: StreamEvent, turn: _Turn) -> list[str]:
    """What a run's event adds to the text; a sentence left hanging in front of a tool call is forgotten."""
    if event.type != "raw_response_event":
        return []
    match event.data.type:
        case "response.output_text.delta" | "response.refusal.delta":
            return [event.data.delta]
        case "response.output_item.added" if event.data.item.type == "function_call":
            turn.checker.drop()
        case "response.incomplete":
            details = event.data.response.incomplete_details
            turn.cut_short = details is not None and details.reason == "max_output_tokens"
    return []


def _known(question: Question) -> str:
    """What a reply beside the book may rest on."""
    page = f"{question.page.title} {question.page.path}" if question.page is not None else ""
    said = " ".join(message.text for message in question.history)
    return " ".join((question.text, *question.profile.keys(), *question.profile.values(), page, said))
