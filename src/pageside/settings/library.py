"""Where documentation of libraries is looked up, and whether it is."""

from __future__ import annotations

from typing import Final

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

from pageside.settings.checks import http_url

PUBLIC_URL: Final = "https://mcp.context7.com/mcp"


class LibraryDocs(BaseSettings):
    """Documentation of the libraries a book uses, beside the book."""

    library_docs: bool = Field(
        False,
        validation_alias="CONTEXT7_ENABLED",
        description="Looks questions about how a library is used up in its documentation, too. The question, without "
        "what may be private, is sent to `CONTEXT7_URL`.",
    )
    library_docs_url: str = Field(
        PUBLIC_URL,
        validation_alias="CONTEXT7_URL",
        description="The server of that documentation: Context7, or another that speaks MCP over streamable HTTP.",
    )
    library_docs_key: SecretStr | None = Field(
        None, validation_alias="CONTEXT7_API_KEY", description="Its key, for more questions a day than without."
    )
    library_docs_results: int = Field(
        2,
        ge=1,
        le=5,
        validation_alias="CONTEXT7_MAX_RESULTS",
        description="Pieces of documentation that one answer is given.",
    )
    library_docs_timeout_s: float = Field(
        3.0,
        gt=0,
        le=10,
        validation_alias="PAGESIDE_LIBRARY_DOCS_TIMEOUT_S",
        description="Seconds that looking them up may take in all, beside the search of the book.",
    )

    @field_validator("library_docs_url")
    @classmethod
    def _library_docs_url(cls, url: str) -> str:
        return http_url(url)
