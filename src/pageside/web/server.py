"""Runs the application under uvicorn, and says where once it listens."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from types import FrameType

import structlog
import uvicorn
from starlette.types import ASGIApp

from pageside.conversation.server import TextbookServer
from pageside.errors import SettingsError
from pageside.settings import Settings
from pageside.settings.books import Listed
from pageside.web import app, ending, shelf
from pageside.wiring import observing, serving, shelving

log = structlog.get_logger(__name__)


class _Server(uvicorn.Server):
    """Ends in an order that loses no answer: uvicorn would break the streams, and dies of the signal afterwards.

    First it says that it is ending and goes on as ever, so that whoever sends requests here sends them elsewhere. Then
    it takes no more connections, and answers under way come to their end. What is left of them when the time is over
    is kept as far as it came, and those who listen are told.
    """

    def __init__(
        self, config: uvicorn.Config, chats: Sequence[TextbookServer], *, notice: timedelta, answers: timedelta
    ) -> None:
        """A server that does not run yet.

        Args:
            notice: How long it goes on as ever when it is told to end.
            answers: How long answers under way then have.
        """
        super().__init__(config)
        self._chats = chats
        self._notice_s = notice.total_seconds()
        self._answers = answers

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to end; told a second time, the process dies of the signal there and then.

        It has no more to lose than by a power cut: an answer is stored as it is made, and closed by whoever asks next.
        """
        if self.should_exit:
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info("ending", notice_s=self._notice_s, answers_s=self._answers.total_seconds())
        for chat in self._chats:
            chat.announce_end()
        # A proxy must not keep for later what is about to be closed.
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await asyncio.sleep(self._notice_s)
        await ending.close_listeners(self, sockets or ())
        over = asyncio.get_running_loop().time() + self._answers.total_seconds()
        await ending.begin_to_answer(self, within=self._answers)
        left = timedelta(seconds=max(0.0, over - asyncio.get_running_loop().time()))
        await asyncio.gather(*(chat.finish(within=left) for chat in self._chats))
        for chat in self._chats:
            await chat.aclose()
        await super().shutdown(sockets)


async def run(settings: Settings, book: Path, *, listening: Callable[[str], None]) -> None:
    """Serves `book` until it is told to stop; `listening` gets the address once connections are taken.

    Raises:
        SettingsError: The address is in use or not this machine's, or the site to show is none.
    """
    with _bound(settings.host, settings.port) as listener:
        async with observing.observed(settings), serving.open_services(settings) as services:
            await _serve(listener, app.create(services, book), [services.chat], settings, listening)


async def run_several(settings: Settings, books: tuple[Listed, ...], *, listening: Callable[[str], None]) -> None:
    """As `run`, for several books, each below an address of its own.

    Raises:
        SettingsError: As `run`, or a site was built for another address than its book's.
    """
    with _bound(settings.host, settings.port) as listener:
        async with observing.observed(settings), shelving.open_shelf(settings, books) as opened:
            chats = [services.chat for _, services in opened.books]
            await _serve(listener, shelf.create(opened), chats, settings, listening)


async def _serve(
    listener: socket.socket,
    served: ASGIApp,
    chats: Sequence[TextbookServer],
    settings: Settings,
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
    listening(f"http://{_shown(settings.host)}:{listener.getsockname()[1]}")
    notice, answers = timedelta(seconds=settings.shutdown_notice_s), timedelta(seconds=settings.shutdown_answers_s)
    await _Server(config, chats, notice=notice, answers=answers).serve(sockets=[listener])


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
