"""What is kept of real books, and how fast: `python -m benchmarks.corpora [--vectors] [BOOK ...]`.

For each book: the words of its sources, counted without the parser, and the share of them that stands in the index;
pages, passages and warnings; seconds to index it, and seconds to find that nothing has changed.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.questions import SHARED

from pageside.knowledge import ingest
from pageside.knowledge.embed import Embedder, MiniLM

_PLACE = re.compile(r"^[^:]*(?::\d+)?: ")
_HEADER = "| book | pages | words in | words indexed | passages | first index | nothing changed | warnings |"


def kinds(warnings: Sequence[str]) -> str:
    """How often each kind of warning was given, the most frequent first."""
    alike = collections.Counter(_PLACE.sub("", warning).partition(":")[0] for warning in warnings)
    return "; ".join(f"{count} x {kind}" for kind, count in alike.most_common(5))


async def measure(book: Path, embedder: Embedder | None) -> str:
    """The row of one book."""
    with tempfile.TemporaryDirectory() as scratch:
        first = await ingest.update(book, data_dir=Path(scratch), embedder=embedder)
        again = await ingest.update(book, data_dir=Path(scratch), embedder=embedder)
    share = first.words_indexed / first.words_in if first.words_in else 1.0
    print(f"  {book.name}: {kinds(first.warnings) or 'no warning'}", flush=True)
    return (
        f"| {book.name} | {first.documents:,} | {first.words_in:,} | {share:.2%} | {first.passages:,} "
        f"| {first.seconds:.1f} s | {again.seconds:.2f} s | {len(first.warnings)} |"
    )


async def main() -> None:
    """Prints a table, a row for each book."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("books", nargs="*", type=Path)
    arguments.add_argument("--vectors", action="store_true", help="with the embedded model, not by words alone")
    chosen = arguments.parse_args()
    books = chosen.books or sorted(path for path in (SHARED / "corpora").iterdir() if path.is_dir())
    embedder = MiniLM() if chosen.vectors else None
    rows = [await measure(book, embedder) for book in books]
    print("\n".join([_HEADER, "|---" * _HEADER.count(" | ") + "|---|", *rows]))


if __name__ == "__main__":
    asyncio.run(main())
