"""Turn: who asks, from where and about what, as it travels with one ChatKit request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from types import MappingProxyType
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chatkit.types import ThreadMetadata

from pageside import ids
from pageside.answer.question import LibraryWish, Page, PageTool
from pageside.conversation.alongside import Alongside
from pageside.identity.reader import Reader
from pageside.phrases import accepting

PROFILE_KEYS = ("name", "email", "role", "softwareBackground", "hardwareTier")
MAX_PROFILE_CHARS = 200
MAX_SELECTION_CHARS = 20_000
MAX_SURROUNDINGS_CHARS = 1_000
MAX_HEADINGS = 50
MAX_FILTERS = 10
FULL_BOOK = "full-book"

# Clients in the field name the same things differently.
_SELECTED = ("text", "selectedText", "selected_text", "selection", "quote", "content")
_AROUND = ("surroundings", "surroundingText", "surrounding_text", "surrounding", "context", "paragraph", "fullText")
_BEFORE = ("before", "textBefore", "beforeText", "before_text", "contextBefore", "context_before", "prefix")
_HEADING = ("heading", "section", "sectionTitle")
_AFTER = ("after", "textAfter", "afterText", "after_text", "contextAfter", "context_after", "suffix")

_NOTHING: Mapping[str, str] = MappingProxyType({})
_ZONE = re.compile(r"[A-Za-z][\w+-]{0,30}(?:/[A-Za-z][\w+-]{0,30}){0,2}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


@dataclass(slots=True)
class Opening:
    """The one thread a turn may begin; written together with its first message, never again after a deletion."""

    id: str
    thread: ThreadMetadata | None = None
    written: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """The context of one ChatKit request.

    Attributes:
        origin: Scheme and host the request came to, such as `https://example.org`.
        languages: What the reader's client accepts, ISO 639-1, the best liked first; empty where it does not say.
        page: Where the reader is; data, never instructions.
        surroundings: What stands around the text they selected.
        profile: What is known of the reader, only under the keys of `PROFILE_KEYS`; data, never instructions.
        filters: Labels every passage must have.
        page_tools: What the page can be asked.
        library_docs: Whether documentation of libraries is looked up, where this server does.
        timezone: Where the reader is; None where their client does not say, or names none that is known.
        forms: Whether the reader's client can show a form, so that they can be asked back with one.
        opening: The thread this turn begins, if it begins one.
        sees_hidden: Whether pages of items include what only the server may see.
        renames: Whether a title that is already there may be replaced.
        alongside: What is written in the same transaction as the turn's own rows.
    """

    reader: Reader
    origin: str = ""
    languages: tuple[str, ...] = ()
    page: Page | None = None
    surroundings: str = ""
    profile: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    filters: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    page_tools: tuple[PageTool, ...] = ()
    library_docs: LibraryWish = "when_used"
    timezone: ZoneInfo | None = None
    forms: bool = True
    opening: Opening | None = None
    sees_hidden: bool = True
    renames: bool = False
    alongside: Alongside = field(default_factory=Alongside)

    @property
    def language(self) -> str:
        """The language in which our own words are said to the reader."""
        return accepting.spoken(self.languages)

    @property
    def today(self) -> date:
        """The day it is where the reader is; in UTC where that is not known."""
        return ids.now().astimezone(self.timezone or UTC).date()


def profile(metadata: Mapping[str, object], reader: Reader) -> Mapping[str, str]:
    """The reader's profile: what the request says under `userInfo`, overruled by what is verified."""
    told = metadata.get("userInfo") or metadata.get("user_info")
    claimed = told if isinstance(told, Mapping) else {}
    found: dict[str, str] = {}
    for key in PROFILE_KEYS:
        if text := line(reader.profile.get(key) or claimed.get(key), limit=MAX_PROFILE_CHARS):
            found[key] = text
    return MappingProxyType(found)


def page(metadata: Mapping[str, object]) -> Page | None:
    """The page the reader is on, as the request says under `pageContext`; None where it says nothing usable.

    What `selectionContext` says of the page counts where there is no `pageContext`.
    """
    told = metadata.get("pageContext") or metadata.get("page_context") or _page_of_selection(metadata)
    if not isinstance(told, Mapping):
        return None
    headings = told.get("headings")
    found = Page(
        url=_web_address(told.get("url")),
        title=line(told.get("title"), limit=300),
        path=line(told.get("path"), limit=500),
        headings=_headings(headings if isinstance(headings, list) else ()),
        description=line(told.get("description"), limit=1000),
    )
    return None if found == Page() else found


def selection(metadata: Mapping[str, object]) -> str:
    """The selected text where a client sends it beside the message instead of as its quote; else empty."""
    context = _selection_context(metadata)
    inside = _text(context, _SELECTED) if isinstance(context, Mapping) else context
    told = _text(metadata, ("selectedText", "selected_text")) or inside
    return told.strip()[:MAX_SELECTION_CHARS] if isinstance(told, str) else ""


def surroundings(metadata: Mapping[str, object]) -> str:
    """What stands around the selected text, as the request says under `selectionContext`; else empty."""
    context = _selection_context(metadata)
    if isinstance(context, Mapping) and isinstance(context.get("context"), Mapping):
        context = {**context, **context["context"]}
    around = _text(context, _AROUND) if isinstance(context, Mapping) else context
    if isinstance(around, str) and around.strip():
        return around.strip()[: 2 * MAX_SURROUNDINGS_CHARS]
    if not isinstance(context, Mapping):
        return ""
    before, after, heading = (_text(context, names) for names in (_BEFORE, _AFTER, _HEADING))
    parts = (heading[:200], before[-MAX_SURROUNDINGS_CHARS:], after[:MAX_SURROUNDINGS_CHARS])
    return "\n".join(part for part in parts if part)


def _selection_context(metadata: Mapping[str, object]) -> object:
    return metadata.get("selectionContext") or metadata.get("selection_context")


def _page_of_selection(metadata: Mapping[str, object]) -> Mapping[str, object] | None:
    context = _selection_context(metadata)
    if not isinstance(context, Mapping):
        return None
    told = context.get("page")
    if isinstance(told, Mapping):
        return told
    title = _text(context, ("pageTitle", "page_title", "title", "chapter"))
    return {"title": title, "url": _text(context, ("url", "pageUrl", "page_url")), "path": context.get("path") or told}


def _text(told: Mapping[str, object], names: Iterable[str]) -> str:
    """The text that `told` has under the first of `names` that it has any under."""
    texts = (said.strip() for said in map(told.get, names) if isinstance(said, str))
    return next((text for text in texts if text), "")


def filters(metadata: Mapping[str, object]) -> Mapping[str, str]:
    """The labels the request asks every passage to have, under `filters`."""
    told = metadata.get("filters")
    if not isinstance(told, Mapping):
        return _NOTHING
    pairs = ((line(name, limit=50), line(label, limit=100)) for name, label in list(told.items())[:MAX_FILTERS])
    return MappingProxyType({name: label for name, label in pairs if name and label})


def library_docs(metadata: Mapping[str, object]) -> LibraryWish:
    """Whether the request wants documentation of libraries, under `useLibraryDocs`; where it does not say, the question
    decides.
    """
    told = metadata.get("useLibraryDocs", metadata.get("use_library_docs"))
    return "when_used" if not isinstance(told, bool) else "always" if told else "never"


def timezone(metadata: Mapping[str, object]) -> ZoneInfo | None:
    """Where the reader is, as the request says under `timezone` with a name of IANA, such as `Europe/Paris`."""
    told = metadata.get("timezone")
    if not isinstance(told, str) or not _ZONE.fullmatch(told):
        return None
    try:
        return ZoneInfo(told)
    except (ValueError, OSError, ZoneInfoNotFoundError):  # a folder of zones, or none of that name
        return None


def forms(metadata: Mapping[str, object]) -> bool:
    """Whether the client can show a form: unless it says it cannot, with `forms: false`."""
    return metadata.get("forms") is not False


def line(told: object, *, limit: int) -> str:
    """`told` as one line of at most `limit` characters; empty unless it is text or a number."""
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        return ""
    return " ".join(_CONTROL.sub(" ", str(told)[: 4 * limit]).split())[:limit].rstrip()


def _headings(told: Iterable[object]) -> tuple[str, ...]:
    texts = (entry.get("text") if isinstance(entry, Mapping) else entry for entry in list(told)[:MAX_HEADINGS])
    return tuple(text for text in (line(told, limit=200) for told in texts) if text)


def _web_address(told: object) -> str:
    text = line(told, limit=2000)
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        return ""
    return text if scheme in {"", "http", "https"} else ""
