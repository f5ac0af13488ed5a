"""Words of a page are counted without its reader."""

from __future__ import annotations

import pytest

from pageside.knowledge import words


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("one two three", 3),
        ("---\ntitle: not counted\n---\n\none two\n", 2),
        ("**one** [two](https://example.org/a-b) `three`", 3),
        ("<Tabs groupId='x'>one</Tabs>\n<!-- not this -->", 1),
        ("import Tabs from '@theme/Tabs';\n\none", 1),
        ("## One two {#an-id}", 2),
        ("```python\nx = foo(1)\n```", 4),
        ("", 0),
    ],
)
def test_prose_and_code_count_and_markup_does_not(source, count):
    """Front matter, addresses, tags and comments are not words of the book."""

    assert words.in_source(source) == count
