"""The OpenAPI document is what the server does: whatever it allows is answered as it says, and nothing else.

`make fuzz` tries some 50,000 cases instead of some hundreds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI
from tests import served, small_book

from pageside.web import contract

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "5")
DOCUMENT = "/openapi.json"
# What is valid by its schema may still name what does not exist: cursors, ids, the bytes of a picture.
CHECKS = """
[checks]
positive_data_acceptance.enabled = false
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "501"]
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzzed")


@pytest.fixture(scope="module")
def url(folder):
    with served.server(small_book.write(folder / "book"), folder / "data") as address:
        yield address


@pytest.fixture(scope="module")
def document(url):
    return httpx2.get(url + DOCUMENT).json()


@pytest.mark.timeout(0 if int(EXAMPLES) > 100 else 600)
def test_every_route_answers_as_it_says(url, folder):
    """No error of the server's own, no undeclared status, type or field; for what is valid and for what is not."""
    (folder / "schemathesis.toml").write_text(CHECKS, "utf-8")
    cookie = httpx2.post(f"{url}/chatkit", json={"type": "threads.list", "params": {}}).headers["set-cookie"]
    command = [
        str(Path(sys.executable).with_name("st")),
        *("run", url + DOCUMENT, "--header", f"Cookie: {cookie.partition(';')[0]}"),
        *("--max-examples", EXAMPLES, "--seed", "1", "--no-color", "--suppress-health-check", "all"),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_answer_is_left_open(document):
    """Every JSON answer has its fields written down, and no others."""
    schemas = document["components"]["schemas"]
    answers = {
        f"{method} {path} {status}": content["schema"]
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for status, response in operation["responses"].items()
        for kind, content in response.get("content", {}).items()
        if kind.endswith("json") and not path.startswith("/health")
    }
    untyped = {place for place, schema in answers.items() if not list(closed(schema, schemas))}

    assert len(answers) > 50
    assert untyped == set()


def closed(schema, schemas):
    """The objects at the top of `schema`, each of which must say which fields it has."""
    if "$ref" in schema:
        yield from closed(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for each in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from closed(each, schemas)
    if schema.get("type") == "object":
        assert schema.get("additionalProperties") is not True, schema
        assert "properties" in schema or "additionalProperties" in schema, schema
        yield schema


def test_every_refusal_is_a_problem(document):
    """With the one media type that says so; a health that is bad is told as health."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                if status[0] in "45" and not path.endswith(("/health", "/health/ready")):
                    assert list(response["content"]) == ["application/problem+json"], (method, path, status)


def test_nobody_gets_half_a_document(monkeypatch):
    """Who asks while it is written waits until it is whole."""
    app = FastAPI()
    contract.install(app)
    whole, heard = contract.completed, []
    second = threading.Thread(target=lambda: heard.append(list(app.openapi()["components"]["schemas"])))

    def slowly(document):
        second.start()
        second.join(0.3)  # long enough for whoever does not wait
        return whole(document)

    monkeypatch.setattr(contract, "completed", slowly)
    first = list(app.openapi()["components"]["schemas"])
    second.join()

    assert "Problem" in first
    assert heard == [first]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/chatkit", 405),
        ("PATCH", "/chatkit", 405),
        ("GET", "/api/chatkit/me", 405),
        ("GET", "/api/chatkit/nothing", 404),
        ("POST", "/chatkit/nothing", 404),
    ],
)
def test_what_no_route_takes_is_refused_as_a_problem(url, method, path, status):
    """Though pages of the book may stand at any address."""
    response = httpx2.request(method, url + path)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert (status == 404) == ("allow" not in response.headers)
