"""An index follows its folder, reads only what changed, and survives whatever stops it."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest
from blockbuster import blockbuster_ctx
from tests import mixed_book
from tests.knowledge.small_index import HashingEmbedder

from pageside.errors import BookError, IndexBroken, IndexBusy, Unavailable
from pageside.knowledge import generation, ingest
from pageside.knowledge.embed import Vectors
from pageside.knowledge.embed_cache import EmbeddingCache
from pageside.knowledge.index_embedded import EmbeddedIndex

PAGES = {
    "intro.md": "# Bees\n\nA colony lives in a hive.\n\n## Honey\n\nWorkers make honey from nectar.\n",
    "year/spring.md": "# Spring\n\nThe queen lays eggs.\n",
    "year/winter.md": "# Winter\n\nThe cluster keeps itself warm.\n",
}


class Faltering(HashingEmbedder):
    """An embedder whose server goes away after so many texts."""

    def __init__(self, *, after: int) -> None:
        super().__init__()
        self._after = after

    async def passages(self, texts: Sequence[str]) -> Vectors:
        if len(self.embedded) >= self._after:
            raise Unavailable("nobody answers")
        return await super().passages(texts)


class EnglishOnly(HashingEmbedder):
    """An embedder that says which texts it can read."""

    def reads(self, text: str) -> bool:
        return text.isascii()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    for path, text in PAGES.items():
        page = tmp_path / "book" / path
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text)
    return tmp_path / "book"


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


async def texts(data_dir: Path) -> str:
    index = EmbeddedIndex(data_dir)
    try:
        return "\n".join(passage.text for passage in await index.passages())
    finally:
        await index.aclose()


async def test_a_folder_becomes_an_index(book, data_dir):
    """Counts of what was read and made."""
    report = await ingest.update(book, data_dir=data_dir, embedder=HashingEmbedder())

    assert (report.documents, report.added, report.changed, report.removed, report.unchanged) == (3, 3, 0, 0, 0)
    assert report.passages >= 4
    assert report.words_indexed >= report.words_in == 24
    assert "Workers make honey" in await texts(data_dir)


async def test_words_of_pages_of_every_kind_are_counted_as_their_kind_is_written(data_dir, tmp_path):
    """All of them are in the index; that a file is broken is told, and the others are there."""
    mixed = mixed_book.write(tmp_path / "mixed")
    (mixed / "broken.ipynb").write_text("{", encoding="utf-8")
    report = await ingest.update(mixed, data_dir=data_dir, embedder=None)

    assert (report.documents, report.words_in, report.words_indexed) == (6, 229, 229)
    assert [warning.partition(":")[0] for warning in report.warnings] == ["broken.ipynb"]


async def test_no_update_blocks_the_loop(book, data_dir):
    """A server may index while it answers."""
    with blockbuster_ctx():
        await ingest.update(book, data_dir=data_dir, embedder=HashingEmbedder())
        report = await ingest.update(book, data_dir=data_dir, embedder=None)

    assert report.unchanged == 3


async def test_a_second_run_changes_nothing(book, data_dir):
    """Not even the generation, and nothing is embedded."""
    first = await ingest.update(book, data_dir=data_dir, embedder=HashingEmbedder())
    embedder = HashingEmbedder()
    second = await ingest.update(book, data_dir=data_dir, embedder=embedder)

    assert (second.unchanged, second.added, second.changed, second.removed) == (3, 0, 0, 0)
    assert second.generation == first.generation
    assert (second.words_in, second.words_indexed, second.passages) == (
        first.words_in,
        first.words_indexed,
        first.passages,
    )
    assert embedder.embedded == []


async def test_only_what_changed_is_embedded(book, data_dir):
    """One page edited, one gone, one new."""
    await ingest.update(book, data_dir=data_dir, embedder=HashingEmbedder())
    (book / "year/spring.md").write_text("# Spring\n\nThe queen lays two thousand eggs a day.\n")
    (book / "year/winter.md").unlink()
    (book / "year/summer.md").write_text("# Summer\n\nSwarms leave in June.\n")
    embedder = HashingEmbedder()
    report = await ingest.update(book, data_dir=data_dir, embedder=embedder)

    assert (report.added, report.changed, report.removed, report.unchanged) == (1, 1, 1, 1)
    assert sorted(embedder.embedded) == [
        "Spring\nThe queen lays two thousand eggs a day.",
        "Summer",
        "Summer\nSwarms leave in June.",
    ]
    assert "cluster" not in await texts(data_dir)


async def test_an_index_brought_up_to_date_equals_one_built_anew(book, data_dir, tmp_path):
    """Whatever way led there."""
    await ingest.update(book, data_dir=data_dir, embedder=HashingEmbedder())
    (book / "a-first-page.md").write_text("# Before everything\n\nA page that moves all the others.\n")
    (book / "intro.md").write_text(PAGES["intro.md"] + "\n## Wax\n\nCells are made of wax.\n")
    await ingest.update(book, data_dir=data_dir, embedder=HashingEmbedder())
    await ingest.update(book, data_dir=tmp_path / "anew", embedder=HashingEmbedder())
    updated, anew = (generation.opened(generation.root(folder, "book")) for folder in (data_dir, tmp_path / "anew"))
    pages, passages = ([getattr(each.catalogue, part)() for each in (updated, anew)] for part in ("pages", "passages"))
    same = (updated.vectors == anew.vectors).all() and (updated.parts == anew.parts).all()
    updated.close()
    anew.close()

    assert pages[0] == pages[1]
    assert passages[0] == passages[1]
    assert same


async def test_another_embedder_embeds_everything_again(book, data_dir):
    """Also one that was not there before, and none."""
    await ingest.update(book, data_dir=data_dir, embedder=None)
    embedder = HashingEmbedder(name="other")
    first = await ingest.update(book, data_dir=data_dir, embedder=embedder)
    none = await ingest.update(book, data_dir=data_dir, embedder=None)

    assert len(embedder.embedded) == 2 * first.passages  # each as a whole, and its headings alone
    assert first.unchanged == none.unchanged == 3
    assert EmbeddedIndex(data_dir).status().model == ""


async def test_what_was_embedded_before_a_failure_is_not_embedded_again(book, data_dir):
    """The next run goes on where the last one stopped; until then the index is what it was."""
    for number in range(90):
        (book / f"page{number:02}.md").write_text(f"# Page {number}\n\nText of page {number}.\n")
    with pytest.raises(Unavailable):
        await ingest.update(book, data_dir=data_dir, embedder=Faltering(after=64))
    embedder = HashingEmbedder()
    report = await ingest.update(book, data_dir=data_dir, embedder=embedder)

    assert len(embedder.embedded) == 2 * report.passages - 64


async def test_what_the_embedder_cannot_read_is_found_by_words(book, data_dir):
    """It is not embedded, and near to no question."""
    (book / "ja.md").write_text("# 蜂\n\n女王蜂は卵を産む。\n")
    embedder = EnglishOnly()
    await ingest.update(book, data_dir=data_dir, embedder=embedder)
    index = EmbeddedIndex(data_dir)
    by_words = await index.search("女王蜂", None, limit=1, filters={})
    (vector,) = await embedder.queries(["queen"])
    by_both = await index.search("queen 女王蜂", vector, limit=9, filters={"path": "ja.md"})
    by_neither = await index.search("queen of spades", vector, limit=9, filters={"path": "ja.md"})
    await index.aclose()

    assert by_words[0].passage.path == "ja.md"
    assert math.isnan(by_both[0].cosine)
    assert by_neither == ()
    assert all(text.isascii() for text in embedder.embedded)


async def test_progress_goes_from_reading_to_embedding_to_writing(book, data_dir):
    """Each stage ends with all of it done."""
    seen: list[ingest.Progress] = []
    await ingest.update(book, data_dir=data_dir, embedder=HashingEmbedder(), progress=seen.append)
    last = {progress.stage: progress for progress in seen}

    assert list(last) == ["reading", "embedding", "writing"]
    assert all(progress.done == progress.total > 0 for progress in last.values())


async def test_what_is_odd_about_a_page_is_told_every_time(book, data_dir):
    """Not only in the run that read it."""
    (book / "broken.md").write_bytes(b"# Caf\xe9\n\nText in an old encoding.\n")
    first = await ingest.update(book, data_dir=data_dir, embedder=None)
    second = await ingest.update(book, data_dir=data_dir, embedder=None)

    assert any(warning.startswith("broken.md") for warning in first.warnings)
    assert second.warnings == first.warnings


async def test_a_folder_without_pages_is_refused_and_harms_nothing(book, data_dir, tmp_path):
    """The index stays."""
    await ingest.update(book, data_dir=data_dir, embedder=None)
    (tmp_path / "empty").mkdir()
    for wrong in (tmp_path / "empty", tmp_path / "nowhere", book / "intro.md"):
        with pytest.raises(BookError):
            await ingest.update(wrong, data_dir=data_dir, embedder=None)

    assert "honey" in await texts(data_dir)


async def test_a_second_writer_is_denied(book, data_dir):
    """At once, or when its time is up."""
    async with generation.writing(generation.root(data_dir, "book"), wait_s=0):
        with pytest.raises(IndexBusy, match="Another process is indexing"):
            await ingest.update(book, data_dir=data_dir, embedder=None)
        with pytest.raises(IndexBusy):
            await ingest.update(book, data_dir=data_dir, embedder=None, wait_s=0.2)

    assert (await ingest.update(book, data_dir=data_dir, embedder=None)).added == 3


@pytest.mark.parametrize("name", ["passages.sqlite", "vectors.npy"])
async def test_a_damaged_index_is_reported_and_then_built_anew(book, data_dir, name):
    """Readers say what to run; running it helps."""
    await ingest.update(book, data_dir=data_dir, embedder=HashingEmbedder())
    root = generation.root(data_dir, "book")
    for file in (root / "generations").glob(f"*/{name}"):
        file.write_bytes(b"not what it was")
    with pytest.raises(IndexBroken, match="run `pageside index"):
        await texts(data_dir)
    await ingest.update(book, data_dir=data_dir, embedder=HashingEmbedder())

    assert "honey" in await texts(data_dir)


async def test_old_generations_go_and_the_one_before_stays(book, data_dir):
    """A reader that is just opening finds what it looked up."""
    names = []
    for number in range(4):
        (book / "intro.md").write_text(f"# Bees\n\nEdition {number}.\n")
        names.append((await ingest.update(book, data_dir=data_dir, embedder=None)).generation)
    root = generation.root(data_dir, "book")

    assert {folder.name for folder in (root / "generations").iterdir()} == set(names[-2:])
    assert not list((root / "building").iterdir())


async def test_leftovers_of_a_killed_writer_are_swept(book, data_dir):
    """Half a generation is nobody's."""
    root = generation.root(data_dir, "book")
    (root / "building" / "gen_half").mkdir(parents=True)
    (root / "building" / "gen_half" / "passages.sqlite").write_bytes(b"half")
    await ingest.update(book, data_dir=data_dir, embedder=None)

    assert not list((root / "building").iterdir())


async def test_a_search_that_began_before_a_change_ends_on_what_it_began_with(book, data_dir):
    """A generation is closed by its last reader."""
    await ingest.update(book, data_dir=data_dir, embedder=None)
    held = generation.opened(generation.root(data_dir, "book"))
    for number in range(3):
        (book / "intro.md").write_text(f"# Bees\n\nEdition {number}.\n")
        await ingest.update(book, data_dir=data_dir, embedder=None)
    passages = held.catalogue.passages()
    held.close()

    assert any("honey" in passage.text for passage in passages)


async def test_books_of_one_data_folder_keep_apart(book, data_dir, tmp_path):
    """Each has its own index."""
    (tmp_path / "second").mkdir()
    (tmp_path / "second" / "only.md").write_text("# Ants\n\nAnts have no wings, mostly.\n")
    await ingest.update(book, data_dir=data_dir, embedder=None)
    await ingest.update(tmp_path / "second", data_dir=data_dir, embedder=None, name="ants")

    assert len(await EmbeddedIndex(data_dir).documents()) == 3
    assert len(await EmbeddedIndex(data_dir, book="ants").documents()) == 1


def test_a_cache_that_is_no_database_is_replaced(tmp_path):
    """It costs the work to embed again, nothing else."""
    file = tmp_path / "cache" / "embeddings.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"this is not a database, it only looks like one from afar" * 100)
    cache = EmbeddingCache(file)
    cache.put("m", {})

    assert cache.get("m", ["key"]) == {}
    assert sqlite3.connect(file).execute("SELECT count(*) FROM embeddings").fetchone() == (0,)


async def test_a_cache_keeps_what_was_used_last(tmp_path):
    """No more than its limit, and only for the embedder that made it."""
    cache = EmbeddingCache(tmp_path / "embeddings.sqlite", limit=3)
    rows = await HashingEmbedder().passages([str(number) for number in range(5)])
    cache.put("m", {str(number): row for number, row in enumerate(rows)})
    cache.trim()
    kept = cache.get("m", [str(number) for number in range(5)])

    assert len(kept) == 3
    assert all((kept[key] == rows[int(key)]).all() for key in kept)
    assert cache.get("other", list(kept)) == {}
