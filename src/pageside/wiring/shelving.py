"""Settings to several books on one server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import anyio.to_thread

from pageside.administration.reindexing import Volume
from pageside.knowledge.ingest import Progress, Report, silent
from pageside.knowledge.reading.sites import built
from pageside.settings import Settings
from pageside.settings.books import Listed
from pageside.settings.showing import NONE
from pageside.wiring import knowing, serving
from pageside.wiring.serving import Services, Shared


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every book with its services, and what they have in common."""

    shared: Shared
    books: tuple[tuple[Listed, Services], ...]


@asynccontextmanager
async def open_shelf(settings: Settings, listed: tuple[Listed, ...]) -> AsyncIterator[Shelf]:
    """The services of every book of `listed`.

    Raises:
        SettingsError: The data folder cannot be written.
    """
    # Whose cookie a site may use is decided once for all books; each book decides anew which sites may speak with it.
    sites = dict.fromkeys(origin for each in listed for origin in (*settings.origins, *each.origins))
    whole = settings.model_copy(update={"cors_origins": ",".join(sites)})
    async with AsyncExitStack() as stack:
        shared = await stack.enter_async_context(serving.open_shared(whole))
        books = [(each, await stack.enter_async_context(serving.open_book(shared, each))) for each in listed]
        for each, services in books:
            shared.administration.reindexing.add(_volume(each, services))
        yield Shelf(shared, tuple(books))


async def index(listed: Listed, *, progress: Callable[[Progress], None], wait_s: float = 0) -> Report:
    """As `knowing.index_book`, under the addresses that the book's pages have on this server."""
    base_url = await anyio.to_thread.run_sync(_base_url, listed)
    return await knowing.index_book(
        listed.settings, listed.folder, progress=progress, wait_s=wait_s, book=listed.name, base_url=base_url
    )


def _volume(listed: Listed, services: Services) -> Volume:
    async def refresh(progress: Callable[[Progress], None], wait_s: float) -> Report:
        return await index(listed, progress=progress, wait_s=wait_s)

    return Volume(listed.name, listed.title, services.index, refresh, listed.audience)


async def freshen(listed: Listed, *, progress: Callable[[Progress], None] = silent) -> Report | None:
    """As `knowing.freshen`, likewise."""
    base_url = await anyio.to_thread.run_sync(_base_url, listed)
    return await knowing.freshen(listed.settings, listed.folder, progress=progress, book=listed.name, base_url=base_url)


def _base_url(listed: Listed) -> str | None:
    """Where the pages stand that this server makes itself; None where they are a site's, whose addresses hold."""
    chosen = listed.settings.site
    if listed.settings.base_url or (chosen is not None and str(chosen) != NONE):
        return None
    if chosen is None and built.folder(listed.folder):
        return None
    return f"/{listed.name}"
