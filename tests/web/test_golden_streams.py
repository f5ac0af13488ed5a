"""The streams that the element is tested with are what the server sends: `GOLDEN=write` writes them anew."""

from __future__ import annotations

import asyncio
import json
import os
import re
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

import pytest
from tests import golden_streams, indexed_book, mentioned_book, sample_files
from tests.chatkit_client import message
from tests.chatkit_house import browser, house, served
from tests.golden_streams import FOLDER, RESUME, Recorded, asked, record
from tests.scripted_tutor import OTHER, PASSAGE, ScriptedTutor, asked_page, citation, said, searched

from pageside.answer.events import ShownTasks
from pageside.tasks.task import Passage, Task

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EXPLAIN_THIS = "Can you explain this?"
LONG = (
    "## Servos\n\nA servo holds an angle [1]",
    citation(),
    ", even under load.\n\n```python\nservo.angle = 90\n```\n",
    "\nA stepper counts: $n = 200$ [2]",
    citation(2, OTHER),
    ". Γεια σου, 👋🏽 روبوت!",
)


@asynccontextmanager
async def at_home(folder, tutor=None, **options):
    async with house(folder, tutor, **options) as home, home.client() as ada:
        yield ada


async def thread_of(client, text="What is a servo?"):
    return (await client.ask(text)).thread_id


async def first(folder):
    script = [*searched("servo", PASSAGE, OTHER), *said(*LONG)]
    async with at_home(folder, ScriptedTutor(script=script)) as ada:
        return await asked(ada, "What is a servo?", quoted_text="A servo holds", inference_options={"model": "m"})


async def follow_up(folder):
    async with at_home(folder) as ada:
        return await asked(ada, "And a stepper?", thread=await thread_of(ada))


async def nothing_found(folder):
    """An answer that the book does not give, and the list of the nearest sections."""
    async with indexed_book.shelved(folder) as shelf, at_home(folder, shelf.tutor, contents=shelf.contents) as ada:
        return await asked(ada, "Who painted the honey jar in the Louvre?")


async def form(folder):
    async with indexed_book.shelved(folder) as shelf, at_home(folder, shelf.tutor, contents=shelf.contents) as ada:
        return await asked(ada, EXPLAIN_THIS)


async def form_answered(folder):
    async with indexed_book.shelved(folder) as shelf, at_home(folder, shelf.tutor, contents=shelf.contents) as ada:
        told = await ada.ask(EXPLAIN_THIS)
        (item,) = told.done("structured_input")
        chosen = {item["inputs"][0]["id"]: {"values": ["The parts of a hive"]}}
        return await record(
            ada,
            "threads.add_structured_input",
            thread_id=told.thread_id,
            item_id=item["id"],
            input={"status": "answered", "answers": chosen},
        )


async def tool_call(folder):
    script = [*searched("servo", PASSAGE), *asked_page("First this.", "get_page")]
    async with at_home(folder, ScriptedTutor(script=script)) as ada:
        return await asked(ada, "What is a servo?", {"clientTools": ["get_page"]})


async def tool_output(folder):
    tutor = ScriptedTutor(script=asked_page("", "get_selection"))
    async with at_home(folder, tutor) as ada:
        thread_id = await thread_of(ada)
        tutor.script = said("A servo holds an angle.")
        return await record(
            ada, "threads.add_client_tool_output", thread_id=thread_id, result={"text": "servo", "surroundings": ""}
        )


async def mention(folder):
    await asyncio.to_thread(mentioned_book.index, folder)
    async with mentioned_book.read(folder) as book, at_home(folder, book.tutor(), contents=book.contents) as ada:
        tag = {"type": "input_tag", "id": "nowhere", "text": "Nowhere", "data": {}}
        content = [{"type": "input_text", "text": "What is an excluder in "}, tag]
        return await record(ada, "threads.create", input={**message(""), "content": content})


async def task_list(folder):
    """Tasks in every state they can be listed in."""
    kept = [
        Task(1, "Read chapter 2", NOON, NOON, due=date(2020, 1, 5), priority="high", tags=("lab",)),
        Task(2, "Buy milk", NOON, NOON, status="completed", completed_at=NOON),
        Task(3, "Write <b>all</b>", NOON, NOON, deleted_at=NOON),
        Task(4, "Reread this", NOON, NOON, passage=Passage("Servo motors", "/docs/servo#a:~:text=b", "A servo")),
    ]
    *words, end = said("📋 Your tasks")
    async with at_home(folder, ScriptedTutor(script=[*words, ShownTasks("4 tasks", tuple(kept)), end])) as ada:
        return await asked(ada, "Show my tasks")


async def error(folder):
    script = [*searched("servo", PASSAGE), *said("A servo ", "holds ", "an angle.")]
    async with at_home(folder, ScriptedTutor(script=script, fail_at=4, failure=RuntimeError("secret"))) as ada:
        recorded = await asked(ada, "What is a servo?")
    assert "secret" not in recorded.frames
    return Recorded(re.sub(r" If it keeps happening, mention [^.]+\.", "", recorded.frames), [], recorded.after)


async def stopped(folder):
    tutor = ScriptedTutor(
        script=[*searched("servo", PASSAGE), *said("A servo ", "holds ", "an angle.")], pause_before=4
    )
    at = "http://book.test"  # wherever it is served
    async with house(folder, tutor, base_url=at) as home, served(home.app) as url, browser(url) as ada:
        body = {"type": "threads.create", "params": {"input": message("What is a servo?")}}
        async with ada.http.stream("POST", "/chatkit", json=body, headers=RESUME) as response:
            stopping = asyncio.create_task(stop_when_paused(ada, tutor, response.headers["x-pageside-run"]))
            frames = (await response.aread()).decode()
            await stopping
        (thread,) = await ada.threads()
        return Recorded(frames, [], await ada.items(thread["id"]))


async def stop_when_paused(client, tutor, run_id):
    await tutor.paused.wait()
    response = await client.http.post(f"/chatkit/runs/{run_id}/stop")
    assert response.json()["status"] == "stopped"


async def again(folder):
    async with at_home(folder) as ada:
        thread_id = await thread_of(ada)
        await ada.ask("And a stepper?", thread=thread_id)
        question = next(item for item in await ada.items(thread_id) if item["type"] == "user_message")
        return await record(ada, "threads.retry_after_item", thread_id=thread_id, item_id=question["id"])


async def full(folder):
    """The last message of a conversation, after which it is locked."""
    async with at_home(folder, max_messages=2) as ada:
        return await asked(ada, "And a stepper?", thread=await thread_of(ada))


async def attachment(folder):
    async with at_home(folder) as ada:
        picture = sample_files.picture()
        told = await ada.call("attachments.create", name="robot.png", size=len(picture), mime_type="image/png")
        to = told["upload_descriptor"]
        response = await ada.http.request(to["method"], to["url"], content=picture, headers=to["headers"])
        assert response.is_success, response.text
        return await asked(ada, "What is this?", attachments=[told["id"]])


async def everything(_):
    """What the tutor has no use for, from the SDK's own server."""
    return await golden_streams.sampled()


SCENARIOS = (
    first, follow_up, nothing_found, form, form_answered, tool_call, tool_output, mention, error, stopped, again, full,
    attachment, task_list, everything,
)  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
async def test_the_stream_is_the_one_that_is_kept(tmp_path, scenario):
    """Frame by frame, and the items afterwards; ids, times and seals aside."""
    frames, items = (await scenario(tmp_path)).files()
    kept_frames, kept_items = golden_streams.paths(scenario.__name__)
    if os.environ.get("GOLDEN") == "write":
        kept_frames.write_text(frames, encoding="utf-8")
        kept_items.write_text(items, encoding="utf-8")

    assert frames.splitlines() == kept_frames.read_text(encoding="utf-8").splitlines()
    assert json.loads(items) == json.loads(kept_items.read_text(encoding="utf-8"))


def test_nothing_is_kept_that_nothing_makes():
    """A stream of a scenario that is gone would still be tested by the element."""
    names = {scenario.__name__ for scenario in SCENARIOS}

    assert {path.stem for path in FOLDER.iterdir()} == names
