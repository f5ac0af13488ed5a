"""What the book and its folders are called, as their site says it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from pageside.knowledge.reading import labels
from pageside.knowledge.reading.sites import docusaurus, mdbook, mkdocs, notation
from pageside.knowledge.reading.sites.site import strip_number

_ABOVE = 3
_CATEGORIES = ("_category_.json", "_category_.yml", "_category_.yaml")


def book(folder: Path) -> str:
    """The book's title from the site's configuration, in the folder or up to three above; empty where none says it."""
    for place in (folder.resolve(), *folder.resolve().parents[:_ABOVE]):
        for name in (*docusaurus.CONFIGS, *mkdocs.CONFIGS, mdbook.CONFIG):
            if title := _title(place / name):
                return title
    return ""


def folders(folder: Path, paths: Iterable[str]) -> dict[str, str]:
    """A readable name for each of `paths` (folders, relative to `folder`); the top level's is empty."""
    return {path: _label(folder / path) or labels.readable(strip_number(PurePosixPath(path).name)) for path in paths}


def _title(config: Path) -> str:
    if config.name in mkdocs.CONFIGS:
        return _said(mkdocs.read_config(config), "site_name")
    said = notation.read(config)
    return _said(said if config.name in docusaurus.CONFIGS else notation.mapping(said).get("book"), "title")


def _label(folder: Path) -> str:
    return next((label for name in _CATEGORIES if (label := _said(notation.read(folder / name), "label"))), "")


def _said(value: object, key: str) -> str:
    value = notation.mapping(value).get(key)
    return value.strip() if isinstance(value, str) else ""
