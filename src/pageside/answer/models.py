"""Which model answers: OpenAI, a compatible endpoint, or the embedded one, behind the same interface."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import httpx2
from agents import Model, ModelSettings, OpenAIChatCompletionsModel, OpenAIResponsesModel
from agents.exceptions import ModelBehaviorError
from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk
from pydantic import SecretStr

from pageside.answer import quoting
from pageside.answer.answerable import Scorer
from pageside.answer.quoting import QuotingModel
from pageside.knowledge import fitted
from pageside.knowledge.fitted import Bounds

OPENAI_URL: Final = "https://api.openai.com/v1"
Api = Literal["auto", "responses", "chat_completions"]

_NO_KEY: Final = "none"  # local servers ask for no key, but the client insists on one
_CONNECT_S: Final = 10.0


@dataclass(slots=True)
class Ending:
    """How a model's turn ended, as far as the SDK does not tell: the last finish reason of a chat stream."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class TurnModel:
    """A model for one turn."""

    model: Model
    settings: ModelSettings
    ending: Ending = field(default_factory=Ending)


class Models:
    """Gives each turn its model: the embedded one when neither `api_key` nor `base_url` is set.

    Args:
        base_url: An OpenAI-compatible endpoint; OpenAI's own when empty.
        model: Name at the endpoint.
        temperature: 0 to 2; left out once the endpoint has said that the model does not take it.
        max_tokens: Longest answer, in tokens.
        api: `auto` speaks Responses with OpenAI and Chat Completions elsewhere.
        timeout_s: Seconds the model may be silent.
        reads_files: Whether the model at the endpoint takes pictures and PDF.
        bounds: How sure an answer must be.

    Attributes:
        failing: Whether the endpoint gave no answer when it was last asked, for a reason that is not the question's.
    """

    def __init__(
        self,
        *,
        api_key: SecretStr | None = None,
        base_url: str = "",
        model: str = "",
        temperature: float = 0.2,
        max_tokens: int = 2000,
        api: Api = "auto",
        timeout_s: float = 60.0,
        reads_files: bool = True,
        bounds: Bounds = fitted.BOUNDS["balanced"],
    ) -> None:
        self.bounds = bounds
        self.failing = False
        self._temperature: float | None = temperature
        self._max_tokens = max_tokens
        self._model = model
        self._reads_files = reads_files
        self._timeout_s = timeout_s
        self._client: AsyncOpenAI | None = None
        self._responses = api == "responses" or (
            api == "auto" and urlsplit(base_url or OPENAI_URL).hostname == "api.openai.com"
        )
        key = api_key.get_secret_value().strip() if api_key is not None else ""
        if key or base_url:
            self._client = AsyncOpenAI(
                api_key=key or _NO_KEY,
                base_url=base_url or OPENAI_URL,
                timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_S)),
                max_retries=0,  # the tutor retries: it knows whether anything has been said
            )

    @property
    def name(self) -> str:
        """What answers, by name."""
        return quoting.NAME if self._client is None else self._model

    @property
    def embedded(self) -> bool:
        """Whether the embedded model answers."""
        return self._client is None

    @property
    def sees(self) -> bool:
        """Whether what answers takes pictures and PDF."""
        return self._client is not None and self._reads_files

    @property
    def patience_s(self) -> float:
        """Seconds in which something whole must be heard, however many bytes of it come; without end, if embedded."""
        return math.inf if self._client is None else self._timeout_s

    def for_turn(self, scorer: Scorer) -> TurnModel:
        """The model for one turn.

        Args:
            scorer: Tells the embedded model how alike texts are.
        """
        settings = ModelSettings(
            temperature=self._temperature,
            max_tokens=self._max_tokens,
            include_usage=True,
            parallel_tool_calls=False if self._client is not None and self._responses else None,
            store=False if self._responses else None,
        )
        if self._client is None:
            return TurnModel(QuotingModel(scorer, self.bounds), settings)
        if self._responses:
            return TurnModel(OpenAIResponsesModel(self._model, self._client), settings)
        ending = Ending()
        return TurnModel(_ChatModel(self._model, self._client, ending), settings, ending)

    def without_temperature(self) -> bool:
        """Leaves the temperature out from now on; false where it already is."""
        changed, self._temperature = self._temperature is not None, None
        return changed

    async def aclose(self) -> None:
        """Lets go of connections."""
        if self._client is not None:
            await self._client.close()


class _ChatModel(OpenAIChatCompletionsModel):
    """Chat Completions whose streams must say that they are finished.

    The SDK demands a finish reason of api.openai.com only, so elsewhere an answer that broke off would pass for whole.
    """

    def __init__(self, model: str, client: AsyncOpenAI, ending: Ending) -> None:
        super().__init__(model, client, buffer_streamed_tool_calls=True)
        self._ending = ending

    async def _fetch_response(self, *args: Any, **kwargs: Any) -> Any:
        fetched = await super()._fetch_response(*args, **kwargs)
        if isinstance(fetched, tuple):
            response, stream = fetched
            return response, _Finished(stream, self._ending)
        return fetched


class _Finished:
    """A chat stream that fails when it ends without a finish reason."""

    def __init__(self, stream: AsyncStream[ChatCompletionChunk], ending: Ending) -> None:
        self._stream = stream
        self._ending = ending
        self.response = stream.response

    async def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        self._ending.reason = ""
        async for chunk in self._stream:
            for choice in chunk.choices:
                self._ending.reason = choice.finish_reason or self._ending.reason
            yield chunk
        if not self._ending.reason:
            raise ModelBehaviorError("the chat stream ended without a finish reason")

    async def close(self) -> None:
        await self._stream.close()
