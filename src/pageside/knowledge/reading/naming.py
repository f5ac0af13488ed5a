"""What the book and its folders are called, as their site says it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

import yaml

from pageside.knowledge.reading import labels
from pageside.knowledge.reading.sites import docusaurus, literals, mdbook, mkdocs
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
    try:
        text = config.read_text(encoding="utf-8")
        if config.name in docusaurus.CONFIGS:
            return _said(literals.exported(text), "title")
        if config.name in mkdocs.CONFIGS:
            return _said(mkdocs.read_config(config), "site_name")
        return _said(tomllib.loads(text).get("book"), "title")
    except (OSError, ValueError):
        return ""


def _label(folder: Path) -> str:
    for name in _CATEGORIES:
        try:
            text = (folder / name).read_text(encoding="utf-8")
            return _said(json.loads(text) if name.endswith("json") else yaml.safe_load(text), "label")
        except (OSError, ValueError, yaml.YAMLError):
            continue
    return ""


def _said(mapping: object, key: str) -> str:
    value = mapping.get(key) if isinstance(mapping, Mapping) else None
    return value.strip() if isinstance(value, str) else ""
