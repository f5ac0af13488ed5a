"""Runs: one task from first frame to last, stopped once, ended before anything else begins."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from pageside.conversation.alongside import Claim
from pageside.conversation.runs import Runs
from pageside.errors import NotFound, StoreUnavailable, ThreadBusy, Unavailable
from pageside.identity.reader import Reader

ADA = Reader("ada")
SHORT = timedelta(milliseconds=20)


async def endless(runs, thread_id="thr", *, log=None):
    """Frames without end; what happens at its end is told to `log`."""
    try:
        yield b"question\n"
        runs.began(thread_id)
        while True:
            yield b"word\n"
            await asyncio.sleep(0)
    except asyncio.CancelledError:
        await asyncio.sleep(0)  # as saving the partial answer does
        if log is not None:
            log.append("saved")
        raise


async def finite(runs, *frames, thread_id="thr"):
    """Exactly `frames`."""
    runs.began(thread_id)
    for frame in frames:
        yield frame
        await asyncio.sleep(0)


async def collected(run):
    """The frames, taken apart where several came at once; here a frame is a word."""
    return [word async for chunk in run.frames() for word in chunk.replace(b"data: ", b"\ndata: ").split(b"\n") if word]


def claim(key):
    return Claim(key=key, digest="d", thread_id="thr", with_message=False)


async def test_a_question_is_stored_before_stopping_takes_effect():
    """A reader who leaves at once has asked all the same."""
    runs, stored, log = Runs(), asyncio.Event(), []

    async def slow_to_store():
        await stored.wait()
        log.append("stored")
        async for frame in endless(runs, log=log):
            yield frame

    run = await runs.start("thr", slow_to_store(), reader=ADA)
    run.stop()
    run.stop()
    stored.set()
    await run.ended.wait()

    assert log == ["stored", "saved"]


async def test_stopping_twice_interrupts_no_saving():
    """The second time changes nothing."""
    runs, log = Runs(), []
    run = await runs.start("thr", endless(runs, log=log), reader=ADA)
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

    run = await runs.start("thr", broken(), reader=ADA)
    with pytest.raises(StoreUnavailable, match="gone"):
        await run.opened()


async def test_a_run_without_a_frame_is_not_found():
    """The SDK streams nothing where there is nothing to answer."""
    runs = Runs()

    async def nothing():
        for _ in ():
            yield b""

    run = await runs.start("thr", nothing(), reader=ADA)
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

    frames = await collected(await runs.start("thr", failing(), reader=ADA))

    assert frames[0] == b"word"
    assert words in frames[1]
    assert b"hunter2" not in frames[1]
    assert frames[1].startswith(b'data: {"type":"error","code":"custom"')


async def test_a_thread_answers_one_question_at_a_time():
    """The second is refused after the grace; other threads are not concerned; afterwards it is free."""
    runs = Runs(grace=SHORT)
    first = await runs.start("thr", endless(runs), reader=ADA)
    with pytest.raises(ThreadBusy):
        await runs.start("thr", endless(runs), reader=ADA)
    other = await runs.start("other", endless(runs, "other"), reader=ADA)
    await runs.stop("thr")
    second = await runs.start("thr", endless(runs), reader=ADA)

    assert first.ended.is_set()
    assert not other.ended.is_set()
    await runs.aclose()
    assert second.ended.is_set()


async def test_closing_ends_every_run_and_begins_no_more():
    """Each saves what was said."""
    runs, log = Runs(), []
    for n in range(3):
        await runs.start(f"thr{n}", endless(runs, f"thr{n}", log=log), reader=ADA)
    await runs.aclose()
    with pytest.raises(Unavailable):
        await runs.start("thr", endless(runs), reader=ADA)

    assert log == ["saved"] * 3


async def test_silence_is_answered_with_comments():
    """As often as asked, and nothing is lost by it."""
    runs, go = Runs(), asyncio.Event()

    async def quiet():
        runs.began("thr")
        await go.wait()
        yield b"word"

    run = await runs.start("thr", quiet(), reader=ADA)
    frames = []
    async for frame in run.frames(keepalive=timedelta(milliseconds=5)):
        frames.append(frame)
        if len(frames) == 3:
            go.set()

    assert frames[:3] == [b": keepalive\n\n"] * 3
    assert frames[-1] == b"word"


async def test_any_number_of_listeners_hear_the_same_from_any_frame():
    """Early, late, and after the end."""
    runs = Runs()
    run = await runs.start("thr", finite(runs, b"one\n", b"two\n", b"three\n"), reader=ADA)
    early, second = await asyncio.gather(collected(run), collected(run))
    resumed = [chunk async for chunk in run.numbered_frames(1)]

    assert early == second == await collected(run) == [b"one", b"two", b"three"]
    assert b"".join(resumed) == b"id: 2\ntwo\nid: 3\nthree\n"


async def test_a_long_answer_is_handed_out_in_pieces():
    """A slow reader gets a piece at a time, not the whole at once; nothing is lost between them."""
    runs, frames = Runs(), [b"%05d %b\n" % (n, b"x" * 5_000) for n in range(40)]
    run = await runs.start("thr", finite(runs, *frames), reader=ADA)
    await run.ended.wait()
    chunks = [chunk async for chunk in run.frames()]

    assert b"".join(chunks) == b"".join(frames)
    assert max(map(len, chunks)) < 40_000


async def test_the_last_listener_who_leaves_ends_a_run():
    """Not the first of two."""
    runs = Runs()
    run = await runs.start("thr", endless(runs), reader=ADA)
    await run.opened()
    run.join()
    run.join()
    run.leave()
    await asyncio.sleep(0)
    assert not run.cut
    run.leave()
    await run.ended.wait()

    assert run.cut


async def test_a_run_that_outlives_its_listeners_ends_by_itself():
    """Nobody listens, and it is kept whole for who comes back."""
    runs = Runs()
    run = await runs.start("thr", finite(runs, b"one\n", b"two\n"), reader=ADA, outlives=True)
    run.join()
    run.leave()
    await run.ended.wait()

    assert not run.cut
    assert await collected(await runs.find(run.id, ADA)) == [b"one", b"two"]


async def test_a_run_is_found_by_its_reader_alone():
    """Another reader's is as unknown as one that never was."""
    runs = Runs()
    run = await runs.start("thr", finite(runs, b"one\n"), reader=ADA, outlives=True)
    told = set()
    for reader in (Reader("eve"), Reader("ada", organisation="other")):
        with pytest.raises(NotFound) as denied:
            await runs.find(run.id, reader)
        told.add(str(denied.value))
    with pytest.raises(NotFound) as denied:
        await runs.find("run_none", ADA)

    assert {text.replace(run.id, "run_none") for text in told} == {str(denied.value)}
    assert await runs.find(run.id, ADA) is run
    await run.ended.wait()


async def test_a_run_that_nobody_can_come_back_to_is_not_kept():
    """Neither resumed nor repeated: its frames go with it."""
    runs = Runs()
    run = await runs.start("thr", finite(runs, b"one\n"), reader=ADA)
    await run.ended.wait()
    with pytest.raises(NotFound):
        await runs.find(run.id, ADA)


async def test_ended_runs_are_kept_for_their_time_and_no_longer():
    """Also when nobody asks for them."""
    runs = Runs(kept_for=SHORT)
    run = await runs.start("thr", finite(runs, b"one\n"), reader=ADA, outlives=True)
    await run.ended.wait()
    assert await runs.find(run.id, ADA) is run
    gone = asyncio.Event()
    asyncio.get_running_loop().call_later(2 * SHORT.total_seconds(), gone.set)
    await gone.wait()
    with pytest.raises(NotFound, match="reload the conversation"):
        await runs.find(run.id, ADA)


async def test_ended_runs_take_no_more_room_than_there_is():
    """The oldest goes first; one larger than all the room is not kept at all."""
    runs = Runs(kept_bytes=250)
    kept = []
    for n in range(4):
        run = await runs.start(f"thr{n}", finite(runs, b"x" * 100, thread_id=f"thr{n}"), reader=ADA, outlives=True)
        await run.ended.wait()
        kept.append(run)
    for run in kept[:2]:
        with pytest.raises(NotFound):
            await runs.find(run.id, ADA)
    assert [await runs.find(run.id, ADA) for run in kept[2:]] == kept[2:]
    large = await runs.start("thr", finite(runs, b"x" * 251), reader=ADA, outlives=True)
    await large.ended.wait()
    with pytest.raises(NotFound):
        await runs.find(large.id, ADA)
    assert [await runs.find(run.id, ADA) for run in kept[2:]] == kept[2:]


async def test_a_run_whose_thread_was_taken_over_says_so():
    """What was said is kept, and whoever listens may try again."""
    runs, log = Runs(), []
    run = await runs.start("thr", endless(runs, log=log), reader=ADA)
    await run.opened()
    runs.lose("thr")
    frames = await collected(run)

    assert log == ["saved"]
    assert b"interrupted" in frames[-1]
    assert b'"allow_retry":true' in frames[-1]


async def test_a_run_is_found_by_the_key_it_came_under():
    """By the reader whose key it is, and until its thread is deleted."""
    runs = Runs()
    run = await runs.start("thr", finite(runs, b"one\n"), reader=ADA, claim=claim("k"))
    await run.ended.wait()

    assert runs.find_again(claim("k"), ADA) is run
    assert runs.find_again(claim("other"), ADA) is None
    assert runs.find_again(claim("k"), Reader("eve")) is None
    await runs.drop("thr")
    assert runs.find_again(claim("k"), ADA) is None
