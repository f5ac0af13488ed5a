"""The files of a folder that could matter to a book, found without leaving the folder or going in circles."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Where tools put what they fetched or made: never a page its author wrote.
_SKIPPED = frozenset({"node_modules", "__pycache__", "_build", "build", "dist", "site-packages", "target", "venv"})


@dataclass(frozen=True, slots=True)
class Avoided:
    """A part of the folder that was not entered.

    Attributes:
        path: Relative to the folder, with forward slashes.
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tree:
    """What a folder holds.

    Attributes:
        files: Relative to the folder, with forward slashes, sorted.
        folders: The same for folders, without the folder itself.
    """

    files: tuple[str, ...]
    folders: tuple[str, ...]
    avoided: tuple[Avoided, ...]


def walk(folder: Path) -> Tree:
    """Everything in `folder` save hidden parts, build output, and links that lead out of it or back into themselves."""
    files: list[str] = []
    folders: list[str] = []
    avoided: list[Avoided] = []
    top = folder.resolve()
    for found in _below(top, top, (top,)):
        if isinstance(found, Avoided):
            avoided.append(found)
        elif found[1]:
            folders.append(found[0])
        else:
            files.append(found[0])
    return Tree(tuple(sorted(files)), tuple(sorted(folders)), tuple(avoided))


def _below(top: Path, here: Path, trail: tuple[Path, ...]) -> Iterator[Avoided | tuple[str, bool]]:
    try:
        with os.scandir(here) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        yield Avoided(here.relative_to(top).as_posix(), f"the folder cannot be read ({error.strerror})")
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = Path(entry.path)
        relative = path.relative_to(top).as_posix()
        if not _is_unicode(relative):
            yield Avoided(relative.encode(errors="replace").decode(), "the name is not UTF-8; rename it")
            continue
        reason = _why_not(path, top, trail) if entry.is_symlink() else ""
        if reason:
            yield Avoided(relative, reason)
        elif entry.is_dir():
            if entry.name not in _SKIPPED:
                yield relative, True
                yield from _below(top, path, (*trail, path.resolve()))
        elif entry.is_file():
            yield relative, False


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _why_not(link: Path, top: Path, trail: tuple[Path, ...]) -> str:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "the link leads nowhere or to itself; it was not followed"
    if not target.is_relative_to(top):
        return "the link leads out of the book's folder; it was not followed"
    return "the link leads back to a folder it lies in; it was not followed" if target in trail else ""
