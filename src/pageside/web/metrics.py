"""`GET /metrics`: what the server counts, for Prometheus, and for nobody whom the settings do not name."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Final

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response

from pageside.errors import NotFound, PagesideError, Unauthorized
from pageside.identity.proxies import is_loopback
from pageside.knowledge.library.breaker import State
from pageside.settings import Settings
from pageside.settings.observing import metrics_access
from pageside.storage.engine import Database
from pageside.telemetry import metrics
from pageside.web.recognition import bearer, peer
from pageside.wiring.serving import Services

_BREAKER: Final[dict[State, int]] = {"closed": 0, "half_open": 1, "open": 2}
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


def router(settings: Settings, database: Database, books: Sequence[Services]) -> APIRouter:
    """The route, which also asks every part how it is."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/metrics")
    async def read(request: Request) -> Response:
        _require(request, settings)
        request.state.introduced = ""  # whoever scrapes is no reader
        await _ask(database, books)
        told, media_type = await run_sync(metrics.exposed, request.headers.get("accept", ""))
        return Response(told, headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    return routes


def _require(request: Request, settings: Settings) -> None:
    """Returns if whoever asks may read metrics.

    Raises:
        Unauthorized: They lack the token.
        NotFound: There are none for them.
    """
    access = metrics_access(settings)
    if access == "token":
        expected = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
        if not expected or not hmac.compare_digest(bearer(request.headers).encode(), expected.encode()):
            raise Unauthorized("Metrics need PAGESIDE_METRICS_TOKEN, sent as `Authorization: Bearer ...`.")
    # A proxy on this machine is not its client.
    elif access == "off" or not is_loopback(peer(request.scope)) or any(map(request.headers.get, _FORWARDED)):
        raise NotFound("There is nothing at this address.")


async def _ask(database: Database, books: Sequence[Services]) -> None:
    metrics.DATABASE_UP.set(await database.healthy())
    in_use, idle, limit = database.connections()
    metrics.DATABASE_CONNECTIONS.labels("in_use").set(in_use)
    metrics.DATABASE_CONNECTIONS.labels("idle").set(idle)
    metrics.DATABASE_LIMIT.set(limit)
    for services in books:
        await _ask_book(services)


async def _ask_book(services: Services) -> None:
    built, passages, pages = 0.0, 0, 0
    try:
        status = await run_sync(services.index.status)
        built, passages, pages = status.built_at.timestamp(), status.passages, status.documents
    except PagesideError:
        pass  # which the zeros say
    metrics.INDEX_BUILT.labels(services.name).set(built)
    metrics.INDEX_PASSAGES.labels(services.name).set(passages)
    metrics.INDEX_PAGES.labels(services.name).set(pages)
    if services.docs is not None:
        metrics.BREAKER.labels(services.name, "library_docs").set(_BREAKER[services.docs.shelf.breaker.state])
