"""Readers and a writer in processes of their own, and a writer that is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.knowledge.small_index import HashingEmbedder

from pageside.knowledge import generation, ingest
from pageside.knowledge.index_embedded import EmbeddedIndex

WRITER = """
import sys
from pathlib import Path
import anyio
from pageside.knowledge import ingest
from tests.knowledge.small_index import HashingEmbedder

def tell(progress):
    print(progress.stage, flush=True)

async def main():
    report = await ingest.update(
        Path(sys.argv[1]),
        data_dir=Path(sys.argv[2]),
        embedder=HashingEmbedder(),
        wait_s=float(sys.argv[3]),
        progress=tell,
    )
    print(report.documents)

anyio.run(main)
"""

READER = """
import sys
from pathlib import Path
import anyio
from pageside.knowledge.index_embedded import EmbeddedIndex

async def main():
    index = EmbeddedIndex(Path(sys.argv[1]))
    for line in sys.stdin:
        hits = await index.search(line.strip(), None, limit=3, filters={})
        print("|".join(hit.passage.path for hit in hits), flush=True)

anyio.run(main)
"""

# Ends without a word, as a killed process does, before the given step that touches files after writing has begun.
DYING = """
import os
import sys
from pathlib import Path
import anyio
from pageside.knowledge import ingest
from tests.knowledge.small_index import HashingEmbedder

left = int(sys.argv[3])
writing = False

def count(event, arguments):
    global left
    if writing and (event in {"open", "sqlite3.connect"} or event.startswith(("os.", "shutil."))):
        left -= 1
        if left < 0:
            os._exit(9)

def tell(progress):
    global writing
    writing = progress.stage == "writing"

async def main():
    sys.addaudithook(count)
    await ingest.update(Path(sys.argv[1]), data_dir=Path(sys.argv[2]), embedder=HashingEmbedder(), progress=tell)

anyio.run(main)
"""

HOLDER = """
import sys
from pathlib import Path
import anyio
from pageside.knowledge import generation

async def main():
    async with generation.writing(generation.root(Path(sys.argv[1]), "book"), wait_s=0):
        print("held", flush=True)
        sys.stdin.readline()

anyio.run(main)
"""


@pytest.fixture
def book(tmp_path: Path) -> Path:
    for number in range(40):
        page = tmp_path / "book" / f"page{number:02}.md"
        page.parent.mkdir(exist_ok=True)
        page.write_text(f"# Page {number}\n\nText of the page that has the number {number}.\n")
    return tmp_path / "book"


def python(code: str, *arguments: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def ask(reader: subprocess.Popen[str], question: str) -> list[str]:
    reader.stdin.write(f"{question}\n")
    reader.stdin.flush()
    return reader.stdout.readline().strip().split("|")


async def test_running_readers_see_a_new_page_without_a_restart(book, tmp_path):
    """Two of them, in processes of their own, while a third process writes."""
    await ingest.update(book, data_dir=tmp_path / "data", embedder=HashingEmbedder())
    readers = [python(READER, tmp_path / "data") for _ in range(2)]
    before = [ask(reader, "quetzal") for reader in readers]
    (book / "birds.md").write_text("# Birds\n\nThe quetzal lives in the cloud forest.\n")
    (book / "page07.md").unlink()
    writer = python(WRITER, book, tmp_path / "data", 0)
    _, complaint = writer.communicate(timeout=60)
    after = [ask(reader, "quetzal") for reader in readers]
    gone = [ask(reader, "page07 7") for reader in readers]
    for reader in readers:
        reader.communicate(timeout=60)

    assert (writer.returncode, complaint) == (0, "")
    assert before == [[""], [""]]
    assert after == [["birds.md"], ["birds.md"]]
    assert all("page07.md" not in paths for paths in gone)


async def test_a_second_writer_is_denied_or_waits(book, tmp_path):
    """Denied at once without patience; with it, it writes as soon as the first has ended."""
    holder = python(HOLDER, tmp_path / "data")
    holder.stdout.readline()
    denied = python(WRITER, book, tmp_path / "data", 0)
    _, complaint = denied.communicate(timeout=60)
    waiting = python(WRITER, book, tmp_path / "data", 60)
    holder.communicate("\n", timeout=60)
    said, _ = waiting.communicate(timeout=60)

    assert "IndexBusy" in complaint
    assert waiting.returncode == 0
    assert said.split()[-1] == "40"


async def editions(data_dir: Path) -> set[str]:
    index = EmbeddedIndex(data_dir)
    found = {passage.text.split(" of ")[0] for passage in await index.passages()}
    await index.aclose()
    return found


def rewrite(book: Path) -> None:
    for page in book.iterdir():
        page.write_text(page.read_text().replace("Text", "Second edition"))


@pytest.mark.parametrize("steps", [0, 1, 23, 40, 42, 44])
async def test_a_writer_killed_on_its_way_leaves_a_whole_index_and_the_next_run_ends_its_work(book, tmp_path, steps):
    """`kill -9` after it told of so many steps: 41 are reading, 2 embedding, 2 writing."""
    await ingest.update(book, data_dir=tmp_path, embedder=HashingEmbedder())
    rewrite(book)
    writer = python(WRITER, book, tmp_path, 0)
    told = [writer.stdout.readline() for _ in range(steps)]
    writer.send_signal(signal.SIGKILL)
    writer.communicate(timeout=60)
    served = await editions(tmp_path)
    report = await ingest.update(book, data_dir=tmp_path, embedder=HashingEmbedder())

    assert all(told)
    assert served in ({"Text"}, {"Second edition"})
    assert report.documents == 40
    assert await editions(tmp_path) == {"Second edition"}


@pytest.mark.parametrize("steps", range(17))
async def test_a_writer_that_dies_while_it_writes_leaves_a_whole_index(book, tmp_path, steps):
    """Before any step that touches the files of a generation or the pointer; the next run sweeps what it left."""
    await ingest.update(book, data_dir=tmp_path, embedder=HashingEmbedder())
    rewrite(book)
    writer = python(DYING, book, tmp_path, steps)
    writer.communicate(timeout=60)
    served = await editions(tmp_path)
    await ingest.update(book, data_dir=tmp_path, embedder=HashingEmbedder())
    root = generation.root(tmp_path, "book")

    assert writer.returncode == 9
    assert served in ({"Text"}, {"Second edition"})
    assert await editions(tmp_path) == {"Second edition"}
    assert not list(root.glob("building/*"))
    assert len(list(root.glob("generations/*"))) <= 2
