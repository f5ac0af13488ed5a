"""A book's services to its server for the Model Context Protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver import Context

from pageside.identity.reader import Reader
from pageside.mcp import server as book_server
from pageside.mcp.book_tools import Asking
from pageside.mcp.server import Server
from pageside.tasks.tools import Origin
from pageside.wiring.serving import Services


def server(
    services: Services, *, reader: Callable[[Context[Any, Any]], Reader], asking: Asking, origin: Origin
) -> Server:
    """The server of one book.

    Args:
        reader: Whose tasks a call is about; raises a `PagesideError` where nobody is known.
        asking: Raises a `PagesideError` where a call may not search now.
        origin: Where the book stands; see `tasks.tools.register`.
    """
    board = services.board
    return book_server.create(
        services.search,
        services.contents,
        services.index,
        tasks=None if board is None else (lambda of: board.work(reader(of)), lambda of: board.reading(reader(of))),
        asking=asking,
        origin=origin,
        max_query_chars=services.settings.max_message_chars,
        title=services.title,
    )
