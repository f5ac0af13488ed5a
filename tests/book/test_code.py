"""Every Python block of the book runs, and prints what the page says it prints."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest
import yaml
from book_pages import BookPage, Fence


def run(fence: Fence, page: BookPage, names: dict[str, Any]) -> str:
    """What the block prints; its lines keep the page's numbers in tracebacks."""
    tree = ast.increment_lineno(ast.parse(fence.code, page.path), fence.line)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(tree, page.path, "exec"), names)
        except KeyboardInterrupt:
            pytest.fail(f"{page.path}:{fence.line} spins without catching Ctrl-C")
    return printed.getvalue()


def shown_below(page: BookPage, index: int) -> str | None:
    """The `text` block that follows a block directly, or after words that say it prints, before any more Python."""
    for distance, fence in enumerate(page.fences[index + 1 :]):
        if fence.language == "python":
            return None
        if fence.language == "text" and ((not fence.above and distance == 0) or "print" in fence.above):
            return fence.code
    return None


@pytest.mark.usefixtures("ros2")
def test_the_python_of_a_page_runs_in_order_and_prints_what_the_page_shows(page: BookPage) -> None:
    """The blocks of a page share one namespace, as they would in a notebook."""
    names: dict[str, Any] = {"__name__": "__main__"}

    for index, fence in enumerate(page.fences):
        if fence.language == "python":
            printed = run(fence, page, names)
            shown = shown_below(page, index)
            if printed or shown is not None:
                assert shown is not None, f"{page.path}:{fence.line} prints and the page does not show it:\n{printed}"
                assert printed.rstrip() == shown.rstrip(), f"{page.path}:{fence.line}"


def test_markup_and_configuration_of_a_page_are_well_formed(page: BookPage) -> None:
    """XML, YAML and JSON examples can be copied into a file and parsed."""
    parsers = {"xml": ET.fromstring, "yaml": yaml.safe_load, "json": json.loads}
    examples = [fence for fence in page.fences if fence.language in parsers]

    assert all(parsers[fence.language](fence.code) is not None for fence in examples)


def test_fences_name_their_language(page: BookPage) -> None:
    """A block without a language is neither coloured nor checked."""
    assert [fence.line for fence in page.fences if not fence.language] == []
