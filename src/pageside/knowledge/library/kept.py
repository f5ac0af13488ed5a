"""The libraries that a book uses, found anew whenever its index changes."""

from __future__ import annotations

from functools import partial
from typing import Final

import anyio
import anyio.to_thread

from pageside.errors import PagesideError
from pageside.knowledge.index import Index
from pageside.knowledge.library import names
from pageside.knowledge.library.names import Names
from pageside.knowledge.passage import Passage

LARGEST_BOOK: Final = 50_000  # passages; of a larger book only what everybody knows is looked up


class KeptNames:
    """Names of the libraries of one index, read once for each of its generations."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._lock = anyio.Lock()
        self._generation = ""
        self._kept = Names()

    async def read(self) -> Names:
        """The names as the index has them now; those everybody knows where it cannot be read."""
        try:
            status = await anyio.to_thread.run_sync(self._index.status)
            async with self._lock:
                if self._generation != status.generation:
                    passages = await self._index.passages() if status.passages <= LARGEST_BOOK else ()
                    self._kept = await anyio.to_thread.run_sync(partial(_names, passages))
                    self._generation = status.generation
        except PagesideError:  # the search says what is wrong with the index
            return Names()
        return self._kept


def _names(passages: tuple[Passage, ...]) -> Names:
    return Names(names.of_book(passages))
