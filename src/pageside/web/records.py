"""What is kept of answers beside their words, and has no place in the ChatKit protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from pageside.answer.events import Outcome
from pageside.conversation import listing
from pageside.conversation.record import AnswerRecord, KeptCitation
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.web.chat_shapes import MAX_ID_CHARS
from pageside.web.chatkit import asking

_HEADERS: Final = {"Cache-Control": "no-store"}
_EXAMPLE: Final[JsonDict] = {
    "item_id": "msg_5a4e5f60718293a40d9f1c2b",
    "outcome": "answered",
    "confidence": 0.93,
    "citations": [
        {
            "marker": 1,
            "heading": "Nodes",
            "path": "ros2/nodes.md",
            "url": "/ros2/nodes#nodes",
            "quote": "A node is a process that computes.",
            "relevance": 0.89,
            "section": "concepts",
        }
    ],
}


class CitationRow(BaseModel):
    """A sentence that an answer rests on; `marker` is the number in the text that stands for it."""

    model_config = ConfigDict(extra="forbid")

    marker: int
    heading: str
    path: str = Field(description="The page's file in the book.")
    url: str
    quote: str
    relevance: float = Field(ge=0, le=1, description="Probability that the passage answers.")
    section: str | None = Field(None, description="What kind of section the passage is of; absent where none is said.")


class RecordRow(BaseModel):
    """How an answer came out, and what it rests on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    item_id: str
    outcome: Outcome
    confidence: float = Field(ge=0, le=1, description="Probability that the answer is right.")
    citations: list[CitationRow]


class Records(BaseModel):
    """The answers of a conversation that have a record, oldest first."""

    model_config = ConfigDict(extra="forbid")

    records: list[RecordRow]


def router(database: Database, *, reader: Callable[..., Reader] = asking) -> APIRouter:
    """The records of the conversations in `database`.

    Args:
        reader: Dependency that says who is asking.
    """
    routes = APIRouter(tags=["chatkit"])
    recognised = Depends(reader)

    @routes.get(
        "/chatkit/threads/{thread_id}/records",
        summary="What answers rest on",
        response_model_exclude_none=True,
        responses={404: {"description": "No such conversation, or not this reader's."}},
    )
    async def records(
        response: Response, thread_id: Annotated[str, Path(max_length=MAX_ID_CHARS)], who: Reader = recognised
    ) -> Records:
        """Of each answer in the conversation: how it came out, how sure it is, and its citations with their relevance.

        An answer that was cut short has none.
        """
        response.headers.update(_HEADERS)
        found = await listing.records(database, thread_id, Turn(reader=who))
        return Records(records=[_row(item_id, record) for item_id, record in found])

    return routes


def _row(item_id: str, record: AnswerRecord) -> RecordRow:
    return RecordRow(
        item_id=item_id,
        outcome=record.outcome,
        confidence=_probability(record.confidence),
        citations=[_citation(each) for each in record.citations],
    )


def _citation(kept: KeptCitation) -> CitationRow:
    return CitationRow(
        marker=kept.marker,
        heading=kept.heading,
        path=kept.path,
        url=kept.url,
        quote=kept.quote,
        relevance=_probability(kept.relevance),
        section=kept.labels.get("section_type") or None,
    )


def _probability(value: float) -> float:
    return round(min(1.0, max(0.0, value)), 4)
