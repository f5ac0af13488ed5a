"""Which place of the book a reader's `@mention` means: by its data, by its id, else by what it is called; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote

from pageside.knowledge import place
from pageside.knowledge.contents import Contents, Entry, normal
from pageside.knowledge.reading import labels

_LONGEST_ADDRESS: Final = 2_000  # characters
_SHORTEST_BEGINNING: Final = 3  # characters of a title that may stand for it
_MOST_WORDS: Final = 12
_COUNTED: Final = re.compile(
    r"(?P<word>module|part|unit|week|chapter|ch|chap|lesson)s?\s?(?P<number>\d{1,6}|[ivx]{1,5})"
)
_LABEL_OF: Final = {"part": "module", "unit": "module", "ch": "chapter", "chap": "chapter"}
_CODE: Final = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_BEGINS: Final = re.compile(r"0*(\d{1,6})(?=[\s._:)-]|$)")
_AT: Final = re.compile(r"(?<![\w@`/.+-])@(?:[\"“‘'](?P<quoted>[^\"”’'\n]{1,200})[\"”’']|(?=\w))")
_WORDS: Final = re.compile(r"[\w+#]+(?:[-'’./][\w+#]+)*")
_TAIL: Final = 200  # characters behind an `@` that may be a name


@dataclass(frozen=True, slots=True)
class Named:
    """What a place is called by; all of it is data of the reader's client, never instructions.

    Attributes:
        text: As the reader sees it, with or without `@`.
        id: One of `Entry.id`, or whatever another client made up.
        group: What the client showed it under; tells places of the same name apart.
    """

    text: str = ""
    id: str = ""
    path: str = ""
    url: str = ""
    anchor: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """A mention in plain text: characters `start` to `end` of it, with the `@`, mean `entry`."""

    start: int
    end: int
    entry: Entry


def candidates(named: Named, contents: Contents, *, page: str = "") -> tuple[Entry, ...]:
    """The places that `named` may mean: one where it is plain, none where nothing is called so, else all of them.

    Args:
        page: Path of the page the reader is on; it wins among places of the same name.
    """
    if found := _addressed(named, contents):
        return (found,)
    if known := contents.by_id.get(named.id):
        return (known,)
    if not named.text.strip():
        return ()
    return _called(named.text, contents, group=normal(named.group), page=page)


def written(text: str, contents: Contents, *, page: str = "") -> tuple[Written, ...]:
    """The mentions in `text`, such as `@Chapter 3`, as far as each plainly means one place; never within `code`.

    An `@` followed by anything else is left alone: an address, a decorator, somebody's name.
    """
    code = [match.span() for match in _CODE.finditer(text)]
    found: list[Written] = []
    for at in _AT.finditer(text):
        inside = any(start <= at.start() < end for start, end in code)
        if inside or (found and at.start() < found[-1].end):
            continue
        if mention := _longest(text, at, contents, page=page):
            found.append(mention)
    return tuple(found)


def _addressed(named: Named, contents: Contents) -> Entry | None:
    address, _, fragment = named.url[:_LONGEST_ADDRESS].partition("#")
    for told in (named.path[:_LONGEST_ADDRESS], address):
        path = place.resolve(told, contents.documents) if told.strip() else None
        if path is not None:
            anchor = unquote((named.anchor or fragment).partition(":~:")[0].lstrip("#"))[:_LONGEST_ADDRESS]
            return contents.section(path, anchor) or contents.page(path)
    return None


def _called(text: str, contents: Contents, *, group: str, page: str) -> tuple[Entry, ...]:
    wanted = normal(text.strip().lstrip("@"))
    if not wanted:
        return ()
    for found in _ways(wanted, contents):
        if found:
            return _told_apart(found, group=group, page=page)
    return ()


def _ways(wanted: str, contents: Contents) -> Iterator[tuple[Entry, ...]]:
    """What may be called `wanted`, the surest way first: whole titles, numbers, names of files, beginnings."""
    yield contents.titles.called(wanted)
    yield _counted(wanted, contents)
    yield contents.names.called(wanted)
    yield contents.sections.called(wanted)
    if len(wanted) >= _SHORTEST_BEGINNING:
        for start in (f"{wanted} ", wanted):
            yield contents.names.beginning(start)
            yield contents.sections.beginning(start)


def _counted(wanted: str, contents: Contents) -> tuple[Entry, ...]:
    """Places with the number that `wanted` names: a label's, else the one a title or a file begins with."""
    match = _COUNTED.fullmatch(wanted)
    if match is None:
        return ()
    name = _LABEL_OF.get(match["word"], match["word"])
    number = labels.normal(name, f"{match['word']} {match['number']}")
    whole = [entry for entry in contents.entries if entry.kind != "section"]
    labelled = [entry for entry in whole if (name, number) in entry.numbers]
    if groups := tuple(entry for entry in labelled if entry.kind == "group"):
        return groups
    titled = contents.names.beginning(f"{wanted} ")
    if labelled or titled:
        return tuple(labelled) or titled
    if name not in {"chapter", "lesson"} or any(of == name for entry in whole for of, _ in entry.numbers):
        return ()
    return tuple(entry for entry in whole if entry.kind == "page" and number in _numbers(entry))


def _numbers(entry: Entry) -> set[str]:
    """The numbers that a page's title and file begin with."""
    beginnings = (
        re.match(r"0*(\d{1,6})(?=[\s._:)-]|$)", name) for name in (entry.title, PurePosixPath(entry.path).name)
    )
    return {match[1] for match in beginnings if match}


def _told_apart(found: tuple[Entry, ...], *, group: str, page: str) -> tuple[Entry, ...]:
    """`found`, or the one of them that stands under `group`, or on the reader's own page."""
    if len(found) == 1:
        return found
    for chosen in (
        [entry for entry in found if group and normal(entry.group) == group],
        [entry for entry in found if page and entry.kind == "section" and entry.path == page],
    ):
        if len(chosen) == 1:
            return (chosen[0],)
    return found


def _longest(text: str, at: re.Match[str], contents: Contents, *, page: str) -> Written | None:
    """The longest run of words behind an `@` that plainly means one place."""
    if at["quoted"]:
        return _only(at.start(), at.end(), _called(at["quoted"], contents, group="", page=page))
    line = text[at.end() : at.end() + _TAIL].partition("\n")[0].partition("@")[0]
    ends = [word.end() for word in _WORDS.finditer(line)][:_MOST_WORDS]
    for end in reversed(ends):
        found = _called(line[:end], contents, group="", page=page)
        if mention := _only(at.start(), at.end() + end, found):
            return mention
    return None


def _only(start: int, end: int, found: Iterable[Entry]) -> Written | None:
    entries = tuple(found)
    return Written(start, end, entries[0]) if len(entries) == 1 else None
