"""The application: routes, what every request passes through, and what becomes of errors."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from pageside import __version__
from pageside.web import (
    attachments,
    chat,
    chatkit,
    dictated,
    entities,
    health,
    me,
    originals,
    pages,
    problems,
    sessions,
)
from pageside.web.limits import Limits
from pageside.web.middleware import RequestIds, SecurityHeaders
from pageside.web.recognition import Addresses, Recognition
from pageside.wiring.serving import Services


def create(services: Services, book: Path, *, sample: str) -> FastAPI:
    """The ASGI application over opened services.

    Args:
        book: The folder whose pages are shown at their own addresses.
        sample: A question to show as an example.
    """
    settings = services.settings
    app = FastAPI(
        title="Pageside",
        version=__version__,
        summary="The teaching assistant that sits beside a textbook.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/-/openapi.json",
    )
    problems.install(app)
    app.include_router(health.router(services))
    if settings.chatkit_enabled:
        app.include_router(chatkit.router(services.chat))
        app.include_router(chat.router(services.chat, services.database))
        app.include_router(sessions.router(services.admission))
        app.include_router(me.router(services.keeping))
        app.include_router(entities.router(services.contents, services.index))
        if services.attachments is not None:
            app.include_router(attachments.router(services.attachments, services.links))
    app.include_router(originals.router(services.index, book))
    app.include_router(pages.router(services, book, sample=sample))

    app.add_middleware(Recognition, admission=services.admission)
    app.add_middleware(
        Limits,
        max_bytes=settings.max_body_bytes,
        streamed=attachments.streamed,
        dictated_bytes=dictated.largest_body(settings.max_audio_bytes) if settings.transcription_model else 0,
    )
    app.add_middleware(Addresses, proxies=services.admission.proxies)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestIds)  # added last, so that it stands outermost and every answer bears the id
    return app
