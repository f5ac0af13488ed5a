"""One answer told as ChatKit events: the search as a workflow, then the text with its citations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TypedDict, assert_never

from chatkit.store import StoreItemType
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    CustomSummary,
    SearchTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    Workflow,
    WorkflowItem,
    WorkflowTaskUpdated,
)

from pageside import ids
from pageside.answer.events import (
    Answer,
    AskedBack,
    AskedPage,
    Cited,
    Completed,
    Evidence,
    Gathered,
    Outcome,
    Searching,
    ShownTasks,
    TextDelta,
    TutorEvent,
)
from pageside.answer.proof import Digest, unknown
from pageside.conversation import client_tools, clock, footnotes, forms, task_lists
from pageside.conversation.record import AnsweredItem, AnswerRecord
from pageside.errors import ModelUnavailable
from pageside.phrases import chat, failures
from pageside.phrases.phrase import ENGLISH, Phrase
from pageside.tasks.task import Task

Events = Iterator[ThreadStreamEvent]


class _MessageFields(TypedDict):
    id: str
    thread_id: str
    created_at: datetime


class Telling:
    """Turns what happens while an answer is made into what a ChatKit client is shown; holds no more than the answer.

    Attributes:
        site: Where the book's site-relative URLs are rooted.
        thread_id: Of the conversation it is told in.
        evidence: What the last search found.
        answer: The whole answer, once it is told.
        answer_id: The item that holds it, once it has begun; empty before.
        outcome: How the answer came out; None before its end, and where the turn rests instead of ending.
        digest: Gives the digest of the page at a path, for the record.
        today: The day it is where the reader is.
        language: In which our own words are said to them, ISO 639-1.
    """

    def __init__(self, thread_id: str, *, new_id: Callable[[StoreItemType], str], site: str, max_chars: int) -> None:
        """Nothing told yet.

        Args:
            site: Where the book's site-relative URLs are rooted.
            max_chars: Longest answer, in characters.
        """
        self.evidence: tuple[Evidence, ...] = ()
        self.answer: Answer | None = None
        self.answer_id = ""
        self.outcome: Outcome | None = None
        self.digest: Digest = unknown
        self.today: date = ids.now().date()
        self.language = ENGLISH
        self._finished = False
        self.thread_id = thread_id
        self._new_id = new_id
        self.site = site
        self._max_chars = max_chars
        self._search: WorkflowItem | None = None
        self._message: AssistantMessageItem | None = None
        self._text = ""
        self._annotations: list[Annotation] = []
        self._lists: list[tuple[Task, ...]] = []

    def tell(self, event: TutorEvent) -> Events:
        """What the client is shown for `event`.

        Raises:
            ModelUnavailable: The answer is empty, or longer than it may be.
        """
        match event:
            case Searching():
                yield from self._begin_search(event.query)
            case Gathered():
                self.evidence = event.evidence
                yield from self._end_search(event.evidence)
            case TextDelta():
                yield from self._say(event.text)
            case Cited():
                yield from self._cite(event)
            case Completed():
                yield from self._complete(event.answer)
            case AskedBack() | AskedPage():
                yield from self._rest(event)
            case ShownTasks():
                self._lists.append(event.tasks)
            case _:
                assert_never(event)

    @property
    def rests(self) -> bool:
        """Whether the turn waits for a reply of the page or the reader."""
        return self._finished and self.outcome is None

    def so_far(self) -> AssistantMessageItem | None:
        """The answer that is being told, as far as it has words; None where none is open."""
        if self._message is None or not self._text.strip():
            return None
        return AssistantMessageItem(**self._message_fields(), content=[self._content()])

    def require_end(self) -> None:
        """Returns if the whole answer was told.

        Raises:
            ModelUnavailable: It broke off before its end.
        """
        if not self._finished:
            raise ModelUnavailable(failures.BROKE_OFF)

    def broken(self) -> Events:
        """Closes what is open after a failure, so that a reload shows what the reader saw."""
        yield from self._close_search(chat.SEARCH_NOT_FINISHED)
        if self._message is None:
            return
        if self._text.strip():
            yield from self._finish(AssistantMessageItem(**self._message_fields(), content=[self._content()]))
        else:
            yield ThreadItemRemovedEvent(item_id=self._message.id)

    def _rest(self, asked: AskedBack | AskedPage) -> Events:
        """Ends what has been said so far; what the reader or the page is asked stands last, where its reply is due."""
        yield from self._close_search(chat.SEARCHED)
        if self._message is not None:
            yield from self.broken()
        yield from self._show_lists()
        if isinstance(asked, AskedBack):
            form_id = self._new_id("message")
            form = forms.item(
                asked, item_id=form_id, thread_id=self.thread_id, created_at=_stamp(), language=self.language
            )
            yield ThreadItemDoneEvent(item=form)
        else:
            call_id = self._new_id("tool_call")
            call = client_tools.item(asked, item_id=call_id, thread_id=self.thread_id, created_at=_stamp())
            yield ThreadItemDoneEvent(item=call)
        self._finished = True

    def _begin_search(self, query: str) -> Events:
        yield from self._close_search(chat.SEARCHED)
        task = SearchTask(
            title=chat.SEARCHING.said(self.language), queries=[footnotes.speakable(query)], status_indicator="loading"
        )
        self._search = WorkflowItem(
            id=self._new_id("workflow"),
            thread_id=self.thread_id,
            created_at=_stamp(),
            workflow=Workflow(type="custom", tasks=[task]),
        )
        yield ThreadItemAddedEvent(item=self._search.model_copy(deep=True))

    def _end_search(self, evidence: tuple[Evidence, ...]) -> Events:
        if self._search is None:
            yield from self._begin_search("")
        if self._search is None:
            return
        task = self._search.workflow.tasks[0].model_copy(
            update={
                "sources": footnotes.sources(evidence, site=self.site, language=self.language),
                "status_indicator": "complete",
            }
        )
        self._search.workflow.tasks[0] = task
        yield ThreadItemUpdatedEvent(item_id=self._search.id, update=WorkflowTaskUpdated(task_index=0, task=task))
        yield from self._close_search(chat.FOUND.of(n=len(evidence)) if evidence else chat.FOUND_NOTHING)

    def _close_search(self, title: Phrase) -> Events:
        if self._search is None:
            return
        task = self._search.workflow.tasks[0]
        if task.status_indicator == "loading":
            self._search.workflow.tasks[0] = task.model_copy(update={"status_indicator": "none"})
        self._search.workflow.summary = CustomSummary(title=title.said(self.language), icon="search")
        done, self._search = self._search, None
        yield ThreadItemDoneEvent(item=done)

    def _say(self, text: str) -> Events:
        said = footnotes.speakable(text)
        if not said:
            return
        if self._message is None:
            yield from self._begin_message()
        room = self._max_chars - len(self._text)
        if told := said[:room]:
            self._text += told
            yield self._updated(AssistantMessageContentPartTextDelta(content_index=0, delta=told))
        if len(said) > room:
            raise ModelUnavailable(failures.TOO_LONG)

    def _begin_message(self) -> Events:
        yield from self._close_search(chat.SEARCHED)
        self._message = AssistantMessageItem(
            id=self._new_id("message"), thread_id=self.thread_id, created_at=_stamp(), content=[]
        )
        self.answer_id = self._message.id
        yield ThreadItemAddedEvent(item=self._message)
        yield self._updated(AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text="")))

    def _cite(self, cited: Cited) -> Events:
        if self._message is None:
            return
        annotation = footnotes.annotation(
            cited.citation, at=min(cited.at, len(self._text)), site=self.site, language=self.language
        )
        place = len(self._annotations)
        self._annotations.append(annotation)
        yield self._updated(
            AssistantMessageContentPartAnnotationAdded(content_index=0, annotation_index=place, annotation=annotation)
        )

    def _complete(self, answer: Answer) -> Events:
        if not self._text:
            yield from self._say(answer.text)
        yield from self._close_search(chat.SEARCHED)
        if self._message is None or not self._text.strip():
            raise ModelUnavailable(failures.NO_ANSWER)
        yield from self._finish(
            AnsweredItem(**self._message_fields(), content=[self._content()], record=self._record(answer))
        )
        yield from self._show_lists()
        self.answer, self.outcome = answer, answer.outcome
        self._finished = True

    def _show_lists(self) -> Events:
        """What is to be acted on stands behind the words that speak of it."""
        while self._lists:
            view = task_lists.View(self._lists.pop(0), self.today, site=self.site, language=self.language)
            where = {"item_id": self._new_id("message"), "thread_id": self.thread_id}
            yield ThreadItemDoneEvent(item=task_lists.item(view, **where, created_at=_stamp()))

    def _record(self, answer: Answer) -> AnswerRecord:
        """What is kept of `answer`, for the text as it is shown."""
        return AnswerRecord.of(replace(answer, text=self._text), digest=self.digest)

    def _finish(self, item: AssistantMessageItem) -> Events:
        yield self._updated(AssistantMessageContentPartDone(content_index=0, content=self._content()))
        self._message = None
        yield ThreadItemDoneEvent(item=item)

    def _updated(
        self,
        update: AssistantMessageContentPartAdded
        | AssistantMessageContentPartTextDelta
        | AssistantMessageContentPartAnnotationAdded
        | AssistantMessageContentPartDone,
    ) -> ThreadItemUpdatedEvent:
        return ThreadItemUpdatedEvent(item_id=self._open_message().id, update=update)

    def _content(self) -> AssistantMessageContent:
        return AssistantMessageContent(text=self._text, annotations=list(self._annotations))

    def _message_fields(self) -> _MessageFields:
        message = self._open_message()
        return {"id": message.id, "thread_id": message.thread_id, "created_at": message.created_at}

    def _open_message(self) -> AssistantMessageItem:
        if self._message is None:
            raise RuntimeError("no message has begun")
        return self._message


def _stamp() -> datetime:
    return clock.local(ids.now())
