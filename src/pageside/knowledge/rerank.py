"""A second opinion on what a search found: a reranking model behind an HTTP endpoint, and the old order while it fails.

Cohere, Jina and vLLM take the same request and answer in the same form, each with more around it that is not looked at:
`{"model", "query", "documents", "top_n"}` and `{"results": [{"index", "relevance_score"}]}`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Protocol

import anyio
import httpx2
import structlog

from pageside.knowledge import charges
from pageside.knowledge.embed import embedded_text
from pageside.knowledge.index import Hit
from pageside.knowledge.library.breaker import Breaker

log = structlog.get_logger(__name__)

_JUDGED: Final = 20  # hits that are sent; those behind keep their order
_LONGEST_CHARACTERS: Final = 4_000  # of a passage; models read 512 to 4096 tokens of question and passage together
_LARGEST_ANSWER: Final = 1_000_000  # bytes


class Reranker(Protocol):
    """Orders hits by a closer look at their text."""

    async def ordered(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """All of `hits`, those that answer `question` best first."""
        ...


class HttpReranker:
    """Asks `POST url`, as Cohere's `/v2/rerank`, Jina's and vLLM's `/v1/rerank` have it.

    Hits are given back in the order they came in where the endpoint does not answer in time, or with nonsense; after
    three failures in a row it is left alone for half a minute.

    Args:
        url: Of the endpoint; `/rerank` is added to one that does not end so.
        model: Such as `rerank-v3.5` or `BAAI/bge-reranker-v2-m3`.
        api_key: Sent as a bearer token; empty for servers that want none.
        timeout_s: For one question, in seconds.

    Source: Cohere API reference, "Rerank API (v2)"; vLLM, "Re-rank API"; Jina, "Reranker API".
    """

    def __init__(
        self,
        url: str,
        *,
        model: str,
        api_key: str = "",
        timeout_s: float = 2.0,
        breaker: Breaker | None = None,
    ) -> None:
        self._url = url if url.rstrip("/").endswith("rerank") else f"{url.rstrip('/')}/rerank"
        self._model = model
        self._breaker = breaker or Breaker()
        self._timeout_s = timeout_s
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._client = httpx2.AsyncClient(headers=headers, timeout=timeout_s, follow_redirects=False)

    async def ordered(self, question: str, hits: Sequence[Hit]) -> list[Hit]:
        """See `Reranker.ordered`; never fails."""
        judged, rest = list(hits[:_JUDGED]), list(hits[_JUDGED:])
        if len(judged) < 2 or not question.strip() or not self._breaker.admits():
            return [*judged, *rest]
        try:
            scores = await self._scores(question, judged)
        except (httpx2.HTTPError, TimeoutError, ValueError) as error:
            self._breaker.failed()
            log.warning("reranker_unavailable", reason=type(error).__name__)
            return [*judged, *rest]
        except BaseException:
            self._breaker.gave_up()
            raise
        self._breaker.succeeded()
        best = sorted(range(len(judged)), key=lambda at: -scores[at])
        return [*(judged[at] for at in best), *rest]

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._client.aclose()

    async def _scores(self, question: str, hits: Sequence[Hit]) -> list[float]:
        texts = [embedded_text(hit.passage.heading_path, hit.passage.text)[:_LONGEST_CHARACTERS] for hit in hits]
        asked = {"model": self._model, "query": question, "documents": texts, "top_n": len(texts)}
        with anyio.fail_after(self._timeout_s):  # the client's own limit starts anew with every piece that arrives
            answer = await self._client.post(self._url, json=asked)
        answer.raise_for_status()
        if len(answer.content) > _LARGEST_ANSWER:
            raise ValueError("an answer too large to be one")
        told = answer.json()
        charges.note(taken(told))
        return scores(told, len(texts))


def taken(answer: object) -> object:
    """The tokens that `answer` says it took: vLLM's and Jina's under `usage`, Cohere's under `meta`; else None."""
    match answer:
        case {"usage": {"total_tokens": tokens}} | {"meta": {"tokens": {"input_tokens": tokens}}}:
            return tokens
        case _:
            return None


def scores(answer: object, count: int) -> list[float]:
    """The score of each of `count` texts, in their order; one that the answer leaves out comes last.

    Raises:
        ValueError: It is no such answer, or names a text twice or one that was not sent.
    """
    results = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(results, list) or not results:
        raise ValueError("no results")
    found: dict[int, float] = {}
    for result in results:
        match result:
            case {"index": int(index), "relevance_score": int() | float() as score} if (
                0 <= index < count and index not in found and math.isfinite(score)
            ):
                found[index] = float(score)
            case _:
                raise ValueError("a result that names no text that was sent")
    return [found.get(index, -math.inf) for index in range(count)]
