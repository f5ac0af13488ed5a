"""Which site a folder belongs to: by its configuration where one is at hand, else by how its pages are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pageside.knowledge.reading import tree
from pageside.knowledge.reading.sites import docusaurus, mdbook, mkdocs, sphinx
from pageside.knowledge.reading.sites.site import Root, Site
from pageside.knowledge.reading.tree import Tree

_ABOVE = 3
_BELOW = 2
_SAMPLE = 60
_SAMPLE_BYTES = 40_000

_DOCUSAURUS = re.compile(
    rb"^:::\w|^sidebar_(?:position|label):|from ['\"]@(?:site|theme)/|^import \w+ from ['\"]", re.MULTILINE
)
_MKDOCS = re.compile(rb"^/// \w|^!!! \w|^\?\?\?\+? \w|^=== \"|\{ ?#[\w-]+ \}$", re.MULTILINE)
_DOCUSAURUS_FOLDERS = frozenset({"versioned_docs", "docusaurus-plugin-content-docs"})


def detect(folder: Path, *, base_url: str | None = None) -> Site:
    """The site that `folder` belongs to, with its conventions.

    Configuration is looked for in the folder, up to two levels below it and three above; a configuration above counts
    only when the folder is among what it shows.

    Args:
        base_url: Where the main tree of pages is shown, such as `/docs` or `https://example.org/book`; wins over what
            the configuration says.
    """
    found = tree.walk(folder)
    for config_file in _configs(folder.resolve(), found):
        site = _configured(folder, config_file, found, base_url)
        if site is not None:
            return site
    return _guessed(folder, found, base_url)


def _configs(folder: Path, found: Tree) -> Iterator[Path]:
    names = (*docusaurus.CONFIGS, *mkdocs.CONFIGS, mdbook.CONFIG, sphinx.CONFIG)
    below = [name for name in found.files if name.count("/") <= _BELOW and Path(name).name in names]
    yield from (folder / name for name in sorted(below, key=lambda name: (name.count("/"), name)))
    for parent in folder.parents[:_ABOVE]:
        yield from (parent / name for name in names if (parent / name).is_file())


def _configured(folder: Path, config_file: Path, found: Tree, base_url: str | None) -> Site | None:
    if config_file.name in docusaurus.CONFIGS:
        return docusaurus.configured(folder, config_file, tree=found, base_url=base_url)
    if config_file.name in mkdocs.CONFIGS:
        return mkdocs.configured(folder, config_file, base_url=base_url)
    if config_file.name == sphinx.CONFIG:
        return sphinx.configured(folder, config_file, tree=found, base_url=base_url)
    return mdbook.configured(folder, config_file, base_url=base_url)


def _guessed(folder: Path, found: Tree, base_url: str | None) -> Site:
    listed = mdbook.toctree(folder, tree=found, base_url=base_url) or mdbook.guessed(
        folder, tree=found, base_url=base_url
    )
    if listed is not None:
        return listed
    signs_of_docusaurus, signs_of_mkdocs = _signs(folder, found)
    if signs_of_docusaurus > signs_of_mkdocs:
        return docusaurus.guessed(folder, tree=found, base_url=base_url)
    if signs_of_mkdocs:
        return mkdocs.guessed(folder, tree=found, base_url=base_url)
    top = "" if base_url is None else base_url.rstrip("/")
    return Site(kind="plain", base_url=top, language="en", roots=(Root("", top, "en"),))


def _signs(folder: Path, found: Tree) -> tuple[int, int]:
    """How many of the sampled pages are written as Docusaurus and as MkDocs have it."""
    pages = [name for name in found.files if name.endswith((".md", ".mdx"))]
    step = max(1, len(pages) // _SAMPLE)
    parts = {part for name in (*found.folders, folder.resolve().as_posix()) for part in name.split("/")}
    for_docusaurus = len(pages) * bool(parts & _DOCUSAURUS_FOLDERS)
    for_docusaurus += sum(Path(name).name.startswith("_category_.") for name in found.files)
    for_mkdocs = 0
    for name in pages[::step]:
        head = _head(folder / name)
        for_docusaurus += bool(_DOCUSAURUS.search(head)) or name.endswith(".mdx")
        for_mkdocs += bool(_MKDOCS.search(head))
    return for_docusaurus, for_mkdocs


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_SAMPLE_BYTES)
    except OSError:
        return b""
