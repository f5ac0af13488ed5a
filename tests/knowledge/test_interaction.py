"""Words beside words: what a sentence does not say is seen, whatever it is about."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.knowledge.small_index import HashingEmbedder, put

from pageside.errors import Unavailable
from pageside.knowledge import interaction, keywords
from pageside.knowledge.embed import MiniLM, Pieces
from pageside.knowledge.embed_memory import RememberingEmbedder
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.search import Search

THREADS = "A spawned thread may still run when the main thread ends."


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM()


async def test_a_word_that_a_sentence_does_not_hold_is_matched_least(minilm):
    """Of a question about threads, the priority is what a sentence about threads says nothing of."""
    question = "How do I set the priority of a thread?"
    asked, told = await minilm.pieces([question, THREADS])

    set_, priority, thread = interaction.matches(question, asked, [THREADS], [told])[0]
    assert keywords.content(question) == ("set", "priority", "thread")
    assert thread > 0.8 > 0.5 > max(priority, set_)


async def test_every_word_of_a_text_matches_itself(minilm):
    """And in words cut into several pieces as well."""
    text = "JointState quaternions of Zenoh, twice: JointState."
    (read,) = await minilm.pieces([text])

    assert interaction.matches(text, read, [text], [read]) == pytest.approx(1.0, abs=1e-5)


async def test_the_pieces_of_a_text_are_what_its_vector_is_the_mean_of(minilm):
    """So that a model is run in one way, whoever asks."""
    (read,) = await minilm.pieces([THREADS])
    (vector,) = await minilm.passages([THREADS])
    mean = read.states.mean(axis=0)

    assert mean / np.linalg.norm(mean) == pytest.approx(vector, abs=1e-5)
    assert len(read.spans) == len(read.states)


TEXTS = st.text("servo angle Zenoh 日本語 العربية é` \u200d\n", max_size=40)


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_any_texts_can_be_matched(question, texts):
    """A row for each text, a column for each telling word, by whichever way."""
    asked, *told = [_made_up(text) for text in (question, *texts)]
    shape = (len(texts), len(keywords.content(question)))
    found = interaction.matches(question, asked, texts, told)

    assert interaction.by_words(question, texts).shape == found.shape == shape
    assert found.size == 0 or np.abs(found).max() <= 1 + 1e-5


def _made_up(text: str) -> Pieces:
    """A piece for each character."""
    states = np.array([[1.0, ord(letter) % 7, ord(letter) % 5] for letter in text], dtype=np.float32).reshape(-1, 3)
    return Pieces(tuple((at, at + 1) for at in range(len(text))), states)


@pytest.mark.parametrize("kind", ["none", "vectors alone", "away"])
async def test_without_a_model_that_tells_a_word_matches_where_it_stands(kind, tmp_path):
    """With none at all, with one that gives vectors and nothing else, and while it is away."""
    await put(tmp_path, embedder=None)
    embedder = {"none": None, "vectors alone": HashingEmbedder(), "away": Away()}[kind]
    index = EmbeddedIndex(tmp_path)
    found = await Search(index, embedder).matches("thread priority", [THREADS])
    await index.aclose()

    assert found == pytest.approx(interaction.by_words("thread priority", [THREADS]))
    assert found[0, 0] > found[0, 1]


async def test_what_was_read_is_not_read_again(minilm):
    """The first sentence is judged before it is said, and again with the whole answer."""
    counted = Counting(minilm)
    remembering = RememberingEmbedder(counted, limit=10)
    first = await remembering.pieces([THREADS, "priority", THREADS])
    again = await remembering.pieces(["priority", THREADS])

    assert counted.read == [[THREADS, "priority"]]
    assert [each.spans for each in again] == [first[1].spans, first[0].spans]


class Away(HashingEmbedder):
    """Would know, and does not answer."""

    async def pieces(self, texts):
        raise Unavailable("away")


class Counting(HashingEmbedder):
    """Notes which texts it was given."""

    def __init__(self, embedder):
        super().__init__()
        self._embedder = embedder
        self.read = []

    async def pieces(self, texts):
        self.read.append(list(texts))
        return await self._embedder.pieces(texts)
