"""Settings to the models and the tutor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pageside.answer.library import Library
from pageside.answer.models import Models
from pageside.answer.tools import Finder
from pageside.answer.tutor import Tutor
from pageside.knowledge.contents import KeptContents
from pageside.settings import Settings
from pageside.wiring.knowing import BOOK, open_search


def models(settings: Settings) -> Models:
    """The models the settings ask for; the embedded one without key and endpoint."""
    return Models(
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        model=settings.model,
        temperature=settings.temperature,
        max_tokens=settings.max_tokens,
        api=settings.model_api,
        timeout_s=settings.model_timeout_s,
        reads_files=settings.model_reads_files,
    )


def tutor(
    settings: Settings,
    search: Finder,
    chosen: Models,
    *,
    contents: KeptContents | None = None,
    docs: Library | None = None,
) -> Tutor:
    """The tutor over a search and its models; with `contents` it can ask the reader which place they mean."""
    return Tutor(search, chosen, instructions=settings.system_instructions, contents=contents, docs=docs)


@asynccontextmanager
async def open_tutor(settings: Settings, *, book: str = BOOK) -> AsyncIterator[Tutor]:
    """The tutor with a search of `book` and models of its own."""
    async with open_search(settings, book=book) as search:
        chosen = models(settings)
        try:
            yield tutor(settings, search, chosen)
        finally:
            await chosen.aclose()
