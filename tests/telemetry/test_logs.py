"""Lines of the log, pseudonyms, errors told without their words, and what is missing."""

from __future__ import annotations

import ast
import asyncio
import json
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from tests.repository import ROOT

from pageside import settings
from pageside.errors import SettingsError
from pageside.identity.pseudonyms import LENGTH, Pseudonyms
from pageside.identity.reader import Reader
from pageside.telemetry import context, frames, logs, reporting
from pageside.wiring import observing

SECRET = SecretStr("a secret of this test, which is long enough")
NAMES = st.text(min_size=1, max_size=20).filter(lambda name: "\x1f" not in name)

# A process of its own, for the log is a process's; prints lines of libraries of every kind.
TALKING = """
import logging, sys, threading, warnings
from pageside import telemetry
from pageside.telemetry import logs
telemetry.configure(style="json", level="DEBUG")
logs.catch_strays()
other = logging.getLogger("some.library")
other.warning("it was %s", "canary")
other.warning("it was canary")
other.error("it was canary", stack_info=True)
try:
    raise ValueError("canary") from KeyError("canary")
except ValueError:
    other.exception("it failed: %s", "canary")
logging.getLogger("uvicorn.error").info("Uvicorn runs on %s", "here")
warnings.warn("canary")
def fail():
    raise RuntimeError("canary")
thread = threading.Thread(target=fail); thread.start(); thread.join()
class Lost:
    def __del__(self):
        raise RuntimeError("canary")
Lost()
"""


@pytest.fixture(scope="module")
def lines():
    done = subprocess.run([sys.executable, "-c", TALKING], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "canary" not in done.stdout + done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_of_a_library_only_what_stands_in_its_code_is_told(lines):
    """The text without what was put into it; where it was said, if that cannot be told apart."""
    told = [line["event"] for line in lines if line["logger"] == "some.library"]

    assert told == ["it was %s", "said_by_library", "said_by_library", "it failed: %s"]
    assert all(line["at"] for line in lines if line["logger"] == "some.library")


def test_those_who_are_trusted_are_told_whole(lines):
    """As the server that says where it listens."""
    assert [line["event"] for line in lines if line["logger"] == "uvicorn.error"] == ["Uvicorn runs on here"]


def test_what_python_would_print_is_logged(lines):
    """Of a thread that failed and of a destructor, by class and line."""
    told = {line["event"]: line["exception"] for line in lines if line["logger"] == "pageside.telemetry.logs"}

    assert {name: error.splitlines()[0] for name, error in told.items()} == {
        "thread_failed": "RuntimeError",
        "cleanup_failed": "RuntimeError",
    }


@given(st.text(min_size=3), st.text(min_size=3))
def test_an_error_is_told_without_its_words(one, other):
    """Class and frames of each cause, whatever the messages say."""
    try:
        raise ValueError(other) from ExceptionGroup(other, [TypeError(one)])  # noqa: TRY301
    except ValueError as error:
        told = frames.told(error)

    assert [line for line in told.splitlines() if not line.startswith("  ")] == [
        "ValueError", "caused by", "ExceptionGroup", "caused by", "TypeError",
    ]  # fmt: skip
    assert "test_logs.py" in told


@given(NAMES, NAMES, NAMES)
def test_a_pseudonym_is_a_persons_own(subject, organisation, book):
    """The same in every book, another for another organisation, and of no use without the secret."""
    names = Pseudonyms(SECRET)
    reader = Reader(subject, organisation)
    told = names.of(reader)

    assert len(told) == LENGTH
    assert int(told, 16) >= 0
    assert names.of(reader.of_book(book)) == told
    assert names.of(Reader(subject, organisation + "x")) != told
    assert names.of(Reader(organisation, subject)) != told or subject == organisation
    assert names.of(Reader(subject + organisation)) != told
    assert Pseudonyms(SecretStr("another secret, which is long enough, too")).of(reader) != told


@given(st.text())
def test_a_trace_is_taken_up_only_where_it_is_one(told):
    """Whatever stands in the header, the log has 32 hexadecimal digits or nothing."""
    context.adopt_trace_id(told)
    found = context.trace_id()

    assert not found or (len(found) == 32 and found in told and int(found, 16) > 0)
    context.adopt_trace_id(f"00-{'a' * 32}-{'b' * 16}-01")
    assert context.trace_id() == "a" * 32
    context.adopt_trace_id(f"00-{'0' * 32}-{'b' * 16}-01")
    assert context.trace_id() == ""


@pytest.mark.parametrize(
    ("module", "event", "chosen"),
    [
        ("pageside.telemetry.otlp", "traces_not_sent", {"otlp_endpoint": "http://127.0.0.1:9"}),
        ("pageside.telemetry.sentry", "errors_not_reported", {"sentry_dsn": "http://key@127.0.0.1:9/1"}),
    ],
)
def test_without_its_extra_a_server_serves_and_says_what_to_install(monkeypatch, caplog, module, event, chosen):
    """A variable that other programs of a machine share must not keep this one from starting."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(logs, "catch_strays", lambda: None)
    said = []
    monkeypatch.setattr(observing, "log", _Noting(said))

    async def open_and_close():
        async with observing.observed(settings.load({}, **chosen)):
            pass

    asyncio.run(open_and_close())

    ((name, told),) = said
    assert name == event
    assert "pip install 'pageside[" in told["hint"]


class _Noting:
    def __init__(self, said):
        self._said = said

    def warning(self, event, **told):
        self._said.append((event, told))


@pytest.mark.filterwarnings("ignore")  # of what Sentry's client imports
def test_a_dsn_that_is_none_stops_the_start(monkeypatch):
    """In words that do not repeat it."""
    monkeypatch.setattr(logs, "catch_strays", lambda: None)

    async def open_and_close():
        async with observing.observed(settings.load({}, sentry_dsn="canary-is-no-address")):
            pass

    with pytest.raises(SettingsError, match="SENTRY_DSN: it is none") as refused:
        asyncio.run(open_and_close())
    assert "canary" not in str(refused.value)


def test_an_error_is_reported_once_and_only_when_nobody_foresaw_it():
    """However often it is logged; what is a warning was foreseen."""
    told = []

    class Noting:
        def report(self, error, *, event):
            told.append((type(error).__name__, event))

    noting = Noting()
    reporting.add(noting)
    try:
        error = ValueError("x")
        reporting.report(error, event="foreseen", level="warning")
        reporting.report(error, event="crash", level="error")
        reporting.report(error, event="again", level="critical")
    finally:
        reporting.remove(noting)
    assert told == [("ValueError", "crash")]
    assert reporting.was_told(error)


def test_every_application_is_made_without_telemetry_of_its_own():
    """FastAPI's would tell paths and messages to whatever provider or variable there is."""
    calls = [
        (module.name, {keyword.arg for keyword in node.keywords})
        for module in (ROOT / "src" / "pageside").rglob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "FastAPI"
    ]

    assert len(calls) >= 2
    assert [name for name, given in calls if "telemetry" not in given] == []


def test_no_library_finds_a_provider_of_ours():
    """Nobody sets the global provider of traces: the MCP SDK would tell it arguments and messages."""
    setting = [
        module.name
        for module in (ROOT / "src" / "pageside").rglob("*.py")
        if "set_tracer_provider" in module.read_text(encoding="utf-8")
    ]

    assert setting == []
    assert logging.getLogger("mcp") is not None
