"""The reader's own files searched beside the book: their text in passages, ranked for a question, cited as files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final, Protocol
from urllib.parse import quote

import structlog
from anyio.to_thread import run_sync
from numpy.typing import NDArray

from pageside.answer import grounding
from pageside.knowledge import calibration, chunk
from pageside.knowledge.index import Hit
from pageside.knowledge.passage import Block, Document, Found, Passage
from pageside.knowledge.reading import decoding, markdown, scripts
from pageside.knowledge.reading.kinds import choosing, pdf, plain
from pageside.knowledge.reading.kinds.kind import Limits, Place, Unreadable
from pageside.knowledge.reading.sites import Site

log = structlog.get_logger(__name__)

PDF: Final = "application/pdf"
FILE: Final = "file"  # the label that holds the name of the reader's file a passage is from
MAX_PAGES: Final = 200

_LIMIT_S: Final = 20.0  # for reading a PDF
_LIMIT_CHARS: Final = 400_000
_LIMIT_FOUND: Final = 3
_COMPARED: Final = 30  # passages whose meaning is looked at, chosen by their words
_FITS: Final = 0.05
_CODE_LINES: Final = 40
_HEADED: Final = frozenset({".md", ".mdx", ".markdown"})
_NOWHERE: Final = Site(kind="plain", base_url="", language="en", roots=())


class Scorer(Protocol):
    """Tells how alike texts are in meaning."""

    async def similarity(self, texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[Any]:
        """Cosines, a row for each of `texts_a` and a column for each of `texts_b`."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """What a file says; nothing where it has no text.

    Attributes:
        whole: In one piece.
        passages: To be searched.
        left_out: What of the file is not among it, in words without a full stop; empty where that is nothing.
    """

    whole: str = ""
    passages: tuple[Passage, ...] = ()
    left_out: str = ""


def read(name: str, mime_type: str, content: bytes) -> Text:
    """The text of a file, of a PDF at most `MAX_PAGES` pages. Not for the event loop."""
    if mime_type == PDF:
        return _read_pdf(name, content)
    try:
        found, _, _ = decoding.decode(content)
    except decoding.Undecodable:
        return Text()
    whole = decoding.mended(found)
    left_out = f"only the first {_LIMIT_CHARS} of its {len(whole)} characters were searched"
    source, blocks = _blocks(name, whole[:_LIMIT_CHARS])
    return Text(whole, _passages(name, source, blocks, content), left_out if len(whole) > _LIMIT_CHARS else "")


def _passages(name: str, source: str, blocks: Sequence[Block], content: bytes) -> tuple[Passage, ...]:
    if not blocks:
        return ()
    document = Document(
        path=name,
        title=name,
        url=f"attachment:{quote(name)}",
        language=scripts.language(blocks, default="en"),
        labels={FILE: name},
        source=source,
        blocks=tuple(blocks),
        digest=hashlib.sha256(content).hexdigest(),
    )
    return chunk.split(document)


async def find(query: str, own: Sequence[Passage], scorer: Scorer) -> tuple[Found, ...]:
    """Those of `own` that may answer `query`, best first, at most three; judged as passages of the book are."""
    if not own or not query.strip():
        return ()
    likely = await run_sync(_likely, query, own)
    cosines = (await scorer.similarity([query], [passage.text for _, passage in likely]))[0].tolist()
    hits = [
        Hit(passage, score=cosine + coverage, keyword=coverage, cosine=cosine, coverage=coverage)
        for (coverage, passage), cosine in zip(likely, cosines, strict=True)
    ]
    hits = sorted(hits, key=lambda hit: -hit.score)[:_LIMIT_FOUND]
    found = zip(hits, calibration.relevances(hits), strict=True)
    return tuple(Found(hit.passage, relevance) for hit, relevance in found if relevance >= _FITS)


def beside(book: Sequence[Found], own: Sequence[Found], *, limit: int) -> tuple[Found, ...]:
    """The book's passages with the reader's own among them: in front where they fit better than any of the book.

    Args:
        limit: At most so many together.
    """
    best = max((found.relevance for found in book), default=0.0)
    before = [found for found in own if found.relevance > best]
    behind = [found for found in own if found.relevance <= best]
    return (*before, *book[: max(0, limit - len(own))], *behind)


def is_of_file(passage: Passage) -> bool:
    """Whether `passage` is from a file of the reader's, and not from the book."""
    return FILE in passage.labels


def _likely(query: str, own: Iterable[Passage]) -> list[tuple[float, Passage]]:
    rated = [
        (grounding.coverage(query, passage.text, context=passage.path, language=passage.language), passage)
        for passage in own
    ]
    return sorted(rated, key=lambda each: -each[0])[:_COMPARED]


def _blocks(name: str, source: str) -> tuple[str, tuple[Block, ...]]:
    if PurePath(name).suffix.lower() in _HEADED:
        return source, markdown.parse(source, mdx=False).blocks
    if choosing.is_prose(source):
        reading = plain.read(source.encode(), _place())
        return reading.source, reading.blocks
    return source, tuple(_code(source))


def _code(source: str) -> Iterable[Block]:
    """The lines of a program in blocks of some length, each ended at an empty line where there is one."""
    ends = [0]
    for line in re.finditer(r"[^\n]*\n|[^\n]+$", source):
        height = source.count("\n", ends[-1], line.end())
        if height >= _CODE_LINES or (height >= _CODE_LINES // 2 and not line[0].strip()):
            ends.append(line.end())
    for start, end in zip(ends, [*ends[1:], len(source)], strict=True):
        lines = source[start:end].strip("\n")
        if lines.strip():
            ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", lines)), default=0))
            yield Block("code", f"{ticks}\n{lines}\n{ticks}", start, end)


def _read_pdf(name: str, content: bytes) -> Text:
    try:
        reading = pdf.read(content, _place())
    except Unreadable as error:
        log.info("attachment_without_text", kind=type(error).__name__)  # its words may quote the file
        return Text()
    whole = reading.source.replace("\f", "\n")
    found = _passages(name, reading.source, reading.blocks, content)
    return Text(whole, found, "; ".join(flaw.message for flaw in reading.flaws))


def _place() -> Place:
    return Place(Path(), "file.pdf", _NOWHERE, Limits(pages=MAX_PAGES, seconds=_LIMIT_S))
