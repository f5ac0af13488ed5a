"""Generations of an index: folders written once, and the pointer that names the one to read.

<root>/current                    the name of the generation to read; replaced as a whole
<root>/generations/<name>/        passages.sqlite, vectors.npy, parts.npy, parts-at.npy; complete, never changed again
<root>/building/<name>/           what a writer is at; swept by the next one
<root>/writer.lock                held by the one writer
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import anyio
import anyio.to_thread
import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from pageside import ids
from pageside.errors import IndexBroken, IndexBusy, IndexMissing
from pageside.knowledge import catalogue
from pageside.knowledge.catalogue import Catalogue, Page
from pageside.knowledge.embed import Vectors
from pageside.knowledge.passage import Passage

_OPENING_TRIES: Final = 5
_LOOK_AGAIN_S: Final = 0.1

Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Generation:
    """One complete state of an index, open for reading.

    Attributes:
        vectors: Mapped from the file, one unit row for each passage; absent when built without an embedder.
        parts: Mapped too, the rows of `windows.texts` of all passages one after another, in half precision.
        parts_at: Where in `parts` those of each passage begin, and where the last one's end.
    """

    name: str
    catalogue: Catalogue
    vectors: Vectors | None
    parts: NDArray[np.float16]
    parts_at: NDArray[np.int64]

    def parts_of(self, number: int) -> Vectors:
        """The rows of `windows.texts` of the passage `number`; none where the index was built without them."""
        if number + 1 >= len(self.parts_at):
            return np.empty((0, 0), dtype=np.float32)
        rows = self.parts[self.parts_at[number] : self.parts_at[number + 1]]
        return np.asarray(rows, dtype=np.float32)

    def close(self) -> None:
        """Lets go of the files; `vectors` goes with the last reference to it."""
        self.catalogue.close()


def root(data_dir: Path, book: str) -> Path:
    """Where the generations of `book` live."""
    return data_dir / "index" / book


def mark(root: Path) -> Mark:
    """Something that changes whenever `current` does: as cheap as one look at the file system.

    Raises:
        IndexMissing: Nothing has been indexed yet.
    """
    try:
        seen = (root / "current").stat()
    except FileNotFoundError:
        raise missing(root) from None
    return (seen.st_ino, seen.st_mtime_ns, seen.st_size)


def missing(root: Path) -> IndexMissing:
    """The error for a folder in which nothing has been indexed."""
    return IndexMissing(
        f"Nothing has been indexed yet in {str(root.parent.parent)!r}: "
        f"run `pageside index BOOK_DIR --data-dir {root.parent.parent}`."
    )


def opened(root: Path) -> Generation:
    """The current generation.

    Raises:
        IndexMissing: Nothing has been indexed yet.
        IndexBroken: What the pointer names cannot be read.
    """
    for _ in range(_OPENING_TRIES):
        name = _current(root)
        try:
            return _open(root / "generations" / name, name)
        except (OSError, ValueError, sqlite3.Error) as error:
            failure = error
        if _current(root) == name:  # otherwise a writer was faster: what is current now is looked at again
            break
    raise broken(root, failure) from failure


def broken(root: Path, cause: Exception) -> IndexBroken:
    """The error for files that are there and cannot be read."""
    return IndexBroken(
        f"The index in {str(root)!r} cannot be read ({cause}): run `pageside index BOOK_DIR "
        f"--data-dir {root.parent.parent}` to build it anew."
    )


def _current(root: Path) -> str:
    try:
        return (root / "current").read_text("utf-8").strip()
    except FileNotFoundError:
        raise missing(root) from None


def _open(folder: Path, name: str) -> Generation:
    catalogue = Catalogue(folder / "passages.sqlite")
    try:
        vectors = _mapped(folder, catalogue)
        return Generation(name, catalogue, vectors, *_mapped_parts(folder, catalogue))
    except BaseException:
        catalogue.close()
        raise


def _mapped(folder: Path, catalogue: Catalogue) -> Vectors | None:
    dimensions = int(catalogue.facts["dimensions"])
    if not dimensions:
        return None
    vectors: Vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    if vectors.shape != (catalogue.size, dimensions):
        raise ValueError(f"vectors of shape {vectors.shape} for {catalogue.size} passages of {dimensions}")
    return vectors


def _mapped_parts(folder: Path, catalogue: Catalogue) -> tuple[NDArray[np.float16], NDArray[np.int64]]:
    if not (folder / "parts.npy").exists():
        return np.empty((0, 0), dtype=np.float16), np.zeros(1, dtype=np.int64)
    parts, at = np.load(folder / "parts.npy", mmap_mode="r"), np.load(folder / "parts-at.npy")
    if at.shape != (catalogue.size + 1,) or parts.shape[:1] != (at[-1],):
        raise ValueError(f"parts of shape {parts.shape} for {catalogue.size} passages")
    return parts, at


@asynccontextmanager
async def writing(root: Path, *, wait_s: float) -> AsyncIterator[None]:
    """Makes the caller the only writer; leftovers of one that was killed are gone.

    Args:
        wait_s: How long to wait for another writer to end, in seconds; 0 gives up at once.

    Raises:
        IndexBusy: Another writer was still at it.
    """
    await anyio.to_thread.run_sync(partial(root.mkdir, parents=True, exist_ok=True))
    lock = FileLock(root / "writer.lock", timeout=0, thread_local=False)
    await _acquired(lock, root, wait_s=wait_s)
    try:
        await anyio.to_thread.run_sync(partial(shutil.rmtree, root / "building", ignore_errors=True))
        yield
    finally:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(lock.release)


async def _acquired(lock: FileLock, root: Path, *, wait_s: float) -> None:
    deadline = anyio.current_time() + wait_s
    while True:
        try:
            await anyio.to_thread.run_sync(lock.acquire)
        except Timeout:
            if anyio.current_time() >= deadline:
                raise IndexBusy(
                    f"Another process is indexing into {str(root)!r}: wait until it has ended, then try again."
                ) from None
            await anyio.sleep(_LOOK_AGAIN_S)
        else:
            return


def publish(
    root: Path,
    pages: Sequence[Page],
    passages: Sequence[Passage],
    *,
    vectors: Vectors | None,
    parts: Sequence[Vectors] = (),
    facts: Mapping[str, str],
) -> str:
    """Writes a generation, makes it the current one, and gives its name; only between `writing`.

    Killed at any moment, it leaves the old generation current or the new one, never a part of either. The generation
    before stays, for whoever is opening it now; those before that are removed.

    Args:
        parts: For each passage one row for each of its `windows.texts`; without them a search looks less closely.
    """
    name = ids.new("gen")
    building = root / "building" / name
    building.mkdir(parents=True)
    dimensions = 0 if vectors is None else vectors.shape[1]
    known = {**facts, "format": str(catalogue.FORMAT), "dimensions": str(dimensions)}
    catalogue.write(building / "passages.sqlite", pages, passages, facts=known)
    if vectors is not None:
        np.save(building / "vectors.npy", vectors)
    if parts:
        np.save(building / "parts.npy", np.concatenate(parts, dtype=np.float16, casting="same_kind"))
        np.save(building / "parts-at.npy", np.cumsum([0, *map(len, parts)], dtype=np.int64))
    for file in building.iterdir():
        _sync(file)
    (root / "generations").mkdir(exist_ok=True)
    building.rename(root / "generations" / name)
    _sync(root / "generations")
    before = (root / "current").read_text("utf-8").strip() if (root / "current").exists() else ""
    _point(root, name)
    _sweep(root, keep={name, before})
    return name


def _point(root: Path, name: str) -> None:
    fresh = root / "current.new"
    fresh.write_text(name + "\n", "utf-8")
    _sync(fresh)
    fresh.replace(root / "current")
    _sync(root)


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # Windows has no handle on a folder to flush
        return
    descriptor = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(root: Path, *, keep: set[str]) -> None:
    for folder in (root / "generations").iterdir():
        if folder.name not in keep:  # a reader on Windows may hold its files: then the next writer removes it
            shutil.rmtree(folder, ignore_errors=True)
