"""Markdown and MDX, as documentation sites write them, to the blocks of a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pageside.knowledge.passage import Block
from pageside.knowledge.reading import blocks, front
from pageside.knowledge.reading.lines import Lines


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something the author of a page should know.

    Attributes:
        line: Line of the source, from 1.
        message: What is wrong there, in words.
    """

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a page says.

    Attributes:
        front_matter: Empty where there is none or it cannot be read.
        blocks: In the order of the page.
        flaws: In the order of the page.
    """

    front_matter: Mapping[str, object]
    blocks: tuple[Block, ...]
    flaws: tuple[Flaw, ...]


def parse(source: str, *, mdx: bool) -> Parsed:
    """The blocks of the page `source`; total: any text is a page.

    A heading carries the id its author gave it (`{#id}`, `{ #id }`, `[[id]]`, `<h2 id>`) and no slug of its own.

    Args:
        mdx: Whether the site reads the page as MDX, with JSX, expressions and imports, rather than as Markdown with
            HTML. Docusaurus reads `.md` so too.
    """
    lines = Lines(source)
    matter = front.read(lines.text)
    found, noted = blocks.blocks(lines, front.blanked(lines.text, matter), mdx=mdx)
    if matter.complaint:
        noted.insert(0, (matter.complaint_line, matter.complaint))
    return Parsed(matter.values, tuple(found), tuple(Flaw(line + 1, message) for line, message in noted))
