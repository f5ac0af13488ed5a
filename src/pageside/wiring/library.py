"""Settings to documentation of libraries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from pageside.answer.library import Library
from pageside.knowledge.index import Index
from pageside.knowledge.library.context7 import Context7
from pageside.knowledge.library.kept import KeptNames
from pageside.knowledge.library.shelf import Shelf
from pageside.settings import Settings
from pageside.storage.redis_server import RedisServer
from pageside.storage.shared_texts import SharedTexts

_SHARED: Final = "pageside:library:"


@dataclass(frozen=True, slots=True)
class Documentation:
    """Where documentation is looked up, and what decides for which questions.

    Attributes:
        place: The host that is asked.
    """

    shelf: Shelf
    library: Library
    place: str


def context7(settings: Settings) -> Context7:
    """The server of documentation that the settings name."""
    return Context7(
        settings.library_docs_url, api_key=settings.library_docs_key, timeout_s=settings.library_docs_timeout_s
    )


@asynccontextmanager
async def open_documentation(
    settings: Settings, index: Index, *, redis: RedisServer | None = None
) -> AsyncIterator[Documentation | None]:
    """Documentation beside the book of `index`; None where it is off. Nothing is connected to before a question asks.

    Args:
        redis: Where what was looked up is shared with other processes.
    """
    if not settings.library_docs:
        yield None
        return
    server = context7(settings)
    shelf = Shelf(
        server,
        kept=SharedTexts(redis, prefix=_SHARED) if redis is not None else None,
        limit_s=settings.library_docs_timeout_s,
    )
    library = Library(
        shelf,
        KeptNames(index).read,
        limit_results=settings.library_docs_results,
        limit_s=settings.library_docs_timeout_s,
    )
    try:
        yield Documentation(shelf, library, urlsplit(settings.library_docs_url).hostname or "")
    finally:
        await server.aclose()
