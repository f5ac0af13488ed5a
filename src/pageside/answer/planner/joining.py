"""An answer from the book behind what was done with tasks: one text, whose places all stand where they stand in it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import replace

from pageside.answer.events import Answer, Cited, Completed, ShownTasks, TextDelta, ToolCall, TutorEvent, Usage


async def behind(
    text: str,
    events: AsyncGenerator[TutorEvent, None],
    shown: ShownTasks | None,
    calls: Sequence[ToolCall],
    spent: Usage,
) -> AsyncGenerator[TutorEvent, None]:
    """`events` of an answer behind `text`, and `shown` in front of their end.

    Args:
        text: Empty where nothing is said in front.
        spent: What understanding the message took; counted with the answer.
    """
    lead = f"{text}\n\n" if text else ""
    if lead:
        yield TextDelta(lead)
    async with aclosing(events):
        async for event in events:
            match event:
                case Cited():
                    yield replace(event, at=event.at + len(lead))
                case Completed(answer):
                    if shown is not None:
                        yield shown
                    yield Completed(_joined(lead, answer, calls, spent))
                case _:
                    yield event


def _joined(lead: str, answer: Answer, calls: Sequence[ToolCall], spent: Usage) -> Answer:
    by = len(lead)
    claims = tuple(replace(claim, start=claim.start + by, end=claim.end + by) for claim in answer.claims)
    usage = replace(
        answer.usage,
        input_tokens=answer.usage.input_tokens + spent.input_tokens,
        output_tokens=answer.usage.output_tokens + spent.output_tokens,
    )
    return replace(answer, text=lead + answer.text, claims=claims, usage=usage, tool_calls=(*calls, *answer.tool_calls))
