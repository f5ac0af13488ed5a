"""What goes over the wire to an embeddings server, and what its failures become."""

from __future__ import annotations

import json

import httpx2
import numpy as np
import pytest

from pageside.errors import Unavailable
from pageside.knowledge.embed_openai import OpenAIEmbedder


def rows(vectors: list[list[float]]) -> httpx2.Response:
    listed = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(vectors)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return httpx2.Response(200, json={"object": "list", "data": listed, "model": "small", "usage": usage})


class Server:
    """An embeddings server that gives each answer of a list in turn, the last one for ever, and remembers requests."""

    def __init__(self, *answers: httpx2.Response) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []

    def embedder(self, **settings) -> OpenAIEmbedder:
        client = httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))
        return OpenAIEmbedder("small", api_key="key", base_url="http://embeddings.test/v1", client=client, **settings)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def bodies(self) -> list[dict]:
        return [json.loads(request.content) for request in self.requests]


async def test_the_request_is_the_one_openai_documents():
    """Path, key, model and input; no `dimensions` unless asked for."""
    server = Server(rows([[3.0, 4.0]]))
    vectors = await server.embedder().passages(["text"])

    assert server.requests[0].url.path == "/v1/embeddings"
    assert server.requests[0].headers["authorization"] == "Bearer key"
    assert server.bodies[0] == {"input": ["text"], "model": "small", "encoding_format": "float"}
    assert np.allclose(vectors, [[0.6, 0.8]])


async def test_length_and_prefixes_are_sent_when_set():
    """Models of the E5 family want to know what a text is."""
    server = Server(rows([[1.0, 0.0]]))
    embedder = server.embedder(dimensions=2, query_prefix="query: ", passage_prefix="passage: ")
    await embedder.queries(["why"])
    await embedder.passages(["because"])

    assert [body["input"] for body in server.bodies] == [["query: why"], ["passage: because"]]
    assert [body["dimensions"] for body in server.bodies] == [2, 2]


async def test_the_name_changes_with_whatever_changes_vectors():
    """Vectors kept under one name are never used for another."""
    server = Server(rows([[1.0, 0.0]]))
    names = {
        server.embedder().name,
        server.embedder(dimensions=2).name,
        server.embedder(query_prefix="query: ").name,
        OpenAIEmbedder("small", api_key="key").name,
        OpenAIEmbedder("large", api_key="key").name,
    }

    assert len(names) == 5


async def test_many_texts_go_in_several_requests():
    """In order."""
    server = Server(rows([[1.0, 0.0]] * 64), rows([[0.0, 1.0]] * 6))
    vectors = await server.embedder().passages([f"text {number}" for number in range(70)])

    assert [len(body["input"]) for body in server.bodies] == [64, 6]
    assert vectors[63].tolist() == [1, 0]
    assert vectors[64].tolist() == [0, 1]


async def test_a_failure_in_passing_is_tried_again():
    """As when the server is busy."""
    busy = httpx2.Response(503, headers={"retry-after-ms": "1"}, json={"error": {"message": "busy"}})
    server = Server(busy, rows([[1.0, 0.0]]))

    assert (await server.embedder().passages(["text"])).shape == (1, 2)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(401, json={"error": {"message": "wrong key"}}),
        httpx2.Response(404, json={"error": {"message": "no such model"}}),
        httpx2.Response(200, text="<html>not an API</html>"),
        httpx2.Response(200, json={"object": "list", "data": [], "model": "small"}),
        rows([[1.0, 0.0], [0.0, 1.0]]),
        rows([[1.0]]),
    ],
    ids=["denied", "unknown model", "not JSON", "no rows", "too many rows", "another length"],
)
async def test_a_server_that_does_not_give_the_vectors_is_unavailable(answer):
    """The message names the model; the key is in none."""
    with pytest.raises(Unavailable, match="'small'") as raised:
        await Server(answer).embedder(dimensions=2).passages(["text"])

    assert "key" not in str(raised.value).replace("EMBEDDING_API_KEY", "")
