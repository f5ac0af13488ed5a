"""The reader's own files as passages: every word of them, told apart from the book's, and only what fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import sample_files
from tests.answer.shelf import Shelf

from pageside.answer import file_search
from pageside.knowledge.passage import Found

NOTES = "The gripper of team Halley opens 85 millimetres wide. Its jaws are printed from nylon."


@pytest.mark.parametrize(
    ("name", "mime_type", "content"),
    [
        ("a.txt", "text/plain", NOTES.encode()),
        ("a.md", "text/markdown", f"# Notes\n\n{NOTES}".encode()),
        ("a.pdf", "application/pdf", sample_files.pdf(NOTES)),
        ("a.txt", "text/plain", NOTES.encode("utf-16")),
    ],
)
async def test_a_file_is_found_by_what_it_says(name, mime_type, content):
    """In whatever form it says it, and as a file."""
    passages = file_search.read(name, mime_type, content).passages
    (found,) = await file_search.find("How far does the gripper of team Halley open?", passages, Shelf())

    assert "opens 85 millimetres wide" in found.passage.text
    assert file_search.is_of_file(found.passage)
    assert found.passage.labels["file"] == name
    assert 0.05 <= found.relevance <= 1


async def test_what_does_not_fit_is_not_found():
    """Nor anything without a question or a file."""
    passages = file_search.read("a.txt", "text/plain", NOTES.encode()).passages

    assert await file_search.find("zebra xylophone", passages, Shelf()) == ()
    assert await file_search.find(" ", passages, Shelf()) == ()
    assert await file_search.find("gripper", (), Shelf()) == ()


def test_a_program_is_cut_between_its_parts():
    """Into blocks of code that hold every line of it."""
    lines = [f"line_{number} = {number}" if number % 25 else "" for number in range(200)]
    passages = file_search.read("a.py", "text/x-python", "\n".join(lines).encode()).passages
    shown = "\n".join(passage.text for passage in passages)

    assert len(passages) > 1
    assert all(line in shown for line in lines)


@pytest.mark.parametrize("content", [b"%PDF-1.4 broken", b"", sample_files.PDF])
def test_a_pdf_without_text_has_no_passages(content):
    """Damaged, empty, or a picture of a page."""
    assert file_search.read("a.pdf", "application/pdf", content).passages == ()
    assert file_search.read("a.pdf", "application/pdf", content).whole.strip() == ""


@given(st.lists(st.floats(0, 1), max_size=8), st.lists(st.floats(0, 1), max_size=3))
def test_own_passages_lead_where_they_fit_better(book, own):
    """And never push each other out; the book keeps its order."""
    passage = file_search.read("a.txt", "text/plain", NOTES.encode()).passages[0]
    ours, theirs = [Found(passage, each) for each in own], [Found(passage, each) for each in book]
    both = file_search.beside(theirs, ours, limit=6)

    assert len(both) == min(6, len(theirs) + len(ours))
    assert sorted(own) == sorted(each.relevance for each in both if any(each is one for one in ours))
    assert [each for each in both if any(each is one for one in theirs)] == theirs[: max(0, 6 - len(ours))]


@given(st.binary(max_size=400), st.sampled_from(["a.py", "a.md", "a.txt", "a", "a.json"]))
def test_any_bytes_are_passages_or_none(content, name):
    """Whatever a reader sends."""
    for passage in file_search.read(name, "text/plain", content).passages:
        assert file_search.is_of_file(passage)


def test_pages_behind_the_limit_are_left_out_and_named():
    """The reader is told, in words."""
    names = ["".join("abcdefghij"[int(digit)] for digit in str(number)) for number in range(1, 202)]
    pages = [f"Speaker {name} rose and thanked the board." for name in names]
    found = file_search.read("a.pdf", "application/pdf", sample_files.pdf(*pages))

    assert f"Speaker {names[199]} rose" in found.whole
    assert f"Speaker {names[200]} rose" not in found.whole
    assert "first 200 of 201 pages" in found.left_out


def test_a_text_too_long_to_search_is_searched_from_its_beginning():
    """And that is said."""
    found = file_search.read("a.txt", "text/plain", ("word " * 100_000).encode())

    assert sum(len(passage.text) for passage in found.passages) >= 300_000
    assert "first 400000 of its 500000 characters" in found.left_out
