"""The checks are a plain client: what the environment names is examined, as the readers it names."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager

import httpx2
import pytest
from tests.conformance import target as targets
from tests.repository import ROOT

pytestmark = pytest.mark.usefixtures("inside")

ISOLATION = "tests/conformance/test_isolation.py::test_another_readers_thread_is_not_found[threads.get_by_id]"
ISOLATED = set(range(26, 33))
ORDER = "tests/conformance/test_streaming.py::test_a_thread_begins_with_itself_then_the_question_then_one_answer"
TIMES = "tests/conformance/test_streaming.py::test_times_carry_their_zone"
CITED = "tests/conformance/test_streaming.py::test_annotations_lie_in_the_text_and_link_to_the_web"
MODEL = "tests/conformance/test_model.py::test_nothing_is_sent_anywhere_but_to_the_model"


async def examined(url, *tests, **environment):
    """What a run of `tests` against the endpoint at `url` says of the checks: numbers by verdict."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--timeout", "60", *tests]
    run = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={**os.environ, targets.URL: url, **environment}, stdout=subprocess.PIPE
    )
    told, _ = await run.communicate()
    return {
        verdict: {int(number) for number in numbers.split()}
        for verdict, numbers in re.findall(r"^ *\d+ (passed|failed|skipped):(.*)$", told.decode(), re.MULTILINE)
    }


async def guest(address):
    """The headers by which `address` knows a reader it has just met."""
    async with httpx2.AsyncClient(base_url=address, timeout=20) as http:
        await http.post("/chatkit", json={"type": "threads.list", "params": {}})
        return json.dumps({"cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())})


@contextmanager
def naive():
    """Where the SDK's own wiring listens, a process of its own."""
    command = [sys.executable, "-m", "tests.conformance.naive"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


async def test_a_process_is_examined_by_its_address(guarded):
    """Two guests of it: what it does, what it was not said to do, and what nobody outside can make it do."""
    readers = {targets.READER: await guest(guarded), targets.OTHER_READER: await guest(guarded)}
    found = await examined(f"{guarded}/chatkit", ORDER, ISOLATION, TIMES, CITED, MODEL, **readers)

    assert found == {"passed": {1, 25, *ISOLATED}, "failed": set(), "skipped": {11, 80}}


async def test_a_reader_who_is_both_is_noticed(guarded):
    """The headers decide who asks: with one guest as both readers nothing is another's."""
    guests = dict.fromkeys((targets.READER, targets.OTHER_READER), await guest(guarded))

    assert await examined(f"{guarded}/chatkit", ISOLATION, **guests) == {
        "passed": set(), "failed": ISOLATED, "skipped": set(),
    }  # fmt: skip


async def test_a_naive_server_passes_some_checks_and_fails_others():
    """The SDK as its documentation wires it keeps the order of events; its times are nobody's."""
    with naive() as url:
        found = await examined(url, ORDER, TIMES)

    assert found == {"passed": {1}, "failed": {25}, "skipped": set()}


def test_without_an_address_the_house_is_examined():
    """As reader-a and reader-b, whom its door believes."""
    own = targets.chosen({})

    assert (own.elsewhere, own.path) == (False, "/chatkit")
    assert own.headers[0] != own.headers[1]
    assert own.questions["echo"] == "echo"


def test_an_address_is_taken_apart():
    """Whatever its path is; what no question is named for is skipped."""
    named = targets.chosen(
        {targets.URL: "https://book.example/api/chat", targets.READER: '{"x": "1"}', targets.QUESTIONS: '{"slow": "s"}'}
    )

    assert (named.origin, named.path, named.headers) == ("https://book.example", "/api/chat", ({"x": "1"}, {}))
    assert named.questions["slow"] == "s"
    with pytest.raises(pytest.skip.Exception):
        named.questions["echo"]
