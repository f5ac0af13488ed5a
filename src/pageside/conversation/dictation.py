"""`input.transcribe`: a recording checked, and turned into the text for the composer."""

from __future__ import annotations

import base64
import binascii
from typing import Final

import anyio.to_thread
from chatkit.types import AudioInput, InputTranscribeParams, TranscriptionResult

from pageside.answer.transcription import ENDINGS, Transcriber
from pageside.errors import InvalidInput, ModelUnavailable, NotSupported, TooLarge
from pageside.phrases import uploads

MAX_AUDIO_BYTES: Final = 10_000_000


class Dictation:
    """Dictation as this server offers it, or says that it does not.

    Args:
        transcriber: Without it every recording is refused.
        max_bytes: Longest recording, in bytes of audio.

    Attributes:
        failing: Whether the model gave nothing when it was last asked.
    """

    def __init__(self, transcriber: Transcriber | None = None, *, max_bytes: int = MAX_AUDIO_BYTES) -> None:
        self._transcriber = transcriber
        self.failing = False
        self._max_bytes = max_bytes

    async def transcribe(self, told: InputTranscribeParams, *, language: str = "") -> TranscriptionResult:
        """The text of the recording.

        Args:
            language: ISO 639-1, of the reader; empty where it is unknown.

        Raises:
            NotSupported: No transcription model is set.
            InvalidInput: It is no base64, empty, or of a type that is not taken.
            TooLarge: The recording is too long.
            ModelUnavailable: The model fails; the message says what a reader can do.
        """
        if self._transcriber is None:
            raise NotSupported(uploads.NO_DICTATION)
        audio = await anyio.to_thread.run_sync(self._decoded, told)
        try:
            text = await self._transcriber.text(audio.data, media_type=_media_type(audio), language=language)
        except ModelUnavailable:
            self.failing = True
            raise
        self.failing = False
        return TranscriptionResult(text=text)

    def _decoded(self, told: InputTranscribeParams) -> AudioInput:
        if len(told.audio_base64) > 4 * (self._max_bytes + 2) // 3 + 4:
            raise self._too_large()
        try:
            data = base64.b64decode(told.audio_base64, validate=True)
        except (binascii.Error, ValueError):
            raise InvalidInput("params.audio_base64: this is not base64.") from None
        if not data:
            raise InvalidInput(uploads.RECORDING_EMPTY)
        if len(data) > self._max_bytes:
            raise self._too_large()
        audio = AudioInput(data=data, mime_type=told.mime_type)
        _media_type(audio)
        return audio

    def _too_large(self) -> TooLarge:
        return TooLarge(uploads.RECORDING_TOO_LONG.of(most=self._max_bytes))


def _media_type(audio: AudioInput) -> str:
    found = audio.media_type.strip().lower()
    if found not in ENDINGS:
        raise InvalidInput(f"params.mime_type: {found[:80]!r} is not taken; send one of {', '.join(ENDINGS)}.")
    return found
