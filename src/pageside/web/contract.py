"""The OpenAPI document made whole: every status a route may answer with, and ChatKit's own requests and answers."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from threading import Lock
from typing import Any, Final, Literal

from anyio.to_thread import run_sync
from chatkit.types import (
    ChatKitReq,
    FileAttachment,
    ImageAttachment,
    Page,
    SyncCustomActionResponse,
    Thread,
    ThreadItem,
    ThreadMetadata,
    TranscriptionResult,
)
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.json_schema import PydanticJsonSchemaWarning
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pageside.web import problems
from pageside.web.chatkit import REST
from pageside.web.recognition import GUEST_COOKIE, USER_HEADER

Json = dict[str, Any]

_ALL_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
_METHODS: Final = ("get", "post", "put", "patch", "delete")
_PLACE: Final = "#/components/schemas/{model}"
_PLACE_OF_ANSWER: Final = "#/components/schemas/Told{model}"  # what is asked for may have more fields than an answer
_PREFIXES: Final = ("/chatkit", REST)
_KNOWN_BY: Final[Mapping[str, Json]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "The `client_secret` of a session; with `AUTH_MODE=jwt` an identity provider's token, too.",
    },
    "guest": {
        "type": "apiKey",
        "in": "cookie",
        "name": GUEST_COOKIE,
        "description": "With `AUTH_MODE=guest`; who has none gets one with the first answer.",
    },
    "proxy": {
        "type": "apiKey",
        "in": "header",
        "name": USER_HEADER,
        "description": "With `AUTH_MODE=header`, from a trusted proxy.",
    },
}
_EVERY: Final = ("400", "401", "403", "429", "503")
_BRINGING: Final = ("413", "422")
_MORE: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("post", "/chatkit"): ("404", "409", "410", "501"),
    ("get", "/chatkit/runs/{run_id}/events"): ("404",),
    ("post", "/chatkit/runs/{run_id}/stop"): ("404",),
    ("post", "/chatkit/attachments"): ("409",),
    ("put", "/chatkit/attachments/{attachment_id}"): ("404", "409"),
    ("get", "/chatkit/attachments/{attachment_id}"): ("404",),
    ("get", "/chatkit/attachments/{attachment_id}/preview"): ("404",),
}


class Problem(BaseModel):
    """Why a request was refused (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(examples=["urn:pageside:problem:not_found"])
    title: str
    status: int
    detail: str = Field(description="What happened and what to do, for people.")
    code: str = Field(description="Its stable name, for programs.", examples=["not_found"])
    retryable: bool = Field(description="Whether the same request may succeed later.")
    request_id: str | None = Field(None, description="Names the request in the log.")


class Nothing(BaseModel):
    """Done; there is nothing to say."""

    model_config = ConfigDict(extra="forbid")


class Export(BaseModel):
    """A conversation with everything that is kept beside its words."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["pageside-conversation"]
    version: int
    exported_at: datetime
    thread: ThreadMetadata
    items: list[dict[str, Any]] = Field(description="ChatKit items; some have `record` or `feedback` as well.")


_ANSWERS: Final[Mapping[str, Any]] = {
    "ChatKitAnswer": Thread | Page[Thread] | Page[ThreadItem] | SyncCustomActionResponse | TranscriptionResult
    | FileAttachment | ImageAttachment | Nothing,
    "ChatKitExport": Export,
    "ChatKitAttachment": FileAttachment | ImageAttachment,
}  # fmt: skip


def close(app: FastAPI) -> None:
    """Answers what no route of the API takes: 405 and what the address takes, or 404; pages of the book come after.

    To be called when every route of the API is there.
    """

    @cache
    def taken() -> list[tuple[re.Pattern[str], str]]:
        return [
            (re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))), method.upper())
            for path, method, _ in operations(app.openapi())
        ]

    async def nothing(request: Request) -> Response:
        allowed = [method for path, method in await run_sync(taken) if path.fullmatch(request.url.path)]
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(allowed))})
        raise HTTPException(404)

    for prefix in _PREFIXES:
        for path in (prefix, f"{prefix}/{{rest:path}}"):
            app.router.routes.append(Route(path, nothing, methods=_ALL_METHODS, include_in_schema=False))


def install(app: FastAPI) -> None:
    """Lets `app` describe itself in full, once; it takes a while, so not on the event loop."""
    generated, writing = app.openapi, Lock()
    whole: list[Json] = []  # `app.openapi_schema` is there before it is whole

    def openapi() -> Json:
        with writing:
            if not whole:
                whole.append(completed(generated()))
            return whole[0]

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's guide on extending OpenAPI has it


def completed(document: Json) -> Json:
    """`document`, with what FastAPI cannot know of the routes."""
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template=_PLACE)
    schemas.update(_lenient(_schemas("ChatKitRequest", ChatKitReq, _PLACE)))
    for name, kind in _ANSWERS.items():
        schemas.update(_schemas(name, kind, _PLACE_OF_ANSWER))
    for path, method, operation in operations(document):
        if path.startswith(_PREFIXES):
            # One of these, or none: who is nobody yet is a new guest.
            operation.setdefault("security", [*({name: []} for name in _KNOWN_BY), {}])
        responses = operation["responses"]
        for response in responses.values():
            if stream := response.get("content", {}).get("text/event-stream"):
                stream.pop("schema", None)  # which would speak of the one event or the other
        for status in {*_statuses(path, method), *(each for each in responses if each[0] in "45")}:
            if status != "422" and "content" in responses.get(status, {}):
                continue
            said = responses.get(status, {}).get("description", "")
            told = problems.declared(int(status))[int(status)]
            if said and said != "Validation Error":
                told["description"] = said
            responses[status] = {**responses.get(status, {}), **told}
    document["components"]["securitySchemes"] = _KNOWN_BY
    _describe_chatkit(document["paths"])
    _close_answers(document)
    return document


def _lenient(requests: Json) -> Json:
    """The SDK's `requests`, with what is accepted beside: clients in the field leave out what they have not."""
    for schema in requests.values():
        fields = schema.get("properties", {})
        for name in fields.keys() & {"metadata", "data"}:
            fields[name] = {"anyOf": [fields[name], {"type": "null"}]}
            if name == "data":
                schema["required"] = [each for each in schema.get("required", ()) if each != name]
    return requests


def _close_answers(document: Json) -> None:
    """Lets no answer have a field that is not described; requests may bring more than is read."""
    schemas = document["components"]["schemas"]
    asked = [
        operation.get(part, {}) for *_, operation in operations(document) for part in ("requestBody", "parameters")
    ]
    open_ones: set[str] = set()
    found = {name for each in asked for name in _names(each)}
    while found:
        open_ones |= found
        found = {name for each in found for name in _names(schemas[each])} - open_ones
    for name, schema in schemas.items():
        if name not in open_ones:
            for each in _objects(schema):
                each.setdefault("additionalProperties", False)


def _names(schema: object) -> Iterator[str]:
    """The schemas that `schema` refers to."""
    match schema:
        case {"$ref": str(place)}:
            yield place.rpartition("/")[2]
        case dict():
            for each in schema.values():
                yield from _names(each)
        case list():
            for each in schema:
                yield from _names(each)
        case _:
            return


def _objects(schema: object) -> Iterator[Json]:
    """The objects with known fields that `schema` describes."""
    match schema:
        case dict():
            if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
                yield schema
            for each in schema.values():
                yield from _objects(each)
        case list():
            for each in schema:
                yield from _objects(each)
        case _:
            return


def _describe_chatkit(paths: Mapping[str, Json]) -> None:
    if operation := paths.get("/chatkit", {}).get("post"):
        operation["requestBody"]["content"]["application/json"]["schema"] = _reference("ChatKitRequest")
        operation["responses"]["200"]["content"] = {
            "application/json": {"schema": _reference("ChatKitAnswer")},
            "text/event-stream": {},
        }
    if operation := paths.get("/api/chatkit/threads/{thread_id}/export", {}).get("get"):
        operation["responses"]["200"]["content"] = {
            "application/json": {"schema": _reference("ChatKitExport")},
            "text/markdown": {"schema": {"type": "string"}},
        }
    for path, method in (("/chatkit/attachments", "post"), ("/chatkit/attachments/{attachment_id}", "put")):
        if operation := paths.get(path, {}).get(method):
            content = {"application/json": {"schema": _reference("ChatKitAttachment")}}
            operation["responses"]["200"] = {"description": "The attachment.", "content": content}
    for path in ("/chatkit/attachments/{attachment_id}", "/chatkit/attachments/{attachment_id}/preview"):
        if operation := paths.get(path, {}).get("get"):
            operation["responses"]["200"] = {
                "description": "The file.",
                "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
            }


def _statuses(path: str, method: str) -> Iterator[str]:
    if not path.startswith(_PREFIXES):
        return
    yield from _EVERY
    if method != "get":
        yield from _BRINGING
    yield from _MORE.get((method, path), ())
    if "{" in path and method == "get":
        yield "404"
        yield "422"


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Json]]:
    """Everything that `document` describes, in its order: path, method in lower case, and what is said of it."""
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _schemas(name: str, kind: Any, place: str) -> Json:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PydanticJsonSchemaWarning)  # the SDK's generic defaults
        schema = TypeAdapter(kind).json_schema(ref_template=place)
    defined = schema.pop("$defs", {})
    return {**{place.format(model=each).rpartition("/")[2]: told for each, told in defined.items()}, name: schema}


def _reference(name: str) -> Json:
    return {"$ref": _PLACE.format(model=name)}
