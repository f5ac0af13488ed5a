"""A reranking endpoint is asked as it wants to be, believed where it makes sense, and missed without harm."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import rerank_server
from tests.knowledge.small_index import ROBOTS, passage, put

from pageside import settings
from pageside.knowledge import charges, rerank
from pageside.knowledge.index import Hit
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.library.breaker import Breaker
from pageside.knowledge.rerank import HttpReranker
from pageside.knowledge.search import Search
from pageside.wiring import knowing

HITS = [
    Hit(passage(text, path=f"{number}.md"), 1.0 - number / 100, 1.0, 0.5, 0.5)
    for number, text in enumerate(["Bees fly.", "A queen lays eggs.", "Winter is cold.", "The queen lays eggs in May."])
]
QUESTION = "When does the queen lay her eggs in May?"
FAULTS = ["500", "401", "429", "slow", "drip", "html", "half", "list", "others", "twice", "nan"]


@pytest.fixture(scope="module")
def server():
    with rerank_server.running() as running:
        yield running


def paths(hits) -> list[str]:
    return [hit.passage.path for hit in hits]


@pytest.mark.parametrize("path", ["/v2/rerank", "/v1/rerank", "/v1"])
async def test_both_forms_are_asked_alike_and_understood(server, path):
    """Cohere's says less around its results than vLLM's and Jina's; a base address is completed."""
    server.says(key="secret")
    tally = charges.begin()
    reranker = HttpReranker(server.url(path), model="m-1", api_key="secret")
    ordered = await reranker.ordered(QUESTION, HITS)
    await reranker.aclose()
    (asked,) = server.asked()

    assert paths(ordered)[:2] == ["3.md", "1.md"]
    assert sorted(paths(ordered)) == sorted(paths(HITS))
    assert asked["path"] == ("/v1/rerank" if path == "/v1" else path)
    assert asked["query"] == QUESTION
    assert asked["documents"][0] == "Page\nBees fly."
    assert set(asked) == {"path", "authorization", "model", "query", "documents", "top_n"}
    assert (tally.tokens, tally.calls) == (56, 1)


@pytest.mark.parametrize("fault", FAULTS)
async def test_whatever_goes_wrong_leaves_the_order_of_the_search(server, fault):
    """No error, no wait beyond the limit, nothing lost."""
    server.says(fault=fault)
    reranker = HttpReranker(server.url("/v2/rerank"), model="m-1", timeout_s=0.5)
    ordered = await reranker.ordered(QUESTION, HITS)
    await reranker.aclose()

    assert ordered == HITS
    assert len(server.asked()) == 1


async def test_nobody_there_leaves_the_order_of_the_search():
    """A port that nothing listens on."""
    reranker = HttpReranker("http://127.0.0.1:9/rerank", model="m-1", timeout_s=0.5)

    assert await reranker.ordered(QUESTION, HITS) == HITS
    await reranker.aclose()


async def test_one_that_fails_is_left_alone_for_a_while_and_tried_again(server):
    """Three failures, then silence, then one request that heals it."""
    now = [0.0]
    server.says(fault="500")
    breaker = Breaker(failures=3, pause_s=30, clock=lambda: now[0])
    reranker = HttpReranker(server.url("/v2/rerank"), model="m-1", breaker=breaker)
    for _ in range(5):
        await reranker.ordered(QUESTION, HITS)
    while_down = len(server.asked())
    server.says()
    resting = await reranker.ordered(QUESTION, HITS)
    now[0] = 31.0
    healed = await reranker.ordered(QUESTION, HITS)
    await reranker.aclose()

    assert while_down == 3
    assert resting == HITS
    assert paths(healed)[0] == "3.md"


async def test_a_long_list_is_sent_in_part_and_a_long_passage_cut(server):
    """What a model reads is bounded; the rest keeps its place."""
    server.says()
    long = [Hit(passage("queen " * 5000, path=f"{number}.md"), 1.0, 1.0, 0.5, 0.5) for number in range(40)]
    reranker = HttpReranker(server.url("/v2/rerank"), model="m-1")
    ordered = await reranker.ordered(QUESTION, long)
    await reranker.aclose()
    (asked,) = server.asked()

    assert len(asked["documents"]) == 20
    assert max(map(len, asked["documents"])) == 4000
    assert ordered[20:] == long[20:]


async def test_a_search_that_is_wired_with_one_gives_its_order(server, tmp_path):
    """From the settings to the findings."""
    server.says()
    await put(tmp_path, ROBOTS)
    chosen = settings.load({}, rerank_url=server.url("/v1/rerank"), rerank_model="m-1", data_dir=tmp_path)
    async with knowing.open_reranker(chosen) as reranker:
        index = EmbeddedIndex(tmp_path)
        with_it = await Search(index, None, reranker=reranker).find("its callback and its topic and a servo")
        without = await Search(index, None).find("its callback and its topic and a servo")
        await index.aclose()

    assert {found.passage.id for found in with_it.passages} == {found.passage.id for found in without.passages}
    assert len(server.asked()) >= 1


def test_a_score_for_each_text_or_none_at_all():
    """What the answer leaves out comes last; what makes no sense is refused."""
    answer = {"results": [{"index": 2, "relevance_score": 0.9}, {"index": 0, "relevance_score": 1}]}

    assert rerank.scores(answer, 3) == [1.0, -math.inf, 0.9]
    with pytest.raises(ValueError, match="results"):
        rerank.scores({"results": []}, 3)
    with pytest.raises(ValueError, match="no text"):
        rerank.scores(answer, 2)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["results", "index", "relevance_score"]) | st.text(), inner)
        ),
    )
)
def test_any_answer_gives_scores_or_is_refused(answer):
    """Nothing else is raised, whatever the endpoint says."""
    try:
        told = rerank.scores(answer, 3)
    except ValueError:
        return

    assert len(told) == 3
