"""The sections nearest to a question that the book does not answer, as a list with a button each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Final

import structlog
from chatkit.types import WidgetItem
from chatkit.widgets import DynamicWidgetRoot, WidgetTemplate

from pageside import ids
from pageside.answer.clarifying import Places
from pageside.answer.events import Evidence, Outcome
from pageside.conversation import clock, footnotes
from pageside.conversation.telling import Telling
from pageside.errors import PagesideError
from pageside.knowledge.contents import Contents, Entry
from pageside.phrases import chat
from pageside.phrases.phrase import Phrase

log = structlog.get_logger(__name__)

KEY: Final = "book.nearest"
LIMIT_SECTIONS: Final = 3
OFFERED_AFTER: Final[frozenset[Outcome]] = frozenset({"closest", "not_in_book"})

_MAX_TITLE_CHARS = 200


def nearest(evidence: Iterable[Evidence], known: Contents) -> tuple[Entry, ...]:
    """The sections of the best passages, as the book's contents have them, each once."""
    found: dict[str, Entry] = {}
    for each in evidence:
        passage = each.found.passage
        entry = known.section(passage.path, passage.anchor) or known.page(passage.path)
        if entry is not None and len(found) < LIMIT_SECTIONS:
            found.setdefault(entry.id, entry)
    return tuple(found.values())


def item(
    sections: Sequence[Entry], *, item_id: str, thread_id: str, created_at: datetime, site: str, language: str
) -> WidgetItem:
    """The list of `sections`, unfolded, as an item of a conversation.

    Args:
        site: Where the book's site-relative URLs are rooted.
    """
    return WidgetItem(
        id=item_id,
        thread_id=thread_id,
        created_at=created_at,
        widget=unfolded(sections, language),
        copy_text="\n".join(f"{_title(each)}: {footnotes.absolute(each.url, site=site)}" for each in sections),
    )


async def suggested(told: Telling, places: Places | None) -> tuple[WidgetItem, ...]:
    """The list that follows an answer which the book does not give; nothing behind any other.

    Args:
        told: The answer, which has come to its end.
        places: Without it, or where the index has gone meanwhile, there is no list.
    """
    if places is None or told.outcome not in OFFERED_AFTER or not told.evidence:
        return ()
    try:
        sections = nearest(told.evidence, await places.read())
    except PagesideError as error:
        log.warning("nearest_not_listed", code=error.code)
        return ()
    if not sections:
        return ()
    made = item(
        sections,
        item_id=ids.new("msg"),
        thread_id=told.thread_id,
        created_at=clock.local(ids.now()),
        site=told.site,
        language=told.language,
    )
    return (made,)


def unfolded(sections: Sequence[Entry], language: str) -> DynamicWidgetRoot:
    """The list with a row for each of `sections`."""
    return _built(sections, language, folded=False, heading=chat.NEAREST.of(n=len(sections)))


def folded(sections: Sequence[Entry], language: str) -> DynamicWidgetRoot:
    """The list as one row that says how many sections it has."""
    return _built(sections, language, folded=True, heading=chat.NEAREST.of(n=len(sections)))


def gone(language: str) -> DynamicWidgetRoot:
    """What stands in the place of a list whose sections are no longer in the book."""
    return _built((), language, folded=True, heading=chat.SECTIONS_GONE)


def lists_sections(widget: WidgetItem) -> bool:
    """Whether `widget` is such a list."""
    return widget.widget.key == KEY


def _built(sections: Sequence[Entry], language: str, *, folded: bool, heading: Phrase) -> DynamicWidgetRoot:
    rows = [{"id": each.id, "title": _title(each), "chapter": _line(each.group)} for each in sections]
    return _template().build(
        {
            "key": KEY,
            "rows": rows,
            "ids": [each.id for each in sections],
            "folded": folded,
            "heading": heading.said(language),
            "explain": chat.EXPLAIN.said(language),
            "fold": (chat.SHOW if folded else chat.HIDE).said(language),
        }
    )


@cache
def _template() -> WidgetTemplate:
    text = (resources.files("pageside.conversation") / "templates/nearest.widget").read_text("utf-8")
    return WidgetTemplate(json.loads(text))


def _title(entry: Entry) -> str:
    return _line(entry.title) or _line(entry.path)


def _line(text: str) -> str:
    flat = " ".join(footnotes.speakable(text).split())
    return flat if len(flat) <= _MAX_TITLE_CHARS else flat[: _MAX_TITLE_CHARS - 1].rstrip() + "…"
