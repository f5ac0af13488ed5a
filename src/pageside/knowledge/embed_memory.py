"""Vectors of what was asked and read lately, kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

import numpy as np

from pageside.knowledge.embed import Contextual, Embedder, Pieces, Vectors, reads

_PIECES: Final = 64  # texts whose pieces are remembered: some hundred kilobytes each, and asked for twice in an answer
Kept = TypeVar("Kept")


class RememberingEmbedder:
    """Another embedder's vectors, each text embedded once as long as it is remembered.

    Args:
        limit: Texts remembered, questions and passages each; those unused for longest are forgotten.
    """

    def __init__(self, embedder: Embedder, *, limit: int) -> None:
        self._embedder = embedder
        self._passages = _Memory[Vectors](limit)
        self._queries = _Memory[Vectors](limit)
        self._pieces = _Memory[Pieces](_PIECES)

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

    async def pieces(self, texts: Sequence[str]) -> list[Pieces]:
        """One for each of `texts`; none at all where the other cannot tell."""
        if not isinstance(self._embedder, Contextual):
            return []
        known = {text: pieces for text in dict.fromkeys(texts) if (pieces := self._pieces.get(text)) is not None}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            read = await self._embedder.pieces(fresh)
            if not read:
                return []
            known |= zip(fresh, read, strict=True)
            self._pieces.put({text: known[text] for text in fresh})
        return [known[text] for text in texts]

    async def _recalled(
        self, texts: Sequence[str], memory: _Memory[Vectors], embed: Callable[[Sequence[str]], Awaitable[Vectors]]
    ) -> Vectors:
        known = {text: vector for text in dict.fromkeys(texts) if (vector := memory.get(text)) is not None}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            known |= zip(fresh, await embed(fresh), strict=True)
            memory.put({text: known[text] for text in fresh})
        rows = [known[text] for text in texts]
        return np.stack(rows) if rows else np.empty((0, self.dimensions), dtype=np.float32)


class _Memory(Generic[Kept]):
    """What at most `limit` texts came to."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def get(self, text: str) -> Kept | None:
        with self._lock:
            if text in self._kept:
                self._kept.move_to_end(text)
            return self._kept.get(text)

    def put(self, kept: dict[str, Kept]) -> None:
        with self._lock:
            self._kept |= kept
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
