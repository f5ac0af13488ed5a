"""Runs: one task from first frame to last, stopped once, ended before anything else begins."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from pageside.conversation.runs import Runs
from pageside.errors import NotFound, StoreUnavailable, ThreadBusy, Unavailable

SHORT = timedelta(milliseconds=20)


async def endless(runs, thread_id="thr", *, log=None):
    """Frames without end; what happens at its end is told to `log`."""
    try:
        yield b"question"
        runs.began(thread_id)
        while True:
            yield b"word"
            await asyncio.sleep(0)
    except asyncio.CancelledError:
        await asyncio.sleep(0)  # as saving the partial answer does
        if log is not None:
            log.append("saved")
        raise


async def collected(run):
    return [frame async for frame in run.frames()]


async def test_a_question_is_stored_before_stopping_takes_effect():
    """A reader who leaves at once has asked all the same."""
    runs, stored, log = Runs(), asyncio.Event(), []

    async def slow_to_store():
        await stored.wait()
        log.append("stored")
        async for frame in endless(runs, log=log):
            yield frame

    run = await runs.start("thr", slow_to_store())
    run.stop()
    run.stop()
    stored.set()
    await run.ended.wait()

    assert log == ["stored", "saved"]


async def test_stopping_twice_interrupts_no_saving():
    """The second time changes nothing."""
    runs, log = Runs(), []
    run = await runs.start("thr", endless(runs, log=log))
    await run.opened()
    run.stop()
    await asyncio.sleep(0)
    run.stop()
    await run.ended.wait()
    run.stop()

    assert log == ["saved"]
    assert (await collected(run))[0] == b"question"


async def test_a_run_that_fails_before_it_answers_is_refused():
    """Its reason comes out where a status can still say it."""
    runs = Runs()

    async def broken():
        raise StoreUnavailable("gone")
        yield b""

    run = await runs.start("thr", broken())
    with pytest.raises(StoreUnavailable, match="gone"):
        await run.opened()


async def test_a_run_without_a_frame_is_not_found():
    """The SDK streams nothing where there is nothing to answer."""
    runs = Runs()

    async def nothing():
        for _ in ():
            yield b""

    run = await runs.start("thr", nothing())
    with pytest.raises(NotFound):
        await run.opened()


@pytest.mark.parametrize(
    ("error", "words"),
    [(StoreUnavailable("The shelf is gone."), b"The shelf is gone."), (ValueError("hunter2"), b"Something went wrong")],
)
async def test_a_run_that_fails_while_it_answers_says_so_in_its_last_frame(error, words):
    """In the error's own words, or in ours."""
    runs = Runs()

    async def failing():
        runs.began("thr")
        yield b"word"
        raise error

    frames = await collected(await runs.start("thr", failing()))

    assert frames[0] == b"word"
    assert words in frames[1]
    assert b"hunter2" not in frames[1]
    assert frames[1].startswith(b'data: {"type":"error","code":"custom"')


async def test_a_thread_answers_one_question_at_a_time():
    """The second is refused after the grace; other threads are not concerned; afterwards it is free."""
    runs = Runs(grace=SHORT)
    first = await runs.start("thr", endless(runs))
    with pytest.raises(ThreadBusy):
        await runs.start("thr", endless(runs))
    other = await runs.start("other", endless(runs, "other"))
    await runs.stop("thr")
    second = await runs.start("thr", endless(runs))

    assert first.ended.is_set()
    assert not other.ended.is_set()
    await runs.aclose()
    assert second.ended.is_set()


async def test_closing_ends_every_run_and_begins_no_more():
    """Each saves what was said."""
    runs, log = Runs(), []
    for n in range(3):
        await runs.start(f"thr{n}", endless(runs, f"thr{n}", log=log))
    await runs.aclose()
    with pytest.raises(Unavailable):
        await runs.start("thr", endless(runs))

    assert log == ["saved"] * 3


async def test_silence_is_answered_with_comments():
    """As often as asked, and nothing is lost by it."""
    runs, go = Runs(), asyncio.Event()

    async def quiet():
        runs.began("thr")
        await go.wait()
        yield b"word"

    run = await runs.start("thr", quiet())
    frames = []
    async for frame in run.frames(keepalive=timedelta(milliseconds=5)):
        frames.append(frame)
        if len(frames) == 3:
            go.set()

    assert frames[:3] == [b": keepalive\n\n"] * 3
    assert frames[-1] == b"word"
