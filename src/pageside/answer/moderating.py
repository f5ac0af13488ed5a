"""Moderation of texts by an OpenAI-compatible endpoint."""

from __future__ import annotations

import asyncio
from typing import Final

import openai
import structlog
from openai import AsyncOpenAI
from pydantic import SecretStr

from pageside.answer.transcription import OPENAI_URL
from pageside.errors import ModelUnavailable

log = structlog.get_logger(__name__)

LIMIT_S: Final = 5.0

_NO_KEY: Final = "none"  # local servers ask for no key, but the client insists on one


class EndpointModerator:
    """Asks an endpoint whether a text is to be refused.

    Args:
        model: Name at the endpoint.
        base_url: An OpenAI-compatible endpoint; OpenAI's own when empty.
        limit_s: Seconds that one text may take; the reader waits for them.
    """

    def __init__(
        self, *, model: str, api_key: SecretStr | None = None, base_url: str = "", limit_s: float = LIMIT_S
    ) -> None:
        key = api_key.get_secret_value().strip() if api_key is not None else ""
        self._model = model
        self._limit_s = limit_s
        self._client = AsyncOpenAI(
            api_key=key or _NO_KEY, base_url=base_url or OPENAI_URL, timeout=limit_s, max_retries=1
        )

    async def __call__(self, text: str) -> bool:
        """Whether `text` is to be refused. Waits at most the seconds it was made with.

        Raises:
            ModelUnavailable: The endpoint fails, or answers with something else.
        """
        try:
            async with asyncio.timeout(self._limit_s):
                told = await self._client.moderations.create(model=self._model, input=text)
            # The SDK believes an endpoint whatever it sends.
            flags: list[object] = [getattr(result, "flagged", None) for result in told.results]
        except (openai.OpenAIError, TimeoutError, ValueError, TypeError, AttributeError) as error:
            status = error.status_code if isinstance(error, openai.APIStatusError) else 0
            log.warning("moderation_endpoint_failed", kind=type(error).__name__, status=status)
            raise ModelUnavailable("Moderation does not answer.") from None
        if not flags or not all(isinstance(flag, bool) for flag in flags):
            raise ModelUnavailable("Moderation answered with something else.")
        return any(flags)

    async def aclose(self) -> None:
        """Lets go of connections."""
        await self._client.close()
