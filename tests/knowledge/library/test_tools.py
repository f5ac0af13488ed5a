"""The tools of a server of documentation: found by what they take, whatever they are called."""

from __future__ import annotations

import pytest
from mcp.types import Tool
from tests.library_server import TOOLS

from pageside.knowledge.library import tools
from pageside.knowledge.library.tools import Call, UnfitTools


def offered(version):
    return [Tool.model_validate(each) for each in TOOLS[version]]


@pytest.mark.parametrize(
    ("version", "resolve", "docs"),
    [
        (
            "1.0.14",
            Call("resolve-library-id", "libraryName"),
            Call("get-library-docs", "context7CompatibleLibraryID", "topic", "tokens"),
        ),
        (
            "1.0.30",
            Call("resolve-library-id", "libraryName"),
            Call("get-library-docs", "context7CompatibleLibraryID", "topic"),
        ),
        ("2.0.0", Call("resolve-library-id", "libraryName", "query"), Call("query-docs", "libraryId", "query")),
        ("4.1.1", Call("resolve-library-id", "libraryName", "query"), Call("query-docs", "libraryId", "query")),
    ],
)
def test_every_version_is_understood(version, resolve, docs):
    """Names of tools and arguments changed; what they are for did not."""
    assert tools.choose(offered(version)) == tools.Tools(resolve, docs)
    assert tools.choose(reversed(offered(version))) == tools.Tools(resolve, docs)


def test_other_tools_are_passed_over():
    """A server may offer more, and some of it may look alike."""
    rating = Tool(
        name="rate",
        input_schema={
            "type": "object",
            "properties": {"libraryId": {"type": "string"}, "stars": {"type": "integer"}},
            "required": ["libraryId", "stars"],
        },
    )
    echo = Tool(name="echo", input_schema={"type": "object", "properties": {"text": {"type": "string"}}})

    assert tools.choose([rating, echo, *offered("4.1.1")]) == tools.choose(offered("4.1.1"))


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        {"properties": []},
        {"properties": {"libraryId": 3}},
        {"properties": {"libraryId": {"type": "array"}}},
    ],
)
def test_a_tool_whose_schema_says_nothing_is_none(schema):
    """Nobody knows how to call it."""
    odd = Tool.model_construct(name="query-docs", title=None, description="docs", input_schema=schema)

    with pytest.raises(UnfitTools, match="give the documentation"):
        tools.choose([offered("4.1.1")[0], odd])


def test_a_tool_that_insists_on_more_is_not_called():
    """An argument that nobody here knows cannot be made up."""
    resolve, docs = offered("4.1.1")
    schema = {**docs.input_schema, "required": ["libraryId", "query", "tenant"]}

    with pytest.raises(UnfitTools):
        tools.choose([resolve, docs.model_copy(update={"input_schema": schema})])
