"""What every page of the administration says, and the page that says why one is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import jinja2
import structlog
from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from pageside import ids
from pageside.administration.reports import Reports
from pageside.errors import PagesideError
from pageside.web import admin_charts, admin_choosing
from pageside.web import admin_words as words
from pageside.web.admin_choosing import Choice
from pageside.web.admin_entering import SIGN_IN, Gate

log = structlog.get_logger(__name__)

PAGES: Final = {
    "": "Overview",
    "threads": "Conversations",
    "usage": "Usage and cost",
    "feedback": "Feedback",
    "unanswered": "Unanswered",
    "passages": "What should I rewrite?",
    "index": "Index",
    "audit": "Record of looks",
}
_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("pageside.web"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the pages are made from.

    Attributes:
        books: Names of the books of the server, each with its title; the one book of a server has no name.
    """

    gate: Gate
    reports: Reports
    books: Mapping[str, str]
    now: Callable[[], datetime] = field(default=ids.now)


class Shown:
    """Templates, with what every page says."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def choice(self, request: Request, *kept: str) -> Choice:
        """What the address of `request` chooses."""
        return admin_choosing.read(
            request.query_params,
            today=self._desk.now().date(),
            books=[name for name in self._desk.books if name],
            kept=kept,
        )

    def page(self, request: Request, name: str, *, status: int = 200, **told: Any) -> HTMLResponse:
        """The page `name`, or a template of that name beside them."""
        roles = self._desk.gate.roles
        here = "" if name == "overview" else name
        common: dict[str, Any] = {
            "title": PAGES.get(here, "Administration"),
            "here": here,
            "pages": PAGES,
            "looker": request.state.looker,
            "form": request.state.form,
            "books": self._desk.books,
            "words": words,
            "bar": admin_charts.share,
            "spans": admin_choosing.SPANS,
            "usual": admin_choosing.USUAL,
            "today": self._desk.now().date().isoformat(),
            "has_organisations": self._desk.gate.admission.mode == "jwt",
            "role": min(roles.admin, default=""),
            "text_role": min(roles.text, default=""),
            "carried": "",
        }
        if isinstance(chosen := told.get("chosen"), Choice):
            common["carried"] = chosen.query(**dict.fromkeys(chosen.more))
        html = _templates.get_template(f"admin/{name}.html").render(**common, **told)
        return HTMLResponse(html, status_code=status)

    async def refused(self, request: Request, error: Exception) -> Response:
        """A page that says why something is not there."""
        if not isinstance(error, PagesideError):
            raise error
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            log.warning("request_refused", code=error.code, status=error.status)
        again = str(request.url.path) if error.retryable and request.method == "GET" else ""
        return self._error(request, error.status, str(error), again=again)

    async def by_status(self, request: Request, error: Exception) -> Response:
        """Likewise, where no route is."""
        if not isinstance(error, HTTPException):
            raise error
        told = "There is no such page." if error.status_code == HTTPStatus.NOT_FOUND else f"{error.detail}."
        return self._error(request, error.status_code, told)

    async def unforeseen(self, request: Request, error: Exception) -> Response:
        """Likewise, where something is broken."""
        log.error("request_failed", exc_info=error)
        return self._error(request, 500, "Something went wrong on the server. It has been logged.")

    def _error(self, request: Request, status: int, told: str, *, again: str = "") -> Response:
        # Where it went wrong before anybody was recognised, the page has no navigation.
        for name, value in (("looker", None), ("form", "")):
            if not hasattr(request.state, name):
                setattr(request.state, name, value)
        if status == HTTPStatus.UNAUTHORIZED:
            return RedirectResponse(SIGN_IN, 303)
        return self.page(request, "error", status=status, told=told, again=again)
