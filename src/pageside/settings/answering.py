"""What a book is read, searched and answered with."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from pageside.settings.checks import http_url


class Answering(BaseSettings):
    """Models and their endpoints."""

    openai_api_key: SecretStr | None = Field(
        None,
        validation_alias="OPENAI_API_KEY",
        description="Turns on answers in a model's own words. Unset: the embedded model quotes the book.",
    )
    openai_base_url: str = Field(
        "", validation_alias="OPENAI_BASE_URL", description="An OpenAI-compatible endpoint to use instead of OpenAI."
    )
    model: str = Field("gpt-5.4-mini", validation_alias="CHATKIT_MODEL", description="The model that answers.")
    model_api: Literal["auto", "responses", "chat_completions"] = Field(
        "auto",
        validation_alias="PAGESIDE_MODEL_API",
        description="How the model is spoken to. `auto`: Responses with OpenAI, Chat Completions elsewhere.",
    )
    model_timeout_s: float = Field(
        60, gt=0, le=600, validation_alias="PAGESIDE_MODEL_TIMEOUT_S", description="Seconds the model may be silent."
    )
    temperature: float = Field(
        0.2,
        ge=0,
        le=2,
        validation_alias="CHATKIT_TEMPERATURE",
        description="How freely the model words its answers, 0 to 2.",
    )
    max_tokens: int = Field(
        2000, ge=16, le=100_000, validation_alias="CHATKIT_MAX_TOKENS", description="Longest answer, in tokens."
    )
    system_instructions: str = Field(
        "",
        validation_alias="CHATKIT_SYSTEM_INSTRUCTIONS",
        description="Added to the built-in prompt; it cannot lift the rules of citation.",
    )
    transcription_model: str = Field(
        "",
        validation_alias="PAGESIDE_TRANSCRIPTION_MODEL",
        description="Turns on dictation: a speech-to-text model such as `gpt-4o-mini-transcribe`.",
    )
    transcription_base_url: str = Field(
        "",
        validation_alias="PAGESIDE_TRANSCRIPTION_BASE_URL",
        description="Its OpenAI-compatible endpoint. Unset: `OPENAI_BASE_URL`.",
    )
    transcription_api_key: SecretStr | None = Field(
        None,
        validation_alias="PAGESIDE_TRANSCRIPTION_API_KEY",
        description="Its key. Unset: `OPENAI_API_KEY`, which is then sent to that endpoint.",
    )
    max_audio_bytes: int = Field(
        10_000_000,
        ge=1_000,
        validation_alias="PAGESIDE_MAX_AUDIO_BYTES",
        description="Longest recording to dictate, in bytes of audio.",
    )
    embedding_model: str = Field(
        "",
        validation_alias="EMBEDDING_MODEL",
        description="A model of an embeddings endpoint; `none` for keywords alone. Unset: the embedded MiniLM.",
    )
    embedding_base_url: str = Field(
        "", validation_alias="EMBEDDING_BASE_URL", description="The endpoint of `EMBEDDING_MODEL`. Unset: OpenAI's."
    )
    embedding_api_key: SecretStr | None = Field(
        None, validation_alias="EMBEDDING_API_KEY", description="Its key. Unset: `OPENAI_API_KEY`."
    )
    embedding_timeout_s: float = Field(
        5,
        gt=0,
        le=60,
        validation_alias="EMBEDDING_TIMEOUT_S",
        description="Seconds that endpoint may take while a reader waits; the search then knows words alone.",
    )
    model_reads_files: bool = Field(
        True,
        validation_alias="PAGESIDE_MODEL_READS_FILES",
        description="Gives readers' images and PDFs to the model; `false` for one that takes text alone.",
    )
    max_page_bytes: int = Field(
        20_000_000,
        ge=1_000,
        validation_alias="PAGESIDE_MAX_PAGE_BYTES",
        description="Largest page that is indexed, in bytes.",
    )

    @field_validator("openai_base_url", "embedding_base_url", "transcription_base_url")
    @classmethod
    def _model_url(cls, url: str) -> str:
        return http_url(url)
