"""A pure step as an agent: it runs through the `Runner` like one with a language model, and so has its own span."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

from agents import (
    Agent,
    AgentOutputSchemaBase,
    Handoff,
    Model,
    ModelResponse,
    ModelSettings,
    ModelTracing,
    Runner,
    Tool,
    TResponseInputItem,
    Usage,
)
from agents.items import TResponseStreamEvent
from openai.types.responses import ResponseOutputMessage, ResponseOutputText
from openai.types.responses.response_prompt_param import ResponsePromptParam

from pageside import ids
from pageside.answer.planner import tracing

T = TypeVar("T")

_DONE: Final = "done"


async def taken(name: str, step: Callable[[], Awaitable[T]]) -> T:
    """What `step` gives, taken by the agent `name`; nothing of it is written into the trace.

    Raises:
        Exception: Whatever `step` raises.
    """
    model = _Step(step)
    await Runner.run(Agent(name=name, model=model), name, max_turns=1, run_config=tracing.RUN)
    return model.given[0]


class _Step(Model, Generic[T]):
    """Calls a function where others ask a server.

    Attributes:
        given: What the function gave, once it was called.
    """

    def __init__(self, step: Callable[[], Awaitable[T]]) -> None:
        self._step = step
        self.given: list[T] = []

    async def get_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],  # noqa: A002  # the SDK's name
        model_settings: ModelSettings,
        tools: list[Tool],
        output_schema: AgentOutputSchemaBase | None,
        handoffs: list[Handoff],
        tracing: ModelTracing,
        *,
        previous_response_id: str | None,
        conversation_id: str | None,
        prompt: ResponsePromptParam | None,
    ) -> ModelResponse:
        """That the step was taken; what it gave never passes the SDK."""
        self.given.append(await self._step())
        text = ResponseOutputText(type="output_text", text=_DONE, annotations=[], logprobs=[])
        said = ResponseOutputMessage(
            id=ids.new("msg"), type="message", role="assistant", status="completed", content=[text]
        )
        return ModelResponse(output=[said], usage=Usage(), response_id=None)

    def stream_response(self, *args: Any, **kwargs: Any) -> AsyncIterator[TResponseStreamEvent]:
        """A step has no pieces to stream: `taken` runs it whole.

        Raises:
            TypeError: Always.
        """
        raise TypeError("a step is run whole")
