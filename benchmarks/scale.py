"""How a search grows with the book: `python -m benchmarks.scale [--sizes 1000 10000 100000]`.

The passages are those of the real books, once each and then again with the words of each passage in another order, so
that the words have their natural frequencies. Vectors are made up: one for each passage, near one of a few hundred
centres; how long a comparison takes does not depend on their meaning. The questions are real and embedded for real.
Each size is built and then searched in processes of their own, so that memory is that of a server that only reads.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import multiprocessing
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import psutil
from benchmarks import questions

from pageside.knowledge import generation, ingest
from pageside.knowledge.embed import MiniLM, unit
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.passage import Passage
from pageside.knowledge.search import Search

DIMENSIONS = 384
CENTRES = 300
LIMIT_QUESTIONS = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one size: milliseconds for one search at a time, once with and once without making the question's vector.

    Attributes:
        opened_ms: From nothing to the first answer, without loading the model.
        memory_mb: Resident memory of the process after all searches, less what it had before the index was opened.
        shared_mb: How much of that are pages of the index files, which all processes share.
    """

    passages: int
    disk_mb: float
    opened_ms: float
    p50_ms: float
    p95_ms: float
    remembered_p50_ms: float
    remembered_p95_ms: float
    memory_mb: float
    shared_mb: float


async def real(scratch: Path) -> list[Passage]:
    """The passages of every real book, pages named after their book."""
    found: list[Passage] = []
    for book in sorted((questions.SHARED / "corpora").iterdir()):
        if book.is_dir():
            await ingest.update(book, data_dir=scratch, embedder=None, name=book.name)
            reading = generation.opened(generation.root(scratch, book.name))
            found += [
                replace(each, path=f"{book.name}/{each.path}", id=f"{book.name}-{each.id}")
                for each in reading.catalogue.passages()
            ]
            reading.close()
    return found


def endless(passages: Sequence[Passage]) -> Iterator[Passage]:
    """`passages` in random order, then again and again with their words in other orders."""
    chance = random.Random(1)
    order = chance.sample(list(passages), len(passages))
    yield from order
    for copy in itertools.count(1):
        for each in order:
            words = each.text.split()
            chance.shuffle(words)
            yield replace(each, id=f"{each.id}-{copy}", path=f"{copy}/{each.path}", text=" ".join(words))


async def build(size: int, passages: Sequence[Passage], data_dir: Path) -> None:
    """An index of `size` passages."""
    chance = np.random.default_rng(size)
    centres = chance.standard_normal((CENTRES, DIMENSIONS)).astype(np.float32)
    near = centres[chance.integers(CENTRES, size=size)]
    vectors = unit(near + chance.standard_normal((size, DIMENSIONS)).astype(np.float32))
    chosen = [replace(each, position=at) for at, each in enumerate(itertools.islice(endless(passages), size))]
    root = generation.root(data_dir, "book")
    facts = {"model": MiniLM().name, "built_at": "2000-01-01T00:00:00+00:00", "documents": "0"}
    async with generation.writing(root, wait_s=0):
        generation.publish(root, [], chosen, vectors=vectors, facts=facts)


def measure(size: int, data_dir: Path, answers: multiprocessing.Queue[Measured]) -> None:
    """Searches the index in `data_dir`, in a process that did not build it."""
    answers.put(asyncio.run(_measure(size, data_dir)))


async def _measure(size: int, data_dir: Path) -> Measured:
    model = MiniLM()
    await model.queries(["warm"])
    asked = [each.text for name in questions.sets() for each in questions.asked(name) if each.half == "dev"]
    texts = random.Random(2).sample(asked, LIMIT_QUESTIONS)
    process = psutil.Process()
    before = process.memory_info()
    search = Search(EmbeddedIndex(data_dir), RememberingEmbedder(model, limit=10_000))
    opening = time.perf_counter()
    await search.find("what is a servo")
    opened_ms = (time.perf_counter() - opening) * 1000
    first = [await _timed(search, text) for text in texts]
    again = [await _timed(search, text) for text in texts]
    after = process.memory_info()
    return Measured(
        size,
        disk_mb(data_dir),
        opened_ms,
        *np.percentile(first, [50, 95]),
        *np.percentile(again, [50, 95]),
        (after.rss - before.rss) / 1e6,
        (after.shared - before.shared) / 1e6,
    )


def disk_mb(folder: Path) -> float:
    """What the files under `folder` take, in megabytes."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


async def _timed(search: Search, text: str) -> float:
    began = time.perf_counter()
    await search.find(text)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Prints a table, a line for each size."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--sizes", nargs="*", type=int, default=[1_000, 10_000, 100_000])
    sizes: list[int] = arguments.parse_args().sizes
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="scale-") as scratch:
        passages = asyncio.run(real(Path(scratch) / "books"))
        print(f"{len(passages)} real passages", flush=True)
        print(" | ".join(Measured.__slots__))
        for size in sizes:
            data_dir = Path(scratch) / str(size)
            asyncio.run(build(size, passages, data_dir))
            answers: multiprocessing.Queue[Measured] = spawn.Queue()
            one = spawn.Process(target=measure, args=(size, data_dir, answers))
            one.start()
            measured = answers.get()
            one.join()
            print(" | ".join(f"{getattr(measured, name):.4g}" for name in Measured.__slots__), flush=True)


if __name__ == "__main__":
    main()
