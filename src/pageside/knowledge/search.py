"""Search: from a question, and what the reader selected, to passages with a calibrated probability."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import anyio.to_thread
import numpy as np
import structlog
from numpy.typing import NDArray

from pageside.errors import Unavailable
from pageside.knowledge import calibration, keywords, place, rank, selection
from pageside.knowledge.embed import Embedder, Vectors
from pageside.knowledge.index import Hit, Index
from pageside.knowledge.passage import NO_LABELS, Findings, Found, Passage, Selection

log = structlog.get_logger(__name__)

_LOOKED_AT: Final = 30  # hits that folding and spreading choose from
_FROM_ONE_SECTION: Final = 2
_SELECTION_CHARACTERS: Final = 600  # of a selection that take part in the search for more
_SELECTED: Final = 0.9  # that the passage a reader points at answers what is asked about it


class Search:
    """Finds passages in one book.

    Args:
        embedder: The one the index was built with; another one's vectors are not compared, words alone count then.
        remembered: Vectors of questions and sentences kept in memory.
    """

    def __init__(self, index: Index, embedder: Embedder | None, *, remembered: int = 20_000) -> None:
        self._index = index
        self._embedder = embedder
        self._vectors = _Remembered(remembered)

    async def find(
        self,
        question: str,
        *,
        limit: int = 5,
        filters: Mapping[str, str] | None = None,
        selected_text: str = "",
        page: str = "",
    ) -> Findings:
        """Passages that answer `question`, best first; those around `selected_text` lead, or those of `page` when the
        question only points ("can you explain this?").

        Args:
            limit: At most so many passages, from 1.
            filters: Labels that every passage must have; see `Index.search`. What the reader points at is exempt.
            page: Path in the book, or address, of the page the reader is on.

        Raises:
            IndexMissing: Nothing has been indexed yet.
            IndexBroken: What was indexed cannot be read.
        """
        path = place.resolve(page, await self._index.documents()) if page else None
        located = await self._locate(selected_text, path) if selected_text.strip() else None
        if located and located.passages:
            lead = await self._surroundings(located.passages)
        elif path and located is None and place.points_only(question):
            lead = _openings(await self._index.passages(path=path))
        else:
            lead = ()
        asked = f"{question}\n{selected_text[:_SELECTION_CHARACTERS]}".strip()
        hits = await self._hits(asked, filters or NO_LABELS, limit)
        found = _led(lead, hits, pointed=located.passages if located else lead, limit=limit)
        sure = max([calibration.confidence(hits), *(item.relevance for item in found[: len(lead)])])
        return Findings(passages=found, confidence=sure if found else 0.0, selection=located)
