"""The document of failures is whole: every part at every moment, each walked through by a test that is there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.faults.failure_table import MOMENTS, parts

ROOT = Path(__file__).parents[2]
PARTS = (
    "SQLite", "PostgreSQL", "Embedded index", "Qdrant", "Model", "Embeddings", "Redis", "Files in a folder",
    "Files in a bucket", "Library documentation", "Moderation", "Dictation", "Sign-in keys",
)  # fmt: skip


def walked(test):
    """The part that a test takes, and the moments it looks at, in their order."""
    file, _, name = test.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    (function,) = (node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef) and node.name == name)
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    (part,) = (call.args[0].value for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Walk")
    at = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "at"]
    return part, [call.args[0].value for call in sorted(at, key=lambda call: call.lineno)]


def test_every_part_is_told_of():
    """And no other."""
    assert tuple(parts()) == PARTS


@pytest.mark.parametrize("part", PARTS)
def test_each_moment_of_a_part_is_walked_through(part):
    """Every cell of the table belongs to a step of the test that is named above it."""
    told = parts()[part]

    assert tuple(told.moments) == MOMENTS
    assert all(cell.reader and cell.again for cell in told.moments.values())
    name, moments = walked(told.test)
    assert name == part
    assert set(moments) == set(MOMENTS)
