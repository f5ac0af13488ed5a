"""A page of a book's folder as HTML whose headings bear the anchors that its passages link to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pageside.knowledge.reading import folder, markdown, render
from pageside.knowledge.reading.decoding import decode
from pageside.knowledge.reading.kinds import kind
from pageside.knowledge.reading.kinds.kind import Place
from pageside.knowledge.reading.sites import Heading, Site


def html(root: Path, site: Site, path: str, link: Callable[[str], str]) -> str | None:
    """The page at `path` below `root` as safe HTML; None where there is no such file.

    Args:
        link: Where a link or a picture of the page leads, given what its author wrote.
    """
    try:
        content = (root / path).read_bytes()
        if kind.kind_of(path) is not None:
            return kind.show(content, Place(root, path, site), link)
        source = decode(content)[0]
    except (OSError, kind.Unreadable):
        return None
    mdx = folder.is_mdx(path, site)
    headings = [
        Heading(block.text, block.level, block.anchor)
        for block in markdown.parse(source, mdx=mdx).blocks
        if block.kind == "heading"
    ]
    return render.html(source, mdx=mdx, anchors=site.anchors(headings), link=link)
