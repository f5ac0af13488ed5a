"""Leaving, stopping, staying away: what becomes of an answer nobody reads to its end. Over real connections."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import SecretStr
from tests.answer.shelf import Shelf
from tests.chatkit_client import message
from tests.chatkit_house import browser, house, served
from tests.scripted_openai import ScriptedOpenAI
from tests.scripted_tutor import PASSAGE, ScriptedTutor, citation, said, searched, usual

from pageside.answer.models import Models
from pageside.answer.tutor import Tutor
from pageside.conversation.runs import Runs
from pageside.conversation.turn import Turn
from pageside.identity.reader import Reader

ADA = Turn(reader=Reader("ada"))
DELTA = "assistant_message.content_part.text_delta"


@dataclass(slots=True)
class SlowShelf(Shelf):
    """Finds at once what the reader asks, and never what the model asks for.

    Attributes:
        searching: Set when the model's search has begun.
        left: Set when it was given up.
    """

    searching: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def find(self, question, **options):
        if self.asked:
            self.searching.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.left.set()
        return await Shelf.find(self, question, **options)


@asynccontextmanager
async def at_home(folder, tutor, **options):
    async with house(folder, tutor, **options) as home, served(home.app) as url, browser(url) as ada:
        yield home, ada


async def stored(home, thread_id):
    """Everything in the thread, hidden items too."""
    page = await home.server.store.load_thread_items(thread_id, None, 100, "asc", ADA)
    return [json.loads(item.model_dump_json()) for item in page.data]


async def quiet(home, thread_id):
    """Returns when no answer is under way in the thread."""
    async with asyncio.timeout(5):
        await home.server._runs.stop(thread_id)


async def test_leaving_keeps_what_was_said_and_stops_the_model(tmp_path):
    """The partial answer with its citations, and a note that it was stopped; the next turn works."""
    tutor = ScriptedTutor(pause_before=5)  # the last delta
    async with at_home(tmp_path, tutor) as (home, ada):
        async with ada.asking("What is a servo?") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await stream.until("assistant_message.content_part.annotation_added")
            await tutor.paused.wait()
        async with asyncio.timeout(2):
            await tutor.left.wait()
        await quiet(home, thread_id)
        items = await stored(home, thread_id)
        tutor.pause_before = -1
        again = await ada.ask("And now?", thread=thread_id)

    assert [item["type"] for item in items] == [
        "user_message", "workflow", "assistant_message", "sdk_hidden_context",
    ]  # fmt: skip
    assert items[2]["content"][0]["text"] == "A servo holds an angle [1]"
    assert len(items[2]["content"][0]["annotations"]) == 1
    assert tutor.yielded == 5 + 7
    assert again.errors == []
    assert tutor.questions[-1].history[-1].text == "A servo holds an angle [1]"


async def test_leaving_ends_a_tool_and_asks_the_model_nothing_more(tmp_path):
    """The search that the model asked for is given up; its result goes nowhere."""
    shelf = SlowShelf()
    with ScriptedOpenAI() as openai:
        openai.call("search_textbook", {"query": "stepper motors"})
        openai.say("A stepper motor moves in fixed steps [1].")
        models = Models(api_key=SecretStr("sk-test"), base_url=openai.base_url, model="gpt-test", timeout_s=5)
        async with at_home(tmp_path, Tutor(shelf, models)) as (home, ada):
            async with ada.asking("What does a servo motor do?") as stream:
                thread_id = (await stream.until("thread.created"))["thread"]["id"]
                async with asyncio.timeout(10):
                    await shelf.searching.wait()
            async with asyncio.timeout(2):
                await shelf.left.wait()
            await quiet(home, thread_id)
            items = await stored(home, thread_id)
        await models.aclose()

    assert len(openai.requests) == 1
    assert "assistant_message" not in [item["type"] for item in items]


async def test_leaving_before_the_first_word_leaves_no_empty_answer(tmp_path):
    """The question stays."""
    tutor = ScriptedTutor(pause_before=2)
    async with at_home(tmp_path, tutor) as (home, ada):
        async with ada.asking("What is a servo?") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await tutor.paused.wait()
        await tutor.left.wait()
        await quiet(home, thread_id)
        items = await stored(home, thread_id)

    assert [item["type"] for item in items] == ["user_message", "workflow", "sdk_hidden_context"]


async def test_leaving_while_the_database_is_slow_loses_nothing(tmp_path):
    """What the tutor said while an earlier item was still being saved belongs to what is kept."""
    tutor = ScriptedTutor([*searched("q", PASSAGE), *said("A [1]", citation(), " B")], pause_before=5)
    async with at_home(tmp_path, tutor) as (home, ada):
        save = home.server.store.add_thread_item

        async def save_slowly(thread_id, item, context):
            if item.type == "workflow":
                await tutor.paused.wait()
                left.set()
                await asyncio.sleep(0.5)
            await save(thread_id, item, context)

        home.server.store.add_thread_item = save_slowly
        left = asyncio.Event()
        async with ada.asking("q") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await left.wait()
        await tutor.left.wait()
        await quiet(home, thread_id)
        items = await stored(home, thread_id)

    assert [item["type"] for item in items] == ["user_message", "workflow", "assistant_message", "sdk_hidden_context"]
    assert items[2]["content"][0]["text"] == "A [1] B"


async def test_a_reader_who_reads_nothing_and_leaves_loses_nothing(tmp_path):
    """The server is blocked in the middle of sending; everything the model said is kept."""
    piece = "word " * 20_000
    script = [*searched("q", PASSAGE), *said(*[piece] * 60, "end")]
    tutor = ScriptedTutor(script, pause_before=2 + 60)
    body = json.dumps({"type": "threads.create", "params": {"input": message("q")}}).encode()
    head = f"POST /chatkit HTTP/1.1\r\nhost: h\r\nx-reader: ada\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    async with house(tmp_path, tutor, max_answer_chars=10**8) as home, served(home.app) as url:
        port = int(url.rpartition(":")[2])
        with socket.socket() as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(reader, ("127.0.0.1", port))
            await loop.sock_sendall(reader, head + body)
            await tutor.paused.wait()
        async with asyncio.timeout(10):
            await tutor.left.wait()
        async with browser(url) as ada:
            (thread,) = await ada.threads()
            await quiet(home, thread["id"])
            items = await stored(home, thread["id"])

    assert [item["type"] for item in items][-2:] == ["assistant_message", "sdk_hidden_context"]
    assert len(items[-2]["content"][0]["text"]) == 60 * len(piece)


async def test_a_slow_reader_who_stays_gets_everything(tmp_path):
    """The model is not held up by whoever reads."""
    script = [*searched("q", PASSAGE), *said(*["word " * 200] * 400)]
    tutor = ScriptedTutor(script)
    async with at_home(tmp_path, tutor, max_answer_chars=10**8) as (_, ada), ada.asking("q") as stream:
        await stream.until("thread.created")
        while tutor.yielded < len(script):
            await ada.threads()
        events = await stream.rest()

    assert tutor.yielded == len(script)
    assert sum(len(e["update"]["delta"]) for e in events if "delta" in e.get("update", {})) == 400 * 1000


async def test_stopping_and_asking_at_once_is_not_turned_away(tmp_path):
    """The next question waits the moment it takes to save the last answer."""
    tutor = ScriptedTutor(pause_before=4)
    async with at_home(tmp_path, tutor, runs=Runs()) as (_, ada):
        async with ada.asking("one") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await stream.until(DELTA)
        tutor.pause_before = -1
        told = await ada.ask("two", thread=thread_id)

    assert told.text == "A servo holds an angle [1]."


async def test_a_deleted_thread_stops_answering_and_stays_deleted(tmp_path):
    """The stream ends, the model stops, no row comes back."""
    tutor = ScriptedTutor(pause_before=4)
    async with at_home(tmp_path, tutor) as (home, ada), ada.asking("q") as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        await stream.until(DELTA)
        deleted = await ada.call("threads.delete", thread_id=thread_id)
        await stream.rest()

        assert deleted == {}
        assert tutor.left.is_set()
        assert await ada.threads() == []
        async with home.database.reading(Reader("ada")) as connection:
            rows = await connection.exec_driver_sql("select count(*) from items")
            assert rows.scalar() == 0


async def test_a_thread_deleted_elsewhere_ends_its_answer_in_words(tmp_path):
    """Another process deletes it while this one answers: the next write fails and says why."""
    tutor = ScriptedTutor(pause_before=4)
    async with at_home(tmp_path, tutor) as (home, ada), ada.asking("q") as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        await stream.until(DELTA)
        await home.server.store.delete_thread(thread_id, ADA)
        tutor.resume.set()
        events = await stream.rest()

        assert events[-1]["type"] == "error"
        assert "deleted" in events[-1]["message"]
        assert await ada.threads() == []


async def test_closing_the_server_keeps_what_was_said(tmp_path):
    """The client is told, new questions are put off, the partial answer is there afterwards."""
    tutor = ScriptedTutor(pause_before=4)
    async with at_home(tmp_path, tutor) as (home, ada), ada.asking("q") as stream:
        thread_id = (await stream.until("thread.created"))["thread"]["id"]
        await stream.until(DELTA)
        await home.server.aclose()
        events = await stream.rest()
        items = await stored(home, thread_id)
        refused = await ada.send("threads.create", input=message("q"))

    assert items[2]["content"][0]["text"] == "A servo holds an angle [1]"
    assert (events[-1]["type"], events[-1]["allow_retry"]) == ("error", True)
    assert "restarting" in events[-1]["message"]
    assert refused.status_code == 503
    assert refused.json()["retryable"] is True


async def test_silence_is_filled_with_comments(tmp_path):
    """A proxy that cuts idle connections sees bytes; a client sees nothing."""
    tutor = ScriptedTutor(pause_before=2)
    keepalive = timedelta(milliseconds=20)
    async with at_home(tmp_path, tutor, keepalive=keepalive) as (_, ada), ada.asking("q") as stream:
        await stream.until("thread.created")
        comments = 0
        async for line in stream.lines:
            comments += line == ": keepalive"
            if comments == 3:
                break
        tutor.resume.set()
        await stream.until(DELTA)

    assert comments == 3


async def test_an_answer_without_end_is_stopped_and_kept(tmp_path):
    """By its length in characters."""
    tutor = ScriptedTutor(searched("q", PASSAGE) + said(*["again and "] * 2_000))
    async with at_home(tmp_path, tutor, max_answer_chars=100) as (_, ada):
        told = await ada.ask("q")

    assert told.text == told.deltas == "again and " * 10
    assert "too long" in told.errors[0]["message"]
    assert tutor.left.is_set()


async def test_a_stream_without_end_is_stopped_and_kept(tmp_path):
    """By its bytes, whatever they say."""
    tutor = ScriptedTutor(searched("q", PASSAGE) + said(*["x" * 100] * 2_000))
    async with at_home(tmp_path, tutor, runs=Runs(limit_bytes=50_000)) as (home, ada):
        told = await ada.ask("q")
        items = await stored(home, told.thread_id)

    assert "too long" in told.errors[0]["message"]
    assert [item["type"] for item in items][-2:] == ["assistant_message", "sdk_hidden_context"]
    assert tutor.left.is_set()


async def test_a_silent_model_is_given_up(tmp_path):
    """In words, with a way to retry."""
    tutor = ScriptedTutor(pause_before=3)
    async with at_home(tmp_path, tutor, patience=timedelta(milliseconds=50)) as (_, ada):
        told = await ada.ask("q")

    assert "too long" in told.errors[0]["message"]
    assert told.errors[0]["allow_retry"] is True
    assert told.text == "A servo holds "
    assert tutor.left.is_set()


async def test_an_answer_that_breaks_off_is_not_passed_off_as_whole(tmp_path):
    """A tutor that ends without completing says so."""
    tutor = ScriptedTutor(usual("q")[:-1])
    async with at_home(tmp_path, tutor) as (home, ada):
        told = await ada.ask("q")
        record = await home.server.store.load_record(told.thread_id, told.answer["id"], ADA)

    assert "broke off" in told.errors[0]["message"]
    assert record is None


async def test_an_empty_answer_is_an_error(tmp_path):
    """No empty bubble is left behind."""
    tutor = ScriptedTutor(searched("q") + said("  "))
    async with at_home(tmp_path, tutor) as (_, ada):
        told = await ada.ask("q")
        items = await ada.items(told.thread_id)

    assert "no answer" in told.errors[0]["message"]
    assert [item["type"] for item in items] == ["user_message", "workflow"]


async def test_citations_survive_leaving(tmp_path):
    """Several, each behind its own marker."""
    script = [*searched("q", PASSAGE), *said("A [1]", citation(), " B [1]", citation(), " C")]
    tutor = ScriptedTutor(script, pause_before=6)
    async with at_home(tmp_path, tutor) as (home, ada):
        async with ada.asking("q") as stream:
            thread_id = (await stream.until("thread.created"))["thread"]["id"]
            await tutor.paused.wait()
        await tutor.left.wait()
        await quiet(home, thread_id)
        content = (await stored(home, thread_id))[2]["content"][0]

    assert [content["text"][: a["index"]] for a in content["annotations"]] == ["A [1]", "A [1] B [1]"]
