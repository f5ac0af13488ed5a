"""One file of a book's folder before it is parsed: its bytes, its text, and what tells whether it changed."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pageside.knowledge.reading import front
from pageside.knowledge.reading.decoding import Undecodable, decode, decode_html, mended
from pageside.knowledge.reading.kinds import choosing, including
from pageside.knowledge.reading.kinds.kind import Kind, Limits, Place, kind_of
from pageside.knowledge.reading.sites import Site

_IMPORT = re.compile(r"""\bimport\s+\w+\s+from\s+['"]([^'"\n]+\.mdx?)['"]""")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that kept a part of the folder from being read as it should be.

    Attributes:
        path: Relative to the folder, with forward slashes.
        line: From 1; 0 where it is the whole file.
        message: What is wrong, and what to do about it.
    """

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be set about reading.

    Attributes:
        limit_bytes: Larger pages are left out; a PDF may be ten times as large.
        labels: For pages that say nothing else of themselves.
        limits: How far a PDF may go.
    """

    limit_bytes: int = 20_000_000
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    limits: Limits = field(default_factory=Limits)


DEFAULT = Rules()


@dataclass(frozen=True, slots=True)
class Text:
    """The content of a file, and what is wrong with how it is written."""

    source: str
    complaint: str
    line: int
    digest: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as listing sees it.

    Attributes:
        url: Where the site shows it; empty where its path and front matter decide.
        rests_on: Digest of the files it takes in.
    """

    path: str
    digest: str
    front_matter: Mapping[str, object]
    imports: tuple[str, ...]
    url: str = ""
    rests_on: str = ""


def content(folder: Path, path: str, rules: Rules) -> bytes | Trouble:
    """The bytes of the file at `path` below `folder`, or why they are not read."""
    limit = rules.limit_bytes * (10 if kind_of(path) == "pdf" else 1)
    try:
        size = (folder / path).stat().st_size
        return (folder / path).read_bytes() if size <= limit else Trouble(path, 0, _too_large(size, limit))
    except OSError as error:
        return Trouble(path, 0, f"the file cannot be read ({error.strerror}); check its permissions")


def text(folder: Path, path: str, rules: Rules) -> Text | Trouble:
    """The text of the file at `path` below `folder`, or why there is none."""
    found = content(folder, path, rules)
    if isinstance(found, Trouble):
        return found
    try:
        return Text(*decode(found), hashlib.sha256(found).hexdigest())
    except Undecodable as error:
        return Trouble(path, 0, str(error))


def glance(folder: Path, path: str, rules: Rules, site: Site) -> Seen | Trouble | None:
    """The file at `path` as listing sees it; why it is left out; None where nobody would take it for a page."""
    kind = kind_of(path)
    if kind is not None:
        return _glance_at(kind, folder, path, rules, site)
    found = text(folder, path, rules)
    if isinstance(found, Trouble):
        return found
    lines = found.source.replace("\r\n", "\n").replace("\r", "\n")
    imports = tuple(_IMPORT.findall(lines.replace("\\_", "_")))
    return Seen(path, found.digest, front_matter(front.read(lines).values), imports)


def _glance_at(kind: Kind, folder: Path, path: str, rules: Rules, site: Site) -> Seen | Trouble | None:
    found = content(folder, path, rules)
    if isinstance(found, Trouble):
        return found
    digest = hashlib.sha256(found).hexdigest()
    if kind in {"pdf", "notebook"}:
        return Seen(path, digest, front.NOTHING, (), url=choosing.url(path, "", site))
    try:
        source = decode_html(found)[0] if kind == "hypertext" else decode(found)[0]
    except Undecodable as error:
        return Trouble(path, 0, str(error))
    reason = choosing.why_not(path, source)
    if reason:
        return Trouble(path, 0, f"{reason}, and was left out") if kind == "plain" else None
    taken = including.digests(source, Place(folder, path, site)) if ".. " in source and kind != "hypertext" else ""
    return Seen(path, digest, front.NOTHING, (), url=choosing.url(path, source, site), rests_on=taken)


def front_matter(values: Mapping[str, object]) -> Mapping[str, object]:
    """What a page says of itself, without what cannot be stored."""
    return {name: mended(value) if isinstance(value, str) else value for name, value in values.items()}


def _too_large(size: int, limit: int) -> str:
    over = f"the page is {size / 1e6:.1f} MB, over the limit of {limit / 1e6:.1f} MB, and was left out"
    return f"{over}; split it into several pages or raise the limit"
