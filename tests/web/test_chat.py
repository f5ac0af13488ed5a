"""The REST chat API over HTTP: asked, looked back at and deleted, on the same conversations as ChatKit."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from tests.chatkit_client import message
from tests.chatkit_house import browser, house, served
from tests.scripted_tutor import OTHER, PASSAGE, ScriptedTutor, asked_back, citation, said, searched

from pageside.errors import ModelUnavailable

API = "/api/chatkit"


@dataclass(slots=True)
class Heard:
    """A stream of events, with the lines between them that are none."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    comments: int = 0

    @property
    def names(self) -> list[str]:
        """The events' names, each run of deltas once."""
        found: list[str] = []
        for name, _ in self.events:
            if not found or found[-1] != name:
                found.append(name)
        return found

    def of(self, name: str) -> list[dict[str, Any]]:
        return [document for told, document in self.events if told == name]


def heard(text: str) -> Heard:
    """The events of a whole stream."""
    found = Heard()
    for frame in text.split("\n\n"):
        if frame.startswith(":"):
            found.comments += 1
        elif frame:
            name, _, told = frame.partition("\n")
            assert name.startswith("event: "), frame
            assert told.startswith("data: "), frame
            assert "\n" not in told
            found.events.append((name[7:], json.loads(told[6:])))
    return found


async def ask(client, text="What is a servo?", *, status=200, headers=None, **fields):
    response = await client.http.post(f"{API}/chat", json={"message": text, **fields}, headers=headers)
    assert response.status_code == status, response.text
    assert response.headers["cache-control"] == "no-store"
    return response.json()


async def stream(client, text="What is a servo?", **fields):
    response = await client.http.post(f"{API}/chat", json={"message": text, "stream": True, **fields})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.headers["cache-control"] == "no-store, no-transform"
    assert response.headers["x-accel-buffering"] == "no"
    return heard(response.text)


async def read(client, thread_id, **params):
    response = await client.http.get(f"{API}/threads/{thread_id}/messages", params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def listed(client, user="ada", **params):
    response = await client.http.get(f"{API}/threads/{user}", params=params)
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_question_is_answered_whole(ada):
    """With the fields that were promised, each as the answer's record knows it."""
    answer = await ask(ada, user_id="ada")

    assert answer.pop("thread_id").startswith("thr_")
    assert answer.pop("record")["item_id"] == answer.pop("message_id")
    assert answer == {
        "answer": "A servo holds an angle [1].",
        "sources": [
            {
                "type": "textbook",
                "marker": 1,
                "module": "Module 1",
                "week": "",
                "file": "motors/servo.md",
                "title": "Motors",
                "section": "Servo motors",
                "url": "http://book.test/docs/motors/servo#servo-motors:~:text=quote",
                "quote": "A servo holds an angle.",
                "relevance_score": 0.9,
                "now": None,
            }
        ],
        "role": "assistant",
        "confidence": 0.75,
        "outcome": "answered",
        "status": "completed",
        "needs_clarification": False,
        "options": [],
        "notices": [],
        "library_docs": "not_asked",
    }


async def test_a_question_is_answered_as_it_is_made(ada):
    """The promised events in their order; the pieces joined are the whole."""
    told = await stream(ada)
    (created,), (completed,), (ended,) = (
        told.of(name) for name in ("thread.created", "thread.message.completed", "thread.run.completed")
    )
    deltas = told.of("thread.message.delta")

    assert told.names == [
        "thread.created",
        "thread.message.delta",
        "thread.message.completed",
        "thread.run.completed",
    ]
    assert created == {"thread_id": ended["thread_id"], "user_id": "ada"}
    assert {delta["role"] for delta in deltas} == {"assistant"}
    assert len(deltas) > 1
    assert "".join(delta["delta"] for delta in deltas) == completed["content"] == "A servo holds an angle [1]."
    assert [source["relevance_score"] for source in completed["sources"]] == [0.9]
    assert (completed["confidence"], completed["outcome"]) == (0.75, "answered")
    assert ended["status"] == "completed"


async def test_a_conversation_goes_on_in_either_door(home, ada):
    """Begun by REST, it goes on in ChatKit, and back; everybody sees all of it, and the tutor its history."""
    first = await ask(ada, "What is a servo?")
    second = await ada.ask("And a stepper?", thread=first["thread_id"])
    third = await stream(ada, "Which is cheaper?", thread_id=first["thread_id"])
    begun = await ada.ask("Begun in ChatKit")
    answered = await ask(ada, "and here", thread_id=begun.thread_id)
    rows = (await read(ada, first["thread_id"]))["messages"]
    items = [item for item in await ada.items(first["thread_id"]) if item["type"].endswith("message")]

    assert second.errors == []
    assert third.names == ["thread.message.delta", "thread.message.completed", "thread.run.completed"]
    assert third.of("thread.run.completed")[0]["thread_id"] == first["thread_id"]
    assert answered["thread_id"] == begun.thread_id
    assert [row["role"] for row in rows] == ["user", "assistant"] * 3
    assert [row["id"] for row in rows] == [item["id"] for item in items]
    assert rows[1]["sources"] == first["sources"]
    assert rows[0]["content"] == "What is a servo?"
    assert [message.text for message in home.tutor.questions[2].history][::2] == ["What is a servo?", "And a stepper?"]
    assert (await ada.call("threads.get_by_id", thread_id=first["thread_id"]))["title"] == "What is a servo?"


async def test_what_the_page_says_travels_with_the_message(home, ada):
    """Selection, page, reader and filters reach the tutor as they do from ChatKit; the quote is kept."""
    answer = await ask(
        ada,
        "Explain this",
        selected_text="holds an angle",
        page_context={
            "url": "/motors",
            "title": "Motors",
            "path": "motors.md",
            "headings": ["A", {"text": "B"}],
            "x": 1,
        },
        user_info={"name": "Ada", "hardwareTier": 2, "unheard": "of"},
        filters={"module": "Module 1"},
        another=[1],
    )
    question = home.tutor.questions[0]

    assert question.selected_text == "holds an angle"
    assert (question.page.url, question.page.title, question.page.path) == ("/motors", "Motors", "motors.md")
    assert question.page.headings == ("A", "B")
    assert question.profile == {"name": "Ada", "hardwareTier": "2"}
    assert question.filters == {"module": "Module 1"}
    assert (await read(ada, answer["thread_id"]))["messages"][0]["selected_text"] == "holds an angle"


async def test_library_docs_are_asked_for_and_honestly_not_there(ada):
    """The wish is taken, and the answer says what became of it, whole or streamed."""
    whole = await ask(ada, use_library_docs=True)
    told = await stream(ada, use_library_docs=True)

    assert whole["library_docs"] == "not_available"
    assert told.of("thread.message.completed")[0]["library_docs"] == "not_available"


async def test_the_reader_is_asked_back_in_text(home, ada):
    """A question that points nowhere is answered with a question, and what may be chosen; the next message goes on."""
    home.tutor.script = asked_back("Servo *motors*", "Stepper motors")
    whole = await ask(ada, "Explain this")
    told = await stream(ada, "Explain that")
    home.tutor.script = None
    answered = await ask(ada, "Stepper motors", thread_id=whole["thread_id"])
    rows = (await read(ada, whole["thread_id"]))["messages"]

    assert whole["needs_clarification"] is True
    assert whole["options"] == ["Servo *motors*", "Stepper motors"]
    assert whole["answer"].startswith(
        "Which part of the book do you mean?\n\n- Servo \\*motors\\*\n- Stepper motors\n\n"
    )
    assert (whole["outcome"], whole["confidence"], whole["sources"]) == ("conversation", None, [])
    assert told.of("thread.message.delta")[0]["delta"] == whole["answer"]
    assert told.of("thread.message.completed")[0]["options"] == whole["options"]
    assert answered["outcome"] == "answered"
    assert [row["content"] for row in rows][:3] == ["Explain this", whole["answer"], "Stepper motors"]
    assert len(rows) == 4


async def test_a_failure_is_told(home, ada):
    """As an `error` event in a stream and as a problem otherwise; what was said before is kept."""
    home.tutor.failure, home.tutor.fail_at = ModelUnavailable("The model is silent. Try again."), 5
    told = await stream(ada)
    problem = await ask(ada, status=503)
    (thread, _) = (await listed(ada))["threads"]
    rows = (await read(ada, thread["id"]))["messages"]

    assert told.names == ["thread.created", "thread.message.delta", "thread.message.completed", "error"]
    assert told.of("error") == [
        {"code": "answer_failed", "message": "The model is silent. Try again.", "retryable": True}
    ]
    assert (problem["code"], problem["detail"], problem["retryable"]) == (
        "answer_failed",
        "The model is silent. Try again.",
        True,
    )
    assert rows[1]["content"] == "A servo holds an angle [1]"
    assert [(source["type"], source["relevance_score"]) for source in rows[1]["sources"]] == [("textbook", None)]


async def test_a_failure_without_words_says_nothing_of_its_inside(home, ada):
    """An error that nobody foresaw is in the log, and the reader gets an apology."""
    home.tutor.failure, home.tutor.fail_at = RuntimeError("at /srv/secret.py"), 0
    told = await stream(ada)
    problem = await ask(ada, status=503)

    assert "secret" not in json.dumps(told.events) + json.dumps(problem)
    assert told.names == ["thread.created", "error"]


REFUSED = {
    "no message": ({}, 422, "message"),
    "an empty message": ({"message": " "}, 422, "empty"),
    "too long a message": ({"message": "x" * 8001}, 413, "8001"),
    "a message that is no text": ({"message": {"text": "x"}}, 422, "message"),
    "half a character": ({"message": "a\ud800"}, 422, "half a character"),
    "half a character in a selection": ({"message": "a", "selected_text": "\udfff"}, 422, "half a character"),
    "half a character in a label": ({"message": "a", "filters": {"\ud800": "b"}}, 422, "half a character"),
    "half a character in a name": ({"message": "a", "filters": {"\ud800": 7}}, 422, "filters"),
    "half a character in a thread": ({"message": "a", "thread_id": "\ud800"}, 422, "thread_id"),
    "an unknown thread": ({"message": "a", "thread_id": "thr_none"}, 404, "thr_none"),
    "another reader": ({"message": "a", "user_id": "eve"}, 404, "eve"),
    "nobody": ({"message": "a", "user_id": ""}, 404, ""),
    "another reader, of half a character": ({"message": "a", "user_id": "\ud800"}, 422, "user_id"),
    "a stream that is no yes or no": ({"message": "a", "stream": "perhaps"}, 422, "stream"),
    "a stream that is a number": ({"message": "a", "stream": 0}, 422, "stream"),
    "a page that is none": ({"message": "a", "page_context": "/motors"}, 422, "page_context"),
    "too many labels": ({"message": "a", "filters": {str(n): "x" for n in range(11)}}, 422, "filters"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("streamed", [False, True])
async def test_what_cannot_be_answered_is_refused_before_it_streams(home, ada, case, streamed):
    """With a status, a problem document and words; nothing is kept."""
    body, status, word = REFUSED[case]
    content = json.dumps({"stream": streamed, **body}).encode()
    response = await ada.http.post(f"{API}/chat", content=content, headers={"content-type": "application/json"})

    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert word in response.json()["detail"]
    assert home.tutor.questions == []
    assert (await listed(ada)) == {"threads": [], "total": 0}


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[]", 422),
        (b"null", 422),
        (b'"\xff"', 400),
        (b'{"message": "\xff"}', 400),
        (b'{"message": NaN}', 422),
        (b"[" * 1000, 422),
        (b'{"message": "' + b"x" * 1_000_000 + b'"}', 413),
    ],
)
async def test_a_body_that_is_none_is_refused(ada, content, status):
    """Never with an error of the server's own."""
    response = await ada.http.post(f"{API}/chat", content=content, headers={"content-type": "application/json"})

    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_request_is_carried_out_once_under_its_key(home, ada):
    """Sent again, it is the same answer, whole or streamed; another request under the key is refused."""
    key = {"Idempotency-Key": "k-1"}
    first = await ask(ada, headers=key)
    again = await ask(ada, headers=key)
    streamed = await ada.http.post(f"{API}/chat", json={"message": "What is a servo?", "stream": True}, headers=key)
    other = await ask(ada, "Another", status=422, headers=key)
    told = heard(streamed.text)

    assert again == first
    assert len(home.tutor.questions) == 1
    assert told.of("thread.created")[0]["thread_id"] == first["thread_id"]
    assert told.of("thread.message.completed")[0]["content"] == first["answer"]
    assert other["code"] == "key_reused"
    assert (await listed(ada))["total"] == 1


async def test_a_repeated_answer_is_told_from_the_store(tmp_path, store_url):
    """By a server that never made it: the same words, the same sources."""
    key = {"Idempotency-Key": "k-1"}
    async with house(tmp_path, store_url=store_url) as home, home.client() as ada:
        first = await ask(ada, headers=key)
    async with house(tmp_path, store_url=store_url) as home, home.client() as ada:
        again = await ask(ada, headers=key)
        response = await ada.http.post(f"{API}/chat", json={"message": "What is a servo?", "stream": True}, headers=key)
        told = heard(response.text)

        assert again == first
        assert home.tutor.questions == []
        assert "".join(delta["delta"] for delta in told.of("thread.message.delta")) == first["answer"]


async def test_a_conversation_answers_one_message_at_a_time(tmp_path, store_url):
    """A second one meanwhile is told to wait, and when to come again."""
    tutor = ScriptedTutor(pause_before=3)
    async with house(tmp_path, tutor, store_url=store_url) as home, home.client() as ada:
        asking = asyncio.create_task(ask(ada, "first"))
        await tutor.paused.wait()
        (thread,) = (await listed(ada))["threads"]
        response = await ada.http.post(f"{API}/chat", json={"message": "second", "thread_id": thread["id"]})
        tutor.resume.set()
        answer = await asking

        assert (response.status_code, response.json()["code"]) == (409, "thread_busy")
        assert int(response.headers["retry-after"]) > 0
        assert answer["status"] == "completed"


@pytest.mark.parametrize("streamed", [True, False])
async def test_a_client_that_leaves_stops_the_answer(tmp_path, store_url, streamed):
    """The model is stopped, and what was said is kept."""
    tutor = ScriptedTutor(pause_before=4)
    async with (
        house(tmp_path, tutor, store_url=store_url) as home,
        served(home.app) as address,
        browser(address) as ada,
    ):
        asking = asyncio.create_task(
            ada.http.post(f"{API}/chat", json={"message": "What is a servo?", "stream": streamed})
        )
        await tutor.paused.wait()
        asking.cancel()
        await tutor.left.wait()
        (thread,) = (await listed(ada))["threads"]
        await home.server._runs.stop(thread["id"])
        rows = (await read(ada, thread["id"]))["messages"]

    assert rows[1]["content"].startswith("A servo holds ")


async def test_an_answer_that_is_stopped_says_so(tmp_path, store_url):
    """Stopped from another door, the answer ends with what was said, and says that it is not whole."""
    tutor = ScriptedTutor(pause_before=4)
    async with (
        house(tmp_path, tutor, store_url=store_url) as home,
        served(home.app) as address,
        browser(address) as ada,
    ):
        whole = asyncio.create_task(ask(ada))
        await tutor.paused.wait()
        await home.server._runs.stop((await listed(ada))["threads"][0]["id"])
        answer = await whole
        tutor.paused.clear()
        streaming = asyncio.create_task(stream(ada))
        await tutor.paused.wait()
        await home.server._runs.stop((await listed(ada))["threads"][0]["id"])
        told = await streaming

    assert (answer["status"], answer["outcome"], answer["confidence"]) == ("stopped", None, None)
    assert answer["answer"].startswith("A servo holds ")
    assert told.names[-2:] == ["thread.message.completed", "thread.run.completed"]
    assert told.of("thread.run.completed")[0]["status"] == "stopped"


async def test_a_deleted_conversation_ends_its_answer(tmp_path, store_url):
    """Deleted while it answers: the stream ends, and nothing is left."""
    tutor = ScriptedTutor(pause_before=4)
    async with (
        house(tmp_path, tutor, store_url=store_url) as home,
        served(home.app) as address,
        browser(address) as ada,
    ):
        streaming = asyncio.create_task(stream(ada))
        await tutor.paused.wait()
        (thread,) = (await listed(ada))["threads"]
        gone = await ada.http.delete(f"{API}/threads/{thread['id']}")
        told = await streaming
        after = await listed(ada)

    assert gone.json() == {"deleted": True}
    assert told.names[0] == "thread.created"
    assert after == {"threads": [], "total": 0}


async def test_conversations_are_listed(ada):
    """Those last written in first, counted as their messages are read; pages by offset, and how many in all."""
    first = await ask(ada, "first")
    second = await ask(ada, "second")
    third = await ask(ada, "third")
    await ask(ada, "more", thread_id=first["thread_id"])
    page = await listed(ada, limit=2)
    rest = await listed(ada, limit=2, offset=2)
    beyond = await listed(ada, offset=3)

    assert [row["id"] for row in page["threads"]] == [first["thread_id"], third["thread_id"]]
    assert [row["message_count"] for row in page["threads"]] == [4, 2]
    assert [row["id"] for row in rest["threads"]] == [second["thread_id"]]
    assert {page["total"], rest["total"], beyond["total"]} == {3}
    assert beyond["threads"] == []
    assert set(page["threads"][0]) == {"id", "title", "created_at", "updated_at", "message_count"}
    assert page["threads"][0]["title"] == "First"
    assert page["threads"][0]["created_at"].endswith("Z")
    assert page["threads"][0]["created_at"] < page["threads"][0]["updated_at"]


@pytest.mark.parametrize("name", ["https://id.example.org/users/7", "auth0|7", "Ada Lovelace", "a/b", "messages"])
async def test_a_reader_of_any_name_finds_their_conversations(home, name):
    """Also one whose name has slashes, as the subjects of some tokens do; nobody else does."""
    place = f"{API}/threads/{quote(name, safe='')}"
    async with home.client(name) as client, home.client("eve") as eve:
        thread = (await ask(client, user_id=name))["thread_id"]
        found = await client.http.get(place)
        other = await eve.http.get(place)

    assert [row["id"] for row in found.json()["threads"]] == [thread]
    assert other.status_code == 404


@pytest.mark.parametrize(
    "params", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"offset": -1}, {"offset": 10**30}, {"offset": "1.5"}]
)
async def test_a_page_that_cannot_be_is_refused(ada, params):
    """With words that name the parameter."""
    response = await ada.http.get(f"{API}/threads/ada", params=params)

    assert response.status_code == 422
    assert next(iter(params)) in response.json()["detail"]


async def test_messages_are_read_page_by_page_while_more_come(home, ada):
    """Whatever is added or taken away meanwhile, none is skipped and none comes twice; the last page says so."""
    first = await ask(ada, "number 0")
    thread = first["thread_id"]
    for number in range(1, 4):
        await ask(ada, f"number {number}", thread_id=thread)
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = await read(ada, thread, limit=3, cursor=cursor)
        seen += [row["id"] for row in page["messages"]]
        cursor = page["next_cursor"]
        if len(seen) == 3:
            await ask(ada, "meanwhile", thread_id=thread)
    everything = (await read(ada, thread, limit=100))["messages"]

    assert seen == [row["id"] for row in everything]
    assert len(seen) == len(set(seen)) == 10
    assert (await listed(ada))["threads"][0]["message_count"] == 10


async def test_a_cursor_outlives_the_message_it_names(ada):
    """An answer that was tried again is another, and its page goes on behind the place where it was."""
    first = await ask(ada, "one")
    thread = first["thread_id"]
    await ask(ada, "two", thread_id=thread)
    page = await read(ada, thread, limit=2)
    question = page["messages"][0]["id"]
    await ada.send("threads.retry_after_item", thread_id=thread, item_id=question)
    rest = await read(ada, thread, cursor=page["next_cursor"])

    assert first["message_id"] not in [row["id"] for row in rest["messages"]]
    assert [row["role"] for row in rest["messages"]] == ["assistant"]


@pytest.mark.parametrize("cursor", ["x", "123", "~", "~-1", "a~1e9", "a~" + "9" * 19, "a~\u0664", "%00"])
async def test_a_cursor_that_is_none_is_refused(ada, cursor):
    """Rather than answered from the beginning."""
    thread = (await ask(ada))["thread_id"]
    response = await ada.http.get(f"{API}/threads/{thread}/messages", params={"cursor": cursor})

    assert response.status_code == 422
    assert "cursor" in response.json()["detail"]


async def test_hidden_items_and_what_chatkit_shows_beside_are_no_messages(home, ada):
    """Neither searches nor widgets nor what only the server may see."""
    home.tutor.script = [*searched("x", PASSAGE, OTHER), *said("Not here.", outcome="not_in_book")]
    told = await ask(ada, "What is love?")
    kinds = {item["type"] for item in await ada.items(told["thread_id"])}
    rows = (await read(ada, told["thread_id"]))["messages"]

    assert "workflow" in kinds
    assert [row["role"] for row in rows] == ["user", "assistant"]
    assert told["outcome"] == "not_in_book"


async def test_a_source_is_listed_once_and_found_by_its_marker(home, ada):
    """However often the text names it; several are in the order of their numbers."""
    home.tutor.script = [
        *searched("x", PASSAGE, OTHER),
        *said("One [1]", citation(1), ", two [2]", citation(2, OTHER), ", one again [1]", citation(1), "."),
    ]
    answer = await ask(ada)

    assert [(source["marker"], source["file"]) for source in answer["sources"]][:2] == [
        (1, "motors/servo.md"),
        (2, "motors/stepper.md"),
    ]


async def test_a_deleted_conversation_is_gone(ada):
    """Once; a second time it is not found, here as in ChatKit."""
    thread = (await ask(ada))["thread_id"]
    first = await ada.http.delete(f"{API}/threads/{thread}")
    second = await ada.http.delete(f"{API}/threads/{thread}")

    assert (first.status_code, first.json()) == (200, {"deleted": True})
    assert second.status_code == 404
    assert (await ada.http.get(f"{API}/threads/{thread}/messages")).status_code == 404
    assert (await ada.send("threads.get_by_id", thread_id=thread)).status_code == 404


async def test_deleting_again_under_the_same_key_says_the_same(ada):
    """A client that lost the answer learns that it is done."""
    thread = (await ask(ada))["thread_id"]
    key = {"Idempotency-Key": "gone"}
    done = [await ada.http.delete(f"{API}/threads/{thread}", headers=key) for _ in range(2)]

    assert [response.json() for response in done] == [{"deleted": True}] * 2


async def test_a_full_conversation_and_too_many_are_refused(tmp_path, store_url):
    """As in ChatKit, with 409 and words."""
    async with house(tmp_path, store_url=store_url, max_messages=2, max_threads=1) as home, home.client() as ada:
        thread = (await ask(ada))["thread_id"]
        last = await ask(ada, "second", thread_id=thread)
        full = await ask(ada, "third", thread_id=thread, status=409)
        another = await ask(ada, status=409)

        assert last["outcome"] == "answered"
        assert full["code"] == "thread_closed"
        assert another["code"] == "too_many_threads"


async def test_a_notice_stands_in_the_answer(tmp_path, store_url):
    """That the conversation is nearly full, for one, whole or streamed."""
    async with house(tmp_path, store_url=store_url, max_messages=3) as home, home.client() as ada:
        thread = (await ask(ada))["thread_id"]
        answer = await ask(ada, "second", thread_id=thread)

        assert [notice["title"] for notice in answer["notices"]] == ["This conversation is nearly full"]
        assert home.tutor.questions


async def test_a_slow_answer_keeps_its_connection(tmp_path):
    """With comments, which are no events."""
    tutor = ScriptedTutor(pause_before=3)
    async with (
        house(tmp_path, tutor, keepalive=timedelta(milliseconds=10)) as home,
        served(home.app) as address,
        browser(address) as ada,
        ada.http.stream("POST", f"{API}/chat", json={"message": "x", "stream": True}) as response,
    ):
        text = ""
        async for piece in response.aiter_text():
            text += piece
            if ": keepalive" in text:
                tutor.resume.set()

    assert heard(text).comments >= 1
    assert heard(text).names[-1] == "thread.run.completed"


async def test_without_the_database_it_says_so(tmp_path):
    """503 on every route, before a byte of any answer."""
    async with house(tmp_path) as home, home.client() as ada:
        thread = (await ask(ada))["thread_id"]
        await home.database.aclose()
        home.path.rename(tmp_path / "away.db")
        answers = [
            await ada.http.post(f"{API}/chat", json={"message": "x"}),
            await ada.http.post(f"{API}/chat", json={"message": "x", "stream": True}),
            await ada.http.get(f"{API}/threads/ada"),
            await ada.http.get(f"{API}/threads/{thread}/messages"),
            await ada.http.delete(f"{API}/threads/{thread}"),
        ]

        assert [response.status_code for response in answers] == [503] * 5
        assert all(int(response.headers["retry-after"]) for response in answers)


async def test_a_file_that_was_sent_in_chatkit_is_named(ada):
    """A message with nothing but files is one all the same."""
    uploaded = await ada.http.post("/chatkit/attachments", files={"file": ("a.txt", b"a servo", "text/plain")})
    told = await ada.send("threads.create", input=message("", attachments=[uploaded.json()["id"]]))
    (thread,) = (await listed(ada))["threads"]
    rows = (await read(ada, thread["id"]))["messages"]

    assert told.status_code == 200
    assert (rows[0]["content"], rows[0]["attachments"]) == ("", ["a.txt"])
