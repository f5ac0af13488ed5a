"""What every embedder promises; each form of it is run through the same facts."""

from __future__ import annotations

import json

import httpx2
import numpy as np
import pytest
from tests.knowledge.small_index import HashingEmbedder

from pageside.knowledge.embed import MiniLM
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.embed_openai import OpenAIEmbedder

TEXTS = [
    "A servo turns its shaft.",
    "",
    "Наука",
    "A node publishes to a topic. " * 400,
    "ロボット\x00",
    "A servo turns its shaft.",
]


async def embeddings_api(request: httpx2.Request) -> httpx2.Response:
    """An embeddings endpoint as OpenAI documents it, on hashed words; rows come in no particular order."""
    asked = json.loads(request.content)
    rows = await HashingEmbedder(dimensions=64).passages(asked["input"])
    listed = [{"object": "embedding", "index": at, "embedding": row.tolist()} for at, row in enumerate(rows)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return httpx2.Response(200, json={"object": "list", "data": listed[::-1], "model": asked["model"], "usage": usage})


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM()


@pytest.fixture(params=["minilm", "openai", "remembering", "hashing"])
async def embedder(request, minilm):
    """Every form of the embedder."""
    client = httpx2.AsyncClient(transport=httpx2.MockTransport(embeddings_api))
    forms = {
        "minilm": minilm,
        "openai": OpenAIEmbedder("small", api_key="key", base_url="http://embeddings.test/v1", client=client),
        "remembering": RememberingEmbedder(HashingEmbedder(), limit=3),
        "hashing": HashingEmbedder(),
    }
    yield forms[request.param]
    await client.aclose()


async def test_each_text_has_a_row_of_length_one(embedder):
    """Empty, long and foreign texts too."""
    rows = await embedder.passages(TEXTS)

    assert rows.shape == (len(TEXTS), embedder.dimensions)
    assert rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


async def test_a_text_has_the_same_vector_whatever_stands_beside_it(embedder):
    """Vectors may be kept under their text."""
    together = await embedder.passages(TEXTS)
    alone = await embedder.passages(TEXTS[2:3])

    assert np.allclose(together[2], alone[0], atol=1e-6)
    assert np.allclose(together[0], together[-1], atol=1e-6)


async def test_questions_have_vectors_of_the_same_kind(embedder):
    """A question about a passage is nearer to it than to another."""
    passages = await embedder.passages(["A servo turns its shaft to an angle.", "Nodes talk over topics."])
    (question,) = await embedder.queries(["Which way does the servo turn its shaft?"])

    assert question @ passages[0] > question @ passages[1]


async def test_no_text_gives_no_row(embedder):
    """An update without anything new asks for nothing."""
    await embedder.passages(["one"])

    assert (await embedder.passages([])).shape == (0, embedder.dimensions)


async def test_it_has_a_name(embedder):
    """Under which its vectors are kept."""

    assert embedder.name == embedder.name != ""
