"""`/metrics`: who may read it, and that what happened stands there."""

from __future__ import annotations

import asyncio

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests import small_book
from tests.chatkit_house import house
from tests.databases import store_url

from pageside import settings
from pageside.errors import SettingsError
from pageside.knowledge import ingest
from pageside.settings import books
from pageside.telemetry import metrics
from pageside.web import app as web
from pageside.web import shelf
from pageside.wiring import serving, shelving

__all__ = ["store_url"]

TOKEN = "a-token-for-metrics-that-nobody-guesses-0123456789"


def values(text: str) -> dict[str, float]:
    """Every sample by name and labels, the labels in their order."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {f"{sample.name}{{{_labels(sample.labels)}}}": sample.value for sample in samples}


def _labels(told: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted(told.items()) if value)


@pytest.fixture
def grown():
    """How much each sample has grown since the test began."""
    before = values(metrics.exposed("")[0].decode())

    def since() -> dict[str, float]:
        now = values(metrics.exposed("")[0].decode())
        return {name: value - before.get(name, 0.0) for name, value in now.items() if value != before.get(name, 0.0)}

    return since


async def test_an_answer_is_counted(tmp_path, store_url, grown):
    """How it came out, how long it took, what it cost, and the units of work of either database."""
    async with house(tmp_path, store_url=store_url) as home, home.client() as ada:
        told = await ada.ask("What is a servo?")
        await ada.call("items.feedback", thread_id=told.thread_id, item_ids=[told.answer["id"]], kind="positive")

    seen = grown()
    assert seen["pageside_answers_total{outcome=answered}"] == 1
    assert seen["pageside_answer_duration_seconds_count{}"] == 1
    assert seen["pageside_answer_first_sentence_seconds_count{}"] == 1
    assert seen["pageside_tokens_total{kind=input,model=scripted}"] == 12
    assert seen["pageside_tokens_total{kind=output,model=scripted}"] == 7
    assert seen["pageside_feedback_total{kind=positive}"] == 1
    assert seen["pageside_database_transaction_seconds_count{kind=writing}"] >= 2
    assert seen["pageside_database_wait_seconds_count{kind=writing}"] >= 2
    assert "pageside_answers_under_way{}" not in seen
    assert "pageside_database_waiting{kind=writing}" not in seen


async def test_an_answer_that_fails_or_is_left_is_counted_as_such(tmp_path, grown):
    """By the code of the error; one that its reader leaves was stopped."""
    async with house(tmp_path) as home, home.client() as ada:
        home.tutor.failure, home.tutor.fail_at = ValueError("x"), 2
        await ada.ask("What is a servo?")
        home.tutor.fail_at, home.tutor.pause_before = -1, 3
        asked = asyncio.create_task(ada.ask("And a stepper?"))
        await home.tutor.paused.wait()
        assert grown()["pageside_answers_under_way{}"] == 1
        asked.cancel()
        await home.tutor.left.wait()
        await home.server.aclose()

    seen = grown()
    assert seen["pageside_answers_total{outcome=failed}"] == 1
    assert seen["pageside_answer_failures_total{code=internal}"] == 1
    assert seen["pageside_answers_total{outcome=stopped}"] == 1
    assert "pageside_answers_under_way{}" not in seen


@pytest.fixture
def whole(tmp_path):
    """Opens the whole application over a book that was not indexed, with these settings."""

    async def ask(path="/metrics", *, client=("127.0.0.1", 1), headers=None, **chosen):
        settled = settings.load({}, data_dir=tmp_path / "data", embedding_model="none", **chosen)
        async with serving.open_services(settled) as services:
            transport = httpx2.ASGITransport(web.create(services, tmp_path), client=client)
            async with httpx2.AsyncClient(transport=transport, base_url="http://book.test") as http:
                return await http.get(path, headers=headers)

    return ask


@pytest.mark.parametrize(
    ("chosen", "client", "headers", "status"),
    [
        ({}, "127.0.0.1", {}, 200),
        ({}, "::1", {}, 200),
        ({}, "192.0.2.7", {}, 404),
        ({}, "127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}, 404),
        ({}, "127.0.0.1", {"X-Real-IP": "192.0.2.7"}, 404),
        ({}, "127.0.0.1", {"Forwarded": "for=192.0.2.7"}, 404),
        ({"environment": "production"}, "127.0.0.1", {}, 404),
        ({"environment": "production", "metrics": "local"}, "127.0.0.1", {}, 200),
        ({"metrics": "off"}, "127.0.0.1", {}, 404),
        ({"metrics": "off", "metrics_token": TOKEN}, "127.0.0.1", {"Authorization": f"Bearer {TOKEN}"}, 404),
        ({"metrics_token": TOKEN}, "127.0.0.1", {}, 401),
        ({"metrics_token": TOKEN}, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"metrics_token": TOKEN}, "192.0.2.7", {"Authorization": f"Bearer {TOKEN[:-1]}"}, 401),
        ({"metrics_token": TOKEN}, "192.0.2.7", {"Authorization": f"Basic {TOKEN}"}, 401),
        ({"environment": "production", "metrics_token": TOKEN}, "192.0.2.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
async def test_who_may_read_metrics(whole, chosen, client, headers, status):
    """Programs of this machine in development, whoever has the token where there is one, otherwise nobody."""
    answer = await whole(client=(client, 1), headers=headers, **chosen)

    assert answer.status_code == status
    assert ("pageside_build_info" in answer.text) is (status == 200)
    assert "set-cookie" not in answer.headers or status != 200


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"metrics": "token"}, "PAGESIDE_METRICS: .*set PAGESIDE_METRICS_TOKEN"),
        ({"metrics_token": "short"}, "PAGESIDE_METRICS_TOKEN has fewer"),
        ({"metrics_token": "a" * 40}, "PAGESIDE_METRICS_TOKEN can be guessed"),
        ({"otlp_endpoint": "localhost:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT: must begin with http"),
    ],
)
def test_settings_that_cannot_work_stop_the_start(monkeypatch, tmp_path, chosen, told):
    """In words that do not repeat a token."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=told):
        settings.load({}, **chosen)


async def test_the_state_of_each_part_is_asked_for(whole):
    """Whenever somebody reads: a book that was not indexed has no passages, the database answers."""
    told = values((await whole()).text)

    assert told["pageside_database_up{}"] == 1
    assert told["pageside_database_connections_limit{}"] == 10
    assert told["pageside_index_passages{}"] == 0
    assert told["pageside_index_built_timestamp_seconds{}"] == 0


async def test_openmetrics_is_spoken_to_those_who_ask(whole):
    """As Prometheus does."""
    answer = await whole(headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


async def test_books_are_told_apart_and_series_are_bounded(tmp_path, grown):
    """Each request counts for its book; whatever readers write makes no series more."""
    for name in ("bees", "wasps"):
        small_book.write(tmp_path / name)
    (tmp_path / "books.toml").write_text('[bees]\nfolder = "bees"\n[wasps]\nfolder = "wasps"\n', encoding="utf-8")
    chosen = settings.load({}, data_dir=tmp_path / "data", books=tmp_path / "books.toml", embedding_model="none")
    listed = books.read(chosen.books, chosen)
    for each in listed:
        await shelving.index(each, progress=ingest.silent)
    async with shelving.open_shelf(chosen, listed) as opened:
        transport = httpx2.ASGITransport(shelf.create(opened), client=("127.0.0.1", 1))
        async with httpx2.AsyncClient(transport=transport, base_url="http://book.test") as http:
            for name in ("bees", "wasps", "bees"):
                await http.get(f"/{name}/chatkit/config")
            first, counted = values((await http.get("/metrics")).text), grown()
            for number in range(30):
                await http.get(f"/bees/page-{number}?x={number}")
                await http.request(f"VERB{number}", f"/none-{number}")
                await http.get(f"/bees/chatkit/runs/run_{number}/events")
                if number == 0:
                    second = values((await http.get("/metrics")).text)
            third = values((await http.get("/metrics")).text)

    config = "pageside_http_requests_total{book=%s,method=GET,route=/chatkit/config,status=200}"
    assert (counted[config % "bees"], counted[config % "wasps"]) == (2, 1)
    assert first["pageside_index_passages{book=bees}"] == first["pageside_index_passages{book=wasps}"] > 0
    assert third.keys() == second.keys()
