"""A question, a selection and a page become the passages that are meant."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from blockbuster import blockbuster_ctx
from tests.knowledge.small_index import ROBOTS, HashingEmbedder, passage, put

from pageside.errors import Unavailable
from pageside.knowledge.embed import Vectors
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.search import Search


class Unreachable(HashingEmbedder):
    """An embedder whose server is down."""

    async def passages(self, texts: Sequence[str]) -> Vectors:
        raise Unavailable("nobody answers")


@pytest.fixture(params=["hashing", "none"])
async def search(request, tmp_path: Path):
    """With vectors and by words alone."""
    embedder = HashingEmbedder() if request.param == "hashing" else None
    await put(tmp_path, embedder=embedder)
    index = EmbeddedIndex(tmp_path)
    yield Search(index, embedder)
    await index.aclose()


async def headings(search: Search, question: str, **asked) -> list[str]:
    return [found.passage.heading for found in (await search.find(question, **asked)).passages]


async def test_the_passage_that_answers_comes_first(search):
    """Without anything else there is no selection."""
    findings = await search.find("Which angle does a servo hold?")

    assert findings.passages[0].passage == ROBOTS[0]
    assert findings.selection is None


async def test_relevance_and_confidence_are_probabilities(search):
    """A question of the book is believed more than one of another subject."""
    own = await search.find("How does a node hear the messages of a topic?")
    foreign = await search.find("Who painted the ceiling of the Sistine Chapel?")

    assert all(0 < found.relevance < 1 for found in own.passages)
    assert own.confidence > foreign.confidence


async def test_a_filter_holds(search):
    """Only what has the label."""

    assert set(await headings(search, "angle of a topic", filters={"module": "Module 2"})) <= {
        "Publishing",
        "Subscribing",
    }


async def test_the_limit_holds(search):
    """Whatever leads."""

    assert len(await headings(search, "servo topic hand", limit=1)) <= 1
    assert len(await headings(search, "why", selected_text="callback", page="ros2/topics.md", limit=1)) == 1


@pytest.mark.parametrize(
    "page", ["ros2/topics.md", "https://book.org/docs/ros2/topics#subscribing", "/docs/ros2/topics/"]
)
async def test_a_selected_word_leads_with_its_passage_and_what_stands_beside_it(search, page):
    """However the page is named."""
    findings = await search.find("Can you explain this?", selected_text="callback", page=page)

    assert findings.selection.passages == (ROBOTS[2],)
    assert [found.passage.heading for found in findings.passages[:2]] == ["Subscribing", "Publishing"]
    assert findings.confidence >= 0.9


async def test_a_long_selection_is_found_without_its_page(search):
    """In the whole book, through what the browser made of it."""
    findings = await search.find("why?", selected_text="the joint\u00a0angles that bring  the “hand” to a wanted")

    assert findings.selection.passages == (ROBOTS[3],)
    assert findings.passages[0].passage == ROBOTS[3]


async def test_a_selection_that_is_nowhere_is_said_to_be_so(search):
    """The whole book is searched for the question."""
    findings = await search.find("What does a servo hold?", selected_text="bread and butter", page="motion/servos.md")

    assert findings.selection.passages == ()
    assert findings.selection.quote == "bread and butter"
    assert findings.passages[0].passage == ROBOTS[0]


async def test_a_question_that_only_points_means_the_page(search):
    """Its passages lead."""

    assert (await headings(search, "Can you explain this?", page="ros2/topics.md"))[:2] == ["Publishing", "Subscribing"]
    assert (await headings(search, "", page="motion/arms.md"))[0] == "Inverse kinematics"


async def test_a_question_with_a_subject_is_not_bound_to_its_page(search):
    """The page is where the reader is, not what is asked."""

    assert (await headings(search, "What does a servo hold?", page="ros2/topics.md"))[0] == "Servos"


async def test_an_unknown_page_changes_nothing(search):
    """Pages outside the book, or of a later edition."""

    assert (await headings(search, "What does a servo hold?", page="/elsewhere/entirely"))[0] == "Servos"


@pytest.mark.parametrize("question", ["", "   ", "???", "\x00", "a" * 20_000])
async def test_no_question_breaks_it(search, question):
    """Nothing found has no confidence."""
    findings = await search.find(question)

    assert findings.passages or findings.confidence == 0


async def test_the_same_text_twice_is_shown_once(tmp_path: Path):
    """As when a manual has every page in eight versions."""
    text = "A gripper closes until the current of its motor rises above a limit that was set before it began to move."
    await put(tmp_path, [passage(text, path=f"v{version}/gripper.md") for version in range(8)])
    findings = await Search(EmbeddedIndex(tmp_path), None).find("When does the gripper stop closing?")

    assert [found.passage.path for found in findings.passages] == ["v0/gripper.md"]


async def test_a_book_in_many_versions_still_gives_different_passages(tmp_path: Path):
    """What the first forty hits have in common is one passage, not the whole answer."""
    text = "A gripper closes until the current of its gripper motor rises above a limit, then the gripper stops."
    versions = [passage(text, path=f"v{version}/gripper.md") for version in range(40)]
    other = passage("The manual of each gripper names the force its fingers can hold.", path="force.md")
    await put(tmp_path, [*versions, other])
    findings = await Search(EmbeddedIndex(tmp_path), None).find("When does the gripper stop closing?")

    assert [found.passage.path for found in findings.passages] == ["v0/gripper.md", "force.md"]


async def test_one_section_does_not_fill_the_front(tmp_path: Path):
    """Two passages of it, then the others' turn."""
    crowd = [
        passage(f"A torque sensor of kind {kind} measures torque at joint {kind}.", headings=("Torque", "Sensors"))
        for kind in ("alpha", "beta", "gamma", "delta")
    ]
    other = passage("The wrist has a torque limit of its own which software must respect.", headings=("Wrist",))
    await put(tmp_path, [*crowd, other])
    findings = await Search(EmbeddedIndex(tmp_path), None).find("torque sensor joint", limit=3)

    assert [found.passage.heading for found in findings.passages] == ["Sensors", "Sensors", "Wrist"]


async def test_an_index_of_another_model_is_searched_by_words(tmp_path: Path):
    """Vectors of two models are never compared."""
    await put(tmp_path, embedder=HashingEmbedder(name="before"))
    search = Search(EmbeddedIndex(tmp_path), HashingEmbedder(name="after"))

    assert (await search.find("What does a servo hold?")).passages[0].passage == ROBOTS[0]
    assert all(np.isnan(hit.cosine) for hit in await search.hits("servo"))


async def test_an_embedder_that_is_down_leaves_the_search_by_words(tmp_path: Path):
    """And likeness by words too."""
    await put(tmp_path, embedder=HashingEmbedder())
    search = Search(EmbeddedIndex(tmp_path), Unreachable())

    assert (await search.find("What does a servo hold?")).passages[0].passage == ROBOTS[0]
    assert (await search.similarity(["a servo"], ["a servo", "a topic"])).tolist() == [[1.0, 0.0]]


async def test_likeness_is_a_table_of_all_with_all(search):
    """Rows are the first texts; a text is most like itself."""
    table = await search.similarity(["the servo turns", "a topic"], ["servo", "the servo turns", "nothing"])

    assert table.shape == (2, 3)
    assert table[0, 1] == pytest.approx(1, abs=1e-5)
    assert table[0].argmax() == 1
    assert (await search.similarity([], ["one"])).shape == (0, 1)
    assert (await search.similarity(["one"], [])).shape == (1, 0)


async def test_a_text_is_embedded_once(tmp_path: Path):
    """Sentences of the same passages are compared again and again."""
    embedder = HashingEmbedder()
    search = Search(EmbeddedIndex(tmp_path), embedder)
    await search.similarity(["one", "two"], ["two", "three"])
    await search.similarity(["three"], ["one"])

    assert sorted(embedder.embedded) == ["one", "three", "two"]


async def test_no_search_blocks_the_loop(search):
    """Files, databases and models are read in worker threads."""
    with blockbuster_ctx():
        findings = await search.find("explain this", selected_text="callback", page="ros2/topics.md")
        await search.find("What does a servo hold?")
        await search.similarity(["one"], ["two"])

    assert findings.selection.passages


class EnglishOnly(HashingEmbedder):
    """An embedder that says which texts it can read."""

    def reads(self, text: str) -> bool:
        return text.isascii()


async def test_a_question_the_embedder_cannot_read_is_searched_by_words(tmp_path: Path):
    """A vector of unknown characters would lead the search astray."""
    embedder = EnglishOnly()
    await put(tmp_path, embedder=embedder)
    search = Search(EmbeddedIndex(tmp_path), embedder)
    hits = await search.hits("関節の角度")

    assert hits[0].passage.language == "ja"
    assert np.isnan(hits[0].cosine)
    assert (await search.similarity(["関節"], ["関節", "servo"])).tolist() == [[1.0, 0.0]]
