"""Running the model of a turn, and hearing its text piece by piece."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import replace
from typing import Final

import structlog
from agents import Agent, Runner, RunResultStreaming, StopAtTools, TResponseInputItem
from agents.stream_events import StreamEvent

from pageside import backoff
from pageside.answer import failures, page_tools, prompt, spans
from pageside.answer.events import Usage
from pageside.answer.models import Models, TurnModel
from pageside.answer.planner import tracing as agents_tracing
from pageside.answer.quoting import QuotingModel
from pageside.answer.tools import Finder
from pageside.answer.turn import Turn
from pageside.errors import ModelUnavailable
from pageside.phrases.phrase import ENGLISH
from pageside.telemetry import context, metrics, tracing

log = structlog.get_logger(__name__)

_ATTEMPTS: Final = 3
_FIRST_WAIT_S: Final = 0.5
_LONGEST_WAIT_S: Final = 4.0
_OTHER_CALLS: Final = 3  # of the model in a turn, beside those that search


class Listener:
    """Asks the model and passes on what it says.

    Args:
        instructions: The whole system text.
        limit_s: Seconds an answer may take, from the search's end to the last word.

    Attributes:
        instructions: The whole system text.
    """

    def __init__(self, search: Finder, models: Models, *, instructions: str, limit_s: float) -> None:
        self._search = search
        self._models = models
        self.instructions = instructions
        self._limit_s = limit_s
        agents_tracing.keep_here()

    async def hear(self, turn: Turn) -> AsyncGenerator[str | None, None]:
        """The model's text, piece by piece, asked for again while nothing has been heard.

        None stands where a sentence left hanging in front of a tool call is to be forgotten.
        """
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
                metrics.MODEL_ERRORS.labels(context.book(), failure.kind).inc()
                self._models.failing = failure.outage or self._models.failing
                log.warning("model_failed", kind=failure.kind, attempt=attempt, heard=turn.heard)
                if turn.heard or not failure.retry or attempt == _ATTEMPTS:
                    # the cause may quote the key or the question: it goes no further
                    raise ModelUnavailable(failure.message) from None
                await self._wait(failure, attempt)
            else:
                self._models.failing = False
                return

    async def quote(self, turn: Turn) -> AsyncGenerator[str | None, None]:
        """What the embedded model quotes in answer, which obeys nothing that it reads."""
        async for piece in QuotingModel(self._search, self._models.bounds).pieces(
            _input(turn, language=turn.question.language)
        ):
            yield piece

    async def _wait(self, failure: failures.Failure, attempt: int) -> None:
        if failure.temperature and self._models.without_temperature():
            return
        pause_s = backoff.pause_s(attempt, first_s=_FIRST_WAIT_S, longest_s=_LONGEST_WAIT_S)
        await asyncio.sleep(failure.wait_s + pause_s)  # a crowd that is told the same moment must not come at it

    async def _run(self, turn: Turn, deadline: float) -> AsyncGenerator[str | None, None]:
        chosen = self._models.for_turn(self._search)
        began, span = time.perf_counter(), tracing.begin("model")
        span.note({"gen_ai.request.model": self._models.name})
        result = self._started(turn, chosen)
        events = result.stream_events()
        try:
            async for event in _before(deadline, events, patience_s=self._models.patience_s):
                for piece in _text(event, turn):
                    turn.heard = turn.heard or piece is not None
                    yield piece
            turn.cut_short = turn.cut_short or chosen.ending.reason == "length"
        except Exception as error:
            span.fail(error)
            # an answer at its length limit is one, though the SDK raises
            if not (turn.cut_short and turn.heard):
                raise
        finally:
            result.cancel()
            await _closed_quietly(events)
            metrics.MODEL_SECONDS.labels(context.book()).observe(time.perf_counter() - began)
            used = result.context_wrapper.usage
            span.note(
                {"gen_ai.usage.input_tokens": used.input_tokens, "gen_ai.usage.output_tokens": used.output_tokens}
            )
            span.end()
            turn.spent = Usage(
                self._models.name,
                turn.spent.input_tokens + used.input_tokens,
                turn.spent.output_tokens + used.output_tokens,
            )

    def _started(self, turn: Turn, chosen: TurnModel) -> RunResultStreaming:
        asking = page_tools.for_model(page_tools.wanted(turn.question), turn.ask_page)
        agent = Agent(
            name="Tutor",
            instructions=self.instructions,
            model=chosen.model,
            model_settings=chosen.settings,
            tools=[turn.desk.tool(), *asking],
            tool_use_behavior=StopAtTools(stop_at_tool_names=[tool.name for tool in asking]),
        )
        return Runner.run_streamed(
            agent,
            _input(turn, language=turn.question.language if self._models.embedded else ENGLISH),
            max_turns=turn.desk.limit_searches + _OTHER_CALLS,
            run_config=spans.configured("Tutor"),
        )


def _input(turn: Turn, *, language: str) -> list[TResponseInputItem]:
    """The turn as a model reads it.

    Args:
        language: What is not the book's is said in it; a language model is told of none, for it answers in the
            question's.
    """
    question = replace(turn.question, language=language)
    return prompt.compose(question, turn.query, turn.desk.evidence, turn.findings, given=turn.given)


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


def _text(event: StreamEvent, turn: Turn) -> list[str | None]:
    """What a run's event adds to the text; see `Listener.hear`."""
    if event.type != "raw_response_event":
        return []
    match event.data.type:
        case "response.output_text.delta" | "response.refusal.delta":
            return [event.data.delta]
        case "response.output_item.added" if event.data.item.type == "function_call":
            return [None]
        case "response.incomplete":
            details = event.data.response.incomplete_details
            turn.cut_short = details is not None and details.reason == "max_output_tokens"
    return []
