"""`/admin`: the pages of those who look after a server, rendered here and usable without a script."""

from __future__ import annotations

from http import HTTPStatus
from importlib import resources
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route

from pageside.administration.values import Sort
from pageside.errors import NotFound, PagesideError
from pageside.web import admin_files, admin_pictures
from pageside.web.admin_choosing import sort_of
from pageside.web.admin_entering import ROOT, SIGN_IN, STAY_COOKIE, Entered, baked, known, listed, posted, staying
from pageside.web.admin_entering import field as given
from pageside.web.admin_shown import Desk, Shown
from pageside.web.middleware import NO_TELEMETRY

_SORTED: Final[dict[Sort, str]] = {
    "last": "newest",
    "started": "begun last",
    "turns": "most questions",
    "messages": "most messages",
    "negative": "worst opinions",
    "first_ms": "slowest",
    "millionths": "dearest",
}
_STAGES: Final = {
    "waiting": "Waiting for another update to end",
    "reading": "Reading pages",
    "embedding": "Embedding passages",
    "writing": "Writing the index",
}
_LIMIT: Final = 50  # conversations on a page
_READERS: Final = 50
_LONGEST_REASON: Final = 500
_ASSETS: Final = {
    "book.css": "text/css; charset=utf-8",
    "book.js": "text/javascript; charset=utf-8",
    "admin.css": "text/css; charset=utf-8",
    "admin.js": "text/javascript; charset=utf-8",
}


def routes(desk: Desk) -> list[Route | Mount]:
    """Where the pages stand."""

    async def front(_: Request) -> Response:
        return RedirectResponse(f"{ROOT}/", 307)

    entered = Entered(pages(desk), gate=desk.gate)  # around what becomes of errors, too
    return [Route(ROOT, front, methods=["GET", "HEAD"], include_in_schema=False), Mount(ROOT, entered)]


def pages(desk: Desk) -> FastAPI:
    """The pages, as an application to stand behind `Entered`."""
    app = FastAPI(title="Administration", docs_url=None, redoc_url=None, openapi_url=None, telemetry=NO_TELEMETRY)
    shown = Shown(desk)
    app.include_router(_entering(desk, shown))
    app.include_router(_reports(desk, shown))
    app.include_router(_opinions(desk, shown))
    app.include_router(_words_of_readers(desk, shown))
    app.include_router(_index(desk, shown))
    app.include_router(admin_files.router(desk, shown))
    app.add_exception_handler(PagesideError, shown.refused)
    app.add_exception_handler(HTTPException, shown.by_status)
    app.add_exception_handler(Exception, shown.unforeseen)
    return app


def _entering(desk: Desk, shown: Shown) -> APIRouter:
    """Signing in and out, and what the pages are drawn with."""
    router = APIRouter()
    gate = desk.gate

    def door(request: Request, *, status: int = 200, **told: Any) -> Response:
        empty: dict[str, Any] = {"refused": "", "left": False, "token": "", "mode": gate.admission.mode}
        return shown.page(request, "sign_in", status=status, **{**empty, **told})

    @router.get("/sign-in")
    async def ask(request: Request) -> Response:
        if request.state.looker is not None:
            return RedirectResponse(f"{ROOT}/", 303)
        token = request.query_params.get("token", "")
        reader = getattr(request.state, "reader", None)
        told = ""
        if reader is not None and gate.admission.mode != "guest":
            told = f"You are {reader.subject!r} here, and have none of the roles {listed(gate.roles)}."
        return door(request, token=token, refused=told, left="left" in request.query_params)

    @router.post("/sign-in")
    async def enter(request: Request) -> Response:
        fields = await posted(request)
        try:
            found, how = await gate.enter(given(fields, "token"))
            await desk.reports.entered(found, how=how)
        except PagesideError as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            return door(request, refused=str(error), status=error.status if error.status != 401 else 403)
        return RedirectResponse(f"{ROOT}/", 303, headers={"Set-Cookie": staying(gate, found)})

    @router.post("/sign-out")
    async def leave(request: Request) -> Response:
        await posted(request)
        gone = baked(STAY_COOKIE, "", secure=gate.admission.secure, max_age_s=0)
        return RedirectResponse(f"{SIGN_IN}?left", 303, headers={"Set-Cookie": gone})

    @router.get("/assets/{name}")
    async def asset(name: str) -> Response:
        if name not in _ASSETS:
            raise NotFound(f"There is no file {name!r} here.")
        content = resources.files("pageside.web").joinpath("assets", name).read_bytes()
        return Response(content, media_type=_ASSETS[name], headers={"Cache-Control": "public, max-age=300"})

    return router


def _reports(desk: Desk, shown: Shown) -> APIRouter:
    """What was asked, and what it took; no words of readers."""
    router = APIRouter()
    reports = desk.reports

    @router.get("/")
    async def overview(request: Request) -> Response:
        chosen, by = shown.choice(request), known(request)
        scope = chosen.scope(by)
        counts = await reports.overview(by, scope, chosen.period)
        before = await reports.overview(by, scope, chosen.before)
        charts = admin_pictures.of_overview(await reports.by_day(by, scope, chosen.period)) if counts.turns else []
        tiles = admin_pictures.tiles(counts, before)
        return shown.page(request, "overview", chosen=chosen, counts=counts, tiles=tiles, charts=charts)

    @router.get("/usage")
    async def usage(request: Request) -> Response:
        chosen, by = shown.choice(request), known(request)
        about = (by, chosen.scope(by), chosen.period)
        counts = await reports.overview(*about)
        books, readers = await reports.by_book(*about), await reports.by_reader(*about, limit=_READERS)
        charts = admin_pictures.of_usage(await reports.by_day(*about), books, readers, desk.books)
        return shown.page(
            request, "usage", chosen=chosen, counts=counts, charts=charts, by_book=books, by_reader=readers
        )

    @router.get("/threads")
    async def threads(request: Request) -> Response:
        chosen, by = shown.choice(request, "sort", "cursor"), known(request)
        sort = sort_of(chosen)
        cursor = chosen.more.get("cursor")
        page = await reports.threads(by, chosen.scope(by), chosen.period, sort=sort, cursor=cursor, limit=_LIMIT)
        return shown.page(request, "threads", chosen=chosen, page=page, sort=sort, sorts=_SORTED, limit=_LIMIT)

    return router


def _opinions(desk: Desk, shown: Shown) -> APIRouter:
    """What readers thought, where the book confuses them, and who looked."""
    router = APIRouter()
    reports = desk.reports

    @router.get("/feedback")
    async def feedback(request: Request) -> Response:
        chosen, by = shown.choice(request), known(request)
        lines = await reports.feedback(by, chosen.scope(by), chosen.period)
        chart = admin_pictures.of_feedback(lines)
        return shown.page(request, "feedback", chosen=chosen, lines=lines, chart=chart)

    @router.get("/passages")
    async def passages(request: Request) -> Response:
        chosen, by = shown.choice(request), known(request)
        lines = await reports.passages(by, chosen.scope(by), chosen.period)
        chart = admin_pictures.of_passages(lines)
        return shown.page(request, "passages", chosen=chosen, lines=lines, chart=chart)

    @router.get("/audit")
    async def audit(request: Request) -> Response:
        chosen = shown.choice(request)
        lines = await reports.audit(known(request), chosen.period)
        return shown.page(request, "audit", chosen=chosen, lines=lines)

    return router


def _words_of_readers(desk: Desk, shown: Shown) -> APIRouter:
    """What readers wrote: for those who may read it, for a reason, each time kept."""
    router = APIRouter()
    reports = desk.reports

    @router.get("/unanswered")
    async def unanswered(request: Request) -> Response:
        chosen, by = shown.choice(request), known(request)
        groups = await reports.unanswered(by, chosen.scope(by), chosen.period)
        return shown.page(request, "unanswered", chosen=chosen, groups=groups, reason="", refused="")

    @router.post("/unanswered")
    async def questions(request: Request) -> Response:
        reason = given(await posted(request), "reason")[:_LONGEST_REASON]
        chosen, by = shown.choice(request), known(request)
        if not reason:
            groups = await reports.unanswered(by, chosen.scope(by), chosen.period)
            told = "Say why you need to read the questions."
            return shown.page(request, "unanswered", status=400, chosen=chosen, groups=groups, reason="", refused=told)
        groups = await reports.unanswered(by, chosen.scope(by), chosen.period, reason=reason)
        return shown.page(request, "unanswered", chosen=chosen, groups=groups, reason=reason, refused="")

    @router.get("/threads/{thread_id}")
    async def thread(request: Request, thread_id: str) -> Response:
        known(request)
        return shown.page(request, "thread", id=thread_id, text=None, reason="", refused="")

    @router.post("/threads/{thread_id}")
    async def read(request: Request, thread_id: str) -> Response:
        reason = given(await posted(request), "reason")[:_LONGEST_REASON]
        if not reason:
            told = "Say why you need to read it."
            return shown.page(request, "thread", status=400, id=thread_id, text=None, reason="", refused=told)
        text = await desk.reports.thread_text(known(request), thread_id, reason=reason)
        return shown.page(request, "thread", id=thread_id, text=text, reason=reason, refused="")

    return router


def _index(desk: Desk, shown: Shown) -> APIRouter:
    """The index of each book, and bringing it up to date."""
    router = APIRouter()

    async def page(request: Request, *, status: int = 200, refused: str = "") -> Response:
        states = await desk.reports.index(known(request))
        return shown.page(request, "index", status=status, states=states, stages=_STAGES, refused=refused)

    @router.get("/index")
    async def index(request: Request) -> Response:
        return await page(request)

    @router.get("/index.json")
    async def progress(request: Request) -> Response:
        told = []
        for each in await desk.reports.index(known(request)):
            at = each.updating
            told.append({"book": each.book, "updating": at and {"stage": at.stage, "done": at.done, "total": at.total}})
        return JSONResponse(told)

    @router.post("/index")
    async def update(request: Request) -> Response:
        book = given(await posted(request), "book")
        try:
            await desk.reports.reindex(known(request), book)
        except PagesideError as error:
            if error.status != HTTPStatus.CONFLICT:
                raise
            return await page(request, status=error.status, refused=str(error))
        return RedirectResponse(f"{ROOT}/index", 303)

    return router
