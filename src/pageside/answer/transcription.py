"""Speech to text by an OpenAI-compatible endpoint, and what its failures mean for whoever dictates."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import httpx2
import openai
import structlog
from openai import AsyncOpenAI
from pydantic import SecretStr

from pageside.errors import InvalidInput, ModelUnavailable
from pageside.knowledge import charges
from pageside.phrases import uploads

log = structlog.get_logger(__name__)

OPENAI_URL: Final = "https://api.openai.com/v1"
# The endpoint tells formats apart by the ending of the file's name.
ENDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "audio/webm": "webm",
        "audio/mp4": "mp4",
        "audio/m4a": "m4a",
        "audio/x-m4a": "m4a",
        "audio/ogg": "ogg",
        "audio/wav": "wav",
        "audio/x-wav": "wav",
        "audio/wave": "wav",
        "audio/vnd.wave": "wav",
        "audio/mpeg": "mp3",
        "audio/mp3": "mp3",
    }
)

_NO_KEY: Final = "none"  # local servers ask for no key, but the client insists on one
_CONNECT_S: Final = 10.0


class Transcriber:
    """Turns what a reader says into text.

    Args:
        model: Name at the endpoint.
        base_url: An OpenAI-compatible endpoint; OpenAI's own when empty.
        limit_s: Seconds that one recording may take.
    """

    def __init__(
        self, *, model: str, api_key: SecretStr | None = None, base_url: str = "", limit_s: float = 60.0
    ) -> None:
        key = api_key.get_secret_value().strip() if api_key is not None else ""
        self._model = model
        self._limit_s = limit_s
        self._client = AsyncOpenAI(
            api_key=key or _NO_KEY,
            base_url=base_url or OPENAI_URL,
            timeout=httpx2.Timeout(limit_s, connect=min(limit_s, _CONNECT_S)),
            max_retries=0,  # the reader still holds the recording, and is told to try again
        )

    async def text(self, audio: bytes, *, media_type: str, language: str = "") -> str:
        """What is said in `audio`; empty where nothing is. Waits at most the seconds it was made with.

        Args:
            media_type: One of `ENDINGS`, without parameters.
            language: ISO 639-1, a hint; empty where it is unknown.

        Raises:
            InvalidInput: The endpoint cannot read the recording.
            ModelUnavailable: The endpoint fails; the message says what a reader can do.
        """
        try:
            async with asyncio.timeout(self._limit_s):
                made = await self._client.audio.transcriptions.create(
                    file=(f"dictation.{ENDINGS[media_type]}", audio, media_type),
                    model=self._model,
                    language=language or openai.omit,
                    response_format="json",
                )
        except (openai.OpenAIError, TimeoutError, ValueError) as error:
            status = error.status_code if isinstance(error, openai.APIStatusError) else 0
            log.warning("transcription_failed", kind=type(error).__name__, status=status)
            # the cause may quote the key: it goes no further
            raise _in_words(error, status) from None
        charges.note(getattr(getattr(made, "usage", None), "total_tokens", 0))
        said: object = getattr(made, "text", None)  # the SDK believes an endpoint whatever it sends
        if not isinstance(said, str):
            log.warning("transcription_failed", kind="no_text", status=200)
            raise ModelUnavailable(uploads.DICTATION_LATER)
        return said.strip()

    async def aclose(self) -> None:
        """Lets go of connections."""
        await self._client.close()


def _in_words(error: Exception, status: int) -> InvalidInput | ModelUnavailable:
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return ModelUnavailable(uploads.DICTATION_TOO_SLOW)
    match status:
        case 400 | 413 | 415 | 422:
            return InvalidInput(uploads.NOT_UNDERSTOOD)
        case 401 | 403 | 404:
            return ModelUnavailable(uploads.DICTATION_WRONG)
        case 429:
            return ModelUnavailable(uploads.DICTATION_BUSY)
        case _:
            return ModelUnavailable(uploads.DICTATION_LATER)
