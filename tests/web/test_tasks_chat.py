"""The chat of readers by name, over HTTP: the same conversations as ChatKit's, for nobody but the one who is named."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import jwt
import pytest
from tests.admitted import SECRET, by, door
from tests.chatkit_client import ChatKit
from tests.chatkit_house import house
from tests.databases import PATIENCE
from tests.scripted_tutor import ScriptedTutor

from pageside.answer.planner.orchestrating import Orchestrator
from pageside.conversation.earlier import Earlier
from pageside.errors import ModelUnavailable
from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.engine import Database
from pageside.tasks.board_sql import SqlTaskBoard
from pageside.tasks.task import Details
from pageside.web import limiting

# Names that tokens give their readers.
NAMES = [
    "ada",
    "auth0|64a7f",
    "https://login.example/users/7",
    "Größe ünd 李 🥛",
    "ada@school.example",
    "a b%2Fc",
    "../../etc/passwd",
    "a?b#c",
    "' OR '1'='1",
    "conversations",
    "me/chat",
]


@pytest.fixture
async def home(tmp_path, store_url):
    database = await Database.open(store_url, prepare=migrate.upgrade, busy_timeout=PATIENCE)
    answerer = Orchestrator(ScriptedTutor(), SqlTaskBoard(database), earlier=Earlier(database))
    async with house(tmp_path, answerer, store_url=store_url) as opened:
        yield opened
    await database.aclose()


@pytest.fixture
async def locked(tmp_path, store_url):
    """The whole application, for readers with a token."""
    async with door(tmp_path, store_url=store_url, auth_mode="jwt", jwt_secret=SECRET) as opened:
        yield opened


def token(subject, **claims):
    return jwt.encode({"sub": subject, "exp": 4_000_000_000, **claims}, SECRET, algorithm="HS256")


async def say(client, text="What is a servo?", *, user="ada", status=200, headers=None, **fields):
    response = await client.http.post(
        f"/api/{quote(user, safe='')}/chat", json={"message": text, **fields}, headers=headers
    )
    assert response.status_code == status, response.text
    assert response.headers["cache-control"] == "no-store"
    return response.json()


async def listed(client, user="ada", status=200, **params):
    response = await client.http.get(f"/api/{quote(user, safe='')}/conversations", params=params)
    assert response.status_code == status, response.text
    return response.json()


async def titles(home, reader="ada"):
    async with SqlTaskBoard(home.database).reading(Reader(reader)) as board:
        return [(each.number, each.title, each.status) for each in await board.tasks()]


async def test_a_question_to_the_book_has_the_promised_fields(ada):
    """And no others."""
    answer = await say(ada)

    assert answer.pop("conversation_id").startswith("thr_")
    assert answer == {
        "response": "A servo holds an angle [1].",
        "tool_calls": [],
        "success": True,
        "needs_clarification": False,
    }


async def test_what_is_done_is_told_with_the_tools_that_did_it(home, ada):
    """Several acts of a message in their order, each with what the tool gave."""
    answer = await say(ada, "add buy milk and add call mum")
    first, second = answer.pop("tool_calls")
    done = await say(ada, "mark 2 as done", conversation_id=answer["conversation_id"])

    assert answer.pop("conversation_id") == done["conversation_id"]
    assert answer == {
        "response": "✅ Task #1 created: **Buy milk**\n\n✅ Task #2 created: **Call mum**",
        "success": True,
        "needs_clarification": False,
    }
    assert first.keys() == {"name", "arguments", "result"}
    assert (first["name"], first["arguments"]) == ("add_task", {"title": "Buy milk"})
    assert first["result"]["task_id"] == 1
    assert second["result"]["task"]["title"] == "Call mum"
    assert [call["name"] for call in done["tool_calls"]] == ["complete_task"]
    assert await titles(home) == [(1, "Buy milk", "pending"), (2, "Call mum", "completed")]


async def test_who_is_asked_back_answers_with_the_next_message(home, ada):
    """The choices are numbered in the text, no form is left open in the conversation, and nothing changes before."""
    for title in ("buy oat milk", "milk the cow"):
        await say(ada, f"add {title}")
    asked = await say(ada, "delete the milk task")
    before = await titles(home)
    done = await say(ada, "the second", conversation_id=asked["conversation_id"])
    kinds = {item["type"] for item in await ada.items(asked["conversation_id"])}

    assert asked["needs_clarification"]
    assert asked["success"]
    assert asked["tool_calls"] == []
    assert asked["response"].splitlines() == [
        "🤔 Which task shall I delete?",
        "1. #1 **Buy oat milk**",
        "2. #2 **Milk the cow**",
    ]
    assert len(before) == 2
    assert not done["needs_clarification"]
    assert await titles(home) == [(1, "Buy oat milk", "pending")]
    assert "structured_input" not in kinds


async def test_a_chatkit_client_without_forms_is_asked_in_words(home, ada):
    """As its metadata says; others get the form."""
    for title in ("buy oat milk", "milk the cow"):
        await say(ada, f"add {title}")
    words = await ada.ask("delete the milk task", metadata={"forms": False})
    form = await ada.ask("delete the milk task")

    assert words.text.startswith("🤔 ")
    assert {item["type"] for item in await ada.items(words.thread_id)} == {"user_message", "assistant_message"}
    assert "structured_input" in {item["type"] for item in await ada.items(form.thread_id)}


async def test_what_cannot_be_done_is_no_success(home, ada):
    """It says why, and nothing of the message was done."""
    await say(ada, "add buy milk")
    answer = await say(ada, "mark 1 done and delete 99")

    assert not answer["success"]
    assert answer["response"].startswith("❌ ")
    assert "#99" in answer["response"]
    assert await titles(home) == [(1, "Buy milk", "pending")]


async def test_today_is_where_the_reader_says_they_are(home, ada):
    """A zone that nobody knows is passed over."""
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Mars/Olympus", None):
        await say(ada, "add buy milk for tomorrow", timezone=zone)
    async with SqlTaskBoard(home.database).reading(Reader("ada")) as board:
        east, west, unknown, unsaid = [each.due for each in await board.tasks()]

    assert (east - west).days in {1, 2}  # they are 25 hours apart: for one hour of the day it is two dates
    assert unknown == unsaid


async def test_a_conversation_is_one_of_chatkits(ada):
    """Begun here it goes on there, and the other way round; the list has both, with three fields each."""
    begun = (await say(ada))["conversation_id"]
    there = await ada.ask("And a motor?", thread=begun)
    other = await ada.ask("What is a gear?")
    here = await say(ada, "And a motor?", conversation_id=other.thread_id)
    found = (await listed(ada))["conversations"]

    assert there.answer["thread_id"] == begun
    assert here["conversation_id"] == other.thread_id
    assert [row["id"] for row in found] == [other.thread_id, begun]
    assert {tuple(row) for row in found} == {("id", "title", "created_at")}
    assert [row["title"] for row in found] == ["What is a gear?", "What is a servo?"]
    assert (await listed(ada, limit=1, offset=1))["conversations"] == found[1:]


async def test_a_conversation_that_is_not_there_is_not_begun(home, ada):
    """Unknown, of another reader, of another organisation, or deleted: not found, in the same words."""
    gone = (await say(ada))["conversation_id"]
    await ada.call("threads.delete", thread_id=gone)
    async with home.client("eve") as eve, home.client("ada", "college") as twin:
        theirs = [(await say(eve, user="eve"))["conversation_id"], (await say(twin))["conversation_id"]]
    refused = [
        await say(ada, "add buy milk", conversation_id=each, status=404)
        for each in ("thr_no", "x" * 200, gone, *theirs)
    ]

    assert {problem["code"] for problem in refused} == {"not_found"}
    assert (await listed(ada))["conversations"] == []
    assert await titles(home) == []


async def test_the_same_request_sent_again_is_done_once(home, ada):
    """And answered the same, with what the tools gave; from what is stored, too."""
    key = {"Idempotency-Key": "once"}
    first = await say(ada, "add buy milk", headers=key)
    again = await asyncio.gather(*(say(ada, "add buy milk", headers=key) for _ in range(3)))
    other = await say(ada, "add buy bread", headers=key, status=422)

    assert again == [first] * 3
    assert other["code"] == "key_reused"
    assert await titles(home) == [(1, "Buy milk", "pending")]


async def test_many_at_once_have_one_order(home, ada):
    """Each in a conversation of its own: every number is given once."""
    answers = await asyncio.gather(*(say(ada, f"add task number {word}") for word in "abcdefgh"))

    numbers = [call["result"]["task_id"] for answer in answers for call in answer["tool_calls"]]
    assert sorted(numbers) == list(range(1, 9))
    assert len({answer["conversation_id"] for answer in answers}) == 8


async def test_a_long_list_is_kept_in_part(home, ada):
    """The text has its beginning, and what a tool gave is kept up to its limit."""
    async with SqlTaskBoard(home.database).work(Reader("ada")) as board:
        for number in range(300):
            await board.add(Details(title=f"Task {number}", description="x" * 300))
    answer = await say(ada, "what's on my list?")

    assert answer["response"].startswith("📋 300 tasks")
    assert answer["tool_calls"][0]["result"].keys() == {"omitted"}


async def test_an_answer_that_fails_is_a_problem(tmp_path, store_url):
    """With a status, and words for the reader."""
    tutor = ScriptedTutor(failure=ModelUnavailable("The model is silent."), fail_at=5)
    async with house(tmp_path, tutor, store_url=store_url) as home, home.client("ada") as ada:
        told = await say(ada, status=503)

    assert (told["code"], told["retryable"]) == ("answer_failed", True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"message": ""}, 422),
        ({"message": " \n"}, 422),
        ({"message": 5}, 422),
        ({"message": None}, 422),
        ({"message": "x" * 100_000}, 413),
        ({"message": "add milk", "conversation_id": 7}, 422),
        ({"message": "add milk", "conversation_id": "x" * 201}, 422),
        ({"message": "add milk", "timezone": ["UTC"]}, 422),
        ([], 422),
        ("add milk", 422),
    ],
)
async def test_a_body_that_cannot_be_meant_is_refused(home, ada, body, status):
    """Before a conversation begins."""
    refused = await ada.http.post("/api/ada/chat", json=body)

    assert refused.status_code == status, refused.text
    assert refused.headers["content-type"] == "application/problem+json"
    assert (await listed(ada))["conversations"] == []
    assert await titles(home) == []


@pytest.mark.parametrize("name", NAMES)
async def test_a_reader_may_have_any_name(locked, name):
    """As addresses write it; nobody else's address is theirs."""
    place = f"/api/{quote(name, safe='')}"
    async with locked.client(**by(token(name))) as client:
        asked = await client.post(f"{place}/chat", json={"message": "add buy milk"})
        shown = await client.get(f"{place}/conversations")
    async with locked.client(**by(token(f"not {name}"))) as client:
        foreign = [
            await client.post(f"{place}/chat", json={"message": "delete task 1"}),
            await client.get(f"{place}/conversations"),
        ]

    assert asked.json()["response"] == "✅ Task #1 created: **Buy milk**"
    assert [row["id"] for row in shown.json()["conversations"]] == [asked.json()["conversation_id"]]
    assert [each.status_code for each in foreign] == [403, 403]


@pytest.mark.parametrize("given", ["", "no token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ."])
async def test_without_a_token_nobody_is_answered(locked, given):
    """Whoever the address names."""
    async with locked.client(**(by(given) if given else {})) as client:
        asked = await client.post("/api/ada/chat", json={"message": "add buy milk"})
        shown = await client.get("/api/ada/conversations")

    assert (asked.status_code, shown.status_code) == (401, 401)
    assert asked.headers["www-authenticate"].startswith("Bearer")
    assert asked.headers["content-type"] == "application/problem+json"


async def test_the_name_in_the_address_is_that_of_the_token(locked):
    """Another's is refused, in the same words whether there is one or not, and nothing is done."""
    async with locked.client(**by(token("ada"))) as client:
        mine = await client.post("/api/ada/chat", json={"message": "add buy milk"})
        told = []
        for name in ("eve", "nobody"):
            asked = await client.post(f"/api/{name}/chat", json={"message": "add buy bread"})
            shown = await client.get(f"/api/{name}/conversations")
            assert (asked.status_code, shown.status_code) == (403, 403)
            told += [each.json()["detail"].replace(name, "") for each in (asked, shown)]
        list_of_tasks = await client.post("/api/ada/chat", json={"message": "what's on my list?"})
    async with locked.client(**by(token("eve"))) as client:
        hers = await client.post("/api/eve/chat", json={"message": "what's on my list?"})

    assert mine.json()["success"]
    assert len(set(told)) == 1
    assert list_of_tasks.json()["response"].splitlines()[1:] == ["- [ ] #1 **Buy milk**"]
    assert "milk" not in hers.text


async def test_a_reader_who_is_called_as_the_other_api_is(locked):
    """Their conversations are theirs; at the address of both chats the other one stands, and says which it is."""
    async with locked.client(**by(token("chatkit"))) as client:
        begun = await client.post("/api/chatkit/chat", json={"message": "add buy milk"})
        confused = await client.post("/api/chatkit/chat", json={"message": "add buy milk", "conversation_id": "thr_x"})
        shown = await client.get("/api/chatkit/conversations")
    async with locked.client(**by(token("ada"))) as client:
        foreign = await client.get("/api/chatkit/conversations")

    assert begun.json()["answer"] == "✅ Task #1 created: **Buy milk**"
    assert confused.status_code == 422
    assert "thread_id" in confused.json()["detail"]
    assert [row["id"] for row in shown.json()["conversations"]] == [begun.json()["thread_id"]]
    assert foreign.status_code == 403


async def test_a_guest_uses_the_name_they_were_given(tmp_path, store_url):
    """Who has none yet is told theirs with the refusal, and their browser keeps it."""
    async with door(tmp_path, store_url=store_url) as opened, opened.client() as client:
        first = await client.get("/api/somebody/conversations")
        name = first.json()["detail"].rpartition("you are '")[2].partition("'")[0]
        shown = await client.get(f"/api/{name}/conversations")
        asked = await client.post(f"/api/{name}/chat", json={"message": "add buy milk"})
        there = await ChatKit(client).threads()

    assert first.status_code == 403
    assert shown.json() == {"conversations": []}
    assert asked.json()["response"] == "✅ Task #1 created: **Buy milk**"
    assert [thread["id"] for thread in there] == [asked.json()["conversation_id"]]


@pytest.mark.parametrize("path", ["/api/ada/chat", "/api/https%3A%2F%2Flogin.example%2F7/chat", "/api/chatkit/chat"])
def test_a_message_is_counted_as_one(path):
    """Against the limits of chatting, whoever's name stands there."""
    assert limiting.kind({"method": "POST", "path": path.replace("%3A", ":").replace("%2F", "/")}) == "chat"
    assert limiting.kind({"method": "GET", "path": "/api/ada/conversations"}) == "other"


async def test_other_methods_are_refused_with_those_there_are(locked):
    """As everywhere in the API."""
    async with locked.client(**by(token("ada"))) as client:
        answers = [
            await client.put("/api/ada/chat", json={}),
            await client.delete("/api/ada/conversations"),
            await client.post("/api/ada/conversations", json={}),
        ]

    assert [each.status_code for each in answers] == [405, 405, 405]
    assert [each.headers["allow"] for each in answers] == ["POST", "GET", "GET"]
