"""What is kept of a reader, over HTTP and for that reader alone: to be searched, taken away and deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from pageside import ids
from pageside.conversation import exporting, finding
from pageside.conversation.exporting import Format
from pageside.conversation.finding import Extract, Found
from pageside.conversation.healed import Sources
from pageside.conversation.keeping import Keeping
from pageside.conversation.links import PATH as FILES
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader
from pageside.web.chatkit import REST, asking
from pageside.web.downloads import download

_TYPES: Final[dict[Format, str]] = {"markdown": "text/markdown; charset=utf-8", "json": "application/json"}
_ROLES: Final[dict[str, Literal["user", "assistant"]]] = {"user_message": "user"}
_PAGE: Final = 20
_SAVED: Final = {"description": "The file, to be saved."}
_MISSING: Final = {"description": "No such conversation, or not this reader's."}


class PartRow(BaseModel):
    """A piece of an extract; `match` where it is what was looked for."""

    text: str
    match: bool


class ExtractRow(BaseModel):
    """Where in a conversation most of the words stand, as one line in pieces."""

    item_id: str
    role: Literal["user", "assistant"]
    parts: list[PartRow]


class ThreadRow(BaseModel):
    """A conversation that was found; without an extract, its title alone holds the words."""

    id: str
    title: str | None
    created_at: datetime
    updated_at: datetime
    extract: ExtractRow | None


class FoundRows(BaseModel):
    """A page of conversations, those last written in first."""

    threads: list[ThreadRow]
    next_cursor: str | None


def router(keeping: Keeping, sources: Sources | None = None, *, reader: Callable[..., Reader] = asking) -> APIRouter:
    """The routes of `keeping`.

    Args:
        sources: Holds the answers that are saved against the book.
        reader: Dependency that says who is asking.
    """
    routes = APIRouter(prefix=REST, tags=["conversations"])
    recognised = Depends(reader)

    @routes.get("/threads", summary="Search your conversations", responses={422: {"description": "Too long a query."}})
    async def find(
        response: Response,
        who: Reader = recognised,
        query: Annotated[str, Query(description="Words that all must stand in a conversation.")] = "",
        limit: Annotated[int, Query(description=f"1 to {finding.MAX_PAGE_SIZE}; more gives that many.")] = _PAGE,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.", max_length=200)] = None,
    ) -> FoundRows:
        """Case and accents do not count, parts of words are found, "words in quotes" must follow each other."""
        response.headers["Cache-Control"] = "no-store"
        size = max(1, min(finding.MAX_PAGE_SIZE, limit))
        page = await keeping.find(query, Turn(reader=who), limit=size, cursor=cursor)
        return FoundRows(threads=[_thread(found) for found in page.found], next_cursor=page.cursor)

    _take_away(routes, keeping, sources or Sources(), recognised)

    @routes.delete("/me", summary="Delete all that is kept of you", status_code=204, response_class=Response)
    async def erase(who: Reader = recognised) -> Response:
        """Every conversation, opinion and file; answers under way are stopped. Asked again, it says the same."""
        await keeping.erase(Turn(reader=who))
        return Response(status_code=204, headers={"Cache-Control": "no-store"})

    return routes


def _take_away(routes: APIRouter, keeping: Keeping, sources: Sources, recognised: Reader) -> None:
    @routes.get(
        "/threads/{thread_id}/export",
        summary="Save a conversation",
        response_class=Response,
        responses={
            200: {**_SAVED, "content": {"text/markdown": {}, "application/json": {}}},
            404: _MISSING,
        },
    )
    async def export(
        request: Request,
        thread_id: Annotated[str, Path(max_length=200)],
        who: Reader = recognised,
        form: Annotated[Format, Query(alias="format")] = "markdown",
    ) -> Response:
        """To read, or with everything that is kept beside the words: what an answer rests on, opinions, times.

        Each answer is held against the book as it is now, and what is left of it stands beside it.
        """
        turn = Turn(reader=who)
        thread = await keeping.exports.thread(thread_id, turn)
        site = f"{request.url.scheme}://{request.url.netloc}"
        pieces = keeping.exports.told(
            thread, turn, form=form, place=lambda each: f"{site}{FILES}/{each.id}", sources=sources
        )
        return await download(pieces, exporting.file_name(thread, form), media_type=_TYPES[form])

    @routes.get(
        "/me/export",
        summary="Save all that is kept of you",
        response_class=Response,
        responses={200: {**_SAVED, "content": {"application/zip": {}}}},
    )
    async def everything(who: Reader = recognised) -> Response:
        """A ZIP archive: each conversation to read and as JSON, your files, and `about.json`, which lists them."""
        name = f"pageside {ids.now().astimezone(UTC):%Y-%m-%d}.zip"
        return await download(keeping.archive(Turn(reader=who), sources=sources), name, media_type="application/zip")


def _thread(found: Found) -> ThreadRow:
    return ThreadRow(
        id=found.id,
        title=found.title,
        created_at=found.created_at,
        updated_at=found.updated_at,
        extract=None if found.extract is None else _extract(found.extract),
    )


def _extract(found: Extract) -> ExtractRow:
    return ExtractRow(
        item_id=found.item_id,
        role=_ROLES.get(found.kind, "assistant"),
        parts=[PartRow(text=part.text, match=part.match) for part in found.parts],
    )
