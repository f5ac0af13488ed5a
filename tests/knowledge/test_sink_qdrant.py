"""Generations in Qdrant over HTTP: several writers, writers that are killed, several books, and a server that fails."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import anyio
import anyio.to_thread
import pytest
from tests.knowledge.small_index import ROBOTS, HashingEmbedder, passage, put_into

from pageside.errors import IndexBroken, IndexBusy, IndexMissing, IndexUnavailable
from pageside.knowledge import ingest, qdrant
from pageside.knowledge.index_qdrant import QdrantIndex
from pageside.knowledge.qdrant_lock import Lock
from pageside.knowledge.sink_qdrant import Layout, QdrantSink

# A process that indexes and dies at the n-th request after reading, as by a power cut.
KILLED = """
import os, sys
from pathlib import Path
import anyio, httpx
from pageside.knowledge import ingest, qdrant
from pageside.knowledge.sink_qdrant import QdrantSink
from tests.knowledge.small_index import HashingEmbedder

left = int(sys.argv[5])
send = httpx.Client.send

def counting(*arguments, **more):
    global left
    left -= 1
    if left < 0:
        os._exit(9)
    return send(*arguments, **more)

async def main():
    client = qdrant.connected(sys.argv[3], api_key=sys.argv[4], timeout_s=30)
    httpx.Client.send = counting
    folder, data_dir = map(Path, sys.argv[1:3])
    sink = QdrantSink(client, data_dir=data_dir)
    await ingest.update(folder, data_dir=data_dir, embedder=HashingEmbedder(), sink=sink)

anyio.run(main)
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    for number in range(6):
        page = tmp_path / "book" / f"page{number:02}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(f"# Page {number}\n\nText of the page that has the number {number}.\n")
    return tmp_path / "book"


async def update(
    stand, book: Path, data_dir: Path, embedder: HashingEmbedder, *, name: str = "book", wait_s: float = 0
):
    sink = QdrantSink(stand.client(), data_dir=data_dir, book=name)
    return await ingest.update(book, data_dir=data_dir, embedder=embedder, sink=sink, name=name, wait_s=wait_s)


def collections(stand) -> list[str]:
    return sorted(each.name for each in stand.client().get_collections().collections)


async def found(index: QdrantIndex, text: str, **filters: str) -> list[str]:
    vector = (await HashingEmbedder().queries([text]))[0]
    return [hit.passage.text for hit in await index.search(text, vector, limit=3, filters=filters)]


async def test_what_did_not_change_is_not_embedded_again(qdrant_stand, book, tmp_path):
    """Not on a machine that has never seen the book, either: the vectors come from the generation before."""
    await update(qdrant_stand, book, tmp_path / "one", HashingEmbedder())
    (book / "page03.md").write_text("# Page 3\n\nA quetzal has moved in.\n")
    elsewhere = HashingEmbedder()
    report = await update(qdrant_stand, book, tmp_path / "two", elsewhere)

    assert (report.changed, report.unchanged) == (1, 5)
    assert elsewhere.embedded == ["Page 3\nA quetzal has moved in."]
    assert await found(QdrantIndex(qdrant_stand.client()), "quetzal") == ["A quetzal has moved in."]


async def test_nothing_is_written_where_nothing_changed(qdrant_stand, book, tmp_path):
    """The generation stays, and so does its name."""
    first = await update(qdrant_stand, book, tmp_path, HashingEmbedder())
    second = await update(qdrant_stand, book, tmp_path, HashingEmbedder())

    assert second.generation == first.generation
    assert len(collections(qdrant_stand)) == 1


async def test_the_generation_before_stays_for_those_who_read_it(qdrant_stand, book, tmp_path):
    """Those before that go; a search that began on one of them is asked anew on the current one."""
    index = QdrantIndex(qdrant_stand.client(), fresh_s=3600)
    names = []
    for word in ("quetzal", "toucan", "heron"):
        (book / "page00.md").write_text(f"# Birds\n\nHere lives a {word}.\n")
        names.append((await update(qdrant_stand, book, tmp_path, HashingEmbedder())).generation)
        if word == "quetzal":
            assert await found(index, "quetzal") == ["Here lives a quetzal."]

    assert collections(qdrant_stand) == [f"pageside-book.{name}" for name in names[1:]]
    assert (await found(index, "heron"))[0] == "Here lives a heron."


async def test_of_two_writers_one_says_that_the_other_is_at_it(qdrant_stand, book, tmp_path):
    """On two machines: they share nothing but the server. Who waits gets its turn."""
    first = QdrantSink(qdrant_stand.client(), data_dir=tmp_path / "one")
    async with first.writing(wait_s=0):
        with pytest.raises(IndexBusy, match="Another process is indexing 'book' into Qdrant"):
            await update(qdrant_stand, book, tmp_path / "two", HashingEmbedder())

    assert (await update(qdrant_stand, book, tmp_path / "two", HashingEmbedder(), wait_s=10)).added == 6
    assert not [name for name in collections(qdrant_stand) if name.endswith(".lock")]


async def test_writers_on_many_machines_at_once_leave_one_whole_index(qdrant_stand, book, tmp_path):
    """Each gets its turn or is told why not; nothing is left lying."""
    reports, busy = [], []

    async def one(machine: int) -> None:
        try:
            reports.append(await update(qdrant_stand, book, tmp_path / str(machine), HashingEmbedder(), wait_s=20))
        except IndexBusy as error:
            busy.append(error)

    async with anyio.create_task_group() as tasks:
        for machine in range(4):
            tasks.start_soon(one, machine)

    assert len({report.generation for report in reports}) == 1
    assert busy == []
    assert len(collections(qdrant_stand)) == 1


async def test_the_lock_of_a_writer_that_is_gone_is_broken_when_its_lease_has_run_out(qdrant_stand):
    """And not before, but by a writer of the same folder, who knows."""
    client = qdrant_stand.client()
    name = "pageside-book.lock"
    dead = Lock(client, name, place="one", lease=timedelta(seconds=-1))
    dead._made()
    late = Lock(client, name, place="two")

    assert late.take()
    assert not Lock(client, name, place="three").take()
    assert not dead.held()
    late._ended.set()  # as killed: nothing is renewed and nothing released
    again = Lock(client, name, place="two")

    assert again.take()
    again.release()
    assert collections(qdrant_stand) == []


async def test_a_writer_whose_lock_was_broken_publishes_nothing(qdrant_stand, tmp_path):
    """It was taken for dead; what the other one makes is what will be served."""
    sink = QdrantSink(qdrant_stand.client(), data_dir=tmp_path)
    await put_into(sink, embedder=HashingEmbedder())
    before = QdrantIndex(qdrant_stand.client()).status().generation
    async with sink.writing(wait_s=0):
        qdrant_stand.client().delete_collection("pageside-book.lock")
        with pytest.raises(IndexBusy):
            await anyio.to_thread.run_sync(
                lambda: sink.publish(
                    [],
                    ROBOTS[:1],
                    vectors=None,
                    parts=(),
                    facts={"model": "", "built_at": "2026-01-01T00:00:00+00:00", "documents": "0"},
                    written=lambda _: None,
                )
            )

    assert QdrantIndex(qdrant_stand.client()).status().generation == before


async def test_a_writer_that_is_killed_leaves_the_old_index_or_the_new_one(qdrant_stand, book, tmp_path):
    """At every request it makes; the next writer goes on at once and takes the leftovers away."""
    await update(qdrant_stand, book, tmp_path / "data", HashingEmbedder())
    (book / "page00.md").write_text("# Page 0\n\nA quetzal has moved in.\n")
    index = QdrantIndex(qdrant_stand.client(), fresh_s=0)
    ends, seen = [], []
    for requests in range(1, 40, 3):
        arguments = [str(book), str(tmp_path / "data"), qdrant_stand.url, qdrant_stand.key, str(requests)]
        killed = [sys.executable, "-c", KILLED, *arguments]
        ends.append((await anyio.run_process(killed, check=False, stderr=subprocess.DEVNULL)).returncode)
        seen.append((len(await index.passages()), "A quetzal has moved in." in await found(index, "quetzal")))
        if ends[-1] == 0:
            break

    assert set(ends[:-1]) == {9}
    assert ends[-1] == 0
    assert seen[0] == (6, False)
    assert seen[-1] == (6, True)
    assert {count for count, _ in seen} == {6}
    await update(qdrant_stand, book, tmp_path / "data", HashingEmbedder())
    assert len(collections(qdrant_stand)) == 2


async def test_books_on_one_server_see_nothing_of_each_other(qdrant_stand, tmp_path):
    """Three of them, one with a name that another one's begins with; and another installation beside them."""
    words = {"a": "aardvark", "a-b": "badger", "c": "capercaillie"}
    for name, word in words.items():
        sink = QdrantSink(qdrant_stand.client(), data_dir=tmp_path, book=name)
        await put_into(sink, [passage(f"Here lives the {word}.")], embedder=HashingEmbedder())
        await put_into(sink, [passage(f"Here still lives the {word}.")], embedder=HashingEmbedder())
    other = QdrantSink(qdrant_stand.client(), data_dir=tmp_path, book="a", prefix="elsewhere")
    await put_into(other, [passage("Here lives nobody.")])

    for name, word in words.items():
        index = QdrantIndex(qdrant_stand.client(), book=name)
        assert await found(index, "badger aardvark capercaillie lives") == [f"Here still lives the {word}."]
        assert await found(index, "lives", book=name) == [f"Here still lives the {word}."]
        assert await found(index, "lives", book="d") == []
    assert len(collections(qdrant_stand)) == 7


async def test_vectors_of_another_length_make_another_collection(qdrant_stand, book, tmp_path):
    """A new embedder is no accident: everything is embedded anew, and the question's vector fits again."""
    await update(qdrant_stand, book, tmp_path, HashingEmbedder())
    await update(qdrant_stand, book, tmp_path, HashingEmbedder(32, name="shorter"))
    index = QdrantIndex(qdrant_stand.client())

    assert (index.status().model, index.status().dimensions) == ("shorter", 32)
    assert len(await found(index, "page")) == 3  # by words alone: the vector is of the other embedder


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"status": 500}, "answers with status 500"),
        ({"status": 429}, "answers with status 429"),
        ({"garbage": True}, "answers what makes no sense"),
        ({"delay_s": 3}, "is too slow"),
        ({"status": 401}, "refuses the key"),
        ({"status": 403}, "refuses the key"),
    ],
)
async def test_a_server_that_fails_is_said_to_and_asked_again(qdrant_stand, tmp_path, monkeypatch, fault, why):
    """In a sentence without address and key, and the next question is answered."""
    await put_into(QdrantSink(qdrant_stand.client(), data_dir=tmp_path), embedder=HashingEmbedder())
    index = QdrantIndex(qdrant_stand.client(timeout_s=1), fresh_s=0)
    qdrant_stand.fault(times=2, **fault)

    lines: list[dict[str, object]] = []
    heard = SimpleNamespace(warning=lambda event, **more: lines.append({"event": event, **more}))
    monkeypatch.setattr(qdrant, "log", heard)
    with pytest.raises(IndexUnavailable, match=why) as raised:
        await found(index, "servo")
    assert raised.value.__cause__ is None
    assert qdrant_stand.key not in f"{raised.value}{lines}"
    assert str(qdrant_stand.port) not in f"{raised.value}{lines}"
    assert "qdrant_unavailable" in {line["event"] for line in lines}
    qdrant_stand.fault(times=0)
    assert (await found(index, "servo"))[0].startswith("A servo")


async def test_one_failure_is_not_even_noticed(qdrant_stand, tmp_path):
    """A connection that breaks, and a server that restarts, are asked once more before anything is said."""
    await put_into(QdrantSink(qdrant_stand.client(), data_dir=tmp_path), embedder=HashingEmbedder())
    index = QdrantIndex(qdrant_stand.client(), fresh_s=0)
    qdrant_stand.fault(times=1, status=503)

    assert (await found(index, "servo"))[0].startswith("A servo")


async def test_a_wrong_key_is_refused_and_never_shown(qdrant_stand):
    """The server that says no may repeat the key: we do not."""
    for key in ("wrong-key", ""):
        with pytest.raises(IndexUnavailable, match="refuses the key") as raised:
            await QdrantIndex(qdrant_stand.client(key=key)).passages()

        assert not key or key not in str(raised.value)


async def test_a_server_that_is_gone_is_found_again(qdrant_stand, tmp_path):
    """It has lost everything meanwhile: there is no index, until the book is indexed again."""
    sink = QdrantSink(qdrant_stand.client(), data_dir=tmp_path)
    await put_into(sink, embedder=HashingEmbedder())
    index = QdrantIndex(qdrant_stand.client(), fresh_s=0)
    assert await found(index, "servo")
    qdrant_stand.stop()
    with pytest.raises(IndexUnavailable, match="cannot be reached"):
        await found(index, "servo")
    with pytest.raises(IndexUnavailable):
        index.status()
    qdrant_stand.start()
    with pytest.raises(IndexMissing):
        await found(index, "servo")
    await put_into(sink, embedder=HashingEmbedder())

    assert (await found(index, "servo"))[0].startswith("A servo")


async def test_an_update_outlives_a_server_that_stumbles(qdrant_stand, book, tmp_path):
    """A batch that was refused is sent again: points have their place, so that twice is as good as once."""
    qdrant_stand.fault(times=2, path="PUT /collections/pageside-book.gen", status=503)
    report = await update(qdrant_stand, book, tmp_path, HashingEmbedder())

    assert report.added == 6
    assert len(await QdrantIndex(qdrant_stand.client()).passages()) == 6


async def test_an_update_that_cannot_write_leaves_the_old_index(qdrant_stand, book, tmp_path):
    """It says why, and lets go of the lock."""
    await update(qdrant_stand, book, tmp_path, HashingEmbedder())
    (book / "page00.md").unlink()
    qdrant_stand.fault(times=50, path="PUT /collections/pageside-book.gen", status=507)
    with pytest.raises(IndexUnavailable, match="status 507"):
        await update(qdrant_stand, book, tmp_path, HashingEmbedder())
    qdrant_stand.fault(times=0)

    assert len(await QdrantIndex(qdrant_stand.client()).passages()) == 6
    assert (await update(qdrant_stand, book, tmp_path, HashingEmbedder())).removed == 1


async def test_points_that_go_missing_are_not_served(qdrant_stand, book, tmp_path, monkeypatch):
    """A server that says yes and keeps nothing: the points are counted before the alias goes over."""
    await update(qdrant_stand, book, tmp_path, HashingEmbedder())
    (book / "page00.md").unlink()
    put = QdrantSink._put
    monkeypatch.setattr(QdrantSink, "_put", lambda self, collection, points: put(self, collection, points[1:]))

    with pytest.raises(IndexBroken, match="the old one stays"):
        await update(qdrant_stand, book, tmp_path, HashingEmbedder())
    assert len(await QdrantIndex(qdrant_stand.client()).passages()) == 6


async def test_a_collection_of_another_form_is_said_to_be_unreadable_and_replaced(qdrant_stand, book, tmp_path):
    """As one of a later version: nothing of it is guessed at."""
    await update(qdrant_stand, book, tmp_path, HashingEmbedder())
    client = qdrant_stand.client()
    (alias,) = client.get_aliases().aliases
    facts = client.retrieve(alias.alias_name, [qdrant.point_of("facts")])[0].payload
    changed = {**facts, "facts": {**facts["facts"], "format": 99}}
    client.upsert(alias.collection_name, [{"id": qdrant.point_of("facts"), "vector": {}, "payload": changed}])

    with pytest.raises(IndexBroken, match="run `pageside index"):
        await QdrantIndex(client).passages()
    assert (await update(qdrant_stand, book, tmp_path, HashingEmbedder())).added == 6
    assert len(await QdrantIndex(client).passages()) == 6


@pytest.mark.parametrize("quantization", ["scalar", "binary"])
async def test_every_layout_is_one_that_qdrant_publishes(qdrant_stand, tmp_path, quantization):
    """Requests are held against the published schemas: a layout that does not fit fails."""
    layout = Layout(shards=4, replicas=2, on_disk=True, quantization=quantization)
    await put_into(QdrantSink(qdrant_stand.client(), data_dir=tmp_path, layout=layout), embedder=HashingEmbedder())

    assert await found(QdrantIndex(qdrant_stand.client()), "servo")


@pytest.mark.parametrize(("prefix", "book"), [("page-side", "book"), ("", "book"), ("a", "b.c"), ("a", "../b")])
def test_a_name_that_could_be_anothers_is_refused(prefix, book, tmp_path):
    """The first hyphen ends the prefix, the first dot the book: two books never share a collection."""
    with pytest.raises(ValueError, match="use letters"):
        QdrantSink(qdrant.connected("http://127.0.0.1:1"), data_dir=tmp_path, book=book, prefix=prefix)
