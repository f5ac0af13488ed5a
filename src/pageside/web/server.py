"""Runs the application under uvicorn, and says where once it listens."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from pageside.conversation.server import TextbookServer
from pageside.errors import SettingsError
from pageside.settings import Settings
from pageside.settings.books import Listed
from pageside.web import app, shelf
from pageside.wiring import serving, shelving


class _Server(uvicorn.Server):
    """Keeps what was said before it lets go of the streams: uvicorn breaks them, and dies of the signal afterwards."""

    def __init__(self, config: uvicorn.Config, chats: Sequence[TextbookServer]) -> None:
        super().__init__(config)
        self._chats = chats

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for chat in self._chats:
            await chat.aclose()
        await super().shutdown(sockets)


async def run(settings: Settings, book: Path, *, listening: Callable[[str], None]) -> None:
    """Serves `book` until it is told to stop; `listening` gets the address once connections are taken.

    Raises:
        SettingsError: The address is in use or not this machine's, or the site to show is none.
    """
    with _bound(settings.host, settings.port) as listener:
        async with serving.open_services(settings) as services:
            await _serve(listener, app.create(services, book), [services.chat], settings.host, listening)


async def run_several(settings: Settings, books: tuple[Listed, ...], *, listening: Callable[[str], None]) -> None:
    """As `run`, for several books, each below an address of its own.

    Raises:
        SettingsError: As `run`, or a site was built for another address than its book's.
    """
    with _bound(settings.host, settings.port) as listener:
        async with shelving.open_shelf(settings, books) as opened:
            chats = [services.chat for _, services in opened.books]
            await _serve(listener, shelf.create(opened), chats, settings.host, listening)


async def _serve(
    listener: socket.socket,
    served: ASGIApp,
    chats: Sequence[TextbookServer],
    host: str,
    listening: Callable[[str], None],
) -> None:
    config = uvicorn.Config(
        served,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=10,
        server_header=False,
        proxy_headers=False,  # which proxies are believed is a setting of ours
    )
    listening(f"http://{_shown(host)}:{listener.getsockname()[1]}")
    await _Server(config, chats).serve(sockets=[listener])


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(2048)  # from here on a connection waits for the application instead of being turned away
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"cannot listen on {host}:{port} ({error.strerror or error}); stop what does, or choose another --port."
        ) from None
    return listener


def _shown(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104  # recognised, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host
