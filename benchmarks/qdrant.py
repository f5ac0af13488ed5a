"""What Qdrant gives and costs beside the embedded index: `python -m benchmarks.qdrant [--url http://127.0.0.1:6333]`.

*Agreement*: the questions of each set, development half, asked of the same generation in both forms: how often the
first five passages are the same in the same order, and how far the numbers of a hit are apart. *Size and speed*: the
passages of one real book, then again with their words in other orders, with made up vectors (`benchmarks.scale`),
searched in both forms, one search at a time, the question's vector at hand; by the client's local mode, which is
Python, and where `--url` names one by a real server. *The engine*: Qdrant Edge, the search of Qdrant as a library, with
the same vectors and the same three looks at the shortlist.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import tempfile
import time
import warnings
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import anyio.to_thread
import numpy as np
import qdrant_edge as edge
from benchmarks import questions, scale
from benchmarks.search import indexed
from qdrant_client import QdrantClient

from pageside.knowledge import bm25, catalogue, generation, ingest, keywords, qdrant
from pageside.knowledge.embed import MiniLM, Vectors
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.generation import Generation
from pageside.knowledge.index import Hit, Index
from pageside.knowledge.index_embedded import DEPTH, EmbeddedIndex
from pageside.knowledge.index_qdrant import QdrantIndex
from pageside.knowledge.passage import Passage
from pageside.knowledge.sink_qdrant import QdrantSink

STRETCHES = 3  # of a passage that is made up, as in the real books
LIMIT_QUESTIONS = 60
BOOK = "fastapi-en"
COPIED = {"model": MiniLM.name, "built_at": "2000-01-01T00:00:00+00:00", "documents": "0"}


async def copied(reading: Generation, client: QdrantClient, data_dir: Path) -> float:
    """Writes a generation of files into Qdrant; how many seconds that took."""
    passages = reading.catalogue.passages()
    parts = [reading.parts_of(number) for number in range(len(passages))]
    sink = QdrantSink(client, data_dir=data_dir)
    began = time.perf_counter()
    async with sink.writing(wait_s=0):
        publish = partial(sink.publish, reading.catalogue.pages(), passages, vectors=np.array(reading.vectors))
        await anyio.to_thread.run_sync(partial(publish, parts=parts, facts=COPIED, written=lambda _: None))
    return time.perf_counter() - began


def apart(one: Sequence[Hit], other: Sequence[Hit]) -> float:
    """The largest difference between keyword, cosine, coverage or score of the same passage in both lists."""
    others = {hit.passage.id: hit for hit in other}
    both = [(hit, others[hit.passage.id]) for hit in one if hit.passage.id in others]
    pairs = (
        (getattr(a, name), getattr(b, name)) for a, b in both for name in ("score", "keyword", "cosine", "coverage")
    )
    return max((abs(a - b) for a, b in pairs if a == a and b == b), default=0.0)


async def agreement(names: Sequence[str]) -> None:
    """Prints a line for each set of questions."""
    model = RememberingEmbedder(MiniLM(), limit=50_000)
    print("\nset | passages | questions | same first five | same first one | largest difference", flush=True)
    for name in names:
        data_dir = await indexed(name, model)
        reading = generation.opened(generation.root(data_dir, "book"))
        with tempfile.TemporaryDirectory() as scratch:
            client = QdrantClient(":memory:")
            await copied(reading, client, Path(scratch))
            forms: tuple[Index, Index] = (EmbeddedIndex(data_dir), QdrantIndex(client))
            asked = [each.text for each in questions.asked(name) if each.half == "dev"][:LIMIT_QUESTIONS]
            five = first = 0
            largest = 0.0
            for text in asked:
                vector = (await model.queries([text]))[0]
                one, other = [await form.search(text, vector, limit=30, filters={}) for form in forms]
                ids = [[hit.passage.id for hit in hits] for hits in (one, other)]
                five, first = five + (ids[0][:5] == ids[1][:5]), first + (ids[0][:1] == ids[1][:1])
                largest = max(largest, apart(one, other))
        size = reading.catalogue.size
        reading.close()
        print(f"{name} | {size} | {len(asked)} | {five} | {first} | {largest:.5f}", flush=True)


async def made(size: int, passages: Sequence[Passage], data_dir: Path) -> Generation:
    """A generation of files with `size` passages, each with its headings and stretches."""
    await scale.build(size, passages, data_dir)
    root = generation.root(data_dir, "book")
    reading = generation.opened(root)
    if len(reading.parts_at) > 1:
        return reading
    vectors = np.array(reading.vectors)
    parts = [np.repeat(row[None], 1 + STRETCHES, axis=0) for row in vectors]
    chosen = reading.catalogue.passages()
    reading.close()
    async with generation.writing(root, wait_s=0):
        generation.publish(root, [], chosen, vectors=vectors, parts=parts, facts=COPIED)
    return generation.opened(root)


async def timed(index: Index, texts: Sequence[str], vectors: Vectors) -> str:
    """p50 and p95 of a search in milliseconds, `Index.search` with 30 hits."""
    times = []
    for text, vector in zip(texts, vectors, strict=True):
        began = time.perf_counter()
        await index.search(text, vector, limit=30, filters={})
        times.append((time.perf_counter() - began) * 1000)
    return " / ".join(f"{each:.1f}" for each in np.percentile(times[1:], [50, 95]))


def engine(reading: Generation, folder: Path, texts: Sequence[str], vectors: Vectors) -> tuple[float, float, str]:
    """Seconds to build, bytes a passage on disk, p50 and p95 in milliseconds of the same batch of questions."""
    passages = reading.catalogue.passages()
    size = 0 if reading.vectors is None else reading.vectors.shape[1]
    dense = partial(edge.EdgeVectorParams, size=size, distance=edge.Distance.Dot)
    shape = {
        qdrant.MEANING: dense(),
        qdrant.HEADINGS: dense(),
        qdrant.STRETCHES: dense(multivector_config=edge.MultiVectorConfig(edge.MultiVectorComparator.MaxSim)),
    }
    config = edge.EdgeConfig(vectors=shape, sparse_vectors={qdrant.WORDS: edge.EdgeSparseVectorParams()})
    terms = bm25.counted(map(catalogue.columns, passages), counting=catalogue.WEIGHTS)
    began = time.perf_counter()
    shard = edge.EdgeShard.create(str(folder), config)
    batch: list[edge.Point] = []
    for number, (passage, (numbers, weights)) in enumerate(zip(passages, terms.weights(), strict=True)):
        whole, (headings, *stretches) = reading.vectors[number], reading.parts_of(number).tolist()
        kept = {qdrant.MEANING: whole.tolist(), qdrant.HEADINGS: headings, qdrant.STRETCHES: stretches or [headings]}
        kept[qdrant.WORDS] = edge.SparseVector(numbers.tolist(), weights.tolist())
        batch.append(edge.Point(number, kept, qdrant.passage_payload(passage)))
        if len(batch) == 500 or number == len(passages) - 1:
            shard.update(edge.UpdateOperation.upsert_points(batch))
            batch = []
    shard.flush()
    shard.optimize()
    build_s = time.perf_counter() - began
    disk = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    times = []
    for text, vector in zip(texts, vectors, strict=True):
        numbers = sorted({bm25.number(term) for term in keywords.query(text, languages=["en"])})
        words = edge.Query.Nearest(edge.SparseVector(numbers, [1.0] * len(numbers)), using=qdrant.WORDS)
        meant = vector.tolist()
        best = [edge.Prefetch(limit=DEPTH, query=words)]
        best.append(edge.Prefetch(limit=DEPTH, query=edge.Query.Nearest(meant, using=qdrant.MEANING)))
        began = time.perf_counter()
        shard.query(edge.QueryRequest(limit=1000, query=words))
        for using in qdrant.DENSE:
            question = [meant] if using == qdrant.STRETCHES else meant
            looked = edge.Query.Nearest(question, using=using)
            shard.query(edge.QueryRequest(limit=2 * DEPTH, prefetches=best, query=looked))
        times.append((time.perf_counter() - began) * 1000)
    shard.close()
    told = " / ".join(f"{each:.1f}" for each in np.percentile(times[1:], [50, 95]))
    return build_s, disk / len(passages), told


async def speed(sizes: Sequence[int], local: int, url: str) -> None:
    """Prints a line for each size."""
    print("\npassages | embedded ms | Qdrant Edge ms | local mode ms | server ms", end=" | ")
    print(
        "embedded bytes a passage | Edge bytes a passage | Edge passages/s | JSON bytes a passage | server passages/s"
    )
    texts = [each.text for name in questions.sets() for each in questions.asked(name) if each.half == "dev"]
    texts = random.Random(2).sample(texts, LIMIT_QUESTIONS)
    vectors = await MiniLM().queries(texts)
    with tempfile.TemporaryDirectory(prefix="qdrant-") as scratch:
        books = Path(scratch) / "books"
        await ingest.update(questions.SHARED / "corpora" / BOOK, data_dir=books, embedder=None)
        read = generation.opened(generation.root(books, "book"))
        passages = read.catalogue.passages()
        read.close()
        for size in sizes:
            data_dir = Path(scratch) / str(size)
            reading = await made(size, passages, data_dir)
            files = await timed(EmbeddedIndex(data_dir), texts, vectors)
            disk = scale.disk_mb(data_dir / "index" / "book" / "generations" / reading.name) * 1e6 / size
            shard = Path(scratch) / f"shard{size}"
            shard.mkdir()
            build_s, edge_bytes, edge_ms = await anyio.to_thread.run_sync(engine, reading, shard, texts, vectors)
            shutil.rmtree(shard)
            in_python = by_server = rate = "-"
            if size <= local:
                client = QdrantClient(":memory:")
                await copied(reading, client, data_dir / "local")
                in_python = await timed(QdrantIndex(client), texts, vectors)
            if url:
                client = qdrant.connected(url, api_key=os.environ.get("QDRANT_API_KEY", ""), timeout_s=600)
                rate = f"{size / await copied(reading, client, data_dir / 'server'):.0f}"
                by_server = await timed(QdrantIndex(client), texts, vectors)
            held = [len(json.dumps(qdrant.passage_payload(each))) for each in reading.catalogue.passages()[:1000]]
            reading.close()
            row = (size, files, edge_ms, in_python, by_server, round(disk), round(edge_bytes), round(size / build_s))
            print(" | ".join(map(str, (*row, round(float(np.mean(held))), rate))), flush=True)


def main() -> None:
    """Prints all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--sets", nargs="*", default=questions.sets())
    parser.add_argument("--local", type=int, default=10_000, help="Largest size for the client's local mode.")
    parser.add_argument("--url", default="", help="A Qdrant server; QDRANT_API_KEY has its key.")
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore", "Payload indexes have no effect|Local mode is not recommended")
    asyncio.run(agreement(chosen.sets))
    asyncio.run(speed(chosen.sizes, chosen.local, chosen.url))


if __name__ == "__main__":
    main()
