"""The reports of the administration as files of CSV."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pageside.administration.values import Period, Scope, ThreadLine
from pageside.errors import NotFound
from pageside.identity.looker import Looker
from pageside.web import admin_tables, downloads
from pageside.web.admin_choosing import Choice, sort_of
from pageside.web.admin_entering import known
from pageside.web.admin_shown import Desk, Shown
from pageside.web.admin_tables import Table

_MOST: Final = 10_000  # rows
_AT_ONCE: Final = 500


def router(desk: Desk, shown: Shown) -> APIRouter:
    """The reports as CSV."""
    router = APIRouter()
    tables = _tables(desk, shown)

    @router.get("/{name}.csv")
    async def file(request: Request, name: str) -> Response:
        if name not in tables:
            raise NotFound(f"There is no report {name!r}.")
        chosen = shown.choice(request, "sort")
        text = admin_tables.written(await tables[name](request, chosen))
        saved = f"pageside-{name}-{chosen.period.first}-{chosen.period.last}.csv"
        headers = {"Content-Disposition": downloads.disposition(saved), "X-Content-Type-Options": "nosniff"}
        return Response(text, media_type="text/csv; charset=utf-8; header=present", headers=headers)

    return router


def _tables(desk: Desk, shown: Shown) -> Mapping[str, Callable[[Request, Choice], Awaitable[Table]]]:
    """Each report as a table, by the name of its file."""
    reports = desk.reports

    def about(request: Request, chosen: Choice) -> tuple[Looker, Scope, Period]:
        by = known(request)
        return by, chosen.scope(by), chosen.period

    async def days(request: Request, chosen: Choice) -> Table:
        return admin_tables.days(await reports.by_day(*about(request, chosen)))

    async def books(request: Request, chosen: Choice) -> Table:
        return admin_tables.books(await reports.by_book(*about(request, chosen)))

    async def readers(request: Request, chosen: Choice) -> Table:
        return admin_tables.readers(await reports.by_reader(*about(request, chosen), limit=_MOST))

    async def threads(request: Request, chosen: Choice) -> Table:
        lines: list[ThreadLine] = []
        cursor: str | None = None
        while len(lines) < _MOST:
            page = await reports.threads(*about(request, chosen), sort=sort_of(chosen), cursor=cursor, limit=_AT_ONCE)
            lines += page.lines
            if (cursor := page.cursor) is None:
                break
        return admin_tables.threads(lines)

    async def feedback(request: Request, chosen: Choice) -> Table:
        return admin_tables.feedback(await reports.feedback(*about(request, chosen), limit=_MOST))

    async def unanswered(request: Request, chosen: Choice) -> Table:
        return admin_tables.unanswered(await reports.unanswered(*about(request, chosen)))

    async def passages(request: Request, chosen: Choice) -> Table:
        return admin_tables.passages(await reports.passages(*about(request, chosen), limit=_MOST))

    async def audit(request: Request, chosen: Choice) -> Table:
        return admin_tables.audit(await reports.audit(known(request), chosen.period))

    return {
        "overview": days, "usage": days, "books": books, "readers": readers, "threads": threads, "feedback": feedback,
        "unanswered": unanswered, "passages": passages, "audit": audit,
    }  # fmt: skip
