"""Every operation, with everything a request can name that is not the reader's: not found, and nothing changes.

The operations and the places in them that name something are read from the protocol's own types, so that a new one
fails here until it is tried.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from types import UnionType
from typing import Any, get_args, get_type_hints

import pytest
import pytest_asyncio
from chatkit import types
from chatkit.widgets import DynamicWidgetRoot
from pydantic import BaseModel
from tests.chatkit_client import message
from tests.chatkit_house import House, house

from pageside import ids
from pageside.conversation.turn import Opening, Turn
from pageside.identity.reader import Reader
from pageside.storage import migrate
from pageside.storage.tables import metadata

NOW = datetime(2026, 3, 1, 12)  # noqa: DTZ001  # as the SDK stamps
GO = {"type": "go", "payload": {}}

# What each operation sends; a word with a `$` stands for an id. Where an id may be left out, both ways are tried.
REQUESTS: dict[str, list[dict[str, Any]]] = {
    "threads.create": [{"input": message("q", attachments=["$file"])}],
    "threads.add_user_message": [
        {"thread_id": "$thread", "input": message("q", attachments=[])},
        {"thread_id": "$thread", "input": message("q", attachments=["$file"])},
    ],
    "threads.add_client_tool_output": [{"thread_id": "$thread", "result": {"selection": "x"}}],
    "threads.add_structured_input": [{"thread_id": "$thread", "item_id": "$form", "input": {"answers": {}}}],
    "threads.retry_after_item": [{"thread_id": "$thread", "item_id": "$question"}],
    "threads.custom_action": [
        {"thread_id": "$thread", "action": GO},
        {"thread_id": "$thread", "item_id": "$widget", "action": GO},
    ],
    "threads.sync_custom_action": [
        {"thread_id": "$thread", "action": GO},
        {"thread_id": "$thread", "item_id": "$widget", "action": GO},
    ],
    "threads.get_by_id": [{"thread_id": "$thread"}],
    "threads.list": [{"after": "$thread"}],
    "threads.update": [{"thread_id": "$thread", "title": "mine"}],
    "threads.delete": [{"thread_id": "$thread"}],
    "items.list": [{"thread_id": "$thread"}, {"thread_id": "$thread", "after": "$question"}],
    "items.feedback": [
        {"thread_id": "$thread", "item_ids": ["$answer"], "kind": "positive"},
        {"thread_id": "$thread", "item_ids": ["$answer", "$widget"], "kind": "negative"},
    ],
    "attachments.create": [{"name": "a.txt", "size": 1, "mime_type": "text/plain"}],
    "attachments.delete": [{"attachment_id": "$file"}],
    "input.transcribe": [{"audio_base64": "", "mime_type": "audio/webm"}],
}
NAMES_OF_NO_ROW = {"input.content.id", "input.inference_options.tool_choice.id"}

ADA = Reader("ada", "school")
PAIRS = {  # who asks, and whose it is
    "another reader": (ADA, Reader("eve", "school")),
    "the same name elsewhere": (ADA, Reader("ada", "college")),
    "of no organisation": (ADA, Reader("ada", "")),
    "of an organisation, asked by one of none": (Reader("ada", ""), ADA),
}
# What the ids of a request name: the asker's own, things of the asker's other thread, or another reader's.
CASES = {
    "a thread of another's": {"thread": "theirs", "items": "theirs", "file": "own"},
    "a thread of another's, an item of one's own": {"thread": "theirs", "items": "own", "file": "own"},
    "an item of another's": {"thread": "own", "items": "theirs", "file": "own"},
    "an item of one's own other thread": {"thread": "own", "items": "other", "file": "own"},
    "a file of another's": {"thread": "own", "items": "own", "file": "theirs"},
}


@dataclass(frozen=True, slots=True)
class Things:
    """Ids of one thread with an item of each kind, and of a file that was not sent yet."""

    thread: str
    question: str
    answer: str
    widget: str
    form: str
    call: str
    file: str


@dataclass(frozen=True, slots=True)
class Place:
    """A house in which everybody has everything, and how to look at all of it."""

    home: House
    things: Mapping[tuple[str, str], tuple[Things, Things]]
    url: str
    server: Any

    def dump(self) -> dict[str, list[str]]:
        """Every row of every table, whosever it is."""
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection:
                return {t: sorted(map(repr, connection.execute(f"select * from {t}"))) for t in metadata.tables}
        query = " union all ".join(f"select '{t}' || t::text from chatkit.{t} t" for t in metadata.tables)
        return {"": sorted(self.server.sql(query, on=self.url).splitlines())}


def named(reader: Reader) -> tuple[str, str]:
    return reader.subject, reader.organisation


async def everything(home: House, reader: Reader) -> Things:
    """A thread of the reader's that could take any operation, and a file."""
    turn = Turn(reader=reader)
    thread_id = ids.new("thr")
    where = {"thread_id": thread_id, "created_at": NOW}
    text = [types.UserMessageTextContent(text="q")]
    card = DynamicWidgetRoot.model_validate({"type": "Card", "children": []})
    asked = types.StructuredInputFreeform(id="f", question="?")
    made = [
        types.UserMessageItem(
            id=ids.new("msg"), content=text, inference_options=types.InferenceOptions(), attachments=[], **where
        ),
        types.AssistantMessageItem(id=ids.new("msg"), content=[types.AssistantMessageContent(text="a")], **where),
        types.WidgetItem(id=ids.new("msg"), widget=card, **where),
        types.StructuredInputItem(id=ids.new("msg"), inputs=[asked], **where),
        types.ClientToolCallItem(id=ids.new("tc"), call_id="c", name="page", arguments={}, **where),
    ]
    opening = replace(turn, opening=Opening(thread_id))
    await home.server.store.save_thread(types.ThreadMetadata(id=thread_id, created_at=NOW, title="t"), opening)
    for item in made:
        await home.server.store.add_thread_item(thread_id, item, opening)
    sent = await home.attachments.receive(_bytes(), turn, name="a.txt", mime_type="text/plain")
    return Things(thread_id, *[item.id for item in made], file=sent.id)


async def _bytes():
    yield b"a servo holds an angle"


def filled(params: Any, whose: Mapping[str, Things]) -> Any:
    """`params` with ids for its `$` words; `whose` says of thread, items and file from where."""
    match params:
        case str() if params.startswith("$"):
            name = params[1:]
            return getattr(whose[name if name in whose else "items"], name)
        case list():
            return [filled(entry, whose) for entry in params]
        case dict():
            return {name: filled(entry, whose) for name, entry in params.items()}
        case _:
            return params


def words(params: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Where in `params` a `$` word stands, and which."""
    match params:
        case str() if params.startswith("$"):
            yield path, params[1:]
        case list():
            for entry in params:
                yield from words(entry, path)
        case dict():
            for name, entry in params.items():
                yield from words(entry, f"{path}.{name}".strip("."))


def naming(model: type[BaseModel], path: str = "") -> Iterator[str]:
    """Where a request of this shape can name something that is stored."""
    for name, hint in get_type_hints(model).items():
        here = f"{path}.{name}".strip(".")
        if name in {"id", "ids", "after", "attachments"} or name.endswith(("_id", "_ids")):
            yield here
        for part in _models(hint):
            yield from naming(part, here)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif isinstance(annotation, UnionType) or get_args(annotation):
        for part in get_args(annotation):
            yield from _models(part)


def operations() -> dict[str, type[BaseModel]]:
    """Every operation of the protocol, with the shape of its parameters."""
    kinds = [kind for union in (types.StreamingReq, types.NonStreamingReq) for kind in get_args(union)]
    return {kind.model_fields["type"].default: get_type_hints(kind)["params"] for kind in kinds}


def attempts() -> Iterator[Any]:
    """Each operation with each case that its request has a place for."""
    for operation, variants in REQUESTS.items():
        for number, params in enumerate(variants):
            named = {word if word in {"thread", "file"} else "items" for _, word in words(params)}
            for case, whose in CASES.items():
                foreign = {part for part, from_whom in whose.items() if from_whom != "own"}
                if foreign & named and (named >= {"thread", "items"} or case != list(CASES)[1]):
                    yield pytest.param(params, operation, case, id=f"{operation}-{number}-{case}")


def unknown(things: Things) -> Things:
    """Ids of the same look that name nothing."""
    return Things(**{name: ids.new(getattr(things, name).partition("_")[0]) for name in Things.__slots__})


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def place(request, tmp_path_factory):
    """Readers with two full threads each; whatever is asked here changes nothing, so one serves all."""
    folder = tmp_path_factory.mktemp("matrix")
    url, server = f"sqlite:///{folder / 'chat.db'}", None
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        url = server.database()
    else:
        await migrate.upgrade(url)
    async with house(folder, store_url=url) as home:
        readers = {named(reader): reader for pair in PAIRS.values() for reader in pair}
        things = {
            name: (await everything(home, reader), await everything(home, reader)) for name, reader in readers.items()
        }
        yield Place(home, things, url, server)
    if server is not None:
        await asyncio.to_thread(server.tidy)


def test_every_operation_is_tried_with_everything_it_names():
    """As the protocol's own types say."""
    there = {operation: set(naming(params)) - NAMES_OF_NO_ROW for operation, params in operations().items()}
    tried = {operation: {path for v in variants for path, _ in words(v)} for operation, variants in REQUESTS.items()}

    assert tried == there


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize(("params", "operation", "case"), list(attempts()))
async def test_what_is_not_the_readers_does_not_exist(place, pair, params, operation, case):
    """404, in the words that answer a name nobody ever gave; not a row of any table is other than before."""
    asker, owner = PAIRS[pair]
    own, other = place.things[named(asker)]
    theirs = place.things[named(owner)][0]
    real = {"own": own, "other": other, "theirs": theirs}
    invented = {"own": own, "other": unknown(other), "theirs": unknown(theirs)}
    meant = {part: real[from_whom] for part, from_whom in CASES[case].items()}
    nobodys = {part: invented[from_whom] for part, from_whom in CASES[case].items()}
    before = place.dump()
    async with place.home.client(asker.subject, asker.organisation) as client:
        client.http.headers["x-request-id"] = "the-same-for-both"
        foreign = await client.send(operation, **filled(params, meant))
        random = await client.send(operation, **filled(params, nobodys))

    body = foreign.text
    for part, things in meant.items():
        for name in Things.__slots__:
            body = body.replace(getattr(things, name), getattr(nobodys[part], name))
    assert (foreign.status_code, random.status_code) == (404, 404), (foreign.text, random.text)
    assert body == random.text
    assert foreign.headers["content-type"] == random.headers["content-type"]
    assert place.dump() == before


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", ["%00", "a%00b", "%ED%A0%80", "%F0%9D", "x" * 9000])
async def test_an_address_that_can_be_of_nothing_is_of_nothing(place, name):
    """A file is asked for by its address alone, which holds what a body may not: 404, whatever the database takes."""
    async with place.home.client(ADA.subject, ADA.organisation) as client:
        found = [await client.http.get(f"/chatkit/attachments/{name}{rest}") for rest in ("", "/preview")]

    assert [response.status_code for response in found] == [404, 404]


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        pytest.param(name, params, id=f"{name}-{n}")
        for name, several in REQUESTS.items()
        for n, params in enumerate(several)
    ],
)
async def test_what_is_the_readers_is_found(tmp_path, operation, params):
    """The same requests, every id one's own: whatever is answered, it is not that there is no such thing."""
    async with house(tmp_path) as home, home.client(ADA.subject, ADA.organisation) as client:
        own = await everything(home, ADA)
        response = await client.send(operation, **filled(params, {"thread": own, "items": own, "file": own}))

    assert response.status_code != 404, response.text
