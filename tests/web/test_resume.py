"""Coming back to an answer after a lost connection, listening to it twice, stopping it. Over real connections."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
from tests import served as process
from tests import small_book
from tests.chatkit_client import message
from tests.chatkit_house import browser, house, served
from tests.scripted_openai import ScriptedOpenAI
from tests.scripted_tutor import PASSAGE, ScriptedTutor, said, searched
from tests.web.listening import DELTA, asking, coming_back, deltas

from pageside.conversation.runs import Runs
from pageside.errors import NotFound
from pageside.identity.reader import Reader


@asynccontextmanager
async def at_home(folder, tutor, **options):
    async with house(folder, tutor, **options) as home, served(home.app) as url, browser(url) as ada:
        yield home, ada


async def ended(home, run):
    with suppress(NotFound):  # nor is one kept that ended too long ago
        async with asyncio.timeout(5):
            await (await home.server.run(run, Reader("ada"))).ended.wait()


async def test_a_lost_connection_loses_nothing(tmp_path):
    """What was heard before and after is the whole, without a gap and nothing twice; one answer is stored."""
    tutor = ScriptedTutor(pause_before=4)
    async with at_home(tmp_path, tutor) as (_, ada):
        async with asking(ada, "q") as first:
            thread_id = (await first.until("thread.created"))["thread"]["id"]
            await first.until(DELTA)
        async with coming_back(ada, first.run, first.last) as second:
            tutor.resume.set()
            await second.rest()
        async with coming_back(ada, first.run) as whole:
            await whole.rest()
        items = await ada.items(thread_id)

    assert [number for number, _ in first.heard + second.heard] == list(range(1, len(whole.heard) + 1))
    assert first.heard + second.heard == whole.heard
    assert deltas(whole.events) == "A servo holds an angle [1]."
    assert [item["type"] for item in items] == ["user_message", "workflow", "assistant_message"]
    assert items[-1]["content"][0]["text"] == "A servo holds an angle [1]."
    assert second.run == first.run


async def test_an_answer_goes_on_when_nobody_listens_and_is_stored_whole(tmp_path):
    """The connection is lost for good."""
    tutor = ScriptedTutor(pause_before=4)
    async with at_home(tmp_path, tutor) as (home, ada):
        async with asking(ada, "q") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await stream.until(DELTA)
        tutor.resume.set()
        await ended(home, stream.run)
        items = await ada.items(thread_id)

    assert items[-1]["content"][0]["text"] == "A servo holds an angle [1]."
    assert not tutor.left.is_set()


async def test_a_plain_client_is_told_nothing_new(tmp_path):
    """No id, no header; leaving ends the answer, and the run is nobody's to come back to."""
    tutor = ScriptedTutor(pause_before=4)
    async with at_home(tmp_path, tutor) as (home, ada):
        async with ada.asking("q") as stream:
            await stream.until(DELTA)
            headers = stream.response.headers
            (run,) = home.server._runs._active.values()
        async with asyncio.timeout(2):
            await tutor.left.wait()
        await run.ended.wait()
        gone = await ada.http.get(f"/chatkit/runs/{run.id}/events")

    assert "x-pageside-run" not in headers
    assert gone.status_code == 404


async def test_several_listen_at_once(tmp_path):
    """Each hears everything, whenever it came."""
    tutor = ScriptedTutor(pause_before=4)
    async with at_home(tmp_path, tutor) as (_, ada), asking(ada, "q") as first:
        await first.until(DELTA)
        async with coming_back(ada, first.run) as second, coming_back(ada, first.run, 3) as third:
            await second.until(DELTA)
            tutor.resume.set()
            await asyncio.gather(first.rest(), second.rest(), third.rest())

    assert first.heard == second.heard
    assert third.heard == first.heard[3:]


async def test_stopping_ends_the_answer_and_dropping_does_not(tmp_path):
    """Stop keeps the words, ends the model, and tells whoever listens what a reload will show."""
    tutor = ScriptedTutor(pause_before=5)
    async with at_home(tmp_path, tutor) as (_, ada):
        async with asking(ada, "q") as dropped:
            thread_id = (await dropped.until("thread.created"))["thread"]["id"]
            await dropped.until(DELTA)
        assert not tutor.left.is_set()
        async with coming_back(ada, dropped.run, dropped.last) as stream:
            await tutor.paused.wait()
            stopped = await ada.http.post(f"/chatkit/runs/{dropped.run}/stop")
            assert tutor.left.is_set()
            events = [event for _, event in await stream.rest()]
        again = await ada.http.post(f"/chatkit/runs/{dropped.run}/stop")
        items = await ada.items(thread_id)

    assert stopped.json() == again.json() == {"id": dropped.run, "status": "stopped"}
    assert items[-1]["content"][0]["text"] == "A servo holds an angle [1]"
    assert events[-1] == {"type": "thread.item.done", "item": items[-1]}


async def test_stopping_an_answer_that_is_whole_changes_nothing(tmp_path):
    """It says so."""
    async with at_home(tmp_path, ScriptedTutor()) as (_, ada):
        async with asking(ada, "q") as stream:
            await stream.rest()
        stopped = await ada.http.post(f"/chatkit/runs/{stream.run}/stop")

    assert stopped.json() == {"id": stream.run, "status": "finished"}
    assert stopped.headers["cache-control"] == "no-store"


async def test_stopping_before_the_first_word_leaves_no_empty_answer(tmp_path):
    """What was shown as begun is taken back."""
    tutor = ScriptedTutor(pause_before=1)
    async with at_home(tmp_path, tutor) as (_, ada), asking(ada, "q") as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        begun = (await stream.until("thread.item.added"))["item"]
        await ada.http.post(f"/chatkit/runs/{stream.run}/stop")
        await stream.rest()
        items = await ada.items(thread_id)

    assert stream.events[-1] == {"type": "thread.item.removed", "item_id": begun["id"]}
    assert [item["type"] for item in items] == ["user_message"]


async def test_a_run_is_its_readers_alone(tmp_path):
    """Another reader's cannot be told from one that never was, neither to listen nor to stop."""
    tutor = ScriptedTutor(pause_before=4)
    async with at_home(tmp_path, tutor) as (_, ada), asking(ada, "q") as stream:
        await stream.until(DELTA)
        async with browser(str(ada.http.base_url), "eve") as eve:
            denials = [
                await eve.http.get(f"/chatkit/runs/{stream.run}/events"),
                await eve.http.post(f"/chatkit/runs/{stream.run}/stop"),
                await eve.http.get("/chatkit/runs/run_none/events"),
                await eve.http.post("/chatkit/runs/run_none/stop"),
            ]
        tutor.resume.set()
        await stream.rest()

    assert [denial.status_code for denial in denials] == [404] * 4
    told = {denial.json()["detail"].replace(stream.run, "run_none") for denial in denials}
    assert len(told) == 1
    assert "reload the conversation" in told.pop()
    assert deltas(stream.events) == "A servo holds an angle [1]."


@pytest.mark.parametrize("told", ["x", "-1", "1.5", "9999", "1" * 40, "٣"])
async def test_an_event_that_never_was_is_refused(tmp_path, told):
    """400, with what to send."""
    async with at_home(tmp_path, ScriptedTutor()) as (_, ada):
        async with asking(ada, "q") as stream:
            await stream.rest()
        denial = await ada.http.get(f"/chatkit/runs/{stream.run}/events", params={"after": told})

    assert denial.status_code == 400
    assert "event" in denial.json()["detail"]


async def test_nothing_more_to_hear_is_no_content(tmp_path):
    """A browser's `EventSource` then stops asking."""
    async with at_home(tmp_path, ScriptedTutor()) as (_, ada):
        async with asking(ada, "q") as stream:
            await stream.rest()
        answer = await ada.http.get(f"/chatkit/runs/{stream.run}/events", headers={"Last-Event-ID": str(stream.last)})
        by_query = await ada.http.get(f"/chatkit/runs/{stream.run}/events?after={stream.last - 1}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert by_query.text.startswith(f"id: {stream.last}\ndata: ")
    assert by_query.text.count("data: ") == 1


async def test_an_answer_is_kept_for_a_while_only(tmp_path):
    """Afterwards the reader is told to reload."""
    async with at_home(tmp_path, ScriptedTutor(), runs=Runs(kept_for=timedelta(0))) as (home, ada):
        async with asking(ada, "q") as stream:
            await stream.rest()
        await ended(home, stream.run)
        denial = await ada.http.get(f"/chatkit/runs/{stream.run}/events")

    assert denial.status_code == 404
    assert "reload the conversation" in denial.json()["detail"]


async def test_a_deleted_thread_takes_its_answers_along(tmp_path):
    """Nothing of it can be heard again."""
    async with at_home(tmp_path, ScriptedTutor()) as (_, ada):
        async with asking(ada, "q") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await stream.rest()
        await ada.call("threads.delete", thread_id=thread_id)
        denial = await ada.http.get(f"/chatkit/runs/{stream.run}/events")

    assert denial.status_code == 404


async def test_a_listener_who_reads_nothing_holds_up_nobody(tmp_path):
    """The answer goes on, is stored, and others hear it."""
    script = [*searched("q", PASSAGE), *said(*["word " * 2_000] * 400)]
    tutor = ScriptedTutor(script, pause_before=3)
    async with at_home(tmp_path, tutor, max_answer_chars=10**8) as (_, ada), asking(ada, "q") as stream:
        await stream.until(DELTA)
        with socket.socket() as sleeper:
            sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sleeper.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(sleeper, ("127.0.0.1", ada.http.base_url.port))
            head = f"GET /chatkit/runs/{stream.run}/events HTTP/1.1\r\nhost: h\r\nx-reader: ada\r\n\r\n"
            await loop.sock_sendall(sleeper, head.encode())
            await loop.sock_recv(sleeper, 1)
            tutor.resume.set()
            async with asyncio.timeout(20):
                await stream.rest()

    assert len(deltas(stream.events)) == 400 * 10_000


async def test_a_listener_who_takes_nothing_is_let_go(tmp_path, monkeypatch):
    """What is held for it goes, too; the answer is not concerned."""
    monkeypatch.setattr("pageside.web.runs.SENDING_TIME", timedelta(milliseconds=100))
    tutor = ScriptedTutor([*searched("q", PASSAGE), *said(*["word " * 20_000] * 20)])
    body = json.dumps({"type": "threads.create", "params": {"input": message("q")}}).encode()
    head = (
        f"POST /chatkit HTTP/1.1\r\nhost: h\r\nx-reader: ada\r\nx-pageside-resume: 1\r\ncontent-length: {len(body)}\r\n"
    )
    async with house(tmp_path, tutor, max_answer_chars=10**8) as home, served(home.app) as url, browser(url) as ada:
        with socket.socket() as sleeper:
            sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sleeper.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(sleeper, ("127.0.0.1", int(url.rpartition(":")[2])))
            await loop.sock_sendall(sleeper, head.encode() + b"\r\n" + body)
            await loop.sock_recv(sleeper, 1)
            (run,) = home.server._runs._shelf.of_thread(next(iter(home.server._runs._active)))
            async with asyncio.timeout(10):
                await run.ended.wait()
                while run._listeners:
                    await ada.threads()

    assert not run.cut


async def test_a_server_told_to_end_keeps_what_was_said_by_a_run_nobody_hears(tmp_path):
    """SIGTERM while the reader is away: the next start shows the partial answer, and says to reload."""
    book = small_book.write(tmp_path / "book")
    with ScriptedOpenAI() as openai:
        openai.say("A queen excluder is a grid whose slots are 4.2 mm wide [1]. ", "Workers pass ", fault="hold")
        environment = {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": openai.base_url}
        server = process.server(book, tmp_path / "data", **environment)
        address = await asyncio.to_thread(server.__enter__)
        async with browser(address) as ada:
            async with asking(ada, "How wide are the slots of a queen excluder?") as stream:
                thread_id = (await stream.until("thread.created"))["thread"]["id"]
                await stream.until(DELTA)
            await asyncio.to_thread(server.__exit__, None, None, None)
            cookies = ada.http.cookies
        server = process.server(book, tmp_path / "data", **environment)
        async with browser(await asyncio.to_thread(server.__enter__)) as ada:
            ada.http.cookies = cookies
            items = await ada.items(thread_id)
            denial = await ada.http.get(f"/chatkit/runs/{stream.run}/events", headers={"Last-Event-ID": "5"})
        await asyncio.to_thread(server.__exit__, None, None, None)

    assert "slots are 4.2 mm wide" in items[-1]["content"][0]["text"]
    assert denial.status_code == 404
    assert len(openai.requests) == 1
