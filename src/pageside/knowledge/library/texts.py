"""What Context7 answers, read: libraries found by a name, and pieces of documentation with the page each is from; pure.

Its tools give text alone, and say in that text, too, when something is wrong. So only what has the shape of a library
or of a piece of documentation counts, and nothing else is ever taken for one.

Source: the npm package @upstash/context7-mcp, `dist/lib/utils.js` and `dist/lib/api.js` of 1.0.14 to 4.1.1.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from pageside.knowledge.passage import Passage

LIBRARY: Final = "library"  # the label that holds the name of the library a passage is the documentation of
SECTION: Final = "library_docs"

MAX_CHARS: Final = 200_000  # of an answer, that are looked at
_LONGEST_PIECE: Final = 3_000  # characters
_LONGEST_NAME: Final = 200
_LIMIT_LIBRARIES: Final = 30

Complaint = Literal["", "key_refused", "too_many_requests", "server_failed"]

_RULE: Final = re.compile(r"^-{10,}[ \t]*$", re.MULTILINE)
_BANNER: Final = re.compile(r"^={10,}\n.*\n={10,}[ \t]*$", re.MULTILINE)
_ID: Final = re.compile(
    r"^[-*\s]*(?:context7[- ]compatible )?library id:\s*(/[\w.~@+-]+(?:/[\w.~@+-]+)+)\s*$", re.IGNORECASE | re.MULTILINE
)
_TITLE: Final = re.compile(r"^[-*\s]*(?:title|name):\s*(\S.*)$", re.IGNORECASE | re.MULTILINE)
_SOURCE: Final = re.compile(r"^[ \t]*source:[ \t]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
_HEADING: Final = re.compile(r"^#{1,6}[ \t]+(\S.*)$", re.MULTILINE)
_FIELD: Final = re.compile(r"^(TITLE|DESCRIPTION|SOURCE|LANGUAGE|CODE):[ \t]*", re.MULTILINE)
_FENCE: Final = re.compile(r"^(`{3,}|~{3,})")
_UNSPEAKABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_COMPLAINTS: Final[tuple[tuple[Complaint, re.Pattern[str]], ...]] = (
    ("key_refused", re.compile(r"^(?:invalid api key|unauthorized|authentication required)", re.IGNORECASE)),
    ("too_many_requests", re.compile(r"^(?:rate limited|too many requests|quota exceeded)", re.IGNORECASE)),
    ("server_failed", re.compile(r"^(?:error|request failed|failed to|internal)\b", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Library:
    """A library that documentation can be asked of.

    Attributes:
        id: As the server calls it, such as `/pytorch/pytorch`.
    """

    id: str
    title: str


def is_docs(passage: Passage) -> bool:
    """Whether `passage` is from the documentation of a library, and not from the book."""
    return LIBRARY in passage.labels


def libraries(text: str) -> tuple[Library, ...]:
    """The libraries that an answer lists, the one it thinks best first."""
    found: list[Library] = []
    for block in re.split(r"^-{3,}[ \t]*$", text[:MAX_CHARS], flags=re.MULTILINE)[:_LIMIT_LIBRARIES]:
        named, called = _ID.search(block), _TITLE.search(block)
        if named:
            library = named[1]
            found.append(Library(library, _line(called[1]) if called else library.rpartition("/")[2]))
    return tuple(found)


def named(name: str, listed: tuple[Library, ...]) -> Library | None:
    """That of the `listed` which is called `name`; None where the server offers only others."""
    wanted = bare(name)
    if not wanted:
        return None
    tests: tuple[Callable[[Library], bool], ...] = (
        lambda library: wanted == bare(library.title),
        lambda library: wanted == bare(library.id.strip("/").split("/")[1]),
        lambda library: wanted in _without_maker(library.title),
    )
    return next((library for fits in tests for library in listed if fits(library)), None)


def bare(name: str) -> str:
    """`name` without what its spellings differ in: case, space, punctuation, and a `js` or `docs` behind it."""
    letters = re.sub(r"[^a-z0-9+#]", "", name.lower())
    return re.sub(r"(?<=..)(?:js|docs|documentation|org)$", "", letters)


def _without_maker(title: str) -> set[str]:
    """What a title such as "Apache Airflow" ends with."""
    words = title.split()
    return {bare(" ".join(words[at:])) for at in range(1, len(words))}


def pieces(text: str, library: Library) -> tuple[Passage, ...]:
    """The pieces of documentation in an answer, in its order; none that does not say where it is from."""
    found: dict[str, Passage] = {}
    for block in _RULE.split(_BANNER.sub("", _clean(text[:MAX_CHARS]))):
        piece = _fields(block) if block.lstrip().startswith("TITLE:") else _markdown(block)
        if piece is not None:
            title, url, said = piece
            passage = _passage(library, title or library.title, url, said)
            found.setdefault(passage.id, passage)
    return tuple(found.values())


def complaint(text: str) -> Complaint:
    """What an answer complains of where it holds nothing that was asked for; empty where it simply found nothing."""
    bare_text = text.strip()
    return next((kind for kind, pattern in _COMPLAINTS if pattern.match(bare_text)), "")


def _markdown(block: str) -> tuple[str, str, str] | None:
    source = _SOURCE.search(block)
    if source is None or not _is_web(source[1]):
        return None
    above, below = block[: source.start()], block[source.end() :]
    heading = _HEADING.search(above)
    said = _within(below.strip())
    return (_line(heading[1]) if heading else "", source[1], said) if said else None


def _fields(block: str) -> tuple[str, str, str] | None:
    """The oldest form: `TITLE:`, `DESCRIPTION:`, `SOURCE:`, `LANGUAGE:`, `CODE:`, each once and in this order."""
    parts = _FIELD.split(block)[1:]
    told: dict[str, str] = {}
    for name, said in zip(parts[::2], parts[1::2], strict=True):
        told.setdefault(name, said.strip())
    url = told.get("SOURCE", "").split()[0:1]
    said = _within("\n\n".join(part for part in (told.get("DESCRIPTION", ""), told.get("CODE", "")) if part))
    return (_line(told.get("TITLE", "")), url[0], said) if url and said and _is_web(url[0]) else None


def _passage(library: Library, title: str, url: str, said: str) -> Passage:
    digest = hashlib.sha256("\0".join((library.id, url, title, said)).encode()).hexdigest()
    return Passage(
        id=f"docs_{digest[:24]}",
        path=library.id,
        heading=title,
        heading_path=(library.title, title),
        anchor="",
        url=url,
        text=said,
        start=0,
        end=len(said),
        labels={LIBRARY: library.title, "section_type": SECTION},
    )


def _within(said: str) -> str:
    """The first blocks of `said` that a piece has room for, each whole; of a first that is too long, its sentences."""
    kept: list[str] = []
    length = 0
    for block in _blocks(said):
        room = _LONGEST_PIECE - length
        if len(block) > room:
            begun = block[:room].rpartition(". ")[0]
            kept += [f"{begun}."] if begun and not kept and not _FENCE.match(block) else []
            break
        kept.append(block)
        length += len(block) + 2
    return "\n\n".join(kept)


def _blocks(said: str) -> Iterator[str]:
    """Paragraphs and fenced code; a fence that nothing closes ends with the text."""
    lines: list[str] = []
    fence = ""
    for line in said.split("\n"):
        opens = _FENCE.match(line)
        if fence:
            lines.append(line)
            if opens and line.strip() == fence:
                yield "\n".join(lines)
                lines, fence = [], ""
            continue
        if opens or not line.strip():
            if lines:
                yield "\n".join(lines)
            lines, fence = ([line], opens[1]) if opens else ([], "")
        else:
            lines.append(line)
    if lines:
        yield "\n".join([*lines, fence] if fence else lines)


def _clean(text: str) -> str:
    return _UNSPEAKABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line(text: str) -> str:
    return " ".join(_clean(text).split())[:_LONGEST_NAME]


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username and len(url) <= 2_000
