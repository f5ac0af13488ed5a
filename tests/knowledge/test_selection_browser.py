"""A selection from any page of real books is found in the passage it was made in, whatever a browser does to it."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

from pageside.knowledge import chunk, selection
from pageside.knowledge.passage import Passage
from pageside.knowledge.reading import folder, sites

SHARED = Path(os.environ.get("SHARED") or Path(__file__).parents[3] / "shared")
BOOKS = ("rust-book", "d2l", "hf-deep-rl", "fastapi-en", "redux-docs", "physical-ai-mraza")
PAGES = 12
LIGATURES = {"ffi": "\ufb03", "fi": "\ufb01", "fl": "\ufb02"}


def pages(book: str, *, most: int = PAGES) -> list[tuple[Passage, ...]]:
    """Passages of some pages, always the same ones."""
    root = SHARED / "corpora" / book
    if not root.is_dir():
        pytest.skip(f"there is no book at {root}; set SHARED to a folder that has it in corpora/")
    site = sites.detect(root)
    files = list(folder.list_pages(root, site))
    chosen = random.Random(7).sample(files, min(len(files), most))
    documents = (folder.load(root, site, file)[0] for file in chosen)
    return [cut for document in documents if document and (cut := chunk.split(document))]


def shown(text: str) -> str:
    """What a page shows of Markdown: no list markers, code fences, emphasis or dollar signs; quotes are set."""
    text = re.sub(r"^```.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"^[ \t]*(?:[-*+]|\d+[.)])[ \t]+", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\|[\s|:-]*$\n?", "", text, flags=re.MULTILINE)
    text = re.sub(r"^\|(.*)\|$", lambda row: row[1].replace("|", "\t"), text, flags=re.MULTILINE)
    return re.sub(r"[*`$]", "", text)


def copied(text: str, chance: random.Random) -> str:
    """What lands on the clipboard: spaces, hyphens, quotes and ligatures of another kind, and nothing at all."""
    text = text.replace("'", "\u2019").replace("fi", LIGATURES["fi"]).replace("--", "\u2013")
    words = re.split(r"(\s+)", text)
    told = [
        chance.choice([" ", "\u00a0", "\n", "\t", "  ", "\u2009"]) if not word.strip() else _worded(word, chance)
        for word in words
    ]
    return "".join(told)


def _worded(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word) + 1)
    return word[:at] + chance.choice(["", "", "", "\u00ad", "\u200b", "\ufeff"]) + word[at:]


def numbered(code: str) -> str:
    """Code as a site shows it that numbers its lines and puts a button over them."""
    return "Copy\n" + "\n".join(f"{number} {line}" for number, line in enumerate(code.splitlines(), 1))


def drawn(text: str) -> str:
    """Formulas as KaTeX leaves them on the clipboard: the drawing, and behind it what it was made from."""
    return re.sub(r"\$([^$]+)\$", lambda formula: f"{re.sub(r'[^A-Za-z0-9=+]', '', formula[1])}\n{formula[1]}\n", text)


@pytest.mark.parametrize("book", BOOKS)
def test_a_stretch_of_any_page_is_found_where_it_was_selected(book):
    """A hundred and forty characters from anywhere in a passage, as a browser copies them."""
    chance = random.Random(book)
    missed = []
    for page in pages(book):
        for passage in chance.sample(page, min(len(page), 8)):
            text = shown(passage.text)
            at = chance.randrange(max(1, len(text) - 140))
            quote = copied(text[at : at + 140], chance)
            if len(selection.bare(quote)) < selection.LONG_ENOUGH:
                continue
            found = selection.locate(quote, page)
            texts = {selection.bare(each.text) for each in found}
            if not any(selection.bare(passage.text) == each for each in texts) and not _elsewhere(quote, page, found):
                missed.append((passage.path, quote))

    assert missed == []


def _elsewhere(quote: str, page: tuple[Passage, ...], found: tuple[Passage, ...]) -> bool:
    """Whether the page says the same twice, and the other place was found."""
    return any(selection.bare(quote) in selection.bare(each.text) for each in found if each in page)


@pytest.mark.parametrize("book", ["rust-book", "fastapi-en", "d2l"])
def test_code_is_found_with_the_numbers_of_its_lines_and_its_button(book):
    """Sites differ in what they copy; code that a page shows twice is found at either place."""
    missed, tried = [], 0
    for page in pages(book):
        for passage in page:
            for code in re.findall(r"^```[^\n]*\n(.*?)^```", passage.text, flags=re.MULTILINE | re.DOTALL)[:1]:
                if len(selection.bare(code)) >= 60:
                    tried += 1
                    found = selection.locate(numbered(code), page)
                    if passage not in found and not _says(found, code):
                        missed.append((passage.path, code))

    assert tried >= 3
    assert missed == []


def _says(found: tuple[Passage, ...], code: str) -> bool:
    """Whether most lines of `code` stand in what was found."""
    lines = [line for line in map(selection.bare, code.splitlines()) if line]
    held = "".join(selection.bare(each.text) for each in found)
    return sum(line in held for line in lines) >= 0.6 * len(lines)


def test_a_sentence_with_drawn_formulas_is_found():
    """Neither the drawing nor what stands behind it is in the source as it was copied."""
    missed, tried = [], 0
    for page in pages("d2l", most=60):
        for passage in page:
            for line in passage.text.split("\n\n"):
                if 1 <= len(re.findall(r"(?<!\$)\$[^$]{1,30}\$(?!\$)", line)) <= 2 and 120 < len(line) < 700:
                    tried += 1
                    if passage not in selection.locate(drawn(line), page):
                        missed.append((passage.path, line))

    assert tried >= 20
    assert len(missed) <= tried // 50, missed


@pytest.mark.parametrize("book", BOOKS)
def test_what_no_page_says_is_found_in_none(book):
    """Words of the page in another order are not the page."""
    chance = random.Random(book)
    for page in pages(book)[:6]:
        words = re.findall(r"\w+", " ".join(passage.text for passage in page))
        strange = " ".join(chance.choice(words)[::-1] for _ in range(30))

        assert selection.locate(strange, page) == ()
