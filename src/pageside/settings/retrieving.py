"""How what was found in the book is looked at again."""

from __future__ import annotations

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from pageside.settings.checks import http_url


class Retrieving(BaseSettings):
    """A reranking model beside the search."""

    rerank_url: str = Field(
        "",
        validation_alias="PAGESIDE_RERANK_URL",
        description="Endpoint of a reranking model that orders what the search found, as Cohere's `/v2/rerank`, or "
        "vLLM's and Jina's `/v1/rerank`. The question and the passages are sent there.",
    )
    rerank_model: str = Field(
        "", validation_alias="PAGESIDE_RERANK_MODEL", description="The model it is asked for, such as `rerank-v3.5`."
    )
    rerank_key: SecretStr | None = Field(
        None, validation_alias="PAGESIDE_RERANK_API_KEY", description="Its key, sent as a bearer token."
    )
    rerank_timeout_s: float = Field(
        2.0,
        gt=0,
        le=30,
        validation_alias="PAGESIDE_RERANK_TIMEOUT_S",
        description="Seconds it may take; after that the order of the search stands.",
    )

    @field_validator("rerank_url")
    @classmethod
    def _is_url(cls, value: str) -> str:
        return http_url(value) if value else value
