"""The application: routes, what every request passes through, and what becomes of errors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import structlog
from fastapi import FastAPI

from pageside import __version__
from pageside.web import (
    admin,
    attachments,
    chat,
    chat_health,
    chat_tools,
    chat_trial,
    chatkit,
    contract,
    dictated,
    element,
    entities,
    guests,
    health,
    mcp,
    me,
    metrics,
    originals,
    page_config,
    pages,
    probes,
    problems,
    records,
    reference,
    sessions,
    site,
    task_lists,
    tasks_chat,
)
from pageside.web.admin_entering import Gate
from pageside.web.admin_shown import Desk
from pageside.web.audience import Admitted
from pageside.web.hygiene import CrossOrigin, ForeignPages, SecurityHeaders
from pageside.web.limiting import AddressLimits, ReaderLimits
from pageside.web.limits import Limits
from pageside.web.middleware import NO_TELEMETRY, Observed, RequestIds
from pageside.web.recognition import Addresses, Recognition
from pageside.web.reference import Reference
from pageside.wiring import administering
from pageside.wiring.serving import Services, Shared

log = structlog.get_logger(__name__)


def create(services: Services, book: Path) -> FastAPI:
    """The ASGI application over opened services.

    Args:
        book: The folder whose pages are shown at their own addresses: as its site was built, or rendered simply.

    Raises:
        SettingsError: The site to show is none.
    """
    settings, base = services.settings, services.base
    app = FastAPI(
        title="Pageside",
        version=__version__,
        summary="The teaching assistant that sits beside a textbook.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=NO_TELEMETRY,
        servers=[{"url": base}] if base else None,
    )
    problems.install(app)
    contract.install(app)
    app.include_router(health.router(services))
    if not base:  # else they stand at the top, where those of all books are
        app.include_router(metrics.router(settings, services.database, [services]))
    app.include_router(probes.router(services.chat))
    if settings.chatkit_enabled:
        _converse(app, services, book)
    described = Reference(app)
    app.include_router(reference.router(described))
    contract.close(app)
    if not base:
        administering.look_after(services.administration, settings, book, services.index)
        look_after(app, services, {"": services.title})
    app.include_router(element.router())
    app.include_router(pages.assets())
    if base and settings.base_url:
        app.include_router(site.elsewhere(settings.base_url))
    elif shown := site.found(settings.site, book, base=base):
        log.info("site_shown", folder=str(shown.root), base=shown.base)
        app.include_router(site.router(shown, described, base=base, framed_by=settings.origins))
    else:
        app.include_router(originals.router(services.index, book, base=base, framed_by=settings.origins))
        app.include_router(pages.router(services, book, described))

    app.add_middleware(Admitted, book=services.name, audience=services.audience)
    app.add_middleware(mcp.Challenges, settings=settings, base=base)
    guard(app, services, book=services.name)
    return app


def _converse(app: FastAPI, services: Services, book: Path) -> None:
    """The routes of conversations, and of what stands beside them."""
    settings = services.settings
    app.include_router(chatkit.router(services.chat))
    app.include_router(chat.router(services.chat, services.database))
    app.include_router(
        chat_tools.router(
            services.search,
            services.contents,
            services.index,
            services.chat.allowance,
            max_query_chars=settings.max_message_chars,
        )
    )
    app.include_router(chat_trial.router(services.chat, everybody=settings.environment == "development"))
    app.include_router(chat_health.router(services))
    app.include_router(sessions.router(services.admission))
    app.include_router(guests.router(services.admission, services.keeping))
    app.include_router(me.router(services.keeping, services.chat.sources))
    app.include_router(entities.router(services.contents, services.index))
    app.include_router(records.router(services.database, services.chat.sources))
    app.include_router(page_config.router(settings, services.contents, services.index, book, title=services.title))
    app.include_router(mcp.router(services))
    if services.attachments is not None:
        app.include_router(attachments.router(services.attachments, services.links))
    if services.board is not None:
        app.include_router(task_lists.router(services.board))
        # Behind all that begins with /api/chatkit, which is no reader's name there.
        app.include_router(tasks_chat.router(services.chat, services.database))


def look_after(app: FastAPI, services: Services | Shared, books: Mapping[str, str]) -> None:
    """Puts the administration among the routes.

    Args:
        books: Titles by name; the one book of a server has no name.
    """
    kept = services.administration
    gate = Gate(kept.entrance, kept.invitations, kept.roles, services.admission)
    app.router.routes.extend(admin.routes(Desk(gate, kept.reports, books)))


def guard(app: FastAPI, services: Services | Shared, *, book: str = "") -> None:
    """Puts in front of the routes what every request passes through; what is added last stands outermost.

    Args:
        book: Which of several the application is about.
    """
    settings = services.settings
    app.add_middleware(ReaderLimits, limiter=services.limiter)
    app.add_middleware(Recognition, admission=services.admission)
    app.add_middleware(
        Limits,
        max_bytes=settings.max_body_bytes,
        streamed=attachments.streamed,
        dictated_bytes=dictated.largest_body(settings.max_audio_bytes) if settings.transcription_model else 0,
    )
    # Whose pages may act for their readers: those of listed sites, and ours where a proxy calls us by another name.
    own = filter(None, [services.admission.own_origin])
    app.add_middleware(ForeignPages, origins=(*settings.origins, *own))
    app.add_middleware(AddressLimits, limiter=services.limiter)
    app.add_middleware(CrossOrigin, origins=settings.origins)
    app.add_middleware(
        SecurityHeaders, framed_by=settings.origins, strict_transport=settings.environment == "production"
    )
    app.add_middleware(Addresses, proxies=services.admission.proxies)
    app.add_middleware(Observed, book=book)
    app.add_middleware(RequestIds)  # so that every answer bears the id
