"""What the REST chat API takes and gives, field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from pageside.answer.events import LibraryStatus, Outcome
from pageside.conversation import spoken
from pageside.conversation.healed import NOTHING
from pageside.conversation.record import AnswerRecord
from pageside.conversation.spoken import Noticed, Spoken
from pageside.knowledge.healing import Healed
from pageside.web.record_shapes import Now, RecordRow

MAX_ID_CHARS: Final = 200
MAX_LABELS: Final = 10

LibraryDocs = LibraryStatus
Status = Literal["completed", "stopped"]

_SOURCE: Final[dict[str, Any]] = {
    "type": "textbook",
    "marker": 1,
    "module": "Module 1",
    "week": "Week 3",
    "file": "ros2/nodes.md",
    "title": "Nodes",
    "section": "concepts",
    "url": "https://book.example.org/ros2/nodes#nodes:~:text=A%20node%20is",
    "quote": "A node is a process that computes.",
    "relevance_score": 0.89,
}
_ANSWER: Final[dict[str, Any]] = {
    "thread_id": "thr_0d9f1c2b3a4e5f60718293a4",
    "message_id": "msg_5a4e5f60718293a40d9f1c2b",
    "answer": "A node is a process that computes [1].",
    "sources": [_SOURCE],
    "role": "assistant",
    "confidence": 0.93,
    "outcome": "answered",
    "status": "completed",
    "needs_clarification": False,
    "options": [],
    "notices": [],
    "library_docs": "not_asked",
}

_PROOF: Final[Any] = Field(None, description="The proof of the answer; null where it was cut short, or is no answer.")


class Taken(BaseModel):
    """What a request brings; what nobody knows of is passed over."""

    model_config = ConfigDict(extra="ignore")


class Given(BaseModel):
    """What an answer holds, and nothing else."""

    model_config = ConfigDict(extra="forbid")


class HeadingTaken(Taken):
    """A heading of a page."""

    text: str = ""


class PageContext(Taken):
    """The page the reader is on, as their browser knows it."""

    url: str | None = Field(None, description="Its address or path.")
    title: str | None = None
    path: str | None = Field(None, description="Its file in the book.")
    headings: list[str | HeadingTaken] | None = None
    description: str | None = None


class UserInfo(Taken):
    """What the reader says of themselves; what is verified overrules it."""

    name: str | None = None
    email: str | None = None
    role: str | None = None
    softwareBackground: str | None = None  # noqa: N815  # so named on the wire
    hardwareTier: str | StrictInt | None = None  # noqa: N815


class ChatRequest(Taken):
    """A message, and what is known of where it was written."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "message": "What is a node?",
                    "thread_id": None,
                    "user_id": "test-user",
                    "use_library_docs": False,
                    "selected_text": None,
                    "page_context": {"url": "/ros2/nodes", "title": "Nodes", "path": "ros2/nodes.md"},
                    "stream": False,
                }
            ]
        }
    )

    message: str = Field(description="What the reader asks; at most `PAGESIDE_MAX_MESSAGE_CHARS` characters.")
    thread_id: str | None = Field(
        None, max_length=MAX_ID_CHARS, description="The conversation to go on with; without it, a new one begins."
    )
    user_id: str | None = Field(
        None, max_length=1000, description="Who asks, where a client says so: the caller, or it is not found."
    )
    use_library_docs: StrictBool = Field(False, description="Asks for library documentation beside the book.")
    selected_text: str | None = Field(None, description="What the reader has selected and asks about.")
    page_context: PageContext | None = None
    user_info: UserInfo | None = None
    filters: dict[str, str] | None = Field(
        None, max_length=MAX_LABELS, description="Labels that every passage must have, such as `module`."
    )
    stream: StrictBool = Field(False, description="Sends the answer as it is made, as server-sent events.")

    @model_validator(mode="before")
    @classmethod
    def _of_this_chat(cls, told: object) -> object:
        """Refuses the other chat's name for a conversation, without which a new one would begin unasked.

        A reader who is called `chatkit` has both at one address.
        """
        if isinstance(told, Mapping) and "conversation_id" in told:
            raise ValueError("name the conversation by `thread_id`; `conversation_id` is of POST /api/{user_id}/chat")
        return told


class Source(Given):
    """A place that the answer rests on; `marker` is the number in the text that stands for it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SOURCE]})

    type: Literal["textbook", "attachment", "library_docs"]
    marker: int
    module: str = Field(description="Empty where the page has no such label; `week` likewise.")
    week: str
    file: str = Field(description="The page's file in the book, the name of the reader's own, or the library's id.")
    title: str
    section: str = Field(description="What kind of passage it is, such as `concepts`, or else its heading.")
    url: str = Field(description="Deep link to the quote; empty for a file of the reader's.")
    quote: str
    relevance_score: Annotated[float, Field(ge=0, le=1)] | None = Field(
        description="Probability that the passage answers; null for an answer that was cut short."
    )
    now: Now | None = Field(None, description="Where it stands in the book today, where that is not as it was cited.")


class Notice(Given):
    """How the answer came about."""

    title: str
    message: str


class Completed(Given):
    """The whole of a message, as it ends its stream."""

    message_id: str
    content: str
    sources: list[Source]
    role: Literal["assistant"] = "assistant"
    confidence: Annotated[float, Field(ge=0, le=1)] | None
    outcome: Outcome | None
    needs_clarification: bool
    options: list[str]
    notices: list[Notice]
    library_docs: LibraryDocs
    record: RecordRow | None = _PROOF


class ChatAnswer(Given):
    """The whole answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})

    thread_id: str | None = Field(description="The conversation it stands in; null for one that is kept nowhere.")
    message_id: str
    answer: str = Field(description="Markdown; `[1]` stands for the source with that `marker`.")
    sources: list[Source]
    role: Literal["assistant"] = "assistant"
    confidence: Annotated[float, Field(ge=0, le=1)] | None = Field(
        description="Probability that the answer is right; null where the reader is asked back, or it was cut short."
    )
    outcome: Outcome | None = Field(description="How it came out; null where it was cut short.")
    status: Status = Field(description="`stopped` where it ended before its end, with what was said until then.")
    needs_clarification: bool = Field(description="Whether the reader is asked what they mean.")
    options: list[str] = Field(description="What they may choose from then; the next message may say anything.")
    notices: list[Notice] = Field(description="How the answer came about, such as that no passage has a label.")
    library_docs: LibraryDocs = Field(
        description="What became of `use_library_docs`: `found` where documentation stood beside the book, "
        "`not_needed` where the question names no library, `nothing_found`, `unavailable` where its server is away, "
        "`not_available` where this server looks none up."
    )
    record: RecordRow | None = _PROOF


class ThreadRow(Given):
    """A conversation in a list."""

    id: str
    title: str | None
    created_at: datetime
    updated_at: datetime
    message_count: int


class ThreadRows(Given):
    """Some of a reader's conversations, those last written in first, and how many there are in all."""

    threads: list[ThreadRow]
    total: int


class MessageRow(Given):
    """What somebody said."""

    id: str
    role: Literal["user", "assistant"]
    content: str
    sources: list[Source]
    created_at: datetime
    selected_text: str | None = Field(description="What the reader had selected when they said it.")
    attachments: list[str] = Field(description="Names of the files that came with it.")
    record: RecordRow | None = _PROOF


class MessageRows(Given):
    """A page of what was said, oldest first."""

    messages: list[MessageRow]
    next_cursor: str | None


class Deleted(Given):
    """That it is gone."""

    deleted: Literal[True] = True


def source(told: spoken.Source) -> Source:
    """A source as it is sent."""
    return Source(
        type=told.kind,
        marker=told.marker,
        module=told.module,
        week=told.week,
        file=told.file,
        title=told.title,
        section=told.section,
        url=told.url,
        quote=told.quote,
        relevance_score=told.relevance,
        now=Now.of(told.now) if told.now is not None else None,
    )


def proof(item_id: str, record: AnswerRecord | None, healed: Mapping[int, Healed] = NOTHING) -> RecordRow | None:
    """The proof of an answer as it is sent."""
    return None if record is None else RecordRow.of(item_id, record, healed)


def completed(told: Spoken, notices: Sequence[Noticed], library_docs: LibraryDocs) -> Completed:
    """A message as it ends its stream.

    Args:
        library_docs: What became of documentation of libraries, where the answer's record does not know.
    """
    kept = told.record
    return Completed(
        message_id=told.item_id,
        content=told.text,
        sources=[source(each) for each in told.sources],
        confidence=told.confidence,
        outcome=told.outcome,
        needs_clarification=told.asks,
        options=list(told.options),
        notices=[Notice(title=each.title, message=each.message) for each in notices],
        library_docs=library_docs if kept is None or kept.library_docs == "not_asked" else kept.library_docs,
        record=proof(told.item_id, told.record),
    )


def metadata(asked: ChatRequest) -> Mapping[str, object]:
    """What `asked` says of the reader and their page, as ChatKit's clients say it."""
    return {
        "pageContext": asked.page_context.model_dump(exclude_none=True) if asked.page_context else None,
        "userInfo": asked.user_info.model_dump(exclude_none=True) if asked.user_info else None,
        "filters": asked.filters,
        "useLibraryDocs": asked.use_library_docs,
    }
