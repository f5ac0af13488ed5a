"""Brings the index of a book up to date with its folder: what did not change is not read, cut or embedded again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Final, Literal

import anyio.from_thread
import anyio.to_thread
import numpy as np

from pageside import ids
from pageside.knowledge import chunk, windows
from pageside.knowledge.catalogue import Page
from pageside.knowledge.embed import Embedder, Vectors, digest, embedded_text, reads
from pageside.knowledge.embed_cache import EmbeddingCache
from pageside.knowledge.passage import Document, Passage
from pageside.knowledge.reading import folder, sites, words
from pageside.knowledge.reading.folder import Listing, Rules, SourceFile, Trouble
from pageside.knowledge.reading.sites import Site
from pageside.knowledge.sink import FolderSink, Previous, Sink

_EDITION: Final = "1"  # raised whenever the same document would be indexed otherwise
_EMBEDDED_AT_ONCE: Final = 16  # texts between two looks at the progress; what is lost when the process is killed


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an update is: `done` of `total` pages while reading, texts while embedding."""

    stage: Literal["reading", "embedding", "writing"]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Report:
    """What an update did.

    Attributes:
        documents: Pages in the index.
        words_in: Words of their sources, counted without the parser.
        words_indexed: How many of those stand in the passages and their headings.
        seconds: How long it took.
        warnings: What was odd, as `path:line: message`.
        generation: The generation that is current, old or new.
    """

    documents: int
    passages: int
    words_in: int
    words_indexed: int
    added: int
    changed: int
    removed: int
    unchanged: int
    seconds: float
    warnings: tuple[str, ...]
    generation: str


@dataclass(frozen=True, slots=True)
class _Cut:
    """A page and its passages; `kept` when both come from the previous generation."""

    page: Page
    passages: tuple[Passage, ...]
    kept: bool


def silent(_: Progress) -> None:
    """For callers who do not watch."""


async def update(
    book: Path,
    *,
    data_dir: Path,
    embedder: Embedder | None,
    site: Site | None = None,
    rules: Rules = folder.DEFAULT,
    name: str = "book",
    progress: Callable[[Progress], None] = silent,
    wait_s: float = 0,
    sink: Sink | None = None,
) -> Report:
    """Indexes the folder `book` as the next generation, if anything changed; readers go over to it by themselves.

    May be killed at any moment: the old generation stays, and the next update goes on with the vectors already made.

    Args:
        embedder: None makes an index that is searched by words alone.
        site: The conventions of the book's site; found out from its files when None.
        rules: What may be set about reading.
        name: Which index of `data_dir`.
        progress: Called often, in the event loop.
        wait_s: How long to wait for another writer, in seconds.
        sink: Where the generation goes to; by default `data_dir`, which keeps the embedder's cache in any case.

    Raises:
        BookError: `book` is not a folder, or holds no page.
        IndexBusy: Another process is indexing.
        Unavailable: The embedder does not answer, or the service that keeps the index.
    """
    began = time.monotonic()
    target = sink or FolderSink(data_dir, book=name)
    shown = await anyio.to_thread.run_sync(sites.detect, book) if site is None else site
    listing = await anyio.to_thread.run_sync(partial(folder.list_pages, book, shown, rules=rules))
    async with target.writing(wait_s=wait_s):
        before = await anyio.to_thread.run_sync(target.previous)
        try:
            read = partial(folder.load, book, shown, rules=rules)
            cuts, troubles = await _cut(listing, partial(_page, shown), read, before, progress)
            current = await _written(target, data_dir, cuts, before, embedder, progress)
        finally:
            if before is not None:
                before.close()
    old = before.pages if before else ()
    warnings = (*map(str, listing.troubles), *troubles)
    return _report(cuts, old, warnings, seconds=time.monotonic() - began, current=current)


async def _cut(
    listing: Listing,
    page_of: Callable[[SourceFile, Document, Sequence[Trouble]], _Cut],
    read: Callable[[SourceFile], tuple[Document | None, tuple[Trouble, ...]]],
    before: Previous | None,
    progress: Callable[[Progress], None],
) -> tuple[list[_Cut], list[str]]:
    """Every page with its passages, in reading order, and what was wrong with those that could not be read."""
    cuts: list[_Cut] = []
    troubles: list[str] = []
    for done, file in enumerate(listing):
        progress(Progress("reading", done, len(listing)))
        page = before.pages.get(file.path) if before else None
        if before and page and page.fingerprint == _fingerprint(file):
            passages = await anyio.to_thread.run_sync(partial(before.passages, file.path))
            cuts.append(_Cut(replace(page, position=file.position), passages, kept=True))
            continue
        document, found = await anyio.to_thread.run_sync(read, file)
        if document is None:
            troubles += map(str, found)
        else:
            cuts.append(await anyio.to_thread.run_sync(page_of, file, document, found))
    progress(Progress("reading", len(listing), len(listing)))
    return cuts, [*troubles, *chain.from_iterable(cut.page.warnings for cut in cuts)]


def _fingerprint(file: SourceFile) -> str:
    return f"{_EDITION}:{file.state}"


def _page(site: Site, file: SourceFile, document: Document, troubles: Sequence[Trouble]) -> _Cut:
    passages = tuple(chunk.split(document))
    said = folder.words_of(document, site)
    held = words.tally("\n".join((*_headings(passages), *(passage.text for passage in passages))))
    page = Page(
        path=document.path,
        title=document.title,
        url=document.url,
        language=document.language,
        digest=document.digest,
        position=document.position,
        fingerprint=_fingerprint(file),
        words_in=said.total(),
        words_indexed=(said & held).total(),
        warnings=tuple(map(str, troubles)),
    )
    return _Cut(page, passages, kept=False)


def _headings(passages: Sequence[Passage]) -> Iterator[str]:
    """Every heading over `passages` once, however many of them stand below it."""
    seen: set[tuple[tuple[str, ...], str]] = set()
    for passage in passages:
        path = passage.heading_path
        for above in ((path, passage.anchor), *((path[:depth], "") for depth in range(1, len(path)))):
            if above not in seen:
                seen.add(above)
                yield above[0][-1]


async def _written(
    target: Sink,
    data_dir: Path,
    cuts: Sequence[_Cut],
    before: Previous | None,
    embedder: Embedder | None,
    progress: Callable[[Progress], None],
) -> str:
    """The name of the generation that holds `cuts`: a new one, unless the one before does already."""
    model = embedder.name if embedder else ""
    pages = [cut.page for cut in cuts]
    if before and before.model == model and pages == [*before.pages.values()]:
        return before.name
    passages = [replace(passage, position=at) for at, passage in enumerate(chain(*(cut.passages for cut in cuts)))]
    vectors, parts = None, list[Vectors]()
    if embedder is not None:
        cache = EmbeddingCache(data_dir / "cache" / "embeddings.sqlite")
        vectors, parts = await _embedded(passages, embedder, cache, before, progress)
    facts = {"model": model, "built_at": ids.now().isoformat(), "documents": str(len(pages))}

    def written(done: int) -> None:
        anyio.from_thread.run_sync(progress, Progress("writing", done, len(passages)))

    progress(Progress("writing", 0, len(passages)))
    return await anyio.to_thread.run_sync(
        partial(target.publish, pages, passages, vectors=vectors, parts=parts, facts=facts, written=written)
    )


async def _embedded(
    passages: Sequence[Passage],
    embedder: Embedder,
    cache: EmbeddingCache,
    before: Previous | None,
    progress: Callable[[Progress], None],
) -> tuple[Vectors, list[Vectors]]:
    """One row for each passage, and the rows of its parts: from the cache, the generation before, or new.

    A text that the embedder cannot read has a row of zeros, which is near to nothing.
    """
    wholes = list(map(_embedded_text, passages))
    parts = await anyio.to_thread.run_sync(lambda: list(map(windows.texts, passages)))
    texts = {digest(text): text for text in (*wholes, *chain(*parts)) if reads(embedder, text)}
    known = await anyio.to_thread.run_sync(_known, texts, embedder.name, cache, before)
    missing = [key for key in texts if key not in known]
    for done in range(0, len(missing), _EMBEDDED_AT_ONCE):
        progress(Progress("embedding", len(texts) - len(missing) + done, len(texts)))
        keys = missing[done : done + _EMBEDDED_AT_ONCE]
        fresh = dict(zip(keys, await embedder.passages([texts[key] for key in keys]), strict=True))
        await anyio.to_thread.run_sync(cache.put, embedder.name, fresh)
        known |= fresh
    await anyio.to_thread.run_sync(cache.trim)
    progress(Progress("embedding", len(texts), len(texts)))
    nothing = np.zeros(embedder.dimensions, dtype=np.float32)

    def rows(texts: Iterable[str]) -> Vectors:
        return np.stack([known.get(digest(text), nothing) for text in texts])

    return rows(wholes), list(map(rows, parts))


def _embedded_text(passage: Passage) -> str:
    return embedded_text(passage.heading_path, passage.text)


def _known(texts: Mapping[str, str], model: str, cache: EmbeddingCache, before: Previous | None) -> dict[str, Vectors]:
    known = cache.get(model, [*texts])
    missing = texts.keys() - known.keys()
    return known | dict(before.vectors(missing)) if missing and before and before.model == model else known


def _report(
    cuts: Sequence[_Cut], old: Iterable[str], warnings: tuple[str, ...], *, seconds: float, current: str
) -> Report:
    paths, before = {cut.page.path for cut in cuts}, set(old)
    return Report(
        documents=len(cuts),
        passages=sum(len(cut.passages) for cut in cuts),
        words_in=sum(cut.page.words_in for cut in cuts),
        words_indexed=sum(cut.page.words_indexed for cut in cuts),
        added=len(paths - before),
        changed=sum(cut.page.path in before and not cut.kept for cut in cuts),
        removed=len(before - paths),
        unchanged=sum(cut.kept for cut in cuts),
        seconds=seconds,
        warnings=warnings,
        generation=current,
    )
