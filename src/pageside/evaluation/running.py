"""Asks the questions, some at a time, and keeps what came of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import aclosing

import anyio
import anyio.to_thread

from pageside.answer.events import Answer, Citation, Cited, Completed, Gathered, TextDelta
from pageside.errors import IndexBroken, IndexMissing, PagesideError
from pageside.evaluation import attributing, journal
from pageside.evaluation.cases import Case
from pageside.evaluation.journal import Journal
from pageside.evaluation.opening import Opened, Watched
from pageside.evaluation.results import Result, Source
from pageside.knowledge.passage import Passage


async def run(
    cases: Sequence[Case],
    book: Opened,
    *,
    kept: Journal | None = None,
    at_once: int = 1,
    done: Callable[[Result], None] = lambda result: None,
) -> tuple[Result, ...]:
    """The results of `cases`, in their order; those that the journal knows are not asked again.

    A question that a part we depend on fails is a result with its error; the others are asked all the same.

    Args:
        at_once: Questions under way at a time, from 1.
        done: Called with each result as it is known, in the event loop.

    Raises:
        IndexMissing: Nothing has been indexed yet.
        IndexBroken: What was indexed cannot be read.
    """
    results: dict[str, Result] = {}
    left: list[tuple[Case, str]] = []
    for case in cases:
        key = journal.key(case, settings=book.settings, generation=book.generation)
        if kept is not None and key in kept.known:
            results[case.id] = kept.known[key]
            done(results[case.id])
        else:
            left.append((case, key))

    async def work(queue: Iterator[tuple[Case, str]]) -> None:
        for case, key in queue:
            result = await ask(case, book, key=key)
            if kept is not None:
                await anyio.to_thread.run_sync(kept.add, result)
            results[case.id] = result
            done(result)

    queue = iter(left)
    try:
        async with anyio.create_task_group() as workers:
            for _ in range(min(at_once, len(left))):
                workers.start_soon(work, queue)
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from failures  # the first stopped the others
    return tuple(results[case.id] for case in cases)


async def ask(case: Case, book: Opened, *, key: str) -> Result:
    """What comes of one question.

    Raises:
        IndexMissing: Nothing has been indexed yet.
        IndexBroken: What was indexed cannot be read.
    """
    watched, clock = Watched(book.finder), _Clock()
    given: tuple[str, ...] = ()
    answer: Answer | None = None
    failed = ""
    try:
        async with aclosing(book.tutor(watched).answer(case.question)) as events:
            async for event in events:
                clock.tick(checked=isinstance(event, TextDelta | Cited))
                match event:
                    case Gathered(evidence):
                        given = tuple(each.found.passage.id for each in evidence)
                    case Completed():
                        answer = event.answer
                    case _:
                        pass
        whole_s = clock.since()
        looked = await watched.looked()
        cited = await attributing.scores(answer, book.finder.similarity) if answer is not None else None
    except (IndexMissing, IndexBroken):
        raise
    except PagesideError as error:
        failed = str(error)
    if failed or answer is None or cited is None:
        return Result(id=case.id, key=key, error=failed or "The tutor gave no answer.", whole_s=clock.since())
    return Result(
        id=case.id,
        key=key,
        query=looked.query,
        ranking=tuple(passage.id for passage in looked.ranking),
        given=given,
        outcome=answer.outcome,
        confidence=answer.confidence,
        text=answer.text,
        sources=tuple(_source(citation, book.passages) for citation in answer.citations),
        statements=len(answer.claims),
        supported=sum(bool(claim.markers) for claim in answer.claims),
        citation_recall=cited.recall,
        citation_precision=cited.precision,
        repaired=answer.repaired,
        dropped=answer.dropped,
        marked=answer.marked,
        first_event_s=clock.first_event_s,
        first_sentence_s=clock.first_checked_s,
        whole_s=whole_s,
        input_tokens=answer.usage.input_tokens,
        output_tokens=answer.usage.output_tokens,
        searches=answer.usage.searches,
        docs=answer.usage.docs,
    )


class _Clock:
    """When things happened, in seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self.first_event_s = 0.0
        self.first_checked_s: float | None = None

    def since(self) -> float:
        return time.perf_counter() - self._began

    def tick(self, *, checked: bool) -> None:
        self.first_event_s = self.first_event_s or self.since()
        if checked and self.first_checked_s is None:
            self.first_checked_s = self.since()


def _source(citation: Citation, passages: Mapping[str, Passage]) -> Source:
    cited = citation.passage
    there = passages.get(cited.id)
    text = there.text if there is not None else cited.text
    return Source(
        marker=citation.marker,
        passage=cited.id,
        path=cited.path,
        heading=" › ".join(cited.heading_path) or cited.heading,
        url=citation.url,
        quote=citation.quote,
        exact=bool(citation.quote) and citation.quote in text,
    )
