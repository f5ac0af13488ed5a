"""The ChatKit server of the book: every request enters here, every answer leaves as a run."""

from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from chatkit.actions import Action
from chatkit.server import ChatKitServer, NonStreamingResult, StreamingResult
from chatkit.types import (
    FeedbackKind,
    InputTranscribeReq,
    ItemsListReq,
    StreamOptions,
    SyncCustomActionResponse,
    ThreadItem,
    ThreadItemDoneEvent,
    ThreadItemReplacedEvent,
    ThreadMetadata,
    ThreadsDeleteReq,
    ThreadsGetByIdReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    UserMessageItem,
    WidgetItem,
    is_streaming_req,
)
from pydantic import BaseModel

from pageside.answer.clarifying import Places
from pageside.answer.events import TutorEvent
from pageside.answer.question import Question
from pageside.conversation import (
    beginning,
    book_actions,
    checkpoints,
    gate,
    limits,
    pacing,
    questions,
    quota,
    request,
    resuming,
    sending,
    titles,
    transcript,
    trials,
    widgets,
    wire,
)
from pageside.conversation.acting import Acting
from pageside.conversation.actions import Actions
from pageside.conversation.allowance import Allowance
from pageside.conversation.attachments import Attachments
from pageside.conversation.checkpoints import Checkpoints
from pageside.conversation.client_tools import ClientTools
from pageside.conversation.dictation import Dictation
from pageside.conversation.endings import endings
from pageside.conversation.frames import Frames
from pageside.conversation.healed import Sources
from pageside.conversation.leases import Leases
from pageside.conversation.naming import Naming
from pageside.conversation.noting import UNNOTED, Noting
from pageside.conversation.progress import Progress, searching
from pageside.conversation.readying import Ready, Readying
from pageside.conversation.refusals import Missing
from pageside.conversation.repeats import Repeats
from pageside.conversation.request import Request
from pageside.conversation.resuming import Rested
from pageside.conversation.run import Run
from pageside.conversation.runs import Runs
from pageside.conversation.store import SqlStore
from pageside.conversation.tape import Tape
from pageside.conversation.telling import Telling
from pageside.conversation.trials import Trial
from pageside.conversation.turn import Turn
from pageside.conversation.wording import in_words
from pageside.identity.reader import Reader
from pageside.storage.engine import Database
from pageside.telemetry import metrics

log = structlog.get_logger(__name__)

MAX_ANSWER_CHARS = 100_000
MAX_MESSAGE_CHARS = 8_000


class Answerer(Protocol):
    """Whoever answers a question; the tutor, or a double of it."""

    def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        """What happens while `question` is answered, in the order of `pageside.answer.events`."""
        ...


class TextbookServer(ChatKitServer[Turn]):
    """Answers ChatKit requests about one book.

    Attributes:
        allowance: Who may ask; whoever mounts the server may set its moderator.
        dictation: How recordings become text.
        actions: What buttons of widgets do; whoever mounts the server may add to them before the first request.
        client_tools: What pages may offer to tell; likewise.
        sources: What has become of the sources of earlier answers.
    """

    store: SqlStore

    def __init__(
        self,
        database: Database,
        answerer: Answerer,
        *,
        base_url: str = "",
        max_message_chars: int = MAX_MESSAGE_CHARS,
        attachments: Attachments | None = None,
        runs: Runs | None = None,
        max_answer_chars: int = MAX_ANSWER_CHARS,
        patience: timedelta = pacing.PATIENCE,
        checkpoint_every: timedelta = checkpoints.EVERY,
        contents: Places | None = None,
        max_messages: int = limits.MAX_MESSAGES,
        max_threads: int = quota.NO_LIMIT,
        words_alone: Callable[[], Awaitable[bool]] | None = None,
        dictation: Dictation | None = None,
        allowance: Allowance | None = None,
        sources: Sources | None = None,
        progress: Progress = searching,
        notes: Noting = UNNOTED,
    ) -> None:
        """A server whose conversations are in `database`.

        Args:
            base_url: Where readers see the book; empty for the address a request came to.
            max_message_chars: Longest message of a reader.
            attachments: Where files of readers are; without it, none are taken.
            max_answer_chars: Longest answer; a longer one is stopped and kept as far as it came.
            patience: How long the answerer may be silent.
            checkpoint_every: How long words of an answer under way may be unstored.
            contents: What the book has; without it, no list of the nearest sections follows an answer, and nothing can
                be mentioned.
            max_messages: How many messages of the reader a conversation takes.
            max_threads: How many conversations a reader may have; 0 for as many as they like.
            words_alone: Tells whether the search knows words only, though it should know their meaning.
            dictation: How recordings become text; without it, they do not.
            allowance: Who may ask how often and what; without it, everybody anything.
            sources: What has become of the sources of earlier answers; without it, they are shown as they were.
            progress: Says what is done with a message before anything else is known of it.
            notes: Notes how each turn came out.
        """
        self._progress, self._notes = progress, notes
        self.sources = sources or Sources(contents=contents)
        store = SqlStore(database, attachments, max_threads=max_threads, shown=self.sources.shown)
        super().__init__(store, attachments)
        self._attachments = attachments
        self._answerer = answerer
        self._base_url = base_url
        self._max_message_chars = max_message_chars
        self._runs = runs or Runs()
        self._leases = Leases(database, grace=self._runs.grace)
        self._checkpoints = Checkpoints(database, every=checkpoint_every)
        self._repeats = Repeats(database, self.store, runs=self._runs, leases=self._leases)
        self._max_answer_chars = max_answer_chars
        self._patience = patience
        self._contents = contents
        self.actions = Actions()
        self.client_tools = ClientTools()
        self._room = limits.Room(database, max_messages=max_messages)
        self._readying = Readying(self._room, contents=contents, words_alone=words_alone)
        self._naming = Naming(database)
        self.dictation = dictation or Dictation()
        self.allowance = allowance or Allowance()
        if contents is not None:
            book_actions.register(self.actions, contents)
        self._acting = Acting(database, self.actions, room=self._room, respond=self.respond)

    async def receive(
        self,
        body: bytes,
        *,
        reader: Reader,
        origin: str = "",
        languages: tuple[str, ...] = (),
        key: str = "",
        resumes: bool = False,
        session: str = "",
    ) -> Tape | bytes:
        """The answer to one ChatKit request: a run whose answer has begun, or a JSON document.

        Args:
            origin: Scheme and host the request came to, such as `https://example.org`.
            languages: What the reader's client accepts, ISO 639-1, the best liked first; empty where it does not say.
            key: Names the request, so that it is carried out once however often it comes; empty for no such promise.
            resumes: Whether the client comes back when its connection is lost, so that leaving stops nothing.
            session: The one that the request came in; empty for none.

        Raises:
            PagesideError: The request is refused; its class says with which status.
        """
        asked = await request.read(body, max_chars=self._max_message_chars)
        context = beginning.turn_of(asked, reader=reader, origin=origin)
        context = replace(context, languages=languages, page_tools=self.client_tools.offered(asked.metadata))
        context.alongside.resumes, context.alongside.session = resumes, session
        return await self._repeats.once(key, asked, context, partial(self._carry_out, asked, context))

    async def _carry_out(self, asked: Request, context: Turn) -> Run | bytes:
        await gate.admit(asked, context, self.store, self.actions)
        context.alongside.notices = await self.allowance.require(asked, context)
        if isinstance(asked, InputTranscribeReq):
            heard = self.dictation.transcribe(asked.params, language=next(iter(context.languages), ""))
            return wire.dump(await self.allowance.dictated(heard, context))
        if isinstance(asked, ThreadsGetByIdReq | ItemsListReq):
            await self._leases.settle(asked.params.thread_id, context)
        result = await self._processed(asked, context)
        if isinstance(result, StreamingResult):
            return await self._start(asked, result, context)
        if isinstance(asked, ThreadsDeleteReq):
            await self._runs.drop(asked.params.thread_id)
        return result.json

    async def run(self, run_id: str, reader: Reader) -> Tape:
        """The reader's answer of this id, under way or ended a while ago, here or in another process.

        Raises:
            NotFound: There is none, or none any more, or it is another reader's.
            RedisUnavailable: There is none here, and what there is elsewhere cannot be known.
        """
        return await self._runs.find(run_id, reader)

    async def try_out(self, text: str, *, reader: Reader, origin: str = "", session: str = "") -> tuple[Run, Trial]:
        """The answer to one question that is kept nowhere: its run, which has begun, and what becomes known of it."""
        asked = await request.read(trials.body(text), max_chars=self._max_message_chars)
        context = beginning.turn_of(asked, reader=reader, origin=origin)
        context.alongside.session = session
        await self.allowance.require(asked, context)
        answered = self.allowance.metered(self._answerer.answer(Question(text.strip(), fresh=True)), context)
        trial = Trial(answered, site=self._base_url or origin, max_chars=self._max_answer_chars)
        run = await self._runs.start(trial.id, trial.frames(), reader=reader)
        run.began()
        return run, trial

    async def settle(self, thread_id: str, reader: Reader) -> None:
        """Closes what a process that died was answering in the reader's thread; to be asked before it is shown."""
        await self._leases.settle(thread_id, Turn(reader=reader))

    @property
    def ending(self) -> bool:
        """Whether the process has been told to end, with all its books."""
        return self._runs.ending

    def announce_end(self) -> None:
        """Says of itself from now on that it is ending, and goes on as ever."""
        self._runs.ending = True

    async def finish(self, *, within: timedelta) -> None:
        """Returns when no answer is under way any more, or when the time is over."""
        await self._runs.finish(within=within)

    async def aclose(self) -> None:
        """Ends the answers under way, keeping what was said."""
        await self._runs.aclose()

    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Turn
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Tells the answer to the reader's message as it is made; without one, a turn that rested goes on."""
        given = input_user_message
        rested = Rested(given) if given else await resuming.last_turn(self.store, thread.id, context)
        message, language = rested.message, context.language
        if thread.title is None:
            page = context.page.title if context.page is not None else ""
            quote = message.quoted_text or sending.names(message)
            said = transcript.question_text(message)
            thread.title = titles.title(said, quote=quote, page=page, language=language)
        yield self._progress(transcript.question_text(message), language)
        telling = Telling(
            thread.id,
            new_id=lambda kind: self.store.generate_item_id(kind, thread, context),
            site=self._base_url or context.origin,
            max_chars=self._max_answer_chars,
        )
        telling.today, telling.language = context.today, language
        ready: Ready | None = None
        try:
            earlier = await self.store.messages_before(
                thread.id, message.id, limit=transcript.MAX_MESSAGES, context=context
            )
            for left in resuming.left_open(earlier):
                yield ThreadItemReplacedEvent(item=left)
            asked = await questions.ask(message, earlier, context, attachments=self._attachments)
            question = resuming.whole(asked, rested.since)
            await self._naming.improve(thread, question.text, question.history, context)
            ready = await self._readying.ready(question, message, context)
            telling.digest = await self.sources.digest()
            for notice in () if rested.since else ready.notices:
                yield notice
            with self._notes.noted(telling, message.id, context), self._runs.stopping_gently(thread.id) as stopped:
                answered = self.allowance.metered(self._answerer.answer(ready.question), context)
                events = pacing.paced(answered, patience=self._patience, stopped=stopped)
                async with self._checkpoints.kept(telling.so_far, context), aclosing(events):
                    async for event in events:
                        for shown in itertools.chain(ready.noted(event), telling.tell(event)):
                            yield shown
            telling.require_end()
            for listed in await widgets.suggested(telling, self._contents):
                yield ThreadItemDoneEvent(item=listed)
            if ready.left <= 0:  # the thread is about to be shown anew, and may have been renamed meanwhile
                thread.title = (await self.store.load_thread(thread.id, context)).title
        except Exception as error:
            for shown in telling.broken():
                yield shown
            raise in_words(error, context.language) from error
        finally:
            if ready is not None and not telling.rests:
                thread.status = limits.status(thread, ready.left, context.language)

    async def action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Turn
    ) -> AsyncIterator[ThreadStreamEvent]:
        """Tells what an action does, as it is done."""
        try:
            async for event in self._acting.stream(thread, action, sender, context):
                yield event
        except Exception as error:
            raise in_words(error, context.language) from error

    async def sync_action(
        self, thread: ThreadMetadata, action: Action[str, Any], sender: WidgetItem | None, context: Turn
    ) -> SyncCustomActionResponse:
        """Does what an action says at once."""
        return SyncCustomActionResponse(updated_item=await self._acting.answer(thread, action, sender, context))

    async def add_feedback(self, thread_id: str, item_ids: list[str], feedback: FeedbackKind, context: Turn) -> None:
        """Keeps the reader's latest opinion of the items."""
        await self.store.put_feedback(thread_id, item_ids, feedback, context)
        metrics.FEEDBACK.labels(context.reader.book, feedback).inc()

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
            if limits.is_full(thread):
                await self.store.save_thread(thread, context)
            for event in endings(pending_items):
                self._runs.tell(thread.id, event)
        except Missing:
            log.info("thread_deleted_while_answering")

    async def _processed(self, asked: Request, context: Turn) -> StreamingResult | NonStreamingResult:
        # `process` would read the request again, and build its reader anew each time: half of what a short turn costs.
        if is_streaming_req(asked):
            return StreamingResult(self._process_streaming(asked, context))
        return NonStreamingResult(await self._process_non_streaming(asked, context))

    async def _start(self, asked: Request, result: StreamingResult, context: Turn) -> Run:
        run = await self._runs.start(
            beginning.thread_of(asked, context),
            self._frames(asked, result, context),
            reader=context.reader,
            claim=context.alongside.claim,
            outlives=context.alongside.resumes,
            language=context.language,
        )
        try:
            await run.opened()
        except BaseException:
            run.stop()
            raise
        return run

    async def _frames(self, asked: Request, result: StreamingResult, context: Turn) -> Frames:
        thread_id = beginning.thread_of(asked, context)
        # Nobody else can answer in a new thread before its first message is stored.
        claimed = self._leases.held if context.opening is None else self._leases.promised
        async with claimed(thread_id, context, lost=partial(self._runs.lose, thread_id)):
            await self._repeats.refuse_carried_out(context)
            await gate.require_waiting(asked, context, self.store)
            await self._room.require(asked, context)
            if isinstance(asked, ThreadsRetryAfterItemReq):
                # At once and whole, where the SDK would delete item by item.
                await self.store.delete_after(asked.params.thread_id, asked.params.item_id, context)
            async for frame in result:
                yield frame
            await self._repeats.keep(context)

    def _serialize(self, obj: BaseModel) -> bytes:
        return wire.dump(obj)
