"""How fast a book is read, embedded and brought up to date: `python -m benchmarks.indexing [BOOK_DIR]`."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from benchmarks.questions import SHARED

from pageside.knowledge import ingest
from pageside.knowledge.embed import Embedder, MiniLM
from pageside.knowledge.ingest import Report


async def run(title: str, book: Path, data_dir: Path, embedder: Embedder | None) -> Report:
    """Updates the index and prints what it took: wall-clock and processor seconds."""
    wall, processor = time.perf_counter(), time.process_time()
    report = await ingest.update(book, data_dir=data_dir, embedder=embedder)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"{title:28} {report.documents:5} pages {report.passages:6} passages {wall:8.2f} s {processor:8.2f} CPU s "
        f"{report.passages / wall:8.1f} passages/s",
        flush=True,
    )
    return report


async def main() -> None:
    """First by words alone, then with vectors, then again with nothing changed, then with the vectors kept."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("book", nargs="?", type=Path, default=SHARED / "corpora" / "physical-ai-mraza")
    book: Path = arguments.parse_args().book
    with tempfile.TemporaryDirectory() as scratch:
        embedder = MiniLM()
        await run("words alone", book, Path(scratch) / "words", None)
        await run("with MiniLM", book, Path(scratch) / "vectors", embedder)
        await run("nothing changed", book, Path(scratch) / "vectors", embedder)
        (Path(scratch) / "vectors" / "index" / "book" / "current").unlink()
        await run("anew, vectors kept", book, Path(scratch) / "vectors", embedder)


if __name__ == "__main__":
    asyncio.run(main())
