"""The acceptance tests of the server specification, by their numbers.

The specification puts the reader, the page and the history into the system prompt. Here they are messages and data, so
that nothing they say can become an instruction; each test says where it looks instead.
"""

from __future__ import annotations

import base64
import json
import shutil
import sqlite3

import pytest
from tests import served
from tests.acceptance.conftest import BOOK, READER, copied
from tests.chatkit_house import browser

from pageside.answer import prompt

PAGE = {"pageContext": {"title": "ROS 2 Basics", "url": "/ros2/basics"}}
NODES = {"pageContext": {"title": "Nodes and topics", "url": "/docs/module-1-ros2/nodes-and-topics"}}
ALICE = {"userInfo": {"name": "Alice", "hardwareTier": 2}}


def rows(path, statement, *values):
    """What the database file says."""
    with sqlite3.connect(path) as connection:
        return connection.execute(statement, values).fetchall()


def messages(request):
    """Role and text of every message the model received, without instructions and tools."""
    return [
        (item["role"], item["content"])
        for item in request.items
        if item.get("role") in {"user", "assistant"} and item.get("content")
    ]


def context(request):
    """What the model is told of reader and page."""
    (only,) = [text for _, text in messages(request) if text.startswith("PAGESIDE CONTEXT")]
    return json.loads(only.partition("\n")[2])


def sources(told):
    """Titles and addresses an answer cites."""
    found = [annotation["source"] for annotation in told.answer["content"][0]["annotations"]]
    return [(source["title"], source["url"]) for source in found]


# Server specification, acceptance test 1: create thread and send message


async def test_1_a_thread_is_created_and_the_message_answered_from_the_book(visit):
    """Thread, question and answer are in the database as the reader's; the answer was streamed, with its search."""
    told = await visit.reader.ask("What is ROS 2?")
    thread = rows(visit.home.path, "select id from threads where subject = ?", READER)
    kept = rows(visit.home.path, "select type, data from items where subject = ? order by seq", READER)
    texts = {kind: json.loads(data)["content"][0]["text"] for kind, data in kept if kind.endswith("_message")}

    assert thread == [(told.thread_id,)]
    assert texts == {"user_message": "What is ROS 2?", "assistant_message": told.text}
    assert told.deltas == told.text
    assert sources(told)


async def test_1_the_search_is_shown_with_what_it_found(visit):
    """As a workflow, before the first word."""
    told = await visit.reader.ask("What is ROS 2?")
    (workflow,) = told.done("workflow")
    shown = json.dumps(workflow)

    assert "What is ROS 2?" in shown
    assert "nodes-and-topics.mdx" in shown
    assert told.events.index(next(e for e in told.events if e.get("item") == workflow)) < len(told.events) - 2


async def test_1_the_same_by_the_real_server_process(guest):
    """`pageside serve` over the example book, to a guest; a second message goes on in the same thread."""
    first = await guest.ask("What is ROS 2?")
    second = await guest.ask("What is a node?", thread=first.thread_id)
    kept = [item["type"] for item in await guest.items(first.thread_id)]

    assert (first.errors, second.errors) == ([], [])
    assert kept == ["user_message", "workflow", "assistant_message"] * 2
    assert all(url.partition("#")[0].startswith(("/docs/", "http")) for _, url in sources(second))


# Server specification, acceptance test 2: conversation history persistence

HISTORY = ("Hello!", "My name is Sara", "What is a node?")


async def test_2_the_model_receives_every_earlier_message_in_its_role(modelled, openai):
    """The specification pastes them into the prompt; here each is a message of its own."""
    thread = ""
    for text, answer in zip(
        HISTORY, ("[[conversation]]\nHello!", "[[conversation]]\nHello Sara!", "A node [1]."), strict=True
    ):
        openai.say(answer)
        told = await modelled.reader.ask(text, thread=thread)
        thread = thread or told.thread_id
    openai.say("[[conversation]]\nYour name is Sara.")
    told = await modelled.reader.ask("What is my name?", thread=thread)
    said = [each for each in messages(openai.requests[-1]) if not each[1].startswith("PAGESIDE")]

    assert [role for role, _ in said] == ["user", "assistant"] * 3 + ["user"]
    assert [text for role, text in said if role == "user"] == [*HISTORY, "What is my name?"]
    assert openai.requests[-1].instructions == prompt.instructions()
    assert told.text == "Your name is Sara."


async def test_2_the_reader_is_called_by_the_name_they_told(visit):
    """With the embedded model, after five messages, without a profile."""
    first = await visit.reader.ask("Hi!")
    await visit.reader.ask("My name is Sara", thread=first.thread_id)
    third = await visit.reader.ask("What is my name?", thread=first.thread_id)

    assert third.text == "Your name is Sara. *(from this conversation)*"


async def test_2_the_last_name_told_counts_and_a_quoted_one_does_not(visit):
    """Corrections win; a passage speaks of somebody else."""
    first = await visit.reader.ask("I'm Ali")
    await visit.reader.ask("what is this?", thread=first.thread_id, quoted_text="My name is Bob.")
    before = await visit.reader.ask("What's my name?", thread=first.thread_id)
    await visit.reader.ask("Sorry, call me Alia", thread=first.thread_id)
    after = await visit.reader.ask("What's my name?", thread=first.thread_id)

    assert "Ali." in before.text
    assert "Alia." in after.text


# Server specification, acceptance test 3: user context injection


async def test_3_the_model_is_told_of_the_reader_as_data(modelled, openai):
    """The specification wants "User Information: Name: Alice, Hardware Tier: 2" in the system prompt.

    The instructions stay what they are, and the same stands in the message of data, on every message of the thread.
    """
    openai.say("Add a depth camera, an IMU and a battery [1].")
    openai.say("The Jetson family is the usual choice [1].")
    first = await modelled.reader.ask("Which hardware should I use?", metadata=ALICE)
    await modelled.reader.ask("And which computer do I need?", metadata=ALICE, thread=first.thread_id)

    assert [context(request)["reader"] for request in openai.requests] == [{"name": "Alice", "hardwareTier": "2"}] * 2
    assert {request.instructions for request in openai.requests} == {prompt.instructions()}
    assert "Alice" not in openai.requests[0].instructions
    assert "Tier 2: an edge kit" in json.dumps(openai.requests[0].body)


@pytest.mark.parametrize("text", ["Which hardware should I use?", "Can I run this on my hardware?"])
async def test_3_recommendations_are_for_the_readers_tier(visit, text):
    """With the embedded model: the passages of Tier 2 are quoted, and the answer says so."""
    told = await visit.reader.ask(text, metadata=ALICE)
    tier_one = await visit.reader.ask(text, metadata={"userInfo": {"hardwareTier": "Tier 1"}})

    assert told.text.startswith("For your hardware, Tier 2 *(from your profile)*:")
    assert {url.partition(":~:")[0].rpartition("#")[2] for _, url in sources(told)} == {"edge-kit"}
    assert "Jetson" in told.text
    assert {url.partition(":~:")[0].rpartition("#")[2] for _, url in sources(tier_one)} == {"laptop"}


async def test_3_other_questions_are_answered_as_for_everybody(visit):
    """A tier is a preference where hardware is asked about, and nothing elsewhere."""
    with_tier = await visit.reader.ask("What is a node?", metadata=ALICE)
    without = await visit.reader.ask("What is a node?")

    assert with_tier.text == without.text


# Server specification, acceptance test 4: page context awareness


async def test_4_the_model_is_told_of_the_page_as_data(modelled, openai):
    """The specification puts it into the system prompt."""
    openai.say("A node is a unit of software with a name and one job [1].")
    await modelled.reader.ask("Can you explain this?", metadata=PAGE)

    assert context(openai.requests[0])["page"] == PAGE["pageContext"]
    assert openai.requests[0].instructions == prompt.instructions()


async def test_4_the_page_the_reader_is_on_is_explained(visit):
    """Only a page, and no topic: sentences of that page, each linked to it."""
    told = await visit.reader.ask("Can you explain this?", metadata=NODES)

    assert len(sources(told)) > 1
    assert all("/module-1-ros2/nodes-and-topics" in url for _, url in sources(told))


async def test_4_a_page_that_is_not_in_the_book_is_answered_from_its_title(visit):
    """The seed's own page, which this book does not have: the reader is told, and gets what the book has of it."""
    told = await visit.reader.ask("Can you explain this?", metadata=PAGE)

    assert told.text.startswith("This page was not found in the book")
    assert "ros2" in told.text.lower().replace(" ", "")
    assert any("/module-1-ros2/" in url for _, url in sources(told))


async def test_4_a_page_of_another_world_gives_no_guess(visit):
    """Nothing in the book comes near its title."""
    cooking = {"pageContext": {"title": "Sourdough starters", "url": "https://bread.test/sourdough"}}
    told = await visit.reader.ask("Can you explain this?", metadata=cooking)

    assert "The book does not answer this." in told.text
    assert sources(told) == []


async def test_4_turning_the_page_turns_what_is_explained(visit):
    """Each message is about the page it was sent from."""
    first = await visit.reader.ask("Can you explain this?", metadata=NODES)
    frames = {"pageContext": {"path": "module-1-ros2/frames-and-tf2.mdx"}}
    second = await visit.reader.ask("Can you explain this?", metadata=frames, thread=first.thread_id)

    assert all("/module-1-ros2/frames-and-tf2" in url for _, url in sources(second))


# Server specification, acceptance test 5: file attachment handling

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def uploaded(reader, content, *, name, mime_type):
    """A file announced, and sent to the address the server gave for it."""
    told = await reader.call("attachments.create", name=name, size=len(content), mime_type=mime_type)
    where = told["upload_descriptor"]
    done = await reader.http.request(where["method"], where["url"], content=content, headers=where["headers"])
    assert done.status_code < 300, done.text
    return told["id"]


def pictures(request):
    """The pictures among the parts of the messages the model received, as either API writes them."""
    parts = [part for item in request.items if isinstance(item.get("content"), list) for part in item["content"]]
    urls = [part["image_url"] for part in parts if part["type"] in {"input_image", "image_url"}]
    return [url["url"] if isinstance(url, dict) else url for url in urls]


async def test_5_a_picture_reaches_the_model_as_a_data_address(modelled, openai):
    """What was uploaded is read from the store and given as base64, in the form of the API, beside the question."""
    openai.say("[[conversation]]\nYour picture is one pixel.")
    attachment = await uploaded(modelled.reader, PNG, name="pixel.png", mime_type="image/png")
    told = await modelled.reader.ask("What do you see?", attachments=[attachment])

    assert told.errors == []
    assert pictures(openai.requests[0]) == ["data:image/png;base64," + base64.b64encode(PNG).decode()]
    assert openai.requests[0].instructions == prompt.instructions()
    assert told.text == "Your picture is one pixel."


async def test_5_without_a_model_that_sees_the_reader_is_told(visit):
    """The embedded model reads words alone, and says so instead of guessing."""
    attachment = await uploaded(visit.reader, PNG, name="pixel.png", mime_type="image/png")
    told = await visit.reader.ask("What do you see in this picture?", attachments=[attachment])

    assert told.errors == []
    assert "pixel.png" in told.text
    assert "without a language model I cannot read images" in told.text


# Server specification, acceptance test 6: error handling


def moved(data_dir, target):
    """Moves the database with the files SQLite keeps beside it."""
    target.mkdir(exist_ok=True)
    for file in data_dir.glob("*.db*"):
        shutil.move(file, target / file.name)


async def test_6_a_database_that_fails_is_told_and_logged_and_recovered_from(index_dir, tmp_path):
    """The real server process: words and a status for the reader, the request's id in the log, all else goes on."""
    data_dir = copied(index_dir, tmp_path)
    with served.server(BOOK, data_dir) as address:
        async with browser(address) as reader:
            before = await reader.ask("What is ROS 2?")
            moved(data_dir, tmp_path / "away")
            body = {"type": "threads.list", "params": {}}
            refused = await reader.http.post("/chatkit", json=body, headers={"x-request-id": "acceptance-test-6"})
            others = [(await reader.http.get(path)).status_code for path in ("/", "/health")]
            moved(tmp_path / "away", data_dir)
            after = await reader.ask("And what is a node?", thread=before.thread_id)
    log = (tmp_path / "server.log").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in log if "acceptance-test-6" in line]

    assert refused.status_code == 503
    assert "try again" in refused.json()["detail"].lower()
    assert not any(word in refused.text for word in ("Traceback", "sqlite", str(tmp_path)))
    assert others == [200, 200]
    assert any(line["level"] in {"warning", "error"} for line in told)
    assert after.errors == []
