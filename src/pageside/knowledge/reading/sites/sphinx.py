"""Sphinx: where it shows its pages and in which order, by its `conf.py` as it is written; nothing of it is ever run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pageside.knowledge.reading.sites.site import Root, Site, join
from pageside.knowledge.reading.tree import Tree

CONFIG = "conf.py"

_SUFFIXES = (".rst", ".md", ".ipynb", ".txt")
_SIGN = re.compile(r"^\s*(?:extensions|html_theme|master_doc|root_doc|source_suffix|project)\s*[:=]", re.MULTILINE)
_TOCTREE = re.compile(r"^([ \t]*)(?:\.\.[ \t]+toctree::|`{3,}\{toctree\})[^\n]*\n", re.MULTILINE)
_TITLED = re.compile(r".*<([^<>]+)>")
_MOST_PAGES = 20_000


def configured(folder: Path, config_file: Path, *, tree: Tree, base_url: str | None) -> Site | None:
    """The site that `config_file` describes; None when `folder` is no part of it or holds no reStructuredText."""
    folder, home = folder.resolve(), config_file.parent.resolve()
    said = read_config(config_file)
    if said is None or not any(name.endswith((".rst", ".txt")) for name in tree.files):
        return None
    if home.is_relative_to(folder):
        local, inside = home.relative_to(folder).as_posix().removeprefix("."), ""
    elif folder.is_relative_to(home):
        local, inside = "", folder.relative_to(home).as_posix()
    else:
        return None
    language = said.get("language", "en")[:2].lower() or "en"
    top = base_url if base_url is not None else urlsplit(said.get("html_baseurl", "")).path
    url = join(top, "/").rstrip("/")
    first = said.get("root_doc") or said.get("master_doc") or "index"
    return Site(
        kind="sphinx",
        base_url=url,
        language=language,
        roots=(Root(local, url, language, inside=inside),),
        order=tuple(_order(home, first)),
        directory_urls=False,
    )


def read_config(config_file: Path) -> Mapping[str, str] | None:
    """The texts that `config_file` gives literally, by name; None where it is no configuration of Sphinx."""
    try:
        source = config_file.read_text(encoding="utf-8")
        parsed = ast.parse(source)
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    if _SIGN.search(source) is None:
        return None
    return dict(_assigned(parsed))


def _assigned(parsed: ast.Module) -> Iterator[tuple[str, str]]:
    for statement in parsed.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            for target in statement.targets:
                if isinstance(target, ast.Name) and isinstance(statement.value.value, str):
                    yield target.id, statement.value.value


def _order(home: Path, first: str) -> Iterator[str]:
    """The pages that the tables of contents list from `first` down, each before those below it."""
    waiting, seen = [first], set[str]()
    while waiting and len(seen) < _MOST_PAGES:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        waiting += reversed(list(_entries(home, name)))


def _entries(home: Path, name: str) -> Iterator[str]:
    file = next((file for suffix in _SUFFIXES if (file := home / f"{name}{suffix}").is_file()), None)
    if file is None or not file.resolve().is_relative_to(home):
        return
    source = file.read_text(encoding="utf-8", errors="replace")
    for found in _TOCTREE.finditer(source):
        for line in _block(source[found.end() :], len(found[1].expandtabs(8))):
            entry = _TITLED.sub(r"\1", line).strip()
            if not entry.startswith((":", "..", "self")) and "://" not in entry:
                yield from _named(home, entry, PurePosixPath(name).parent)


def _block(rest: str, indent: int) -> Iterator[str]:
    """The lines of a directive whose first one is set in by `indent`."""
    for line in rest.splitlines():
        bare = line.strip()
        if bare.startswith("```") or (bare and indent >= len(line.expandtabs(8)) - len(line.expandtabs(8).lstrip())):
            return
        if bare:
            yield bare


def _named(home: Path, entry: str, here: PurePosixPath) -> Iterator[str]:
    local = entry.lstrip("/") if entry.startswith("/") else (here / entry).as_posix()
    name = re.sub(r"\.(?:rst|md|ipynb|txt)$", "", local)
    if "*" not in name:
        yield name
        return
    for file in sorted(home.rglob("*")):
        path = file.relative_to(home)
        if file.suffix in _SUFFIXES and fnmatchcase(path.with_suffix("").as_posix(), name):
            yield path.with_suffix("").as_posix()
