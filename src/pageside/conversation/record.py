"""What is kept of an answer beside its words: how it came out, what it rests on and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from chatkit.types import AssistantMessageContent, AssistantMessageItem
from pydantic import BaseModel, ConfigDict, Field

from pageside.answer.events import Answer, Citation, Outcome


class KeptCitation(BaseModel):
    """One citation as it is stored; `labels` are those of the passage when it was cited."""

    model_config = ConfigDict(frozen=True)

    marker: int
    path: str
    heading: str
    url: str
    quote: str
    relevance: float
    labels: Mapping[str, str]

    @classmethod
    def of(cls, citation: Citation) -> Self:
        """`citation`, without the passage's text."""
        return cls(
            marker=citation.marker,
            path=citation.passage.path,
            heading=citation.passage.heading,
            url=citation.url,
            quote=citation.quote,
            relevance=citation.relevance,
            labels=dict(citation.passage.labels),
        )


class AnswerRecord(BaseModel):
    """Kept with an answer, shown by REST and never sent over ChatKit."""

    model_config = ConfigDict(frozen=True)

    outcome: Outcome
    confidence: float
    citations: tuple[KeptCitation, ...]
    model: str
    input_tokens: int
    output_tokens: int

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """What `answer` is worth keeping."""
        return cls(
            outcome=answer.outcome,
            confidence=answer.confidence,
            citations=tuple(KeptCitation.of(citation) for citation in answer.citations),
            model=answer.usage.model,
            input_tokens=answer.usage.input_tokens,
            output_tokens=answer.usage.output_tokens,
        )


class AnsweredItem(AssistantMessageItem):
    """An assistant message that carries its record to the store, so that both are written at once."""

    content: list[AssistantMessageContent]
    record: AnswerRecord | None = Field(default=None, exclude=True)
