"""`GET /chatkit/config`: what the assistant beside a page is told before anybody asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio.to_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from pageside.conversation import filetypes
from pageside.conversation.request import MAX_ATTACHMENTS
from pageside.errors import IndexBroken, IndexMissing, IndexUnavailable
from pageside.knowledge import starter
from pageside.knowledge.contents import Contents, KeptContents
from pageside.knowledge.index import Index
from pageside.knowledge.reading import naming
from pageside.settings import Settings
from pageside.settings.access import AuthMode
from pageside.settings.showing import NONE

_HEADERS: Final = {"Cache-Control": "public, max-age=60"}
_EXAMPLE: Final[JsonDict] = {
    "title": "Physical AI",
    "language": "en",
    "greeting": None,
    "prompts": [{"label": "How fast does a robot fall?", "prompt": "How fast does a robot fall?", "icon": None}],
    "composer": {
        "max_chars": 8000,
        "attachments": {"accept": {"image/png": [".png"]}, "max_size": 10_000_000, "max_count": 10},
        "dictation": False,
        "models": [],
    },
    "auth": "guest",
    "modes": True,
    "history": True,
    "disclaimer": None,
}


class Told(BaseModel):
    """A part of what is told, and nothing else."""

    model_config = ConfigDict(extra="forbid")


class Prompt(Told):
    """A question to begin with."""

    label: str
    prompt: str
    icon: str | None


class Attaching(Told):
    """Which files a message may carry."""

    accept: dict[str, list[str]] = Field(description="Endings of names, by media type.")
    max_size: int = Field(description="Of one file, in bytes.")
    max_count: int = Field(description="In one message.")


class Model(Told):
    """A model that readers may choose."""

    id: str
    label: str


class Composer(Told):
    """What may be written, and how."""

    max_chars: int
    attachments: Attaching | None
    dictation: bool
    models: list[Model] = Field(description="To choose from; this version answers with the one of its settings.")


class PageConfig(Told):
    """What stands beside every page of the book; nothing of it is any reader's."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    title: str = Field(description="The book's.")
    language: str = Field(description="The one that most of its pages are in.")
    greeting: str | None = Field(description="Null for the element's own words, in the reader's language.")
    prompts: list[Prompt]
    composer: Composer
    auth: AuthMode = Field(description="How readers are known.")
    modes: bool = Field(description="Whether a reader may choose between the whole book and what they selected.")
    history: bool = Field(description="Whether earlier conversations are kept to come back to.")
    disclaimer: str | None = Field(description="Likewise; empty for none.")


@dataclass(frozen=True, slots=True)
class _Known:
    """What the book says of itself, at one generation of its index."""

    title: str
    language: str = "en"
    questions: tuple[str, ...] = ()
    contents: Contents | None = None


class _Cover:
    """What the book says of itself, looked up anew when its contents change."""

    def __init__(self, contents: KeptContents, index: Index, book: Path) -> None:
        self._contents = contents
        self._index = index
        self._book = book
        self._known: _Known | None = None

    async def read(self) -> _Known:
        try:
            contents = await self._contents.read()
        except (IndexMissing, IndexBroken, IndexUnavailable):  # the page stands all the same
            return _Known(await anyio.to_thread.run_sync(_title, self._book))
        if self._known is None or self._known.contents is not contents:
            passages = await self._index.passages()
            self._known = _Known(
                title=await anyio.to_thread.run_sync(_title, self._book),
                language=_usual(contents),
                questions=tuple(await anyio.to_thread.run_sync(starter.questions, passages)) if passages else (),
                contents=contents,
            )
        return self._known


def router(settings: Settings, contents: KeptContents, index: Index, book: Path, *, title: str = "") -> APIRouter:
    """What the pages of `book` are told; everybody who may read it may know it.

    Args:
        title: What the book is called; empty for what it calls itself.
    """
    routes = APIRouter(tags=["chatkit"])
    cover = _Cover(contents, index, book)

    @routes.get("/chatkit/config", summary="What stands beside the pages")
    async def config(response: Response) -> PageConfig:
        """The book's title, questions to begin with, and what a message may carry."""
        response.headers.update(_HEADERS)
        known = await cover.read()
        return PageConfig(
            title=title or known.title,
            language=known.language,
            greeting=settings.greeting or None,
            prompts=_prompts(settings, known),
            composer=_composer(settings),
            auth=settings.auth_mode,
            modes=True,
            history=True,
            disclaimer="" if settings.disclaimer.strip() == NONE else settings.disclaimer or None,
        )

    return routes


def _prompts(settings: Settings, known: _Known) -> list[Prompt]:
    if (offered := settings.offered) is not None:
        return [Prompt(label=each.label, prompt=each.prompt, icon=each.icon) for each in offered]
    return [Prompt(label=each, prompt=each, icon=None) for each in known.questions]


def _composer(settings: Settings) -> Composer:
    attaching = Attaching(
        accept=filetypes.accepted(), max_size=settings.max_attachment_bytes, max_count=MAX_ATTACHMENTS
    )
    return Composer(
        max_chars=settings.max_message_chars,
        attachments=attaching if settings.attachments else None,
        dictation=bool(settings.transcription_model),
        models=[],
    )


def _title(book: Path) -> str:
    return naming.book(book) or book.resolve().name


def _usual(contents: Contents) -> str:
    counted = Counter(document.language for document in contents.documents)
    return counted.most_common(1)[0][0] if counted else "en"
