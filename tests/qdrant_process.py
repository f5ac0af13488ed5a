"""Qdrant's REST interface over the local mode of its client, in a process of its own; run with a port and a key.

What Pageside asks, and no more. Every request and every answer is held against the schemas that Qdrant publishes
(`qdrant_openapi.json`, which says where it is from); what does not fit is noted, and `GET /_told` tells. `POST /_fault`
makes the next requests go wrong.
"""

from __future__ import annotations

import json
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import anyio
import anyio.to_thread
import jsonschema_rs
import uvicorn
from pydantic import TypeAdapter
from qdrant_client import QdrantClient, models
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

SPEC = json.loads((Path(__file__).parent / "qdrant_openapi.json").read_text("utf-8"))
NULL = {"type": "null"}


def plain(schema: Any, *, closed: bool, named: bool = False) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema has it.

    Args:
        closed: Whether an object may have only the properties that are listed: so typing errors show.
        named: Whether the keys of `schema` are names and not keywords.
    """
    if isinstance(schema, list):
        return [plain(each, closed=closed) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if named:
        return {name: plain(each, closed=closed) for name, each in schema.items()}
    kept = {
        word: plain(each, closed=closed, named=word == "properties")
        for word, each in schema.items()
        if word not in {"nullable", "format", "default"}
    }
    if "$ref" in kept:
        kept["$ref"] = kept["$ref"].replace("#/components/schemas/", "#/$defs/")
    if closed and "properties" in kept:
        kept.setdefault("additionalProperties", False)
    if not schema.get("nullable"):
        return kept
    return {"anyOf": [kept, NULL]} if kept else NULL


class Schemas:
    """Every schema of the paths, ready to be held against."""

    def __init__(self) -> None:
        schemas = SPEC["components"]["schemas"]
        self._defs = {closed: plain(schemas, closed=closed, named=True) for closed in (True, False)}
        self._kept: dict[str, jsonschema_rs.Validator] = {}

    def wrong(self, schema: Any, held: object, *, closed: bool) -> str:
        """What is wrong with `held`; empty where nothing is."""
        key = f"{closed}{json.dumps(schema)}"
        if key not in self._kept:
            whole = {"$defs": self._defs[closed], "anyOf": [plain(schema, closed=closed)]}
            self._kept[key] = jsonschema_rs.Draft202012Validator(whole)
        return next((str(error)[:2000] for error in self._kept[key].iter_errors(held)), "")


@dataclass
class Fault:
    """What goes wrong with the next `times` requests whose method and path hold `path`."""

    times: int = 0
    path: str = ""
    status: int = 0
    delay_s: float = 0
    garbage: bool = False


class Stand:
    """The server: what it keeps, what it has been asked, and what did not fit."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._store = QdrantClient(":memory:")
        self._lock = threading.Lock()
        self._schemas = Schemas()
        self._fault = Fault()
        self._noted: list[str] = []
        self._asked: list[str] = []

    async def told(self, _: Request) -> JSONResponse:
        return JSONResponse({"noted": self._noted, "asked": self._asked})

    async def break_next(self, request: Request) -> JSONResponse:
        self._fault = Fault(**await request.json())
        return JSONResponse({})

    async def empty(self, _: Request) -> JSONResponse:
        self._fault, self._noted, self._asked = Fault(), [], []
        for each in self._store.get_collections().collections:
            self._store.delete_collection(each.name)
        return JSONResponse({})

    async def anything(self, request: Request) -> Response:
        asked = f"{request.method} {request.url.path}"
        self._asked.append(asked)
        body = await request.body()
        if self._fault.times and self._fault.path in asked:
            self._fault.times -= 1
            await anyio.sleep(self._fault.delay_s)
            if self._fault.garbage:
                return Response("<html>not Qdrant</html>", media_type="text/html")
            if self._fault.status:
                return refusal(self._fault.status, f"it went wrong, and by the way the key is {self._key}")
        given = request.headers.get("api-key")
        if self._key and given != self._key:
            return refusal(403, "Invalid API key or JWT") if given else refusal(401, "Must provide an API key")
        try:
            return await anyio.to_thread.run_sync(self._carried_out, request, body)
        except ValueError as error:
            told = str(error)
            return refusal(404 if told.endswith("not found") else 409 if told.endswith("already exists") else 400, told)

    def _carried_out(self, request: Request, body: bytes) -> Response:
        template, name = matched(request.url.path)
        method = request.method.lower()
        if template not in SPEC["paths"] or method not in SPEC["paths"][template]:
            self._noted.append(f"no such operation: {method} {request.url.path}")
            return refusal(404, "")
        spec = SPEC["paths"][template][method]
        held = json.loads(body) if body else None
        content = spec.get("requestBody", {}).get("content", {}).get("application/json")
        if content and (wrong := self._schemas.wrong(content["schema"], held, closed=True)):
            self._noted.append(f"request of {spec['operationId']}: {wrong}")
            return refusal(422, "Format error in JSON body")
        known = {each["name"] for each in spec.get("parameters", ()) if each["in"] == "query"}
        if unknown := request.query_params.keys() - known:
            self._noted.append(f"parameters of {spec['operationId']}: {unknown}")
        with self._lock:
            result = OPERATIONS[spec["operationId"]](self._store, name, held or {})
            plainly = TypeAdapter(Any).dump_python(result, mode="json", exclude_none=True)
        whole = {"result": plainly, "status": "ok", "time": 0.001}
        schema = spec["responses"]["200"]["content"]["application/json"]["schema"]
        if wrong := self._schemas.wrong(schema, whole, closed=False):
            self._noted.append(f"answer of {spec['operationId']}: {wrong}")
        return JSONResponse(whole)


def refusal(status: int, told: str) -> JSONResponse:
    """An error as Qdrant words it."""
    return JSONResponse({"status": {"error": told}, "time": 0.001}, status)


def matched(path: str) -> tuple[str, str]:
    """The path of the published interface that `path` is of, and the name of the collection in it."""
    _, first, *rest = path.split("/")
    if first != "collections" or not rest or rest[0] == "aliases":
        return path, ""
    return "/".join(("/collections/{collection_name}", *rest[1:])), unquote(rest[0])


def read(kind: Any, held: object) -> Any:
    """A value of the wire as the client's own models have it."""
    return TypeAdapter(kind).validate_python(held)


def created(store: QdrantClient, name: str, body: dict[str, Any]) -> bool:
    said = read(models.CreateCollection, body)
    return store.create_collection(
        name, vectors_config=said.vectors, sparse_vectors_config=said.sparse_vectors, metadata=said.metadata
    )


def upserted(store: QdrantClient, name: str, body: dict[str, Any]) -> models.UpdateResult:
    return store.upsert(name, read(list[models.PointStruct], body["points"]))


def scrolled(store: QdrantClient, name: str, body: dict[str, Any]) -> models.ScrollResult:
    said = read(models.ScrollRequest, body)
    points, following = store.scroll(
        name, said.filter, limit=said.limit or 10, offset=said.offset, with_payload=said.with_payload
    )
    return models.ScrollResult(points=points, next_page_offset=following)


def retrieved(store: QdrantClient, name: str, body: dict[str, Any]) -> list[models.Record]:
    said = read(models.PointRequest, body)
    return store.retrieve(name, said.ids, with_payload=said.with_payload, with_vectors=said.with_vector or False)


OPERATIONS: dict[str, Callable[[QdrantClient, str, dict[str, Any]], Any]] = {
    "get_collections": lambda store, _, __: store.get_collections(),
    "get_collection": lambda store, name, _: store.get_collection(name),
    "create_collection": created,
    "update_collection": lambda store, name, body: store.update_collection(name, metadata=body["metadata"]),
    "delete_collection": lambda store, name, _: store.delete_collection(name),
    "create_field_index": lambda store, name, body: store.create_payload_index(
        name, body["field_name"], field_schema=read(models.PayloadSchemaType, body["field_schema"])
    ),
    "update_aliases": lambda store, _, body: store.update_collection_aliases(
        read(list[models.AliasOperations], body["actions"])
    ),
    "get_collections_aliases": lambda store, _, __: store.get_aliases(),
    "get_points": retrieved,
    "upsert_points": upserted,
    "scroll_points": scrolled,
    "count_points": lambda store, name, body: store.count(name, read(models.CountRequest, body).filter),
    "query_batch_points": lambda store, name, body: store.query_batch_points(
        name, read(models.QueryRequestBatch, body).searches
    ),
}


def main(port: int, key: str) -> None:
    """Serves until standard input ends, so that no server outlives the tests."""
    warnings.filterwarnings("ignore", "Payload indexes have no effect in the local Qdrant")
    stand = Stand(key)
    routes = [
        Route("/_told", stand.told),
        Route("/_fault", stand.break_next, methods=["POST"]),
        Route("/_empty", stand.empty, methods=["POST"]),
        Route("/{path:path}", stand.anything, methods=["GET", "PUT", "POST", "PATCH", "DELETE"]),
    ]
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), port=port, log_level="warning"))

    def watch() -> None:
        sys.stdin.read()
        server.should_exit = server.force_exit = True

    threading.Thread(target=watch, daemon=True).start()
    server.run()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
