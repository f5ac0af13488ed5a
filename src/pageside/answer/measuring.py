"""What is counted of every answer: how it came out, how long it took, what it cost, what became of its sentences."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from pageside.answer.events import Answer, AskedBack, AskedPage, Completed, TextDelta, TutorEvent, Usage
from pageside.telemetry import context, metrics


async def measured(events: AsyncGenerator[TutorEvent, None]) -> AsyncGenerator[TutorEvent, None]:
    """`events`, counted; an answer that is left before its end was stopped."""
    book = context.book()
    began, first, outcome = time.perf_counter(), 0.0, "stopped"
    try:
        async with aclosing(events):
            async for event in events:
                match event:
                    case TextDelta() if not first:
                        first = time.perf_counter() - began
                    case Completed(answer):
                        outcome = answer.outcome
                        _count(answer, book)
                    case AskedBack(usage=usage):
                        outcome = "asked"
                        _spend(usage, book)
                    case AskedPage():
                        outcome = "asked"
                    case _:
                        pass
                yield event
    except Exception:
        outcome = "failed"
        raise
    finally:
        metrics.ANSWERS.labels(book, outcome).inc()
        metrics.ANSWER_SECONDS.labels(book).observe(time.perf_counter() - began)
        if first:
            metrics.ANSWER_FIRST_SECONDS.labels(book).observe(first)


def _count(answer: Answer, book: str) -> None:
    supported = sum(1 for claim in answer.claims if claim.markers)
    if answer.usage.cached:
        metrics.ANSWERS_RECALLED.labels(book).inc()
    else:  # what is told again was checked when it was made
        for fate, n in (
            ("supported", supported),
            ("marked", answer.marked),
            ("dropped", answer.dropped),
            ("repaired", answer.repaired),
        ):
            metrics.SENTENCES.labels(book, fate).inc(n)
    _spend(answer.usage, book)


def _spend(usage: Usage, book: str) -> None:
    for kind, n in (("input", usage.input_tokens), ("output", usage.output_tokens), ("beside", usage.beside_tokens)):
        metrics.TOKENS.labels(book, usage.model, kind).inc(n)
    metrics.COST.labels(book, usage.model).inc(usage.millionths)
