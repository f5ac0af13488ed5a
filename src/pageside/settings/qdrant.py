"""Qdrant, where the index outgrows one machine's files."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from pageside.settings.checks import http_url


class Qdrant(BaseSettings):
    """Where the index is kept instead of the data folder."""

    qdrant_url: str = Field(
        "",
        validation_alias="QDRANT_URL",
        description="Qdrant server that keeps the index, such as `https://qdrant.example.org:6333`; needs "
        "`pip install 'pageside[qdrant]'`. Unset: files in the data folder.",
    )
    qdrant_api_key: SecretStr | None = Field(
        None, validation_alias="QDRANT_API_KEY", description="Key of that server. Unset: it asks for none."
    )
    qdrant_prefix: str = Field(
        "pageside",
        pattern=r"^[A-Za-z0-9_]+$",
        max_length=64,
        validation_alias="PAGESIDE_QDRANT_PREFIX",
        description="What the names of its collections begin with; another one for each installation that shares it.",
    )
    qdrant_timeout_s: int = Field(
        5,
        ge=1,
        le=60,
        validation_alias="PAGESIDE_QDRANT_TIMEOUT_S",
        description="Seconds that one request of a search may take.",
    )
    qdrant_shards: int = Field(
        1,
        ge=1,
        le=1024,
        validation_alias="PAGESIDE_QDRANT_SHARDS",
        description="Parts that a new index is cut into, so that several machines search it.",
    )
    qdrant_replicas: int = Field(
        1,
        ge=1,
        le=16,
        validation_alias="PAGESIDE_QDRANT_REPLICAS",
        description="Machines that keep each part of a new index.",
    )
    qdrant_on_disk: bool = Field(
        False,
        validation_alias="PAGESIDE_QDRANT_ON_DISK",
        description="Reads the vectors of a new index from disk as needed, instead of holding them in memory.",
    )
    qdrant_quantization: Literal["none", "scalar", "binary"] = Field(
        "none",
        validation_alias="PAGESIDE_QDRANT_QUANTIZATION",
        description="Searches a new index by vectors of a quarter (`scalar`) or a 32nd (`binary`) of their size first.",
    )

    @field_validator("qdrant_url")
    @classmethod
    def _server_url(cls, url: str) -> str:
        return http_url(url)
