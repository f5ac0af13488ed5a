"""Real books are read whole: without an exception, and without losing a word of prose."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from pageside.knowledge.reading.markdown import parse
from pageside.knowledge.reading.render import html
from pageside.knowledge.reading.words import tally, words_of

pytestmark = pytest.mark.corpora

DOCUSAURUS = frozenset(("physical-ai-mraza", "physical-ai-uneeza", "react-native", "redux-docs"))
BOOKS = (*sorted(DOCUSAURUS), "d2l", "fastapi-en", "fastapi-ja", "hf-deep-rl", "rust-book")


def pages(corpora: Path, book: str) -> list[Path]:
    """The pages of a book; of its older versions one, for the time it takes."""
    found = sorted(path for path in (corpora / book).rglob("*") if path.suffix in (".md", ".mdx"))
    return [path for path in found if "versioned_docs" not in path.parts or "version-0.77" in path.parts]


@pytest.mark.parametrize("book", BOOKS)
def test_a_real_book_is_read_without_losing_a_word(corpora, book):
    counted: Counter[str] = Counter()
    lost: dict[str, Counter[str]] = {}

    for path in pages(corpora, book):
        source = path.read_text(encoding="utf-8-sig", errors="replace")
        mdx = path.suffix == ".mdx" or book in DOCUSAURUS
        words = words_of(source, mdx=mdx)
        missing = words - tally("\n".join(block.text for block in parse(source, mdx=mdx).blocks))
        counted += words
        if missing:
            lost[path.name] = missing

    assert counted.total() > 30_000
    assert sum(missing.total() for missing in lost.values()) <= counted.total() / 10_000, lost


@pytest.mark.parametrize("book", BOOKS)
def test_blocks_of_a_real_book_lie_in_order_and_hardly_overlap(corpora, book):
    blocks = overlapping = 0

    for path in pages(corpora, book)[:150]:
        source = path.read_bytes().decode("utf-8", "replace")
        found = parse(source, mdx=path.suffix == ".mdx" or book in DOCUSAURUS).blocks
        blocks += len(found)
        assert [block.start for block in found] == sorted(block.start for block in found)
        assert all(0 <= block.start < block.end <= len(source) for block in found)
        overlapping += sum(
            later.start < earlier.end and (later.start, later.end) != (earlier.start, earlier.end)
            for earlier, later in pairwise(found)
        )

    assert blocks > 500
    assert overlapping <= blocks / 1_000


@pytest.mark.parametrize("book", BOOKS)
def test_every_page_of_a_real_book_can_be_shown(corpora, book):
    for path in pages(corpora, book)[:60]:
        source = path.read_text(encoding="utf-8-sig", errors="replace")
        shown = html(source, mdx=path.suffix == ".mdx" or book in DOCUSAURUS, anchors=[])

        assert "<script" not in shown
        assert "javascript:" not in shown.lower() or "javascript:" in source.lower()
