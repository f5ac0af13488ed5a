"""Question files and the books they are about, split into a half to tune on and a half to report.

The folder is the one that `SHARED` names, or `../shared`: its `corpora/` holds books, its `questions/` JSON lines. None
of it is part of the project; without it the benchmarks say so and end.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Half = Literal["dev", "test"]

SHARED = Path(os.environ.get("SHARED") or Path(__file__).parents[2] / "shared")

BOOKS = {
    "hf-deep-rl-quizzes": "hf-deep-rl",
    "physical-ai-mraza-faq-and-checks": "physical-ai-mraza",
    "physical-ai-uneeza-quizzes": "physical-ai-uneeza",
}
# Books with questions of our own, written before they were first searched.
OPEN_BOOKS = ("rust-book", "fastapi-en", "redux-docs", "d2l", "hf-deep-rl", "physical-ai-mraza")
VERSIONED = ("react-native",)  # also our own questions; a book with eight versions of each of its pages
SQUAD = "squad2-dev"
OTHER_SCRIPTS = ("fastapi-ja",)  # also our own questions; searched by words alone with the embedded model


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the page that answers it, and which half it belongs to.

    Attributes:
        pages: Paths in the book, any of which answers; none where the book does not.
        near: The page a question without an answer was written from.
        both: For a question that needs two sections, the pages that hold each; one of either must be found.
    """

    id: str
    text: str
    pages: frozenset[str]
    half: Half
    near: str = ""
    both: tuple[frozenset[str], ...] = ()


@cache
def _split() -> dict[str, dict[str, Half]]:
    split: dict[str, dict[str, Half]] = json.loads(Path(__file__).with_name("split.json").read_text("utf-8"))
    return split


def half(name: str, group: str) -> Half:
    """The half that the article or page `group` of set `name` falls into, as `split.json` wrote it down once.

    A whole article or page is in one half: questions about one paragraph share its words, so that one tuned on would
    tell of the others.
    """
    return _split()[name][group]


def sets() -> tuple[str, ...]:
    """Names of the question sets that the embedded model can read."""
    return (*BOOKS, *OPEN_BOOKS, SQUAD)


def book(name: str, *, workplace: Path) -> Path:
    """The folder of the book that the set `name` is about; SQuAD's is written to `workplace`, a page a paragraph."""
    if name != SQUAD:
        return SHARED / "corpora" / BOOKS.get(name, name)
    folder = workplace / "squad"
    for row in _rows(SHARED / "questions" / "squad2-dev-passages.jsonl"):
        page = folder / _squad_page(row["passage"])
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"# {row['title'].replace('_', ' ')}\n\n{row['text']}\n", "utf-8")
    return folder


def asked(name: str) -> tuple[Asked, ...]:
    """The questions of the set `name`."""
    if name == SQUAD:
        return tuple(map(_squad, _rows(SHARED / "questions" / "squad2-dev-questions.jsonl")))
    if name in (*OPEN_BOOKS, *VERSIONED, *OTHER_SCRIPTS):
        return tuple(_own(row) for row in _rows(Path(__file__).with_name("open-books.jsonl")) if row["book"] == name)
    prefix = f"{BOOKS[name]}/"
    rows = _rows(SHARED / "questions" / f"{name}.jsonl")
    return tuple(
        Asked(row["id"], row["question"], frozenset({page}), half(name, page))
        for row in rows
        for page in [row["path"].removeprefix(prefix)]
    )


def _own(row: dict[str, Any]) -> Asked:
    both = tuple(map(frozenset, row.get("both", ())))
    group = " + ".join(pages[0] for pages in row["both"]) if both else row["pages"][0]
    return Asked(row["id"], row["question"], frozenset(row["pages"]), half(row["book"], group), both=both)


def _squad(row: dict[str, Any]) -> Asked:
    page = _squad_page(row["passage"])
    pages = frozenset({page} if row["answerable"] else ())
    return Asked(row["id"], row["question"], pages, half(SQUAD, row["passage"].rpartition("/")[0]), near=page)


def _squad_page(passage: str) -> str:
    title, _, number = passage.rpartition("/")
    return f"{title.lower().replace(' ', '-')}/{int(number):03}.md"


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    if not file.is_file():
        raise SystemExit(f"There are no questions at {str(file)!r}; set SHARED to a folder that has them.")
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
