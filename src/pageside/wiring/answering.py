"""Settings to the models and the tutor."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from pageside.answer import answerable
from pageside.answer.library import Library
from pageside.answer.models import Models
from pageside.answer.recalling import Answering as Answerer
from pageside.answer.recalling import Recalling
from pageside.answer.tools import Finder
from pageside.answer.tutor import Tutor
from pageside.errors import SettingsError
from pageside.knowledge import calibration
from pageside.knowledge.contents import KeptContents
from pageside.knowledge.fitted import Bounds
from pageside.knowledge.index import Index
from pageside.settings import Settings
from pageside.settings.answering import Answering
from pageside.settings.library import LibraryDocs
from pageside.settings.refusing import Refusing
from pageside.settings.retrieving import Retrieving
from pageside.settings.verifying import Verifying
from pageside.storage.kept import KeptHere, KeptThere
from pageside.storage.redis_server import RedisServer
from pageside.wiring.knowing import BOOK, open_search

# What an answer depends on. Where a process listens and what it keeps are not among it, so that all processes of a
# server know an answer by one name.
_DECIDING: Final = {
    *(name for kind in (Answering, Retrieving, Refusing, Verifying, LibraryDocs) for name in kind.model_fields),
    "base_url",
    "cors_origins",
    "max_searches",
}


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
        bounds=bounds(settings),
    )


def bounds(settings: Settings) -> Bounds:
    """How sure an answer must be.

    Raises:
        SettingsError: The calibration file cannot be read.
    """
    rate, file = settings.unsupported_rate, settings.calibration
    try:
        scores = calibration.read(file) if rate is not None and file is not None else None
    except (OSError, ValueError) as error:
        raise SettingsError(f"PAGESIDE_CALIBRATION: {error}") from error
    return answerable.bounds(settings.refusal, rate=rate, scores=scores)


def tutor(
    settings: Settings,
    search: Finder,
    chosen: Models,
    *,
    contents: KeptContents | None = None,
    docs: Library | None = None,
) -> Tutor:
    """The tutor over a search and its models; with `contents` it can ask the reader which place they mean."""
    return Tutor(
        search,
        chosen,
        instructions=settings.system_instructions,
        contents=contents,
        docs=docs,
        sites=(settings.base_url, *settings.origins),
        unsupported=settings.unsupported,
        repairs=settings.repairs,
        limit_searches=settings.max_searches,
    )


def recalling(settings: Settings, tutor: Tutor, index: Index, *, book: str, redis: RedisServer | None) -> Answerer:
    """The tutor, or what gives its answers again to whoever asks the same; shared where processes have a Redis."""
    if not settings.answer_cache_s:
        return tutor
    lasts = timedelta(seconds=settings.answer_cache_s)
    kept = KeptThere(redis, prefix="pageside:answer:", lasts=lasts) if redis is not None else KeptHere(lasts=lasts)
    told = f"{book}\n{bounds(settings)}\n{settings.model_dump_json(include=_DECIDING)}"
    return Recalling(tutor, kept, generation=lambda: index.status().generation, settings=told)


@asynccontextmanager
async def open_tutor(settings: Settings, *, book: str = BOOK) -> AsyncIterator[Tutor]:
    """The tutor with a search of `book` and models of its own."""
    async with open_search(settings, book=book) as search:
        chosen = models(settings)
        try:
            yield tutor(settings, search, chosen)
        finally:
            await chosen.aclose()
