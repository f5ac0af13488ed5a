"""How a document is cut into passages: along its headings, then between its blocks, never through one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import quote

from pageside.knowledge import sentences
from pageside.knowledge.passage import Block, BlockKind, Document, Passage
from pageside.knowledge.reading import labels

LIMIT_WORDS = 220

PASSAGES_PER_PAGE = 100_000  # room between the positions of two pages

_TINY_WORDS = 25
_INTRODUCTION_WORDS = 80
_SLACK = 1.3
_ENDLESS_WORDS = 1000  # more without a stop is no sentence
_UNCUT: frozenset[BlockKind] = frozenset({"code", "diagram", "math", "quiz"})
_SHOWN: frozenset[BlockKind] = frozenset({"code", "diagram", "math", "table"})
_WORD = re.compile(r"[^\W_]+")
_IDEOGRAM = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")
_WORDS_PER_IDEOGRAM = 0.6


@dataclass(frozen=True, slots=True)
class _Section:
    """What stands between one heading and the next.

    Attributes:
        headings: From the page's title down.
        heading: Absent before the first one.
        parent: Whether the next heading lies below this one.
    """

    headings: tuple[str, ...]
    anchor: str
    heading: Block | None
    blocks: tuple[Block, ...]
    parent: bool


def split(document: Document, *, limit_words: int = LIMIT_WORDS) -> tuple[Passage, ...]:
    """The passages of `document`, in reading order; together they hold every word of it.

    A passage has the heading in `heading` and `heading_path` and not in its text, unless nothing else stands below it.

    Args:
        limit_words: A passage grows no further than this, save that code, a formula or a quiz is never cut.
    """
    made: list[Passage] = []
    seen: dict[str, int] = {}
    for section in _sections(document):
        for blocks in _packed(section, document, limit_words):
            passage = _passage(document, section, blocks)
            repeat = seen.get(passage.id, 0)
            seen[passage.id] = repeat + 1
            ident = _ident(document.path, section.headings, passage.text, repeat=repeat) if repeat else passage.id
            made.append(replace(passage, id=ident, position=document.position * PASSAGES_PER_PAGE + len(made)))
    return tuple(made)


def size(text: str) -> float:
    """How much of an embedding model's window `text` takes, in words; a script without spaces counts by character."""
    ideograms = len(_IDEOGRAM.findall(text))
    rest = _IDEOGRAM.sub(" ", text) if ideograms else text
    return len(_WORD.findall(rest)) + _WORDS_PER_IDEOGRAM * ideograms


def _sections(document: Document) -> Iterator[_Section]:
    trail: list[Block] = []
    heading: Block | None = None
    blocks: list[Block] = []
    for block in document.blocks:
        if block.kind != "heading":
            blocks.append(block)
            continue
        if heading is not None or not _is_title(block, document):
            yield _section(document, trail, heading, blocks, parent=heading is None or block.level > heading.level)
            blocks = []
        heading = block
        trail = [*(above for above in trail if above.level < block.level), block]
    yield _section(document, trail, heading, blocks, parent=False)


def _is_title(heading: Block, document: Document) -> bool:
    return heading.level == 1 and heading.text == document.title


def _section(
    document: Document, trail: Sequence[Block], heading: Block | None, blocks: Sequence[Block], *, parent: bool
) -> _Section:
    path = [document.title]
    path += [block.text for depth, block in enumerate(trail) if depth or block.text != document.title]
    return _Section(tuple(path), heading.anchor if heading else "", heading, tuple(blocks), parent)


def _packed(section: _Section, document: Document, limit: int) -> Iterator[tuple[Block, ...]]:
    """The blocks of each passage of `section`."""
    if not section.blocks:
        heading = section.heading
        if heading is not None and not section.parent:
            yield (heading,)
        elif heading is None and not document.blocks and document.source.strip():
            yield (Block("heading", document.title, 0, len(document.source), level=1),)
        return
    pieces = [piece for block in section.blocks for piece in _pieces(block, document, limit)]
    yield from _merged_tail(list(_filled(_groups(pieces, limit), limit)), limit)


def _filled(groups: Iterable[tuple[Block, ...]], limit: int) -> Iterator[tuple[Block, ...]]:
    """Groups put together while they fit; quizzes only with quizzes, and every definition by itself."""
    current: list[Block] = []
    words = 0.0
    for group in groups:
        more = _words(group)
        # among a glossary's other words, those of one entry would not be found
        apart = _is_quiz(current) != _is_quiz(group) or _is_definition((*current[-1:], *group))
        if current and (words + more > limit or apart):
            yield tuple(current)
            current, words = [], 0.0
        current += group
        words += more
    if current:
        yield tuple(current)


def _merged_tail(packed: list[tuple[Block, ...]], limit: int) -> Iterator[tuple[Block, ...]]:
    """`packed`, without a last few words left on their own."""
    if len(packed) > 1:
        *_, before, last = packed
        fits = _words(before) + _words(last) <= limit * _SLACK and _is_quiz(before) == _is_quiz(last)
        fits = fits and not _is_definition((*before, *last))
        if _words(last) < _TINY_WORDS and fits:
            packed = [*packed[:-2], (*before, *last)]
    yield from packed


def _groups(pieces: Sequence[Block], limit: int) -> Iterator[tuple[Block, ...]]:
    """Runs of blocks that are not understood apart: a label with what it names, a lead-in with what it leads to."""
    group: list[Block] = []
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        group.append(piece)
        if after is not None and _leads(piece, after) and _fits(group, after, limit):
            continue
        yield tuple(group)
        group = []


def _fits(group: Sequence[Block], after: Block, limit: int) -> bool:
    # A label without what it names says nothing; and what cannot be cut is too long with or without its lead-in.
    if group[-1].kind == "label" or (after.kind in _UNCUT and _words(group) <= _INTRODUCTION_WORDS):
        return True
    return _words(group) + size(after.text) <= limit * _SLACK


def _leads(block: Block, after: Block) -> bool:
    if block.kind == "label":
        return True
    if block.kind == "math":  # "where x is ..." goes on with the sentence of the formula
        return after.kind == "paragraph" and after.text[:1].islower()
    if after.kind == "quiz" or block.kind not in {"paragraph", "list_item", "quote"}:
        return False
    announces = block.text.rstrip().endswith((":", "：", "؛"))
    shows = after.kind in _SHOWN and size(block.text) <= _INTRODUCTION_WORDS
    return shows or (announces and after.kind != "paragraph")


def _pieces(block: Block, document: Document, limit: int) -> Iterator[Block]:
    if block.kind in _UNCUT or size(block.text) <= limit:
        yield block
    elif block.kind == "table":
        yield from _table_parts(block, document.source, limit)
    else:
        yield from _sentence_parts(block, document, limit)


def _table_parts(block: Block, source: str, limit: int) -> Iterator[Block]:
    """A long table cut between rows, header and rule above each part."""
    header, rule, *rows = block.text.split("\n")
    cursor = block.start
    part: list[str] = []
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        part.append(row)
        if after is None or size("\n".join((header, *part, after))) > limit:
            last = after is None
            end = block.end if last else _found(source, after or "", cursor, block.end)
            yield replace(block, text="\n".join((header, rule, *part)), start=cursor, end=end)
            cursor, part = end if end < block.end else cursor, []
    if not rows:
        yield block


def _sentence_parts(block: Block, document: Document, limit: int) -> Iterator[Block]:
    """A long paragraph or item cut between sentences."""
    cuts = [0]
    words = 0.0
    for span in sentences.split(block.text, language=document.language):
        for start, end in _stretches(block.text, span.start, span.end, limit):
            more = size(block.text[start:end])
            if words and words + more > limit:
                cuts.append(start)
                words = 0.0
            words += more
    cursor = block.start
    for start, end in zip(cuts, [*cuts[1:], len(block.text)], strict=True):
        after = block.text[end : end + 40].split("\n")[0]
        stop = block.end if end == len(block.text) else _found(document.source, after, cursor, block.end)
        yield replace(block, text=block.text[start:end].strip(), start=cursor, end=stop)
        cursor = stop if stop < block.end else cursor


def _stretches(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """A sentence as it is; what goes on without end, such as data in a paragraph, between words."""
    cuts = [start, end]
    if size(text[start:end]) > _ENDLESS_WORDS:
        cuts[1:1] = [word.start() for word in re.compile(r"\S+").finditer(text, start, end)][limit::limit]
    yield from pairwise(cuts)


def _found(source: str, text: str, start: int, end: int) -> int:
    """Where `text` begins between `start` and `end`, by as much of it as is written there the same way."""
    for length in (len(text), 24, 12, 8):
        at = source.find(text[:length].strip("| ")[:length], start + 1, end) if text.strip("| ") else -1
        if at > start:
            return at
    return end


def _passage(document: Document, section: _Section, blocks: Sequence[Block]) -> Passage:
    text = joined(blocks)
    kind = labels.section_type(section.headings, blocks, page=document.labels.get("section_type", ""))
    return Passage(
        id=_ident(document.path, section.headings, text, repeat=0),
        path=document.path,
        heading=section.headings[-1],
        heading_path=section.headings,
        anchor=section.anchor,
        url=f"{document.url}#{quote(section.anchor, safe=_ANCHOR_SAFE)}" if section.anchor else document.url,
        text=text,
        start=blocks[0].start,
        end=max(block.end for block in blocks),
        language=document.language,
        labels=_labelled(document.labels, kind),
    )


_ANCHOR_SAFE = "!$&'()*+,;=:@/?~-._"


def joined(blocks: Sequence[Block]) -> str:
    """The text of `blocks`: a blank line between two, a line break between two list items."""
    parts: list[str] = []
    for before, block in zip((None, *blocks), blocks, strict=False):
        if before is not None:
            parts.append("\n" if before.kind == block.kind == "list_item" else "\n\n")
        parts.append(block.text)
    return "".join(parts)


def _labelled(page: Mapping[str, str], section_type: str) -> Mapping[str, str]:
    return {**page, "section_type": section_type}


def _ident(path: str, headings: Sequence[str], text: str, *, repeat: int) -> str:
    digest = hashlib.sha256("\0".join((path, *headings, text, str(repeat))).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:24]


def _words(blocks: Sequence[Block]) -> float:
    return sum(size(block.text) for block in blocks)


def _is_quiz(blocks: Sequence[Block]) -> bool:
    return any(block.kind == "quiz" for block in blocks)


def _is_definition(blocks: Sequence[Block]) -> bool:
    return any(block.kind == "definition" for block in blocks)
