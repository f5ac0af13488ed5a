"""Four engines under the same passages, vectors and questions: `python -m benchmarks.engines`.

Each is opened by every process that answers, so what a second process costs is measured beside speed and quality:
Qdrant Edge lets one process open a directory and needs a copy for each. Figures of one engine are taken in a process
of its own, on all books of the question sets at once; quality is asked of SQuAD's and the open books' test halves.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import bm25s
import numpy as np
import qdrant_edge as edge
import tantivy
from benchmarks import questions
from benchmarks.search import indexed

from pageside.knowledge import catalogue, generation, keywords, rank
from pageside.knowledge.catalogue import Catalogue
from pageside.knowledge.embed import MiniLM, Vectors
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.passage import Passage

DEPTH = 100
SHARES = (1.0, 1.5)


class Engine(Protocol):
    """Passages and their vectors in a folder, to be searched by words and vectors together."""

    def build(self, folder: Path, passages: Sequence[Passage], vectors: Vectors) -> None: ...

    def open(self, folder: Path) -> None: ...

    def search(self, text: str, vector: Vectors) -> list[int]: ...


class Files:
    """SQLite FTS5 and mapped vectors: what Pageside ships."""

    def build(self, folder: Path, passages: Sequence[Passage], vectors: Vectors) -> None:
        catalogue.write(folder / "passages.sqlite", [], passages, facts={"format": str(catalogue.FORMAT)})
        np.save(folder / "vectors.npy", vectors)

    def open(self, folder: Path) -> None:
        self._catalogue = Catalogue(folder / "passages.sqlite")
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")

    def search(self, text: str, vector: Vectors) -> list[int]:
        words = self._catalogue.by_words(keywords.query(text, languages=["en"]), limit=DEPTH, filters={})
        return list(rank.fuse([words, nearest(self._vectors, vector)], weights=SHARES))


class Tantivy:
    """Tantivy on our own terms, one field, and mapped vectors."""

    def build(self, folder: Path, passages: Sequence[Passage], vectors: Vectors) -> None:
        schema = tantivy.SchemaBuilder()
        schema.add_unsigned_field("number", stored=True)
        schema.add_text_field("body", tokenizer_name="whitespace", index_option="freq")
        index = tantivy.Index(schema.build(), path=str(folder))
        writer = index.writer(heap_size=64_000_000, num_threads=1)
        for number, passage in enumerate(passages):
            document = tantivy.Document()
            document.add_unsigned("number", number)
            document.add_text("body", " ".join(terms(passage)))
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        np.save(folder / "vectors.npy", vectors)

    def open(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")

    def search(self, text: str, vector: Vectors) -> list[int]:
        asked = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._index.schema, "body", term, "freq"))
            for term in keywords.query(text, languages=["en"])
        ]
        found = self._searcher.search(tantivy.Query.boolean_query(asked), limit=DEPTH).hits
        words = {self._searcher.doc(address)["number"][0]: score for score, address in found}
        return list(rank.fuse([words, nearest(self._vectors, vector)], weights=SHARES))


class Bm25s:
    """bm25s on our own terms and mapped vectors."""

    def build(self, folder: Path, passages: Sequence[Passage], vectors: Vectors) -> None:
        index = bm25s.BM25()
        index.index([terms(passage) for passage in passages], show_progress=False)
        index.save(str(folder / "words"))
        np.save(folder / "vectors.npy", vectors)

    def open(self, folder: Path) -> None:
        self._words = bm25s.BM25.load(str(folder / "words"), mmap=True, show_progress=False)
        self._vectors = np.load(folder / "vectors.npy", mmap_mode="r")

    def search(self, text: str, vector: Vectors) -> list[int]:
        asked = [term for term in keywords.query(text, languages=["en"]) if term in self._words.vocab_dict]
        scores = self._words.get_scores(asked) if asked else np.zeros(len(self._vectors))
        best = [int(number) for number in np.argsort(-scores)[:DEPTH] if scores[number] > 0]
        words = {number: float(scores[number]) for number in best}
        return list(rank.fuse([words, nearest(self._vectors, vector)], weights=SHARES))


class QdrantEdge:
    """Qdrant Edge with dense and BM25 vectors fused by its own DBSF; exact, without HNSW."""

    def build(self, folder: Path, passages: Sequence[Passage], vectors: Vectors) -> None:
        config = edge.EdgeConfig(
            vectors={"dense": edge.EdgeVectorParams(size=vectors.shape[1], distance=edge.Distance.Cosine)},
            sparse_vectors={"words": edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)},
        )
        shard = edge.EdgeShard.create(str(folder), config)
        encoder = edge.Bm25()
        points = [
            edge.Point(
                number,
                {
                    "dense": vectors[number].tolist(),
                    "words": encoder.embed_document(" ".join((*passage.heading_path, passage.text))),
                },
            )
            for number, passage in enumerate(passages)
        ]
        for at in range(0, len(points), 500):
            shard.update(edge.UpdateOperation.upsert_points(points[at : at + 500]))
        shard.flush()
        shard.close()

    def open(self, folder: Path) -> None:
        private = Path(tempfile.mkdtemp(prefix="edge-"))
        shutil.copytree(folder, private / "shard")
        self._shard = edge.EdgeShard.load(str(private / "shard"))
        shutil.rmtree(private)  # mapped files live on; nothing is left behind
        self._encoder = edge.Bm25()

    def search(self, text: str, vector: Vectors) -> list[int]:
        asked = [
            edge.Prefetch(limit=DEPTH, query=edge.Query.Nearest(self._encoder.embed_query(text), using="words")),
            edge.Prefetch(limit=DEPTH, query=edge.Query.Nearest(vector.tolist(), using="dense")),
        ]
        request = edge.QueryRequest(limit=DEPTH, prefetches=asked, query=edge.Fusion.Dbsf())
        return [int(point.id) for point in self._shard.query(request)]


ENGINES: dict[str, type[Engine]] = {
    "SQLite FTS5 + mapped vectors": Files,
    "tantivy + mapped vectors": Tantivy,
    "bm25s + mapped vectors": Bm25s,
    "Qdrant Edge, private copy": QdrantEdge,
}


def nearest(vectors: Vectors, vector: Vectors) -> dict[int, float]:
    """The first passages by cosine."""
    cosines = vectors @ vector
    return {int(number): float(cosines[number]) for number in np.argsort(-cosines)[:DEPTH]}


def terms(passage: Passage) -> list[str]:
    """A passage with its headings, as keyword search sees it."""
    return keywords.terms(" ".join((*passage.heading_path, passage.text)), language=passage.language)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one engine did; times in the unit of their name."""

    build_s: float
    disk_mb: float
    open_ms: float
    query_p50_ms: float
    query_p95_ms: float
    memory_mb: float
    hit_1: float
    hit_5: float


def resident_mb() -> float:
    """Memory of this process that no other one shares."""
    rollup = Path("/proc/self/smaps_rollup").read_text("ascii").splitlines()
    private = [int(line.split()[1]) for line in rollup if line.startswith(("Private_Clean", "Private_Dirty"))]
    return sum(private) / 1024


def measure(name: str, folder: Path, prepared: Path, out: Path) -> None:
    """Writes the figures of one engine to `out`; runs in a process of its own."""
    engine = ENGINES[name]()
    reading = generation.opened(prepared)
    passages, vectors = reading.catalogue.passages(), np.array(reading.vectors)
    began = time.perf_counter()
    engine.build(folder, passages, vectors)
    build_s = time.perf_counter() - began
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    paths = [passage.path for passage in passages]
    del passages, vectors
    asked = json.loads((prepared / "asked.json").read_text("utf-8"))
    queries = np.load(prepared / "queries.npy")
    before = resident_mb()
    began = time.perf_counter()
    engine.open(folder)
    engine.search(asked[0]["text"], queries[0])
    open_ms = (time.perf_counter() - began) * 1000
    times, ranks = [], []
    for question, vector in zip(asked, queries, strict=True):
        began = time.perf_counter()
        found = engine.search(question["text"], vector)
        times.append((time.perf_counter() - began) * 1000)
        pages = question["pages"]
        ranks.append(next((at for at, number in enumerate(found, 1) if paths[number] in pages), 0))
    first, five = (float(np.mean([0 < rank <= deep for rank in ranks])) for deep in (1, 5))
    p50, p95 = np.quantile(times, [0.5, 0.95])
    result = Measured(build_s, disk / 1e6, open_ms, float(p50), float(p95), resident_mb() - before, first, five)
    out.write_text(" | ".join(f"{getattr(result, field):.3g}" for field in Measured.__slots__), "utf-8")
    reading.close()


async def prepare(folder: Path) -> Path:
    """All books in one generation, their pages named after the book, and the questions with their vectors."""
    embedder = RememberingEmbedder(MiniLM(), limit=50_000)
    passages, rows, asked = [], [], []
    for name in questions.sets():
        reading = generation.opened(generation.root(await indexed(name, embedder), "book"))
        passages += [_moved(passage, name) for passage in reading.catalogue.passages()]
        rows.append(np.array(reading.vectors))
        reading.close()
        asked += [
            {"text": question.text, "pages": [f"{name}/{page}" for page in question.pages]}
            for question in questions.asked(name)
            if question.half == "test" and question.pages
        ]
    root = generation.root(folder, "all")
    facts = {"model": embedder.name, "built_at": "2000-01-01T00:00:00+00:00", "documents": "0"}
    async with generation.writing(root, wait_s=0):
        generation.publish(root, [], passages, vectors=np.concatenate(rows), facts=facts)
    (root / "asked.json").write_text(json.dumps(asked), "utf-8")
    np.save(root / "queries.npy", await embedder.queries([question["text"] for question in asked]))
    print(f"{len(passages)} passages, {len(asked)} questions, {os.cpu_count()} processors", flush=True)
    return root


def _moved(passage: Passage, book: str) -> Passage:
    return Passage(
        id=f"{book}/{passage.id}",
        path=f"{book}/{passage.path}",
        heading=passage.heading,
        heading_path=passage.heading_path,
        anchor=passage.anchor,
        url=passage.url,
        text=passage.text,
        start=passage.start,
        end=passage.end,
    )


def main() -> None:
    """Prints a table, a line for each engine."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    spawn = multiprocessing.get_context("spawn")
    print("engine | " + " | ".join(Measured.__slots__))
    with tempfile.TemporaryDirectory(prefix="engines-") as scratch:
        prepared = asyncio.run(prepare(Path(scratch)))
        for at, name in enumerate(ENGINES):
            folder = Path(scratch) / f"engine{at}"
            folder.mkdir()
            out = Path(scratch) / f"{at}.txt"
            one = spawn.Process(target=measure, args=(name, folder, prepared, out))
            one.start()
            one.join()
            print(f"{name} | {out.read_text('utf-8') if out.exists() else 'failed'}", flush=True)


if __name__ == "__main__":
    main()
