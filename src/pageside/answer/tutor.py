"""The tutor: from a question to a stream of checked, cited text, by one path for every model."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Final

import structlog

from pageside.answer import (
    ahead,
    aim,
    attached,
    checking,
    clarifying,
    concluding,
    file_search,
    file_talk,
    grounding,
    library,
    outcomes,
    prompt,
)
from pageside.answer.attached import Given
from pageside.answer.checking import Checker, Unsupported
from pageside.answer.clarifying import Advice, Places
from pageside.answer.events import (
    Answer,
    AskedBack,
    AskedPage,
    Cited,
    Completed,
    Gathered,
    Searching,
    TextDelta,
    TutorEvent,
    Usage,
)
from pageside.answer.guard import Guard
from pageside.answer.library import Consulting, Library
from pageside.answer.listening import Listener
from pageside.answer.models import Models
from pageside.answer.question import Question
from pageside.answer.repairing import LIMIT_REPAIRS, Repairer
from pageside.answer.timing import timed
from pageside.answer.tools import LIMIT_SEARCHES, Desk, Finder
from pageside.answer.turn import Turn
from pageside.errors import ModelUnavailable
from pageside.knowledge import fragment
from pageside.knowledge.passage import Findings
from pageside.phrases import answers, failures

log = structlog.get_logger(__name__)

_READ_AHEAD: Final = 200  # pieces of text; a piece is mostly a word


class Tutor:
    """Answers questions from the book.

    Args:
        limit_passages: Passages a model is given for one search.
        limit_tokens: What their texts may cost together, in tokens.
        instructions: Added to the built-in prompt by the operator.
        limit_s: Seconds an answer may take, from the search's end to the last word.
        link: The address of a quote in a passage.
        contents: What the book has; without it, the reader cannot be asked which place they mean.
        sites: Origins that links in answers may lead to, beside the book's own pages.
        docs: Documentation of libraries beside the book; without it, none is looked up.
        limit_searches: How often a model may search again in a turn.
        unsupported: What becomes of a sentence that nothing supports.
        repairs: How many such sentences of an answer the model may say again.
    """

    def __init__(
        self,
        search: Finder,
        models: Models,
        *,
        limit_passages: int = 6,
        limit_tokens: int = 3000,
        instructions: str = "",
        limit_s: float = 180.0,
        link: checking.Link = fragment.deep_link,
        contents: Places | None = None,
        sites: Sequence[str] = (),
        docs: Library | None = None,
        limit_searches: int = LIMIT_SEARCHES,
        unsupported: Unsupported = "mark",
        repairs: int = LIMIT_REPAIRS,
    ) -> None:
        self._search = search
        self._models = models
        self._listener = Listener(search, models, instructions=prompt.instructions(instructions), limit_s=limit_s)
        self._limit_passages = limit_passages
        self._limit_tokens = limit_tokens
        self._link = link
        self._contents = contents
        self._sites = sites
        self._docs = docs
        self._limit_searches = limit_searches
        self._unsupported: Unsupported = unsupported
        self._repairs = repairs if not models.embedded else 0

    async def complete(self, question: Question) -> Answer:
        """The whole answer to `question`.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            ModelUnavailable: The model fails; the message says what a reader can do.
        """
        async with aclosing(self.answer(question)) as events:
            async for event in events:
                if isinstance(event, Completed):
                    return event.answer
        raise ModelUnavailable(failures.ENDED_EARLY)

    def answer(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        """What happens while `question` is answered; closing the generator stops the model at once.

        A model that fails before its first word is asked again, up to three times in all. One that fails later raises,
        and what was said before stands.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            ModelUnavailable: The model fails; the message says what a reader can do.
        """
        return timed(self._answered(question))

    async def _answered(self, question: Question) -> AsyncGenerator[TutorEvent, None]:
        resolved = await clarifying.resolve(question, aim.query(question), self._contents)
        match resolved:
            case AskedPage() | AskedBack():
                yield resolved
            case Advice(told):
                text = told.said(question.language)
                yield TextDelta(text)
                yield Completed(Answer(text, (), "conversation", 1.0, Usage(self._models.name)))
            case Question():
                async with (
                    library.consulting(self._docs, resolved, self._search) as docs,
                    aclosing(self._searched(resolved, docs)) as events,
                ):
                    async for event in events:
                        yield event

    async def _searched(self, question: Question, docs: Consulting) -> AsyncGenerator[TutorEvent, None]:
        query, named = aim.query(question), aim.named_by(question)
        yield Searching(named if aim.points_at_page(question) else query)
        findings = await self._find(question, query)
        if aim.points_at_page(question) and aim.is_lost(question.page, findings):
            findings = await self._find(question, named) if named != query else Findings((), 0.0)
            query = named
        given = await attached.give(question.attachments, sees=self._models.sees, embedded=self._models.embedded)
        own = await file_search.find(query, given.passages, self._search)
        desk = Desk(
            self._search,
            file_search.beside(findings.passages, own, limit=self._limit_passages),
            filters=question.filters,
            limit_passages=self._limit_passages,
            limit_tokens=self._limit_tokens,
            limit_searches=self._limit_searches,
        )
        yield Gathered(desk.evidence)
        if not self._models.embedded:
            desk.evidence = library.beside(desk.evidence, await docs.ready())
        turn = self._turn(question, query, findings, desk, given)
        checker = turn.checker
        mention = file_talk.searched if own else file_talk.aside
        aside = mention(question.text, given.files, question.language) if self._models.embedded else ""
        for event in checker.say(attached.note(given, question.language) + aside):
            yield event
        async with aclosing(self._reply(turn)) as said:
            async for event in said:
                yield event
        for event in await library.aside(turn, docs, embedded=self._models.embedded):
            yield event
        if turn.asked_page:
            yield turn.asked_page[0]
            return
        answer, consulted = await self._completed(turn), await docs.ready()
        if concluding.doubted(answer, self._models.bounds):
            for event in checker.say(answers.DOUBTED):
                yield event
            answer = replace(answer, text=checker.text, outcome="closest")
        usage = replace(answer.usage, docs=consulted.calls, searches=desk.searches)
        yield Completed(replace(answer, usage=usage, library_docs=consulted.status))

    def _turn(self, question: Question, query: str, findings: Findings, desk: Desk, given: Given) -> Turn:
        """The turn in which what is found is said, and all that keeps watch over it."""
        guard = Guard(
            question,
            lambda: desk.evidence,
            files=[file.text for file in given.files if file.text],
            instructions=self._listener.instructions,
            sites=self._sites,
            obeys=not self._models.embedded,
            unread=given.is_unread,
        )
        repairer = Repairer(self._models, self._search, left=self._repairs)
        checker = Checker(
            lambda: desk.evidence,
            self._search,
            partial(library.link, otherwise=self._link),
            guard,
            repair=repairer,
            unsupported=self._unsupported,
            language=question.language,
        )
        return Turn(question, query, findings, desk, checker, guard, repairer, given)

    async def _find(self, question: Question, query: str) -> Findings:
        return await self._search.find(
            query,
            limit=self._limit_passages,
            filters=question.filters,
            selected_text=question.selected_text,
            surroundings=question.surroundings,
            page=aim.address(question.page),
            favours=aim.favours(question),
        )

    async def _reply(self, turn: Turn) -> AsyncGenerator[TextDelta | Cited, None]:
        async with aclosing(self._told(turn, self._listener.hear(turn))) as said:
            async for event in said:
                yield event
        if turn.asked_page:
            return
        if turn.overruled:
            log.warning("orders_overruled", barred=turn.checker.barred)
            turn.begin_anew()
            async with aclosing(self._told(turn, self._listener.quote(turn))) as said:
                async for event in said:
                    yield event
        for event in self._closed(turn):
            yield event

    async def _told(
        self, turn: Turn, heard: AsyncGenerator[str | None, None]
    ) -> AsyncGenerator[TextDelta | Cited, None]:
        """What a model says, as it may be shown; while a sentence is checked, the next is heard."""
        checker, opening = turn.checker, turn.opening
        async with ahead.reading(heard, limit=_READ_AHEAD) as pieces:
            async for piece in pieces:
                if piece is None:
                    checker.drop()
                    continue
                begins = not opening.decided
                rest = opening.feed(piece)
                if begins and opening.decided:
                    for event in self._opened(turn):
                        yield event
                if opening.outcome == "not_in_book":
                    break
                for event in await checker.feed(rest):
                    yield event
        if not opening.decided and not turn.asked_page:
            rest = opening.close()
            for event in [*self._opened(turn), *await checker.feed(rest)]:
                yield event
        for event in await checker.close():
            yield event

    def _opened(self, turn: Turn) -> list[TextDelta | Cited]:
        """What is said in front of the model's text."""
        if turn.opening.outcome == "conversation" and turn.guard.is_for_the_book():
            turn.opening.outcome = None
        if turn.opening.outcome == "conversation":
            turn.checker.talk(f"{_known(turn.question)} {turn.given.known}", ours=self._models.embedded)
            return []
        selection = turn.findings.selection
        lost = selection is not None and not selection.passages
        said = turn.checker.say(answers.SELECTION_NOT_FOUND if lost else "")
        if aim.points_at_page(turn.question) and aim.is_lost(turn.question.page, turn.findings):
            said += turn.checker.say(answers.PAGE_NOT_FOUND)
        if turn.opening.outcome == "closest":
            return said + turn.checker.say(answers.CLOSEST_LEAD)
        if turn.opening.outcome == "not_in_book" and not turn.overruled:
            return said + turn.checker.say(outcomes.declined(turn.desk.evidence, turn.checker.language))
        return said

    def _closed(self, turn: Turn) -> list[TextDelta | Cited]:
        """What is said behind the model's text."""
        checker = turn.checker
        if turn.opening.outcome != "not_in_book" and not checker.text.strip():
            if not checker.barred and not checker.dropped:
                raise ModelUnavailable(failures.EMPTY_ANSWER)
            turn.opening.outcome = "not_in_book"
            return checker.say(outcomes.declined(turn.desk.evidence, checker.language))
        said = checker.say(answers.CUT_SHORT) if turn.cut_short else []
        if turn.opening.outcome in {"not_in_book", "conversation"} or checker.supported:
            return said
        if checker.declined or checker.stated or turn.opening.outcome == "closest":
            return said + checker.say(outcomes.nearest(turn.desk.evidence, checker.language))
        return said

    async def _completed(self, turn: Turn) -> Answer:
        checker = turn.checker
        outcome = concluding.outcome(
            checker, turn.opening.outcome, has_evidence=bool(library.of_book(turn.desk.evidence))
        )
        return Answer(
            text=checker.text,
            citations=checker.citations,
            outcome=outcome,
            confidence=await concluding.confidence(
                self._search,
                turn.query,
                checker,
                turn.desk.evidence,
                came_out=outcome,
                at_least=concluding.pointed(turn.question, turn.findings),
            ),
            usage=turn.usage,
            claims=tuple(checker.claims),
            checker=grounding.VERSION,
            repaired=checker.repaired,
            dropped=checker.dropped,
            marked=checker.marked,
        )


def _known(question: Question) -> str:
    """What a reply beside the book may rest on."""
    page = f"{question.page.title} {question.page.path}" if question.page is not None else ""
    said = " ".join(message.text for message in question.history)
    return " ".join((question.text, *question.profile.keys(), *question.profile.values(), page, said))
