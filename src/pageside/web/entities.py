"""`GET /chatkit/entities`: what a composer offers when somebody types `@`, and what it shows of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Final

from chatkit.widgets import DynamicWidgetRoot
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from pageside.answer.lookups import KeptLookup
from pageside.errors import NotFound
from pageside.identity.reader import Reader
from pageside.knowledge import sentences
from pageside.knowledge.contents import Entry, KeptContents
from pageside.knowledge.index import Index
from pageside.knowledge.passage import Passage
from pageside.web.chatkit import asking

MAX_QUERY_CHARS: Final = 200
DEFAULT_LIMIT: Final = 20
MAX_LIMIT: Final = 50
_PREVIEW_CHARS: Final = 400
_PREVIEW_SENTENCES: Final = 3
_ICONS: Final[Mapping[str, str]] = {"group": "book-closed", "page": "book-open", "section": "document"}
_HEADERS: Final = {"Cache-Control": "no-store"}
_EXAMPLE: Final[JsonDict] = {
    "id": "pag_3f8a",
    "title": "Nodes",
    "group": "Module 1",
    "icon": "book-open",
    "interactive": True,
    "data": {"kind": "page", "path": "ros2/nodes.md", "url": "/docs/ros2/nodes", "anchor": ""},
}


class Entity(BaseModel):
    """A place of the book as ChatKit's composer takes it: its tag, sent with a message, leads the search there."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str = Field(description="Stays the same as long as the place is where it is.")
    title: str
    group: str = Field(description="What it stands under: the module of a page, the page of a section.")
    icon: str
    interactive: bool = True
    data: dict[str, str] = Field(description="`kind`, `path`, `url` and `anchor`, to be sent back with the tag.")


class Entities(BaseModel):
    """What fits, likeliest first."""

    entities: list[Entity]


class Preview(BaseModel):
    """What `onRequestPreview` gives back: the root of a widget."""

    preview: DynamicWidgetRoot


def router(contents: KeptContents, index: Index, *, reader: Callable[..., Reader] = asking) -> APIRouter:
    """The entities of one book.

    Args:
        reader: Dependency that says who is asking.
    """
    routes = APIRouter(tags=["chatkit"], dependencies=[Depends(reader)])
    names = KeptLookup(contents)

    @routes.get("/chatkit/entities", summary="Places of the book to mention")
    async def entities(
        response: Response,
        query: Annotated[str, Query(description="What was typed behind the `@`; cut at 200 characters.")] = "",
        limit: Annotated[int, Query(description="At most so many; brought between 1 and 50.")] = DEFAULT_LIMIT,
    ) -> Entities:
        """Modules, pages and sections whose names begin as the query does, a slip of the finger forgiven.

        Without a query, the pages in reading order.
        """
        response.headers.update(_HEADERS)
        found = await names.find(query[:MAX_QUERY_CHARS], limit=max(1, min(MAX_LIMIT, limit)))
        return Entities(entities=[_entity(entry) for entry in found])

    @routes.get(
        "/chatkit/entities/{entity_id}/preview",
        summary="How a place of the book begins",
        response_model_exclude_none=True,
        responses={404: {"description": "No place of this book has this id."}},
    )
    async def preview(entity_id: str, response: Response) -> Preview:
        """The headings down to the place and its first sentences, as a widget."""
        response.headers.update(_HEADERS)
        entry = (await contents.read()).by_id.get(entity_id)
        if entry is None:
            raise NotFound(f"No place of this book has the id {entity_id[:80]!r}; it may have been renamed or removed.")
        held = [passage for passage in await index.passages(path=entry.path) if entry.holds(passage)]
        return Preview(preview=_widget(entry, held))

    return routes


def _entity(entry: Entry) -> Entity:
    told = {"kind": entry.kind, "path": entry.path, "url": entry.url, "anchor": entry.anchor}
    return Entity(
        id=entry.id,
        title=entry.title,
        group=entry.group,
        icon=_ICONS[entry.kind],
        # a module's first page is no address of the module
        data=told if entry.kind != "group" else {**told, "path": "", "url": ""},
    )


def _widget(entry: Entry, passages: list[Passage]) -> DynamicWidgetRoot:
    above = [part for part in (entry.group, *entry.headings[:-1]) if part]
    texts: list[dict[str, object]] = [
        {"type": "Caption", "value": " › ".join(dict.fromkeys(above))},
        {"type": "Text", "value": entry.title, "weight": "semibold"},
        {"type": "Text", "value": _beginning(passages), "size": "sm"},
    ]
    return DynamicWidgetRoot.model_validate({"type": "Basic", "children": [each for each in texts if each["value"]]})


def _beginning(passages: list[Passage]) -> str:
    """The first sentences that tell something, as plain text of at most 400 characters."""
    said: list[str] = []
    for passage in passages:
        spans = sentences.split(passage.text, language=passage.language)
        said += [passage.text[each.start : each.end] for each in spans if each.kind == "prose"]
        if len(said) >= _PREVIEW_SENTENCES:
            break
    text = " ".join(" ".join(said[:_PREVIEW_SENTENCES]).split())
    return text if len(text) <= _PREVIEW_CHARS else text[: _PREVIEW_CHARS - 1].rstrip() + "…"
