"""Bursts of text on their way to the reader, and how silence ends."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer.events import Answer, Completed, Searching, TextDelta, Usage
from pageside.conversation.pacing import paced
from pageside.errors import ModelUnavailable

NEVER = timedelta(minutes=10)
DONE = Completed(Answer("", (), outcome="answered", confidence=1.0, usage=Usage("scripted")))


async def told(events, **options):
    async with aclosing(paced(events, **options)) as shown:
        return [event async for event in shown]


async def collect(events, shown):
    async for event in events:
        shown.append(event)  # what came before a failure counts


async def saying(*events):
    for event in events:
        yield TextDelta(event) if isinstance(event, str) else event


def text(events):
    return "".join(event.text for event in events if isinstance(event, TextDelta))


async def test_a_burst_is_told_at_once():
    """What comes without a pause is one text, whatever stands around it."""
    shown = await told(saying(Searching("servo"), "A ", "servo ", "turns.", DONE), together=NEVER)

    assert shown == [Searching("servo"), TextDelta("A servo turns."), DONE]


async def test_text_after_text_waits():
    """The first word is told as soon as it is there; what follows it goes together, until something else comes."""
    heard = asyncio.Queue()
    said = asyncio.Queue()

    async def answer():
        while (word := await said.get()) is not None:
            yield TextDelta(word)
        yield DONE

    async def listen():
        async for event in paced(answer(), together=NEVER):
            heard.put_nowait(event)

    listening = asyncio.create_task(listen())
    said.put_nowait("One")
    first = await heard.get()
    for word in (" two", " three", None):
        said.put_nowait(word)
        await asyncio.sleep(0)
    await listening

    assert [first, heard.get_nowait(), heard.get_nowait()] == [TextDelta("One"), TextDelta(" two three"), DONE]


async def test_text_that_waits_is_told_in_time():
    """Though nothing follows it."""
    more = asyncio.Event()

    async def answer():
        yield TextDelta("One")
        await asyncio.sleep(0)
        yield TextDelta(" two")
        await more.wait()

    shown = ""
    async with aclosing(paced(answer(), together=timedelta(milliseconds=1))) as events:
        async for event in events:
            shown += event.text
            if shown == "One two":
                more.set()

    assert shown == "One two"


@given(st.lists(st.one_of(st.text(max_size=3), st.just(Searching("again")))), st.sampled_from([0, 1, 10_000]))
def test_nothing_is_lost_or_moved(said, milliseconds):
    """Whatever is said, in whatever bursts."""

    async def answer():
        for number, event in enumerate(said):
            if number % 3 == 0:
                await asyncio.sleep(0)
            yield TextDelta(event) if isinstance(event, str) else event

    shown = asyncio.run(told(answer(), together=timedelta(milliseconds=milliseconds)))

    def spelled(events):
        return "".join(event.text if isinstance(event, TextDelta) else "\n" for event in events)

    assert spelled(shown) == "".join(event if isinstance(event, str) else "\n" for event in said)


async def test_a_failure_comes_last():
    """What was said before it is told, though it would have waited."""

    async def answer():
        yield TextDelta("One")
        await asyncio.sleep(0)
        yield TextDelta(" two")
        raise ModelUnavailable("gone")

    shown = []
    with pytest.raises(ModelUnavailable, match="gone"):
        await collect(paced(answer(), together=NEVER), shown)

    assert text(shown) == "One two"


async def test_silence_ends():
    """However long the answer was before."""
    closed = asyncio.Event()

    async def answer():
        try:
            yield TextDelta("One")
            await asyncio.Event().wait()
        finally:
            closed.set()

    shown = []
    with pytest.raises(ModelUnavailable, match="took too long"):
        await collect(paced(answer(), patience=timedelta(milliseconds=20)), shown)

    assert text(shown) == "One"
    assert closed.is_set()


async def test_leaving_stops_the_answerer():
    """Before leaving is done."""
    closed = asyncio.Event()

    async def answer():
        try:
            while True:
                yield TextDelta("again and ")
                await asyncio.sleep(0)
        finally:
            await asyncio.sleep(0)
            closed.set()

    async with aclosing(paced(answer())) as events:
        await anext(events)

    assert closed.is_set()


async def test_what_was_said_before_a_stop_is_told():
    """Though it would have waited: it is part of what is kept."""
    paused = asyncio.Event()

    async def answer():
        yield TextDelta("One")
        await asyncio.sleep(0)
        yield TextDelta(" two")
        paused.set()
        await asyncio.Event().wait()

    shown = []
    listening = asyncio.create_task(collect(paced(answer(), together=NEVER), shown))
    await paused.wait()
    listening.cancel()
    await asyncio.wait([listening])

    assert text(shown) == "One two"
    assert listening.cancelled()


async def test_an_answerer_who_never_pauses_has_to_wait():
    """For whoever listens: an answer without end does not fill the memory."""
    made = 0

    async def answer():
        nonlocal made
        while True:
            made += 1
            yield Searching(str(made))

    async with aclosing(paced(answer())) as events:
        first = await anext(events)

    assert first == Searching("1")
    assert made < 1000
