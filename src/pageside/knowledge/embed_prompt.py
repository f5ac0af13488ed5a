"""Vectors for readers who wait: in time or not at all, and not asked for while nobody answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from pageside.errors import Unavailable
from pageside.knowledge.embed import Embedder, Vectors
from pageside.knowledge.library.breaker import Breaker

PAUSE_S: Final = 5.0


class PromptEmbedder:
    """Another embedder's vectors, as long as it gives them promptly; after some failures it is left alone for a while.

    What is indexed can wait for minutes; a question cannot, and is searched by its words instead.

    Args:
        limit_s: Seconds that the other may take for one call.
        breaker: Tells whether it is worth asking.
    """

    def __init__(self, embedder: Embedder, *, limit_s: float, breaker: Breaker | None = None) -> None:
        self._embedder = embedder
        self._limit_s = limit_s
        self._breaker = breaker or Breaker(pause_s=PAUSE_S)

    @property
    def name(self) -> str:
        """The other's."""
        return self._embedder.name

    @property
    def dimensions(self) -> int:
        """The other's."""
        return self._embedder.dimensions

    @property
    def failing(self) -> bool:
        """Whether it gave nothing when it was last asked."""
        return self._breaker.failing

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.passages`.

        Raises:
            Unavailable: The other does not answer in time, or did not when it was last asked.
        """
        return await self._promptly(self._embedder.passages, texts)

    async def queries(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.queries`; raises what `passages` raises."""
        return await self._promptly(self._embedder.queries, texts)

    async def _promptly(self, embed: Callable[[Sequence[str]], Awaitable[Vectors]], texts: Sequence[str]) -> Vectors:
        if not self._breaker.admits():
            raise Unavailable("The embedding model did not answer a moment ago.")
        try:
            async with asyncio.timeout(self._limit_s):
                vectors = await embed(texts)
        except TimeoutError:
            self._breaker.failed()
            raise Unavailable("The embedding model does not answer in time.") from None
        except Unavailable:
            self._breaker.failed()
            raise
        except BaseException:
            self._breaker.gave_up()
            raise
        self._breaker.succeeded()
        return vectors
