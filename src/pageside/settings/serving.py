"""Where a server runs, what it keeps, and how much it takes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from pageside.settings.checks import http_url
from pageside.telemetry import LogFormat

SHORTEST_SECRET = 32


class Serving(BaseSettings):
    """The server itself."""

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
    secrets_dir: Path | None = Field(
        None,
        validation_alias="PAGESIDE_SECRETS_DIR",
        description="Folder of files that each hold one setting and bear its name, such as `DATABASE_URL`, as Docker "
        "and Kubernetes give secrets. The environment wins over them.",
    )
    base_url: str = Field(
        "",
        validation_alias="PAGESIDE_BASE_URL",
        description="Where readers see the book, such as `https://example.org`. Unset: this server's own address.",
    )
    public_url: str = Field(
        "",
        validation_alias="PAGESIDE_PUBLIC_URL",
        description="Where clients reach this server, for addresses of files. Unset: where their request came to.",
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
    max_body_bytes: int = Field(
        1_000_000, ge=1_000, validation_alias="PAGESIDE_MAX_BODY_BYTES", description="Largest request body, in bytes."
    )
    max_message_chars: int = Field(
        8_000, ge=100, validation_alias="PAGESIDE_MAX_MESSAGE_CHARS", description="Longest message, in characters."
    )

    @field_validator("secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(
                f"a secret needs at least {SHORTEST_SECRET} characters; `openssl rand -base64 48` makes one"
            )
        return secret

    @field_validator("base_url", "public_url")
    @classmethod
    def _own_url(cls, url: str) -> str:
        return http_url(url)
