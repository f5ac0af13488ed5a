"""Settings to dictation."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pageside.answer.transcription import Transcriber
from pageside.conversation.dictation import Dictation
from pageside.errors import SettingsError
from pageside.settings import Settings


@asynccontextmanager
async def open_dictation(settings: Settings) -> AsyncIterator[Dictation]:
    """Dictation by the model the settings name; without one it says that it is not available.

    Raises:
        SettingsError: A model is named, but neither a key nor an endpoint.
    """
    transcriber = _transcriber(settings)
    try:
        yield Dictation(transcriber, max_bytes=settings.max_audio_bytes)
    finally:
        if transcriber is not None:
            await transcriber.aclose()


def _transcriber(settings: Settings) -> Transcriber | None:
    if not settings.transcription_model:
        return None
    key = settings.transcription_api_key or settings.openai_api_key
    base_url = settings.transcription_base_url or settings.openai_base_url
    if key is None and not base_url:
        raise SettingsError(
            "PAGESIDE_TRANSCRIPTION_MODEL: set PAGESIDE_TRANSCRIPTION_API_KEY or PAGESIDE_TRANSCRIPTION_BASE_URL too, "
            "or OPENAI_API_KEY or OPENAI_BASE_URL, for there is nothing to send recordings to."
        )
    return Transcriber(
        model=settings.transcription_model, api_key=key, base_url=base_url, limit_s=settings.model_timeout_s
    )
