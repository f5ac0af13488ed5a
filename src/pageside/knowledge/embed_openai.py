"""Vectors from OpenAI, or from any server that speaks its embeddings API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import httpx2
import numpy as np
import openai
from openai import AsyncOpenAI
from openai.types import CreateEmbeddingResponse

from pageside.errors import Unavailable
from pageside.knowledge import charges
from pageside.knowledge.embed import Vectors, unit

_AT_ONCE: Final = 64  # texts in one request; OpenAI allows 2048, smaller servers far fewer
_LONGEST_CHARACTERS: Final = 24_000  # under the 8192 tokens that OpenAI's models read


class OpenAIEmbedder:
    """Embeds through `POST {base_url}/embeddings`; requests that fail in passing are tried again twice.

    Args:
        model: Such as `text-embedding-3-small`.
        api_key: Empty for servers that want none.
        dimensions: Numbers in a vector to ask for, of models that can shorten; 0 takes what the model gives.
        base_url: OpenAI's own where None.
        query_prefix: Put before every question, as `query: ` for models of the E5 family.
        passage_prefix: Put before every piece of a book.
        timeout_s: For one request, in seconds.
        client: For tests and proxies.
    """

    def __init__(
        self,
        model: str,
        *,
        api_key: str,
        base_url: str | None = None,
        dimensions: int = 0,
        query_prefix: str = "",
        passage_prefix: str = "",
        timeout_s: float = 30.0,
        client: httpx2.AsyncClient | None = None,
    ) -> None:
        self.dimensions = dimensions
        self._model = model
        self._dimensions_asked = dimensions
        self._prefixes = (query_prefix, passage_prefix)
        self._client = AsyncOpenAI(
            api_key=api_key or "none", base_url=base_url, timeout=timeout_s, max_retries=2, http_client=client
        )

    @property
    def name(self) -> str:
        """The model, its server, the length asked for and the prefixes: whatever would make other vectors."""
        return ":".join((str(self._client.base_url.host), self._model, str(self._dimensions_asked), *self._prefixes))

    async def passages(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each of `texts`.

        Raises:
            Unavailable: The server did not answer, denied, or answered with other vectors than it should.
        """
        return await self._embed([self._prefixes[1] + text for text in texts])

    async def queries(self, texts: Sequence[str]) -> Vectors:
        """One unit row for each of `texts`; raises what `passages` raises."""
        return await self._embed([self._prefixes[0] + text for text in texts])

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.close()

    async def _embed(self, texts: Sequence[str]) -> Vectors:
        parts = [await self._request(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), dtype=np.float32)

    async def _request(self, texts: Sequence[str]) -> Vectors:
        # an empty input is a 400 at OpenAI
        sent = [text[:_LONGEST_CHARACTERS] if text.strip() else "." for text in texts]
        try:
            answer = await self._client.embeddings.create(
                model=self._model, input=sent, dimensions=self._dimensions_asked or openai.omit, encoding_format="float"
            )
        except openai.OpenAIError as error:
            raise Unavailable(
                f"The embedding model {self._model!r} does not answer ({type(error).__name__}): "
                "check EMBEDDING_MODEL, EMBEDDING_BASE_URL and EMBEDDING_API_KEY."
            ) from error
        charges.note(getattr(getattr(answer, "usage", None), "total_tokens", 0))
        rows = _rows(answer)
        lengths = sorted({len(row) for row in rows})
        self.dimensions = self.dimensions or max(lengths, default=0)  # known from the first answer on
        if len(rows) != len(texts) or lengths != [self.dimensions]:
            raise Unavailable(
                f"The embedding model {self._model!r} gave {len(rows)} vectors of {lengths} numbers "
                f"where {len(texts)} of {self.dimensions} were due."
            )
        return unit(np.array(rows, dtype=np.float32))


def _rows(answer: object) -> list[list[float]]:
    """The vectors in the order of their texts; none where the answer is something else, as a web page."""
    if not isinstance(answer, CreateEmbeddingResponse):
        return []
    return [row.embedding for row in sorted(answer.data, key=lambda row: row.index)]
