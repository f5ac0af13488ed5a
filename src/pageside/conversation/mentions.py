"""The mentions of a message: which places of the book they mean, and the question as it is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chatkit.types import NoticeEvent, UserMessageInput, UserMessageItem, UserMessageTagContent

from pageside.answer.clarifying import Places
from pageside.answer.question import Page, Question
from pageside.conversation import notices
from pageside.errors import PagesideError, TooLarge
from pageside.knowledge import led, mentions, place
from pageside.knowledge.contents import Contents, Entry
from pageside.knowledge.mentions import Named
from pageside.phrases import chat

MAX_TAG_CHARS = 10_000
_MAX_NAME_CHARS = 500


@dataclass(frozen=True, slots=True)
class Understood:
    """A question whose mentions are known.

    Attributes:
        mentioned: The places meant, each once.
        notices: What the reader is told of the mentions that mean none.
    """

    question: Question
    mentioned: tuple[Entry, ...] = ()
    notices: tuple[NoticeEvent, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What has been understood of a message so far."""

    text: str = ""
    without: str = ""
    mentioned: dict[str, Entry] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    ambiguous: dict[str, Sequence[Entry]] = field(default_factory=dict)


def accept(message: UserMessageInput) -> None:
    """Returns if the tags of `message` are of a size to be kept.

    Raises:
        TooLarge: One of them carries more than 10,000 characters beside its text.
    """
    for part in message.content:
        if isinstance(part, UserMessageTagContent):
            length = len(part.id) + len(part.group or "") + len(json.dumps(part.data, ensure_ascii=False))
            if length > MAX_TAG_CHARS:
                raise TooLarge(f"A mention carries {length} characters; at most {MAX_TAG_CHARS} are taken.")


async def understand(question: Question, message: UserMessageItem, contents: Places | None) -> Understood:
    """`question` led by the places that `message` mentions, in tags or in its text; as it is where there are none.

    Args:
        contents: Of the book; without it nothing can be mentioned.
    """
    tagged = any(isinstance(part, UserMessageTagContent) for part in message.content)
    if contents is None or not (tagged or "@" in question.text):
        return Understood(question)
    try:
        known = await contents.read()
    except PagesideError:
        return Understood(question)  # whoever answers meets the same error, and has the words for it
    page = place.resolve(question.page.path or question.page.url, known.documents) if question.page else None
    reading = _Reading()
    for part in message.content:
        if isinstance(part, UserMessageTagContent):
            _read_tag(reading, part, known, page=page or "")
        else:
            _read_text(reading, part.text, known, page=page or "")
    return _understood(question, reading)


def named(tag: UserMessageTagContent) -> Named:
    """What `tag` calls its place by; whatever is no text in its data is passed over."""
    return Named(
        text=tag.text[:_MAX_NAME_CHARS],
        id=tag.id,
        path=_said(tag.data, "path"),
        url=_said(tag.data, "url"),
        anchor=_said(tag.data, "anchor"),
        group=tag.group or "",
    )


def _read_tag(reading: _Reading, tag: UserMessageTagContent, contents: Contents, *, page: str) -> None:
    found = mentions.candidates(named(tag), contents, page=page)
    if len(found) == 1:
        _add(reading, found[0])
        return
    shown = tag.text.strip() or tag.id
    reading.text += tag.text
    reading.without += tag.text
    if found:
        reading.ambiguous.setdefault(shown, found)
    elif shown not in reading.unknown:
        reading.unknown.append(shown)


def _read_text(reading: _Reading, text: str, contents: Contents, *, page: str) -> None:
    at = 0
    for mention in mentions.written(text, contents, page=page):
        reading.text += text[at : mention.start]
        reading.without += text[at : mention.start]
        _add(reading, mention.entry)
        at = mention.end
    reading.text += text[at:]
    reading.without += text[at:]


def _add(reading: _Reading, entry: Entry) -> None:
    reading.text += led.quoted(entry.title)
    reading.without += " "
    if len(reading.mentioned) < led.MOST_PLACES:
        reading.mentioned.setdefault(entry.id, entry)


def _understood(question: Question, reading: _Reading) -> Understood:
    told = (
        notices.unknown(reading.unknown, question.language),
        notices.ambiguous(reading.ambiguous, question.language),
    )
    mentioned = tuple(reading.mentioned.values())
    if mentioned:
        question = _led(question, reading, mentioned)
    return Understood(question, mentioned, tuple(notice for notice in told if notice is not None))


def _led(question: Question, reading: _Reading, mentioned: tuple[Entry, ...]) -> Question:
    """`question` with its mentions spelled out, searched within them; one that only points is one about them."""
    words = " ".join(reading.text.split())
    only_mentions = not any(map(str.isalnum, reading.without))
    if only_mentions:
        phrase = chat.EXPLAIN_THIS if question.selected_text else chat.EXPLAIN_IT.of(what=words)
        words = phrase.said(question.language)
    titles = tuple(entry.title for entry in mentioned)
    whole = replace(question, text=words, titles=titles, filters={**question.filters, **led.places(mentioned)})
    if question.selected_text:
        return whole
    if len(mentioned) == 1:
        return replace(whole, section=mentioned[0])
    if not place.points_only(reading.without):
        return whole
    # Several places to be explained: what "this" means is shown as the page, for a question has one section only.
    title = "; ".join(titles)
    return replace(
        whole, text=chat.EXPLAIN_PART.said(question.language), page=Page(title=title, path=mentioned[0].path)
    )


def _said(told: Mapping[str, object], name: str) -> str:
    said = told.get(name)
    return said if isinstance(said, str) else ""
