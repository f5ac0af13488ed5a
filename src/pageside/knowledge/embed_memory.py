"""Vectors of what was asked and read lately, kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from pageside.knowledge.embed import Embedder, Vectors, reads


class RememberingEmbedder:
    """Another embedder's vectors, each text embedded once as long as it is remembered.

    Args:
        limit: Texts remembered, questions and passages each; those unused for longest are forgotten.
    """

    def __init__(self, embedder: Embedder, *, limit: int) -> None:
        self._embedder = embedder
        self._passages = _Memory(limit)
        self._queries = _Memory(limit)

    @property
    def name(self) -> str:
        """The other's."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """The other's."""
        return self._embedder.dimensions

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.passages`."""
        return await self._recalled(texts, self._passages, self._embedder.passages)

    async def queries(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.queries`."""
        return await self._recalled(texts, self._queries, self._embedder.queries)

    def reads(self, text: str) -> bool:
        """As the other says."""
        return reads(self._embedder, text)

    async def _recalled(
        self, texts: Sequence[str], memory: _Memory, embed: Callable[[Sequence[str]], Awaitable[Vectors]]
    ) -> Vectors:
        known = {text: vector for text in dict.fromkeys(texts) if (vector := memory.get(text)) is not None}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            known |= zip(fresh, await embed(fresh), strict=True)
            memory.put({text: known[text] for text in fresh})
        rows = [known[text] for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimensions), dtype=np.float32)


class _Memory:
    """At most `limit` vectors by text."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    def get(self, text: str) -> Vectors | None:
        with self._lock:
            if text in self._vectors:
                self._vectors.move_to_end(text)
            return self._vectors.get(text)

    def put(self, vectors: dict[str, Vectors]) -> None:
        with self._lock:
            self._vectors |= vectors
            while len(self._vectors) > self._limit:
                self._vectors.popitem(last=False)
