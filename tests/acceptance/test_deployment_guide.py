"""What the deployment guide has an operator type, against a real server: `curl` itself, and what it prints.

The server knows readers by header and listens on loopback, so that whoever names nobody is the reader `test-user`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from tests import served
from tests.acceptance.conftest import BOOK, copied

USER = "test-user"


@pytest.fixture(scope="module")
def api(index_dir, tmp_path_factory) -> Iterator[str]:
    """Where the example book is served to an operator's shell."""
    folder = tmp_path_factory.mktemp("deployed")
    with served.server(BOOK, copied(index_dir, folder), AUTH_MODE="header") as address:
        yield address.replace("127.0.0.1", "localhost")


@pytest.fixture
def shell(api, tmp_path):
    """Runs a command line in which `$API` is the server; gives what it prints."""
    if shutil.which("curl") is None:
        reason = "there is no curl on this machine"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    def run(command: str, **variables: str) -> str:
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=tmp_path,
            env={**os.environ, "API": api, "no_proxy": "localhost", **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def ask(message: str, **fields: Any) -> str:
    """The command that asks `message`, as the guide spells it."""
    body = json.dumps({"message": message, "user_id": USER, **fields}, indent=4)
    return f"curl -X POST $API/api/chatkit/chat -H \"Content-Type: application/json\" -d '{body}'"


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Names and documents of a printed stream."""
    found = re.findall(r"event: (\S+)\ndata: (.+)\n\n", text)
    return [(name, json.loads(document)) for name, document in found]


# Guide, test 1: the health of the backend


def test_1_the_health_check_prints_what_the_guide_expects(shell):
    """Every field with the very words; there may be more."""
    health = json.loads(shell("curl $API/api/chatkit/health | python3 -m json.tool"))

    assert (
        health.items()
        >= {
            "status": "healthy",
            "chatkit_server": "operational",
            "rag_service": "healthy",
            "store": "operational",
        }.items()
    )


# Guide, test 2: an answer at once


def test_2_a_question_is_answered_in_one_piece(shell):
    """With its thread, its words and where they are from."""
    answer = json.loads(shell(ask("What is Physical AI?", stream=False) + " | python3 -m json.tool"))
    (source, *_) = answer["sources"]

    assert answer["thread_id"].startswith("thr_")
    assert answer["role"] == "assistant"
    assert answer["outcome"] == "answered"
    assert "physical" in answer["answer"].lower()
    assert source["type"] == "textbook"
    assert (BOOK / source["file"]).is_file()
    assert re.fullmatch(r"Module \d+", source["module"])
    assert re.fullmatch(r"Week \d+", source["week"])
    assert 0 < source["relevance_score"] <= 1
    assert source["quote"]
    assert source["url"].startswith("http://localhost:")


# Guide, test 3: an answer as it is made


def test_3_a_question_is_answered_as_a_stream(shell):
    """The events in the guide's order; a thing that the book does not have is declined, not made up."""
    told = events(shell(ask("How do I create a PyTorch tensor?", use_library_docs=True, stream=True)))
    names = [name for name, _ in told]
    documents = dict(told)

    assert names[0] == "thread.created"
    assert names[-2:] == ["thread.message.completed", "thread.run.completed"]
    assert set(names[1:-2]) == {"thread.message.delta"}
    assert documents["thread.created"]["user_id"] == USER
    assert documents["thread.run.completed"] == {
        "thread_id": documents["thread.created"]["thread_id"],
        "status": "completed",
    }
    assert (
        "".join(document["delta"] for name, document in told if name == "thread.message.delta")
        == documents["thread.message.completed"]["content"]
    )
    assert documents["thread.message.completed"]["library_docs"] == "not_available"


# Guide, test 4: documentation of libraries


def test_4_library_documentation_is_honestly_not_there(shell):
    """The book answers as far as it does; that nothing else was asked is said, and no source pretends to be it."""
    command = ask("How do I create a ROS2 node?", use_library_docs=True, stream=False)
    answer = json.loads(shell(command + " | python3 -m json.tool"))

    assert answer["library_docs"] == "not_available"
    assert answer["sources"]
    assert {source["type"] for source in answer["sources"]} == {"textbook"}


# Guide, test 5: threads


def test_5_threads_are_listed_read_and_deleted(shell):
    """Each as the guide types it, the thread's id put in from what came before."""
    thread = json.loads(shell(ask("What is Physical AI?")))["thread_id"]
    listed = json.loads(shell(f"curl $API/api/chatkit/threads/{USER} | python3 -m json.tool"))
    read = json.loads(
        shell(f'curl "$API/api/chatkit/threads/{thread}/messages?limit=10" | python3 -m json.tool'),
    )
    deleted = json.loads(shell(f'curl -X DELETE "$API/api/chatkit/threads/{thread}"'))
    again = shell(f'curl -s -o /dev/null -w "%{{http_code}}" -X DELETE "$API/api/chatkit/threads/{thread}"')

    assert listed["threads"][0]["id"] == thread
    assert listed["threads"][0]["message_count"] == 2
    assert listed["total"] >= 1
    assert [row["role"] for row in read["messages"]] == ["user", "assistant"]
    assert read["messages"][0]["content"] == "What is Physical AI?"
    assert read["next_cursor"] is None
    assert deleted == {"deleted": True}
    assert again == "404"


# Guide, reference: what it lists beside


def test_a_question_is_tried_out(shell):
    """Whole and as a stream, without a thread."""
    before = json.loads(shell(f"curl $API/api/chatkit/threads/{USER}"))["total"]
    whole = json.loads(shell('curl -X POST "$API/api/chatkit/test?question=What+is+Physical+AI%3F&stream=false"'))
    told = events(shell('curl -N -X POST "$API/api/chatkit/test?question=What+is+Physical+AI%3F&stream=true"'))
    after = json.loads(shell(f"curl $API/api/chatkit/threads/{USER}"))["total"]

    assert (whole["thread_id"], whole["outcome"]) == (None, "answered")
    assert told[-1] == ("thread.run.completed", {"thread_id": None, "status": "completed"})
    assert before == after


def test_a_session_uses_a_tool(shell):
    """Begun, used to search the book, renewed with its history intact, and over when it is revoked."""
    begun = json.loads(shell('curl -X POST $API/api/chatkit/session -H "Content-Type: application/json" -d "{}"'))
    body = {
        "tool_name": "search_textbook",
        "arguments": {"query": "What is Physical AI?"},
        "session_id": begun["session_id"],
    }
    command = (
        'curl -X POST $API/api/chatkit/tools/execute -H "Authorization: Bearer $SECRET" '
        f"-H \"Content-Type: application/json\" -d '{json.dumps(body)}'"
    )
    result = json.loads(shell(command, SECRET=begun["client_secret"]))["result"]

    assert (result["status"], result["chunks_retrieved"]) == ("success", len(result["citations"]))
    assert result["citations"]


def test_messages_are_read_page_by_page(shell):
    """With the cursor that the page before gave, and the same name told as a proxy tells it."""
    first = json.loads(shell(ask("What is Physical AI?")))
    shell(ask("Tell me more about it", thread_id=first["thread_id"]))
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        command = (
            f'curl -H "X-User-ID: {USER}" "$API/api/chatkit/threads/{first["thread_id"]}/messages?limit=3&cursor=$C"'
        )
        page = json.loads(shell(command, C=cursor))
        seen += [row["id"] for row in page["messages"]]
        cursor = page["next_cursor"]

    assert len(seen) == len(set(seen)) == 4


def test_another_reader_sees_nothing_of_it(shell):
    """Whoever is named instead, in the header, the path or the body, finds no thread and no reader."""
    thread = json.loads(shell(ask("What is Physical AI?")))["thread_id"]
    status = 'curl -s -o /dev/null -w "%{http_code}"'
    other = '-H "X-User-ID: somebody-else"'
    commands = [
        f'{status} {other} "$API/api/chatkit/threads/{USER}"',
        f'{status} {other} "$API/api/chatkit/threads/{thread}/messages"',
        f'{status} {other} -X DELETE "$API/api/chatkit/threads/{thread}"',
        ask("And?", thread_id=thread).replace("curl", f"{status} {other}", 1),
        ask("And?", thread_id=thread).replace(USER, "somebody-else").replace("curl", status, 1),
        f'{status} "$API/api/chatkit/threads/somebody-else"',
    ]

    assert [shell(command) for command in commands] == ["404"] * 6
    assert thread in shell(f"curl $API/api/chatkit/threads/{USER}")


def test_an_answer_goes_on_in_chatkit(shell):
    """The same conversation by the other door."""
    thread = json.loads(shell(ask("What is Physical AI?")))["thread_id"]
    body = json.dumps({"type": "threads.get_by_id", "params": {"thread_id": thread}})
    shown = json.loads(shell(f"curl -X POST $API/chatkit -H 'Content-Type: application/json' -d '{body}'"))

    assert shown["id"] == thread
    assert [item["type"] for item in shown["items"]["data"] if item["type"].endswith("message")] == [
        "user_message",
        "assistant_message",
    ]


def test_a_reader_who_is_asked_back_answers_in_words(shell):
    """A question that points nowhere is answered with a choice; the choice, as the next message, is answered."""
    asked = json.loads(shell(ask("Explain this")))
    answered = json.loads(shell(ask(asked["options"][0].replace("'", ""), thread_id=asked["thread_id"])))

    assert asked["needs_clarification"] is True
    assert len(asked["options"]) > 1
    assert all(option in asked["answer"] for option in asked["options"])
    assert answered["sources"]
