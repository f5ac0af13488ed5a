"""How long an answer took, to the first text and to the end."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from pageside.answer.events import Completed, TextDelta, TutorEvent


async def timed(events: AsyncGenerator[TutorEvent, None]) -> AsyncGenerator[TutorEvent, None]:
    """`events`, the last of which says how long it took, from the moment that the first was asked for."""
    began, first = time.perf_counter(), 0.0
    async with aclosing(events):
        async for event in events:
            if isinstance(event, TextDelta) and not first:
                first = time.perf_counter() - began
            if isinstance(event, Completed):
                usage = replace(
                    event.answer.usage, first_s=round(first, 4), whole_s=round(time.perf_counter() - began, 4)
                )
                yield Completed(replace(event.answer, usage=usage))
            else:
                yield event
