"""Coming back to an answer that another process makes: two servers, one database, a real Valkey between them."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from tests.chatkit_client import message, told
from tests.chatkit_house import browser, house, served
from tests.scripted_tutor import PASSAGE, ScriptedTutor, said, searched
from tests.valkey import elsewhere
from tests.web.listening import DELTA, RESUME, asking, coming_back, deltas

from pageside.conversation.runs import Runs

WHOLE = "A servo holds an angle [1]."
QUICK = timedelta(milliseconds=100)


@asynccontextmanager
async def server(folder, tutor, valkey, *, keepalive=timedelta(seconds=15), chars=100_000, **options):
    """One process: its house, and a client of it."""
    async with elsewhere(valkey) as far:
        runs = Runs(grace=QUICK, elsewhere=far, **options)
        async with (
            house(folder, tutor, runs=runs, keepalive=keepalive, max_answer_chars=chars) as home,
            served(home.app) as url,
            browser(url) as ada,
        ):
            yield home, ada


@asynccontextmanager
async def two_servers(folder, tutor, valkey, **options):
    async with (
        server(folder, tutor, valkey, **options) as (home, ada),
        server(folder, ScriptedTutor(), valkey, **options) as (_, there),
    ):
        yield home, ada, there


async def test_another_server_tells_what_was_missed_and_then_the_rest(tmp_path, valkey):
    """Under the same numbers, without a gap and nothing twice."""
    tutor = ScriptedTutor(pause_before=4)
    async with two_servers(tmp_path, tutor, valkey) as (_, ada, there):
        async with asking(ada, "q") as first:
            await first.until(DELTA)
        async with coming_back(there, first.run, first.last) as second, coming_back(there, first.run) as other:
            await tutor.paused.wait()
            tutor.resume.set()
            await asyncio.gather(second.rest(), other.rest())
        async with coming_back(ada, first.run) as whole:
            await whole.rest()
        nothing_more = await there.http.get(
            f"/chatkit/runs/{first.run}/events", headers={"Last-Event-ID": str(whole.last)}
        )

    assert first.heard + second.heard == whole.heard == other.heard
    assert deltas(whole.events) == WHOLE
    assert second.run == first.run
    assert nothing_more.status_code == 204


async def test_frames_that_come_while_nobody_listens_elsewhere_are_not_missed(tmp_path, valkey):
    """The second server hears of the run for the first time when it has ended."""
    tutor = ScriptedTutor(searched("q", PASSAGE) + said(*[f"word{n} " * 4_000 for n in range(30)]))
    async with two_servers(tmp_path, tutor, valkey) as (_, ada, there):
        async with asking(ada, "q") as first:
            await first.rest()
        async with coming_back(there, first.run) as second:
            await second.rest()
        async with coming_back(there, first.run, 9) as third:
            await third.rest()

    assert second.heard == first.heard
    assert third.heard == first.heard[9:]


async def test_stopping_through_another_server_keeps_the_words(tmp_path, valkey):
    """It ends the model, says what became of it, and both streams end with what a reload shows."""
    tutor = ScriptedTutor(pause_before=5)
    async with two_servers(tmp_path, tutor, valkey) as (_, ada, there), asking(ada, "q") as first:
        thread_id = (await first.until("thread.created"))["thread"]["id"]
        await first.until(DELTA)
        async with coming_back(there, first.run) as second:
            await tutor.paused.wait()
            stopped = await there.http.post(f"/chatkit/runs/{first.run}/stop")
            assert tutor.left.is_set()
            await asyncio.gather(first.rest(), second.rest())
        again = await there.http.post(f"/chatkit/runs/{first.run}/stop")
        items = await there.items(thread_id)

    assert stopped.json() == again.json() == {"id": first.run, "status": "stopped"}
    assert items[-1]["content"][0]["text"] == "A servo holds an angle [1]"
    assert first.heard == second.heard
    assert second.events[-1] == {"type": "thread.item.done", "item": items[-1]}


async def test_a_run_elsewhere_is_its_readers_alone(tmp_path, valkey):
    """Another reader's, one that never was, and what is no id at all cannot be told apart."""
    tutor = ScriptedTutor(pause_before=4)
    async with two_servers(tmp_path, tutor, valkey) as (_, ada, there), asking(ada, "q") as first:
        await first.until(DELTA)
        async with browser(str(there.http.base_url), "eve") as eve:
            names = [first.run, "run_none", f"{first.run}:frames", "run_" + "0" * 30]
            denials = [await eve.http.get(f"/chatkit/runs/{name}/events") for name in names]
            denials += [await eve.http.post(f"/chatkit/runs/{name}/stop") for name in names]
        tutor.resume.set()
        await first.rest()

    assert {denial.status_code for denial in denials} == {404}
    assert deltas(first.events) == WHOLE


async def test_a_request_repeated_to_another_server_joins_the_answer_under_way(tmp_path, valkey):
    """It is told from its first frame, byte for byte; one message is stored and one answer."""
    tutor = ScriptedTutor(pause_before=4)
    async with two_servers(tmp_path, tutor, valkey) as (_, ada, there):
        body = {"type": "threads.create", "params": {"input": message("q")}}
        async with asking(ada, "q", **{"Idempotency-Key": "k"}) as first:
            await first.until(DELTA)
            headers = {**RESUME, "Idempotency-Key": "k"}
            repeated = asyncio.create_task(there.http.post("/chatkit", json=body, headers=headers))
            other = {"type": "threads.create", "params": {"input": message("something else")}}
            denied = await there.http.post("/chatkit", json=other, headers=headers)
            tutor.resume.set()
            await first.rest()
        answer = await repeated
        (thread,) = await there.threads()
        items = await there.items(thread["id"])

    assert answer.headers["x-pageside-run"] == first.run
    lines = [line for line in answer.text.splitlines() if line.startswith("data: ")]
    assert [json.loads(line[6:]) for line in lines] == first.events
    assert denied.status_code == 422
    assert [item["type"] for item in items] == ["user_message", "workflow", "assistant_message"]


async def test_one_who_joined_elsewhere_keeps_a_plain_answer_going(tmp_path, valkey):
    """The first connection is lost, the repeated one hears all; when that one leaves, too, the answer ends."""
    tutor = ScriptedTutor(pause_before=4)
    async with two_servers(tmp_path, tutor, valkey) as (home, ada, there):
        body = {"type": "threads.create", "params": {"input": message("q")}}
        key = {"headers": {"Idempotency-Key": "k"}, "json": body}
        async with ada.http.stream("POST", "/chatkit", **key) as first:
            heard = first.aiter_lines()
            await anext(heard)
            (run,) = home.server._runs._active.values()
            async with there.http.stream("POST", "/chatkit", **key) as second:
                heard_there = second.aiter_lines()
                await anext(heard_there)
                while not run._far:
                    await ada.threads()
                await first.aclose()
                while run._listeners:
                    await ada.threads()
                assert not run.cut
        async with asyncio.timeout(5):
            await tutor.left.wait()

    assert run.cut


async def test_a_deleted_thread_takes_its_answers_along_everywhere(tmp_path, valkey):
    """Deleted through one server, nothing of it can be heard through the other, nor stands in Valkey."""
    async with two_servers(tmp_path, ScriptedTutor(), valkey) as (home, ada, there):
        async with asking(ada, "q") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await stream.rest()
        async with coming_back(there, stream.run) as again:
            await again.rest()
        await there.call("threads.delete", thread_id=thread_id)
        async with asyncio.timeout(5):
            while home.server._runs._shelf.of_thread(thread_id):
                await ada.threads()
        denials = [await client.http.get(f"/chatkit/runs/{stream.run}/events") for client in (ada, there)]

    assert again.heard == stream.heard
    assert [denial.status_code for denial in denials] == [404, 404]
    assert stream.run not in valkey.ask("KEYS", "pageside:run:*")


async def test_silence_elsewhere_is_filled_with_comments(tmp_path, valkey):
    """So that nothing on the way takes the connection for dead."""
    tutor = ScriptedTutor(pause_before=4)
    async with two_servers(tmp_path, tutor, valkey, keepalive=timedelta(milliseconds=20)) as (_, ada, there):
        async with asking(ada, "q") as first:
            await first.until(DELTA)
        async with coming_back(there, first.run) as second:
            async for line in second.lines:
                if line.startswith(":"):
                    break
            tutor.resume.set()
            await second.rest()

    assert second.events[-1]["type"] == "thread.item.done"


async def test_an_answer_too_long_to_share_is_known_to_its_own_process_alone(tmp_path, valkey):
    """It goes on, and takes no room in Valkey; its own process tells it whole."""
    tutor = ScriptedTutor(searched("q", PASSAGE) + said(*["word " * 20_000] * 50))
    async with (
        server(tmp_path, tutor, valkey, chars=10**8) as (_, ada),
        server(tmp_path, ScriptedTutor(), valkey) as (_, there),
    ):
        async with asking(ada, "q") as first:
            await first.rest()
        async with coming_back(ada, first.run) as again:
            await again.rest()
        denied = await there.http.get(f"/chatkit/runs/{first.run}/events")

    assert len(deltas(first.events)) == 5_000_000
    assert again.heard == first.heard
    assert denied.status_code == 404
    assert first.run not in valkey.ask("KEYS", "pageside:run:*")


async def test_what_its_process_has_no_room_for_leaves_valkey_too(tmp_path, valkey):
    """The oldest answer goes first, here and there."""
    async with two_servers(tmp_path, ScriptedTutor(), valkey, kept_bytes=6_000) as (_, ada, _there):
        runs = []
        for _ in range(4):
            async with asking(ada, "q") as stream:
                await stream.rest()
            runs.append(stream.run)
        async with asyncio.timeout(5):
            while runs[0] in (kept := valkey.ask("KEYS", "pageside:run:*")) or runs[-1] not in kept:
                await ada.threads()


async def test_plain_answers_stay_where_they_are_made(tmp_path, valkey):
    """A client that cannot come back costs Valkey nothing."""
    async with two_servers(tmp_path, ScriptedTutor(), valkey) as (_, ada, _there):
        answer = await ada.ask("q")

    assert answer.text == WHOLE
    assert valkey.ask("KEYS", "*").strip() == "*0"


async def test_what_is_kept_in_valkey_runs_out(tmp_path, valkey):
    """Every key has an end; a run goes at once when its own process keeps it no longer."""
    async with two_servers(tmp_path, ScriptedTutor(), valkey) as (_, ada, there):
        async with asking(ada, "q", **{"Idempotency-Key": "k"}) as stream:
            await stream.rest()
        async with coming_back(there, stream.run) as again:
            await again.rest()
        keys = [line for line in valkey.ask("KEYS", "*").splitlines() if line.startswith("pageside:")]
        lives = {key: int(valkey.ask("TTL", key).strip(":\r\n ")) for key in keys}

    assert len(keys) >= 5
    assert all(0 <= life <= 360 for life in lives.values()), lives


@pytest.mark.parametrize("after", ["9999", "x"])
async def test_an_event_that_never_was_is_refused_elsewhere_too(tmp_path, valkey, after):
    """400, as by the server that answers."""
    async with two_servers(tmp_path, ScriptedTutor(), valkey) as (_, ada, there):
        async with asking(ada, "q") as stream:
            await stream.rest()
        denial = await there.http.get(f"/chatkit/runs/{stream.run}/events", params={"after": after})

    assert denial.status_code == 400


async def test_a_server_that_restarts_leaves_its_last_word_to_others(tmp_path, valkey):
    """Told to end in the middle: who comes back to another server hears the same farewell."""
    tutor = ScriptedTutor(pause_before=4)
    async with server(tmp_path, ScriptedTutor(), valkey) as (_, there):
        async with server(tmp_path, tutor, valkey) as (home, ada), asking(ada, "q") as first:
            await first.until(DELTA)
            await home.server.aclose()
            await first.rest()
        async with coming_back(there, first.run) as second:
            await second.rest()

    assert second.heard == first.heard
    assert second.events[-1]["type"] == "error"
    assert "restarting" in second.events[-1]["message"]


async def test_a_server_that_restarts_lets_its_listeners_go_on_elsewhere(tmp_path, valkey):
    """Its stream of another's answer ends without an end, and whoever comes back misses nothing."""
    tutor = ScriptedTutor(pause_before=4)
    async with server(tmp_path, tutor, valkey) as (_, ada), asking(ada, "q") as first:
        await first.until(DELTA)
        async with (
            server(tmp_path, ScriptedTutor(), valkey) as (home, there),
            coming_back(there, first.run) as second,
        ):
            await second.until(DELTA)
            async with asyncio.timeout(5):
                await home.server.aclose()
                await second.rest()
        async with coming_back(ada, first.run, second.last) as third:
            tutor.resume.set()
            await asyncio.gather(first.rest(), third.rest())

    assert second.heard + third.heard == first.heard
    assert all(event["type"] != "error" for event in first.events)


async def test_a_repeated_request_is_told_by_another_server_as_it_was_told(tmp_path, valkey):
    """Also after the end, for as long as it is kept: the pieces, not whole items from the store."""
    async with two_servers(tmp_path, ScriptedTutor(), valkey) as (_, ada, there):
        body = {"type": "threads.create", "params": {"input": message("q")}}
        first = await ada.http.post("/chatkit", json=body, headers={"Idempotency-Key": "k"})
        async with asyncio.timeout(5):
            while (second := await there.http.post("/chatkit", json=body, headers={"Idempotency-Key": "k"})).text != (
                first.text
            ):
                assert told(second).text == WHOLE

    assert told(second).deltas == WHOLE
