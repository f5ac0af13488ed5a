"""`pageside doctor` on documentation of libraries: off, working, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests import zygote
from tests.library_server import running

KEY = "ctx7sk-not-a-real-key-0123456789"


@pytest.fixture(scope="module")
def process():
    with running() as server:
        yield server


@pytest.fixture
def docs(process):
    process.says()
    return process


def examined(folder: Path, **environment: str) -> tuple[dict[str, str], str]:
    """What the doctor finds of library docs, and everything it prints."""
    done = zygote.run(["doctor", "--json"], cwd=folder, env=environment)
    found = {row["part"]: row for row in json.loads(done.stdout)}
    return found["library docs"], done.stdout + done.stderr


def test_without_the_setting_nothing_is_connected_to(tmp_path, docs):
    """Off, and how to turn it on."""
    found, _ = examined(tmp_path, CONTEXT7_URL=docs.url)

    assert (found["state"], docs.seen()) == ("off", [])
    assert "CONTEXT7_ENABLED=true" in found["remedy"]


def test_a_server_that_answers_is_on(tmp_path, docs):
    """With the tools that were found; nothing is looked up, and the key is shown nowhere."""
    docs.says(version="1.0.30", key=KEY)
    found, printed = examined(tmp_path, CONTEXT7_ENABLED="true", CONTEXT7_URL=docs.url, CONTEXT7_API_KEY=KEY)

    assert (found["state"], docs.asked()) == ("on", [])
    assert "resolve-library-id and get-library-docs" in found["told"]
    assert KEY not in printed


@pytest.mark.parametrize(
    ("version", "fault", "key", "remedy"),
    [
        ("4.1.1", "", KEY, "CONTEXT7_API_KEY"),
        ("unlike", "", "", "CONTEXT7_URL"),
        ("4.1.1", "429", "", "CONTEXT7_API_KEY"),
        ("4.1.1", "garbage", "", "CONTEXT7_URL"),
        ("4.1.1", "slow_hello", "", "network"),
    ],
)
def test_what_is_wrong_comes_with_what_to_do(tmp_path, docs, version, fault, key, remedy):
    """A key that is refused, another server, too many questions, nonsense, silence."""
    docs.says(version=version, fault=fault, key=key)
    environment = {"CONTEXT7_ENABLED": "true", "CONTEXT7_URL": docs.url, "PAGESIDE_LIBRARY_DOCS_TIMEOUT_S": "1"}
    found, _ = examined(tmp_path, **environment)

    assert found["state"] == "broken"
    assert remedy in found["remedy"]
