"""What a composer offers behind an `@`, and what it shows of each, through the whole application."""

from __future__ import annotations

from contextlib import asynccontextmanager

import anyio.to_thread
import httpx2
import pytest
from chatkit.widgets import DynamicWidgetRoot
from tests import mentioned_book
from tests.chatkit_client import ChatKit, message

from pageside import settings
from pageside.web import app
from pageside.wiring import serving


@pytest.fixture(scope="module")
def indexed(tmp_path_factory):
    return mentioned_book.index(tmp_path_factory.mktemp("entities"))


@asynccontextmanager
async def visiting(folder, data_dir):
    made = settings.load({}, data_dir=data_dir, embedding_model="none")
    async with serving.open_services(made) as services:
        transport = httpx2.ASGITransport(app.create(services, folder / "book"), raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://book.test") as http:
            yield http


@pytest.fixture
async def http(indexed):
    async with visiting(indexed, indexed / "data") as opened:
        yield opened


async def entities(http, **params):
    response = await http.get("/chatkit/entities", params=params)
    assert response.status_code == 200, response.text
    return response.json()["entities"]


async def test_an_entity_is_what_a_composer_takes(http):
    """Id, title, group, icon, and data of strings only."""
    (entity, *_) = await entities(http, query="winter")

    assert entity == {
        "id": entity["id"],
        "title": "Chapter 4: Winter",
        "group": "Module 3",
        "icon": "book-open",
        "interactive": True,
        "data": {
            "kind": "page",
            "path": "module-3-year/week-6-winter.md",
            "url": "/docs/module-3-year/week-6-winter",
            "anchor": "",
        },
    }


async def test_without_a_query_the_chapters_stand_in_reading_order(http):
    """The book's own order, as many as are asked for, between 1 and 50."""
    everything = await entities(http)

    assert [entity["title"] for entity in everything][:2] == ["Keeping bees", "The parts of a hive"]
    assert all(entity["data"]["kind"] == "page" for entity in everything)
    assert [len(await entities(http, limit=limit)) for limit in (-5, 0, 1, 3)] == [1, 1, 1, 3]
    assert len(await entities(http, query="e", limit=10**9)) <= 50


@pytest.mark.parametrize("query", ["zzzzzz", "\x00", "x" * 50_000, "'; DROP TABLE items --", "<script>"])
async def test_an_odd_query_finds_nothing(http, query):
    """It is words, whatever it looks like."""
    assert (await http.get("/chatkit/entities", params={"query": query})).json() == {"entities": []}


async def test_a_limit_that_is_no_number_is_refused(http):
    """422, as a problem document."""
    response = await http.get("/chatkit/entities", params={"limit": "many"})

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_preview_is_a_widget_of_headings_and_first_sentences(http):
    """The root that `onRequestPreview` gives back."""
    (entity,) = [each for each in await entities(http, query="queen excluder") if each["title"] == "The queen excluder"]
    response = await http.get(f"/chatkit/entities/{entity['id']}/preview")
    preview = response.json()["preview"]

    assert DynamicWidgetRoot.model_validate(preview).type == "Basic"
    assert [child["value"] for child in preview["children"]] == [
        "The parts of a hive",
        "The queen excluder",
        (
            "A queen excluder is a grid whose slots are 4.2 mm wide. "
            "Workers pass through the slots, but the queen is too broad for them. It keeps eggs out of the honey."
        ),
    ]


async def test_everything_that_is_offered_has_a_preview(http):
    """Modules and pages too; an id of nothing is 404."""
    offered = [*await entities(http), *await entities(http, query="module", limit=50)]
    previews = [await http.get(f"/chatkit/entities/{entity['id']}/preview") for entity in offered]
    unknown = await http.get("/chatkit/entities/pag_nothing/preview")

    assert {entity["data"]["kind"] for entity in offered} == {"group", "page"}
    assert {response.status_code for response in previews} == {200}
    assert all(response.json()["preview"]["children"][-1]["value"] for response in previews)
    assert unknown.status_code == 404


async def test_what_is_offered_is_understood_when_it_comes_back_as_a_tag(http):
    """Each kind of entity leads the search to its place."""
    for query in ("module 2", "winter", "queen excluder"):
        entity = (await entities(http, query=query))[0]
        tag = {"type": "input_tag", "text": entity["title"], **{name: entity[name] for name in ("id", "group", "data")}}
        content = [{"type": "input_text", "text": "Explain "}, tag]
        told = await ChatKit(http).tell("threads.create", input={**message(""), "content": content})

        assert [event for event in told.events if event["type"] == "notice"] == []
        assert told.answer["content"][0]["annotations"]


async def test_without_an_index_there_is_nothing_to_offer(indexed, tmp_path):
    """503 with what to do, as everywhere."""
    async with visiting(indexed, tmp_path) as http:
        response = await http.get("/chatkit/entities")

    assert response.status_code == 503
    assert response.json()["code"] == "index_missing"


async def test_a_changed_book_is_offered_as_it_is_now(tmp_path):
    """Without a restart."""
    await anyio.to_thread.run_sync(mentioned_book.index, tmp_path)
    async with mentioned_book.read(tmp_path) as book, visiting(tmp_path, tmp_path / "data") as http:
        before = await entities(http, query="autumn")
        (book.folder / "autumn.md").write_text("# Autumn\n\nIn autumn the drones are driven out.\n", encoding="utf-8")
        await book.reindex()
        after = await entities(http, query="autumn")

    assert before == []
    assert [entity["title"] for entity in after] == ["Autumn"]


async def test_the_routes_are_described(http):
    """In the OpenAPI document, with an example."""
    document = (await http.get("/-/openapi.json")).json()

    assert {"/chatkit/entities", "/chatkit/entities/{entity_id}/preview"} <= document["paths"].keys()
    assert document["components"]["schemas"]["Entity"]["examples"][0]["data"]["path"]
