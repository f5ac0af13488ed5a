"""What readers write comes out of a server in no log line, metric, trace or report of an error."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr
from tests import served, small_book
from tests.scripted_openai import ScriptedOpenAI
from tests.telemetry.acting import act, act_on_spoilt, spoil
from tests.telemetry.planting import Canaries
from tests.telemetry.receivers import Receiver, attributes

from pageside.identity.pseudonyms import Pseudonyms
from pageside.identity.reader import Reader

REQUEST_ID = "an-id-of-the-client-01"
TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"


@dataclass
class Seen:
    """All that a server told of itself while readers did everything."""

    canaries: Canaries
    reader: str
    secret: str
    answers: list[httpx2.Response] = field(default_factory=list)
    metrics: str = ""
    log: list[dict[str, Any]] = field(default_factory=list)
    raw_log: str = ""
    spans: list[Any] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    raw: list[tuple[str, bytes]] = field(default_factory=list)


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> Seen:
    return asyncio.run(_seen(tmp_path_factory.mktemp("canaries")))


async def _seen(folder: Path) -> Seen:
    canaries = Canaries()
    told = Seen(canaries, canaries.plant("reader"), canaries.plant("secret") * 3)
    with ScriptedOpenAI() as openai, Receiver() as receiver:
        environment = {
            "PAGESIDE_LOG_LEVEL": "DEBUG",
            "EMBEDDING_MODEL": "none",
            "AUTH_MODE": "header",
            "PAGESIDE_SECRET": told.secret,
            "OPENAI_API_KEY": canaries.plant("key of the model"),
            "OPENAI_BASE_URL": openai.base_url,
            "CHATKIT_MODEL": "gpt-test",
            "PAGESIDE_INPUT_PRICE": "1",
            "PAGESIDE_METRICS_TOKEN": canaries.plant("token of the metrics") * 3,
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{receiver.address}",
            "OTEL_BSP_SCHEDULE_DELAY": "100",
            "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
            "SENTRY_DSN": f"http://public@{receiver.address}/1",
        }
        book = small_book.write(folder / "book")
        with served.server(book, folder / "data", **environment) as url:
            headers = {"X-User-ID": told.reader}
            async with httpx2.AsyncClient(base_url=url, timeout=60, headers=headers) as http:
                told.answers += await act(http, openai, canaries)
                spoil(folder / "data" / "pageside.db", canaries)
                told.answers += await act_on_spoilt(http, canaries)
                followed = {"X-Request-ID": REQUEST_ID, "traceparent": f"00-{TRACE_ID}-00f067aa0ba902b7-01"}
                await http.get("/chatkit/config", headers=followed)
                token = {"Authorization": f"Bearer {environment['PAGESIDE_METRICS_TOKEN']}"}
                told.metrics = (await http.get("/metrics", headers=token)).text
        told.raw_log = (folder / "server.log").read_text(encoding="utf-8")
        told.log = [json.loads(line) for line in told.raw_log.splitlines() if line.startswith("{")]
        told.spans, told.errors, told.raw = receiver.spans, receiver.errors, list(receiver.came)
    return told


def test_nothing_that_was_written_stands_in_the_log(seen):
    """At the most talkative level, failures and crashes included."""
    assert seen.canaries.sung(seen.raw_log, "log") == []


def test_nothing_that_was_written_stands_in_a_metric(seen):
    """Neither as a label nor in any other way."""
    assert seen.canaries.sung(seen.metrics, "metrics") == []


def test_nothing_that_was_written_stands_in_a_trace_or_report(seen):
    """Whatever is sent to somebody else is looked at as it goes over the wire."""
    assert [sung for path, body in seen.raw for sung in seen.canaries.sung(body, path)] == []


def test_canaries_are_found_where_they_stand(seen):
    """Else the silence above would say nothing: readers are told what they wrote."""
    sung = [song for answer in seen.answers for song in seen.canaries.sung(answer.text, str(answer.status_code))]

    assert len(sung) > 20
    for form in ("{}", "%s", "pre{}post"):
        word = next(iter(seen.canaries.places))
        for coded in (form.format(word), form.format(word).encode().hex()):
            assert ("{}" not in form) or seen.canaries.sung(coded, "here")


def test_every_request_has_one_line(seen):
    """With its template, status, length and reader, under the id that the answer bears."""
    lines = [line for line in seen.log if line["event"] == "request"]
    by_id = {line["request_id"]: line for line in lines}

    assert len(by_id) == len(lines)
    for answer in seen.answers:
        line = by_id[answer.headers["x-request-id"]]
        assert line["status"] == answer.status_code
        assert line["bytes"] == (len(answer.content) if answer.status_code != 500 else 0)  # a crash says nothing itself
        assert line["duration_ms"] >= 0
        assert "canary" not in line["route"]


def test_a_reader_is_called_the_same_everywhere(seen):
    """By a name that only this server can make of theirs."""
    name = Pseudonyms(SecretStr(seen.secret)).of(Reader(subject=seen.reader))
    known = {line["reader"] for line in seen.log if line["event"] == "request" and "reader" in line}

    assert re.fullmatch("[0-9a-f]{12}", name)
    assert name in known
    assert name in {event["user"]["id"] for event in seen.errors}
    assert name in {attributes(span).get("enduser.pseudo.id") for span in seen.spans}


def test_a_crash_is_told_by_class_and_frames(seen):
    """In the log and to Sentry, once each, and under the request's id."""
    crashes = [
        line for line in seen.log if line["event"] in {"request_failed", "answer_failed"} and "exception" in line
    ]
    reported = {event["tags"]["request_id"]: event for event in seen.errors}

    assert crashes
    for line in crashes:
        kind = line["exception"].splitlines()[0]
        event = reported[line["request_id"]]
        (first, *_) = event["exception"]["values"]
        assert any(kind.endswith(each["type"]) for each in event["exception"]["values"])
        assert any(frame["filename"].startswith("pageside/") for frame in first["stacktrace"]["frames"])
        assert re.search(r"^  pageside/\S+\.py:\d+ \w+$", line["exception"], re.MULTILINE)
    assert len(reported) == len(seen.errors)


def test_reports_hold_nothing_but_what_is_allowed(seen):
    """No message, no variable, no request, no breadcrumb, no name of the machine."""
    for event in seen.errors:
        assert event.keys() <= {
            "event_id", "timestamp", "platform", "level", "release", "environment", "tags", "user", "sdk", "exception",
        }  # fmt: skip
        for raised in event["exception"]["values"]:
            assert raised.keys() <= {"type", "module", "stacktrace"}
            for frame in raised["stacktrace"]["frames"]:
                assert frame.keys() <= {"filename", "function", "module", "lineno", "in_app"}


def test_a_trace_tells_what_a_question_took(seen):
    """Search, model, check, database and the agents' own spans stand within the request's."""
    asked = next(span for span in seen.spans if span.name == "POST /chatkit")
    names = {span.name for span in seen.spans if span.trace_id == asked.trace_id}

    assert {"POST /chatkit", "search", "model", "check", "agent Tutor", "database writing"} <= names
    for span in seen.spans:
        assert span.events == [] or list(span.events) == []
        assert span.status.message == ""


def test_a_trace_of_the_clients_goes_on_here(seen):
    """By `traceparent`; its id stands in the log, too."""
    (span,) = [
        span
        for span in seen.spans
        if span.trace_id.hex() == TRACE_ID and span.parent_span_id.hex() == "00f067aa0ba902b7"
    ]
    (line,) = [line for line in seen.log if line.get("request_id") == REQUEST_ID and line["event"] == "request"]

    assert span.name == "GET /chatkit/config"
    assert attributes(span)["http.response.status_code"] == 200
    assert line["trace_id"] == TRACE_ID


def test_only_our_spans_are_sent(seen):
    """Libraries find no provider to tell paths and arguments to."""
    assert {path for path, _ in seen.raw} == {"/v1/traces", "/api/1/envelope/"}
    assert not [span.name for span in seen.spans if "tools/call" in span.name]
    for span in seen.spans:
        assert "url.path" not in attributes(span)
