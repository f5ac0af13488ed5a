"""What is kept of an answer beside its words: how it came out, what it rests on and what it cost."""

from __future__ import annotations

import dataclasses
from typing import Self

from chatkit.types import AssistantMessageContent, AssistantMessageItem
from pydantic import Field

from pageside.answer import proof
from pageside.answer.events import Answer, LibraryStatus, Usage
from pageside.answer.proof import Digest, KeptCitation, KeptClaim, Proof

__all__ = ["AnswerRecord", "AnsweredItem", "KeptCitation", "KeptClaim"]


class AnswerRecord(Proof):
    """Kept with an answer, shown by REST and never sent over ChatKit."""

    model: str
    input_tokens: int
    output_tokens: int
    beside_tokens: int = 0
    millionths: int = 0
    searches: int = 0
    docs: int = 0
    first_s: float = 0.0
    whole_s: float = 0.0
    cached: bool = False
    library_docs: LibraryStatus = "not_asked"

    @classmethod
    def of(cls, answer: Answer, *, digest: Digest = proof.unknown) -> Self:
        """What `answer` is worth keeping.

        Args:
            digest: The digest of the page at a path; empty where there is none.
        """
        return cls(
            **proof.fields(answer, digest=digest),
            **{field.name: getattr(answer.usage, field.name) for field in dataclasses.fields(Usage)},
            library_docs=answer.library_docs,
        )


class AnsweredItem(AssistantMessageItem):
    """An assistant message that carries its record to the store, so that both are written at once."""

    content: list[AssistantMessageContent]
    record: AnswerRecord | None = Field(default=None, exclude=True)
