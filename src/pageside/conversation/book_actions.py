"""The actions of the book's own lists: explain a section of it, fold the list and unfold it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Self

from chatkit.types import (
    NoticeEvent,
    ThreadStreamEvent,
    UserMessageContent,
    UserMessageTagContent,
    UserMessageTextContent,
    WidgetItem,
)
from pydantic import BaseModel, Field, model_validator

from pageside.answer.clarifying import Places
from pageside.conversation import footnotes, widgets
from pageside.conversation.actions import Actions, Taken
from pageside.errors import InvalidInput
from pageside.knowledge import mentions
from pageside.knowledge.contents import Contents, Entry
from pageside.knowledge.mentions import Named
from pageside.phrases import chat

EXPLAIN = "book.explain"
FOLD = "book.fold"

_MAX_ID_CHARS = 80
_MAX_ADDRESS_CHARS = 2_000
_MAX_SECTIONS = 10

SectionId = Annotated[str, Field(min_length=1, max_length=_MAX_ID_CHARS)]


class Explain(BaseModel):
    """Which section to explain: by its id, as lists and mentions have it, or by the path or address of its page."""

    section: str = Field(default="", max_length=_MAX_ID_CHARS)
    path: str = Field(default="", max_length=_MAX_ADDRESS_CHARS)
    url: str = Field(default="", max_length=_MAX_ADDRESS_CHARS)
    anchor: str = Field(default="", max_length=_MAX_ADDRESS_CHARS)

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not (self.section or self.path or self.url):
            raise ValueError("name a `section`, or a `path` or `url`")
        return self


class Fold(BaseModel):
    """Which sections the list has, and whether it is to be folded."""

    sections: list[SectionId] = Field(min_length=1, max_length=_MAX_SECTIONS)
    folded: bool


def register(actions: Actions, places: Places) -> None:
    """Adds the book's own actions to `actions`; sections are looked up in `places`, whatever a payload says of them.

    Raises:
        ValueError: One of their types is taken.
    """

    async def explain(taken: Taken[Explain]) -> AsyncIterator[ThreadStreamEvent]:
        entry = _found(taken.payload, await places.read())
        if entry is None:
            yield NoticeEvent(level="warning", message=chat.SECTION_GONE.said(taken.turn.language))
            return
        async for event in taken.ask(_message(entry, taken.turn.language)):
            yield event

    async def fold(taken: Taken[Fold]) -> WidgetItem | None:
        if taken.sender is None or not widgets.lists_sections(taken.sender):
            raise InvalidInput("params.item_id: only a list of sections can be folded.")
        known, language = await places.read(), taken.turn.language
        found = [entry for each in dict.fromkeys(taken.payload.sections) if (entry := known.by_id.get(each))]
        if not found:
            shown = widgets.gone(language)
        else:
            shown = (widgets.folded if taken.payload.folded else widgets.unfolded)(found, language)
        return taken.sender.model_copy(update={"widget": shown})

    actions.stream(EXPLAIN, explain, payload=Explain)
    actions.answer(FOLD, fold, payload=Fold, of_widget=True)


def _found(asked: Explain, known: Contents) -> Entry | None:
    """The section that is asked for, if the book has it."""
    named = Named(id=asked.section, path=asked.path, url=asked.url, anchor=asked.anchor)
    return next(iter(mentions.candidates(named, known)), None)


def _message(entry: Entry, language: str) -> list[UserMessageContent]:
    """What the reader asks by pressing the button, in words and with the section itself."""
    title = footnotes.speakable(" ".join(entry.title.split())) or entry.path
    where = {"path": entry.path, "anchor": entry.anchor}
    tag = UserMessageTagContent(id=entry.id, text=title, data=where, group=entry.group or None)
    before, _, behind = chat.EXPLAIN_IT.said(language, what="\n").partition("\n")
    parts = (UserMessageTextContent(text=text) if text else None for text in (before, behind))
    return [part for part in (next(parts), tag, next(parts)) if part is not None]
