"""What is kept of an answer beside its words: how it came out, what it rests on and what it cost."""

from __future__ import annotations

import dataclasses
from typing import Any, Final, Self

from chatkit.types import AssistantMessageContent, AssistantMessageItem
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import to_json

from pageside.answer import proof
from pageside.answer.events import Answer, LibraryStatus, ToolCall, Usage
from pageside.answer.proof import Digest, KeptCitation, KeptClaim, Proof

__all__ = ["AnswerRecord", "AnsweredItem", "KeptCitation", "KeptClaim"]

MAX_RESULT_BYTES: Final = 65_536  # of one call, as JSON: some two hundred tasks


class KeptCall(BaseModel):
    """See `ToolCall`; a result that is too long to be kept is `{"omitted": ...}`."""

    model_config = ConfigDict(frozen=True)

    name: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    result: dict[str, Any] = Field(default_factory=dict)
    failed: bool = False

    @classmethod
    def of(cls, call: ToolCall, *, limit: int) -> Self:
        """`call`, to be stored.

        Args:
            limit: Longest result as JSON, in bytes.
        """
        length = len(to_json(call.result))
        omitted = {"omitted": f"{length} bytes, of which at most {limit} are kept"}
        result = dict(call.result) if length <= limit else omitted
        return cls(name=call.name, arguments=dict(call.arguments), result=result, failed=call.failed)


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
    tool_calls: tuple[KeptCall, ...] = ()

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
            tool_calls=tuple(KeptCall.of(call, limit=MAX_RESULT_BYTES) for call in answer.tool_calls),
        )


class AnsweredItem(AssistantMessageItem):
    """An assistant message that carries its record to the store, so that both are written at once."""

    content: list[AssistantMessageContent]
    record: AnswerRecord | None = Field(default=None, exclude=True)
