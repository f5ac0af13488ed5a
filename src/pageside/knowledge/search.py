"""Search: from a question, and what the reader selected, to passages with a calibrated probability."""

from __future__ import annotations

import asyncio
import itertools
import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import anyio.to_thread
import numpy as np
import structlog
from numpy.typing import NDArray

from pageside.errors import Unavailable
from pageside.knowledge import (
    bm25,
    calibration,
    editions,
    facets,
    favour,
    glossary,
    interaction,
    keywords,
    place,
    rank,
    selection,
)
from pageside.knowledge.embed import Embedder, Vectors
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.index import Hit, Index
from pageside.knowledge.passage import NO_LABELS, Findings, Found, Passage, Selection
from pageside.knowledge.rerank import Reranker
from pageside.telemetry import context, metrics, tracing

log = structlog.get_logger(__name__)

_LOOKED_AT: Final = (30, 120)  # hits to choose from; the second where a book repeats itself, as in many versions
_ENOUGH: Final = 10  # different hits
_LIKELY_PLACES: Final = 30  # passages in whose pages a selection is looked for
_FROM_ONE_SECTION: Final = 2
_ENTRIES: Final = 10  # of a glossary, among which the one for a word is looked for
_OF_A_FACET: Final = 2  # passages for each part of a question that asks for several things
_FACET_COSINE: Final = 0.3  # from which a passage has to do with such a part; by words, the share of them it holds
_FACET_COVERAGE: Final = 0.5
_SELECTION_CHARACTERS: Final = 600  # of a selection that take part in the search for more
# How likely a passage answers because the reader points at it: with no question but "explain this", with a question
# of its own, and when it only stands beside. Judgements, for there is no question set of selections to fit them to.
_POINTED: Final = 0.9
_ASKED_ABOUT: Final = 0.6
_BESIDE: Final = 0.4


class Search:
    """Finds passages in one book.

    Args:
        embedder: The one the index was built with; another one's vectors are not compared, words alone count then.
        remembered: Vectors of questions and sentences kept in memory.
        reranker: Orders what the index found by a closer look, where there is one.
    """

    def __init__(
        self, index: Index, embedder: Embedder | None, *, remembered: int = 20_000, reranker: Reranker | None = None
    ) -> None:
        self._index = index
        self._reranker = reranker
        self._embedder = RememberingEmbedder(embedder, limit=remembered) if embedder else None

    async def find(
        self,
        question: str,
        *,
        limit: int = 5,
        filters: Mapping[str, str] | None = None,
        selected_text: str = "",
        surroundings: str = "",
        page: str = "",
        favours: Mapping[str, str] = NO_LABELS,
    ) -> Findings:
        """Passages that answer `question`, best first; what the reader points at leads: `selected_text`, or `page`.

        The page leads where `question` asks nothing of its own ("can you explain this?") and nothing is selected.

        Args:
            limit: At most so many passages, from 1.
            filters: Labels that every passage must have; see `Index.search`. What the reader points at is exempt.
            surroundings: What stands around `selected_text`, which tells places apart that read alike.
            page: Path in the book, or address, of the page the reader is on.
            favours: Labels, or the `path`, of passages to put in front of others nearly as relevant; see
                `favour.ordered`.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            IndexBroken: What was indexed cannot be read.
        """
        with metrics.timed(metrics.SEARCH_SECONDS), tracing.span("search"):
            path = place.resolve(page, await self._index.documents()) if page else None
            located = await self._located(selected_text, path, surroundings) if selected_text.strip() else None
            points_only = place.points_only(question)
            pointed = located.passages if located else await self._page(path) if points_only else ()
            around = await self._around(located.passages) if located else ()
            asked = f"{question}\n{selected_text[:_SELECTION_CHARACTERS]}".strip()
            near = next(iter(await self._index.passages(path=path)), None) if path else None
            hits, of_facets = await asyncio.gather(
                self.hits(asked if any(map(str.isalnum, asked)) else "", filters=filters, near=near),
                self._of_each_facet(question, filters, near),
            )
            sure = _POINTED if points_only else _ASKED_ABOUT
            ordered = favour.ordered(hits, calibration.relevances(hits), favour.of_page(favours, path))
            likely = rank.heard(ordered, of_facets, group=_passage_id, first=1)
            found = _led(pointed[:limit], around, likely, at_least=sure)[:limit]
            confidence = max(calibration.confidence(hits), sure if pointed else 0.0)
            return Findings(passages=found, confidence=confidence if found else 0.0, selection=located)

    async def _of_each_facet(
        self, question: str, filters: Mapping[str, str] | None, near: Passage | None
    ) -> list[Found]:
        """What answers each of the things that `question` asks for best, in turns, where it asks for several."""
        searching = [self.hits(facet, filters=filters, near=near) for facet in facets.split(question)]
        each = [
            [
                Found(hit.passage, sure)
                for hit, sure in zip(hits, calibration.relevances(hits), strict=True)
                if _fits(hit)
            ]
            for hits in await asyncio.gather(*searching)
        ]
        shortened = (found[:_OF_A_FACET] for found in each)
        return [found for row in itertools.zip_longest(*shortened) for found in row if found]

    async def similarity(self, texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[np.float32]:
        """How alike each of `texts_a` (rows) and each of `texts_b` (columns) are: cosine of their vectors.

        Without an embedder, while it does not answer, and where it cannot read one of `texts_a`, the cosine of the
        words they have.
        """
        if self._embedder is not None and all(map(self._embedder.reads, texts_a)):
            try:
                rows, columns = await self._embedder.passages(texts_a), await self._embedder.passages(texts_b)
                return np.asarray(rows @ columns.T, dtype=np.float32)
            except Unavailable as error:
                _without_embedder(error)
        return await anyio.to_thread.run_sync(_alike_by_words, texts_a, texts_b)

    async def matches(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """For each of `texts` a row, for each telling word of `question` a column: its best match; see `interaction`.

        Without an embedder that can tell, while it does not answer, and where it cannot read one of `texts`, a word
        matches where it stands in the text.
        """
        if self._embedder is not None and all(map(self._embedder.reads, texts)):
            try:
                if read := await self._embedder.pieces((question, *texts)):
                    return await anyio.to_thread.run_sync(interaction.matches, question, read[0], texts, read[1:])
            except Unavailable as error:
                _without_embedder(error)
        return await anyio.to_thread.run_sync(interaction.by_words, question, texts)

    async def rarity(self, text: str) -> dict[str, float]:
        """How rare each word of `text` is in the book, stop words aside: 0, in every passage, to 1, in none.

        Words are as `keywords.query` gives them, in the language of the book that knows most of them.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            IndexBroken: What was indexed cannot be read.
        """
        status = await anyio.to_thread.run_sync(self._index.status)
        each = [keywords.query(text, languages=[language]) for language in status.languages or ("en",)]
        counts = await self._index.counts(tuple({term for terms in each for term in terms}))
        rarest = bm25.rarity(0, status.passages)
        rarities = [{term: bm25.rarity(counts[term], status.passages) / rarest for term in terms} for terms in each]
        return min(rarities, key=lambda rarity: sum(rarity.values()) / max(1, len(rarity)))

    async def _located(self, quote: str, path: str | None, surroundings: str) -> Selection:
        """Where `quote` stands: in its page, or, where no page is known, in the likeliest that holds it."""
        paths = [path] if path else []
        if not path:
            told = f"{quote[:_SELECTION_CHARACTERS]} {surroundings[:_SELECTION_CHARACTERS]}"
            hits = await self._index.search(told, None, limit=_LIKELY_PLACES, filters=NO_LABELS)
            paths = list(dict.fromkeys(hit.passage.path for hit in hits))
        for candidate in paths:
            passages = await self._index.passages(path=candidate)
            locate = partial(selection.locate, quote, passages, near=surroundings)
            if found := await anyio.to_thread.run_sync(locate):
                return Selection(quote, found)
        return Selection(quote, ())

    async def _page(self, path: str | None) -> tuple[Passage, ...]:
        """The first passage of each section of a page, then the others."""
        passages = await self._index.passages(path=path) if path else ()
        return tuple(rank.spread(passages, group=lambda passage: passage.heading_path, at_most=1))

    async def _around(self, passages: Sequence[Passage]) -> tuple[Passage, ...]:
        """What stands right before and right behind `passages` on their page."""
        if not passages:
            return ()
        page = await self._index.passages(path=passages[0].path)
        at = [page.index(passage) for passage in passages if passage in page]
        beside = sorted({number + step for number in at for step in (-1, 1)} - set(at))
        return tuple(page[number] for number in beside if 0 <= number < len(page))

    async def hits(
        self, text: str, *, filters: Mapping[str, str] | None = None, near: Passage | None = None
    ) -> list[Hit]:
        """What `find` chooses from: the index's hits, best first, without near repeats, no section in front twice over.

        Args:
            near: A passage of the page the reader is on, by which the version of a page is chosen.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            IndexBroken: What was indexed cannot be read.
        """
        if not text.strip():
            return []
        vector = await self._question_vector(text)
        different: list[Hit] = []
        for limit in _LOOKED_AT:
            hits = await self._index.search(text, vector, limit=limit, filters=filters or NO_LABELS)
            different = await anyio.to_thread.run_sync(_different, editions.folded(hits, text, near=near))
            if len(different) >= _ENOUGH or len(hits) < limit:
                break
        if self._reranker is not None:
            different = await self._reranker.ordered(text, different)
        defining = await self._defining(text, vector, filters or NO_LABELS)
        return rank.spread(
            rank.heard(different, defining, group=_hit_id, first=0),
            group=lambda hit: (hit.passage.path, hit.passage.heading_path),
            at_most=_FROM_ONE_SECTION,
        )

    async def _defining(self, text: str, vector: Vectors | None, filters: Mapping[str, str]) -> list[Hit]:
        """The glossary's entry for what `text` asks the meaning of."""
        if not (named := glossary.term(text)):
            return []
        within = {**filters, "section_type": glossary.SECTION}
        hits = await self._index.search(text, vector, limit=_ENTRIES, filters=within)
        return [hit for hit in hits if glossary.defines(hit.passage, named)][:1]

    async def _question_vector(self, text: str) -> Vectors | None:
        if self._embedder is None or not self._embedder.reads(text):
            return None
        status = await anyio.to_thread.run_sync(self._index.status)
        if status.model != self._embedder.name:
            log.warning("index_of_another_embedder", index=status.model, embedder=self._embedder.name)
            return None
        try:
            vectors = await self._embedder.queries([text])
        except Unavailable as error:
            _without_embedder(error)
            return None
        question: Vectors = vectors[0]
        return question


def _without_embedder(error: Unavailable) -> None:
    metrics.EMBEDDING_ERRORS.labels(context.book()).inc()
    log.warning("embedder_unavailable", reason=type(error).__name__)


def _led(
    pointed: Sequence[Passage], around: Sequence[Passage], likely: Sequence[Found], *, at_least: float
) -> tuple[Found, ...]:
    """What the reader points at, what stands beside it, and what was found, each once."""
    relevances = {found.passage.id: found.relevance for found in likely}
    led: dict[str, Found] = {}
    for passages, least in ((pointed, at_least), (around, _BESIDE), ([found.passage for found in likely], 0.0)):
        for passage in passages:
            led.setdefault(passage.id, Found(passage, max(least, relevances.get(passage.id, 0.0))))
    return tuple(led.values())


def _fits(hit: Hit) -> bool:
    return hit.coverage >= _FACET_COVERAGE if math.isnan(hit.cosine) else hit.cosine >= _FACET_COSINE


def _hit_id(hit: Hit) -> str:
    return hit.passage.id


def _passage_id(found: Found) -> str:
    return found.passage.id


def _different(hits: Sequence[Hit]) -> list[Hit]:
    return rank.folded(hits, text=lambda hit: hit.passage.text)


def _alike_by_words(texts_a: Sequence[str], texts_b: Sequence[str]) -> NDArray[np.float32]:
    columns = [_words(text) for text in texts_b]
    rows = [[_overlap(words, others) for others in columns] for words in map(_words, texts_a)]
    return np.array(rows, dtype=np.float32).reshape(len(texts_a), len(texts_b))


def _words(text: str) -> frozenset[str]:
    return frozenset(keywords.query(text, languages=["en"]))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / math.sqrt(len(one) * len(other)) if one and other else 0.0
