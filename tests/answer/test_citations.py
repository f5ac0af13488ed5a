"""The `[n]` of a text, and where sentences end in a stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pageside.answer import citations
from pageside.answer.citations import Mark
from pageside.answer.units import Units

FRAGMENTS = st.sampled_from(
    [
        "A servo holds an angle", ". ", " [1]", "[2][3]", " [1, 2]", "【1】", "\n", "\n\n", "- item ", "1. ",
        "`a[0]. B`", "```\nx[1]\n```", "| a | b |\n|---|---|\n| 1 | 2 |", "$x_1$", "$$\ny\n$$",
        "[text](http://x/a[1])",
        "e.g. this", "3.14", "# Head", "日本語。", "?", "! ", "`", "[", "]", "``", "*bold*", "\\[1\\]", "Dr. Who",
        " ", "…", "(so. it)", "|", "~~~", "$",
    ]
)  # fmt: skip
TEXTS = st.lists(FRAGMENTS, max_size=14).map("".join) | st.text(max_size=60)


def cut(parts):
    units = Units()
    return [*(unit for part in parts for unit in units.feed(part)), *units.close()]


@pytest.mark.parametrize(
    ("text", "words", "marks"),
    [
        ("A servo turns [1].", "A servo turns.", (Mark(13, (1,)),)),
        ("A servo turns [1][2].", "A servo turns.", (Mark(13, (1, 2)),)),
        ("A servo turns [1, 2]. So [3].", "A servo turns. So.", (Mark(13, (1, 2)), Mark(17, (3,)))),
        ("A servo turns【2】.", "A servo turns.", (Mark(13, (2,)),)),
        ("A servo turns 【2†source】.", "A servo turns.", (Mark(13, (2,)),)),
        ("A servo turns [2-4].", "A servo turns.", (Mark(13, (2, 3, 4)),)),
        ("A servo turns [1], [2].", "A servo turns.", (Mark(13, (1, 2)),)),
    ],
)
def test_every_way_to_cite_is_understood(text, words, marks):
    """Models write markers as they like."""
    assert citations.read(text) == citations.Marked(words, marks)


@pytest.mark.parametrize(
    "text",
    [
        "Take `a[1]` first.",
        "Take ``a`[1]`` first.",
        "See [1](http://example.org).",
        "See [the page](http://example.org/a[1]).",
        "See https://example.org/a",
        "The sum $a[1] + b[2]$ is.",
        "It is \\[1\\].",
        "The first is a[0].",
        "![1](picture.png)",
    ],
)
def test_what_only_looks_like_a_marker_stays(text):
    """Code, math, links, pictures, escapes and an index of 0 are none."""
    assert citations.read(text) == citations.Marked(text, ())


@given(TEXTS, st.data())
def test_the_cut_of_a_stream_changes_nothing(text, data):
    """Any split of the same characters gives the same units."""
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    parts = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]

    assert cut(parts) == cut([text]) == cut(list(text))


@given(TEXTS)
def test_no_character_is_lost(text):
    """Leads and texts joined are what came in, save white space at the end."""
    assert "".join(unit.lead + unit.text for unit in cut([text])) == text.rstrip()


@given(TEXTS)
def test_reading_loses_nothing_but_marks(text):
    """What is written back with its own marks reads the same again."""
    marked = citations.read(text)
    written, _ = citations.write(marked.text, marked.marks)

    assert citations.read(written).numbers == marked.numbers or citations.read(marked.text).marks


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="`$"), max_size=80))
def test_a_literal_reads_back_as_itself(text):
    """Prose that is escaped for Markdown has no marks and the same words."""
    said = "Then " + " ".join(text.split())
    shown = citations.literal(said)

    assert citations.read(shown).marks == ()
    assert citations.plain(shown) == said.strip()


def test_ends_are_right_behind_their_marks():
    """The places a citation is announced at."""
    text, ends = citations.write("A. B.", [Mark(1, (1,)), Mark(4, (2, 1))])

    assert text == "A [1]. B [2][1]."
    assert [text[:end][-3:] for _, end in ends] == ["[1]", "[2]", "[1]"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One here. Two there.", ["One here.", "Two there."]),
        ("One here. [1] Two there [2].", ["One here. [1]", "Two there [2]."]),
        ("Use e.g. a PID loop. It works.", ["Use e.g. a PID loop.", "It works."]),
        ("It is 3.14 volts. Next.", ["It is 3.14 volts.", "Next."]),
        ("Call `a. B` now. Then rest.", ["Call `a. B` now.", "Then rest."]),
        ("- First item.\n- Second item", ["- First item.", "- Second item"]),
        ("A line\nthat wraps. Done.", ["A line\nthat wraps.", "Done."]),
        ("次の文です。[1]そして。", ["次の文です。[1]", "そして。"]),
        ("See [the page. Here](x) now. Then.", ["See [the page. Here](x) now.", "Then."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text, sentences):
    """Marks belong to the sentence before them; abbreviations, code and links end nothing."""
    assert [unit.text for unit in cut([text])] == sentences


def test_blocks_are_whole():
    """A fence, a table and a formula are one unit each, whatever stands in them."""
    text = "Code:\n\n```py\na. B\n\nc\n```\n\n| a | b |\n|---|---|\n| 1. X | 2 |\n\n$$\nx. Y\n$$\nEnd."

    assert [unit.kind for unit in cut([text])] == ["prose", "code", "table", "math", "prose"]


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_words_without_end_are_let_go(size):
    """A model caught in a loop neither holds its text back for ever nor takes longer with every word."""
    text = " ".join(f"word{number}" for number in range(3000))

    units = cut([text[at : at + size] for at in range(0, len(text), size)])

    assert "".join(unit.lead + unit.text for unit in units) == text
    assert max(len(unit.text) for unit in units) < 5000


def test_a_sentence_is_out_when_the_next_begins():
    """Nothing waits for the end of the stream."""
    units = Units()

    assert not units.feed("One here. ")
    assert [unit.text for unit in units.feed("T")] == ["One here."]
