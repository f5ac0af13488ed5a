"""Every knob with its default, unit and meaning; the only reader of the environment."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from pageside.errors import SettingsError
from pageside.storage import address, redis_address
from pageside.telemetry import LogFormat

OUR_PREFIXES = ("PAGESIDE_", "CHATKIT_", "AUTH_", "JWT_", "CONTEXT7_", "QDRANT_", "EMBEDDING_", "APP_")
SHORTEST_SECRET = 32


class Settings(BaseSettings):
    """One frozen set of settings, from the environment and a `.env` file in the working directory."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        env_file=".env",
        env_file_encoding="utf-8",
        populate_by_name=True,
        env_ignore_empty=True,
    )

    data_dir: Path = Field(
        Path(".pageside"),
        validation_alias="PAGESIDE_DATA_DIR",
        description="Folder for the index, the conversations and the signing secret.",
    )
    environment: Literal["development", "production"] = Field(
        "development",
        validation_alias="PAGESIDE_ENVIRONMENT",
        description="In production cookies travel over HTTPS only.",
    )
    secret: SecretStr | None = Field(
        None,
        validation_alias="PAGESIDE_SECRET",
        description="Signs guest cookies; at least 32 characters. Made and kept in the data folder when unset.",
    )
    base_url: str = Field(
        "",
        validation_alias="PAGESIDE_BASE_URL",
        description="Where readers see the book, such as `https://example.org`. Unset: this server's own address.",
    )
    log_format: LogFormat = Field(
        "console", validation_alias="PAGESIDE_LOG_FORMAT", description="How log lines look on standard error."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO",
        validation_alias="PAGESIDE_LOG_LEVEL",
        description="The least severe line that `serve` logs; other commands log warnings and worse.",
    )
    host: str = Field("127.0.0.1", validation_alias="APP_HOST", description="Address the server listens on.")
    port: int = Field(8000, ge=0, le=65535, validation_alias="APP_PORT", description="Port it listens on; 0 picks one.")
    database_url: SecretStr | None = Field(
        None,
        validation_alias=AliasChoices("CHATKIT_STORE_DATABASE_URL", "DATABASE_URL"),
        description="Where conversations are kept: `sqlite:///chat.db`, or `postgresql://role:password@host/name` "
        "(schema `chatkit`). Unset: a file in the data folder.",
    )
    database_pool_size: int = Field(
        5,
        ge=1,
        le=200,
        validation_alias="PAGESIDE_DATABASE_POOL_SIZE",
        description="Connections to the database that each process keeps open.",
    )
    database_pool_overflow: int = Field(
        5,
        ge=0,
        le=200,
        validation_alias="PAGESIDE_DATABASE_POOL_OVERFLOW",
        description="Further connections, opened while all are in use.",
    )
    database_timeout_s: float = Field(
        5,
        gt=0,
        le=60,
        validation_alias="PAGESIDE_DATABASE_TIMEOUT_S",
        description="Seconds to wait for a free connection, and for another writer to end.",
    )
    database_statement_timeout_s: float = Field(
        10,
        gt=0,
        le=600,
        validation_alias="PAGESIDE_DATABASE_STATEMENT_TIMEOUT_S",
        description="Seconds that PostgreSQL may work on one statement.",
    )
    redis_url: SecretStr | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Redis or Valkey, through which several processes share answers under way: "
        "`redis://:password@host:6379/0`, `rediss://` or `unix://`. Unset: each process knows its own.",
    )
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
    chatkit_enabled: bool = Field(True, validation_alias="CHATKIT_ENABLED", description="Serves `POST /chatkit`.")
    max_messages: int = Field(
        50,
        ge=1,
        validation_alias="CHATKIT_MAX_MESSAGES_PER_SESSION",
        description="Messages of the reader that one conversation takes.",
    )
    max_threads: int = Field(
        100, ge=0, validation_alias="CHATKIT_MAX_THREADS_PER_USER", description="Threads of a reader; 0: no limit."
    )
    retention_days: int = Field(
        0, ge=0, validation_alias="PAGESIDE_RETENTION_DAYS", description="Days a silent thread is kept; 0: for ever."
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
    auth_mode: Literal["guest"] = Field(
        "guest",
        validation_alias="AUTH_MODE",
        description="How readers are known; `guest`, the one way of this version, is a signed random name per browser.",
    )
    max_body_bytes: int = Field(
        1_000_000, ge=1_000, validation_alias="PAGESIDE_MAX_BODY_BYTES", description="Largest request body, in bytes."
    )
    max_message_chars: int = Field(
        8_000, ge=100, validation_alias="PAGESIDE_MAX_MESSAGE_CHARS", description="Longest message, in characters."
    )
    attachments: bool = Field(
        True, validation_alias="CHATKIT_ATTACHMENTS", description="Takes images, PDF, text and code from readers."
    )
    files_dir: Path | None = Field(
        None,
        validation_alias="PAGESIDE_FILES_DIR",
        description="Folder for readers' files. Unset: `files` in the data folder.",
    )
    files_url: str = Field(
        "",
        validation_alias="PAGESIDE_FILES_URL",
        description="Bucket for readers' files, such as `s3://bucket/prefix`. Unset: the folder.",
    )
    files_endpoint: str = Field(
        "",
        validation_alias=AliasChoices("PAGESIDE_FILES_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
        description="Address of the store that has the bucket. Unset: Amazon's own.",
    )
    files_region: str = Field(
        "",
        validation_alias=AliasChoices("PAGESIDE_FILES_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"),
        description="Region of the bucket. Unset: `us-east-1`.",
    )
    files_path_style: bool = Field(
        True,
        validation_alias="PAGESIDE_FILES_PATH_STYLE",
        description="Names the bucket in the path of a request; `false` for stores that want it in the host.",
    )
    files_timeout_s: float = Field(
        20, gt=0, le=600, validation_alias="PAGESIDE_FILES_TIMEOUT_S", description="Seconds that a request may take."
    )
    files_key_id: str = Field(
        "",
        validation_alias="AWS_ACCESS_KEY_ID",
        description="Access key of the bucket. Unset: what the machine's own role allows.",
    )
    files_secret_key: SecretStr | None = Field(
        None, validation_alias="AWS_SECRET_ACCESS_KEY", description="The secret of that access key."
    )
    files_session_token: SecretStr | None = Field(
        None, validation_alias="AWS_SESSION_TOKEN", description="Beside an access key that lasts for a while only."
    )
    public_url: str = Field(
        "",
        validation_alias="PAGESIDE_PUBLIC_URL",
        description="Where clients reach this server, for addresses of files. Unset: where their request came to.",
    )
    max_attachment_bytes: int = Field(
        10_000_000,
        ge=1_000,
        validation_alias="PAGESIDE_MAX_ATTACHMENT_BYTES",
        description="Largest file of a reader, in bytes.",
    )
    max_unsent_bytes: int = Field(
        50_000_000,
        ge=1_000,
        validation_alias="PAGESIDE_MAX_UNSENT_BYTES",
        description="What a reader may have uploaded without sending it, in bytes.",
    )
    upload_lifetime_s: int = Field(
        600,
        ge=10,
        le=86_400,
        validation_alias="PAGESIDE_UPLOAD_LIFETIME_S",
        description="Seconds that an address to upload to is good for.",
    )
    preview_lifetime_s: int = Field(
        3600,
        ge=60,
        le=86_400,
        validation_alias="PAGESIDE_PREVIEW_LIFETIME_S",
        description="Seconds that an address of a preview is good for, at most; half of it at least.",
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

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(
                f"a secret needs at least {SHORTEST_SECRET} characters; `openssl rand -base64 48` makes one"
            )
        return secret

    @field_validator("files_url")
    @classmethod
    def _bucket_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment):
            raise ValueError("must be s3:// and the name of a bucket, with a prefix or without")
        return url.rstrip("/")

    @field_validator(
        "base_url", "openai_base_url", "embedding_base_url", "transcription_base_url", "public_url", "files_endpoint"
    )
    @classmethod
    def _http_url(cls, url: str) -> str:
        if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
            raise ValueError("must begin with http:// or https:// and name a host")
        return url.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: SecretStr | None) -> SecretStr | None:
        if not url or url.get_secret_value().startswith(("sqlite:", "sqlite+")):
            return url
        if not address.is_postgres(url.get_secret_value()):
            raise ValueError("must begin with sqlite:/// and a path, or with postgresql:// and a host")
        try:
            address.parse(url.get_secret_value())
        except SettingsError as error:
            raise ValueError(str(error)) from None
        return url

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, url: SecretStr | None) -> SecretStr | None:
        if url:
            try:
                redis_address.parse(url.get_secret_value())
            except SettingsError as error:
                raise ValueError(str(error)) from None
        return url

    @property
    def store_url(self) -> str:
        """The URL of the conversations; it may hold a password."""
        if not self.database_url:
            return f"sqlite+aiosqlite:///{self.data_dir / 'pageside.db'}"
        return self.database_url.get_secret_value().replace("sqlite:", "sqlite+aiosqlite:", 1)


def load(environ: Mapping[str, str | None] | None = None, /, **overrides: object) -> Settings:
    """The settings of this process; `overrides` (from the command line) win over the environment.

    Raises:
        SettingsError: A variable is misspelt or its value cannot be used; the message names it and what to do.
    """
    if unknown := misspelt(environ if environ is not None else {**dotenv_values(".env"), **os.environ}):
        raise SettingsError("\n".join(unknown))
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # the values are validated by the model itself
    except ValidationError as error:
        raise SettingsError("\n".join(_complaint(part["loc"], part["msg"]) for part in error.errors())) from None


def _complaint(location: tuple[int | str, ...], message: str) -> str:
    name = str(location[0]) if location else "settings"
    shown = variables(Settings.model_fields[name])[0] if name in Settings.model_fields else name
    return f"{shown}: {message.removeprefix('Value error, ')}"


def variables(field: FieldInfo) -> tuple[str, ...]:
    """The environment variables a setting is read from, the one that wins first."""
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(choice) for choice in alias.choices)
    return (str(alias),)


def misspelt(environ: Mapping[str, str | None]) -> list[str]:
    """A sentence for each variable that bears one of our prefixes and is no setting: pydantic would ignore it."""
    known = {name for field in Settings.model_fields.values() for name in variables(field)}
    complaints = []
    for name in sorted(environ):
        if name.startswith(OUR_PREFIXES) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else "`pageside doctor` lists every setting."
            complaints.append(f"{name} is not a setting of this version; {hint}")
    return complaints


def table() -> str:
    """The settings as a Markdown table: name, default, meaning."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for field in Settings.model_fields.values():
        names = ", ".join(f"`{name}`" for name in variables(field))
        rows.append(f"| {names} | {_shown_default(field)} | {field.description} |")
    return "\n".join(rows) + "\n"


def example() -> str:
    """The settings as a commented `.env` file."""
    lines = ["# Every setting of Pageside with its default. Copy to .env and uncomment what you change."]
    for field in Settings.model_fields.values():
        default = "" if field.default in (None, "") else str(field.default)
        lines += ["", f"# {field.description}", f"# {variables(field)[0]}={default}"]
    return "\n".join(lines) + "\n"


def _shown_default(field: FieldInfo) -> str:
    return "none" if field.default in (None, "") else f"`{field.default}`"
