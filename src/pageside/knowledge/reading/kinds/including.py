"""What one page takes in from another file: only from within the book's folder, and no more than a page can bear."""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from pageside.knowledge.reading.decoding import Undecodable, decode
from pageside.knowledge.reading.kinds.kind import Place

_INCLUDE: Final = re.compile(
    r"^[ \t]*(?:\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?(?:literal)?include:|:file):[ \t]+(\S[^\n]*?)[ \t]*$", re.MULTILINE
)
_STANDARD: Final = re.compile(r"<[\w-]+\.txt>")
_LINES: Final = re.compile(r"(\d*)\s*(-?)\s*(\d*)")
_MOST_FILES: Final = 200
_MOST_CHARACTERS: Final = 5_000_000
_MOST_REPEATS: Final = 20


class Refused(ValueError):
    """The file is not taken in; `str(error)` says why."""


@dataclass(slots=True)
class Budget:
    """How many files and characters a page may still take in, and how often which file has taken in which."""

    files: int = _MOST_FILES
    characters: int = _MOST_CHARACTERS
    repeats: dict[tuple[str, str], int] = field(default_factory=dict)

    def spend(self, here: str, path: str) -> bool:
        """Whether `here` may take in `path` once more."""
        self.files -= 1
        self.repeats[here, path] = self.repeats.get((here, path), 0) + 1
        most = _MOST_REPEATS if here != path else 0
        return self.files >= 0 and self.characters >= 0 and self.repeats[here, path] <= most


def target(name: str, place: Place, *, here: str) -> str:
    """The path, within the book's folder, of the file that the page at `here` calls `name`.

    Raises:
        Refused: It lies outside the folder.
    """
    if name.startswith("/"):
        parts = list(PurePosixPath(place.site.root(place.path).folder).parts)
    else:
        parts = list(PurePosixPath(here).parent.parts)
    for part in name.split("/"):
        if part == "..":
            if not parts:
                raise Refused(f"text included from {name!r} lies outside the book's folder and is not read")
            del parts[-1]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts)


def text(name: str, place: Place, *, here: str, budget: Budget, standard: Path | None = None) -> tuple[str, str]:
    """What the file that the page at `here` calls `name` holds, and its path within the book's folder.

    Args:
        standard: Folder of the files that are called in angle brackets; such a file has no path within the book's.

    Raises:
        Refused: It lies outside the book's folder, is missing or no text, or the page has taken in too much.
    """
    if standard is not None and _STANDARD.fullmatch(name) and (standard / name[1:-1]).is_file():
        return (standard / name[1:-1]).read_text(encoding="utf-8"), name
    path = target(name, place, here=here)
    file = (place.root / path).resolve()
    if not file.is_relative_to(place.root.resolve()):
        raise Refused(f"text included from {name!r} lies outside the book's folder and is not read")
    if not budget.spend(here, path):
        raise Refused(f"text included from {name!r} is not read: the page includes too much, or itself")
    found = _content(file, name)
    budget.characters -= len(found)
    return found, path


def _content(file: Path, name: str) -> str:
    try:
        if file.stat().st_size <= _MOST_CHARACTERS:
            return decode(file.read_bytes())[0]
    except (OSError, Undecodable, ValueError) as error:
        raise Refused(f"text included from another file is not read: there is no text {name!r}") from error
    raise Refused(f"text included from {name!r} is not read: the file is too large")


def part(text: str, options: Mapping[str, str]) -> str:
    """The part of `text` that the options of docutils' and Sphinx's directives choose."""
    lines = text.splitlines()
    if "lines" in options:
        lines = [lines[number - 1] for number in _numbers(options["lines"], len(lines))]
    first, last = _number(options.get("start-line")), _number(options.get("end-line"))
    lines = lines[first:last]
    whole = "\n".join(lines)
    for name, keeps in (("start-after", 0), ("start-at", 1)):
        if (mark := options.get(name)) and mark in whole:
            whole = whole[whole.index(mark) :] if keeps else whole[whole.index(mark) + len(mark) :]
    for name, keeps in (("end-before", 0), ("end-at", 1)):
        if (mark := options.get(name)) and mark in whole:
            at = whole.index(mark)
            whole = whole[: whole.find("\n", at) if keeps and "\n" in whole[at:] else len(whole) if keeps else at]
    return textwrap.dedent(whole).strip("\n") if "dedent" in options else whole.strip("\n")


def digests(source: str, place: Place) -> str:
    """What changes with any file that the reStructuredText `source` takes in, be it through another."""
    found: dict[str, str] = {}
    waiting = [(source, place.path)]
    while waiting and len(found) < _MOST_FILES:
        here, at = waiting.pop()
        for name in _named(here):
            try:
                more, path = text(name, place, here=at, budget=Budget())
            except Refused:
                continue
            if path not in found:
                found[path] = hashlib.sha256(more.encode("utf-8", "surrogatepass")).hexdigest()
                waiting.append((more, path))
    return repr(sorted(found.items())) if found else ""


def _named(source: str) -> Iterator[str]:
    return (name for name in _INCLUDE.findall(source) if not _STANDARD.fullmatch(name))


def _number(said: str | None) -> int | None:
    return int(said) if said and re.fullmatch(r"-?\d{1,9}", said) else None


def _numbers(said: str, most: int) -> Iterator[int]:
    for piece in said.split(","):
        found = _LINES.fullmatch(piece.strip())
        if found and (found[1] or found[3]):
            first = int(found[1] or 1)
            last = int(found[3] or most) if found[2] else first
            yield from range(max(1, first), min(last, most) + 1)
