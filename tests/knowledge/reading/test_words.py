"""The count of words that a page holds, made without the parser."""

from __future__ import annotations

from collections import Counter

import pytest

from pageside.knowledge.reading.words import tally, words_of


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("Three plain words", 3),
        ("---\ntitle: not counted\n---\nOne", 1),
        ("---\n\nA rule first", 3),
        ("```python title='a.py'\nx = 1\n```\n", 4),
        ("[text](https://not.example/at/all 'shown') here", 3),
        ("![alt](x.png)", 1),
        ("<b class='not this'>one</b> two", 2),
        ("<!-- not this --> one", 1),
        ("`<Tag>` one", 2),
        ("Robot's arm", 3),
        ("日本語", 3),
        ("$x_1 + y$", 3),
        (":::tip\none\n:::", 2),
        (":::tip Title here\none\n:::", 3),
        ("# one {#id-not}", 1),
        ("A[^1]\n\n[^1]: b", 2),
        ("[a]: https://not.example\nb", 1),
    ],
)
def test_what_a_reader_reads_is_counted(source, words):
    assert words_of(source, mdx=False).total() == words


def test_ids_of_headings_are_not_counted():
    assert words_of("# one {#not-this}\n\n## two [[nor-this]]\n", mdx=False) == Counter(["one", "two"])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import A from 'b'\n\none", ["one"]),
        ("export const a = {\n\n b: 'c'\n}\n\none", ["one"]),
        ("{/* not this */} one", ["one"]),
        (
            "<Card title='Two words' className='not these' onClick={() => f('nor these')} /> one",
            ["two", "words", "one"],
        ),
        ("import the map", ["import", "the", "map"]),
    ],
)
def test_what_javascript_hides_is_not_counted(source, words):
    assert words_of(source, mdx=True) == Counter(words)


def test_words_are_levelled_before_they_are_compared():
    assert tally("Ｆｕｌｌ ROBOT&nbsp;robot \\u0026lt;") == Counter(["full", "robot", "robot"])
