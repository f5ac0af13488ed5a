"""The ChatKit server of the book: every request enters here, every answer leaves as a run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import structlog
from chatkit.errors import CustomStreamError
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.types import (
    FeedbackKind,
    ItemsListReq,
    ProgressUpdateEvent,
    StreamOptions,
    ThreadItem,
    ThreadMetadata,
    ThreadsCreateReq,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    ThreadsUpdateReq,
    UserMessageItem,
    is_streaming_req,
)
from pydantic import BaseModel

from pageside import ids, telemetry
from pageside.answer.events import TutorEvent
from pageside.answer.question import Question
from pageside.conversation import gate, request, titles, transcript, turn, wire
from pageside.conversation.leases import Leases
from pageside.conversation.refusals import Missing
from pageside.conversation.request import Request
from pageside.conversation.runs import Frames, Run, Runs, apology
from pageside.conversation.store import SqlStore
from pageside.conversation.telling import Telling
from pageside.conversation.turn import Opening, Turn
from pageside.errors import ModelUnavailable, PagesideError
from pageside.identity.reader import Reader
from pageside.storage.engine import Database

log = structlog.get_logger(__name__)

MAX_ANSWER_CHARS = 100_000
MAX_MESSAGE_CHARS = 8_000
PATIENCE = timedelta(seconds=180)


class Answerer(Protocol):
    """Whoever answers a question; the tutor, or a double of it."""

    def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        """What happens while `question` is answered, in the order of `pageside.answer.events`."""
        ...


class TextbookServer(ChatKitServer[Turn]):
    """Answers ChatKit requests about one book."""

    store: SqlStore

    def __init__(
        self,
        database: Database,
        answerer: Answerer,
        *,
        base_url: str = "",
        max_message_chars: int = MAX_MESSAGE_CHARS,
        runs: Runs | None = None,
        max_answer_chars: int = MAX_ANSWER_CHARS,
        patience: timedelta = PATIENCE,
    ) -> None:
        """A server whose conversations are in `database`.

        Args:
            base_url: Where readers see the book; empty for the address a request came to.
            max_message_chars: Longest message of a reader.
            max_answer_chars: Longest answer; a longer one is stopped and kept as far as it came.
            patience: How long the answerer may be silent.
        """
        super().__init__(SqlStore(database))
        self._answerer = answerer
        self._base_url = base_url
        self._max_message_chars = max_message_chars
        self._runs = runs or Runs()
        self._leases = Leases(database, grace=self._runs.grace)
        self._max_answer_chars = max_answer_chars
        self._patience = patience

    async def receive(self, body: bytes, *, reader: Reader, origin: str = "") -> Run | bytes:
        """The answer to one ChatKit request: a run whose answer has begun, or a JSON document.

        Args:
            origin: Scheme and host the request came to, such as `https://example.org`.

        Raises:
            PagesideError: The request is refused; its class says with which status.
        """
        asked = request.parse(body, max_chars=self._max_message_chars)
        context = _turn(asked, reader=reader, origin=origin)
        await gate.admit(asked, context, self.store)
        result = await self.process(asked.model_dump_json(), context)
        if isinstance(result, StreamingResult):
            return await self._start(asked, result, context)
        if isinstance(asked, ThreadsDeleteReq):
            await self._runs.stop(asked.params.thread_id)
        return result.json

    async def aclose(self) -> None:
        """Ends the answers under way, keeping what was said."""
        await self._runs.aclose()

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Turn
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Tells the answer to the reader's message as it is made."""
        if input_user_message is None:
            raise CustomStreamError("There is no question to answer.")
        if thread.title is None:
            text = transcript.question_text(input_user_message)
            thread.title = titles.title(text or input_user_message.quoted_text or "")
        yield ProgressUpdateEvent(text="Searching the book", icon="search")
        telling = Telling(
            thread.id,
            new_id=lambda kind: self.store.generate_item_id(kind, thread, context),
            site=self._base_url or context.origin,
            max_chars=self._max_answer_chars,
        )
        try:
            question = await self._question(thread, input_user_message, context)
            async with aclosing(self._answerer.answer(question)) as events:
                async for event in self._patiently(events):
                    for shown in telling.tell(event):
                        yield shown
            telling.require_end()
        except Exception as error:
            for shown in telling.broken():
                yield shown
            raise _in_words(error) from error

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: Turn) -> None:
        """Keeps the reader's latest opinion of the items."""
        await self.store.put_feedback(thread_id, item_ids, feedback, context)

    def get_stream_options(self, thread: ThreadMetadata, context: Turn) -> StreamOptions:
        """Asked by the SDK when the question is stored and the answer is about to begin."""
        self._runs.began(thread.id)
        return super().get_stream_options(thread, context)

    async def handle_stream_cancelled(
        self, thread: ThreadMetadata, pending_items: list[ThreadItem], context: Turn
    ) -> None:
        """Keeps what was said; a thread deleted meanwhile stays deleted."""
        try:
            await super().handle_stream_cancelled(thread, pending_items, context)
        except Missing:
            log.info("thread_deleted_while_answering")

    async def _start(self, asked: Request, result: StreamingResult, context: Turn) -> Run:
        run = await self._runs.start(_thread_of(asked, context), self._frames(asked, result, context))
        try:
            await run.opened()
        except BaseException:
            run.stop()
            raise
        return run

    async def _frames(self, asked: Request, result: StreamingResult, context: Turn) -> Frames:
        async with self._leases.held(_thread_of(asked, context), context):
            if isinstance(asked, ThreadsRetryAfterItemReq):
                # At once and whole, where the SDK would delete item by item.
                await self.store.delete_after(asked.params.thread_id, asked.params.item_id, context)
            async for frame in result:
                yield frame

    async def _question(self, thread: ThreadMetadata, message: UserMessageItem, context: Turn) -> Question:
        earlier = await self.store.messages_before(
            thread.id, message.id, limit=transcript.MAX_MESSAGES, context=context
        )
        return Question(
            text=transcript.question_text(message),
            selected_text=_selected_text(message),
            page=context.page,
            history=transcript.history(earlier),
            profile=context.profile,
            filters=context.filters,
        )

    async def _patiently(self, events: AsyncGenerator[TutorEvent, None]) -> AsyncGenerator[TutorEvent, None]:
        while True:
            try:
                async with asyncio.timeout(self._patience.total_seconds()):
                    event = await anext(events)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise ModelUnavailable("The answer took too long. Please try again.") from None
            yield event

    def _serialize(self, obj: BaseModel) -> bytes:
        return wire.dump(obj)


def _turn(asked: Request, *, reader: Reader, origin: str) -> Turn:
    context = Turn(
        reader=reader,
        origin=origin,
        page=turn.page(asked.metadata),
        profile=turn.profile(asked.metadata, reader),
        filters=turn.filters(asked.metadata),
    )
    match asked:
        case ThreadsCreateReq():
            return replace(context, opening=Opening(ids.new("thr")))
        case ThreadsGetByIdReq() | ItemsListReq():
            return replace(context, sees_hidden=False)
        case ThreadsUpdateReq():
            return replace(context, renames=True)
        case _:
            return context


def _thread_of(asked: Request, context: Turn) -> str:
    if context.opening is not None:
        return context.opening.id
    if not is_streaming_req(asked) or isinstance(asked, ThreadsCreateReq):
        raise TypeError(f"{asked.type} streams in no thread")
    return asked.params.thread_id


def _selected_text(message: UserMessageItem) -> str:
    choice = message.inference_options.tool_choice
    if choice is not None and choice.id == turn.FULL_BOOK:
        return ""
    return message.quoted_text or ""


def _in_words(error: Exception) -> CustomStreamError:
    if isinstance(error, CustomStreamError):
        return error
    if isinstance(error, PagesideError):
        log.warning("answer_failed", code=error.code)
        return CustomStreamError(str(error), allow_retry=True)
    log.error("answer_failed", exc_info=error)
    return CustomStreamError(apology(telemetry.request_id()), allow_retry=True)
