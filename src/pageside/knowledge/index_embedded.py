"""The index that needs no service: files of immutable generations, read by any number of processes."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import anyio.to_thread
import numpy as np

from pageside.knowledge import generation, keywords, rank, windows
from pageside.knowledge.embed import Vectors
from pageside.knowledge.generation import Generation, Mark
from pageside.knowledge.index import DocumentRow, Hit, IndexStatus
from pageside.knowledge.passage import Passage
from pageside.knowledge.reading import labels

Given = TypeVar("Given")

DEPTH: Final = 100  # how far down each way of searching is looked at
WORDS_DEPTH: Final = 1000  # how far down it is known how a passage does by words
SHARES: Final = (1.0, 1.5)  # what words and vectors count for; chosen by `python -m benchmarks.search --half dev`


@dataclass(slots=True)
class _Lease:
    """A generation and how many are reading from it; the last one out of a retired generation closes it."""

    generation: Generation
    mark: Mark
    readers: int = 0
    retired: bool = False


class EmbeddedIndex:
    """The index of one book under `data_dir`, as the newest complete generation has it.

    Every question looks whether the pointer has changed, so that what another process indexed is found without a
    restart; a search that is under way ends on the generation it began with. Cosines are computed against every
    passage, exactly.

    Args:
        book: Letters, digits, `-` and `_`; names the index among those of `data_dir`.
    """

    def __init__(self, data_dir: Path, *, book: str = "book") -> None:
        if not re.fullmatch(r"[\w-]+", book):
            raise ValueError(f"{book!r} cannot name an index: use letters, digits, '-' and '_'.")
        self._book = book
        self._root = generation.root(data_dir, book)
        self._lock = threading.Lock()
        self._lease: _Lease | None = None

    async def search(
        self, text: str, vector: Vectors | None, *, limit: int, filters: Mapping[str, str]
    ) -> tuple[Hit, ...]:
        """See `Index.search`; `vector` counts only where the generation has vectors of its length."""
        return await self._reading(lambda reading: _search(reading, text, vector, limit, self._within(filters)))

    async def passages(self, *, path: str | None = None) -> tuple[Passage, ...]:
        """See `Index.passages`."""
        return await self._reading(lambda reading: reading.catalogue.passages(path=path))

    async def counts(self, terms: Sequence[str]) -> dict[str, int]:
        """See `Index.counts`."""
        return await self._reading(lambda reading: reading.catalogue.counts(terms))

    async def documents(self) -> tuple[DocumentRow, ...]:
        """See `Index.documents`."""
        return await self._reading(lambda reading: reading.catalogue.documents())

    def status(self) -> IndexStatus:
        """See `Index.status`."""
        with self._leased() as reading:
            facts = reading.catalogue.facts
            return IndexStatus(
                generation=reading.name,
                book=self._book,
                documents=int(facts["documents"]),
                passages=reading.catalogue.size,
                model=facts["model"],
                dimensions=int(facts["dimensions"]),
                languages=reading.catalogue.languages,
                built_at=datetime.fromisoformat(facts["built_at"]),
            )

    async def aclose(self) -> None:
        """Lets go of the generation once nobody reads from it; the index may be used again."""
        await anyio.to_thread.run_sync(self._retire)

    def _within(self, filters: Mapping[str, str]) -> dict[str, str] | None:
        """The filters that passages must match; absent when another book is asked for."""
        if "book" in filters and labels.normal("book", filters["book"]) != labels.normal("book", self._book):
            return None
        return {name: value for name, value in filters.items() if name != "book"}

    async def _reading(self, read: Callable[[Generation], Given]) -> Given:
        def reading() -> Given:
            with self._leased() as held:
                return read(held)

        return await anyio.to_thread.run_sync(reading)

    @contextmanager
    def _leased(self) -> Iterator[Generation]:
        lease = self._borrow()
        try:
            yield lease.generation
        except sqlite3.Error as error:
            raise generation.broken(self._root, error) from error
        finally:
            with self._lock:
                lease.readers -= 1
                if lease.retired and not lease.readers:
                    lease.generation.close()

    def _borrow(self) -> _Lease:
        with self._lock:
            seen = generation.mark(self._root)
            if self._lease is None or self._lease.mark != seen:
                fresh = _Lease(generation.opened(self._root), seen)
                self._retire_held()
                self._lease = fresh
            self._lease.readers += 1
            return self._lease

    def _retire(self) -> None:
        with self._lock:
            self._retire_held()

    def _retire_held(self) -> None:
        if self._lease is not None:
            self._lease.retired = True
            if not self._lease.readers:
                self._lease.generation.close()
            self._lease = None


def _search(
    reading: Generation, text: str, vector: Vectors | None, limit: int, filters: Mapping[str, str] | None
) -> tuple[Hit, ...]:
    if filters is None:
        return ()
    catalogue = reading.catalogue
    terms = keywords.query(text, languages=catalogue.languages)
    by_words = catalogue.by_words(terms, limit=WORDS_DEPTH, filters=filters)
    cosines = _cosines(reading, vector)
    if cosines is None or vector is None:
        alike: dict[int, float] = {}
        fused = by_words
    else:
        nearest = _nearest(cosines, catalogue.labelled(filters) if filters else None)
        alike = _alike(reading, vector, cosines, (*nearest, *islice(by_words, DEPTH)))
        fused = rank.fuse([by_words, alike], weights=SHARES, depth=DEPTH)
    best = list(fused)[:limit]
    rarity = {
        language: catalogue.rarity(keywords.query(text, languages=[language])) for language in catalogue.languages
    }
    return tuple(
        Hit(
            passage=passage,
            score=fused[number],
            keyword=by_words.get(number, 0.0),
            cosine=alike.get(number) or float("nan"),
            coverage=coverage(passage, rarity[passage.language]),
        )
        for number, passage in catalogue.numbered(best).items()
    )


def _cosines(reading: Generation, vector: Vectors | None) -> Vectors | None:
    if vector is None or reading.vectors is None or reading.vectors.shape[1:] != vector.shape:
        return None
    # not `@`: BLAS would wake its threads for a millisecond's work, which costs more than it saves on a busy machine
    return np.asarray(np.einsum("ij,j->i", reading.vectors, vector), dtype=np.float32)


def _nearest(cosines: Vectors, allowed: frozenset[int] | None) -> list[int]:
    """Numbers of the `DEPTH` nearest of the allowed passages; one without a vector is near to nothing."""
    numbers = np.arange(len(cosines)) if allowed is None else np.fromiter(sorted(allowed), dtype=np.int64)
    held = cosines[numbers]
    if len(held) > DEPTH:  # a whole order of a hundred thousand takes as long as comparing them all
        best = held >= np.partition(held, -DEPTH)[-DEPTH]
        numbers, held = numbers[best], held[best]
    order = np.argsort(-held, kind="stable")[:DEPTH]
    return [int(number) for number in numbers[order] if cosines[number] > 0]


def _alike(reading: Generation, question: Vectors, cosines: Vectors, numbers: Iterable[int]) -> dict[int, float]:
    """How alike `question` and each of the passages are, looked at closely, best first."""
    found = {
        number: windows.likeness(float(cosines[number]), reading.parts_of(number), question)
        for number in dict.fromkeys(numbers)
    }
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def coverage(passage: Passage, rarity: Mapping[str, float]) -> float:
    """Share of the weight in `rarity`, a question's terms, that `passage` or its headings hold; 0 without terms."""
    text = " ".join((*passage.heading_path, passage.text))
    held = set(keywords.terms(text, language=passage.language))
    whole = sum(rarity.values())
    return sum(weight for term, weight in rarity.items() if term in held) / whole if whole else 0.0
