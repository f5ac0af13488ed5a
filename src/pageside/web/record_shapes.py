"""The proof of an answer as it is sent, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from pageside.answer.events import Outcome
from pageside.answer.proof import KeptCitation, KeptClaim
from pageside.conversation.healed import NOTHING
from pageside.conversation.record import AnswerRecord
from pageside.knowledge.healing import Healed

Share = Annotated[float, Field(ge=0, le=1)]

_EXAMPLE: Final[dict[str, Any]] = {
    "item_id": "msg_5a4e5f60718293a40d9f1c2b",
    "outcome": "answered",
    "confidence": 0.93,
    "citations": [
        {
            "marker": 1,
            "heading": "Nodes",
            "path": "ros2/nodes.md",
            "url": "/ros2/nodes#nodes:~:text=A%20node%20is%20a%20process%20that%20computes.",
            "quote": "A node is a process that computes.",
            "relevance": 0.89,
            "section": "concepts",
            "heading_path": ["ROS 2", "Nodes"],
            "anchor": "nodes",
            "passage_id": "8d1c40a5e2b74f6d9c03a7b1",
            "start": 0,
            "end": 34,
            "prefix": "",
            "suffix": " Nodes talk over topics.",
            "passage_start": 214,
            "passage_end": 273,
            "text_sha256": "45a0f0d0" * 8,
            "page_sha256": "9b1cc07e" * 8,
            "now": {
                "state": "changed",
                "url": "/ros2/nodes#nodes:~:text=A%20node%20is%20one%20process.",
                "text": "A node is one process.",
                "path": "ros2/nodes.md",
                "heading": "Nodes",
            },
        }
    ],
    "claims": [{"start": 0, "end": 38, "markers": [1], "strength": 1.0}],
    "checker": "1",
    "repaired": 0,
    "dropped": 0,
    "marked": 0,
    "usage": {
        "model": "gpt-5.4-mini",
        "input_tokens": 2140,
        "output_tokens": 96,
        "beside_tokens": 0,
        "cost": 0.0021,
        "searches": 1,
        "docs": 0,
        "first_s": 0.61,
        "whole_s": 1.38,
        "cached": False,
    },
    "seal": "1:" + "7f83b165" * 8,
}


class Now(BaseModel):
    """Where a source stands in the book today."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["same", "moved", "changed", "gone"] = Field(
        description="`same`; `moved`: the sentence stands elsewhere; `changed`: it reads differently; `gone`."
    )
    url: str = Field(description="Deep link to where it stands; where it is gone, the old one.")
    text: str = Field(description="What stands there; empty where it is gone.")
    path: str
    heading: str

    @classmethod
    def of(cls, healed: Healed) -> Self:
        """`healed`, to be sent."""
        passage = healed.passage
        return cls(
            state=healed.state,
            url=healed.url,
            text=healed.text,
            path=passage.path if passage else "",
            heading=passage.heading if passage else "",
        )


class CitationRow(BaseModel):
    """A sentence that an answer rests on, as the book had it; `marker` is the number in the text that stands for it."""

    model_config = ConfigDict(extra="forbid")

    marker: int
    heading: str
    path: str = Field(description="The page's file in the book.")
    url: str
    quote: str
    relevance: Share = Field(description="Probability that the passage answers.")
    section: str | None = Field(None, description="What kind of section the passage is of; absent where none is said.")
    heading_path: list[str] = Field(description="The page's title and every heading down to the passage's.")
    anchor: str
    passage_id: str
    start: int = Field(description="First character of the quote in its passage's text; `end` is one past its last.")
    end: int
    prefix: str = Field(description="What stood before the quote in its passage; `suffix` what stood behind it.")
    suffix: str
    passage_start: int = Field(description="First character of the passage in the page's source.")
    passage_end: int
    text_sha256: str = Field(description="Of the passage's text, in UTF-8.")
    page_sha256: str = Field(description="Of the page's file; empty where it was not known.")
    now: Now | None = Field(None, description="Where it stands today; absent where the book cannot tell.")

    @classmethod
    def of(cls, kept: KeptCitation, healed: Healed | None) -> Self:
        """`kept` and what has become of it, to be sent."""
        told = kept.model_dump(exclude={"labels", "relevance"})
        return cls(
            **told,
            relevance=share(kept.relevance),
            section=kept.labels.get("section_type") or None,
            now=Now.of(healed) if healed is not None else None,
        )


class ClaimRow(BaseModel):
    """Words of the answer that state something: characters `start` to `end` of its text, citation marks included."""

    model_config = ConfigDict(extra="forbid")

    start: int
    end: int
    markers: list[int] = Field(description="Of the citations it rests on; none where the book does not say it.")
    strength: Share = Field(description="Of the support, as the checker weighs it.")

    @classmethod
    def of(cls, kept: KeptClaim) -> Self:
        """`kept`, to be sent."""
        return cls(start=kept.start, end=kept.end, markers=list(kept.markers), strength=share(kept.strength))


class UsageRow(BaseModel):
    """What an answer took."""

    model_config = ConfigDict(extra="forbid")

    model: str
    input_tokens: int = Field(description="As the model reports them.")
    output_tokens: int
    beside_tokens: int = Field(description="Of embeddings and reranking, where an endpoint reports them.")
    cost: float = Field(description="At the configured prices, in their currency; 0 without prices.")
    searches: int = Field(description="How often the book was searched.")
    docs: int = Field(description="How often documentation of libraries was asked for.")
    first_s: float = Field(description="Seconds to the first text.")
    whole_s: float = Field(description="Seconds to the end.")
    cached: bool = Field(description="Whether it was given to somebody before, and cost nothing.")

    @classmethod
    def of(cls, record: AnswerRecord) -> Self:
        """What `record` says of it."""
        told = {name: getattr(record, name) for name in cls.model_fields if name != "cost"}
        return cls(**told, cost=record.millionths / 1_000_000)


class RecordRow(BaseModel):
    """How an answer came out, and the proof of it; see `docs/concepts/proof.md`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    item_id: str
    outcome: Outcome
    confidence: Share = Field(description="Probability that the answer is right.")
    citations: list[CitationRow]
    claims: list[ClaimRow]
    checker: str = Field(description="Version of the checker that judged the claims; empty where none did.")
    repaired: int = Field(description="Sentences that the model had to say again to be supported.")
    dropped: int = Field(description="Sentences that nothing supports and that were left out.")
    marked: int = Field(description="Sentences that nothing supports and that were shown with a mark.")
    usage: UsageRow
    seal: str = Field(description="Of the answer's text and this record; empty for an answer of before there was one.")

    @classmethod
    def of(cls, item_id: str, record: AnswerRecord, healed: Mapping[int, Healed] = NOTHING) -> Self:
        """`record` and what has become of its sources, to be sent."""
        return cls(
            item_id=item_id,
            outcome=record.outcome,
            confidence=share(record.confidence),
            citations=[CitationRow.of(each, healed.get(each.marker)) for each in record.citations],
            claims=[ClaimRow.of(each) for each in record.claims],
            checker=record.checker,
            repaired=record.repaired,
            dropped=record.dropped,
            marked=record.marked,
            usage=UsageRow.of(record),
            seal=record.seal,
        )


def share(value: float) -> float:
    """`value` as it is sent: 0 to 1, four decimals."""
    return round(min(1.0, max(0.0, value)), 4)
