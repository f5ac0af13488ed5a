"""The evaluation questions point at sentences that stand in the book."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from book_pages import ROOT, BookPage

FILES = sorted((ROOT / "evals").glob("physical-ai*.jsonl"))
ROWS = [json.loads(line) for file in FILES for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def flat(text: str) -> str:
    """The text with every run of white space as one space."""
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_gold_quote_stands_in_its_page_under_its_heading(row: dict, book: dict[str, BookPage]) -> None:
    """The quote is exact, and the heading is the nearest above it."""
    for gold in row.get("gold", []):
        source = book[gold["path"]].source
        before, found, _ = flat(source).partition(flat(gold["quote"]))
        above = [h for h in _headings(book[gold["path"]]) if flat(h) in before]

        assert found, f"not in {gold['path']}: {gold['quote']}"
        assert gold["heading"] in ([_plain(above[-1])] if above else [book[gold["path"]].front["title"]])


def _headings(page: BookPage) -> list[str]:
    return re.findall(r"^#{2,6} +.+$", page.prose, re.MULTILINE)


def _plain(heading: str) -> str:
    return re.sub(r"\s*\{#[\w-]+\}\s*$", "", heading.lstrip("# ")).replace("`", "").replace("*", "")


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_row_has_the_fields_of_its_kind(row: dict, book: dict[str, BookPage]) -> None:
    """Answerable rows carry gold and an answer; a selection stands in its page."""
    assert row["question"].strip()
    assert row["half"] in {"dev", "test"}
    assert bool(row.get("gold")) is row["answerable"]
    assert bool(row.get("answer")) is row["answerable"]
    assert "selected_text" not in row or flat(row["selected_text"]) in flat(book[row["page"]].source)
    assert all(message["role"] in {"reader", "tutor"} for message in row.get("history", []))


def test_ids_are_unique_and_the_halves_balanced() -> None:
    """Tuning sees the dev half only."""
    halves = Counter(row["half"] for row in ROWS)

    assert len({row["id"] for row in ROWS}) == len(ROWS) > 0
    assert abs(halves["dev"] - halves["test"]) <= 3
