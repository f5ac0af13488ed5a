"""What every index promises; each form of it is run through the same facts."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from qdrant_client import QdrantClient
from tests.knowledge.small_index import ROBOTS, HashingEmbedder, passage, put_into

from pageside import ids
from pageside.errors import IndexMissing
from pageside.knowledge.index import Hit, Index
from pageside.knowledge.index_embedded import EmbeddedIndex
from pageside.knowledge.index_qdrant import QdrantIndex
from pageside.knowledge.sink import FolderSink, Sink
from pageside.knowledge.sink_qdrant import QdrantSink

pytestmark = pytest.mark.filterwarnings("ignore:Payload indexes have no effect in the local Qdrant:UserWarning")

FORMS = ("embedded", "qdrant", "qdrant-http", pytest.param("qdrant-server", marks=pytest.mark.qdrant))


@dataclass(frozen=True, slots=True)
class Form:
    """Where a form of the index is written, and what opens it."""

    sink: Sink
    open: Callable[[], Index]


@pytest.fixture
def embedder() -> HashingEmbedder:
    return HashingEmbedder()


@pytest.fixture(params=FORMS)
async def form(request, tmp_path: Path) -> AsyncIterator[Form]:
    """Every form of the index, empty."""
    match request.param:
        case "embedded":
            yield Form(FolderSink(tmp_path), lambda: EmbeddedIndex(tmp_path))
        case "qdrant":
            yield on_qdrant(QdrantClient(":memory:"), tmp_path)
        case "qdrant-http":
            yield on_qdrant(request.getfixturevalue("qdrant_stand").client(), tmp_path)
        case "qdrant-server":
            client = request.getfixturevalue("qdrant_server")
            yield on_qdrant(client, tmp_path, prefix=f"test_{tmp_path.name}")


def on_qdrant(client: QdrantClient, data_dir: Path, *, prefix: str = "pageside") -> Form:
    return Form(
        QdrantSink(client, data_dir=data_dir, prefix=prefix), lambda: QdrantIndex(client, prefix=prefix, fresh_s=0)
    )


@pytest.fixture
async def index(form, embedder):
    """Every form of the index, filled with the same passages."""
    await put_into(form.sink, embedder=embedder)
    index = form.open()
    yield index
    await index.aclose()


async def ask(index: Index, text: str, embedder: HashingEmbedder | None = None, *, limit: int = 5, **filters: str):
    vector = (await embedder.queries([text]))[0] if embedder else None
    return await index.search(text, vector, limit=limit, filters=filters)


async def test_the_passage_with_the_words_of_the_question_comes_first(index, embedder):
    """By words and vectors together, and by words alone."""

    assert (await ask(index, "What does a servo hold?", embedder))[0].passage.heading == "Servos"
    assert (await ask(index, "What does a servo hold?"))[0].passage.heading == "Servos"


async def test_a_passage_comes_back_as_it_was_put_in(index):
    """Every field of it, but the labels' type."""
    (first, *_) = await ask(index, "inverse kinematics")

    assert replace(first.passage, labels=dict(first.passage.labels)) == replace(
        ROBOTS[3], labels=dict(ROBOTS[3].labels)
    )


async def test_a_word_is_counted_in_passages_and_headings(index):
    """By its token; a word of no passage is counted as none."""
    counts = await index.counts(["servo", "robot", "marmalad"])

    assert counts["servo"] >= 1
    assert counts["marmalad"] == 0
    assert list(counts) == ["servo", "robot", "marmalad"]
    assert await index.counts([]) == {}


async def test_an_identifier_is_found_whole_and_by_its_parts(index):
    """A reader asks for `create_publisher`, "publisher" or "Node"."""

    for asked in ("create_publisher", "publisher", "rclpy.node.Node", "how do I publish"):
        assert (await ask(index, asked))[0].passage.heading == "Publishing"


async def test_a_language_without_spaces_is_searched(index):
    """Two characters next to each other are a word."""

    assert (await ask(index, "関節の角度"))[0].passage.language == "ja"


async def test_scores_fall_from_first_to_last(index, embedder):
    """Hits are ordered by what they say of themselves."""
    hits = await ask(index, "a topic and its angle", embedder)

    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


async def test_every_hit_says_what_each_way_of_searching_thinks(index, embedder):
    """Cosine within its range, coverage a share, keyword zero only without a common word."""
    hits = await ask(index, "joint angles of the hand", embedder)

    assert all(-1.001 <= hit.cosine <= 1.001 and 0 <= hit.coverage <= 1 and hit.keyword >= 0 for hit in hits)
    assert hits[0].coverage > 0.9
    assert math.isnan((await ask(index, "joint angles"))[0].cosine)


async def test_no_more_than_the_limit_comes_back(index, embedder):
    """The limit is an upper bound, for words and vectors."""

    assert len(await ask(index, "a robot and its topic", embedder, limit=2)) == 2


@pytest.mark.parametrize(
    ("filters", "headings"),
    [
        ({"module": "Module 2"}, {"Publishing", "Subscribing"}),
        ({"module": "module-2", "section_type": "code"}, {"Publishing"}),
        ({"tags": "kinematics"}, {"Inverse kinematics"}),
        ({"path": "ros2/topics.md"}, {"Publishing", "Subscribing"}),
        ({"language": "ja"}, {"関節"}),
        ({"book": "book", "module": "Module 3"}, {"関節"}),
        ({"book": "another"}, set()),
        ({"module": "Module 9"}, set()),
        ({"colour": "red"}, set()),
    ],
)
async def test_a_filter_leaves_only_what_has_the_label(index, embedder, filters, headings):
    """Before ranking: a passage that fits is found however low it ranks among all."""
    hits = await ask(index, "servo topic angle node 関節", embedder, **filters)

    assert {hit.passage.heading for hit in hits} == headings


@pytest.mark.parametrize("text", ["", "   ", '"', "AND OR NOT NEAR(", "* ( ) : ^ -", "\x00", "the of and", "𝔘𝔫𝔦"])
async def test_no_question_breaks_the_search(index, embedder, text):
    """Operators of the engine underneath are characters like any others."""

    assert len(await ask(index, text, embedder)) <= 5
    assert len(await ask(index, text)) <= 5


async def test_a_vector_of_another_length_is_not_compared(index):
    """It comes from another model: words alone count."""
    vector = (await HashingEmbedder(dimensions=8).queries(["servo"]))[0]
    (first, *_) = await index.search("servo", vector, limit=1, filters={})

    assert first.passage.heading == "Servos"
    assert math.isnan(first.cosine)


async def test_passages_come_in_reading_order(index):
    """All of the book, and one page of it."""

    assert [each.id for each in await index.passages()] == [each.id for each in ROBOTS]
    assert [each.heading for each in await index.passages(path="ros2/topics.md")] == ["Publishing", "Subscribing"]
    assert await index.passages(path="none.md") == ()


async def test_documents_come_in_reading_order_with_their_passages_counted(index):
    """One row for each page."""
    rows = await index.documents()

    assert [(row.path, row.passages) for row in rows] == [
        ("motion/servos.md", 1),
        ("ros2/topics.md", 2),
        ("motion/arms.md", 1),
        ("ja/joints.md", 1),
    ]


async def test_the_status_says_what_the_index_is_made_of(index, embedder):
    """Counts, model, languages and age."""
    status = index.status()

    assert (status.documents, status.passages, status.book) == (4, 5, "book")
    assert (status.model, status.dimensions) == (embedder.name, embedder.dimensions)
    assert status.languages == ("en", "ja")
    assert timedelta(0) <= ids.now() - status.built_at < timedelta(minutes=5)


async def test_a_closed_index_may_be_used_again(index):
    """Closing lets go of files; it ends nothing."""
    await index.aclose()

    assert await index.passages()


async def test_an_index_that_is_not_there_says_what_to_run(form):
    """The message names the command."""
    nothing = form.open()

    with pytest.raises(IndexMissing, match="run `pageside index"):
        await nothing.passages()
    with pytest.raises(IndexMissing):
        nothing.status()


async def test_every_question_is_answered_from_the_newest_generation(form, index, embedder):
    """A reader that was open before goes over without being told; pages, passages and counts go with it."""
    before = index.status().generation
    fresh = [passage("A gyroscope measures how fast a body turns.", path="imu.md", headings=("Gyroscopes",))]
    name = await put_into(form.sink, fresh, embedder=embedder)

    assert [hit.passage.heading for hit in await ask(index, "servo gyroscope", embedder)] == ["Gyroscopes"]
    assert index.status().generation == name != before
    assert [row.path for row in await index.documents()] == ["imu.md"]
    assert await index.counts(["gyroscop", "servo"]) == {"gyroscop": 1, "servo": 0}


async def test_an_index_by_words_alone_is_searched_by_words(form, embedder):
    """Without an embedder there is nothing to compare a vector with."""
    await put_into(form.sink)
    (first, *_) = await ask(form.open(), "servo", embedder)

    assert first.passage.heading == "Servos"
    assert math.isnan(first.cosine)


async def test_a_search_gives_what_the_embedded_form_gives(form, tmp_path_factory, embedder):
    """Passages, order and every number of a hit, for questions that words, vectors and both of them answer."""
    folder = tmp_path_factory.mktemp("reference")
    passages = [*ROBOTS, *(passage(text, headings=("More", f"Part {at}")) for at, text in enumerate(MORE))]
    for sink in (form.sink, FolderSink(folder)):
        await put_into(sink, passages, embedder=embedder)
    index, reference = form.open(), EmbeddedIndex(folder)
    for question in ("how far does a joint turn", "torque", "関節の角度", "a b c", "queue depth of a topic"):
        for asked_with in (embedder, None):
            found = await ask(index, question, asked_with, limit=30)
            expected = await ask(reference, question, asked_with, limit=30)

            assert [told(hit) for hit in found] == [pytest.approx(told(hit), rel=2e-3, abs=2e-3) for hit in expected]


def told(hit: Hit) -> tuple[float, ...]:
    """What a hit says in numbers, -2 for none."""
    cosine = -2.0 if math.isnan(hit.cosine) else hit.cosine
    return (hit.passage.position, hit.score, hit.keyword, cosine, hit.coverage)


MORE = (
    "The torque of a motor times its speed is its power. A gear trades one for the other.",
    "A joint turns about one axis. Its limits say how far. Beyond them the arm would break, so the driver stops it.",
    "Queue depth says how many messages a topic keeps for one who reads slowly. " * 12,
    "Friction grows with load; grease lowers it.",
    "Every joint has a name, a type and limits, and the file that lists them is called a robot description.",
)
