"""A run as those hear it who want no items: what was said, what it rests on, and how it ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

import structlog
from chatkit.types import (
    AssistantMessageItem,
    FileSource,
    StructuredInputItem,
    StructuredInputMultipleChoice,
    URLSource,
)
from pydantic_core import from_json

from pageside.answer import citations, file_search
from pageside.answer.events import Outcome
from pageside.conversation import footnotes, forms
from pageside.conversation.frames import KEEPALIVE
from pageside.conversation.healed import NOTHING
from pageside.conversation.record import AnswerRecord, KeptCitation
from pageside.conversation.store import SqlStore
from pageside.conversation.tape import KEEPALIVE_EVERY, Tape
from pageside.conversation.turn import Turn
from pageside.errors import PagesideError
from pageside.knowledge.healing import Healed
from pageside.knowledge.library.texts import LIBRARY
from pageside.phrases import failures

log = structlog.get_logger(__name__)

_DELTA: Final = "assistant_message.content_part.text_delta"
_FAILED: Final = "The answer failed. Please try again."


@dataclass(frozen=True, slots=True)
class Source:
    """A place that an answer rests on.

    Attributes:
        marker: The number that stands for it in the text.
        title: Of its page.
        section: What kind of passage it is, or else its heading.
        url: Deep link to the quote; empty for a file of the reader's, which has no address.
        relevance: Probability, 0 to 1; None where the answer was cut short before it was known.
        now: What has become of it, where it does not stand in the book as it did.
    """

    kind: Literal["textbook", "attachment", "library_docs"]
    marker: int
    module: str
    week: str
    file: str
    title: str
    section: str
    url: str
    quote: str
    relevance: float | None
    now: Healed | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new thread has its first message."""

    thread_id: str


@dataclass(frozen=True, slots=True)
class Said:
    """More of the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Noticed:
    """How the answer comes about."""

    title: str
    message: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A whole message; without outcome, one that was cut short.

    Attributes:
        options: What the reader may choose from, where the message asks them what they mean.
        record: What is kept beside it; None where nothing is, as of one that was cut short.
    """

    item_id: str
    text: str
    sources: tuple[Source, ...] = ()
    outcome: Outcome | None = None
    confidence: float | None = None
    asks: bool = False
    options: tuple[str, ...] = ()
    record: AnswerRecord | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong, in words for the reader; nothing follows."""

    message: str
    code: str = "answer_failed"
    retryable: bool = True


@dataclass(frozen=True, slots=True)
class Ended:
    """The end; nothing follows.

    Attributes:
        stopped: Whether it came before the answer's own.
    """

    stopped: bool


Heard = Opened | Said | Noticed | Spoken | Failed | Ended


Records = Callable[[AssistantMessageItem], Awaitable[AnswerRecord | None]]


async def hear(
    tape: Tape, records: Records, *, keepalive: timedelta = KEEPALIVE_EVERY
) -> AsyncGenerator[Sequence[Heard], None]:
    """What the run tells, as much at a time as is there; nothing at all in a long silence.

    The last of it is `Ended` or `Failed`.

    Args:
        records: Finds what is known of an answer beside its words.
    """
    said: dict[str, str] = {}
    whole = False
    async for chunk in tape.frames(keepalive=keepalive):
        heard: list[Heard] = []
        for event in _events(chunk):
            match event:
                case {"type": "error"}:
                    yield [*heard, _failure(event)]
                    return
                case {"type": "thread.item.done", "item": {"type": "assistant_message"} as told}:
                    item = AssistantMessageItem.model_validate(told)
                    heard += _whole(answer(item, await records(item)), said)
                case {"type": "thread.item.done", "item": {"type": "structured_input"} as told}:
                    heard += _whole(asked_back(StructuredInputItem.model_validate(told)), said)
                case _:
                    heard += _told(event, said)
        whole = whole or any(isinstance(each, Spoken) and each.outcome is not None for each in heard)
        if heard or chunk == KEEPALIVE:
            yield heard
    # An answer that is told again has ended in its own time, whatever it once was.
    yield [Failed(str(failures.INTERRUPTED)) if tape.lost else Ended(stopped=tape.cut or not whole)]


def stored(store: SqlStore, turn: Turn) -> Records:
    """Records as the store has them; an answer whose record cannot be had, as it was deleted meanwhile, has none."""

    async def record(item: AssistantMessageItem) -> AnswerRecord | None:
        try:
            return await store.load_record(item.thread_id, item.id, turn)
        except PagesideError as error:
            log.warning("record_not_read", code=error.code)
            return None

    return record


def answer(item: AssistantMessageItem, record: AnswerRecord | None, healed: Mapping[int, Healed] = NOTHING) -> Spoken:
    """An answer, and what its record says of it.

    Args:
        healed: What has become of its sources, by marker.
    """
    text = "".join(part.text for part in item.content)
    outcome, confidence = (record.outcome, record.confidence) if record is not None else (None, None)
    return Spoken(item.id, text, tuple(_sources(item, record, healed)), outcome, confidence, record=record)


def asked_back(form: StructuredInputItem) -> Spoken:
    """A form as a message: its questions with what may be chosen, and what was replied as a quote."""
    options = [
        each.value
        for asked in form.inputs
        if isinstance(asked, StructuredInputMultipleChoice)
        for each in asked.options
    ]
    blocks = []
    for asked in form.inputs:
        blocks.append(citations.literal(asked.question))
        if isinstance(asked, StructuredInputMultipleChoice):
            blocks.append("\n".join(f"- {citations.literal(each.value)}" for each in asked.options))
    blocks.append("\n".join(f"> {citations.literal(reply)}" for reply in forms.said(form)))
    text = "\n\n".join(block for block in blocks if block)
    return Spoken(form.id, text, outcome="conversation", asks=True, options=tuple(options))


def _events(chunk: bytes) -> Iterator[Mapping[str, Any]]:
    for told in chunk.split(b"\n\n"):
        if told.startswith(b"data: "):
            yield from_json(told[6:])


def _told(event: Mapping[str, Any], said: dict[str, str]) -> Iterator[Heard]:
    match event:
        case {"type": "thread.created", "thread": {"id": str(thread_id)}}:
            yield Opened(thread_id)
        case {"type": "thread.item.updated", "item_id": str(item_id), "update": {"type": kind, "delta": str(text)}} if (
            kind == _DELTA
        ):
            said[item_id] = said.get(item_id, "") + text
            yield Said(text)
        case {"type": "notice", "message": str(message)}:
            yield Noticed(str(event.get("title") or ""), message)
        case _:
            return


def _whole(spoken: Spoken, said: Mapping[str, str]) -> Iterator[Heard]:
    """The message, after those of its words that came with the whole alone, as of an answer told again."""
    earlier = said.get(spoken.item_id, "")
    if spoken.text.startswith(earlier) and (rest := spoken.text[len(earlier) :]):
        yield Said(rest)
    yield spoken


def _failure(event: Mapping[str, Any]) -> Failed:
    code = str(event.get("code") or "custom")
    return Failed(
        message=str(event.get("message") or _FAILED),
        code="answer_failed" if code == "custom" else code.replace(".", "_"),
        retryable=bool(event.get("allow_retry")),
    )


def _sources(item: AssistantMessageItem, record: AnswerRecord | None, healed: Mapping[int, Healed]) -> Iterator[Source]:
    """Every place once: as the record knows it, and of an answer without one, as its annotations do."""
    noted: dict[int, URLSource | FileSource] = {}
    for part in item.content:
        for note in part.annotations:
            number = footnotes.marker(note, part.text)
            if number is not None and isinstance(note.source, URLSource | FileSource):
                noted.setdefault(number, note.source)
    if record is None:
        yield from (_of_note(marker, source) for marker, source in sorted(noted.items()))
        return
    for citation in record.citations:
        yield _of_record(citation, noted.get(citation.marker), healed.get(citation.marker))


def _of_record(citation: KeptCitation, note: URLSource | FileSource | None, now: Healed | None) -> Source:
    labels = citation.labels
    own, docs = file_search.FILE in labels, LIBRARY in labels
    address = note.url if isinstance(note, URLSource) else citation.url
    return Source(
        kind="attachment" if own else "library_docs" if docs else "textbook",
        marker=citation.marker,
        module=labels.get("module", ""),
        week=labels.get("week", ""),
        file=labels[file_search.FILE] if own else citation.path,
        title=(note.group if isinstance(note, URLSource) else note.title if note else "") or citation.heading,
        section=citation.heading if docs else labels.get("section_type") or citation.heading,
        url="" if own else address,
        quote=citation.quote,
        relevance=round(min(1.0, max(0.0, citation.relevance)), 4),
        now=now if now is not None and now.state != "same" else None,
    )


def _of_note(marker: int, note: URLSource | FileSource) -> Source:
    own = isinstance(note, FileSource)
    return Source(
        kind="attachment" if own else "textbook",
        marker=marker,
        module="",
        week="",
        file=note.filename if isinstance(note, FileSource) else note.attribution or "",
        title=(note.title if own else note.group) or note.title,
        section="" if own else note.title,
        url=note.url if isinstance(note, URLSource) else "",
        quote=note.description or "",
        relevance=None,
    )
