"""Which files of a folder are pages, whatever their kind, and where they are shown."""

from __future__ import annotations

import json
from pathlib import Path

from tests.knowledge.reading.kinds_of_page import documents, written

NOTEBOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {},
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": "Notebook words."}],
    }
)


def urls(book: Path, **files: str) -> dict[str, str]:
    return {path: document.url for path, document in documents(written(book, **files))[0].items()}


def test_every_kind_has_the_address_under_which_it_would_be_served(tmp_path: Path) -> None:
    files = {
        "a.md": "Words.",
        "b.rst": "Words.",
        "c.ipynb": NOTEBOOK,
        "d.html": "Words.",
        "e.htm": "Words.",
        "f.txt": "Some words of prose.",
        "g/index.html": "Words.",
        "h/index.rst": "Words.",
    }

    assert urls(tmp_path, **files) == {
        "a.md": "/a",
        "b.rst": "/b",
        "c.ipynb": "/c",
        "d.html": "/d.html",
        "e.htm": "/e.htm",
        "f.txt": "/f.txt",
        "g/index.html": "/g/",
        "h/index.rst": "/h/",
    }


def test_of_two_forms_of_a_page_the_first_is_the_page(tmp_path: Path) -> None:
    """As notebooks lie beside the Markdown they were made from, and HTML beside its source."""
    files = {
        "a.md": "Words.",
        "a.ipynb": NOTEBOOK,
        "b.rst": "Words.",
        "b.html": "Words.",
        "b.txt": "Words of prose here.",
    }
    found, troubles = documents(written(tmp_path, **files))

    assert sorted(found) == ["a.md", "b.rst"]
    assert sorted(trouble.partition(":")[0] for trouble in troubles) == ["a.ipynb", "b.html", "b.txt"]


def test_what_a_generator_made_of_the_book_is_not_read_again(tmp_path: Path) -> None:
    files = {
        "docs/a.md": "Words.",
        "site/a/index.html": "Words.",
        "site/search/search_index.json": "{}",
        "html/a.html": "Words.",
        "html/objects.inv": "",
        "_templates/layout.html": "{% extends 'x' %}{{ body }}",
        "moved.html": '<meta http-equiv="refresh" content="0; url=a.html">',
        "404.html": "Not found.",
    }

    assert list(urls(tmp_path, **files)) == ["docs/a.md"]


def test_a_site_of_html_alone_is_a_book(tmp_path: Path) -> None:
    files = {
        "index.html": "Words.",
        "a/index.html": '<link rel="canonical" href="https://book.test/a/">Words.',
        "sitemap.xml": "",
    }

    assert urls(tmp_path, **files) == {"a/index.html": "https://book.test/a/", "index.html": "/"}


def test_a_page_says_where_it_stands_only_if_that_can_be_true(tmp_path: Path) -> None:
    """Pages copied from one template often all name the same address."""
    page = '<link rel="canonical" href="https://book.test/"><p>Words.</p>'

    assert urls(tmp_path, **{"a.html": page, "b.html": page}) == {"a.html": "/a.html", "b.html": "/b.html"}
