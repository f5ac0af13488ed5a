"""The words of a page's front matter that its body does not repeat: description, outcomes, tags."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import yaml

from pageside.knowledge import sentences
from pageside.knowledge.passage import Block
from pageside.knowledge.reading.decoding import mended

# Names, dates, addresses and switches: what a generator reads and no reader sees, or what becomes a label.
_TECHNICAL = re.compile(
    r"id|slug|title|date|draft|unlisted|image|cover|layout|template|permalink|url|aliases|weight|icon|lang|language"
    r"|locale|version|author|authors|status|module|week|chapter|part|unit|lesson|tier|hardware|section_type"
    r"|sidebar_(?!label)\w+|displayed_sidebar|pagination_\w+|hide_\w+|toc\w*|custom_\w+|last_\w+|parse_\w+|hardware_?\w*"
    r"|redirect\w*|search|hide|keywords_only|format|mdx|created\w*|updated\w*",
    re.IGNORECASE,
)
_TERMS = frozenset({"keywords", "sidebar_label", "tags"})
_WORD = re.compile(r"\w+")


def blocks(front: str, *, offset: int, body: Sequence[Block]) -> tuple[Block, ...]:
    """What the YAML `front` says in words, as blocks that stand before those of the `body`.

    Sentences become paragraphs, lists of them list items, and bare terms one label. What the body says literally is
    left out.

    Args:
        offset: Where `front` begins in the page, in characters.
    """
    try:
        root = yaml.compose(front, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()
    said = _plain(" ".join(block.text for block in body))
    made = [
        Block(kind=block.kind, text=mended(block.text), start=block.start + offset, end=block.end + offset)
        for block in _spoken(root)
        if _plain(block.text).strip() and _plain(block.text) not in said
    ]
    return tuple(sorted(made, key=lambda block: (block.start, block.end)))


def _spoken(root: yaml.Node | None) -> Iterator[Block]:
    if not isinstance(root, yaml.MappingNode):
        return
    for key, value in root.value:
        name = str(key.value).lower()
        if _TECHNICAL.fullmatch(name):
            continue
        words = [node for node in _scalars(value) if _WORD.search(node.value)]
        if not words:
            continue
        start, end = words[0].start_mark.index, words[-1].end_mark.index
        if name in _TERMS:
            yield Block("label", sentences.TERM_BREAK.join(node.value.strip() for node in words), start, end)
        elif isinstance(value, yaml.ScalarNode):
            if " " in value.value.strip():
                yield Block("paragraph", _one_line(value.value), start, end)
        else:
            for node in words:
                text = f"- {_one_line(node.value)}"
                yield Block("list_item", text, node.start_mark.index, node.end_mark.index)


def _scalars(root: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """The texts in `root`, each once: an alias may name what holds it, or the same list a million times over."""
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += reversed(node.value)
        elif isinstance(node, yaml.MappingNode):
            waiting += [value for _, value in reversed(node.value)]
        elif isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:str":
            yield node


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _plain(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
