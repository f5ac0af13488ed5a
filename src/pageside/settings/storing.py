"""Where conversations and readers' files are kept."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from pageside.errors import SettingsError
from pageside.settings.checks import http_url
from pageside.storage import address, redis_address


class Storing(BaseSettings):
    """Databases, Redis, files."""

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

    @field_validator("files_url")
    @classmethod
    def _bucket_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and (parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc or parts.query or parts.fragment):
            raise ValueError("must be s3:// and the name of a bucket, with a prefix or without")
        return url.rstrip("/")

    @field_validator("files_endpoint")
    @classmethod
    def _store_url(cls, url: str) -> str:
        return http_url(url)

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
