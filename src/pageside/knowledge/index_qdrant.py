"""The index for scale: one Qdrant collection for each generation, found through an alias."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar

import anyio
import anyio.to_thread
from qdrant_client import QdrantClient, models

from pageside.errors import IndexBroken, IndexMissing
from pageside.knowledge import bm25, keywords, qdrant, rank, windows
from pageside.knowledge.embed import Vectors
from pageside.knowledge.index import DocumentRow, Hit, IndexStatus
from pageside.knowledge.index_embedded import DEPTH, SHARES, WORDS_DEPTH, coverage
from pageside.knowledge.passage import Passage
from pageside.knowledge.qdrant import Names, NoSuchCollection
from pageside.knowledge.reading import labels

Given = TypeVar("Given")

_AT_ONCE: Final = 16  # questions that wait for Qdrant in threads of their own
_GENERATION_TRIES: Final = 3
_VOCABULARY_KEPT: Final = 4096  # points of 64 terms each
_FACTS: Final = qdrant.point_of("facts")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a generation says of itself; never changes under one name."""

    collection: str
    generation: str
    model: str
    dimensions: int
    documents: int
    passages: int
    languages: tuple[str, ...]
    vocabulary: int
    built_at: datetime


class _Moved(Exception):
    """The alias names another collection than was searched."""


class QdrantIndex:
    """The index of one book in Qdrant, as the generation has it that the alias names.

    Scores, cosines and coverage mean what they mean in `EmbeddedIndex`: the sparse vectors hold the same BM25, and
    both lists are fused here. A search asks twice: for the nearest passages, then for those that are given back, along
    with which generation is current; where that has changed in between, everything is asked anew.

    Args:
        client: Asked in worker threads; closed by whoever opened it.
        fresh_s: For how long `status`, `documents` and `passages` take the generation they last saw for current,
            in seconds. A search always looks.
    """

    def __init__(
        self, client: QdrantClient, *, book: str = "book", prefix: str = "pageside", fresh_s: float = 1
    ) -> None:
        self._client = client
        self._names = Names(prefix, book)
        self._fresh_s = fresh_s
        self._limiter = anyio.CapacityLimiter(_AT_ONCE)
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._facts: _Facts | None = None
        self._seen = 0.0
        self._documents: tuple[DocumentRow, ...] | None = None
        self._vocabulary: OrderedDict[str, Mapping[int, int]] = OrderedDict()

    async def search(
        self, text: str, vector: Vectors | None, *, limit: int, filters: Mapping[str, str]
    ) -> tuple[Hit, ...]:
        """See `Index.search`; `vector` counts only where the generation has vectors of its length.

        Raises:
            IndexUnavailable: Qdrant does not answer.
        """
        within = self._within(filters)
        return await self._asking(lambda facts: self._search(facts, text, vector, limit, within))

    async def passages(self, *, path: str | None = None) -> tuple[Passage, ...]:
        """See `Index.passages`; raises `IndexUnavailable`, too."""
        return await self._asking(lambda facts: tuple(self._passages(facts, path)))

    async def documents(self) -> tuple[DocumentRow, ...]:
        """See `Index.documents`; raises `IndexUnavailable`, too."""
        return await self._asking(self._all_documents)

    async def counts(self, terms: Sequence[str]) -> dict[str, int]:
        """See `Index.counts`; raises `IndexUnavailable`, too."""

        def counted(facts: _Facts) -> dict[str, int]:
            _, held = self._shown(facts, (), terms)
            return {term: held.get(bm25.number(term), 0) for term in terms}

        return await self._asking(counted)

    def status(self) -> IndexStatus:
        """See `Index.status`; raises `IndexUnavailable`, too."""
        facts = self._current()
        return IndexStatus(
            generation=facts.generation,
            book=self._names.book,
            documents=facts.documents,
            passages=facts.passages,
            model=facts.model,
            dimensions=facts.dimensions,
            languages=facts.languages,
            built_at=facts.built_at,
        )

    async def aclose(self) -> None:
        """Forgets what was seen; the client stays open."""
        with self._lock:
            self._forget()

    def _within(self, filters: Mapping[str, str]) -> dict[str, str] | None:
        """The filters that passages must match; absent when another book is asked for."""
        if "book" in filters and labels.normal("book", filters["book"]) != labels.normal("book", self._names.book):
            return None
        return {name: value for name, value in filters.items() if name != "book"}

    async def _asking(self, read: Callable[[_Facts], Given]) -> Given:
        """What `read` makes of the current generation; again, where that goes or changes while it reads."""

        def reading() -> Given:
            for _ in range(_GENERATION_TRIES):
                facts = self._current()
                try:
                    return read(facts)
                except (NoSuchCollection, _Moved):
                    with self._lock:
                        self._forget()
            raise IndexBroken("The index changes faster than it can be read: is something replacing it over and over?")

        # Abandoned where the reader goes: a thread that waits for a slow answer then ends by itself, unheard.
        return await anyio.to_thread.run_sync(reading, limiter=self._limiter, abandon_on_cancel=True)

    def _current(self) -> _Facts:
        with self._lock:
            facts, seen = self._facts, self._seen
        if facts is not None and time.monotonic() - seen < self._fresh_s:
            return facts
        try:
            records = self._retrieved(self._names.alias, [_FACTS])
        except NoSuchCollection:
            raise self._missing() from None
        return self._noted(records.get(_FACTS))

    def _noted(self, payload: Mapping[str, Any] | None) -> _Facts:
        """The facts that `payload` states, from now on the current ones."""
        facts = self._stated(payload)
        with self._lock:
            if self._facts is None or self._facts.collection != facts.collection:
                self._forget()
                self._facts = facts
            self._seen = time.monotonic()
            return self._facts

    def _stated(self, payload: Mapping[str, Any] | None) -> _Facts:
        held = (payload or {}).get("facts", {})
        try:
            if held["format"] == qdrant.FORMAT:
                return _Facts(
                    **{
                        **{name: held[name] for name in _Facts.__slots__},
                        "languages": tuple(held["languages"]),
                        "built_at": datetime.fromisoformat(held["built_at"]),
                    }
                )
        except (KeyError, TypeError, ValueError):
            pass  # what is missing or of another kind is as unreadable as another format
        raise IndexBroken(
            f"The index of {self._names.book!r} in Qdrant cannot be read by this version: "
            "run `pageside index BOOK_DIR` to build it anew."
        )

    def _missing(self) -> IndexMissing:
        return IndexMissing(
            f"Nothing has been indexed yet in Qdrant as {self._names.alias!r}: run `pageside index BOOK_DIR`."
        )

    def _retrieved(self, collection: str, ids: Sequence[int | str]) -> dict[int | str, Mapping[str, Any]]:
        """What the points of these ids hold, in their order; without those that are not there."""
        records = qdrant.asked(lambda: self._client.retrieve(collection, ids, with_payload=True))
        held = {record.id: record.payload or {} for record in records}
        return {each: held[each] for each in ids if each in held}

    def _passages(self, facts: _Facts, path: str | None) -> Iterator[Passage]:
        wanted = qdrant.of_kind("passage", path=path)
        return (qdrant.passage(payload) for _, payload in qdrant.scrolled(self._client, facts.collection, wanted))

    def _all_documents(self, facts: _Facts) -> tuple[DocumentRow, ...]:
        with self._lock:
            if self._documents is not None and self._facts is facts:
                return self._documents
        held = [payload for _, payload in qdrant.scrolled(self._client, facts.collection, qdrant.of_kind("page"))]
        counts = {payload["page"]["path"]: payload["passages"] for payload in held}
        pages = sorted(map(qdrant.page, held), key=lambda page: (page.position, page.path))
        rows = tuple(
            DocumentRow(
                path=page.path,
                title=page.title,
                url=page.url,
                language=page.language,
                digest=page.digest,
                position=page.position,
                passages=counts[page.path],
            )
            for page in pages
        )
        with self._lock:
            if self._facts is facts:
                self._documents = rows
        return rows

    def _search(
        self, facts: _Facts, text: str, vector: Vectors | None, limit: int, filters: Mapping[str, str] | None
    ) -> tuple[Hit, ...]:
        if filters is None:
            return ()
        terms = keywords.query(text, languages=facts.languages)
        compared = vector if vector is not None and vector.shape == (facts.dimensions,) else None
        found = self._found(facts, terms, compared, qdrant.filtering(filters))
        best = list(found.fused)[:limit]
        by_language = {language: keywords.query(text, languages=[language]) for language in facts.languages}
        every = {term for terms in by_language.values() for term in terms}
        passages, counts = self._shown(facts, best, every)
        rarity = {
            language: {term: bm25.rarity(counts.get(bm25.number(term), 0), facts.passages) for term in terms}
            for language, terms in by_language.items()
        }
        return tuple(
            Hit(
                passage=passage,
                score=found.fused[number],
                keyword=found.by_words.get(number, 0.0),
                cosine=found.alike.get(number) or float("nan"),
                coverage=coverage(passage, rarity[passage.language]),
            )
            for number, passage in passages.items()
        )

    def _found(
        self, facts: _Facts, terms: Sequence[str], vector: Vectors | None, within: models.Filter | None
    ) -> _Found:
        """The passages nearest to `terms` and to `vector`, and how alike each of them is to it, looked at closely."""
        numbers = sorted({bm25.number(term) for term in terms})
        words = models.SparseVector(indices=numbers, values=[1.0] * len(numbers))
        asked: list[models.QueryRequest] = []
        if numbers:
            asked.append(models.QueryRequest(query=words, using=qdrant.WORDS, filter=within, limit=WORDS_DEPTH))
        if vector is not None:
            asked += _looks(vector.tolist(), words if numbers else None, within)
        if not asked:
            return _Found({}, {}, {})
        answers = qdrant.asked(lambda: self._client.query_batch_points(facts.collection, asked))
        lists = [{int(point.id): point.score for point in answer.points} for answer in answers]
        by_words = {number: score for number, score in lists[0].items() if score > 0} if numbers else {}
        if vector is None:
            return _Found(by_words, {}, by_words)
        alike = _alike(*lists[-3:], among=set(islice(by_words, DEPTH)))
        return _Found(by_words, alike, rank.fuse([by_words, alike], weights=SHARES, depth=DEPTH))

    def _shown(
        self, facts: _Facts, numbers: Sequence[int], terms: Iterable[str]
    ) -> tuple[dict[int, Passage], dict[int, int]]:
        """The passages of `numbers` in their order, and how many passages hold each of `terms`, by its number.

        Raises:
            _Moved: The alias names another generation than `facts`.
        """
        with self._lock:
            kept = dict(self._vocabulary) if self._facts is facts else {}
        wanted = {qdrant.vocabulary_point(bm25.number(term), facts.vocabulary) for term in terms}
        unknown = sorted(wanted - kept.keys())
        held = self._retrieved(self._names.alias, [_FACTS, *unknown, *numbers])
        if self._noted(held.get(_FACTS)).collection != facts.collection:
            raise _Moved
        fresh = {each: qdrant.counts(held[each]) for each in unknown if each in held}
        with self._lock:
            if self._facts is not None and self._facts.collection == facts.collection:
                self._vocabulary.update(fresh)
                while len(self._vocabulary) > _VOCABULARY_KEPT:
                    self._vocabulary.popitem(last=False)
        counts = {number: count for each in wanted for number, count in (fresh | kept).get(each, {}).items()}
        return {number: qdrant.passage(held[number]) for number in numbers if number in held}, counts


@dataclass(frozen=True, slots=True)
class _Found:
    """What both ways of searching found, by number of passage: BM25, likeness where known, and both fused."""

    by_words: Mapping[int, float]
    alike: Mapping[int, float]
    fused: Mapping[int, float]


def _looks(
    vector: list[float], words: models.SparseVector | None, within: models.Filter | None
) -> Iterator[models.QueryRequest]:
    """Questions for how near the best by words and by vector are: as wholes, by their headings, by their stretches."""
    best = [models.Prefetch(query=vector, using=qdrant.MEANING, filter=within, limit=DEPTH)]
    if words is not None:
        best.append(models.Prefetch(query=words, using=qdrant.WORDS, filter=within, limit=DEPTH))
    for using in qdrant.DENSE:
        question = [vector] if using == qdrant.STRETCHES else vector  # which has several vectors for one passage
        yield models.QueryRequest(prefetch=best, query=question, using=using, limit=2 * DEPTH)


def _alike(
    wholes: Mapping[int, float], headings: Mapping[int, float], stretches: Mapping[int, float], *, among: Set[int]
) -> dict[int, float]:
    """How alike question and passage are, best first, of what is near as a whole or `among` the best by words."""
    near = {number for number, whole in wholes.items() if whole > 0}
    found = {
        number: windows.joined(wholes.get(number, 0.0), headings.get(number), stretches.get(number))
        for number in near | among
    }
    return dict(sorted(found.items(), key=lambda item: -item[1]))
