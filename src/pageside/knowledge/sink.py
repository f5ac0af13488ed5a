"""What takes in the generations of an index, whatever engine is under it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from pageside.errors import IndexBroken, IndexMissing
from pageside.knowledge import generation, windows
from pageside.knowledge.catalogue import Page
from pageside.knowledge.embed import Vectors, digest, embedded_text
from pageside.knowledge.generation import Generation
from pageside.knowledge.passage import Passage


class Previous(Protocol):
    """The generation that is current when an update begins; its methods block, so call them from a worker thread.

    Attributes:
        name: Of the generation.
        model: Of the embedder that its vectors come from; empty where it has none.
        pages: By path, in reading order.
    """

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def pages(self) -> Mapping[str, Page]: ...

    def passages(self, path: str) -> tuple[Passage, ...]:
        """The passages of one page, in reading order."""
        ...

    def vectors(self, keys: Collection[str]) -> Iterator[tuple[str, Vectors]]:
        """Those of `keys`, digests of embedded texts, that it has a vector of, with the vector."""
        ...

    def close(self) -> None:
        """Lets go of files."""
        ...


class Sink(Protocol):
    """Where an update of one book's index goes to."""

    def writing(self, *, wait_s: float) -> AbstractAsyncContextManager[None]:
        """Makes the caller the only writer of this book, on whatever machine; leftovers of a killed one are gone.

        Args:
            wait_s: How long to wait for another writer to end, in seconds; 0 gives up at once.

        Raises:
            IndexBusy: Another writer was still at it.
            IndexUnavailable: The service that keeps the index does not answer.
        """
        ...

    def previous(self) -> Previous | None:
        """The generation there is, for an update to go on from; one that cannot be read is as good as none. Blocks.

        Raises:
            IndexUnavailable: The service that keeps the index does not answer.
        """
        ...

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
        """Writes a generation, makes it the current one, and gives its name; only between `writing`. Blocks.

        Killed at any moment, it leaves the old generation current or the new one, never a part of either.

        Args:
            vectors: One row for each passage; one of zeros where the embedder could not read it.
            parts: For each passage one row for each of its `windows.texts`; empty without an embedder.
            facts: `model`, `built_at` and `documents`.
            written: Told how many passages are written.

        Raises:
            IndexBusy: Another writer has taken this one for dead.
            IndexUnavailable: The service that keeps the index does not answer.
        """
        ...


class FolderSink:
    """Generations in the data folder; see `generation`.

    Args:
        book: Letters, digits, `-` and `_`; names the index among those of `data_dir`.
    """

    def __init__(self, data_dir: Path, *, book: str = "book") -> None:
        self._root = generation.root(data_dir, book)

    def writing(self, *, wait_s: float) -> AbstractAsyncContextManager[None]:
        """See `Sink.writing`."""
        return generation.writing(self._root, wait_s=wait_s)

    def previous(self) -> Previous | None:
        """See `Sink.previous`."""
        try:
            current = generation.opened(self._root)
        except (IndexMissing, IndexBroken):
            return None
        return _Kept(current)

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
        """See `Sink.publish`."""
        name = generation.publish(self._root, pages, passages, vectors=vectors, parts=parts, facts=facts)
        written(len(passages))
        return name


class _Kept:
    """A generation of files as what comes before."""

    def __init__(self, current: Generation) -> None:
        self._current = current
        self.name = current.name
        self.model = current.catalogue.facts["model"]
        self.pages: Mapping[str, Page] = {page.path: page for page in current.catalogue.pages()}

    def passages(self, path: str) -> tuple[Passage, ...]:
        return self._current.catalogue.passages(path=path)

    def vectors(self, keys: Collection[str]) -> Iterator[tuple[str, Vectors]]:
        if self._current.vectors is None:
            return
        for number, passage in enumerate(self._current.catalogue.passages()):
            texts = (embedded_text(passage.heading_path, passage.text), *windows.texts(passage))
            rows = (self._current.vectors[number], *self._current.parts_of(number))
            for text, row in zip(texts, rows, strict=False):  # an index without parts has the whole alone
                if (key := digest(text)) in keys and row.any():
                    yield key, row

    def close(self) -> None:
        self._current.close()
