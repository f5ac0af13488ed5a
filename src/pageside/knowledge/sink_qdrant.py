"""Takes the generations of an index into Qdrant: each a collection, and an alias that names the one to read."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal

import anyio
import anyio.to_thread
import numpy as np
from qdrant_client import QdrantClient, models

from pageside import ids
from pageside.errors import IndexBroken, IndexBusy
from pageside.knowledge import bm25, catalogue, generation, qdrant, windows
from pageside.knowledge.catalogue import Page
from pageside.knowledge.embed import Vectors, digest, embedded_text
from pageside.knowledge.passage import Passage
from pageside.knowledge.qdrant import Names, NoSuchCollection
from pageside.knowledge.qdrant_lock import Lock
from pageside.knowledge.sink import Previous

_POINTS_AT_ONCE: Final = 128  # about 2 MB of JSON
_LOOK_AGAIN_S: Final = 0.5
_TRIES: Final = 4
_PAUSE_S: Final = 0.5
_FACTS: Final = qdrant.point_of("facts")
_INDEXED: Final = ("kind", "path", "labels")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a server keeps a generation.

    Attributes:
        shards: Into how many parts a collection is cut; more let more machines work on one search.
        replicas: On how many machines each part is.
        on_disk: Vectors and their graph are read from disk as needed, instead of held in memory.
        quantization: `scalar` searches vectors of a quarter the size, `binary` of a 32nd; both compare the best with
            the whole vectors in the end.
    """

    shards: int = 1
    replicas: int = 1
    on_disk: bool = False
    quantization: Literal["none", "scalar", "binary"] = "none"


class QdrantSink:
    """One book's generations in Qdrant.

    Args:
        client: One that waits long enough for a write; closed by whoever opened it.
        data_dir: Whose own lock tells at once that a writer of this machine was killed.
        prefix: Letters, digits and `_`; tells installations apart that share a server.
    """

    def __init__(
        self,
        client: QdrantClient,
        *,
        data_dir: Path,
        book: str = "book",
        prefix: str = "pageside",
        layout: Layout = Layout(),  # it cannot be changed
    ) -> None:
        self._client = client
        self._names = Names(prefix, book)
        self._root = generation.root(data_dir, book)
        self._layout = layout
        self._lock: Lock | None = None

    @asynccontextmanager
    async def writing(self, *, wait_s: float) -> AsyncIterator[None]:
        """See `Sink.writing`."""
        deadline = anyio.current_time() + wait_s
        async with generation.writing(self._root, wait_s=wait_s):
            place = await anyio.to_thread.run_sync(_place, self._root)
            lock = Lock(self._client, self._names.lock, place=place)
            while not await anyio.to_thread.run_sync(lock.take):
                if anyio.current_time() >= deadline:
                    raise IndexBusy(
                        f"Another process is indexing {self._names.book!r} into Qdrant: wait until it has ended, "
                        "then try again."
                    )
                await anyio.sleep(_LOOK_AGAIN_S)
            self._lock = lock
            try:
                await anyio.to_thread.run_sync(self._sweep)
                yield
            finally:
                self._lock = None
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(lock.release)

    def previous(self) -> Previous | None:
        """See `Sink.previous`."""
        facts = self._facts()
        if facts is None:
            return None
        try:
            return _Collection(self._client, facts)
        except (KeyError, TypeError, ValueError):
            return None

    def publish(
        self,
        pages: Sequence[Page],
        passages: Sequence[Passage],
        *,
        vectors: Vectors | None,
        parts: Sequence[Vectors],
        facts: Mapping[str, str],
        written: Callable[[int], None],
    ) -> str:
        """See `Sink.publish`; the alias goes over once every point is there and the server is done optimizing."""
        name = ids.new("gen")
        collection = self._names.collection(name)
        terms = bm25.counted(map(catalogue.columns, passages), counting=catalogue.WEIGHTS)
        dimensions = 0 if vectors is None else vectors.shape[1]
        self._make(collection, dimensions)
        points = _points(passages, terms, vectors, parts)
        for done in range(0, len(passages), _POINTS_AT_ONCE):
            written(done)
            self._put(collection, [next(points) for _ in passages[done : done + _POINTS_AT_ONCE]])
        spread = max(1, len(terms.held) // qdrant.VOCABULARY_SHARE)
        rest = [*_page_points(pages, passages), *_vocabulary_points(terms.held, spread)]
        before = self._facts()
        rest.append(
            _bare(
                _FACTS,
                {
                    "kind": "facts",
                    "facts": {
                        "format": qdrant.FORMAT,
                        "collection": collection,
                        "generation": name,
                        "model": facts["model"],
                        "dimensions": dimensions,
                        "documents": int(facts["documents"]),
                        "passages": len(passages),
                        "languages": _languages(passages),
                        "vocabulary": spread,
                        "built_at": facts["built_at"],
                    },
                    "before": before["collection"] if before else "",
                },
            )
        )
        for done in range(0, len(rest), _POINTS_AT_ONCE):
            self._put(collection, rest[done : done + _POINTS_AT_ONCE])
        written(len(passages))
        self._settled(collection, points=len(passages) + len(rest))
        self._point(collection)
        self._sweep()
        return name

    def _asked(self, call: Callable[[], Any]) -> Any:
        return qdrant.asked(call, tries=_TRIES, pause_s=_PAUSE_S)

    def _facts(self) -> dict[str, Any] | None:
        """What the current generation says of itself, and `before` it; None without one that can be read."""
        try:
            records = self._asked(lambda: self._client.retrieve(self._names.alias, [_FACTS], with_payload=True))
        except NoSuchCollection:
            return None
        held = records[0].payload if records else None
        if not held or held.get("facts", {}).get("format") != qdrant.FORMAT:
            return None
        return {**held["facts"], "before": held["before"]}

    def _make(self, collection: str, dimensions: int) -> None:
        dense = {name: _dense(name, dimensions, self._layout) for name in qdrant.DENSE} if dimensions else {}
        on_disk = self._layout.on_disk
        self._asked(
            lambda: self._client.create_collection(
                collection,
                vectors_config=dense,
                sparse_vectors_config={
                    qdrant.WORDS: models.SparseVectorParams(index=models.SparseIndexParams(on_disk=on_disk))
                },
                shard_number=self._layout.shards,
                replication_factor=self._layout.replicas,
                on_disk_payload=True,
            )
        )
        for field in _INDEXED:  # before the points come, so that the graph knows of them
            index = partial(self._client.create_payload_index, collection, field, wait=True)
            self._asked(partial(index, field_schema=models.PayloadSchemaType.KEYWORD))

    def _put(self, collection: str, points: list[models.PointStruct]) -> None:
        self._asked(lambda: self._client.upsert(collection, points, wait=True))

    def _settled(self, collection: str, *, points: int) -> None:
        """Returns when all points are counted and the server has built its graph.

        Raises:
            IndexBroken: Points are missing, or the server says that the collection is damaged.
        """
        count = self._asked(lambda: self._client.count(collection, exact=True)).count
        if count != points:
            raise IndexBroken(f"Qdrant holds {count} of the {points} points of the new index; the old one stays.")
        while True:
            state = self._asked(lambda: self._client.get_collection(collection)).status
            if state == models.CollectionStatus.RED:
                raise IndexBroken("Qdrant could not build the new index; the old one stays. Look at its log.")
            if state != models.CollectionStatus.YELLOW:
                return
            time.sleep(_LOOK_AGAIN_S)

    def _point(self, collection: str) -> None:
        """Makes `collection` the current generation, in one step.

        Raises:
            IndexBusy: Another writer has taken this one for dead.
        """
        if self._lock is None or not self._lock.held():
            raise IndexBusy(f"Another process has begun to index {self._names.book!r}; what it makes will be served.")
        alias = self._names.alias
        self._asked(
            lambda: self._client.update_collection_aliases(
                [
                    models.DeleteAliasOperation(delete_alias=models.DeleteAlias(alias_name=alias)),
                    models.CreateAliasOperation(
                        create_alias=models.CreateAlias(collection_name=collection, alias_name=alias)
                    ),
                ]
            )
        )

    def _sweep(self) -> None:
        """Takes away the collections of this book but the current one and the one before it, which may be read."""
        facts = self._facts()
        keep = {facts["collection"], facts["before"]} if facts else set()
        # what the alias names stays even where it is of a form that this version cannot read
        keep |= {each.collection_name for each in self._asked(self._client.get_aliases).aliases}
        listed = self._asked(self._client.get_collections).collections
        for name in (each.name for each in listed):
            if self._names.generation(name) and name not in keep:
                self._asked(partial(self._client.delete_collection, name))


class _Collection:
    """A generation in Qdrant as what comes before; its passages are read when they are first asked for."""

    def __init__(self, client: QdrantClient, facts: Mapping[str, Any]) -> None:
        self._client = client
        self._collection: str = facts["collection"]
        self._dimensions: int = facts["dimensions"]
        self._by_path: dict[str, list[Passage]] | None = None
        self._numbers: dict[str, list[int]] = {}
        self.name: str = facts["generation"]
        self.model: str = facts["model"]
        held = sorted(map(qdrant.page, self._payloads("page").values()), key=lambda page: (page.position, page.path))
        self.pages: Mapping[str, Page] = {page.path: page for page in held}

    def passages(self, path: str) -> tuple[Passage, ...]:
        return tuple(self._all().get(path, ()))

    def vectors(self, keys: Collection[str]) -> Iterator[tuple[str, Vectors]]:
        if not self._dimensions:
            return
        by_number = {
            number: [
                digest(text) for text in (embedded_text(passage.heading_path, passage.text), *windows.texts(passage))
            ]
            for path, passages in self._all().items()
            for number, passage in zip(self._numbers[path], passages, strict=True)
        }
        wanted = [number for number, digests in by_number.items() if any(each in keys for each in digests)]
        for at in range(0, len(wanted), _POINTS_AT_ONCE):
            for number, rows in self._vectors(wanted[at : at + _POINTS_AT_ONCE]):
                for key, row in zip(by_number[number], rows, strict=False):
                    if row is not None and key in keys:
                        yield key, row

    def _vectors(self, numbers: list[int]) -> Iterator[tuple[int, list[Vectors | None]]]:
        """For each passage the vectors of its whole, its headings and its stretches, where it has them."""
        records = qdrant.asked(
            lambda: self._client.retrieve(
                self._collection, numbers, with_payload=False, with_vectors=list(qdrant.DENSE)
            ),
            tries=_TRIES,
            pause_s=_PAUSE_S,
        )
        for record in records:
            held = record.vector if isinstance(record.vector, dict) else {}
            whole, headings = held.get(qdrant.MEANING), held.get(qdrant.HEADINGS)
            rows = [whole, headings, *(held.get(qdrant.STRETCHES) or ())]
            yield int(record.id), [None if row is None else np.array(row, dtype=np.float32) for row in rows]

    def close(self) -> None:
        """Nothing is open."""

    def _all(self) -> dict[str, list[Passage]]:
        if self._by_path is None:
            self._by_path = {}
            for number, payload in self._payloads("passage").items():
                passage = qdrant.passage(payload)
                self._by_path.setdefault(passage.path, []).append(passage)
                self._numbers.setdefault(passage.path, []).append(int(number))
        return self._by_path

    def _payloads(self, kind: str) -> dict[int | str, Mapping[str, Any]]:
        return dict(qdrant.scrolled(self._client, self._collection, qdrant.of_kind(kind)))


def _digests(passage: Passage) -> list[str]:
    """Of what is embedded of `passage`: the whole, the headings, the stretches."""
    return [digest(text) for text in (embedded_text(passage.heading_path, passage.text), *windows.texts(passage))]


def _place(root: Path) -> str:
    """What names this data folder among all; made when it is first asked for, by the one writer."""
    file = root / "place"
    if not file.exists():
        file.write_text(ids.new("place") + "\n", "utf-8")
    return file.read_text("utf-8").strip()


def _dense(name: str, dimensions: int, layout: Layout) -> models.VectorParams:
    """How the vectors of this name are kept; only those of the whole are ever searched without a shortlist."""
    searched = name == qdrant.MEANING
    return models.VectorParams(
        size=dimensions,
        distance=models.Distance.DOT,  # ours have length one: it is the cosine, and a vector comes back as it was
        datatype=models.Datatype.FLOAT32 if searched else models.Datatype.FLOAT16,
        on_disk=layout.on_disk or not searched,
        hnsw_config=models.HnswConfigDiff(on_disk=layout.on_disk) if searched else models.HnswConfigDiff(m=0),
        quantization_config=_quantization(layout) if searched else None,
        multivector_config=models.MultiVectorConfig(comparator=models.MultiVectorComparator.MAX_SIM)
        if name == qdrant.STRETCHES
        else None,
    )


def _quantization(layout: Layout) -> models.ScalarQuantization | models.BinaryQuantization | None:
    match layout.quantization:
        case "none":
            return None
        case "scalar":
            scalar = models.ScalarQuantizationConfig(type=models.ScalarType.INT8, always_ram=True)
            return models.ScalarQuantization(scalar=scalar)
        case "binary":
            return models.BinaryQuantization(binary=models.BinaryQuantizationConfig(always_ram=True))


def _points(
    passages: Sequence[Passage], terms: bm25.Terms, vectors: Vectors | None, parts: Sequence[Vectors]
) -> Iterator[models.PointStruct]:
    for number, (passage, (numbers, weights)) in enumerate(zip(passages, terms.weights(), strict=True)):
        kept: dict[str, Any] = {}
        if len(numbers):
            kept[qdrant.WORDS] = models.SparseVector(indices=numbers.tolist(), values=weights.tolist())
        if vectors is not None and vectors[number].any():
            kept[qdrant.MEANING] = vectors[number].tolist()
        if parts and parts[number][0].any():
            headings, *stretches = parts[number].tolist()
            kept[qdrant.HEADINGS] = headings
            if stretches:
                kept[qdrant.STRETCHES] = stretches
        yield models.PointStruct(id=number, vector=kept, payload=qdrant.passage_payload(passage))


def _page_points(pages: Sequence[Page], passages: Sequence[Passage]) -> Iterator[models.PointStruct]:
    counts = Counter(passage.path for passage in passages)
    for page in pages:
        yield _bare(qdrant.point_of(f"page {page.path}"), {**qdrant.page_payload(page), "passages": counts[page.path]})


def _vocabulary_points(held: Mapping[int, int], points: int) -> Iterator[models.PointStruct]:
    shares: dict[str, dict[int, int]] = {}
    for number, count in held.items():
        shares.setdefault(qdrant.vocabulary_point(number, points), {})[number] = count
    for point, counts in shares.items():
        yield _bare(point, qdrant.vocabulary_payload(counts))


def _bare(point: str, payload: dict[str, Any]) -> models.PointStruct:
    """A point that no search meets."""
    return models.PointStruct(id=point, vector={}, payload=payload)


def _languages(passages: Sequence[Passage]) -> list[str]:
    """Of the passages, the most frequent first."""
    counted = Counter(passage.language for passage in passages)
    return sorted(counted, key=lambda language: (-counted[language], language))
