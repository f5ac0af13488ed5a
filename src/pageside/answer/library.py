"""Documentation of libraries beside the book: asked for while the book is searched, and never taken for the book.

What the book says, how sure that is and whether it answers at all stays the book's affair. Documentation stands in the
evidence under numbers of its own, is quoted as what it is, and its sentences are checked like any others.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from pageside.answer import aim, citations, file_search, orders, quoting, statements
from pageside.answer.choosing import Chosen
from pageside.answer.events import Cited, Evidence, LibraryStatus, TextDelta
from pageside.answer.question import Question
from pageside.answer.turn import Turn
from pageside.knowledge.library.names import Names
from pageside.knowledge.library.shelf import Found
from pageside.knowledge.library.texts import LIBRARY, is_docs
from pageside.knowledge.passage import Found as FoundPassage
from pageside.knowledge.passage import Passage
from pageside.phrases import answers
from pageside.phrases.phrase import listed

log = structlog.get_logger(__name__)

MAX_RESULTS: Final = 2
LIMIT_S: Final = 3.0

_AROUND_S: Final = 1.0  # to read the book's libraries at first, and to weigh what was found
_PROSE: Final = 2  # sentences that are quoted of one piece of documentation
_AS_GOOD: Final = 0.5  # of the first piece's relevance, from which another is quoted beside it
_QUOTED: Final = ("prose", "list_item", "code")


@dataclass(frozen=True, slots=True)
class Consulted:
    """What documentation was found for a question.

    Attributes:
        calls: How often a server was asked for it.
    """

    status: LibraryStatus = "not_asked"
    found: tuple[FoundPassage, ...] = ()
    calls: int = 0


class Shelf(Protocol):
    """Where documentation is looked up; see `knowledge.library.shelf.Shelf`."""

    async def look_up(self, name: str, question: str, *, limit_s: float) -> Found:
        """Documentation of the library called `name` on `question`, in at most `limit_s` seconds."""
        ...


class Library:
    """Decides whether a question is about a library, and looks it up if so.

    Args:
        names: The libraries that questions may be about.
        limit_results: Pieces of documentation for one answer, 1 to 5.
        limit_s: Seconds that all of it may take.
    """

    def __init__(
        self,
        shelf: Shelf,
        names: Callable[[], Awaitable[Names]],
        *,
        limit_results: int = MAX_RESULTS,
        limit_s: float = LIMIT_S,
    ) -> None:
        self._shelf = shelf
        self._names = names
        self._limit_results = limit_results
        self._limit_s = limit_s

    async def consult(self, question: Question, scorer: file_search.Scorer) -> Consulted:
        """Documentation for `question`, where it asks how a library is used or its reader wants it; never raises."""
        try:
            # The lookup keeps its own time, and says that a server was slow; this bounds what is done around it.
            async with asyncio.timeout(self._limit_s + _AROUND_S):
                return await self._consulted(question, scorer)
        except TimeoutError:
            log.warning("library_docs_late", limit_s=self._limit_s)
            return Consulted("unavailable")

    async def _consulted(self, question: Question, scorer: file_search.Scorer) -> Consulted:
        now = asyncio.get_running_loop().time
        until = now() + self._limit_s
        query, names = aim.query(question), await self._names()
        wanted = names.wanted(query) if question.library_docs == "always" else names.asked(query)
        if not wanted:
            return Consulted("not_needed" if question.library_docs == "always" else "not_asked")
        async with asyncio.TaskGroup() as tasks:
            # Only the reader's own words of this message leave the server.
            asked = [
                tasks.create_task(self._shelf.look_up(name, question.text, limit_s=until - now())) for name in wanted
            ]
        answers = [each.result() for each in asked]
        passages = [passage for each in answers for passage in each.passages]
        fit = await file_search.find(query, passages, scorer)
        calls = sum(each.calls for each in answers)
        if fit:
            return Consulted("found", fit[: self._limit_results], calls)
        away = any(each.status == "unavailable" for each in answers)
        return Consulted("unavailable" if away else "nothing_found", (), calls)


class Consulting:
    """Documentation on its way, while the book is searched."""

    def __init__(self, task: asyncio.Task[Consulted] | None, otherwise: Consulted) -> None:
        self._task = task
        self._consulted = otherwise

    async def ready(self) -> Consulted:
        """What was found, once it is there."""
        if self._task is not None:
            self._consulted = await asyncio.shield(self._task)
        return self._consulted


@asynccontextmanager
async def consulting(
    library: Library | None, question: Question, scorer: file_search.Scorer
) -> AsyncIterator[Consulting]:
    """Documentation for `question`, looked up from now on and forgotten at the end."""
    wanted = question.library_docs != "never"
    if library is None or not wanted:
        absent = library is None and question.library_docs == "always"
        yield Consulting(None, Consulted("not_available" if absent else "not_asked"))
        return
    task = asyncio.create_task(library.consult(question, scorer))
    try:
        yield Consulting(task, Consulted())
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def of_book(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The `evidence` that is no documentation."""
    return tuple(each for each in evidence if not is_docs(each.found.passage))


def of_docs(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The `evidence` that is."""
    return tuple(each for each in evidence if is_docs(each.found.passage))


def beside(evidence: Sequence[Evidence], consulted: Consulted) -> tuple[Evidence, ...]:
    """`evidence` with the documentation behind it, numbered on; what is there already is not added again."""
    known = {each.found.passage.id for each in evidence}
    added = [found for found in consulted.found if found.passage.id not in known]
    return (*evidence, *(Evidence(len(evidence) + at, found) for at, found in enumerate(added, 1)))


def link(passage: Passage, quote: str, *, otherwise: Callable[[Passage, str], str]) -> str:
    """The address of `quote`: of documentation its page, for what a server says of a page need not stand on it so."""
    return passage.url if is_docs(passage) else otherwise(passage, quote)


async def aside(turn: Turn, docs: Consulting, *, embedded: bool) -> list[TextDelta | Cited]:
    """What is said of the documentation behind the answer; nothing where the answer has said it, or has no use for it.

    Args:
        embedded: Whether the model is the embedded one, which answers from the book before documentation is there.
    """
    checker, language = turn.checker, turn.checker.language
    if turn.opening.outcome == "conversation" or turn.asked_page:
        return []
    consulted = await docs.ready()
    turn.desk.evidence = beside(turn.desk.evidence, consulted)
    found = of_docs(turn.desk.evidence)
    if not found:
        return []
    if cited := [each.passage for each in checker.citations if is_docs(each.passage)]:
        rests_on_book = len(cited) < len(checker.citations)
        told = answers.LIBRARY_ALONE
        return [] if rests_on_book else checker.say(f"\n\n{told.said(language, libraries=titles(cited, language))}")
    if not embedded and checker.supported and turn.opening.outcome != "not_in_book":
        return []
    quoted = [each for each in found if each.found.relevance >= _AS_GOOD * found[0].found.relevance]
    text = "".join(quoting.written(Chosen(each.number, _telling(each.found.passage))) for each in quoted)
    if not text.strip():
        return []
    libraries = titles([each.found.passage for each in quoted], language)
    lead = answers.LIBRARY_LEAD.said(language, libraries=libraries)
    said = checker.say(f"\n\n{lead}" if checker.text else lead)
    return [*said, *await checker.feed(text), *await checker.close()]


def titles(passages: Sequence[Passage], language: str) -> str:
    """The libraries that `passages` are the documentation of, as Markdown that shows their names as they are."""
    names = dict.fromkeys(citations.literal(passage.labels[LIBRARY]) for passage in passages)
    return listed(list(names), language)


def _telling(passage: Passage) -> tuple[statements.Statement, ...]:
    """What is quoted of a piece of documentation: its first sentences and first example, and no orders to anybody."""
    cut = [
        each
        for each in statements.cut(passage.text)
        if each.kind in _QUOTED and not each.asks and not orders.given(each.text)
    ]
    said = [each for each in cut if each.kind != "code"][:_PROSE]
    shown = [each for each in cut if each.kind == "code"][:1]
    return tuple(sorted((*said, *shown), key=lambda each: each.start))
