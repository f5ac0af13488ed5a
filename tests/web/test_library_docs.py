"""Documentation of libraries beside the book, through the front door, with a real MCP server in a second process."""

from __future__ import annotations

import json

import httpx2
import pytest
from tests import served, small_book
from tests.library_server import running
from tests.scripted_openai import ScriptedOpenAI

TENSOR = "How do I create a PyTorch tensor from a list?"
PAGE = """# Weighing the hive

## Reading the scales

The readings of the scales are added up with PyTorch once an hour.
Whoever reads them writes the weight on the lid.

```python
import fastboat
import torch
```
"""
TENSORS = "https://docs.example.org/pytorch/tensors.md"


@pytest.fixture(scope="module")
def process():
    with running() as server:
        yield server


@pytest.fixture
def docs(process):
    """The server of documentation, with nothing amiss and nothing asked yet."""
    process.says()
    return process


def environment(url, **others):
    return {"CONTEXT7_ENABLED": "true", "CONTEXT7_URL": url, "PAGESIDE_LIBRARY_DOCS_TIMEOUT_S": "2", **others}


def write(folder):
    book = small_book.write(folder / "book")
    (book / "scales.md").write_text(PAGE, encoding="utf-8")
    return book


@pytest.fixture(scope="module")
def house(tmp_path_factory, process):
    """The address of a server that looks library questions up, and its log."""
    folder = tmp_path_factory.mktemp("library")
    with served.server(write(folder), folder / "data", **environment(process.url)) as address:
        yield address, folder / "server.log"


@pytest.fixture
def ada(house):
    with httpx2.Client(base_url=house[0], timeout=60) as client:
        yield client


def ask(client, message, **fields):
    told = client.post("/api/chatkit/chat", json={"message": message, "use_library_docs": True, **fields})
    assert told.status_code == 200, told.text
    return told.json()


def chat(client, message, **fields):
    body = {"content": [{"type": "input_text", "text": message}], "attachments": [], "inference_options": {}}
    told = client.post("/chatkit", json={"type": "threads.create", "params": {"input": body}, **fields})
    return [json.loads(line[6:]) for line in told.text.split("\n\n") if line.startswith("data: {")]


def answered(events):
    return next(
        event["item"]
        for event in events
        if event["type"] == "thread.item.done" and event["item"]["type"] == "assistant_message"
    )


def test_documentation_is_quoted_as_what_it_is(ada, docs):
    """With its library's name, word for word, linked to its page; that the book declines stays said."""
    told = ask(ada, "How do I create a NumPy array from a list?")
    source = told["sources"][0]

    assert told["answer"].startswith("The book does not answer this.")
    assert "From the documentation of NumPy, not from the book:" in told["answer"]
    assert (told["outcome"], told["confidence"], told["library_docs"]) == ("not_in_book", 0.0, "found")
    assert (source["type"], source["url"]) == ("library_docs", "https://docs.example.org/numpy/arrays.md")
    assert (source["file"], source["title"]) == ("/numpy/numpy", "NumPy documentation")
    assert source["quote"] == "A NumPy array is created from a list with `numpy.array`."


def test_the_books_answer_comes_first(ada, docs):
    """What the book says is cited from the book; documentation follows, and the two keep their own numbers."""
    told = ask(ada, "When are the readings of the scales added up with PyTorch?")
    kinds = [source["type"] for source in told["sources"]]

    assert told["answer"].index("once an hour") < told["answer"].index("From the documentation of PyTorch")
    assert told["outcome"] in {"answered", "closest"}
    assert kinds[0] == "textbook"
    assert "library_docs" in kinds
    assert [source["marker"] for source in told["sources"]] == list(range(1, len(kinds) + 1))


def test_a_stream_says_the_same(ada, docs):
    """Its end has the sources and what became of the wish."""
    request = {"message": TENSOR, "use_library_docs": True, "stream": True}
    told = ada.post("/api/chatkit/chat", json=request).text
    end = next(part for part in told.split("\n\n") if part.startswith("event: thread.message.completed"))
    completed = json.loads(end.partition("data: ")[2])

    assert completed["library_docs"] == "found"
    assert {source["type"] for source in completed["sources"]} >= {"library_docs"}


def test_it_is_kept_with_the_answer(ada, docs):
    """The conversation read again, and the proof of the answer, know it."""
    told = ask(ada, TENSOR)
    kept = ada.get(f"/api/chatkit/threads/{told['thread_id']}/messages").json()["messages"][-1]
    record = ada.get(f"/chatkit/threads/{told['thread_id']}/records").json()["records"][0]
    cited = next(each for each in record["citations"] if each["url"] == TENSORS)

    assert kept["sources"] == told["sources"]
    assert cited["section"] == "library_docs"
    assert "now" not in cited or cited["now"] is None


def test_chatkit_shows_it_as_a_source(ada, docs):
    """In a chat the setting is enough for a question how a library is used."""
    item = answered(chat(ada, TENSOR))
    source = next(each["source"] for each in item["content"][0]["annotations"] if each["source"]["url"] == TENSORS)

    assert (source["type"], source["group"], source["attribution"]) == (
        "url",
        "PyTorch documentation",
        "docs.example.org",
    )
    assert source["title"] == "Create a tensor from a list"


@pytest.mark.parametrize("wish", [{}, {"use_library_docs": False}])
def test_without_the_wish_rest_looks_nothing_up(ada, docs, wish):
    """It defaults to false."""
    told = ada.post("/api/chatkit/chat", json={"message": "How do I install PyTorch?", **wish}).json()

    assert (told["library_docs"], docs.seen()) == ("not_asked", [])


def test_a_chat_may_forbid_it(ada, docs):
    """By `useLibraryDocs` of the request's metadata."""
    chat(ada, "How do I import PyTorch twice?", metadata={"useLibraryDocs": False})

    assert docs.seen() == []


@pytest.mark.parametrize("message", ["When is honey ripe?", "Hello!", "What is a queen excluder?", "What is PyTorch?"])
def test_a_chat_about_something_else_asks_nobody(ada, docs, message):
    """Nothing leaves the server for a question that is not about using a library."""
    chat(ada, message)

    assert docs.seen() == []


def test_a_wish_without_a_library_is_not_needed(ada, docs):
    """And the answer is the book's."""
    told = ask(ada, "When is honey ripe?")

    assert (told["library_docs"], told["outcome"], docs.seen()) == ("not_needed", "answered", [])


def test_a_library_that_only_the_book_names_is_known(ada, docs):
    """From its imports. What an order in its documentation wants is neither done nor quoted; no HTML comes through."""
    told = ask(ada, "How do I start a fastboat app?")

    assert told["library_docs"] == "found"
    assert "fastboat.start" in told["answer"]
    assert not any(word in told["answer"] for word in ("prize", "evil.example", "<img", "javascript:"))
    assert told["sources"][-1]["url"] == "https://docs.example.org/fastboat/start.md"


@pytest.mark.parametrize("fault", ["slow", "slow_hello", "garbage", "500", "401", "says_limit", "huge"])
def test_without_documentation_the_book_answers(tmp_path, docs, fault):
    """Whatever goes wrong there: the answer is the book's, and says that documentation was not to be had."""
    docs.says(fault=fault)
    with (
        served.server(write(tmp_path), tmp_path / "data", **environment(docs.url)) as address,
        httpx2.Client(base_url=address, timeout=60) as client,
    ):
        told = ask(client, "When are the readings of the scales added up with PyTorch?")
        part = client.get("/health").json()["parts"]["library_docs"]

    assert part["status"] == "unavailable"

    assert "once an hour" in told["answer"]
    assert told["library_docs"] == "unavailable"
    assert {source["type"] for source in told["sources"]} == {"textbook"}


def test_two_readers_share_what_is_public_and_nothing_else(house, docs):
    """The second is answered without another lookup, and neither sees the other's conversation."""
    question = "How do I make a PyTorch tensor out of a list of lists?"
    with httpx2.Client(base_url=house[0], timeout=60) as ada, httpx2.Client(base_url=house[0], timeout=60) as eve:
        hers, his = ask(ada, question), ask(eve, question)
        denied = eve.get(f"/api/chatkit/threads/{hers['thread_id']}/messages")

    assert hers["sources"] == his["sources"]
    assert hers["library_docs"] == his["library_docs"] == "found"
    assert len([call for call in docs.asked() if "libraryId" in call["arguments"]]) == 1
    assert denied.status_code == 404


def test_the_log_has_no_question(ada, docs, house):
    """It says that something was looked up, and how it went."""
    ask(ada, "How do I create a PyTorch tensor for my unspeakable purpose?")
    log = house[1].read_text(encoding="utf-8")

    assert "library_docs_looked_up" in log
    assert "unspeakable" not in log


def test_off_by_default(tmp_path, docs):
    """With nothing but its address set, nobody is asked, and a wish is honestly not granted."""
    with (
        served.server(write(tmp_path), tmp_path / "data", CONTEXT7_URL=docs.url) as address,
        httpx2.Client(base_url=address, timeout=60) as client,
    ):
        told = ask(client, TENSOR)
        chat(client, TENSOR)
        parts = client.get("/health").json()["parts"]

    assert (told["library_docs"], docs.seen()) == ("not_available", [])
    assert "library_docs" not in parts


def test_health_tells_how_documentation_is(house, docs):
    """From what was seen last; nobody is asked for it."""
    with httpx2.Client(base_url=house[0], timeout=60) as client:
        part = client.get("/health").json()["parts"]["library_docs"]

    assert part["status"] == "ok"
    assert docs.seen() == []


def test_a_model_is_given_documentation_as_a_call_of_its_own(tmp_path, docs):
    """Apart from the search of the book, behind its numbers; what it says from it is cited as documentation."""
    with (
        ScriptedOpenAI() as openai,
        served.server(
            write(tmp_path),
            tmp_path / "data",
            **environment(
                docs.url, OPENAI_BASE_URL=openai.base_url, OPENAI_API_KEY="sk-test", PAGESIDE_MODEL_API="responses"
            ),
        ) as address,
        httpx2.Client(base_url=address, timeout=60) as client,
    ):
        openai.say(
            "The readings of the scales are added up with PyTorch once an hour. [1] "
            "According to the documentation of PyTorch, a PyTorch tensor is created from a Python list "
            "with `torch.tensor`."
        )
        told = ask(client, "When are the readings of the scales added up with PyTorch?")
        items = openai.requests[0].items
    calls = {item["name"]: item["call_id"] for item in items if item.get("type") == "function_call"}
    outputs = {
        item["call_id"]: json.loads(item["output"]) for item in items if item.get("type") == "function_call_output"
    }
    book, library = outputs[calls["search_textbook"]], outputs[calls["library_docs"]]

    assert "torch.tensor" not in json.dumps(book)
    assert "not the book" in library["source"]
    assert min(row["number"] for row in library["passages"]) > max(row["number"] for row in book["passages"])
    assert "library_docs" in {source["type"] for source in told["sources"]}


def test_a_model_that_leans_on_documentation_alone_does_not_answer_from_the_book(tmp_path, docs):
    """The answer says so, and counts as one that the book does not give."""
    with (
        ScriptedOpenAI() as openai,
        served.server(
            write(tmp_path),
            tmp_path / "data",
            **environment(
                docs.url, OPENAI_BASE_URL=openai.base_url, OPENAI_API_KEY="sk-test", PAGESIDE_MODEL_API="responses"
            ),
        ) as address,
        httpx2.Client(base_url=address, timeout=60) as client,
    ):
        openai.say("A PyTorch tensor is created from a Python list with `torch.tensor`.")
        told = ask(client, TENSOR)

    assert (told["outcome"], told["confidence"]) == ("not_in_book", 0.0)
    assert "This is from the documentation of PyTorch; the book itself does not answer it." in told["answer"]
    assert {source["type"] for source in told["sources"]} == {"library_docs"}
