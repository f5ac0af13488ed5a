"""The HTTP API as a page to read, made from its OpenAPI document; no script and nothing from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import jinja2
from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from markupsafe import Markup, escape

from pageside.web import contract

Document = Mapping[str, Any]

DOCUMENT: Final = "/openapi.json"
PAGE: Final = "/docs"  # unless the book has a page of its own there
ALWAYS: Final = "/-/docs"

_DEEPEST: Final = 6
_HEADERS: Final = {"Cache-Control": "no-cache"}

_templates = jinja2.Environment(
    loader=jinja2.PackageLoader("pageside.web"),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_CODE: Final = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter, or a field of a body; `name` has the names of what it stands in before it."""

    name: str
    kind: str
    required: bool
    told: str


@dataclass(frozen=True, slots=True)
class Body:
    """What goes in or comes out in one media type."""

    media_type: str
    rows: tuple[Row, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """One status, and what comes with it."""

    status: str
    told: str
    bodies: tuple[Body, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the server."""

    id: str
    method: str
    path: str
    summary: str
    told: str
    parameters: tuple[Row, ...]
    bodies: tuple[Body, ...]
    replies: tuple[Reply, ...]


class Reference:
    """The document of an application and the page about it, each made once: what is described stays as it is."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._document = b""
        self._page = b""

    async def document(self) -> Response:
        """The document, for programs."""
        self._document = self._document or await run_sync(self._written)
        return Response(self._document, media_type="application/json", headers=_HEADERS)

    async def page(self) -> Response:
        """The page, for people."""
        self._page = self._page or await run_sync(self._rendered)
        return Response(self._page, media_type="text/html; charset=utf-8", headers=_HEADERS)

    def _written(self) -> bytes:
        return json.dumps(self._app.openapi(), ensure_ascii=False).encode()

    def _rendered(self) -> bytes:
        return rendered(self._app.openapi()).encode()


def router(reference: Reference) -> APIRouter:
    """The document, and the page where it always stands."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(DOCUMENT)
    @routes.get("/-/openapi.json")
    async def document() -> Response:
        return await reference.document()

    @routes.api_route(ALWAYS, methods=["GET", "HEAD"])
    async def always() -> Response:
        return await reference.page()

    return routes


def prose(text: str) -> Markup:
    """A description as HTML: its paragraphs, and `code` in them."""
    paragraphs = (_CODE.sub(r"<code>\1</code>", str(escape(each))) for each in text.split("\n\n") if each.strip())
    return Markup("".join(f"<p>{each}</p>" for each in paragraphs))  # noqa: S704  # escaped above


def rendered(document: Document) -> str:
    """The page about what `document` describes."""
    return _templates.get_template("reference.html").render(
        prose=prose,
        title=document["info"]["title"],
        version=document["info"]["version"],
        summary=document["info"].get("summary", ""),
        address=DOCUMENT,
        operations=tuple(operations(document)),
    )


def operations(document: Document) -> Iterator[Operation]:
    """Everything that `document` describes, in its order."""
    for path, method, told in contract.operations(document):
        yield _operation(path, method, told, document)


def _operation(path: str, method: str, told: Document, document: Document) -> Operation:
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        told=told.get("description", ""),
        parameters=tuple(_parameter(each, document) for each in told.get("parameters", ())),
        bodies=tuple(_bodies(told.get("requestBody", {}), document)),
        replies=tuple(
            Reply(status, reply.get("description", ""), tuple(_bodies(reply, document)))
            for status, reply in sorted(told["responses"].items())
        ),
    )


def _parameter(told: Document, document: Document) -> Row:
    schema = told.get("schema", {})
    return Row(
        name=told["name"],
        kind=f"{told['in']}, {_kind(schema, document)}",
        required=bool(told.get("required")),
        told=told.get("description") or schema.get("description", ""),
    )


def _bodies(told: Document, document: Document) -> Iterator[Body]:
    for media_type, content in told.get("content", {}).items():
        schema = content.get("schema", {})
        yield Body(media_type, tuple(_rows(schema, document)), tuple(_examples(content, schema, document)))


def _rows(schema: Document, document: Document, *, inside: str = "", depth: int = 0) -> Iterator[Row]:
    """The fields of an object and of the objects in it, those of lists behind `[]`."""
    for each in _alternatives(schema, document):
        if each.get("type") == "array" and depth < _DEEPEST:
            yield from _rows(each.get("items", {}), document, inside=f"{inside}[]", depth=depth + 1)
        for name, field in each.get("properties", {}).items() if depth < _DEEPEST else ():
            place = f"{inside}.{name}".lstrip(".")
            told = field.get("description") or ""
            yield Row(place, _kind(field, document), name in each.get("required", ()), told)
            yield from _rows(field, document, inside=place, depth=depth + 1)


def _alternatives(schema: Document, document: Document) -> list[Document]:
    """What a schema may stand for, references followed."""
    if "$ref" in schema:
        return _alternatives(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document)
    several = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())]
    return [found for each in several for found in _alternatives(each, document)] if several else [schema]


def _kind(schema: Document, document: Document) -> str:
    """What a value may be, in a few words."""
    kinds: dict[str, None] = {}
    for each in _alternatives(schema, document):
        if "const" in each or "enum" in each:
            for value in each.get("enum", [each.get("const")]):
                kinds[json.dumps(value)] = None
        elif each.get("type") == "array":
            kinds[f"list of {_kind(each.get('items', {}), document)}"] = None
        else:
            kinds[str(each.get("format") or each.get("type") or "any")] = None
    return " or ".join(kinds)


def _examples(content: Document, schema: Document, document: Document) -> Iterator[str]:
    named = [each.get("value") for each in content.get("examples", {}).values()]
    told = [content["example"]] if "example" in content else named
    if not told:
        told = [shown for each in _alternatives(schema, document) for shown in _shown(each)]
    for each in told:
        yield each if isinstance(each, str) else json.dumps(each, indent=2, ensure_ascii=False)


def _shown(schema: Document) -> list[Any]:
    return [schema["example"]] if "example" in schema else list(schema.get("examples", ()))
