"""Every expectation has a test."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.conformance.checks import CHECKS


def numbers(source: str) -> set[int]:
    """The checks that the tests in `source` say they decide."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AsyncFunctionDef)]
    calls = [mark for function in functions for mark in function.decorator_list if isinstance(mark, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "check"]
    return {ast.literal_eval(argument) for call in named for argument in call.args}


def test_every_check_has_a_test():
    """None of the eighty is only written down."""
    files = Path(__file__).parent.glob("test_*.py")
    tested = set().union(*(numbers(file.read_text("utf-8")) for file in files))

    assert {number: CHECKS[number] for number in CHECKS.keys() - tested} == {}
    assert sorted(CHECKS) == list(range(1, 81))
