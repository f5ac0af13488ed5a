"""Reads the example book's pages as far as its tests need: front matter, fences, headings, links, quizzes."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "examples" / "physical-ai"
DOCS = BOOK / "docs"

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<ticks>`{3,}|~{3,})\s*(?P<info>[^`]*)$")
_FRONT = re.compile(r"\A---\n(?P<yaml>.*?)\n---\n", re.DOTALL)
_EXPLICIT_ID = re.compile(r"\s*\{#(?P<id>[\w-]+)\}\s*$")


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block; `above` is the prose between it and the fence before it."""

    language: str
    code: str
    line: int
    above: str


@dataclass(frozen=True, slots=True)
class BookPage:
    """One page: `prose` is its text without front matter and fences."""

    path: str
    front: dict[str, Any]
    source: str
    prose: str
    fences: tuple[Fence, ...]

    @property
    def anchors(self) -> set[str]:
        """The ids the site gives the headings; a repeated slug gets `-1`, `-2` and so on."""
        given: set[str] = set()
        for heading in re.findall(r"^#{1,6} +(.+?)\s*$", self.prose, re.MULTILINE):
            explicit = _EXPLICIT_ID.search(heading)
            base = slug = explicit["id"] if explicit else slugged(heading)
            count = 0
            while slug in given:
                count += 1
                slug = f"{base}-{count}"
            given.add(slug)
        return given

    @property
    def links(self) -> list[str]:
        """Targets of Markdown links and images, in order."""
        return re.findall(r"\]\(([^)\s]+)\)", _without_code(self.prose))

    @property
    def quizzes(self) -> list[list[dict[str, Any]]]:
        """The questions of each `<Quiz>`; the array literal is also YAML in flow style."""
        starts = re.finditer(r"<Quiz\s+questions=\{", self.prose)
        return [yaml.safe_load(_balanced(self.prose, start.end())) for start in starts]


def slugged(heading: str) -> str:
    """The id GitHub's slugger gives a heading."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")


def _without_code(prose: str) -> str:
    return re.sub(r"`[^`\n]*`", "", prose)


def _balanced(text: str, start: int) -> str:
    """Everything from `start` to the brace that closes the prop."""
    depth, in_string, at = 1, False, start
    while depth:
        character = text[at]
        if in_string:
            at += character == "\\"
            in_string = character != '"'
        else:
            in_string = character == '"'
            depth += (character == "{") - (character == "}")
        at += 1
    return text[start : at - 1]


def _split(body: str) -> tuple[str, tuple[Fence, ...]]:
    prose, fences, between = [], [], []
    lines = iter(enumerate(body.split("\n"), start=1))
    for number, line in lines:
        opening = _FENCE.match(line)
        if opening is None:
            prose.append(line)
            between.append(line)
            continue
        code = []
        for _, inner in lines:
            if inner.strip().startswith(opening["ticks"]) and not inner.strip(" `~"):
                break
            code.append(inner)
        language = opening["info"].split()[0] if opening["info"].split() else ""
        text = textwrap.dedent("\n".join(code)) + "\n"
        fences.append(Fence(language, text, number, "\n".join(between).strip()))
        between = []
    return "\n".join(prose), tuple(fences)


def read(path: Path) -> BookPage:
    """The page at `path`, whose front matter must be a YAML mapping."""
    source = path.read_text(encoding="utf-8")
    front = _FRONT.match(source)
    fields = yaml.safe_load(front["yaml"]) if front else {}
    head_lines = source[: front.end()].count("\n") if front else 0
    body = "\n" * head_lines + (source[front.end() :] if front else source)
    prose, fences = _split(body)
    return BookPage(path.relative_to(DOCS).as_posix(), fields, source, prose, fences)


def all_pages() -> list[BookPage]:
    """Every page of the book, by path."""
    return [read(path) for path in sorted(DOCS.rglob("*.md*"))]
