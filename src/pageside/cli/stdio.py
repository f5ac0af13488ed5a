"""A book's server for the Model Context Protocol over standard input and output, for one local reader."""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio.to_thread
from mcp.server.stdio import stdio_server

from pageside.cli import shelving
from pageside.errors import IndexMissing
from pageside.identity.reader import Reader
from pageside.knowledge.ingest import Report
from pageside.settings import Settings
from pageside.settings.books import Listed
from pageside.wiring import knowing, mcp, serving
from pageside.wiring import shelving as several
from pageside.wiring.serving import Services


async def serve(chosen: Settings, folder: Path | None, listed: Listed | None) -> None:
    """Serves until standard input ends.

    A book that was never indexed is indexed before anything is answered; one that was, while answers are given.

    Args:
        folder: Of the pages of the one book there is; None for what has been indexed.
        listed: Which of several books; None for the one there is.

    Raises:
        SettingsError: The data folder cannot be written.
        BookError: The folder cannot be used as a book.
    """
    async with serving.open_shared(chosen) as shared, serving.open_book(shared, listed) as services:
        if listed is not None:
            await _fresh(services, partial(several.freshen, listed))
        elif folder is not None:
            await _fresh(services, partial(knowing.freshen, chosen, folder))
        else:
            await _run(services)


async def _fresh(services: Services, update: Callable[[], Awaitable[Report | None]]) -> None:
    """As `_run`, over an index that is brought up to date."""
    report = None if await _is_indexed(services) else await update()
    if report is not None:
        shelving.warn(report)
        await _run(services)
        return
    async with knowing.catching_up(update):
        await _run(services)


async def _run(services: Services) -> None:
    me = Reader(subject=services.settings.mcp_reader).of_book(services.name)

    async def anything(_: Any) -> None:
        """Whoever runs the process may search as often as they like."""

    server = mcp.server(services, reader=lambda _: me, asking=anything, origin=lambda _: services.settings.base_url)
    # A thread that waits for standard input cannot be called off: being interrupted ends the process as it is, and what
    # was under way in the database never was.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    async with stdio_server() as (incoming, outgoing):
        await server.lowlevel.run(incoming, outgoing, server.lowlevel.create_initialization_options())


async def _is_indexed(services: Services) -> bool:
    try:
        await anyio.to_thread.run_sync(services.index.status)
    except IndexMissing:
        return False
    return True
