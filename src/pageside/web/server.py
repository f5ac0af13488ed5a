"""Runs the application under uvicorn, and says where once it listens."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn

from pageside.conversation.server import TextbookServer
from pageside.errors import SettingsError
from pageside.settings import Settings
from pageside.web import app
from pageside.wiring import serving


class _Server(uvicorn.Server):
    """Keeps what was said before it lets go of the streams: uvicorn breaks them, and dies of the signal afterwards."""

    def __init__(self, config: uvicorn.Config, chat: TextbookServer) -> None:
        super().__init__(config)
        self._chat = chat

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._chat.aclose()
        await super().shutdown(sockets)


async def run(settings: Settings, book: Path, *, listening: Callable[[str], None]) -> None:
    """Serves `book` until it is told to stop; `listening` gets the address once connections are taken.

    Raises:
        SettingsError: The address is in use or not this machine's, or the site to show is none.
    """
    with _bound(settings.host, settings.port) as listener:
        port = listener.getsockname()[1]
        address = f"http://{_shown(settings.host)}:{port}"
        async with serving.open_services(settings) as services:
            config = uvicorn.Config(
                app.create(services, book),
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=10,
                server_header=False,
                proxy_headers=False,  # which proxies are believed is a setting of ours
            )
            listening(address)
            await _Server(config, services.chat).serve(sockets=[listener])


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
