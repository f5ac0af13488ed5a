"""The answer to a question that somebody asked before, where nothing of the reader went into it."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from typing import Final, Protocol

import structlog
from anyio.to_thread import run_sync
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from pageside import __version__
from pageside.answer.events import (
    Answer,
    Cited,
    Completed,
    Evidence,
    Gathered,
    Searching,
    TextDelta,
    TutorEvent,
    Usage,
)
from pageside.answer.question import Question
from pageside.answer.timing import timed
from pageside.storage.kept import Kept

log = structlog.get_logger(__name__)

_WORTH_KEEPING: Final = frozenset(("answered", "closest", "not_in_book"))


class Answering(Protocol):
    """Whoever answers; the tutor."""

    def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        """What happens while `question` is answered."""
        ...


@dataclass(frozen=True, slots=True)
class Whole:
    """All that was told of one answer.

    Attributes:
        said: Its text in the pieces it came in, each with the markers cited behind it and where they end.
    """

    query: str
    evidence: tuple[Evidence, ...]
    said: tuple[tuple[str, tuple[tuple[int, int], ...]], ...]
    answer: Answer


_WHOLE: Final = TypeAdapter(Whole)


class Recalling:
    """Answers a question as it was answered before, if nothing that an answer depends on has changed since.

    Args:
        generation: Of the index; it changes whenever anything a search can return does.
        settings: Whatever else decides an answer, model and prompt among it, in any words.
    """

    def __init__(self, tutor: Answering, kept: Kept, *, generation: Callable[[], str], settings: str) -> None:
        self._tutor = tutor
        self._kept = kept
        self._generation = generation
        self._settings = settings

    def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        """What happens while `question` is answered; see `Tutor.answer`."""
        return self._answered(question) if is_everybodys(question) else self._tutor.answer(question)

    async def _answered(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        key = digest(question, generation=await run_sync(self._generation), settings=self._settings)
        told = self._read(await self._kept.get(key))
        events = self._made(question, key) if told is None else timed(_again(told))
        async with aclosing(events):
            async for event in events:
                yield event

    def _read(self, stored: bytes | None) -> Whole | None:
        try:
            return _WHOLE.validate_json(stored) if stored is not None else None
        except ValidationError:
            log.warning("kept_answer_unreadable")
            return None

    async def _made(self, question: Question, key: str) -> AsyncGenerator[TutorEvent, None]:
        query, evidence = "", tuple[Evidence, ...]()
        pieces, marks = list[str](), list[list[tuple[int, int]]]()
        async with aclosing(self._tutor.answer(question)) as events:
            async for event in events:
                match event:
                    case Searching():
                        query = event.query
                    case Gathered():
                        evidence = event.evidence
                    case TextDelta():
                        pieces.append(event.text)
                        marks.append([])
                    case Cited() if marks:
                        marks[-1].append((event.citation.marker, event.at))
                    case Completed(answer) if _is_worth_keeping(answer):
                        said = tuple((piece, tuple(ends)) for piece, ends in zip(pieces, marks, strict=True))
                        await self._kept.put(key, to_json(Whole(query, evidence, said, answer), fallback=dict))
                    case _:
                        pass
                yield event


def _is_worth_keeping(answer: Answer) -> bool:
    """Whether the same would be answered again; documentation that was away may be there then."""
    return answer.outcome in _WORTH_KEEPING and answer.library_docs != "unavailable"


def is_everybodys(question: Question) -> bool:
    """Whether nothing that belongs to one reader goes into the answer: profile, history, selection, files, replies."""
    own = (
        question.fresh,
        question.profile,
        question.history,
        question.selected_text,
        question.surroundings,
        question.attachments,
        question.page_replies,
        question.clarified,
        question.section,
    )
    return not any(own)


def digest(question: Question, *, generation: str, settings: str) -> str:
    """The name of everything that the answer to `question` depends on."""
    told = {
        "version": __version__,
        "generation": generation,
        "settings": settings,
        "text": " ".join(question.text.split()),
        "page": asdict(question.page) if question.page is not None else None,
        "filters": dict(question.filters),
        "tools": [tool.name for tool in question.page_tools],
        "may_ask": question.may_ask,
        "library_docs": question.library_docs,
        "language": question.language,
    }
    return hashlib.sha256(to_json(told)).hexdigest()


async def _again(told: Whole) -> AsyncGenerator[TutorEvent, None]:
    by_marker = {citation.marker: citation for citation in told.answer.citations}
    yield Searching(told.query)
    yield Gathered(told.evidence)
    for text, ends in told.said:
        yield TextDelta(text)
        for marker, at in ends:
            yield Cited(by_marker[marker], at)
    yield Completed(replace(told.answer, usage=Usage(told.answer.usage.model, cached=True)))
